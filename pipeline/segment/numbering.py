"""The number that a line begins with: 一、 （二） 3. 4、 ⑤."""

from collections.abc import Sequence
from itertools import pairwise

from models.patterns import lazy

_NUMBER = lazy(
    r"(?P<before>[（(]?)(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})(?P<after>[、.)．）])(?!\d)"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_TENS = ("", "十", "二十", "三十")
_DIGITS = ("", *"一二三四五六七八九")
_CHINESE = {
    tens + digit: 10 * n + m for n, tens in enumerate(_TENS) for m, digit in enumerate(_DIGITS)
}


def number_of(text: str) -> tuple[str, int] | None:
    """Return how the number at the start of a line is written, and the number; None without one.

    >>> number_of("（二）落实责任"), number_of("3. 颁奖"), number_of("3.5亿元")
    (('（一）', 2), ('1.', 3), None)
    """
    if text and text[0] in _CIRCLED:
        return "①", _CIRCLED.index(text[0]) + 1
    match = _NUMBER.match(text)
    if match is None:
        return None
    number, is_digits = match["number"], match["number"].isascii()
    value = int(number) if is_digits else _CHINESE.get(number)
    sign = "1" if is_digits else "一"
    return None if not value else (f"{match['before']}{sign}{match['after']}", value)


def counted(texts: Sequence[str]) -> set[int]:
    """Return the places of the lines whose numbers go on from one to the next, written alike."""
    found = [(place, number) for place, text in enumerate(texts) if (number := number_of(text))]
    return {
        place
        for (before, (form, value)), (after, following) in pairwise(found)
        if following == (form, value + 1)
        for place in (before, after)
    }
