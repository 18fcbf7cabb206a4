"""Compare the units and currencies of two numbers: 5公里 is 5 km or 3.1 miles, never 5 miles."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise

from models.patterns import lazy
from pipeline.language.measures.measure import LARGEST, Measure, convertible, share_a_unit
from pipeline.language.measures.tables import currencies
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.records import Span

_SHOWN_NAMES = 3
_LONGEST_SUM_GAP = 14
_SUM_GAP = lazy(r"(?:\s?[A-Za-z]+\.?|\s?[^\W\d_]{1,3})?,?\s?(?:and\s|零|又|、)?", re.IGNORECASE)
_BRACKET = lazy(r"(?:[(（\[—,]|\b(?:or|about)\s)[^()（）]{0,40}$")
_BRACKET_AFTER = lazy(r"[^()（）.;]{0,30}[(（]")
_BRACKET_CHARS = 50
_MOST_BESIDE = 50
"""Amounts of the sentence that are looked at for the one that was converted."""
_MOST_WRONG_RATE = 3.0


def same_amount(one: Quantity, other: Quantity) -> bool:
    """True if two numbers with units are the same amount, converted or not."""
    if one.kind and other.kind and one.kind != other.kind:
        return False
    if share_a_unit(one.measures, other.measures) and one.matches(other):
        return True
    return convertible(exact(one), one.measures, exact(other), other.measures)


def exact(quantity: Quantity) -> tuple[Fraction, ...]:
    """Return the readings that can be converted; 2 % is not also 0.02 of something."""
    is_share = any(measure.system == "share" for measure in quantity.measures)
    values = quantity.values[: 1 if is_share else 2]
    is_cold = quantity.is_negative and any(m.dimension == "temperature" for m in quantity.measures)
    return tuple(-value for value in values) if is_cold else values


def changed_units(there: Quantity, here: Quantity) -> bool:
    """True if the number is kept and its unit is another: 3斤 as "3 kilograms".

    A numeral that often counts nothing (一, "one") must have a unit of the same kind.
    """
    if not there.measures or not here.measures or not there.matches(here):
        return False
    if same_amount(there, here):
        return False
    kinds = {_kind(measure) for measure in there.measures}
    same_kind = not kinds.isdisjoint(_kind(measure) for measure in here.measures)
    return same_kind or Strength.POSSIBLE not in (there.strength, here.strength)


def is_hedged(translation: str, here: Quantity) -> bool:
    """True if a word before a number says that it is rounded: "about 1,300 km"."""
    before = translation[max(0, here.span.start - _HEDGE_CHARS) : here.span.start]
    return _HEDGE.search(before) is not None


def is_about(there: Quantity, here: Quantity) -> bool:
    """True if a number that is said to be rounded is 1318公里 as 1,300 km: by 3 % at most."""
    precise, written = there.value, here.value
    if precise < _SMALLEST_ROUNDED:
        return False
    units = [
        m
        for m in there.measures
        if m.dimension in _ROUNDED_DIMENSIONS or (m.is_money and precise >= _LEAST_ROUNDED_MONEY)
    ]
    return (
        share_a_unit(units, here.measures)
        and abs(precise - written) <= precise * _MOST_ROUNDED
        and len(str(written).rstrip("0")) < len(str(precise).rstrip("0"))
    )


_HEDGE = lazy(
    r"\b(?:about|some|around|nearly|almost|roughly|approximately|over|more\sthan|less\sthan|under|above)\s$",
    re.IGNORECASE,
)
_HEDGE_CHARS = 16
_SMALLEST_ROUNDED = 100
_MOST_ROUNDED = Fraction(3, 100)
_ROUNDED_DIMENSIONS = {"length", "area", "volume", "mass", "power", "energy"}
_COUNTED_DIMENSIONS = {"length", "area", "mass", "time"}
_LEAST_ROUNDED_MONEY = 10_000


def is_other_count(there: Quantity, here: Quantity) -> bool:
    """True if two numbers left over count the same unit: 一个半小时 as "one hour".

    One of them may be a numeral that often counts nothing; here its unit says that it counts, or
    both are multiples: 增长两倍 as "fivefold".
    """
    return (there.strength is Strength.POSSIBLE) != (here.strength is Strength.POSSIBLE) and (
        there.kind == here.kind == "times"
        or share_a_unit(there.measures, here.measures)
        or not _dimensions(there).isdisjoint(_dimensions(here))
    )


def _dimensions(quantity: Quantity) -> set[str]:
    return {one.dimension for one in quantity.measures if one.dimension in _COUNTED_DIMENSIONS}


def _kind(measure: Measure) -> str:
    return measure.system if measure.is_money else measure.dimension


def unit_names(measures: Iterable[Measure]) -> str:
    """Return the names of units for a message: "pounds or British pound"."""
    return " or ".join(list(dict.fromkeys(measure.name for measure in measures))[:_SHOWN_NAMES])


def sums(text: str, quantities: Sequence[Quantity]) -> list[tuple[Quantity, Quantity, Quantity]]:
    """Return the sum of 1小时30分 or "5 feet 9 inches", with its two parts, in the smaller unit."""
    made = []
    for first, second in pairwise(quantities):
        gap = text[first.span.end : second.span.start]
        if len(gap) > _LONGEST_SUM_GAP or not _SUM_GAP.fullmatch(gap):
            continue
        for large in first.measures:
            for small in second.measures:
                if large.dimension != small.dimension or large.size <= small.size:
                    continue
                if second.value * small.size < large.size:
                    total = first.value * large.size / small.size + second.value
                    span = Span(first.span.start, second.span.end)
                    whole = replace(first, values=(total,), span=span, measures=(small,))
                    made.append((whole, first, second))
    return made


def is_converted_money(text: str, quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """True if an amount in brackets, or the one before them, is the other in another currency.

    Rates change, so only an amount three times too large or too small is no conversion.
    """
    start, end = quantity.span.start, quantity.span.end
    worth = dict(_worth(quantity))
    is_second = bool(_BRACKET.search(text[max(0, start - _BRACKET_CHARS) : start]))
    is_first = bool(_BRACKET_AFTER.match(text, end))
    beside = (
        amount
        for other in reversed(others if worth else ())
        if (is_second and other.span.end <= start)
        or (is_first and end <= other.span.start <= end + _BRACKET_CHARS)
        for name, amount in _worth(other)
        if name not in worth and amount > 0
    )
    looked_at = list(islice(beside, _MOST_BESIDE))
    return any(
        1 / _MOST_WRONG_RATE <= one / another <= _MOST_WRONG_RATE
        for one in worth.values()
        for another in looked_at
    )


def _worth(quantity: Quantity) -> Iterator[tuple[str, float]]:
    """Yield the currencies of an amount, and what it is worth in yuan, roughly."""
    for measure in quantity.measures:
        if measure.is_money and not measure.is_rate and quantity.value < LARGEST:
            yield measure.name, _worths()[measure.name] * float(quantity.value * measure.size)


@cache
def _worths() -> dict[str, float]:
    return {row.measure.name: row.worth / float(row.measure.size) for row in currencies()}
