"""Compare every metric, and the checks, with human scores: values, intervals, tests, ranks.

human scores, metrics ─▶ systems:  pearson, spearman, kendall, accuracy, soft accuracy
                      └▶ segments: pearson, spearman, kendall, the last two by segment,
                                   accuracy with ties
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from math import isnan, nan

import numpy
from numpy.typing import NDArray

from pipeline.evaluate.human import agreement
from pipeline.evaluate.human.columns import HumanColumn
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import corpus_score
from pipeline.evaluate.pairwise import MetricColumn
from pipeline.evaluate.results import EvaluationSet, MetricAgreement
from pipeline.evaluate.significance import interval, resample
from pipeline.score.metrics import SEED

SAMPLES = 1000
"""Bootstrap resamples of segments for the intervals of means and of Pearson's r."""

_BLOCKS = 20
"""Groups of segments that are left out one at a time, for the interval of a rank correlation."""

_SOFT_SAMPLES = 100
"""Resamples for the interval of soft accuracy, because a value needs 1,000 permutations."""

_NOTHING: Matrix = numpy.empty(0)

Vector = Callable[[Matrix, Matrix], float]


@dataclass(frozen=True, slots=True)
class ScoredColumn:
    """The scores of one metric or of humans, with a sign that makes higher better.

    `units` has a row per system and a column per segment (or document); `systems` are the scores
    of the systems, `drawn` those in every resample of the segments, a row per resample.
    """

    name: str
    units: Matrix
    systems: Matrix
    drawn: Matrix

    def of(self, systems: Sequence[int]) -> "ScoredColumn":
        """Return the scores of some systems."""
        rows = numpy.array(systems, dtype=int)
        return replace(
            self, units=self.units[rows], systems=self.systems[rows], drawn=self.drawn[:, rows]
        )


@dataclass(frozen=True, slots=True)
class _Measured:
    """An agreement and the paired values that a test compares, if there is a test."""

    result: MetricAgreement
    evidence: Matrix = field(default_factory=lambda: _NOTHING)


def metric_agreements(
    test_set: EvaluationSet,
    human: HumanColumn,
    drawn: Sequence[Matrix],
    others: Sequence[tuple[MetricColumn, Sequence[Matrix]]],
    *,
    significance: float,
) -> list[MetricAgreement]:
    """Return how well every metric agrees with human scores, by every statistic that is defined.

    `drawn` and the second values of `others` are resampled scores by system. Systems without
    human scores are left out. Ranks come from one-sided tests that are not corrected for the
    number of metrics, as in mt-metrics-eval.
    """
    groups = _documents(test_set) if human.level == "document" else None
    gold = _scored(human.column, drawn, groups)
    rated = numpy.flatnonzero(~numpy.isnan(gold.systems)).tolist()
    gold = gold.of(rated)
    columns = [_scored(column, scores, groups).of(rated) for column, scores in others]
    found: list[MetricAgreement] = []
    if len(rated) > 2:
        for statistic in _of_systems(gold, columns, human.level):
            found += _ranked(statistic, significance)
    if human.level != "system" and len(rated) > 1:
        for statistic in _of_units(gold, columns, human.level):
            found += _ranked(statistic, significance)
    return [each for each in found if not isnan(each.value)]


def _documents(test_set: EvaluationSet) -> list[list[int]]:
    rows: dict[str | None, list[int]] = {}
    for row, segment in enumerate(test_set.segments):
        rows.setdefault(segment.document, []).append(row)
    return list(rows.values())


def _scored(
    column: MetricColumn, drawn: Sequence[Matrix], groups: Sequence[Sequence[int]] | None
) -> ScoredColumn:
    metric = column.metric
    sign = -1 if metric.lower_is_better else 1
    if groups is None:
        units = [metric.sentence(table) for table in column.tables]
    else:
        units = [
            metric.corpus(numpy.stack([table[rows].sum(axis=0) for rows in groups]))
            for table in column.tables
        ]
    return ScoredColumn(
        metric.name,
        sign * numpy.array(units),
        sign * numpy.array([corpus_score(metric, table) for table in column.tables]),
        sign * numpy.array(drawn).T,
    )


_Statistic = tuple[list[_Measured], Callable[[Matrix, Matrix], float] | None]
"""The agreement of every metric, and the test of two of them."""


def _ranked(statistic: _Statistic, significance: float) -> Iterator[MetricAgreement]:
    """Yield agreements with ranks: 1 + the number of metrics that agree significantly better."""
    measured, test = statistic
    known = [each for each in measured if not isnan(each.result.value)]
    beaten = [0] * len(known)
    for a, b in combinations(range(len(known)), 2):
        best, worst = (a, b) if known[a].result.value >= known[b].result.value else (b, a)
        if test and test(known[best].evidence, known[worst].evidence) < significance:
            beaten[worst] += 1
    for each, count in zip(known, beaten, strict=True):
        yield replace(each.result, rank=1 + count if test else None)


def _of_systems(
    gold: ScoredColumn, columns: Sequence[ScoredColumn], level: str
) -> Iterator[_Statistic]:
    """Yield the statistics over scores of systems; intervals come from the resampled scores."""
    size = len(gold.systems)

    def made(column: ScoredColumn, name: str, value: float, drawn: Sequence[float]) -> _Measured:
        low, high = interval(numpy.array(drawn)) if len(drawn) else (nan, nan)
        result = MetricAgreement(gold.name, column.name, name, "system", value, low, high, size)
        return _Measured(result, column.systems)

    def drawn_of(function: Vector, column: ScoredColumn) -> list[float]:
        if level == "system":  # humans judged no segments that could be resampled
            return []
        return [function(h, m) for h, m in zip(gold.drawn, column.drawn, strict=True)]

    correlations: tuple[tuple[str, Vector], ...] = (
        ("pearson", agreement.pearson),
        ("spearman", agreement.spearman),
        ("kendall", agreement.kendall),
    )
    for name, function in correlations:
        test = partial(agreement.pearson_swap_p_value, gold.systems) if name == "pearson" else None
        yield (
            [
                made(c, name, function(gold.systems, c.systems), drawn_of(function, c))
                for c in columns
            ],
            test,
        )

    def accuracy(h: Matrix, m: Matrix) -> float:
        return float(agreement.pair_agreement(h, m).mean())

    rows = []
    for column in columns:
        pairs = agreement.pair_agreement(gold.systems, column.systems).astype(float)
        row = made(column, "accuracy", float(pairs.mean()), drawn_of(accuracy, column))
        rows.append(replace(row, evidence=pairs))
    yield rows, agreement.swap_p_value
    if level == "segment":
        yield _soft(gold, columns), agreement.swap_p_value


def _soft(gold: ScoredColumn, columns: Sequence[ScoredColumn]) -> list[_Measured]:
    """Return soft pairwise accuracy, over the segments that humans judged for every system."""
    rows = []
    for column in columns:
        whole = ~(numpy.isnan(gold.units) | numpy.isnan(column.units)).any(axis=0)
        size = int(whole.sum())
        h, m = gold.units[:, whole], column.units[:, whole]
        value = low = high = nan
        pairs = _NOTHING
        if size > 1:
            signs = agreement.permutation_signs(size)
            pairs = agreement.soft_agreement(h, m, signs)
            value = float(pairs.mean())
            drawn = [
                float(agreement.soft_agreement(h * w, m * w, signs).mean())
                for w in _weights(size, _SOFT_SAMPLES)
            ]
            low, high = interval(numpy.array(drawn))
        result = MetricAgreement(
            gold.name, column.name, "soft accuracy", "system", value, low, high, len(h)
        )
        rows.append(_Measured(result, pairs))
    return rows


def _of_units(
    gold: ScoredColumn, columns: Sequence[ScoredColumn], level: str
) -> Iterator[_Statistic]:
    """Yield the statistics over segments or documents.

    A unit counts if humans and the metric scored it, for a test of two metrics if both did.
    """
    tables = [(c, ~(numpy.isnan(gold.units) | numpy.isnan(c.units))) for c in columns]
    tables = [(column, known) for column, known in tables if known.any()]

    def made(
        at: int, name: str, value: float, bounds: tuple[float, float], evidence: Matrix = _NOTHING
    ) -> _Measured:
        column, known = tables[at]
        size = int(known.any(axis=0).sum())
        return _Measured(
            MetricAgreement(gold.name, column.name, name, level, value, *bounds, size), evidence
        )

    yield (
        [
            made(
                at,
                "pearson",
                agreement.pearson(gold.units[known], column.units[known]),
                _pearson_interval(gold.units, column.units, known),
                column.units.ravel(),
            )
            for at, (column, known) in enumerate(tables)
        ],
        partial(agreement.pearson_swap_p_value, gold.units.ravel()),
    )
    ranked: tuple[tuple[str, Vector], ...] = (
        ("spearman", agreement.spearman),
        ("kendall", agreement.kendall),
    )
    for name, function in ranked:
        results = [_jackknife(function, gold.units, c.units, known) for c, known in tables]
        yield [made(at, name, *result) for at, result in enumerate(results)], None
    by_unit: tuple[tuple[str, Callable[[Matrix, Matrix], Matrix]], ...] = (
        (f"spearman by {level}", agreement.spearman_by_segment),
        (f"kendall by {level}", agreement.kendall_by_segment),
    )
    for name, by in by_unit:
        results = [_mean_and_interval(by(gold.units, column.units)) for column, _ in tables]
        yield [made(at, name, *result) for at, result in enumerate(results)], None
    yield (
        [_tied(gold, column, partial(made, at)) for at, (column, _) in enumerate(tables)],
        (agreement.swap_p_value),
    )


def _tied(gold: ScoredColumn, column: ScoredColumn, made: Callable[..., _Measured]) -> _Measured:
    """Return accuracy with ties, and the share that each pair of systems adds to it."""
    epsilon = agreement.tie_threshold(gold.units, column.units)
    agree, pairs = agreement.tie_agreement(gold.units, column.units, epsilon)
    shares = agreement.tie_accuracy(gold.units, column.units, epsilon)
    evidence = numpy.where(pairs, agree / numpy.maximum(pairs.sum(axis=0), 1), nan)
    row = made("accuracy with ties", *_mean_and_interval(shares), evidence.ravel())
    return replace(row, result=replace(row.result, epsilon=epsilon))


def _weights(units: int, samples: int) -> Matrix:
    return resample(numpy.random.default_rng(SEED), samples, units)


def _mean_and_interval(values: Matrix) -> tuple[float, tuple[float, float]]:
    known = values[~numpy.isnan(values)]
    if not len(known):
        return nan, (nan, nan)
    return float(known.mean()), interval(_weights(len(known), SAMPLES) @ known / len(known))


def _pearson_interval(
    gold: Matrix, scores: Matrix, known: NDArray[numpy.bool_]
) -> tuple[float, float]:
    """Return the interval of r over all systems, by resampling segments."""
    # around the mean, so that sums of squares lose no digits
    x, y = (numpy.where(known, v - v[known].mean(), 0) for v in (gold, scores))
    sums = [part.sum(axis=0) for part in (known.astype(float), x, y, x * x, y * y, x * y)]
    n, sx, sy, sxx, syy, sxy = (_weights(gold.shape[1], SAMPLES) @ numpy.stack(sums, axis=1)).T
    with numpy.errstate(divide="ignore", invalid="ignore"):
        r = (n * sxy - sx * sy) / numpy.sqrt((n * sxx - sx**2) * (n * syy - sy**2))
    return interval(numpy.where(abs(r) <= 1 + 1e-9, r, nan))  # one is constant in some resamples


def _jackknife(
    function: Vector, gold: Matrix, scores: Matrix, known: NDArray[numpy.bool_]
) -> tuple[float, tuple[float, float]]:
    """Return a statistic and its interval: 20 blocks of segments are left out in turn.

    The delete-a-group jackknife with a normal interval; NaN with fewer segments than blocks.
    """
    value = function(gold[known], scores[known])
    units = gold.shape[1]
    if units < 2 * _BLOCKS or isnan(value):
        return value, (nan, nan)
    parts = []
    for block in range(_BLOCKS):
        kept = known & (numpy.arange(units) % _BLOCKS != block)
        parts.append(function(gold[kept], scores[kept]))
    spread = 1.96 * float(numpy.std(parts)) * (_BLOCKS - 1) ** 0.5
    return value, (max(-1.0, value - spread), min(1.0, value + spread))
