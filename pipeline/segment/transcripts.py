"""Transcripts: lines with a time, and perhaps who speaks, above what is said, or before it.

说话人1 00:01        0:00 - 0:04        00:01 大家好。           张三(00:00:01): 大家好。
各位好。             各位好。           00:04 今天去水乡。       李四(00:00:04): 你好。
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from models.patterns import lazy
from pipeline.input.cues import CLOCK

_BLANKS = r"[ \t\u3000]"
_INTERVAL = rf"[\[（(【]?(?P<time>{CLOCK})(?:\s?(?:[-–—~～至→]|-->)\s?{CLOCK})?[\]）)】]?"
_NAME = r"[【\[]?[^\W\d_][^：:，。！？；、,.!?;\n]{0,19}?[】\]]?"
TIME_LINE = lazy(
    rf"(?m)^{_BLANKS}*(?:(?P<name>{_NAME}){_BLANKS}*)?{_INTERVAL}"
    rf"(?:{_BLANKS}+(?P<after>{_NAME}))?(?:{_BLANKS}*[:：])?{_BLANKS}*$"
)
TIME_BEFORE = lazy(
    rf"(?m)^{_BLANKS}*(?:\d{{1,4}}[.．、]{_BLANKS}*)?(?:(?P<name>{_NAME}){_BLANKS}*)?{_INTERVAL}"
    rf"(?:{_BLANKS}*[:：]?{_BLANKS}+|：|(?<=[\]）)】]))(?=\S)"
)
_TURN = lazy(r"[【\[]?(?P<speaker>[^：:，。！？；\s【】\[\]]{1,16})[】\]]?\s*[：:]\s*\S")
_DIRECTION = lazy(r"[（(][^（）()]{1,16}[）)]$")
_CLOCK = lazy(r"\d:\d\d")
_SPEAKER = lazy(r"(?:说话人|发言人|讲话人|讲者|speaker)\s*[\dA-Z]*", re.IGNORECASE)
_MARK = lazy(r"[,.:]")
_FIRST_SECONDS = 60
_LEAST_TIMES = 2
_LEAST_TIMES_BEFORE = 3
_LEAST_SHARE = 0.1
_LEAST_SHARE_BEFORE = 0.5
_LEAST_FOLLOWED = 0.75


def first_time(text: str) -> int | None:
    """Return where the first line with a time begins; None if a text is no transcript.

    The times of a transcript rise from the first minute, unless they have seconds beside hours and
    minutes or its lines name who speaks. A timetable has no text below its times. Linear in the
    text.
    """
    if not _has_clocks(text):
        return None
    matches = list(TIME_LINE.finditer(text))
    lines = text.count("\n") + 1 - text.count("\n\n")
    if len(matches) < max(_LEAST_TIMES, _LEAST_SHARE * lines) or not _rise(matches):
        return None
    names = [match["name"] or match["after"] or "" for match in matches]
    is_named = bool(_SPEAKER.fullmatch(names[0])) or _have_repeats(names)
    if not is_named and (not _are_of_recording(matches) or any(names)):
        return None
    return matches[0].start() if _are_above_text(text, matches) else None


def has_times_before(text: str) -> bool:
    """True if most lines of a text begin with a time, or a name and a time, and what is said."""
    if not _has_clocks(text):
        return False
    matches = list(TIME_BEFORE.finditer(text))
    lines = sum(1 for line in text.splitlines() if line.strip())
    if len(matches) < max(_LEAST_TIMES_BEFORE, _LEAST_SHARE_BEFORE * lines):
        return False
    names = [match["name"] or "" for match in matches]
    if 2 * names.count("") < len(names) and not _have_repeats(names):
        return False
    return _rise(matches) and _are_of_recording(matches)


def speaker(text: str) -> str:
    """Return who speaks in a line such as 记者：几口人？; empty if it names nobody."""
    turn = _TURN.match(text)
    return turn["speaker"] if turn else ""


def is_direction(text: str) -> bool:
    """True if a line is only a remark in brackets: （笑声）."""
    return _DIRECTION.match(text) is not None


def _has_clocks(text: str) -> bool:
    """True if a text may have two times. Most texts have none, and are not searched twice."""
    return text.count(":") >= _LEAST_TIMES and _CLOCK.search(text) is not None


def _are_of_recording(matches: Sequence[re.Match[str]]) -> bool:
    """True if times begin in the first minute, or have hours, minutes and seconds."""
    has_seconds = all(match["time"].count(":") > 1 for match in matches)
    return has_seconds or _seconds(matches[0]["time"]) < _FIRST_SECONDS


def _have_repeats(names: Sequence[str]) -> bool:
    counts = Counter(names)
    return not counts[""] and len(counts) < len(names)


def _rise(matches: Sequence[re.Match[str]]) -> bool:
    times = [_seconds(match["time"]) for match in matches]
    return all(left <= right for left, right in pairwise(times))


def _are_above_text(text: str, matches: Sequence[re.Match[str]]) -> bool:
    followed = sum(
        bool(text[left.end() : right.start()].strip()) for left, right in pairwise(matches)
    )
    return followed >= _LEAST_FOLLOWED * (len(matches) - 1)


def _seconds(clock: str) -> int:
    """Return the seconds of a time, without their fraction: 1:02 and 0:01:02 are 62."""
    numbers = [int(part) for part in _MARK.split(clock)]
    if clock.count(":") + 1 < len(numbers):
        numbers.pop()
    hours = numbers[-3] if len(numbers) > 2 else 0
    return 3600 * hours + 60 * numbers[-2] + numbers[-1]
