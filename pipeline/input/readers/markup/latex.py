"""LaTeX of OCR engines and formulas as plain text: 35.6km², 25°C, ①, 1.2×10⁴.

OCR engines write numbers and units of running text as formulas, with a blank between all signs:
`$3 5 . 6 \\mathrm { k m } ^ { 2 }$`.
"""

import re
from collections.abc import Mapping
from functools import cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.input.readers.raised import lowered_text, raised_text

_TOKEN = lazy(r"\\[A-Za-z]+\*?|\\.|[{}^_~]|\s+|[^\\{}^_~\s]", re.DOTALL)
_BLANKS = frozenset((r"\,", r"\;", r"\:", r"\!", r"\ ", "\\\n", "~", r"\>", r"\/"))
_KEPT = lazy(r"[%$#&_{}|*.,;:+\-\[\]()]")
_FONTS = frozenset(
    r"""\mathrm \mathbf \mathit \mathsf \mathtt \mathcal \mathbb \mathfrak \boldsymbol \bm
    \rm \bf \it \displaystyle \textstyle \scriptstyle \left \right \big \Big \bigl \bigr \limits
    \operatorname \scriptsize \tiny \small \footnotesize \normalsize \large \overline \underline
    \bar \hat \vec \tilde \dot \boxed \emph \pmb \mathscr \mathnormal \mathop \mathord \mathrel
    \mathbin \Large \LARGE \huge \Huge \tt \sf \sl \bfseries \itshape \textup \smash \fbox \cancel
    \sout \widehat \widetilde \bigg \Bigg \biggl \biggr \Bigl \Bigr \nolimits \relax""".split()
)
_UNSEEN = frozenset("color textcolor hspace vspace phantom hphantom vphantom label".split())
"""Commands whose first argument is not printed."""
_FRACTIONS = frozenset("frac dfrac tfrac cfrac sfrac nicefrac".split())
_TEXTS = frozenset(
    r"\text \textrm \textbf \textit \textsf \texttt \textnormal \mbox \hbox \unit \ce".split()
)
_CIRCLED = {str(number): chr(0x2460 + number - 1) for number in range(1, 21)} | {"0": "⓪"}
_CIRCLED_LETTERS = {chr(65 + n): chr(0x24B6 + n) for n in range(26)} | {
    chr(97 + n): chr(0x24D0 + n) for n in range(26)
}
# Words between whose signs an OCR engine put blanks: `k m`, `1 2 . 5`.
_SPACED = lazy(r"\s*[\x21-\x7e](?: [\x21-\x7e])+\s*")
_NUMERO = lazy(r"(?<![A-Za-z\d])N(?:[°º](?=\s*\d|$)|[oₒ](?=\s*\d))")
_WITH_COLUMNS = frozenset(("array", "tabular"))
_ORDINALS = frozenset(("st", "nd", "rd", "th"))
# Pictures of formulas on wikis, of Zhihu and of CodeCogs.
_FORMULA_ADDRESS = lazy(r"[?&]tex=|/(?:gif|svg|png)\.(?:latex|image)\?")
_FORMULA_NAME = lazy(r"\bmwe-math-fallback-image|\b(?:mathcode|latex|eeimg|ee_img|tex)\b")
_MOST_TOKENS = 4000
_DEEPEST = 50


def latex_text(source: str, before: str = "", after: str = "") -> str:
    """Return a formula of LaTeX as plain text; commands that are not known keep their name.

    `before` and `after` are the text around the formula, which raised text may belong to. Blanks
    between signs mean nothing in LaTeX and are left out, except around words of `\\text`.

    >>> latex_text(r"3 5 . 6 \\mathrm { k m } ^ { 2 }"), latex_text(r"9.\\,9\\%")
    ('35.6km²', '9.9%')
    """
    tokens = _TOKEN.findall(source)
    if len(tokens) > _MOST_TOKENS:
        return source
    return _NUMERO.sub("№", _Formula(tokens, (before, after)).text(0).strip())


class _Formula:
    """Tokens of LaTeX, read from left to right."""

    def __init__(self, tokens: list[str], around: tuple[str, str]) -> None:
        self._tokens = tokens
        self._around = around
        self._at = 0

    def text(self, depth: int, *, is_words: bool = False) -> str:
        """Return what follows as text, up to the end of its group."""
        written = ""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token == "}":
                break
            written += self._one(token, depth, written, is_words=is_words)
        return written

    def _one(self, token: str, depth: int, before: str, *, is_words: bool) -> str:
        if token.isspace():
            return " " if is_words else ""
        if token in _BLANKS:
            return " " if is_words else ""
        if token == "{":
            return self.text(depth + 1, is_words=is_words) if depth < _DEEPEST else ""
        if token in ("^", "_", r"\textsuperscript", r"\textsubscript"):
            inner = self._argument(depth)
            is_raised = token in ("^", r"\textsuperscript")
            if is_raised and inner and set(inner) <= {"°", "′"}:
                return inner.replace("′′", "″")
            if not is_raised:
                return lowered_text(inner)
            if not before and not "".join(self._tokens[self._at :]).strip(" {}"):
                return raised_text(inner, *self._around)  # it is the whole formula
            return power_text(inner, before or self._around[0])
        return self._command(token, depth, before) if token[0] == "\\" else token

    def _command(self, token: str, depth: int, before: str) -> str:
        name = token[1:].rstrip("*")
        if name == "\\":
            return " "
        if not name[:1].isalpha():
            return name if _KEPT.match(name) else ""
        if token in _TEXTS:
            words = self._argument(depth, is_words=True)
            return words.replace(" ", "") if _SPACED.fullmatch(words) else words
        if token.rstrip("*") in _FONTS:
            return ""
        if name in _UNSEEN:
            self._argument(depth)
            return ""
        if name in _FRACTIONS:
            above, below = self._argument(depth), self._argument(depth)
            gap = " " if before[-1:].isdecimal() else ""
            return f"{gap}{_grouped(above)}/{_grouped(below)}"
        if name in ("overset", "stackrel", "underset"):
            beside, main = self._argument(depth), self._argument(depth)
            return f"{main}({beside})" if beside else main
        if name in ("begin", "end"):
            if self._argument(depth) in _WITH_COLUMNS and name == "begin":
                self._argument(depth)
            return ""
        if name == "sqrt":
            return f"√{_grouped(self._argument(depth))}"
        if name in ("textcircled", "circled", "raisebox"):
            inner = self._argument(depth)
            return _CIRCLED.get(inner) or _CIRCLED_LETTERS.get(inner) or f"({inner})"
        return command_signs().get(name, name)

    def _argument(self, depth: int, *, is_words: bool = False) -> str:
        """Return the group or the one sign that a command takes."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        if self._at >= len(self._tokens) or depth >= _DEEPEST:
            return ""
        token = self._tokens[self._at]
        if token == "}":
            return ""
        self._at += 1
        if token in _FONTS:
            return self._argument(depth + 1, is_words=is_words)
        return self._one(token, depth + 1, "", is_words=is_words)


def power_text(text: str, before: str) -> str:
    """Return a raised text; in a formula a number is a power, whatever it follows."""
    if before[-1:].isdecimal() and text in _ORDINALS:
        return text
    raised = raised_text(text, before)
    if raised != f"[{text}]":
        is_word = text.isalnum() and not (text.isnumeric() and not text.isdecimal())
        return f"^{text}" if raised == text and is_word else raised
    return raised_text(text, "10") if before else raised


def _grouped(text: str) -> str:
    return (
        text if len(text) < 2 or text.isalnum() or re.fullmatch(r"[\d.,]+", text) else f"({text})"
    )


def formula_picture(attributes: Mapping[str, str]) -> str | None:
    """Return the formula that a picture shows, from what it names; None for other pictures."""
    if not _FORMULA_ADDRESS.search(attributes.get("src", "")) and not _FORMULA_NAME.search(
        attributes.get("class", "")
    ):
        return None
    source = attributes.get("alt", "").strip()
    return latex_text(source) if source else None


@cache
def command_signs() -> Mapping[str, str]:
    """Return the signs that commands without an argument stand for, by name: `circ` is °."""
    return dict(data_rows(__file__, "latex.tsv"))
