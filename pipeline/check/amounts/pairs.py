"""Pair the numbers of a source and a translation: what agrees, what changed, what is left."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from models.patterns import lazy
from pipeline.check.amounts.measures import same_amount
from pipeline.check.amounts.near import Amounts
from pipeline.language.measures.measure import share_a_unit
from pipeline.language.numbers.quantity import Kind, Quantity, Strength
from pipeline.records import Span

Pair = tuple[Quantity, Quantity]
_Test = Callable[[Quantity, Quantity], bool]

_MOST_COMPARED = 40_000
"""Pairs of numbers that are compared one by one."""
_MOST_LEFT = 100
_LEAST_ROUNDED = 10_000


def paired(
    chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[list[Pair], list[Quantity], list[Quantity]]:
    """Pair the numbers by value and give the pairs and what has no counterpart, in order.

    A number that the other side has, but not so often, is in neither list: see `repeated`. With
    very many numbers, as in a table on one line, only values are compared, and only the first
    `_MOST_LEFT` without a counterpart are returned for each side.
    """
    if len(chinese) * len(english) > _MOST_COMPARED:
        return [], _without_counterpart(chinese, english), _without_counterpart(english, chinese)
    equals = _equals(chinese, english)
    free = dict.fromkeys(range(len(english)))
    pairs: list[Pair] = []
    missing: list[Quantity] = []
    order = sorted(
        range(len(chinese)), key=lambda place: (-chinese[place].strength, chinese[place].span.start)
    )
    for place in order:
        quantity = chinese[place]
        same = [other for other in equals[place] if other in free]
        if not same and quantity.value >= _LEAST_ROUNDED:
            same = [other for other in free if _is_rounded(quantity, english[other])]
        if same:
            best = max(same, key=lambda other: _closeness(quantity, english[other]))
            del free[best]
            pairs.append((quantity, english[best]))
        elif not equals[place]:
            missing.append(quantity)
    known = {other for others in equals for other in others}
    extra = [english[other] for other in free if other not in known]
    return pairs, sorted(missing, key=lambda each: each.span.start), extra


def repeated(
    pairs: Sequence[Pair], chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """Return the counts of each side that say again what another count of that side says.

    In 三人死亡，五人受伤 as "five died, five were injured" the second five is one.
    """
    if len(chinese) * len(english) > _MOST_COMPARED:
        return [], []
    there = [one.span for one, _ in pairs]
    here = [other.span for _, other in pairs]
    return (
        [one for one in chinese if one.span not in there and _is_count(one, pairs, 0)],
        [one for one in english if one.span not in here and _is_count(one, pairs, 1)],
    )


def _is_count(one: Quantity, pairs: Sequence[Pair], side: int) -> bool:
    return (
        not one.kind
        and one.strength is Strength.LIKELY
        and any(pair[side].value == one.value for pair in pairs)
    )


def _equals(chinese: Sequence[Quantity], english: Sequence[Quantity]) -> list[list[int]]:
    """Return for each number of the source the places of the equal ones in the translation.

    Only those are compared that have a reading in common or may be converted.
    """
    by_value: dict[tuple[int, int], list[int]] = {}
    for place, other in enumerate(english):
        for value in other.readings:
            by_value.setdefault(value.as_integer_ratio(), []).append(place)
    amounts = Amounts(english)
    places = [
        {
            *(
                place
                for value in one.readings
                for place in by_value.get(value.as_integer_ratio(), ())
            ),
            *amounts.near(one),
        }
        for one in chinese
    ]
    return [
        [place for place in sorted(near) if equal(one, english[place])]
        for one, near in zip(chinese, places, strict=True)
    ]


def _is_rounded(quantity: Quantity, other: Quantity) -> bool:
    return (
        quantity.kind == other.kind
        and rounded(quantity.value, other.value)
        and may_be_one_unit(quantity, other)
    )


def _closeness(quantity: Quantity, other: Quantity) -> tuple[bool, bool, Strength]:
    same_kind = quantity.kind == other.kind
    return other.value == quantity.value and same_kind, same_kind, other.strength


def _without_counterpart(ones: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    values = {value for other in others for value in (*other.values, *other.loose)}
    return [one for one in ones if values.isdisjoint((*one.values, *one.loose))][:_MOST_LEFT]


def equal(one: Quantity, other: Quantity) -> bool:
    """True if two numbers are the same; if both have units, the same amount."""
    if one.measures and other.measures:
        return same_amount(one, other)
    return one.matches(other)


def may_be_one_unit(one: Quantity, other: Quantity) -> bool:
    """True unless the units of both are known and differ."""
    if not one.measures or not other.measures:
        return True
    return share_a_unit(one.measures, other.measures)


def summed(
    totals: Iterable[tuple[Quantity, Quantity, Quantity]],
    parts: list[Quantity],
    others: list[Quantity],
) -> list[tuple[Quantity, Quantity]]:
    """Pair the sum of two amounts (1小时30分) with one of the other side, and take both out."""
    pairs = []
    for total, *both in totals:
        same = next((other for other in others if equal(total, other)), None)
        if same and all(part in parts for part in both):
            others.remove(same)
            for part in both:
                parts.remove(part)
            pairs.append((total, same))
    return pairs


def taken(missing: list[Quantity], extra: list[Quantity], belong: _Test) -> list[Pair]:
    """Pair what is left over on both sides and belongs together, and take it out of the lists."""
    pairs = []
    for there in list(missing):
        here = next((other for other in extra if belong(there, other)), None)
        if here:
            missing.remove(there)
            extra.remove(here)
            pairs.append((there, here))
    return pairs


def rounded(exact: Fraction, written: Fraction) -> bool:
    """Tell whether a large number was written with fewer digits: 4,178,027 as 4.18 million.

    Only from ten thousand on, with two digits or more left, and within half a unit of
    the last digit written: a year or a small count must stand exactly.
    """
    if exact < _LEAST_ROUNDED or exact.denominator != 1 or written.denominator != 1 or written <= 0:
        return False
    digits, left = _significant(exact), _significant(written)
    if not 2 <= left < digits:
        return False
    unit = 10 ** (len(str(written.numerator)) - left)
    return bool(abs(exact - written) * 2 <= unit)


def _significant(value: Fraction) -> int:
    return len(_digits(value))


def _digits(value: Fraction) -> str:
    return str(value.numerator).rstrip("0")


_FAMILIES: tuple[frozenset[Kind], ...] = (
    frozenset({"month", "day"}),
    frozenset({"lunar month", "lunar day"}),
    frozenset({"decade", "age"}),
    frozenset({"share", "times", "discount"}),
)
_ALONE: frozenset[Kind] = frozenset({"weekday", "quarter", "half-year"})
"""Kinds that are only compared with numbers of the same kind."""
_LUNAR: frozenset[Kind] = frozenset({"lunar month", "lunar day"})
_SOLAR: frozenset[Kind] = frozenset({"month", "day"})


def changed(missing: Sequence[Quantity], extra: Sequence[Quantity]) -> list[Pair]:
    """Pair what is left over on both sides: what was written instead of what.

    Numbers of the same kind come first, then a lunar date that is written as a solar one, then
    kinds that a reader takes for each other; in each, powers of ten come before the order.
    """
    there = [one for one in missing if one.strength >= Strength.LIKELY]
    here = [one for one in extra if one.strength >= Strength.LIKELY]
    pairs: list[Pair] = []
    for may_be in (_same_kind, _copied_lunar_date, _same_family):
        pairs += _changed_of_a_kind(there, here, may_be)
    named = [
        one for one in missing if one.kind in _SOLAR and one.strength is Strength.POSSIBLE
    ]  # 五一 as "October 1"
    return pairs + _changed_of_a_kind(named, here, _same_kind)


_LAST_DAY = 31


def _same_kind(one: Quantity, other: Quantity) -> bool:
    return one.kind == other.kind or {one.kind, other.kind} == {"", "age"}


def _copied_lunar_date(one: Quantity, other: Quantity) -> bool:
    """True if 五月初五 became May 5; the true day of the year has other numbers."""
    return one.kind in _LUNAR and other.kind in _SOLAR and one.value == other.value


def _same_family(one: Quantity, other: Quantity) -> bool:
    kinds = {one.kind, other.kind}
    if kinds & _ALONE or (kinds & _LUNAR and kinds & _SOLAR):
        return False
    if one.kind == "month" and other.value > _LAST_DAY:
        return False  # the year that a translator adds to 九一八事变
    return "" in kinds or any(kinds <= family for family in _FAMILIES)


def _changed_of_a_kind(there: list[Quantity], here: list[Quantity], may_be: _Test) -> list[Pair]:
    pairs: list[Pair] = []

    def pair_up(fits: _Test) -> None:
        for quantity in list(there):
            for other in here:
                if may_be(quantity, other) and fits(quantity, other):
                    pairs.append((quantity, other))
                    there.remove(quantity)
                    here.remove(other)
                    break

    pair_up(_differs_by_a_power_of_ten)
    pair_up(lambda quantity, other: True)
    return pairs


def _differs_by_a_power_of_ten(one: Quantity, other: Quantity) -> bool:
    is_certain = Strength.CERTAIN in (one.strength, other.strength)
    return is_certain and power_of_ten(one.value, other.value) != 0


def power_of_ten(right: Fraction, wrong: Fraction) -> int:
    """Give k where wrong = right · 10^k and k is not 0; 0 where there is no such k."""
    if right <= 0 or wrong <= 0 or right == wrong:
        return 0
    if right.denominator == wrong.denominator and _digits(right) != _digits(wrong):
        return 0
    ratio, power = wrong / right, 0
    while ratio >= 10:
        ratio, power = ratio / 10, power + 1
    while ratio < 1:
        ratio, power = ratio * 10, power - 1
    return power if ratio == 1 else 0


# Telephone, card and account numbers: long digits, perhaps in groups.
_DIGIT_STRING = lazy(
    r"(?<![\d.,])(?:[+＋]?86[-\s]?)?[（(]?\d{3,20}[)）]?(?:[-－—\s]\d{2,8}){0,4}(?![\d.,%]\d|[万亿千百%年元])"
)
_FEWEST_DIGITS = 7
_MOST_STRINGS = 50


def shared_digits(source: str, translation: str) -> Iterator[tuple[Span, Span]]:
    """Yield the places of digit strings that the translation has in other groups.

    021-62791234 is (021) 6279-1234 and +86 21 6279 1234. Groups may be cut anywhere, and the
    country code and the zero of a trunk call added or left out.
    """
    looked_for = 0
    for match in _DIGIT_STRING.finditer(source):
        digits = "".join(filter(str.isdigit, match[0]))
        if not _FEWEST_DIGITS <= len(digits) <= 40 or looked_for == _MOST_STRINGS:
            continue
        looked_for += 1
        local = re.sub(r"^(?:0?0?86)?0?", "", digits)
        if len(local) < _FEWEST_DIGITS - 1:
            continue
        pattern = r"[\s().–-]{0,2}".join(local)
        written = re.compile(
            rf"(?<!\d)(?:\(?\+?(?:00)?86\)?[\s-]?)?[(（]?0?[(（]?{pattern}(?!\d|,\d|\.\d)"
        )
        if here := written.search(translation):
            yield Span(*match.span()), Span(*here.span())


def without(quantities: Sequence[Quantity], spans: Sequence[Span]) -> list[Quantity]:
    """Return the quantities outside of all spans."""
    return [
        one
        for one in quantities
        if not any(span.start < one.span.end and one.span.start < span.end for span in spans)
    ]
