"""Chinese dates: 11月3日, 2024.11.3, 正月初一, 光绪二十年, 上世纪九十年代, 一季度, 周三."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.numbers.chinese_amounts import DIGITS, NUMERAL, amount
from pipeline.language.numbers.quantity import Kind, Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, quantity
from pipeline.records import Span

POSSIBLE, CERTAIN = Strength.POSSIBLE, Strength.CERTAIN

_DIGIT = "一二两三四五六七八九"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|[二廿]?十?[一二三四五六七八九]|[二]?十)"
_NOT_IN_NUMBER = rf"(?<![\d.,{NUMERAL}])"

_WEEKDAY = lazy(
    r"(?:星期|礼拜)(?P<day>[一二三四五六日天])"
    r"|(?<![一二两三四五六七八九十几每\d])周(?P<short>[一二三四五六日])"
    r"(?![年岁个周期报刊次天小记之]|[一二三四五六日]?[、和到至]?(?:天|次))"
)


def _weekday(match: re.Match[str]) -> Iterator[Quantity]:
    """Read a day of the week as 1 to 7; it is reported only if wrong, never if missing."""
    day = "一二三四五六日".find((match["day"] or match["short"]).replace("天", "日")) + 1
    yield quantity(match, day, kind="weekday")


_NUMERIC = lazy(
    r"(?<![\d./])(?P<year>(?:19|20)\d\d)(?:"
    r"(?P<mark>[./-])(?P<month>1[0-2]|0?[1-9])(?P=mark)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d.]*\d)"
    r"(?:\s?[-—–~～至到]{1,2}\s?(?P<month3>1[0-2]|0?[1-9])(?P=mark)(?P<day3>3[01]|[12]\d|0?[1-9])"
    r"(?![\d.%‰/-]))?"
    r"|\.(?P<month2>1[0-2]|0?[1-9])(?![\d.%‰]|\s?[万亿千百元米吨公点度倍克股美欧港英人]))"
)


def _numeric(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 2024.11.3, 2024-03-05, 2024.3 and the two days of 2024.11.3—11.8."""
    yield quantity(match, int(match["year"]), group="year", strength=CERTAIN)
    for end in ("", "2", "3"):
        if written := match["month" + end]:
            kept = POSSIBLE if end == "3" and written == match["month"] else CERTAIN
            yield quantity(match, int(written), group="month" + end, kind="month", strength=kept)
        if end != "2" and match["day" + end]:
            day = int(match["day" + end])
            yield quantity(match, day, group="day" + end, kind="day", strength=CERTAIN)


_MONTH_AND_DAY = lazy(
    rf"{_NOT_IN_NUMBER}(?P<month>{_MONTH})\s?月(?:份?\s?(?P<day>{_DAY})\s?[日号])?(?!球|薪|票|饼|亮|光|嫂|经)"
)


def _month_and_day(match: re.Match[str]) -> Iterator[Quantity]:
    for name in ("month", "day"):
        if written := match[name]:
            is_sure = written.isdigit() or (len(written) > 1 and amount(written) >= 20)
            strength = CERTAIN if is_sure else Strength.LIKELY
            kind: Kind = "month" if name == "month" else "day"
            yield quantity(match, amount(written), group=name, kind=kind, strength=strength)


_LUNAR = lazy(
    rf"(?P<old>农历|阴历|旧历|夏历)?闰?(?P<month>正|冬|腊|十[一二]?|[一二三四五六七八九](?!月[{_DIGIT}十]{{0,3}}[日号]))月"
    rf"(?P<day>初(?:十|[{_DIGIT}])|[二]?十[{_DIGIT}]?|廿[{_DIGIT}]?|三十|[{_DIGIT}](?![\d{NUMERAL}、个至到]))"
    rf"(?![日号月个年余多几份{NUMERAL}])"
    r"|(?:农历|阴历|旧历|夏历)闰?(?P<month2>正|冬|腊|十[一二]?|[一二三四五六七八九])月|(?P<month3>[冬腊正])月"
    rf"|(?:大年|新年|春节|农历)(?P<day2>初(?:十[{_DIGIT}]?|[{_DIGIT}])|[二]?十[{_DIGIT}]|廿[{_DIGIT}])"
    r"|(?P<day3>初一)[、和]?(?P<day4>十五)"
)
_EVE = lazy(r"(?:大年|(?<![今每去前])年)(?P<day>三十|卅|廿九|二十九)(?![年万多岁日号月个余])")
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def _lunar(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 正月初三 as the third day of the first lunar month; March is not the third month."""
    for name in ("month", "month2", "month3"):
        if written := match[name]:
            value = _LUNAR_MONTHS.get(written) or amount(written)
            yield quantity(match, value, group=name, kind="lunar month")
    for name in ("day", "day2", "day3", "day4"):
        if written := match[name]:
            value = amount(written.removeprefix("初"))
            yield quantity(match, value, group=name, kind="lunar day")


def _eve(match: re.Match[str]) -> Iterator[Quantity]:
    yield quantity(match, amount(match["day"]), group="day", kind="lunar day", strength=POSSIBLE)


_ERAS = {era: int(year) for era, year in data_rows(__file__, "eras.tsv")}
_ERA = lazy(rf"(?P<era>{'|'.join(_ERAS)})(?P<year>元|\d{{1,3}}|[{NUMERAL}]{{1,6}})年(?!间|代|以来)")


def _era(match: re.Match[str]) -> Iterator[Quantity]:
    """Read a year of a reign or republic: 光绪二十年 is 1894, or the 20th year of Guangxu."""
    count = 1 if match["year"] == "元" else _digits(match["year"])
    year = _ERAS[match["era"]] + count - 1
    yield quantity(match, year, count, group="year", strength=CERTAIN)


def _digits(written: str) -> int:
    """Return the value of a year: 三十八, 一一三, 113."""
    if len(written) > 1 and all(character in DIGITS for character in written):
        return int("".join(str(DIGITS[character]) for character in written))
    return int(amount(written))


_CYCLE = lazy("([甲乙丙丁戊己庚辛壬癸])([子丑寅卯辰巳午未申酉戌亥])(?=[年岁之战变革])")


def _cycle(match: re.Match[str]) -> Iterator[Quantity]:
    """Read a year of the sixty-year cycle, such as 甲辰年: 2024, 1964, 1904."""
    stem, branch = (
        "甲乙丙丁戊己庚辛壬癸".index(match[1]),
        "子丑寅卯辰巳午未申酉戌亥".index(match[2]),
    )
    first = next((year for year in range(60) if (year % 10, year % 12) == (stem, branch)), None)
    if first is not None:
        years = (1984 + first, 1924 + first, 1864 + first, 1804 + first)
        yield quantity(match, *years, strength=POSSIBLE)


_DECADE = lazy(
    rf"(?:(?P<century>上个?|本|\d{{1,2}}|[一二十]{{1,3}})\s?世纪\s?)?(?P<tens>\d0|[一二三四五六七八九]?十|[一二三四五六七八九][〇零])(?P<more>[{_DIGIT}]十)?\s?年代"
    rf"|(?:(?P<century2>上个?|本|\d{{1,2}}|[一二十]{{1,3}})\s?世纪\s?)(?P<two>[{_DIGIT}]{{2}})十\s?年代"
    rf"|(?P<two2>(?:[{_DIGIT}]){{2}})十\s?年代|(?P<year>1\d\d0|20\d0)\s?年代"
)


def _decade(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 二十世纪八九十年代 as the 1980s and the 1990s; 八十年代 may be of any century."""
    if match["year"]:
        year = int(match["year"])
        yield quantity(match, year, group="year", kind="decade", loose=(year % 100,))
        return
    century = match["century"] or match["century2"]
    firsts = [1900, 1800, 2000]
    if century:
        past = {"上": 1900, "本": 2000}.get(century[0])
        firsts = [past if past is not None else int(amount(century) - 1) * 100]
        if past is None:
            group = "century" if match["century"] else "century2"
            yield quantity(match, amount(century), group=group, strength=POSSIBLE)
    if pair := match["two"] or match["two2"]:
        start = match.start("two") if match["two"] else match.start("two2")
        tens = [(DIGITS[digit] * 10, start + place) for place, digit in enumerate(pair)]
    else:
        tens = [(_digits(match["tens"]), match.start("tens"))]
        if match["more"]:
            tens.append((int(amount(match["more"])), match.start("more")))
    for value, place in tens:
        loose = () if century else (value,)
        read = quantity(match, *(first + value for first in firsts), kind="decade", loose=loose)
        yield replace(read, span=Span(place, match.end()))


_GENERATION = lazy(
    r"(?<![\d.年月])(?P<tens>[05-9][05]|[五六七八九零〇][五〇零])后(?![天年日续期来面半的者]|\d)"
)


def _generation(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 90后, who were born in the 1990s."""
    tens = _digits(match["tens"])
    first = 2000 if tens < 30 else 1900
    yield quantity(match, first + tens, group="tens", kind="decade", loose=(tens,))


_QUARTER = lazy(
    r"第?(?P<count>[一二三四1-4])季度?(?:(?<=季度)|(?=[报末初]))|(?<![A-Za-z])[QＱ](?P<letter>[1-4])(?!\d)"
)


def _quarter(match: re.Match[str]) -> Iterator[Quantity]:
    name = "count" if match["count"] else "letter"
    yield quantity(match, amount(match[name]), group=name, kind="quarter")


_HALF_YEAR = lazy(r"(?P<half>[上下])半(?P<what>年(?!度?报表)|场|叶|程|时|月)")


def _half_year(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 上半年 and 下半年: the first and the second half."""
    half = 1 if match["half"] == "上" else 2
    months = (6,) if match["what"].startswith("年") else ()
    yield quantity(match, half, kind="half-year", loose=(half, Fraction(1, 2), *months))


_NEW_CENTURY = lazy("(?:本|新)世纪(?:初|之初|头)")


def _new_century(match: re.Match[str]) -> Iterator[Quantity]:
    yield quantity(match, 2000, 21, strength=POSSIBLE)


_SENTENCE = lazy(
    rf"(?<=刑|役|禁|处|判)(?P<years>\d{{1,2}}|[{NUMERAL}]{{1,3}})年零?(?P<months>1[01]|[1-9]|十一?|[{_DIGIT}])个?月"
)


def _sentence(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the 7½ years, or 90 months, of 判处有期徒刑七年六个月."""
    months = 12 * amount(match["years"]) + amount(match["months"])
    yield quantity(match, months / 12, months, strength=CERTAIN)


DATES: tuple[NumberSearch, ...] = (
    number_search(_SENTENCE, _sentence, "刑|役|禁|处|判"),
    number_search(_WEEKDAY, _weekday, "周|星期|礼拜"),
    number_search(_NUMERIC, _numeric, "19|20"),
    number_search(_ERA, _era),
    number_search(_LUNAR, _lunar, "月|初"),
    number_search(_EVE, _eve, "年三十|年卅|年廿九|年二十九"),
    number_search(_CYCLE, _cycle),
    number_search(_DECADE, _decade, "年代"),
    number_search(_GENERATION, _generation, "后"),
    number_search(_QUARTER, _quarter, "季|q|ｑ"),
    number_search(_HALF_YEAR, _half_year, "上半|下半"),
    number_search(_NEW_CENTURY, _new_century, "世纪"),
    number_search(_MONTH_AND_DAY, _month_and_day, "月"),
)
"""Searches for dates, in the order in which they take characters."""
