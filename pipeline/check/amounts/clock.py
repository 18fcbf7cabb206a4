"""Pair the times of day of both texts: 下午两点半 is 2:30 p.m. and 14:30, not 2:50 p.m."""

from itertools import pairwise

from models.patterns import lazy
from pipeline.language.measures.chinese_clock import chinese_times
from pipeline.language.measures.clock import ClockTime
from pipeline.language.measures.english_clock import english_times

_RANGE = lazy(r"\s?(?:[-—–~～至到]|——|to|until|till)\s?")
_MOST_TIMES = 100
"""Times of a text that are compared; a timetable on one line has more."""
_ZONE_STEP = 15
"""Zones differ by a multiple of so many minutes."""


def paired_times(
    source: str, translation: str
) -> tuple[list[tuple[ClockTime, ClockTime]], list[tuple[ClockTime, ClockTime]]]:
    """Return the times that agree and those that differ, as pairs of source and translation.

    A time that only one side writes as a time of day is left to the comparison of numbers.
    """
    chinese = list(chinese_times(source))
    english = english_times(translation) if chinese else []
    if max(len(chinese), len(english)) > _MOST_TIMES:
        return [], []
    same: list[tuple[ClockTime, ClockTime]] = []
    free = list(english)
    left = []
    for there in chinese:
        here = next((one for one in free if _agree(there, one)), None)
        again = here or next((one for one in english if _agree(there, one)), None)
        if here:
            free.remove(here)
        if again:
            same.append((there, again))
        else:
            left.append(there)
    for here in list(free):
        again_there = next((one for one in chinese if _agree(one, here)), None)
        elsewhere = (one for one, _ in same if _is_other_zone(one, here))
        again_there = again_there or next(elsewhere, None)
        if again_there:
            same.append((again_there, here))
            free.remove(here)
    differ = _reversed_ranges(source, translation, same)
    sure = [one for one in left if one.is_sure]
    changed = list(zip(sure, free, strict=False))
    same = [pair for pair in same if pair not in differ]
    differ += [pair for pair in changed if not _is_other_zone(*pair)]
    return same + [pair for pair in changed if _is_other_zone(*pair)], differ


def _reversed_ranges(
    source: str, translation: str, same: list[tuple[ClockTime, ClockTime]]
) -> list[tuple[ClockTime, ClockTime]]:
    """Return the first pair of 8点至20点 where the translation says "8 p.m. to 8 a.m."."""
    return [
        (there, here)
        for (there, here), (to_there, to_here) in pairwise(same)
        if _RANGE.fullmatch(source[there.span.end : to_there.span.start])
        and _RANGE.fullmatch(translation[to_here.span.end : here.span.start])
    ]


def _agree(there: ClockTime, here: ClockTime) -> bool:
    return not set(there.minutes).isdisjoint(here.minutes)


def _is_other_zone(there: ClockTime, here: ClockTime) -> bool:
    """True if the translation gives the time of another zone: 上午9点 as "0100 GMT"."""
    step = (there.minutes[0] - here.minutes[0]) % _ZONE_STEP
    return here.zone not in ("", "local", there.zone) and step == 0
