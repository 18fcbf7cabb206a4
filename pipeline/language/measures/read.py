"""Find the unit or currency of every number of a sentence."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial

from models.patterns import lazy
from pipeline.language.measures.measure import Measure, divided
from pipeline.language.measures.signs import chinese_sign, english_sign
from pipeline.language.measures.tables import chinese_words, currencies, english_words, money_signs
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.variants import script
from pipeline.records import Span

_Reader = Callable[[str, Span], tuple[tuple[Measure, ...], int]]

_ABOUT = lazy(r"\s?[多余来几]?")
_REST_OF_NUMERAL = lazy(
    r"(?<=[一二两三四五六七八九])[二三四五六七八九]?[十百千万亿]{1,4}[多余来几]?"
)
_ADJECTIVE = lazy(
    r"(?:[\s-]and[\s-]a[\s-]half)?(?:(?:(?<=half)|(?<=quarter)|(?<=third)|(?<=tenth))(?:\sof)?\san?(?=\s))?"
    r"[\s-]?[(\[]?(?:(?:more|full|whole|straight|consecutive|additional"
    r"|extra|solid|successive|further|calendar|working|odd|or\sso)[\s-])?"
)
_SHARE_INSIDE = lazy(
    r"(?P<percent>^百分之|[%％]$)|(?P<mille>‰$)|(?P<thousandths>^(?P<scale>[千万])分之)|(?P<points>个?百分点$)"
)
_ENGLISH_SHARE = lazy(
    r"(?P<points>per\s?cent(?:age)?[\s-]points?$)|(?P<percent>%$|per\s?cent$)", re.IGNORECASE
)
_UNIT_INSIDE = lazy(
    r"[\d零〇一二两三四五六七八九十百千万亿](?P<unit>[米吨元块秒斤里年天周倍亩丈])[\d零一二两三四五六七八九半]"
)
_ABOUT_INSIDE = lazy(r"(?P<unit>个)[多余来几]")
_HALF_INSIDE = lazy(r"(?P<unit>个?)半$")
_HALF_A = lazy(r"^半(?P<unit>年|个?小时|个?钟头|个?月|个?世纪|天)$")
_RATE = lazy(r"\s?[/／]\s?|每")
_ENGLISH_RATE = lazy(r"\s?/\s?|[\s-](?:per|an?|each|every)[\s-]", re.IGNORECASE)
_RATE_BEFORE = lazy(
    r"(?:(?P<hour>时速)|(?P<second>秒速)|(?P<mu>亩产|亩均)|(?P<day>日均|日产|每日)"
    r"|(?P<month>每月|月均|月薪|月租)|(?P<year>年均|年薪|年租)|每(?P<every>))"
    r"(?P<rest>[^，。；、：:\d每]{0,12})$"
)
_RATE_WORDS = {
    "hour": "小时",
    "second": "秒",
    "mu": "亩",
    "day": "天",
    "month": "个月",
    "year": "年",
}
_FAHRENHEIT = lazy(r"华氏(?:温度)?\s?$")
_CELSIUS = lazy(r"摄氏(?:温度)?\s?$")
_BEFORE_CHARS = 16
_LONGEST_RANGE_GAP = 8
_RANGE = lazy(r"\s?(?:[-—–~～至到或、]|——|to|and|or|through)\s?", re.IGNORECASE)
_CALENDAR_YEAR = 1000
_DOLLARS = (
    ("Hong Kong dollar", lazy(r"Hong Kong|\bHK|Hang Seng")),
    ("New Taiwan dollar", lazy(r"Taiwan|Taipei|\bNT")),
    ("Canadian dollar", lazy(r"Canad|Toronto|Ottawa")),
    ("Australian dollar", lazy(r"Australia|Sydney|Melbourne|Canberra")),
    ("New Zealand dollar", lazy(r"New Zealand|Auckland")),
    ("Singapore dollar", lazy(r"Singapore")),
)


def with_chinese_measures(
    text: str, quantities: Iterable[Quantity], *, countries: str = ""
) -> list[Quantity]:
    """Give every number of a Chinese text its units; several if the word is ambiguous.

    元 is also the money of `countries`, and of those that the text names.
    """
    read = partial(_chinese, countries=countries)
    return _with_measures(text, list(quantities), read, _is_below_zero)


def countries_of_script(source: str, twin: str) -> str:
    """Return the places whose money 元 may be if a text has traditional characters.

    `twin` is the text in simplified ones.
    """
    return "台湾香港" if twin != source and script(source) == "traditional" else ""


def with_english_measures(text: str, quantities: Sequence[Quantity]) -> list[Quantity]:
    """Give every number of an English text its units; several if the word is ambiguous."""
    return _with_measures(text, quantities, _english, _is_minus)


def _is_below_zero(text: str, span: Span) -> bool:
    return chinese_sign(text, span) == "minus"


def _is_minus(text: str, span: Span) -> bool:
    return english_sign(text, span) == "minus"


def _with_measures(
    text: str,
    quantities: Sequence[Quantity],
    read: _Reader,
    is_negative: Callable[[str, Span], bool],
) -> list[Quantity]:
    """Read from right to left: in 5至10公里 the 5 has the unit of the 10."""
    measured: list[Quantity] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        measures, end = read(text, quantity.span)
        while measured and quantity.span.end < measured[-1].span.start < end:
            measured.pop()  # the 1,000 of "7 per 1,000"
        if not measures and following and following.measures:
            gap = text[quantity.span.end : following.span.start]
            if len(gap) <= _LONGEST_RANGE_GAP and _RANGE.fullmatch(gap):
                measures = following.measures
        measures, is_minus = _without_dates(quantity, measures), is_negative(text, quantity.span)
        following = quantity
        if measures or is_minus:
            following = replace(quantity, measures=measures, is_negative=is_minus)
        measured.append(following)
    return measured[::-1]


def _without_dates(quantity: Quantity, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Leave out the years of 2023年, and what counts nothing: a weekday, a month."""
    if quantity.kind in _NO_UNIT:
        return ()
    is_year = any(m.name == "years" for m in measures) and quantity.value >= _CALENDAR_YEAR
    return () if is_year else measures


_NO_UNIT = {"weekday", "month", "day", "lunar month", "lunar day", "decade", "ordinal", "quarter"}


def _chinese(text: str, span: Span, *, countries: str = "") -> tuple[tuple[Measure, ...], int]:
    words = chinese_words()
    written = text[span.start : span.end]
    before = text[max(0, span.start - _BEFORE_CHARS) : span.start]
    if share := _SHARE_INSIDE.search(written):
        return _share(share), span.end
    if inside := _UNIT_INSIDE.search(written) or _HALF_A.match(written):
        return words.longest(inside["unit"], 0)[0], span.end
    split = _HALF_INSIDE.search(written) or _ABOUT_INSIDE.match(text, span.end)
    if split:  # 两个半小时, 三个多月: the 个 belongs to the unit
        end = max(span.end, split.end())
        text = split["unit"] + text[end : end + _BEFORE_CHARS]
        span = Span(0, 0)
    measures, end = _after(text, span.end)
    money = money_signs().before(text, span.start - before.endswith(" "))
    if not measures or (money and any(measure.name == "yuan" for measure in measures)):
        return money or measures, end
    if _FAHRENHEIT.search(before):
        measures = tuple(m for m in measures if m.system == "fahrenheit") or _fahrenheit()
    elif _CELSIUS.search(before):
        measures = tuple(m for m in measures if m.system == "celsius") or measures
    if any(measure.is_money for measure in measures):
        named = text + countries + ("台币" if "兆" in written else "")
        measures = _local_money(named, measures)
    return _with_rate(text, before, measures, end), end


def _after(text: str, start: int) -> tuple[tuple[Measure, ...], int]:
    """Return the units after a number; in 两三百块 the 百 stands between the 三 and its unit."""
    for skipped in (_ABOUT, _REST_OF_NUMERAL):
        if match := skipped.match(text, start):
            measures, end = chinese_words().longest(text, match.end())
            if measures:
                return measures, end
    return (), start


def _fahrenheit() -> tuple[Measure, ...]:
    return chinese_words().longest("华氏度", 0)[0]


def _share(match: re.Match[str]) -> tuple[Measure, ...]:
    """Return per cent, or points; 千分之五 has the value 0.005, 5‰ the value 5."""
    words = chinese_words()
    if match["points"]:
        return words.longest("个百分点", 0)[0]
    percent = words.longest("%", 0)[0]
    if match["mille"]:
        return words.longest("‰", 0)[0]
    if match["thousandths"]:
        return tuple(
            replace(measure, name="per thousand", size=measure.size * 100) for measure in percent
        )
    return percent


def _local_money(text: str, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Add what 元 may mean beside yuan: the money of a country that the text names."""
    if not any(measure.name == "yuan" for measure in measures):
        return measures
    return (*measures, *_money_of_countries(text))


@lru_cache(maxsize=4)  # asked once for every amount of a sentence
def _money_of_countries(text: str) -> tuple[Measure, ...]:
    rows = [row for row in currencies() if row.country.search(text)]
    return tuple(row.measure for row in rows if row.measure.size == 1)


def _with_rate(
    text: str, before: str, measures: tuple[Measure, ...], end: int
) -> tuple[Measure, ...]:
    """Add the rate of 吨/公顷 and 时速80公里."""
    words = chinese_words()
    per: tuple[Measure, ...] = ()
    if rate := _RATE.match(text, end):
        about = "时" if text.startswith("时", rate.end()) else ""
        per = words.longest("小时" if about else text, 0 if about else rate.end())[0]
    elif rate := _RATE_BEFORE.search(before):
        named = next((name for name in _RATE_WORDS if rate[name]), "")
        per = words.longest(_RATE_WORDS.get(named) or rate["rest"], 0)[0]
    return _rates(measures, per)


def _rates(measures: tuple[Measure, ...], per: tuple[Measure, ...]) -> tuple[Measure, ...]:
    new = [
        divided(measure, other)
        for measure in measures
        for other in per
        if other.dimension in _PER and not measure.is_rate and measure.dimension not in _NO_RATE
    ]
    return (*measures, *new)


_PER = {"time", "area", "mass", "volume", "length"}
_NO_RATE = {"score", "percent", "points", "time", "temperature", "angle"}


def _english(text: str, span: Span) -> tuple[tuple[Measure, ...], int]:
    words = english_words()
    written = text[span.start : span.end]
    if share := _ENGLISH_SHARE.search(written):
        return words.longest("percentage points" if share["points"] else "%", 0)[0], span.end
    space = text[span.start - 1 : span.start] == " "
    if before := money_signs().before(text, span.start - space):
        return _with_english_rate(text, _dollars(text, before), span.end), span.end
    start = span.end
    if adjective := _ADJECTIVE.match(text, start):
        start = adjective.end()
    measures, end = words.longest(text, start)
    if not measures:
        return (), span.end
    return _with_english_rate(text, _dollars(text, measures), end), end


def _with_english_rate(text: str, measures: tuple[Measure, ...], end: int) -> tuple[Measure, ...]:
    """Add the rate of "80 km/h", "12 tonnes per hectare" and "$82 a barrel"."""
    rate = _ENGLISH_RATE.match(text, end)
    return _rates(measures, english_words().longest(text, rate.end())[0]) if rate else measures


def _dollars(text: str, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Add what a dollar may be beside the American one: that of a place that the text names."""
    if not any(measure.name == "US dollar" for measure in measures):
        return measures
    return (*measures, *_dollars_of_places(text))


@lru_cache(maxsize=4)
def _dollars_of_places(text: str) -> tuple[Measure, ...]:
    places = {name for name, pattern in _DOLLARS if pattern.search(text)}
    return tuple(row.measure for row in currencies() if row.measure.name in places)


def english_units_alone(text: str) -> list[Quantity]:
    """Return "an hour", "a week", "half a mile" as amounts of 1 and 1/2: they have no number."""
    alone = []
    for match in _ALONE.finditer(text):
        measures, end = english_words().longest(text, match.end())
        measures = tuple(m for m in measures if m.is_money or m.dimension in _ALONE_DIMENSIONS)
        if measures:
            more = Fraction(1, 2) if text.startswith(" and a half", end) else 0
            value = (Fraction(1, 2) if match["half"] else Fraction(1)) + more
            span = Span(match.start(), end)
            alone.append(Quantity((value,), span, Strength.POSSIBLE, measures=measures))
    return alone


_ALONE = lazy(r"\b(?P<half>half\s)?(?:an?|the|every|each|per)\s(?:full\s|whole\s)?", re.IGNORECASE)
_ALONE_DIMENSIONS = {"time", "length", "mass", "area"}
