"""A unit or a currency, and whether two amounts in different units are the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

# How far a converted amount may be from the exact one, as a part of it.
_SAME_SYSTEM = 0.03
_OTHER_SYSTEM = 0.03
_ROUNDED = 0.06
_EQUAL = 1e-9
_MONTH_OF_FOUR_WEEKS = 0.085
LARGEST = 10**60
"""No amount with a unit is larger; a float holds it."""
_ZERO = {"celsius": 273.15, "fahrenheit": 459.67}


@dataclass(frozen=True, slots=True)
class Measure:
    """What an amount is counted in.

    `size` is one of it in the base unit of its `dimension`: metres, kilograms, days. A rate has
    the dimension "mass/area"; a currency has a dimension of its own, since rates change.
    """

    name: str
    dimension: str
    size: Fraction
    system: str = ""

    @property
    def is_rate(self) -> bool:
        """True for 公里/小时 or "tons per hectare"."""
        return "/" in self.dimension

    @property
    def is_money(self) -> bool:
        """True for a currency."""
        return self.system == "money"

    def is_same_unit(self, other: "Measure") -> bool:
        """True if both count the same, whatever they are called."""
        return (self.dimension, self.size) == (other.dimension, other.size) and (
            self.dimension != "temperature" or self.system == other.system
        )


def divided(measure: Measure, other: Measure) -> Measure:
    """Return the rate `measure` per `other`."""
    return Measure(
        f"{measure.name} per {other.name}",
        f"{measure.dimension}/{other.dimension}",
        measure.size / other.size,
        measure.system,
    )


def comparable(
    some: Iterable[Measure], others: Iterable[Measure]
) -> tuple[list[Measure], list[Measure]]:
    """Return the measures that count: only the rates if both sides have a rate of one kind."""
    one, other = list(some), list(others)
    rates, other_rates = [m for m in one if m.is_rate], [m for m in other if m.is_rate]
    both = {measure.dimension for measure in rates} & {m.dimension for m in other_rates}
    return (rates, other_rates) if both else (one, other)


def share_a_unit(some: Sequence[Measure], others: Sequence[Measure]) -> bool:
    """True if a word of each side may be the same unit."""
    if not some or not others:
        return False
    one, other = comparable(some, others)
    return any(first.is_same_unit(second) for first, second in product(one, other))


def convertible(
    values: Iterable[Fraction],
    some: Iterable[Measure],
    other_values: Iterable[Fraction],
    others: Iterable[Measure],
) -> bool:
    """True if a value in one unit is the other value in its unit, rounded as people round.

    Within one system (2.5 tons, 2,500 kilograms) the digits written must be right; between two
    systems 3 % are allowed, and half of the last digit written up to 6 %.
    """
    one, other = comparable(some, others)
    pairs = [
        (first, second)
        for first, second in product(one, other)
        if first.dimension == second.dimension and not first.is_same_unit(second)
    ]
    if not pairs:
        return False
    amounts = list(product(values, other_values))
    return any(_same(v, first, w, second) for first, second in pairs for v, w in amounts)


def _same(value: Fraction, unit: Measure, written: Fraction, other: Measure) -> bool:
    if max(value, written) > LARGEST:
        return False
    if unit.dimension == "temperature" and _same_temperature(value, unit, written, other):
        return True
    exact, said = float(value) * float(unit.size), float(written) * float(other.size)
    if exact <= 0 or said <= 0:
        return exact == said
    error = abs(exact - said) / max(exact, said)
    if error < _EQUAL or error > _MONTH_OF_FOUR_WEEKS:
        return error < _EQUAL
    digits = _half_digit(written)
    if {unit.name, other.name} == {"weeks", "months"}:
        return error <= _MONTH_OF_FOUR_WEEKS
    if unit.system == other.system:
        return error <= min(digits, _SAME_SYSTEM)
    return error <= max(_OTHER_SYSTEM, min(digits, _ROUNDED))


def _half_digit(value: Fraction) -> float:
    """Return half a unit of the last digit other than 0, as a part of the value."""
    if value <= 0 or value.denominator > 10**9:
        return 0
    unit = Fraction(1, 2)
    if value.denominator == 1:
        number = value.numerator
        while number % 10 == 0:
            number //= 10
            unit *= 10
    else:
        scaled = value
        while scaled.denominator != 1 and unit > Fraction(1, 10**10):
            scaled *= 10
            unit /= 10
    return float(unit / value)


def _same_temperature(value: Fraction, unit: Measure, written: Fraction, other: Measure) -> bool:
    """Compare by the two scales to a degree of Fahrenheit; differences are compared by size."""
    exact = (float(value) + _ZERO.get(unit.system, 0)) * float(unit.size)
    said = (float(written) + _ZERO.get(other.system, 0)) * float(other.size)
    return abs(exact - said) <= 1.2
