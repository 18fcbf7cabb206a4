"""Names and phrases with numerals: no numbers (三心二意), dates (九一八), ages (花甲之年).

七上八下 ── no number      九一八事变 ── September 18      古稀之年 ── 70      九二共识 ── 1992
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.data_file import data_rows, data_words
from pipeline.language.chinese import HAN
from pipeline.language.numbers.chinese_amounts import DIGITS, NUMERAL, amount
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, quantity

POSSIBLE = Strength.POSSIBLE


def _pattern(words: Iterable[str]) -> str:
    """Return a pattern of words, by their first character: it is fast and takes the longest."""
    rests: dict[str, set[str]] = defaultdict(set)
    for word in words:
        rests[word[0]].add(word[1:])
    return "|".join(
        f"{first}(?:{'|'.join(sorted(sorted(map(re.escape, tails)), key=len, reverse=True))})"
        for first, tails in sorted(rests.items())
    )


# Only at the start of a number: 十四周岁 has no 四周.
_WORD = lazy(_pattern(data_words(__file__, "no_numbers.txt")))
_IN_CONTEXT = lazy(r"四季(?=度)|(?<=[分条])之一")
_OTHERS = lazy(
    rf"(?<![{NUMERAL}])十分(?![之钟])|(?<![{NUMERAL}])万一(?![千百十])|[一二三四五六七八九十]+(?:面体|边形|角形|角大楼|角星)"
    r"|[1-4]-?[DdＤ](?![A-Za-z])|(?:GMT|UTC)\s?[+-]\d+"
)


def no_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of words with numerals that are not numbers."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if _IN_CONTEXT.match(text, start) or _IN_CONTEXT.match(text, end - 2):
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        if (
            text[start] in _COUNTED
            and before
            and (before in NUMERAL or before.isdigit() or before == "点")
        ):
            continue
        if after and text[end - 1] in _COUNTED and after in "十百千万亿":
            continue  # 二百五十 is no 二百五
        yield start, end
    for match in _OTHERS.finditer(text):
        yield match.span()


_COUNTED = set("一二三四五六七八九十百千万亿两")

_DAYS = {name: (int(month), int(day)) for name, month, day in data_rows(__file__, "named_days.tsv")}
_EVENT = (
    "事变|运动|惨案|事件|起义|政变|战役|抗战|阅兵|大?地震|青年节|劳动节|儿童节|妇女节|建军节|国庆|建党"
    "|小?长假|黄金周|假期|放?假|期间|前夕|讲话|晚会|购物|大促|促销|会议|大罢工|学生|红旗|勋章|奖章"
    "|广场|街|路口|节|精神|表彰|当天|当晚|前后|临近|电影制片厂|南昌|公安|烈士|通知|会战|日本投降"
)
_NAMED = "|".join(sorted((day for day in _DAYS if day[0] != "双"), key=len, reverse=True))
_DAY_NAME = lazy(
    rf"(?P<double>双(?:十[一二]|1[12]|十(?=节)))"
    rf"|(?<![\d{NUMERAL}第年月日])(?P<named>{_NAMED})(?=[”’」\"]?(?:{_EVENT}))"
    rf"|[“‘「\"](?P<quoted>{_NAMED})[”’」\"]"
    r"|(?P<month>十[一二]?|[一二三四五六七八九])[·.・‧•]"
    r"(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]{1,2})(?![一二三四五六七八九十])"
    r"|(?P<both>一二)[·.・‧•](?P<day2>[一二三四五六七八九]{1,2})"
)


_HISTORIC = lazy(r"[”’」\"]?(?:事变|惨案|起义|政变)")
"""What follows a day that no translation gives another month."""


def _day_name(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the day after which an event is named: 九一八, 一二·九, 双十一."""
    if match["both"] or match["month"]:
        name = "day2" if match["both"] else "day"
        month = 12 if match["both"] else int(amount(match["month"]))
        written = match[name]
        is_spelled = len(written) == 2 and "十" not in written
        day = int("".join(str(DIGITS[one]) for one in written)) if is_spelled else amount(written)
        group: str | int = name
    else:
        written = match["double"] or match["named"] or match["quoted"]
        (month, day), group = _DAYS[written], 0
    is_historic = _HISTORIC.match(match.string, match.end())
    strength = Strength.LIKELY if is_historic else POSSIBLE
    yield quantity(match, month, kind="month", strength=strength, loose=_shown(match))
    yield quantity(match, day, group=group, kind="day", strength=POSSIBLE)


def _shown(match: re.Match[str]) -> tuple[int, ...]:
    """Return the number of 双11 (Double 11) and 618, which a translation may keep."""
    written = match["named"] or match["quoted"] or match["double"] or ""
    digits = "".join(str(DIGITS.get(one, "")) for one in written)
    return (int(digits),) if digits else ()


_DISASTER = (
    "特?大?地震|特?大?洪|特?大?水灾|事件|事故|案|惨案|讲话|爆炸|火灾|袭击|空难|运动|晚会|国际|打假"
    "|大促|购物节|消费者|起义|座谈|矿难|坠机|暴雨|枪击|专案|安全日|妇女节|劳动节|儿童节|青年节"
    "|禁毒日|教育日|公祭日|阅兵"
)
_EVENT_DIGITS = lazy(
    r"(?<![\d.·])(?P<month>1[0-2]|[1-9])[.·](?P<day>3[01]|[12]\d|0?[1-9])(?![\d.·%万亿级倍])"
    rf"(?=[”’」\"]?\s?[{HAN}]{{0,4}}?(?:{_DISASTER}))"
    rf"|(?<![\d.·])(?P<month3>1[0-2]|[1-9])[.·](?P<day3>3[01]|[12]\d|0?[1-9])(?![\d.·])"
    rf"(?=(?:[”’」\"]|(?=国家|国际|世界|全国|全民|中国|人民|联合国))[{HAN}]{{2,10}}[日节周](?![元号期常]))"
    r"|(?<![\d.·])(?P<month2>1[0-2]|[1-9])·(?P<day2>3[01]|[12]\d|[1-9])(?![\d·])"
)
_ATTACKS = lazy(
    r"(?<![\d.])9[·.]?11(?![\d.%万亿月日])(?=[”’」\"]?(?:事件|恐怖|恐袭|袭击|之后|后|等))"
)


def _event_digits(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the day an event is named after: 5·12, “7.19洪灾”."""
    end = next(end for end in ("", "2", "3") if match["month" + end])
    month, day = "month" + end, "day" + end
    yield quantity(match, int(match[month]), group=month, kind="month")
    yield quantity(match, int(match[day]), group=day, kind="day")


def _attacks(match: re.Match[str]) -> Iterator[Quantity]:
    yield quantity(match, 911, Fraction(911, 100), Fraction(9, 11), 2001, strength=POSSIBLE)
    yield quantity(match, 9, kind="month", strength=POSSIBLE)
    yield quantity(match, 11, kind="day", strength=POSSIBLE)


_YEAR_NAME = lazy(
    rf"(?<![{NUMERAL}\d])(?P<year>[七八九][{NUMERAL[3:13]}]|[789]\d|零[一二三四五六七八九])(?=[”’」\"]?(?:共识|宪法|抗洪|特?大洪|洪水|回归|南巡|南方谈话|学潮|学运|汇改|方案|体制改革))"
)


def _year_name(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the year in a name: 九二共识 is the 1992 Consensus."""
    written = match["year"]
    year = int(written) if written.isdigit() else int("".join(str(DIGITS[d]) for d in written))
    first = 2000 if year < 20 else 1900
    yield quantity(match, first + year, year, group="year", strength=POSSIBLE)


_AGES = {name: tuple(map(int, years)) for name, *years in data_rows(__file__, "named_ages.tsv")}
_AGE = lazy(_pattern(_AGES))
_TEN_YEARS = lazy(r"(?P<count>[二两三四五六七八九]|[2-9])旬(?!五)")


def _age(match: re.Match[str]) -> Iterator[Quantity]:
    years = _AGES[match[0]]
    yield quantity(match, *years, kind="age", strength=POSSIBLE, loose=years)


def _ten_years(match: re.Match[str]) -> Iterator[Quantity]:
    years = 10 * amount(match["count"])
    yield quantity(match, years, kind="age", loose=(years,))


_CLAUSE = lazy(
    rf"(?P<article>\d+|[{NUMERAL}]+)条之(?P<number>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})"
)


def _clause(match: re.Match[str]) -> Iterator[Quantity]:
    """Read an inserted article of a law: 第一百七十五条之一 is Article 175-1."""
    for name in ("article", "number"):
        yield quantity(match, amount(match[name]), group=name, strength=Strength.CERTAIN)


NAMES: tuple[NumberSearch, ...] = (
    number_search(_CLAUSE, _clause, "条之"),
    number_search(_ATTACKS, _attacks, "11"),
    number_search(_DAY_NAME, _day_name),
    number_search(_EVENT_DIGITS, _event_digits, ".|·"),
    number_search(_YEAR_NAME, _year_name),
    number_search(_AGE, _age),
    number_search(_TEN_YEARS, _ten_years, "旬"),
)
"""Searches for names and phrases that have a date, a year or an age."""
