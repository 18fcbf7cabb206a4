"""Times of day in Chinese: 下午3点半, 20时30分, 差五分三点, 北京时间9:00."""

import re
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.language.measures.clock import DAY, NOON, ZONE_CHARS, ClockTime, zone_near
from pipeline.language.numbers.chinese_amounts import amount
from pipeline.language.sentence_cache import remembered
from pipeline.records import Span

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
_CHINESE = lazy(
    rf"(?:(?P<period>{_PERIOD})(?:的|，|当地时间|北京时间|大约|约莫|约|近|将近|不到|刚过){{0,2}}\s?)?"
    rf"(?:差(?P<to>\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?P<to_unit>分钟?|刻钟?))?"
    rf"(?<![\d.:：第{_NUMERAL}百千万A-Za-z/])(?P<hour>{_HOUR})\s?"
    rf"(?:(?P<mark>点钟?|时)\s?(?:(?P<half>半)|(?P<quarter>[一三13])刻|(?P<minute>{_MINUTE})分?"
    rf"|差(?P<less>\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?P<less_unit>分|刻)|整|正)?"
    r"|[:：](?P<colon>[0-5]\d)(?![\d]))"
)
_LATE = lazy("下午|午后|傍晚|晚|夜|黄昏")
"""Words of a text in which 8时 may be 20:00; elsewhere newspapers count 24 hours."""
_AFTERNOON = lazy(r"(?<![\d:：])(?:1[3-9]|2[0-3])[:：][0-5]\d(?!\d)")
"""A time after which 6:00 is no evening."""
_NO_CLOCK = lazy(r"[点时][名击评赞心火燃头滴亮位数几子缀化睛题菜播歌映代候尚段期空常节令装效光]")
_DECIMAL = lazy(r"点[零〇一二两三四五六七八九](?![十分刻零〇一二三四五六七八九])")
_SCORE = lazy(r"(?:[以比]|[比局]分[为是]?|大胜|战成|比数)\s?$")
_RANGE = lazy(r"\s?(?:[-—–~～至到]|——)\s?$")
_CHINESE_ZONES = (
    ("Beijing", "北京时间"),
    ("GMT", "格林尼治|格林威治|世界协调时|世界时|GMT|UTC"),
    ("eastern", "美国?东部|美东|纽约时间|东部时间"),
    ("local", "当地时间"),
)


_WITH_MINUTES = ("half", "quarter", "minute", "colon", "to", "less")


@remembered
def chinese_times(text: str) -> list[ClockTime]:
    """Return the times of day in a Chinese text, in order."""
    times: list[ClockTime] = []
    period, reach = "", 0
    counts_24 = _AFTERNOON.search(text) is not None and not _LATE.search(text)
    for match in _CHINESE.finditer(text):
        if match["mark"] and _NO_CLOCK.match(text, match.start("mark")):
            continue
        if match["colon"] and _SCORE.search(text[max(0, match.start() - 4) : match.start()]):
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
        is_later = bool(times) and hour * 60 > times[-1].minutes[0] % NOON
        is_open = bool(inherited) and not match["period"] and not is_later
        minutes = tuple(_of_day(hour, late, period, is_open=is_open))
        is_24 = match["mark"] == "时" and not _LATE.search(text)
        if not period and (is_24 or (match["colon"] and (hour == 12 or counts_24))):
            minutes = minutes[:1]
        has_minutes = any(match[name] for name in _WITH_MINUTES)
        sure = bool(period) or has_minutes or match["mark"] == "时"
        if match["hour"] == "一" and not period:
            sure = False
        zone = zone_near(text[max(0, match.start() - ZONE_CHARS) : match.end() + 4], _CHINESE_ZONES)
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
        yield (one * 60 + minute) % DAY
