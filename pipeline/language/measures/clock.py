"""Times of day in both languages: 下午3点半, 20时30分, "3:30 p.m.", "half past eight"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.language.numbers.chinese_amounts import amount
from pipeline.language.numbers.english_words import SMALL, TENS
from pipeline.records import Span

_DAY = 24 * 60
_ZONE_CHARS = 24
_NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day at `span`; `minutes` are the minutes after midnight that it may mean.

    3点 alone may be 3:00 or 15:00. `is_sure` is false for what may be no time at all (三点).
    `zone` is the time zone beside it, "" if none is named.
    """

    minutes: tuple[int, ...]
    span: Span
    is_sure: bool = True
    zone: str = ""

    @property
    def written(self) -> str:
        """The time as 14:30."""
        return f"{self.minutes[0] // 60}:{self.minutes[0] % 60:02}"


# Part of the day -> hours that the words after it may have, as (first, last, hours to add).
_PARTS = (
    (r"凌晨|拂晓|黎明|子夜|后半夜", ((0, 11, 0), (12, 12, -12))),
    (
        r"清晨|清早|大清早|一早|一大早|大早|早晨|早上|早间|今早|明早|次日早|早|上午|午前|晨",
        ((0, 12, 0),),
    ),
    (r"中午|正午|午间|晌午", ((1, 4, 12), (10, 12, 0))),
    (r"下午|午后|傍晚|黄昏", ((1, 11, 12), (12, 12, 0))),
    (
        r"晚上|晚间|今晚|明晚|昨晚|当晚|前晚|每晚|夜间|夜里|夜晚|深夜|半夜|午夜|入夜|当夜|昨夜|今夜|晚",
        ((5, 11, 12), (12, 12, -12), (0, 4, 0)),
    ),
)
_PERIOD = "|".join(words for words, _ in _PARTS)
_NUMERAL = "零〇一二两三四五六七八九十"
_HOUR = r"\d{1,2}|二十[一二三四]?|十[一二三四五六七八九]?|[零〇一二两三四五六七八九]"
_MINUTE = (
    rf"[零〇{_NUMERAL}]{{1,3}}(?=分(?!之))|\d{{1,2}}(?=分(?!之))|[0-5]\d(?![\d.:%万亿个])"
    r"|[二三四五]?十[一二三四五六七八九]?(?![万亿个名位人年])|[零〇][一二三四五六七八九](?![万亿])"
)
_CHINESE = re.compile(
    rf"(?:(?P<period>{_PERIOD})(?:的|，|当地时间|北京时间|大约|约莫|约|近|将近|不到|刚过){{0,2}}\s?)?"
    rf"(?:差(?P<to>\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?P<to_unit>分钟?|刻钟?))?"
    rf"(?<![\d.:：第{_NUMERAL}百千万A-Za-z/])(?P<hour>{_HOUR})\s?"
    rf"(?:(?P<mark>点钟?|时)\s?(?:(?P<half>半)|(?P<quarter>[一三13])刻|(?P<minute>{_MINUTE})分?"
    rf"|差(?P<less>\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?P<less_unit>分|刻)|整|正)?"
    r"|[:：](?P<colon>[0-5]\d)(?![\d]))"
)
_NO_CLOCK = re.compile(
    r"[点时][名击评赞心火燃头滴亮位数几子缀化睛题菜播歌映代候尚段期空常节令装效光]"
)
_DECIMAL = re.compile(r"点[零〇一二两三四五六七八九](?![十分刻零〇一二三四五六七八九])")
_RANGE = re.compile(r"\s?(?:[-—–~～至到]|——)\s?$")
_CHINESE_ZONES = (
    ("Beijing", "北京时间"),
    ("GMT", "格林尼治|格林威治|世界协调时|世界时|GMT|UTC"),
    ("eastern", "美国?东部|美东|纽约时间|东部时间"),
    ("local", "当地时间"),
)


_WITH_MINUTES = ("half", "quarter", "minute", "colon", "to", "less")


def chinese_times(text: str) -> list[ClockTime]:
    """Return the times of day in a Chinese text, in order."""
    times: list[ClockTime] = []
    period, reach = "", 0
    for match in _CHINESE.finditer(text):
        if match["mark"] and _NO_CLOCK.match(text, match.start("mark")):
            continue
        if match["mark"] and not match["period"] and _DECIMAL.match(text, match.start("mark")):
            continue
        hour, minute = int(amount(match["hour"])), _chinese_minute(match)
        if hour > 24 or minute >= 60:
            continue
        in_range = _RANGE.search(text[reach : match.start()][-4:]) is not None
        inherited = period if in_range and times else ""
        period, reach = match["period"] or inherited, match.end()
        late = minute - _minutes_to(match)
        is_later = bool(times) and hour * 60 > times[-1].minutes[0] % _NOON
        is_open = bool(inherited) and not match["period"] and not is_later
        minutes = tuple(_of_day(hour, late, period, is_open=is_open))
        has_minutes = any(match[name] for name in _WITH_MINUTES)
        sure = bool(period) or has_minutes or match["mark"] == "时"
        if match["hour"] == "一" and not period:
            sure = False
        zone = _zone(text[max(0, match.start() - _ZONE_CHARS) : match.end() + 4], _CHINESE_ZONES)
        times.append(ClockTime(minutes, Span(*match.span()), sure, zone))
    return times


def _chinese_minute(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 * int(amount(match["quarter"]))
    written = match["minute"] or match["colon"]
    return int(amount(written)) if written else 0


def _minutes_to(match: re.Match[str]) -> int:
    """Return the minutes before the hour of 差五分三点 and 三点差一刻."""
    for name in ("to", "less"):
        if match[name]:
            count = int(amount(match[name]))
            return count * 15 if match[f"{name}_unit"].startswith("刻") else count
    return 0


def _of_day(hour: int, minute: int, period: str, *, is_open: bool) -> Iterator[int]:
    """Return what an hour may be: 8 in the evening is 20, 8 alone 8 or 20."""
    hours = [hour]
    ranges = next((rows for words, rows in _PARTS if re.fullmatch(words, period)), None)
    if ranges:
        hours = [hour + add for first, last, add in ranges if first <= hour <= last] or [hour]
    if (not ranges or is_open) and 0 < hour <= 12:
        hours += [hour, (hour + 12) % 24]
    for one in dict.fromkeys(hours):
        yield (one * 60 + minute) % _DAY


def _zone(around: str, zones: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, words in zones if re.search(words, around)), "")


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
_NAMED = re.compile(
    r"\b(?:12(?::00)?\s|twelve\s)?(?:(?P<noon>noon|midday)|(?P<midnight>midnight))\b"
    rf"|\b(?P<military>[01]\d[0-5]\d|2[0-3][0-5]\d){_ZONE_AFTER}",
    re.IGNORECASE,
)
_PAST = re.compile(
    rf"\b(?P<past>(?:half|(?:a\s)?quarter|{_FIVES}|\d[05])(?=\spast\s)"
    r"|(?:a\s)?quarter(?=\s(?:to|before|till)\s)"
    rf"|(?:\d{{1,2}}|{_SPOKEN_MINUTE})(?=\sminutes\s(?:past|to|before|after|till)\s)"
    rf"|(?<=at\s)(?:{_FIVES})(?=\sto\s)|(?<=by\s)(?:{_FIVES})(?=\sto\s))"
    r"(?:\sminutes)?\s(?P<way>past|to|after|before|till)\s"
    rf"(?P<hour>\d{{1,2}}|{_TWELVE}|noon|midnight)\b(?:\so['’]clock)?{_PART_OF_DAY}",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"\b(?P<hour>\d{{1,2}}|{_TWELVE})"
    r"(?:(?P<point>[:.])(?P<minute>[0-5]\d)(?![\d%])(?::[0-5]\d)?"
    rf"|[\s-](?P<spoken>{_SPOKEN_MINUTE})(?=\s?[ap]\.?m|\sin\sthe|\sat\snight))?"
    rf"(?P<mark>\so['’]clock)?{_PART_OF_DAY}",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"[\d.,:$€£¥]$|[A-Za-z]-$")
_SHARED_HALF = re.compile(r"\s?(?:[-–—]|to|and|until|till)\s?$")
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
                zone = _zone(text[match.end() : match.end() + _ZONE_CHARS], _ENGLISH_ZONES)
                times.append(ClockTime(minutes, Span(*match.span()), True, zone))
                taken.update(range(match.start(), match.end()))
    return _with_first_of_range(text, sorted(times, key=lambda time: time.span.start))


def _named(match: re.Match[str]) -> tuple[int, ...]:
    """Read noon, midnight and "1530 hours"."""
    if military := match["military"]:
        return (int(military[:2]) * 60 + int(military[2:]),)
    return (_NOON,) if match["noon"] else (0,)


def _plain(match: re.Match[str]) -> tuple[int, ...]:
    """Read 15:30, "3.30 p.m.", "8 o'clock", "eight in the evening"; 8 alone is no time."""
    part = _part(match)
    if not (match["minute"] or match["mark"] or part) or (match["point"] == "." and not part):
        return ()
    hour = int(match["hour"]) if match["hour"].isdigit() else _WORDS[match["hour"].lower()]
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
        return (((_NOON if hour_word == "noon" else 0) + sign * minute) % _DAY,)
    hour = int(hour_word) if hour_word.isdigit() else _WORDS[hour_word]
    return _with_part(hour, sign * minute, _part(match))


def _part(match: re.Match[str]) -> str:
    """Return a, p, morning, afternoon, evening, night or "" for the half of the day."""
    if match["night"]:
        return "night"
    return (match["half"] or match["part"] or match["day_part"] or "").lower()


def _with_part(hour: int, minute: int, part: str, *, is_padded: bool = False) -> tuple[int, ...]:
    if hour > 24:  # 30:20 is no time, but what became of 20:30
        return (hour * 60 + minute,) if minute and not part and hour < 60 else ()
    hours = {
        "a": [hour % 12 if hour <= 12 else hour],
        "p": [hour % 12 + 12 if hour <= 12 else hour],
        "morning": [hour % 12 if hour <= 12 else hour],
        "afternoon": [hour % 12 + 12 if hour <= 12 else hour],
        "evening": [hour % 12 + 12 if hour <= 12 else hour],
        "night": [hour % 12 + 12 if 5 <= hour < 12 else hour % 12 if hour <= 12 else hour],
        "": [hour, (hour + 12) % 24] if 0 < hour <= 12 and not is_padded else [hour],
    }[part]
    return tuple(dict.fromkeys((one * 60 + minute) % _DAY for one in hours))


_PLAIN_HOUR = re.compile(rf"\b(?P<hour>\d{{1,2}}|{_TWELVE})$", re.IGNORECASE)


def _with_first_of_range(text: str, times: list[ClockTime]) -> list[ClockTime]:
    """Add the 9 of "9 to 11 a.m.", which has no mark of its own."""
    everything: list[ClockTime] = []
    for time in times:
        before = text[max(0, time.span.start - 20) : time.span.start]
        joint = _SHARED_HALF.search(before)
        plain = _PLAIN_HOUR.search(before[: joint.start()]) if joint else None
        if plain and not any(one.span.end == time.span.start - len(joint[0]) for one in times):
            hour = int(plain[1]) if plain[1].isdigit() else _WORDS[plain[1].lower()]
            if hour <= 12:
                start = time.span.start - len(before) + plain.start()
                span = Span(start, start + len(plain[1]))
                hours = dict.fromkeys((hour % 12 * 60, (hour % 12 + 12) * 60))
                everything.append(ClockTime(tuple(hours), span))
        everything.append(time)
    return everything
