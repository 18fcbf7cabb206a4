"""Find the numbers of a Chinese sentence: digits, 万 and 亿, numerals, percentages, dates."""

import re
from collections.abc import Iterator
from fractions import Fraction

from pipeline.records import Span
from pipeline.text.quantity import Quantity, Strength

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_NUMERAL = "〇○零一二两三四五六七八九十百千万亿"

# Half width and full width forms have one character each, so offsets stay true.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．％：／", "0123456789.%:/")

# Words that hold a numeral but count nothing. Where one is a prefix of another the
# shorter may win: the rest of the word has no numeral that would count.
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
    r"|零售|零件|零部件|零食|零星|零钱|零碎|凋零|飘零|百分比|百年老店|老百姓|周[一二三四五六](?!年|岁|个)|星期[一二三四五六]|礼拜[一二三四五六]"
)

# 千瓦 is a unit: the 千 of 300千瓦 multiplies nothing a translator would spell out.
_UNIT = r"(?!千[瓦米克卡兆赫伏帕])"
_PLAIN = r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?"
_MIXED = (
    rf"(?:{_PLAIN})(?:\s?(?:{_UNIT}[十百千万亿])+)?(?:(?<=[千万亿])(?:\d+(?:\.\d+)?)[百千万亿]+)*"
)
_ANY = rf"(?:{_MIXED}|[{_NUMERAL}]+(?:点[〇零一二三四五六七八九]+)?)"

_FULL_HOUR = re.compile(r"(?<=\d:)00(?!\d)")
_HALF_PAST = re.compile(r"\s?[点时]半")
_PARTS = re.compile(rf"(?P<whole>{_ANY})分之(?P<part>{_ANY})")
_ARABIC = re.compile(rf"(?<![A-Za-z\d])(?:{_MIXED})|(?<=[A-Za-z])[-\s]?(?P<code>\d+(?:\.\d+)?)")
_PERCENT = re.compile(r"\s?(?:%|个?百分点)")
_CHINESE = re.compile(rf"(?:{_UNIT}[{_NUMERAL}])+(?:点[〇零一二三四五六七八九]+(?!分))?")
_DOUBLINGS = re.compile(r"翻了?([一两二三四五\d])[番倍]")
_TIMES_MORE = re.compile(
    r"(?:增长|增加|提高|提升|上涨|上升|增|涨|扩大|高出|多)了?(?:近|约|超|超过|逾)?$"
)
_TENTHS = re.compile(r"([一二两三四五六七八九])成(?![为立功本员果就长熟绩交型品都因份年])")

# Counted by the people, not by the metre: a translator may convert these.
_OLD_UNITS = re.compile(
    r"[多余来]?(?:亩|斤(?!斤)|里(?![面程斯约])|尺|寸|丈|英里|英尺|英寸|磅|华氏)"
)
# 亩: hectares, acres, square metres; 斤: kilograms, grams; 里: kilometres, metres.
_CONVERSIONS = (
    ("亩", ("1/15", "0.1647", "666.67", "0.0006667")),
    ("公斤", ("2.2046", "1000")),
    ("斤", ("0.5", "1.1023", "500")),
    ("华里|里(?![面程斯约])", ("0.5", "500")),
    ("公顷", ("2.4711", "15", "0.01")),
    ("公里", ("0.6214", "1000")),
)
_CLASSIFIERS = (
    "个名位人年月日天次家件项种只条座张本部届岁倍分秒周层辆架艘台户口片块场"
    "支队组处所间套笔批句首篇期代级类国州省市县区村点大成世轮"
)
_AFTERNOON = re.compile(r"(?:下午|晚上?|傍晚|夜里|中午|午后|凌晨)(?:当地时间)?\s?$")
_DECADE = re.compile(rf"\s?世纪\s?(?P<tens>\d0|[{_NUMERAL}]+)\s?年代")
_RANGE_END = re.compile(rf"\s?(?:[-—–~～至到]|——)\s?(?:{_PLAIN})\s?(?P<unit>[十百千万亿]+)")


def chinese_quantities(text: str) -> list[Quantity]:
    """Find every number of `text`, in order; spans are characters of `text`.

    Names such as 三亚, 第一财经 or 一带一路 and weekdays are no numbers. Vague amounts
    (几十, 数百) are none either.
    """
    text = text.translate(_HALF_WIDTH)
    taken = [False] * len(text)
    for pattern in (_NAMES, _FULL_HOUR):
        for match in pattern.finditer(text):
            _take(taken, match.start(), match.end())
    found: list[Quantity] = []
    for search in (_doublings, _fractions, _tenths, _arabic, _numerals):
        for quantity in search(text, taken):
            found.append(quantity)
    return sorted(found, key=lambda quantity: quantity.span.start)


def _take(taken: list[bool], start: int, end: int) -> None:
    taken[start:end] = [True] * (end - start)


def _free(taken: list[bool], start: int, end: int) -> bool:
    return not any(taken[start:end])


def _doublings(text: str, taken: list[bool]) -> Iterator[Quantity]:
    """Read 翻一番 (double) and 翻两番 (fourfold): 2 to the power of the count."""
    for match in _DOUBLINGS.finditer(text):
        if _free(taken, *match.span()):
            _take(taken, *match.span())
            count = int(_DIGITS[match[1]]) if match[1] in _DIGITS else int(match[1])
            values = (Fraction(2**count), Fraction(count), Fraction(100))
            yield Quantity(values, Span(*match.span()), Strength.POSSIBLE)


def _fractions(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _PARTS.finditer(text):
        if not _free(taken, *match.span()):
            continue
        whole, part = amount(match["whole"]), amount(match["part"])
        if whole == 0:
            continue
        _take(taken, *match.span())
        span = Span(*match.span())
        if match["whole"] == "百":
            yield Quantity((part, part / 100), span, Strength.CERTAIN)
        else:
            yield Quantity((part / whole,), span, Strength.LIKELY)


def _tenths(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _TENTHS.finditer(text):
        if _free(taken, *match.span()):
            _take(taken, *match.span())
            percent = Fraction(_DIGITS[match[1]] * 10)
            values = (percent, percent / 100, percent / 10)
            yield Quantity(values, Span(*match.span()), Strength.LIKELY)


def _arabic(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        start, end = match.span("code") if match["code"] else match.span()
        if not _free(taken, start, end):
            continue
        _take(taken, start, end)
        digits = text[start:end]
        values = [amount(digits)]
        strength = Strength.CERTAIN
        if match["code"] or _OLD_UNITS.match(text, end):
            strength = Strength.LIKELY
        values += _readings(text, start, end, values[0], digits)
        if half := _HALF_PAST.match(text, end):
            yield Quantity((Fraction(30), Fraction(1, 2)), Span(*half.span()), Strength.POSSIBLE)
        if percent := _PERCENT.match(text, end):
            values.append(values[0] / 100)
            end = percent.end()
        yield Quantity(tuple(values), Span(start, end), strength)


def _readings(text: str, start: int, end: int, value: Fraction, digits: str) -> list[Fraction]:
    """Give the other readings of a number, from what stands around it."""
    after = text[end : end + 2].lstrip()
    others = _converted(text, end, value)
    if after[:1] == "倍" and _TIMES_MORE.search(text[:start]):
        others += [value + 1, value * 100]  # grew by 2倍: threefold, by 200 percent
    elif after[:1] == "倍":
        others += [value * 100]
    if decade := _DECADE.match(text, end):
        tens = amount(decade["tens"])
        others += [(value - 1) * 100 + tens, tens]
    elif after[:1] in ("点", "时", ":") and value <= 24:
        others += [value + 12, value - 12] if value != 12 else [Fraction(0)]
    elif after == "年代":
        others += [value + 1900, value + 1800, value + 2000]
    elif after[:1] in ("年", "届", "级") and len(digits) == 2:
        others += [value + 1900, value + 2000]
    elif ending := _RANGE_END.match(text, end):
        others.append(value * _unit(ending["unit"]))
    return others


def _converted(text: str, end: int, value: Fraction) -> list[Fraction]:
    """Give a traditional measure in the units a translator may convert it to."""
    for unit, factors in _CONVERSIONS:
        if re.match(rf"[多余来]?{unit}", text[end:]):
            return [value * Fraction(factor) for factor in factors]
    return []


def _numerals(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        if not _free(taken, start, end):
            # A name inside or beside the run: 三亚五个 must still give 5.
            free = [at for at in range(start, end) if not taken[at]]
            if not free or free != list(range(free[0], free[-1] + 1)):
                continue
            start, end = free[0], free[-1] + 1
        run = text[start:end]
        if text[max(0, start - 1) : start] in ("几", "数", "好") or text[end : end + 1] in (
            "几",
            "数",
        ):
            continue
        yield from _numeral(text, run, start, end)


def _numeral(text: str, run: str, start: int, end: int) -> Iterator[Quantity]:
    after, before = text[end : end + 1], text[max(0, start - 1) : start]
    if _OLD_UNITS.match(text, end):
        strength = Strength.POSSIBLE
    elif before == "第" or (after and after in _CLASSIFIERS and run != "一"):
        strength = Strength.LIKELY
    else:
        strength = Strength.POSSIBLE
    if pair := re.search(r"[一二两三四五六七八九]{2}", run):
        yield from _digit_run(text, run, start, pair.start())
        return
    value = amount(run)
    values = [value]
    if len(run) > 1 and run[-1] in _DIGITS and run[-2] in "百千万亿":
        values.append(amount(run[:-1]) + _DIGITS[run[-1]] * _unit(run[-2]) / 10)
    if after in ("点", "时") and _AFTERNOON.search(text, 0, start):
        values.append(value + 12)
    if decade := _DECADE.match(text, end):
        tens = amount(decade["tens"])
        values += [(value - 1) * 100 + tens, tens]
    elif text[end : end + 2] == "年代":
        values += [value + 1900, value + 1800, value + 2000]
    if len(run) > 1 and value > 10 and run[0] not in "百千万亿" and strength >= Strength.POSSIBLE:
        strength = (
            Strength.LIKELY if value < 20 or _OLD_UNITS.match(text, end) else Strength.CERTAIN
        )
    yield Quantity(tuple(values), Span(start, end), strength)


def _digit_run(text: str, run: str, start: int, pair: int) -> Iterator[Quantity]:
    """Read digits that stand side by side: 二〇二三, 七八十 (70 or 80), 十四五 (14, 5 or 15)."""
    if len(run) >= 3 and all(character in _DIGITS for character in run):
        value = Fraction(int("".join(str(_DIGITS[character]) for character in run)))
        strength = Strength.CERTAIN if len(run) >= 4 else Strength.POSSIBLE
        yield Quantity((value,), Span(start, start + len(run)), strength)
        return
    head, first, second, tail = run[:pair], run[pair], run[pair + 1], run[pair + 2 :]
    for at, digit in ((pair, first), (pair + 1, second)):
        values = (amount(head + digit + tail), Fraction(_DIGITS[digit]), amount(head + digit))
        yield Quantity(values, Span(start + at, start + at + 1), Strength.POSSIBLE)


def _unit(units: str) -> Fraction:
    product = 1
    for character in units:
        product *= _UNITS.get(character) or _MYRIADS[character]
    return Fraction(product)


def amount(written: str) -> Fraction:
    """Give the value of a Chinese number: `三千五百万`, `1.2亿`, `1亿2000万`, `三点五`, `3,850`."""
    whole, point, decimals = written.partition("点")
    if point:
        digits = "".join(str(_DIGITS[character]) for character in decimals)
        return amount(whole) + Fraction(int(digits), 10 ** len(digits))
    total = myriads = section = current = Fraction(0)
    for token in re.findall(rf"{_PLAIN}|[{_NUMERAL}]", written):
        if token in _MYRIADS:
            below = section + current
            if token == "万":
                myriads += (below or Fraction(1)) * 10**4
            else:
                total = (total + myriads + below or Fraction(1)) * 10**8
                myriads = Fraction(0)
            section = current = Fraction(0)
        elif token in _UNITS:
            section += (current or 1) * _UNITS[token]
            current = Fraction(0)
        elif token in _DIGITS:
            current = Fraction(_DIGITS[token])
        else:
            current = Fraction(token.replace(",", ""))
    return total + myriads + section + current
