"""Numbers of a Chinese sentence: digits, 万 and 亿, numerals, and what searches read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from models.patterns import lazy
from pipeline.language.numbers.chinese_amounts import (
    DIGITS,
    MIXED,
    NUMERAL,
    PLAIN,
    SPOKEN,
    UNIT,
    amount,
    scale,
)
from pipeline.language.numbers.chinese_dates import DATES
from pipeline.language.numbers.chinese_names import NAMES, no_numbers
from pipeline.language.numbers.chinese_readings import OLD_UNITS, readings
from pipeline.language.numbers.chinese_shares import SHARES
from pipeline.language.numbers.chinese_text import reading_text
from pipeline.language.numbers.list_markers import LIST_MARKERS
from pipeline.language.numbers.powers import POWERS
from pipeline.language.numbers.quantity import (
    MOST_DIGITS,
    MOST_QUANTITIES,
    Quantity,
    Strength,
    long_digits,
)
from pipeline.language.numbers.searches import search_all
from pipeline.language.sentence_cache import remembered
from pipeline.records import Span

# No amount is this long. Longer runs are replaced before amounts are read.
_TOO_LONG = lazy(rf"[\d{NUMERAL}]{{{MOST_DIGITS + 1},}}")

_FULL_HOUR = lazy(r"(?<=\d:)00(?!\d)")
_HALF_PAST = lazy(r"\s?[点时]半")
_ARABIC = lazy(rf"(?<![A-Za-z\d])(?:{MIXED})|(?<=[A-Za-z])[-\s]?(?P<code>\d+(?:\.\d+)?)")
_PERCENT = lazy(r"\s?(?:%|‰|个?百分点)")
_CHINESE = lazy(SPOKEN)
_SIDE_BY_SIDE = lazy(r"[一二两三四五六七八九]{2}")
_SHORT_AND_ONE = lazy(r".*[百千万亿][二三四五六七八九](?=一$)")
_CLASSIFIERS = (
    "个名位人年月日天次家件项种只条座张本部届岁倍分秒周层辆架艘台户口片块场"
    "支队组处所间套笔批句首篇期代级类国州省市县区村点大成世轮"
    "枚碗盘杯瓶袋箱盒包颗粒朵棵株匹盏幅封册页幢栋扇尊趟串桶罐盆兄姐"
)
_SHORT_TENS = "廿卅卌"
_COUNTED = lazy(rf"[多余来]?[{_CLASSIFIERS}]|[多余]")
_PEOPLE = ("人", "名")
_RANKS = ("中全会", "次全会", "等奖", "等功", "等舱")
_FIVE_YEARS = lazy(
    r"十[一二三四五]五(?=[”’」\"]?(?:规划|计划|期间|时期|以来|开局|收官|末|发展|目标))"
)
_RANKED = lazy("[年班]级|等[奖功舱]|[层楼号月类审线](?![路性上下])")
_ONE = lazy(r"\s?(?:[个名位家项种座条件张届台辆架艘]|小时|分钟|天|年[前后内来]|周(?!年)|人)")
_OTHER = rf"(?:{PLAIN}|[一二两三四五六七八九十]{{1,4}})"
_SHARED_SCALE = lazy(
    rf"(?P<percent>%)?\s?(?:(?:[、至到或和]|[-—–~～]|——)\s?(?P<last>{_OTHER}%?)\s?){{1,8}}"
    rf"(?:[多余来]?(?P<scale>(?:{UNIT}[百千万亿兆])+))(?!分之)"
)


@remembered
def chinese_quantities(text: str) -> Sequence[Quantity]:
    """Return every number of `text`, in order; spans are characters of `text`.

    Traditional characters, cheque numerals, wide digits and hidden characters change nothing.
    Names such as 三亚, 第一财经 or 一带一路 are not numbers; neither are vague amounts (几十,
    数百).
    """
    text, places = reading_text(text)
    first = islice(_read(text), MOST_QUANTITIES)
    quantities = sorted(first, key=lambda quantity: quantity.span.start)
    if places is None:
        return quantities
    return [
        replace(one, span=Span(places[one.span.start], places[one.span.end - 1] + 1))
        for one in quantities
    ]


def _read(text: str) -> Iterator[Quantity]:
    taken = [False] * len(text)
    yield from long_digits(text, taken)
    text = _TOO_LONG.sub(lambda match: "□" * len(match[0]), text)
    yield from search_all(LIST_MARKERS, text, taken)
    yield from search_all(POWERS, text, taken)
    yield from search_all(NAMES, text, taken)
    for start, end in no_numbers(text):
        taken[start:end] = [True] * (end - start)
    for match in _FULL_HOUR.finditer(text):
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    yield from search_all(DATES, text, taken)
    yield from search_all(SHARES, text, taken)
    yield from _arabic(text, taken)
    yield from _numerals(text, taken)


def _arabic(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        start, end = match.span("code") if match["code"] else match.span()
        if any(taken[start:end]):
            continue
        taken[start:end] = [True] * (end - start)
        value = amount(text[start:end])
        shared = _shared_scale(text, start, end, value)
        value *= shared
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
        is_exact = len(values) == 1 and shared == 1 and not match["code"]
        yield Quantity(tuple(values), Span(start, end), strength, is_exact=is_exact)


def _shared_scale(text: str, start: int, end: int, value: Fraction) -> Fraction:
    """Return the 10,000 of the 2 in 2、3万人 and 2至3万人, else 1."""
    if text[end - 1] in NUMERAL[3:] and text[end - 1] not in DIGITS and text[end - 1] != "十":
        return Fraction(1)
    following = _SHARED_SCALE.match(text, end)
    if following is None or following["percent"] or text[start - 1 : start] in ("第", "-", "."):
        return Fraction(1)
    last = following["last"].rstrip("%")
    is_rising = last != following["last"] or value < amount(last) or value == 0
    listed = text[end : end + 2].lstrip()[:1] == "、"
    return scale(following["scale"]) if is_rising or listed else Fraction(1)


def _numerals(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        if any(taken[start:end]):
            # A name inside or beside the run: 三亚五个 must still yield 5.
            free = [place for place in range(start, end) if not taken[place]]
            if not free or free != list(range(free[0], free[-1] + 1)):
                continue
            start, end = free[0], free[-1] + 1
        yield from _run(text, start, end)


def _run(text: str, start: int, end: int) -> Iterator[Quantity]:
    """Return the numbers of adjacent numerals at `text[start:end]`."""
    if end - start > 1 and text[end - 1] == "两" and text[end - 2] in "十百千万亿":
        end -= 1  # 两万两 are 20,000 taels
    if text[start - 1 : start] in ("几", "数", "好"):
        return
    if text[end : end + 1] in ("几", "数"):
        if end - start > 1 and text[end - 1] == "十":  # 二十几 is twenty-odd
            yield Quantity((amount(text[start:end]),), Span(start, end), Strength.POSSIBLE)
        return
    run = text[start:end]
    if (short := _SHORT_AND_ONE.match(run)) and not text.startswith("点", end):
        yield _numeral(text, short[0], start, start + short.end())
        start, run = start + short.end(), "一"
    if _FIVE_YEARS.match(text, start):
        yield Quantity((amount(run[:-1]),), Span(start, end - 1), Strength.LIKELY)
        yield Quantity((Fraction(5),), Span(end - 1, end), Strength.POSSIBLE)
    elif len(run) >= 3 and all(character in DIGITS for character in run):
        yield from _digits(text, run, start)
    elif "点" not in run and (pair := _SIDE_BY_SIDE.search(run)):
        yield from _digit_run(text, run, start, pair.start())
    else:
        yield _numeral(text, run, start, end)


def _numeral(text: str, run: str, start: int, end: int) -> Quantity:
    value = amount(run)
    shared = _shared_scale(text, start, end, value)
    value *= shared
    values = (value, *readings(text, start, end, value))
    strength = _strength(text, run, value, start, end)
    is_exact = strength is Strength.CERTAIN and len(values) == 1 and shared == 1
    return Quantity(values, Span(start, end), strength, is_exact=is_exact)


def _strength(text: str, run: str, value: Fraction, start: int, end: int) -> Strength:
    """Return how certain a numeral is: 三百五十 surely, 三个 probably, 一 and 百 perhaps."""
    is_old = bool(OLD_UNITS.match(text, end))
    if "几" in run:
        return Strength.POSSIBLE
    if run in _SHORT_TENS and _COUNTED.match(text, end):
        return Strength.CERTAIN
    if len(run) > 1 and value > 10 and run[0] not in "百千万亿":
        is_vague = value < 20 and not text.startswith(_PEOPLE, end)
        return Strength.LIKELY if is_vague or is_old else Strength.CERTAIN
    after = text[end : end + 1]
    if is_old:
        return Strength.POSSIBLE
    if text[start - 1 : start] == "第" or text.startswith(_RANKS, end):
        return Strength.LIKELY
    if after and after in _CLASSIFIERS and run != "一":
        return Strength.LIKELY
    return Strength.POSSIBLE


def _digits(text: str, run: str, start: int) -> Iterator[Quantity]:
    """Return the number of 二〇二三, and the numbers of 三四五年级."""
    digits = [DIGITS[character] for character in run]
    is_rising = digits == list(range(digits[0], digits[0] + len(run)))
    if is_rising and not re.match("年(?!级)", text[start + len(run) :]):
        for place, digit in enumerate(digits, start):
            yield Quantity((Fraction(digit),), Span(place, place + 1), Strength.LIKELY)
        return
    value = Fraction(int("".join(map(str, digits))))
    strength = Strength.CERTAIN if len(run) >= 4 else Strength.POSSIBLE
    yield Quantity((value,), Span(start, start + len(run)), strength)


def _digit_run(text: str, run: str, start: int, pair: int) -> Iterator[Quantity]:
    """Return readings of adjacent digits: 七八十 (70 or 80), 十四五 (14, 5 or 15), 九七年."""
    head, first, second, tail = run[:pair], run[pair], run[pair + 1], run[pair + 2 :]
    year = 0
    if len(run) == 2 and first in "七八九" and re.match("年(?![级代])", text[start + 2 :]):
        year = 1900 + 10 * DIGITS[first] + DIGITS[second]
        if DIGITS[second] != DIGITS[first] + 1:
            values = (Fraction(year), Fraction(year - 1900))
            yield Quantity(values, Span(start, start + 2), Strength.LIKELY)
            return
    is_sure = tail or head or _RANKED.match(text, start + len(run))
    strength = Strength.LIKELY if is_sure else Strength.POSSIBLE
    for place, digit in ((pair, first), (pair + 1, second)):
        ways = [amount(head + digit + tail)]
        if not (head or tail):
            ways.append(Fraction(DIGITS[digit]))
        if tail and not head and tail[0] in "十百千" and not set(tail) & DIGITS.keys():
            ways.append(scale(tail) * DIGITS[digit])
        if year:
            ways.append(Fraction(year))
        yield Quantity(tuple(ways), Span(start + place, start + place + 1), strength)
