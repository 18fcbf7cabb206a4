"""A number in a text: its value, its place, and how certainly it must be translated."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Literal

from models.patterns import lazy
from pipeline.language.measures.measure import Measure
from pipeline.records import Span


class Strength(IntEnum):
    """How certain it is that the other side must have the same number.

    `CERTAIN`: digits, percentages, 三百, "twelve million". `LIKELY`: 三个, "five", "March".
    `POSSIBLE`: 一, 两, "one", "both": may match a number but is never reported as missing.
    """

    POSSIBLE = 0
    LIKELY = 1
    CERTAIN = 2


Kind = Literal[
    "",
    "weekday",
    "month",
    "day",
    "lunar month",
    "lunar day",
    "decade",
    "quarter",
    "half-year",
    "share",
    "times",
    "discount",
    "age",
]
"""What a number counts where the text says so; "" for an amount, a year, an unmarked number."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `span`; `values` are its readings, the usual one first.

    The readings of 下午3点 are 3 and 15, of the 5 in "5 to 10 million" 5 and 5 million. Numbers of
    the same `kind` match by `values`. A number of a kind matches one without a kind by `values`
    and `loose` (三分之二, kind share, is 2/3 and loosely 67). Numbers of two different kinds never
    match: a Wednesday is not a 3, March not the 3rd. `is_exact` is true if a rule may write the
    value: the grammar of the whole number is understood and it has one reading. `measures` are the
    unit beside the number, several if its word has several meanings. The value of
    -5 is 5, with `is_negative`.
    """

    values: tuple[Fraction, ...]
    span: Span
    strength: Strength
    kind: Kind = ""
    loose: tuple[Fraction, ...] = ()
    is_exact: bool = False
    measures: tuple[Measure, ...] = ()
    is_negative: bool = False

    @property
    def value(self) -> Fraction:
        """The most common reading."""
        return self.values[0]

    @property
    def readings(self) -> tuple[Fraction, ...]:
        """All readings, the loose ones too."""
        return self.values + self.loose

    def matches(self, other: "Quantity") -> bool:
        """True if both have a reading in common that their kinds let count."""
        if self.kind == other.kind:
            return any(value in other.values for value in self.values)
        if self.kind and other.kind:
            return False
        return any(value in other.readings for value in self.readings)


MOST_DIGITS = 40
"""Most digits or numerals of an amount; the value of a longer run is never computed."""

MOST_QUANTITIES = 5_001
"""Most numbers that are read in one text: more than anybody writes in a sentence."""

_LONG_DIGITS = lazy(rf"\d{{{MOST_DIGITS + 1},}}")


def long_digits(text: str, taken: list[bool]) -> Iterator[Quantity]:
    """Return runs of more than `MOST_DIGITS` digits, keyed by the first ones; mark them taken."""
    for match in _LONG_DIGITS.finditer(text):
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
        value = Fraction(int(match[0][:MOST_DIGITS]))
        yield Quantity((value,), Span(*match.span()), Strength.CERTAIN)


_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def plain(value: Fraction) -> str:
    """Return a value as an English reader expects it: `12.4 billion`, `3,850`, `1/3`, `0.5`."""
    whole = int(value)
    for size, name in _SCALES:
        if whole >= size:
            return f"{_decimal(value / size)} {name}"
    return _decimal(value)


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:,}"
    if 10**9 % value.denominator == 0:
        return f"{float(value):,.9f}".rstrip("0").rstrip(".")
    return f"{value.numerator}/{value.denominator}"
