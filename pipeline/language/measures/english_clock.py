"""Times of day in English: "3:30 p.m.", 15:30, "half past eight", "nine on Monday evening"."""

import re

from models.patterns import lazy
from pipeline.language.measures.clock import DAY, NOON, ZONE_CHARS, ClockTime, zone_near
from pipeline.language.numbers.english_words import SMALL, TENS
from pipeline.records import Span

_WORDS = {word: value for word, value in SMALL.items() if 1 <= value <= 12}
_TWELVE = "|".join(sorted(_WORDS, key=len, reverse=True))
_MINUTE_WORDS = {word: value for word, value in (SMALL | TENS).items() if 0 < value < 60} | {
    f"{ten} {one}": TENS[ten] + SMALL[one]
    for ten in ("twenty", "thirty", "forty", "fifty")
    for one in list(SMALL)[1:10]
}
_SPOKEN_MINUTE = "|".join(
    word.replace(" ", r"[\s-]") for word in sorted(_MINUTE_WORDS, key=len, reverse=True)
)
_FIVES = r"five|ten|twenty(?:[\s-]five)?"
_PART_OF_DAY = (
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?"
    r"|,?\s(?:early\s)?(?:in|on|during)\s(?:the|\w+day)?\s?(?:early\s|late\s)?"
    r"(?P<part>morning|afternoon|evening)"
    r"|\s(?:that|this|yesterday|tomorrow|\w+day)\s(?P<day_part>morning|afternoon|evening|night)"
    r"|\s(?P<night>at\snight|tonight))?"
)
_ZONE_AFTER = r"(?=\s?(?:hours|hrs|GMT|UTC|h\b|[A-Z]ST\b|[Ll]ocal\stime|Beijing\stime))"
_NAMED = lazy(
    r"\b(?:12(?::00)?\s|twelve\s)?(?:(?P<noon>noon|midday)|(?P<midnight>midnight))\b"
    rf"|\b(?P<military>[01]\d[0-5]\d|2[0-3][0-5]\d){_ZONE_AFTER}",
    re.IGNORECASE,
)
_PAST = lazy(
    rf"\b(?P<past>(?:half|(?:a\s)?quarter|{_FIVES}|\d[05])(?=\spast\s)"
    r"|(?:a\s)?quarter(?=\s(?:to|before|till)\s)"
    rf"|(?:\d{{1,2}}|{_SPOKEN_MINUTE})(?=\sminutes\s(?:past|to|before|after|till)\s)"
    rf"|(?<=at\s)(?:{_FIVES})(?=\sto\s)|(?<=by\s)(?:{_FIVES})(?=\sto\s))"
    r"(?:\sminutes)?\s(?P<way>past|to|after|before|till)\s"
    rf"(?P<hour>\d{{1,2}}|{_TWELVE}|noon|midnight)\b(?:\so['’]clock)?{_PART_OF_DAY}",
    re.IGNORECASE,
)
_PLAIN = lazy(
    rf"\b(?P<hour>\d{{1,2}}|{_TWELVE})"
    r"(?:(?P<point>[:.])(?P<minute>[0-5]\d)(?![\d%])(?::[0-5]\d)?"
    rf"|[\s-](?P<spoken>{_SPOKEN_MINUTE})(?=\s?[ap]\.?m|\sin\sthe|\sat\snight))?"
    rf"(?P<mark>\so['’]clock)?{_PART_OF_DAY}",
    re.IGNORECASE,
)
_BEFORE_NUMBER = lazy(r"[\d.,:$€£¥]$|[A-Za-z]-$")
_ENGLISH_ZONES = (
    ("Beijing", r"Beijing\s(?:T|t)ime|\bBJT\b|China\s(?:Standard\s)?(?:T|t)ime"),
    ("GMT", r"\bGMT\b|\bUTC\b|Greenwich"),
    ("eastern", r"\bE[SD]?T\b|Eastern\s(?:Standard\s|Daylight\s)?(?:T|t)ime|New York time"),
    ("local", r"local\stime"),
    ("other", r"\b(?:[PCM][SD]?T|BST|CES?T|JST|KST|IST|MSK|AE[SD]T)\b"),
)


def english_times(text: str) -> list[ClockTime]:
    """Return the times of day in an English text, in order."""
    times: list[ClockTime] = []
    taken: set[int] = set()
    for pattern, read in ((_NAMED, _named), (_PAST, _past), (_PLAIN, _plain)):
        for match in pattern.finditer(text):
            is_part = _BEFORE_NUMBER.search(text[max(0, match.start() - 2) : match.start()])
            if is_part or match.start() in taken:
                continue
            minutes = read(match)
            if minutes:
                zone = zone_near(text[match.end() : match.end() + ZONE_CHARS], _ENGLISH_ZONES)
                times.append(ClockTime(minutes, Span(*match.span()), True, zone))
                taken.update(range(match.start(), match.end()))
    return _with_first_of_range(text, sorted(times, key=lambda time: time.span.start))


def _named(match: re.Match[str]) -> tuple[int, ...]:
    """Read noon, midnight and "1530 hours"."""
    if military := match["military"]:
        return (int(military[:2]) * 60 + int(military[2:]),)
    return (NOON,) if match["noon"] else (0,)


def _plain(match: re.Match[str]) -> tuple[int, ...]:
    """Read 15:30, "3.30 p.m.", "8 o'clock", "eight in the evening"; 8 alone is no time."""
    part = _part(match)
    if not (match["minute"] or match["mark"] or part) or (match["point"] == "." and not part):
        return ()
    hour = _hour(match["hour"])
    spoken = _spoken(match["spoken"]) if match["spoken"] else 0
    minute = int(match["minute"]) if match["minute"] else spoken
    return _with_part(hour, minute, part, is_padded=match["hour"].startswith("0"))


def _spoken(words: str) -> int:
    return _MINUTE_WORDS[re.sub(r"[\s-]", " ", words.lower())]


def _past(match: re.Match[str]) -> tuple[int, ...]:
    """Read "half past eight", "ten to nine"."""
    past, hour_word = match["past"].lower(), match["hour"].lower()
    minute = 30 if past == "half" else 15 if "quarter" in past else 0
    minute = minute or (int(past) if past.isdigit() else _spoken(past))
    sign = -1 if match["way"].lower() in ("to", "before", "till") else 1
    if minute >= 60:
        return ()
    if hour_word in ("noon", "midnight"):
        return (((NOON if hour_word == "noon" else 0) + sign * minute) % DAY,)
    return _with_part(_hour(hour_word), sign * minute, _part(match))


def _part(match: re.Match[str]) -> str:
    """Return a, p, morning, afternoon, evening, night or "" for the half of the day."""
    if match["night"]:
        return "night"
    return (match["half"] or match["part"] or match["day_part"] or "").lower()


def _with_part(hour: int, minute: int, part: str, *, is_padded: bool = False) -> tuple[int, ...]:
    if hour > 24:  # 30:20 is no time, but what became of 20:30
        return (hour * 60 + minute,) if minute and not part and hour < 60 else ()
    hours = _hours(hour, part, is_padded=is_padded)
    return tuple(dict.fromkeys((one * 60 + minute) % DAY for one in hours))


def _hours(hour: int, part: str, *, is_padded: bool) -> list[int]:
    """Return the hours of the day that an hour may be."""
    early, late = hour % 12, hour % 12 + 12
    if hour > 12:
        return [hour]
    if part in ("a", "morning"):
        return [early]
    if part in ("p", "afternoon", "evening"):
        return [late]
    if part == "night":
        return [late if _FIRST_HOUR_OF_NIGHT <= hour < 12 else early]
    return [hour] if is_padded or not hour else [hour, (hour + 12) % 24]


_FIRST_HOUR_OF_NIGHT = 5
_FIRST_OF_RANGE = lazy(
    rf"(?<![\d.:,$€£¥])\b(?P<hour>\d{{1,2}}|{_TWELVE})(?P<joint>\s?(?:[-–—]|to|and|until|till)\s?)$",
    re.IGNORECASE,
)
_RANGE_CHARS = 20


def _with_first_of_range(text: str, times: list[ClockTime]) -> list[ClockTime]:
    """Add the 9 of "9 to 11 a.m.", which has no mark of its own."""
    everything: list[ClockTime] = []
    for time in times:
        start = max(0, time.span.start - _RANGE_CHARS)
        first = _FIRST_OF_RANGE.search(text[start : time.span.start])
        hour = _hour(first["hour"]) if first else 0
        if first and 0 < hour <= 12:
            span = Span(start + first.start("hour"), start + first.end("hour"))
            everything.append(ClockTime((hour % 12 * 60, (hour % 12 + 12) * 60), span))
        everything.append(time)
    return everything


def _hour(written: str) -> int:
    return int(written) if written.isdigit() else _WORDS[written.lower()]
