"""Find the amounts in other units that may be a given one, without comparing all with all."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipeline.check.amounts.measures import exact
from pipeline.language.measures.measure import LARGEST, Measure
from pipeline.language.numbers.quantity import Quantity

_FURTHEST = 0.1
"""How far a converted amount may be, as a part of the larger one; `convertible` allows less."""

_Unit = tuple[str, str, Fraction]


class Amounts:
    """The numbers of a text that have units, by unit and size."""

    def __init__(self, quantities: Sequence[Quantity]) -> None:
        self._of_unit: dict[str, dict[_Unit, list[tuple[int, Quantity, Measure]]]] = {}
        self._sorted: dict[_Unit, list[tuple[float, int]]] = {}
        for place, quantity in enumerate(quantities):
            for measure in quantity.measures:
                units = self._of_unit.setdefault(measure.dimension, {})
                units.setdefault(_unit(measure), []).append((place, quantity, measure))

    def near(self, one: Quantity) -> Iterator[int]:
        """Yield the places of numbers in another unit of like size; of all temperatures."""
        for measure in one.measures:
            for unit in self._of_unit.get(measure.dimension, {}):
                if unit != _unit(measure):
                    yield from self._near(unit, one, measure)

    def _near(self, unit: _Unit, one: Quantity, measure: Measure) -> Iterator[int]:
        rows = self._rows(unit)
        if measure.dimension == "temperature":
            yield from (place for _, place in rows)
            return
        for amount in _amounts(one, measure):
            least, most = amount * (1 - _FURTHEST), amount / (1 - _FURTHEST)
            for row in range(bisect_left(rows, (least, -1)), len(rows)):
                if rows[row][0] > most:
                    break
                yield rows[row][1]

    def _rows(self, unit: _Unit) -> list[tuple[float, int]]:
        """Return the amounts in a unit and their places, by size."""
        if unit not in self._sorted:
            self._sorted[unit] = sorted(
                (amount, place)
                for place, quantity, measure in self._of_unit[unit[0]][unit]
                for amount in _amounts(quantity, measure)
            )
        return self._sorted[unit]


def _unit(measure: Measure) -> _Unit:
    system = measure.system if measure.dimension == "temperature" else ""
    return measure.dimension, system, measure.size


def _amounts(quantity: Quantity, measure: Measure) -> list[float]:
    """Return the readings of a number in the base unit."""
    return [
        float(value) * float(measure.size) for value in exact(quantity) if abs(value) <= LARGEST
    ]
