"""Checks as metrics: how many sentences each check flagged in each system, with exact tests."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy

from pipeline.check.checks import LABELS
from pipeline.evaluate.results import CheckFlags, Comparison, SystemResult, is_better
from pipeline.evaluate.significance import holm, ranks

ANY = "any"
"""Name of the row for all checks together."""


def check_counts(systems: Sequence[SystemResult], significance: float) -> Iterator[CheckFlags]:
    """Yield the counts of all checks together, then of each check that flagged a sentence."""
    names = [system.name for system in systems]
    for check in (ANY, *LABELS):
        flags = numpy.array(
            [
                [bool(found) if check == ANY else check in found for found in system.checks]
                for system in systems
            ]
        )
        if check != ANY and not flags.any():
            continue
        comparisons = _compared(check, names, flags)
        place = ranks(names, is_better(comparisons, significance))
        yield CheckFlags(
            check,
            tuple(flags.sum(axis=1).tolist()),
            tuple(place[name] for name in names),
            tuple(comparisons),
        )


def _compared(check: str, names: Sequence[str], flags: "numpy.ndarray") -> list[Comparison]:
    pairs = list(combinations(range(len(names)), 2))
    only_a = [int((flags[a] & ~flags[b]).sum()) for a, b in pairs]
    only_b = [int((flags[b] & ~flags[a]).sum()) for a, b in pairs]
    p_values = [sign_test(a, b) for a, b in zip(only_a, only_b, strict=True)]
    percent = 100 / max(flags.shape[1], 1)
    return [
        Comparison(
            a=names[a],
            b=names[b],
            metric=check,
            delta=(more_b - more_a) * percent,
            p_value=p_value,
            p_adjusted=adjusted,
            lower_is_better=True,
        )
        for (a, b), more_a, more_b, p_value, adjusted in zip(
            pairs, only_a, only_b, p_values, holm(p_values), strict=True
        )
    ]


def sign_test(a: int, b: int) -> float:
    """Return the two-sided p-value of a and b differing (exact McNemar test).

    They count the sentences that are flagged in only one of two systems.
    """
    total, fewer = a + b, min(a, b)
    logarithms = numpy.concatenate([[0.0], numpy.cumsum(numpy.log(numpy.arange(1, total + 1)))])
    places = numpy.arange(fewer + 1)
    terms = logarithms[total] - logarithms[places] - logarithms[total - places]
    return min(1.0, 2 * float(numpy.exp(terms - total * numpy.log(2)).sum()))
