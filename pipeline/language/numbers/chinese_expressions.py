"""Chinese expressions that express a number: 三分之一, 八成, 打八折, 翻一番, 周三, 半年."""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from pipeline.language.numbers.chinese_amounts import DIGITS, MIXED, NUMERAL, amount
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.records import Span

_DIGIT = "一二两三四五六七八九"
_ANY = rf"(?:{MIXED}|[{NUMERAL}]+(?:点[〇零一二三四五六七八九]+)?)"

_WEEKDAY = re.compile(
    r"(?:星期|礼拜)(?P<day>[一二三四五六日天])"
    r"|(?<![一二两三四五六七八九十几每\d])周(?P<short>[一二三四五六日])"
    r"(?![年岁个周期报刊次天小记之]|[一二三四五六日]?[、和到至]?(?:天|次))"
)
_DOUBLINGS = re.compile(r"翻了?([一两二三四五\d])[番倍]")
_PARTS = re.compile(rf"(?P<whole>{_ANY})分之(?P<part>{_ANY})")
_SLASHED = re.compile(r"(?<![\d/.年])(?P<part>\d{1,2})/(?P<whole>[1-9]\d{0,2})(?![\d/.月])")
_TENTHS = re.compile(
    rf"(?P<first>(?<!\d)\d|[{_DIGIT}])(?P<second>[{_DIGIT}])?成(?P<half>半)?"
    r"(?![为立功本员果就长熟绩交型品都因份年])"
)
_DISCOUNT = re.compile(
    rf"(?P<first>[{_DIGIT}\d])(?:\.?(?P<second>[{_DIGIT}\d]))?折(?![叠扣射磨腾])"
)
_COINS = re.compile(
    rf"(?P<whole>{_ANY})[元块](?P<tenth>[{_DIGIT}\d])[角毛]?(?:(?P<hundredth>[{_DIGIT}\d])分)?"
    r"(?![\d十百千万亿个名位])(?<![元块]\d)"
)
_EVENT = re.compile(
    r"(?<![\d.·])(?P<month>1[0-2]|[1-9])[.·](?P<day>3[01]|[12]\d|0?[1-9])(?![\d.·%万亿])"
    r"(?=[”’」]?\s?(?:特?大?地震|特?大?洪|特?大?水灾|事件|事故|案|惨案|讲话|爆炸|火灾|袭击|空难|运动))"
    r"|(?<![\d.·])(?P<month2>1[0-2]|[1-9])·(?P<day2>3[01]|[12]\d|[1-9])(?![\d·])"
)
_ATTACKS = re.compile(
    r"(?<![\d.])9[·.]?11(?![\d.%万亿月日])(?=[”’」]?(?:事件|恐怖|恐袭|袭击|之后|后|等))"
)
_NEW_CENTURY = re.compile("(?:本|新)世纪(?:初|之初|头)")
_SECONDS = re.compile(r"(?<![\d.])(?P<whole>\d{1,2})秒(?P<hundredths>\d{1,3})(?!\d)")
_QUARTER_HOUR = re.compile(r"(?<=[点时])(?P<count>[一三])刻")
_ROMAN = {chr(0x2160 + place): place + 1 for place in range(12)}
_HALF = re.compile(
    r"(?<!\d)半(?P<unit>年|个?小时|个?钟头|个?月|个世纪|数|价|天|场)?(?![岛导径月音夜途路空旦])"
)
_HALVES = {"年": (6,), "小时": (30,), "钟头": (30,), "月": (15, 2), "世纪": (50,)}


def expressions(text: str, taken: list[bool]) -> Iterator[Quantity]:
    """Return every such expression with characters not yet `taken`, and mark them taken."""
    for search in _SEARCHES:
        pattern, read = search
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                for quantity in read(match):
                    taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                    yield quantity


def _number(written: str) -> Fraction:
    return Fraction(DIGITS[written]) if written in DIGITS else Fraction(written)


def _weekday(match: re.Match[str]) -> Iterator[Quantity]:
    """Read a day of the week as 1 to 7; it is reported only if wrong, never if missing."""
    day = "一二三四五六日".find((match["day"] or match["short"]).replace("天", "日")) + 1
    yield Quantity((Fraction(day),), Span(*match.span()), Strength.LIKELY, "weekday")


def _doubling(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 翻一番 (double) and 翻两番 (fourfold): 2 to the power of the count."""
    count = int(_number(match[1]))
    values = (Fraction(2**count), Fraction(count), Fraction(100))
    yield Quantity(values, Span(*match.span()), Strength.POSSIBLE)


def _part(match: re.Match[str]) -> Iterator[Quantity]:
    whole, part = amount(match["whole"]), amount(match["part"])
    span = Span(*match.span())
    if whole == 100:
        yield Quantity((part, part / 100), span, Strength.CERTAIN)
    elif whole:
        yield Quantity((part / whole, 100 * part / whole), span, Strength.LIKELY)


def _slashed(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 2/3; it may also be a date or a score."""
    part, whole = Fraction(match["part"]), Fraction(match["whole"])
    yield Quantity((part / whole, part, whole), Span(*match.span()), Strength.LIKELY)


def _tenths(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 八成 (80 %), 七八成 (70 to 80 %) and 两成半 (25 %)."""
    half = 5 if match["half"] else 0
    for name in ("first", "second"):
        if match[name]:
            percent = _number(match[name]) * 10 + half
            strength = Strength.LIKELY if not match["second"] else Strength.POSSIBLE
            yield Quantity((percent, percent / 100), Span(*match.span(name)), strength)


def _discount(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 八折 and 八五折: 80 and 85 % of the price, so 20 and 15 % off."""
    left = _number(match["first"]) * 10
    if match["second"]:
        left += _number(match["second"])
    values = (100 - left, left, left / 10)
    yield Quantity(values, Span(*match.span()), Strength.POSSIBLE)


def _coins(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 3元5角 and 三块五: 3.5."""
    value = amount(match["whole"]) + _number(match["tenth"]) / 10
    if match["hundredth"]:
        value += _number(match["hundredth"]) / 100
    yield Quantity((value,), Span(*match.span()), Strength.CERTAIN)


def _event(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the day an event is named after: 5·12, “7.19洪灾”."""
    for name in ("month", "day") if match["month"] else ("month2", "day2"):
        yield Quantity((Fraction(match[name]),), Span(*match.span(name)), Strength.LIKELY)


def _attacks(match: re.Match[str]) -> Iterator[Quantity]:
    values = tuple(map(Fraction, (911, 9, 11, 2001)))
    yield Quantity(values, Span(*match.span()), Strength.POSSIBLE)


def _new_century(match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity((Fraction(2000),), Span(*match.span()), Strength.POSSIBLE)


def _seconds(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 57秒79 of a race: 57.79."""
    yield Quantity(
        (Fraction(f"{match['whole']}.{match['hundredths']}"),),
        Span(*match.span()),
        Strength.CERTAIN,
    )


def _quarter_hour(match: re.Match[str]) -> Iterator[Quantity]:
    count = _number(match["count"])
    yield Quantity((15 * count, count / 4), Span(*match.span()), Strength.POSSIBLE)


def _roman(match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity((Fraction(_ROMAN[match[0]]),), Span(*match.span()), Strength.POSSIBLE)


def _half(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 半 as a half or 50 per cent, 半年 also as six months, 半小时 as 30 minutes."""
    smaller = _HALVES.get((match["unit"] or "").removeprefix("个"), ())
    values = (Fraction(1, 2), Fraction(50), Fraction(30), *map(Fraction, smaller))
    yield Quantity(values, Span(*match.span()), Strength.POSSIBLE)


_Search = tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Quantity]]]
_SEARCHES: tuple[_Search, ...] = (
    (_WEEKDAY, _weekday),
    (_DOUBLINGS, _doubling),
    (_PARTS, _part),
    (_SLASHED, _slashed),
    (_TENTHS, _tenths),
    (_DISCOUNT, _discount),
    (_COINS, _coins),
    (_ATTACKS, _attacks),
    (_EVENT, _event),
    (_NEW_CENTURY, _new_century),
    (_SECONDS, _seconds),
    (_QUARTER_HOUR, _quarter_hour),
    (re.compile("[Ⅰ-Ⅻ]"), _roman),
    (_HALF, _half),
)
