"""Numbers of a Chinese sentence: digits, 万 and 亿, numerals, percentages, dates."""

import re
from collections.abc import Iterator
from fractions import Fraction

from pipeline.language.numbers.chinese_amounts import DIGITS, MIXED, NUMERAL, SPOKEN, amount, scale
from pipeline.language.numbers.chinese_expressions import expressions
from pipeline.language.numbers.chinese_readings import OLD_UNITS, readings
from pipeline.language.numbers.quantity import MOST_DIGITS, Quantity, Strength, long_digits
from pipeline.records import Span

# Half-width and full-width forms are one character each, so offsets stay true.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．％：／", "0123456789.%:/")

# Thousands separated by a wide comma or a space: 5，000, 543 000.
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[， ]\d{3})+(?!\d)")

# Words that contain a numeral but are not numbers. If one is a prefix of another, the
# shorter may win: the rest of the word has no numeral.
_NAMES = re.compile(
    r"第一财经|第一时间|第一线|第一夫人|三亚|三明市?|三峡|三星|三菱|三沙|三门峡|三元里|三聚|三角|三国演义|三农|三轮车|三文鱼"
    r"|四川|四平|四季(?!度)|四处|四周|四肢|四面八方|四大发明|五粮液|五金|五谷|五官|五台山|五指山|五彩|五花|五星红旗"
    r"|六安|六盘水|六合|七夕|七匹狼|八路军|八达岭|八宝|八卦|九寨沟|九江|九龙|九华山|十堰|十字|(?<![一二三四五六七八九])十分(?!之|钟)|十足"
    r"|百度|百姓|百货|百科|百胜|百事|百合|百灵|千岛湖|千里|千金|千万(?=别|不要|要|注意)"
    r"|万科|万达|万宁|万象|万圣|万维|万物|万里|万能|万豪|万隆|万州|万一(?!千|百|十)|千方百计|千家万户|成千上万|千千万万|万众"
    r"|一带一路|一网通办|一国两制|一体化?|一起|一样|一直|一定|一切|一般|一些|一旦|一致|一向|一律|一贯|一线"
    r"|一方面|一度|一系列|一如|一番|一时|一再|一流|一端|一并|一路|一概|一经|一心|一同|一生|一共|一连"
    r"|统一|唯一|(?<!分)之一|同一|万无一失|进一步|不一|专一|单一|划一|一一|逐一|另一方面|五一(?!十|百)|五四运动|五卅"
    r"|九一八|七七事变|八一(?=建军|南昌|电影)|双十一|双十二|三八(?=妇女|节|红旗)|六一(?=儿童|节)|十一(?=黄金周|假期|长假|国庆)"
    r"|一二三产业|三心二意|乱七八糟|五颜六色|七上八下|四通八达|三番五次|接二连三|一五一十|九牛一毛|丢三落四"
    r"|两岸|两侧|两旁|两边|两栖|两极|两性|二维|三维|三文治|三明治|二手|二氧化|一氧化|三氧化|二甲|三甲|二胎|二战|一战"
    r"|[一二三四五六七八九十]+(?:面体|边形|角形|角大楼|角星)|[1-4]-?[DdＤ](?![A-Za-z])|退一万步|个位数|(?:GMT|UTC)\s?[+-]\d+"
    r"|零售|零件|零部件|零食|零星|零钱|零碎|凋零|飘零|百分比|百年老店|老百姓"
)

# No amount is this long. Longer runs are replaced before amounts are read.
_TOO_LONG = re.compile(rf"[\d{NUMERAL}]{{{MOST_DIGITS + 1},}}")

_FULL_HOUR = re.compile(r"(?<=\d:)00(?!\d)")
_HALF_PAST = re.compile(r"\s?[点时]半")
_ARABIC = re.compile(rf"(?<![A-Za-z\d])(?:{MIXED})|(?<=[A-Za-z])[-\s]?(?P<code>\d+(?:\.\d+)?)")
_PERCENT = re.compile(r"\s?(?:%|‰|个?百分点)")
_CHINESE = re.compile(SPOKEN)
_SIDE_BY_SIDE = re.compile(r"[一二两三四五六七八九]{2}")
_CLASSIFIERS = (
    "个名位人年月日天次家件项种只条座张本部届岁倍分秒周层辆架艘台户口片块场"
    "支队组处所间套笔批句首篇期代级类国州省市县区村点大成世轮"
)
_ONE = re.compile(r"\s?(?:[个名位家项种座条件张届台辆架艘]|小时|分钟|天|年[前后内来]|周(?!年)|人)")


def chinese_quantities(text: str) -> list[Quantity]:
    """Return every number of `text`, in order; spans are characters of `text`.

    Names such as 三亚, 第一财经 or 一带一路 are not numbers; neither are vague amounts
    (几十, 数百). Weekdays have their own unit.
    """
    text = _THOUSANDS.sub(lambda match: re.sub("[， ]", ",", match[0]), text.translate(_HALF_WIDTH))
    taken = [False] * len(text)
    found = list(long_digits(text, taken))
    text = _TOO_LONG.sub(lambda match: "□" * len(match[0]), text)
    for pattern in (_NAMES, _FULL_HOUR):
        for match in pattern.finditer(text):
            _take(taken, match.start(), match.end())
    for search in (expressions, _arabic, _numerals):
        for quantity in search(text, taken):
            found.append(quantity)
    return sorted(found, key=lambda quantity: quantity.span.start)


def _take(taken: list[bool], start: int, end: int) -> None:
    taken[start:end] = [True] * (end - start)


def _free(taken: list[bool], start: int, end: int) -> bool:
    return not any(taken[start:end])


def _arabic(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        start, end = match.span("code") if match["code"] else match.span()
        if not _free(taken, start, end):
            continue
        _take(taken, start, end)
        value = amount(text[start:end])
        values = [value, *readings(text, start, end, value)]
        strength = Strength.CERTAIN
        if match["code"] or OLD_UNITS.match(text, end):
            strength = Strength.LIKELY
        if text[start - 1 : start] in ("双", "兑") or (value == 1 and _ONE.match(text, end)):
            strength = Strength.POSSIBLE  # 双11 is Singles' Day, 1小时 is an hour
        if half := _HALF_PAST.match(text, end):
            yield Quantity((Fraction(30), Fraction(1, 2)), Span(*half.span()), Strength.POSSIBLE)
        if percent := _PERCENT.match(text, end):
            mille = percent[0].endswith("‰")
            values += [value / 10, value / 1000] if mille else [value / 100]
            end = percent.end()
        yield Quantity(tuple(values), Span(start, end), strength)


def _numerals(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        if not _free(taken, start, end):
            # A name inside or beside the run: 三亚五个 must still yield 5.
            free = [at for at in range(start, end) if not taken[at]]
            if not free or free != list(range(free[0], free[-1] + 1)):
                continue
            start, end = free[0], free[-1] + 1
        if text[start - 1 : start] in ("几", "数", "好") or text[end : end + 1] in ("几", "数"):
            continue
        run = text[start:end]
        if pair := _SIDE_BY_SIDE.search(run):
            yield from _digit_run(text, run, start, pair.start())
        else:
            yield _numeral(text, run, start, end)


def _numeral(text: str, run: str, start: int, end: int) -> Quantity:
    value = amount(run)
    values = [value]
    if len(run) > 1 and run[-1] in DIGITS and run[-2] in "百千万亿":
        values.append(amount(run[:-1]) + DIGITS[run[-1]] * scale(run[-2]) / 10)
    values += readings(text, start, end, value)
    return Quantity(tuple(values), Span(start, end), _strength(text, run, value, start, end))


def _strength(text: str, run: str, value: Fraction, start: int, end: int) -> Strength:
    """Return how certain a numeral is: 三百五十 surely, 三个 probably, 一 and 百 perhaps."""
    is_old = bool(OLD_UNITS.match(text, end))
    if "几" in run:
        return Strength.POSSIBLE
    if len(run) > 1 and value > 10 and run[0] not in "百千万亿":
        return Strength.LIKELY if value < 20 or is_old else Strength.CERTAIN
    after = text[end : end + 1]
    if is_old:
        return Strength.POSSIBLE
    if text[start - 1 : start] == "第" or (after and after in _CLASSIFIERS and run != "一"):
        return Strength.LIKELY
    return Strength.POSSIBLE


def _digit_run(text: str, run: str, start: int, pair: int) -> Iterator[Quantity]:
    """Return readings of adjacent digits: 二〇二三, 七八十 (70 or 80), 十四五 (14, 5 or 15)."""
    if len(run) >= 3 and all(character in DIGITS for character in run):
        value = Fraction(int("".join(str(DIGITS[character]) for character in run)))
        strength = Strength.CERTAIN if len(run) >= 4 else Strength.POSSIBLE
        yield Quantity((value,), Span(start, start + len(run)), strength)
        return
    head, first, second, tail = run[:pair], run[pair], run[pair + 1], run[pair + 2 :]
    for at, digit in ((pair, first), (pair + 1, second)):
        values = (amount(head + digit + tail), Fraction(DIGITS[digit]), amount(head + digit))
        yield Quantity(values, Span(start + at, start + at + 1), Strength.POSSIBLE)
