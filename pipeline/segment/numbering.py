"""The number that a line begins with: 一、 （二） 3. 4、 ⑤."""

import unicodedata
from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.numbers.list_markers import heading_number, leading_marker

_NUMBERED = lazy(r"(?:[（(]?[一二三四五六七八九十]{1,3}[、）)]|[（(]?\d{1,2}[、.）)](?!\d)|[①-⑳])")
_CHINESE = lazy("[一二三四五六七八九十]+")
_DIGITS = lazy(r"\d+")


def number_of(text: str) -> tuple[str, int] | None:
    """Return how the number at the start of a line is written, and the number; None without one.

    >>> number_of("（二）落实责任"), number_of("3. 颁奖"), number_of("3.5亿元")
    (('（一）', 2), ('1.', 3), None)
    """
    marker, end = leading_marker(text)
    if len(marker) == 1:  # raised digits mark notes
        is_raised = unicodedata.decomposition(marker).startswith("<super>")
        value = 0 if is_raised else int(unicodedata.numeric(marker, 0))
        return ("①", value) if value else None
    numbers = _DIGITS.findall(marker)
    if len(numbers) != 1 or marker[0].isalpha():  # a letter, 2.3 of a section, or 第三条
        return None
    written = _CHINESE.sub("一", _DIGITS.sub("1", text[:end].strip()))
    return written, int(numbers[0])


def is_numbered(text: str) -> bool:
    """True if a heading has a number.

    >>> is_numbered("一、基本情况"), is_numbered("2 存在问题"), is_numbered("2月新书")
    (True, True, False)
    """
    return bool(_NUMBERED.match(text) or heading_number(text)[0])


def counted(texts: Sequence[str]) -> set[int]:
    """Return the places of the lines whose numbers go on from one to the next, written alike.

    Items of another form may stand between them, as (一) and (二) between 一、 and 二、.
    """
    last: dict[str, tuple[int, int]] = {}
    places: set[int] = set()
    for place, text in enumerate(texts):
        if found := number_of(text):
            form, value = found
            before, expected = last.get(form, (place, 0))
            if value == expected and expected:
                places |= {before, place}
            last[form] = place, value + 1
    return places
