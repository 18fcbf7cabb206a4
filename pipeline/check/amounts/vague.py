"""Check amounts of which only the size is said: 数十万 is "hundreds of thousands".

They have no value, so they are compared by powers of ten: 数十万 is a 5, "tens of thousands" a 4,
"thousands" a 3 or a 4. Numbers of the translation count too: 近百万 is "over 980,000".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from models.patterns import lazy
from pipeline.check.amounts.measures import unit_names
from pipeline.check.text import small_letters
from pipeline.language.measures.measure import share_a_unit
from pipeline.language.measures.read import (
    countries_of_script,
    with_chinese_measures,
    with_english_measures,
)
from pipeline.language.numbers.chinese_amounts import NUMERAL, scale
from pipeline.language.numbers.chinese_text import reading_text
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Span

_SIZE = "(?:[十百千]?(?:万亿|[万亿])|[十百千])"
_COUNTED = (
    "名人个家户件种条座辆架艘台场次只头位份元美欧日港英吨公里米亩倍村套幅封张栋所项棵块顶处支对"
    "用居群民员学师职观游旅顾企村市选球"
)
_ONLY_SIZE = lazy(
    rf"(?<![\d{NUMERAL}第])(?:"
    rf"(?<![多少人次指基系参总户倍岁分级个位函整字点奇偶负正算对复尾天年月期份例层大读计虚实])数(?P<several>{_SIZE})"
    rf"|(?:好)?几(?P<few>{_SIZE})"
    rf"|(?<![以马网线海晚早山街路身手地车船天世会桌场报])(?:上)(?P<reached>[百千万亿]|[百千]万|[十百千]亿|万亿)(?=[{_COUNTED}])"
    rf"|(?P<more>[十百千万]|[百千]万|[百千]亿)[余多](?P<myriads>[万亿]?)(?=[{_COUNTED}])"
    rf"|(?P<near>近|将近|接近)(?P<nearly>[十百千]?(?:万亿|[万亿])|[百千])(?=[{_COUNTED}])"
    rf"|(?:逾|超过?|突破|约|大约)(?P<about>[十百千]?(?:万亿|[万亿])|[百千])(?=[{_COUNTED}])"
    r"|成(?P<hundreds>百上千)|成千(?P<thousands>上万)"
    r"|数以(?P<counted>[百千万亿]|[十百千]万|[十百千]亿)计)"
)
_NEEDED = lazy(
    r"[数數几幾上近逾超约約破成以][过過]?[十百千万萬亿億兆]|[十百千万萬亿億拾佰仟][余餘多]|[接将將突大][近破约約]"
)
"""What every amount of which only the size is said has, but for characters that hide."""
_CONVERTED = lazy(
    "(?:平方)?(?:公里|华里|英里|里|公斤|市斤|斤|亩|公顷|尺|丈|两|担|英|美元|港元|日元|欧元)"
)
_OF_TIME = lazy("年|个?世纪|载|代人")
_TIMES = lazy(r"\b(?:decades?|centur\w+|millenni\w+|ag(?:es|e-old)|generations?|long\w*|years?)\b")
_HALF = lazy("(?:超|逾|近|约|过)?半数(?:以上)?|(?<=[已超逾])过半|一半以上")
_SAYS_HALF = lazy(
    r"\b(?:half\w*|halv\w+|mid\w*|majorit\w+|most\w*|bulk|fift\w+|5\d(?:\.\d+)?|in two)\b"
)
_ENGLISH = lazy(
    r"\b(?:(?P<of>dozens|scores|tens|hundreds|thousands|several|few|many|couple)\s(?:of\s)?(?P<by>hundred\s)?)?"
    r"(?P<name>dozens?|scores|tens|hundreds?|thousands?|millions?|billions?|trillions?)\b"
)
_SMALL = {"dozens": 1, "scores": 1, "tens": 1, "hundreds": 2, "thousands": 3}
_SIZES: dict[str, tuple[int, ...]] = {
    "dozen": (1,),
    "scores": (1,),
    "ten": (1,),
    "hundred": (2,),
    "thousand": (3, 4),
    "million": (6, 7),
    "billion": (9, 10, 11),
    "trillion": (12, 13, 14),
}
_MANY = lazy(
    r"\b(?:many|numerous|countless|innumerable|multiple|several|some|a few|various|lots?|plenty"
    r"|crowd\w*|mass\w*|large\w*|huge|vast|hordes?|throngs?|swarms?|droves|legions?|myriad"
    r"|number of|numbers|great deal|all|every|most|more|series|range|string|host)\b"
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of which only the powers of ten are known."""

    sizes: frozenset[int]
    span: Span


def vague_amounts(source: str, translation: str) -> Iterator[Finding]:
    """Find an amount such as 数百 that is not in the translation, or has another size there."""
    amounts = list(_of_source(source)) if _NEEDED.search(source) else []
    half = _HALF.search(simplified_twin(source)) if "半" in source else None
    if not (amounts or half) or not translation.strip():
        return
    lower = small_letters(translation)
    if half and not _SAYS_HALF.search(lower):
        written = source[slice(*half.span())]
        message = f"{written} is not in the translation"
        yield Finding("numbers", "error", message, Span(*half.span()), None)
    vague = list(_of_translation(lower))
    sizes = {_power(number) for number in english_quantities(translation) if _counts(number)}
    here = {size for amount in vague for size in amount.sizes} | sizes
    explained = {size for amount in amounts for size in amount.sizes}
    others = [amount for amount in vague if not amount.sizes & explained]
    for amount in amounts:
        if amount.sizes & here:
            yield from _other_currency(source, amount, translation, vague)
            continue
        written = source[amount.span.start : amount.span.end]
        other = next(iter(others), None)
        if other:
            said = translation[other.span.start : other.span.end]
            message = f"wrong power of ten: {written} in the source, “{said}” in the translation"
            yield Finding("numbers", "error", message, amount.span, other.span)
        elif not _is_said_otherwise(source, amount, lower):
            message = f"{written} is not in the translation"
            yield Finding("numbers", "warning", message, amount.span, None)


def _other_currency(
    source: str, amount: _Amount, translation: str, vague: list[_Amount]
) -> Iterator[Finding]:
    """Yield 数亿元 as "hundreds of millions of dollars"."""
    same = next((one for one in vague if one.sizes & amount.sizes), None)
    if same is None or not translation.startswith(" of ", same.span.end):
        return
    twin, number = simplified_twin(source), [_number(amount.span)]
    countries = countries_of_script(source, twin)
    there = with_chinese_measures(twin, number, countries=countries)[0].measures
    after_of = Span(same.span.start, same.span.end + len(" of"))
    here = with_english_measures(translation, [_number(after_of)])[0].measures
    are_money = any(one.is_money for one in there) and any(one.is_money for one in here)
    if are_money and not share_a_unit(there, here):
        written = source[amount.span.start : amount.span.end]
        said = translation[same.span.start : same.span.end]
        message = f"{written} is in {unit_names(there)}, “{said}” in {unit_names(here)}"
        yield Finding("numbers", "error", message, amount.span, same.span)


def _number(span: Span) -> Quantity:
    return Quantity((Fraction(1),), span, Strength.POSSIBLE)


def _of_source(source: str) -> Iterator[_Amount]:
    text, places = reading_text(source)
    for match in _ONLY_SIZE.finditer(text):
        if match["hundreds"] or match["thousands"]:
            sizes = {2, 3} if match["hundreds"] else {3, 4}
        else:
            power = len(str(int(scale(_unit(match))))) - 1
            sizes = {power - 1, power} if match["near"] else {power}
            if match["reached"] or match["counted"]:
                sizes.add(power + 1)
        if _CONVERTED.match(text, match.end()):
            sizes |= {size + step for size in sizes for step in (-1, 1)}
        start, end = match.span()
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        yield _Amount(frozenset(sizes), Span(start, end))


def _unit(match: re.Match[str]) -> str:
    groups = ("several", "few", "reached", "nearly", "about", "counted")
    written = next((match[name] for name in groups if match[name]), "")
    return written or match["more"] + match["myriads"]


def _of_translation(lower: str) -> Iterator[_Amount]:
    for match in _ENGLISH.finditer(lower):
        name, of = match["name"], match["of"]
        if of is None and not name.endswith("s"):
            continue  # "a hundred" and "3 million" are read as numbers
        sizes = _SIZES[name.removesuffix("s") if name != "scores" else name]
        if of in _SMALL:
            sizes = (min(sizes) + _SMALL[of],)
        if match["by"]:
            sizes = (min(sizes) + 2,)
        yield _Amount(frozenset(sizes), Span(*match.span()))


def _counts(number: Quantity) -> bool:
    """True unless a number is a date, a share or a year."""
    is_year = number.value.denominator == 1 and 1800 <= number.value <= 2100
    return not number.kind and number.value >= 1 and not is_year


def _power(number: Quantity) -> int:
    return len(str(int(number.value))) - 1


def _is_said_otherwise(source: str, amount: _Amount, lower: str) -> bool:
    """True if a word such as "many" or, of years, "decades" says it."""
    if _OF_TIME.match(source, amount.span.end) and _TIMES.search(lower):
        return True
    return _MANY.search(lower) is not None
