"""Pairwise comparison of systems on a set: differences and p-values under every metric."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan

import numpy

from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import Counts, Metric, corpus_score
from pipeline.evaluate.results import Comparison
from pipeline.evaluate.significance import (
    Advance,
    PairedTest,
    TestedPair,
    bootstrap_p_value,
    holm,
    needed_draws,
)
from pipeline.language.plural import plural


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """One metric, with the counts of every system in order."""

    metric: Metric
    counts: Sequence[Counts]

    @property
    def tables(self) -> list[Matrix]:
        """Rows of counts of every system."""
        return [count.rows for count in self.counts]


@dataclass(frozen=True, slots=True)
class SystemPair:
    """Two systems, by index, under one metric; `tables` hold the comparable segments.

    `complete` is True if no segment had to be left out.
    """

    metric: Metric
    a: int
    b: int
    tables: tuple[Matrix, Matrix]
    complete: bool

    @property
    def delta(self) -> float:
        """B's score minus A's over the comparable segments."""
        a, b = self.tables
        return corpus_score(self.metric, b) - corpus_score(self.metric, a)


def system_pairs(columns: Sequence[MetricColumn]) -> list[SystemPair]:
    """Return the pairs of systems, under every metric, that share scored segments."""
    pairs = [pair for column in columns for pair in _pairs(column)]
    return [pair for pair in pairs if not isnan(pair.delta)]


def _pairs(column: MetricColumn) -> Iterator[SystemPair]:
    tables = column.tables
    for a, b in combinations(range(len(tables)), 2):
        whole = (tables[a], tables[b])
        shared = column.metric.shared(*whole)
        complete = all(map(numpy.array_equal, shared, whole))
        # all pairs share the same objects, so that each distinct table is summed once
        yield SystemPair(column.metric, a, b, whole if complete else shared, complete)


def most_pairs(pairs: Sequence[SystemPair]) -> int:
    """Return the largest number of pairs under one metric: they are corrected together."""
    names = [pair.metric.name for pair in pairs]
    return max((names.count(name) for name in set(names)), default=0)


def compare_pairs(
    pairs: Sequence[SystemPair],
    names: Sequence[str],
    test: PairedTest,
    drawn: Mapping[str, Sequence[Matrix]],
    *,
    threads: int = 1,
    advance: Advance,
) -> list[Comparison]:
    """Test every pair; p-values are corrected over all pairs of a metric.

    `names` are the names of the systems, by index. `drawn` holds the resampled scores of each
    metric, one column per system, which the bootstrap test needs.
    """
    if test.kind == "bootstrap":
        p_values = [_bootstrapped(pair, drawn[pair.metric.name], test) for pair in pairs]
    else:
        tested = [_tested(pair) for pair in pairs]
        p_values = test.p_values(tested, threads=threads, advance=advance)
    comparisons = []
    for metric in dict.fromkeys(pair.metric.name for pair in pairs):
        places = [index for index, pair in enumerate(pairs) if pair.metric.name == metric]
        for index, adjusted in zip(
            places, holm([p_values[index] for index in places]), strict=True
        ):
            pair = pairs[index]
            comparisons.append(
                Comparison(
                    a=names[pair.a],
                    b=names[pair.b],
                    metric=metric,
                    delta=pair.delta,
                    p_value=p_values[index],
                    p_adjusted=adjusted,
                    digits=pair.metric.digits,
                    lower_is_better=pair.metric.lower_is_better,
                )
            )
    return comparisons


def _tested(pair: SystemPair) -> TestedPair:
    return (*pair.tables, pair.metric.corpus)


def _bootstrapped(pair: SystemPair, drawn: Sequence[Matrix], test: PairedTest) -> float:
    """Return the bootstrap p-value; a pair with left-out segments is resampled again."""
    if not pair.complete:
        return test.p_values([_tested(pair)])[0]
    return bootstrap_p_value(drawn[pair.a], drawn[pair.b], pair.delta)


def powerless_line(test: PairedTest, pairs: int, segments: int) -> str:
    """Return why no pair can differ significantly, and what to do; empty if one can."""
    smallest = test.smallest_p(pairs, segments)
    if not pairs or smallest < test.significance:
        return ""
    draws, key = (
        ("trials", "trials") if test.kind == "randomization" else ("resamples", "bootstrap_samples")
    )
    compared = f"{plural(pairs, 'pair')} of systems"
    start = f"No difference can be significant, however large: with {test.draws:,} {draws}"
    needed = needed_draws(pairs, test.significance)
    if test.draws >= needed:
        start = (
            f"No difference can be significant, however large: with {plural(segments, 'segment')}"
        )
        advice = "take a larger test set"
    else:
        advice = f"set {key} to {needed:,} or more"
    return (
        f"{start} and {compared} the smallest possible p-value after Holm's correction is "
        f"{smallest:.2g}, not below {test.significance:g}; {advice}."
    )
