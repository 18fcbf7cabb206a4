"""Raised and lowered text as characters: 10⁶, m², H₂O, and the marks of notes as [5].

One function for each, so that every format writes the same: a raised digit that became an
ordinary one would change a number (10⁶ to 106, 1923⁵年 to 19235年).
"""

from collections.abc import Collection

from models.patterns import lazy
from pipeline.language.chinese import PAIRS, is_han, with_ordinary_marks

_PLAIN = "0123456789+-−–=()"
RAISED = str.maketrans(_PLAIN + "ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans(_PLAIN + "aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_POWER = lazy(r"[-+−–]?\d{1,4}|\d?[ni](?:[-+−–]\d)?|\d?[-+−–]")
_AMOUNT = lazy(r"\d\s?(?:[kmcμ]?g|[kcm]m|m?L|t|hm|ha|k?W|kWh|[MkG]?Pa|mol)$")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９＋－／", "0123456789+-/")
_LONG_MINUS = lazy(r"[—―](?=\d)")
_TERM = r"[-+−–]?(?:\d{1,3}|[A-Za-z]{1,2})"
_EXPRESSION = lazy(rf"{_TERM}(?:[-+−–/~～×]{_TERM})+|[-−–]?(?!st|nd|rd|th)[a-z]{{2,3}}")
_RANGE = lazy(r"(\d{1,3})[-–](\d{1,3})")
_DECIMAL = lazy(r"[-+−–]?\d{1,3}\.\d{1,3}")
_INDEX = lazy(r"[\d+\-−–=()]{1,12}|\d?[aehijklmnoprstuvx](?:[+\-−–]?\d)?")
_MASS = lazy(r"\d{1,3}")
_ISOTOPE = lazy(
    r"(?:[HBCNOFPSKVYIWU]|A[cglmrstu]|B[aeikr]|C[adelmorsu]|D[by]|E[rsu]|F[emr]|G[ade]|H[efgo]|I[nr]|Kr"
    r"|L[airu]|M[gno]|N[abdeip]|Os|P[abdmortu]|R[abehnu]|S[bceimnr]|T[abcehilm]|Xe|Yb|Z[nr])(?![A-Za-z])"
)
_NOTE = lazy(
    r"(?:注\s?)?\d{1,3}(?:\s?[-–,，、;；]\s?(?:\d{1,3}|[a-h*†‡§]))*|[*†‡§a-h](?:[,，、]\s?[*†‡§a-h])+|注"
)
_STOPS = "，。、；：！？"
_LETTER = lazy("[a-h]")
"""The mark of a note below a table."""
_IN_BRACKETS = lazy(r"[(（\[［〔【{﹝].*[)）\]］〕】}﹞]")
OPENING_BRACKETS = frozenset("[［〔（(【﹝")
"""Brackets that may already stand before the mark of a note."""
# marks of notes in a row, with brackets round them that the writer typed
_TYPED_ROUND = lazy(
    r"[\[［〔（(【﹝]\s?(\[([^\[\]]{1,8})\](?:\s?[-–,，、;；]?\s?\[[^\[\]]{1,8}\])*)\s?[\]］〕）)】﹞]"
)
_LISTED = lazy(r"[①-⑳⑴-⒇]|[(（]\d{1,2}[)）]")
_ENCLOSED = lazy("[①-⒇㉑-㉟㊱-㊿]")
# a power and the mark of a note that are raised together: m²[1]
_BOTH = lazy(r"([-+−–]?\d{1,2}|[ni])\s*((?:[(（\[［〔【].{1,8}[)）\]］〕】]|[①-⑳*†‡※])+)")
# A power of ten, or of a base of one digit. A year or an amount has a note: 1923[5]年.
_BASE = lazy(r"(?<![\d.,])(?:10|\d)$")
# A unit of length, a time, one letter of a formula, or the letters behind its sign of equality.
_UNIT = lazy(
    r"=\s?[A-Za-z]{1,4}$|(?<![A-Za-z])(?:[a-zα-ω][₀-₉ᵢⱼₙ]{1,2}"
    r"|[A-Za-zα-ωΑ-Ω]|[kdcmnμµ]m|km|hm|ft|in|yd|mi|ms|sec|cd|Hz|kg|mol|rad)$"
)
_VARIABLE = lazy(r"(?<![A-Za-z])[a-zα-ω]$")
_CHINESE_UNIT = lazy(r"(?:[千分厘毫微纳公]米|公里|(?<![\d]年)米|英尺|英寸|英里|海里)$")
_WORDS = {"TM": "™", "tm": "™", "SM": "℠", "R": "®", "C": "©", "o": "°", "O": "°", "0": "°"}


def raised_text(text: str, before: str, after: str = "", *, is_note: bool = False) -> str:
    """Return raised text as it is to be read after `before`: as a power, or as the mark of a note.

    A power keeps its digits raised, and so does the mass of an isotope, whose sign is `after` it;
    anything else becomes a mark in brackets, apart from the text. `is_note` says that the file
    itself calls it a note, as a link to one does.

    >>> raised_text("6", "10"), raised_text("2", "50m"), raised_text("5", "1923")
    ('⁶', '²', '[5]')
    """
    mark = _LONG_MINUS.sub("-", text.strip().translate(_HALF_WIDTH))
    if not mark:
        return text
    if _IN_BRACKETS.fullmatch(mark) or _ENCLOSED.fullmatch(mark):
        return mark
    if len(mark) > 1 and mark[-1] in _STOPS:  # raised by mistake with what is before it
        return raised_text(mark[:-1], before, after, is_note=is_note) + mark[-1]
    if both := _BOTH.fullmatch(mark):
        return raised_text(both[1], before) + both[2]
    if _DECIMAL.fullmatch(mark) and _BASE.search(before):
        return f"^{mark}"  # no raised point exists: 10^-4.6
    if not is_note and (_is_power(mark, before) or _is_mass(mark, before, after)):
        return mark.translate(RAISED)
    if not is_note and _is_expression(mark, before):
        return f"^{mark}" if mark.lstrip("-−–").isalpha() else f"^({mark})"
    if mark == "*" and not before.strip() and after[:1].isspace():
        return "[*]"  # a note; Markdown's mark of an item looks the same
    is_word = before[-1:].isascii() and before[-1:].isalpha() and not _AMOUNT.search(before)
    is_letter = _LETTER.fullmatch(mark) and not is_word
    if is_letter or _NOTE.fullmatch(mark) or (is_note and len(mark) <= 8):
        return note_mark(mark, before, after)
    if mark in _WORDS and not (is_han(before[-1:] or " ") and len(mark) == 1):
        return _WORDS[mark]
    # a digit never joins the number or the letters before it
    is_joined = mark[0].isdecimal() and before[-1:].isascii() and before[-1:].isalnum()
    return f"[{mark}]" if is_joined else text


def note_mark(mark: str, before: str, after: str) -> str:
    """Return the mark of a note in brackets; as it is if the text around it has them.

    The brackets of a link in Markdown, `[...](...)`, are not those of the mark.

    >>> note_mark("2", "1923", "年"), note_mark("2", "1923〔", "〕年")
    ('[2]', '2')
    """
    opening = before.rstrip()[-1:]
    if opening in OPENING_BRACKETS and not after.startswith("]("):
        closing = PAIRS[with_ordinary_marks(opening)]
        if with_ordinary_marks(after.lstrip()[:1]) == closing:
            return mark
    return f"[{mark}]"


def in_single_brackets(text: str, marks: Collection[str]) -> str:
    """Return text without the brackets that were typed round the marks of its notes.

    >>> in_single_brackets("盐价〔[1]〕，米价（注[2]）", {"1", "2"})
    '盐价[1]，米价（注[2]）'
    """
    return _TYPED_ROUND.sub(lambda found: found[1] if found[2] in marks else found[0], text)


def _is_power(mark: str, before: str) -> bool:
    if not _POWER.fullmatch(mark) or not before:
        return False
    if _UNIT.search(before) or before[-1] in ")]" or (mark[-1] in "+-−–" and before[-1].isalnum()):
        return True
    if mark[0] in "-−–" or _BASE.search(before):
        return before[-1].isdigit() or mark[0] in "-−–"
    return mark in ("2", "3") and _CHINESE_UNIT.search(before) is not None


def _is_expression(mark: str, before: str) -> bool:
    """True if several signs are a power: 2^(64-1), 10^(n/2), e^kt; 1-3 are notes."""
    if not _EXPRESSION.fullmatch(mark) or not (_UNIT.search(before) or _BASE.search(before)):
        return False
    if mark.isalpha() and not _VARIABLE.search(before):
        return False
    numbers = _RANGE.fullmatch(mark)
    return numbers is None or int(numbers[1]) > int(numbers[2])


def _is_mass(mark: str, before: str, after: str) -> bool:
    """True if a number belongs to the sign of an element behind it: ¹⁴C."""
    if not _MASS.fullmatch(mark) or not _ISOTOPE.match(after):
        return False
    return not (before[-1:].isascii() and before[-1:].isalnum())


def raised_mark(text: str) -> str:
    """Return raised text if it is a mark that a list may have too: ①, （1）; else empty."""
    mark = text.strip()
    return mark if _LISTED.fullmatch(mark) else ""


def note_line(text: str, marks: Collection[str]) -> str:
    """Return a line that begins with one of the marks which the text above has raised as a note.

    Empty if it begins with none. Not raised, such marks count the items of a list.

    >>> note_line("①含外埠。", {"①"}), note_line("②含外埠。", {"①"})
    ('[^①]: 含外埠。', '')
    """
    found = _LISTED.match(text) if marks else None
    if found is None or found[0] not in marks or not text[found.end() :].strip():
        return ""
    return f"[^{found[0].strip('()（）')}]: {text[found.end() :].lstrip()}"


def lowered_text(text: str) -> str:
    """Return lowered text as it is to be read: H₂O; what has no lowered form stays as it is."""
    return text.translate(_LOWERED) if _INDEX.fullmatch(text.strip()) else text
