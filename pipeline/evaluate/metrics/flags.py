"""The checks as a metric: a row per segment, with 1 in the column of each check that flags it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy

from pipeline.check.checks import CHECKS_VERSION, LABELS, findings
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import Counts, Metric, all_shared, mean_metric, unscored
from pipeline.evaluate.metrics.of_summaries import unsupported_claims
from pipeline.evaluate.results import EvaluationSet
from pipeline.records import Finding

CHECKS = "checks"
"""Name of the number of checks that flag a sentence, beside the metrics."""


def flags_metric(*, of_summaries: bool = False) -> Metric:
    """Return the mean number of checks that flag a segment; `checks_of` reads its rows."""
    check = unsupported_claims if of_summaries else findings
    made = mean_metric(
        CHECKS,
        CHECKS,
        unscored,
        answer=f"{CHECKS} {check.__name__} {CHECKS_VERSION}",
        signature=f"{CHECKS}:{CHECKS_VERSION}",
        lower_is_better=True,
        needs_references=False,
    )
    return replace(
        made,
        statistics=partial(_flags, check),
        corpus=_mean_flags,
        sentence=_mean_flags,
        shared=all_shared,
    )


def checks_of(rows: Matrix) -> tuple[tuple[str, ...], ...]:
    """Return the names of the checks that flagged each segment."""
    labels = list(LABELS)
    return tuple(tuple(labels[at] for at in numpy.flatnonzero(row[:-1])) for row in rows)


def _flags(
    check: Callable[[str, str], Sequence[Finding]],
    test_set: EvaluationSet,
    hypotheses: Sequence[str],
) -> Counts:
    """Return a column for each check, and a last one with 1."""
    rows = []
    for segment, hypothesis in zip(test_set.segments, hypotheses, strict=True):
        names = {finding.check for finding in check(segment.source, hypothesis)}
        rows.append([*(float(label in names) for label in LABELS), 1.0])
    return Counts(numpy.array(rows).reshape(len(rows), len(LABELS) + 1))


def _mean_flags(rows: Matrix) -> Matrix:
    flags: Matrix = rows[:, :-1].sum(axis=1) / rows[:, -1]
    return flags
