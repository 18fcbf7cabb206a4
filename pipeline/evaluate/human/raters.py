"""How far raters disagree: their means, and every pair on the units that both judged."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from math import nan
from statistics import mean

import numpy

from pipeline.evaluate.human.agreement import kendall
from pipeline.evaluate.human.columns import HumanColumn
from pipeline.evaluate.results import RaterAgreement

ALL = "all raters"
"""Stands for all raters in the row with Krippendorff's alpha."""

_MOST_PAIRS = 40


def rater_agreements(human: HumanColumn) -> list[RaterAgreement]:
    """Return the number and mean of every rater's scores, pairs of raters, and alpha over all.

    Alpha is Krippendorff's for intervals: 1 without disagreement, 0 as if by chance; NaN if no
    unit has two judgements. Empty without names of raters.
    """
    name = human.column.metric.name
    by_unit: dict[tuple[str, str | None], dict[str, float]] = defaultdict(dict)
    scores: dict[str, list[float]] = defaultdict(list)
    for rating in human.ratings:
        if rating.rater is not None:
            by_unit[rating.system, rating.segment][rating.rater] = rating.score
            scores[rating.rater].append(rating.score)
    if not scores:
        return []
    rows = [
        RaterAgreement(name, rater, "", len(values), mean(values), nan)
        for rater, values in sorted(scores.items())
    ]
    for a, b in list(combinations(sorted(scores), 2)):
        shared = [(unit[a], unit[b]) for unit in by_unit.values() if a in unit and b in unit]
        if len(shared) > 1 and len(rows) < len(scores) + _MOST_PAIRS:
            x, y = numpy.array(shared).T
            rows.append(
                RaterAgreement(
                    name, a, b, len(shared), float(numpy.abs(x - y).mean()), kendall(x, y)
                )
            )
    twice = [list(unit.values()) for unit in by_unit.values() if len(unit) > 1]
    return [*rows, RaterAgreement(name, ALL, "", len(twice), nan, krippendorff_alpha(twice))]


def krippendorff_alpha(units: Sequence[Sequence[float]]) -> float:
    """Return Krippendorff's alpha for interval data; `units` are the judgements of each unit."""
    values = numpy.array([value for unit in units for value in unit])
    if not len(values) or values.var() == 0:
        return nan
    observed = sum(
        2 * len(unit) * float(numpy.var(unit) * len(unit)) / (len(unit) - 1) for unit in units
    ) / len(values)
    expected = 2 * len(values) * float(values.var()) / (len(values) - 1)
    return 1 - observed / expected
