"""Characters of Chinese newspapers: Han, widths, stops and paired marks."""

import re
import unicodedata

from models.patterns import lazy

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
"""Han characters, as the inside of a regular-expression set."""

STOPS = "。！？｡!?"
"""Marks that end a sentence outside quotations; a full stop `.` needs a closer look."""

CLOSERS = "”’」』）)】]》〉〕］\"'"
"""Marks that close a quotation or bracket and belong to the sentence before them."""

PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "（": "）",
    "(": ")",
    "【": "】",
    "〔": "〕",
    "［": "］",
    "[": "]",
}
"""Opening marks and their closing marks."""

_HORIZONTAL = str.maketrans(
    "︐︑︒︓︔︕︖︗︘︙︰︱︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈﹐﹑﹒﹔﹕﹖﹗﹙﹚﹛﹜﹝﹞｢｣､",
    "，、。：；！？〖〗…：—（）｛｝〔〕【】《》〈〉「」『』［］，、。；：？！（）｛｝〔〕「」、",
)
"""Marks of vertical print, small and half-width ones, and the ordinary mark for each."""

_VERTICAL = lazy("[︐-︙︰︱︵-﹄﹇﹈﹐-﹞｢｣､]")

_SMALL_POINT = lazy(r"(?<=\d)﹒(?=\d)")

_HAN = lazy(f"[{HAN}]")
_KANA_OR_HANGUL = lazy("[\u3041-\u30fa\u30fc-\u30ff\uff66-\uff9f\u1100-\u11ff\uac00-\ud7af]")
_FINAL = lazy(
    rf"(?:[{STOPS}；;…]|[^\W\d_]\.|\.{{3}}|[{HAN}]\s*．)(?:[{re.escape(CLOSERS)}\s①-⑳]|\[\d{{1,3}}\])*$"
)
_FINAL_WINDOW = 24
_SHARES = "℃%％‰°"
_NUMBER_END = lazy(r"\d[.,]?$")


def is_han(character: str) -> bool:
    """True if the character is a Han character."""
    return bool(_HAN.match(character))


def with_ordinary_marks(text: str) -> str:
    """Return text with ordinary marks for those of vertical print, one for one.

    >>> with_ordinary_marks("他說︓﹁好︒﹂")
    '他說：「好。」'
    >>> with_ordinary_marks("增长5﹒2%﹒")
    '增长5.2%。'
    """
    if not _VERTICAL.search(text):
        return text
    return _SMALL_POINT.sub(".", text).translate(_HORIZONTAL)


def han_characters(text: str) -> list[str]:
    """Return the Han characters of a text, in order."""
    return _HAN.findall(text)


def is_chinese(text: str) -> bool:
    """True if the text has Han characters, and at least as many as kana and hangul.

    Latin words do not count; more kana or hangul than Han means Japanese or Korean.
    """
    han = len(han_characters(text))
    return han > 0 and len(_KANA_OR_HANGUL.findall(text)) <= han


def has_word(text: str) -> bool:
    """True if the text has a letter, digit or Han character, not only punctuation."""
    return any(character.isalnum() for character in text)


class _Widths(dict[str, int]):
    """The width of each character that was asked for, in columns."""

    def __missing__(self, character: str) -> int:
        wide = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        self[character] = wide
        return wide


_WIDTHS = _Widths()


def width(text: str) -> int:
    """Return the printed width in columns: two for a Han character, one for a Latin letter."""
    return sum(map(_WIDTHS.__getitem__, text))


def is_finished(text: str) -> bool:
    """True if the text ends like a sentence or a clause of a list (。！？…… and ；).

    The marks of notes may follow: 完。[1]
    """
    return bool(_FINAL.search(text[-_FINAL_WINDOW:]))


def needs_space(left: str, right: str) -> bool:
    """True if two parts of a broken line are joined with a space, as between Latin words.

    A number broken by a line end stays one number: 12. / 5%, 12 / 40万元. Behind a sign that ends
    a number another one begins: 38℃ / 40℃.

    >>> needs_space("气温38℃", "40℃"), needs_space("增长12.", "5%"), needs_space("占3", "成")
    (True, False, False)
    """
    if not left or not right or not _is_latin(right[0]):
        return False
    if right[0].isdigit() and _NUMBER_END.search(left[-3:]) and _HAN.search(left + right):
        return False
    if right[0].isdigit() and left[-1] in _SHARES and left[-2:-1].isdigit():
        return True
    return _is_latin(left[-1]) or (left[-1] in ",.;:!?" and _is_latin(left[-2:-1]))


def _is_latin(character: str) -> bool:
    return character.isalnum() and unicodedata.east_asian_width(character) not in "WF"
