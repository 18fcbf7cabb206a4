"""Every system on every set with every metric, and every pair of systems compared.

config ─▶ sets, outputs ─▶ counts (cached) ─▶ scores, intervals, tests, ranks ─▶ Evaluation
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isnan
from pathlib import Path

import numpy

from models.device import available_threads
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluation.cache import Counting, asked_again, counted
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.highlights import highlights
from pipeline.evaluation.metrics import Counts, Matrix, Metric
from pipeline.evaluation.results import (
    Comparison,
    Evaluation,
    EvaluationSet,
    MetricResult,
    Output,
    SetResult,
    SystemResult,
)
from pipeline.evaluation.significance import (
    bootstrap_p_value,
    groups,
    holm,
    interval,
    randomization_p_values,
    ranks,
    resampled_scores,
)
from pipeline.evaluation.systems import check_systems, outputs
from pipeline.evaluation.testsets import read_set
from pipeline.evaluation.trained import chosen_metrics
from pipeline.text.checks import findings

Say = Callable[[str], None]


def evaluate(config: EvaluationConfig, say: Say = lambda line: None) -> Evaluation:
    """Evaluate what a config asks for; `say` is told in lines what was counted.

    Raises ConfigError where sets, systems and metrics do not fit each other.
    """
    folder = Path(config.output)
    metrics = chosen_metrics(config.all_metrics, config)
    sets = [read_set(spec, offline=config.runtime.offline) for spec in config.sets]
    for test_set in sets:
        check_references(test_set, metrics)
    check_systems(config.systems, config.runtime, folder)
    found = [outputs(spec, sets, config.runtime, folder) for spec in config.systems]
    pairs = [
        (test_set, [output for each in found if (output := each[at]) is not None])
        for at, test_set in enumerate(sets)
    ]
    trained = [each for each in metrics if each.name in config.trained_metrics]
    _count_trained(trained, pairs, cache_folder(config), say)
    results = [evaluate_set(one, own, metrics, config, say) for one, own in pairs if own]
    evaluation = Evaluation(
        title=config.title,
        sets=tuple(results),
        test=config.test,
        samples=config.bootstrap_samples,
        significance=config.significance,
    )
    return replace(evaluation, stands_out=highlights(evaluation))


def cache_folder(config: EvaluationConfig) -> Path:
    """Return where what has been counted is kept."""
    return Path(config.output) / "statistics" if config.cache == "auto" else Path(config.cache)


def _count_trained(
    metrics: Sequence[Metric],
    pairs: Sequence[tuple[EvaluationSet, Sequence[Output]]],
    cache: Path,
    say: Say,
) -> None:
    """Score with one trained metric after the other, so that one is in memory at a time.

    Every system's scores are kept as soon as they are there.
    """
    for each in metrics:
        for test_set, outputs_ in pairs:
            for output in outputs_:
                counting = Counting(each, test_set, output)
                _, made = counted([counting], cache)
                if made:
                    say(f"{each.name}: {output.name} on {test_set.name} scored")
                elif each.asks_again:
                    _ask_again(counting, cache, say)
        each.release()


def _ask_again(counting: Counting, cache: Path, say: Say) -> None:
    """Ask for the scores that are missing; what is there stays where nobody answers now."""
    what = f"{counting.metric.name}: {counting.output.name} on {counting.set.name}"
    try:
        asked, answered = asked_again(counting, cache)
    except ModelError as error:
        say(f"{what}: what has no score could not be asked again: {error}")
        return
    if asked:
        say(f"{what}: asked again for {asked} without a score, {answered} answered")


def check_references(test_set: EvaluationSet, metrics: Sequence[Metric]) -> None:
    """Raise ConfigError if a metric needs references that the set does not have."""
    bare = [segment for segment in test_set.segments if not segment.references]
    wanting = [each.name for each in metrics if each.needs_references]
    if bare and wanting:
        raise ConfigError(
            f"sets: {test_set.name}: {len(bare)} of {len(test_set.segments)} segments have no "
            f"reference (first: {bare[0].id}), but {', '.join(wanting)} need one; "
            "leave those segments out"
        )


def evaluate_set(
    test_set: EvaluationSet,
    found: Sequence[Output],
    metrics: Sequence[Metric],
    config: EvaluationConfig,
    say: Say = lambda line: None,
) -> SetResult:
    """Score and compare all systems on one set."""
    countings = [Counting(each, test_set, output) for each in metrics for output in found]
    tables, made = counted(countings, cache_folder(config), processes=_processes(config))
    say(
        f"{test_set.name}: {len(test_set.segments):,} segments, {len(found)} systems; "
        f"{made} of {len(tables)} tables of counts made"
    )
    size = len(found)
    columns = [
        _Column(each, tables[at * size : (at + 1) * size]) for at, each in enumerate(metrics)
    ]
    resampled = _resampled(columns, config.bootstrap_samples)
    comparisons = _comparisons(columns, resampled, [output.name for output in found], config)
    rows: list[list[MetricResult]] = [[] for _ in found]
    for column, samples in zip(columns, resampled, strict=True):
        own = [each for each in comparisons if each.metric == column.metric.name]
        for row, result in zip(
            rows, _results(column, samples, found, own, test_set, config), strict=True
        ):
            row.append(result)
    systems = tuple(
        SystemResult(output, tuple(row), _checks(test_set, output))
        for output, row in zip(found, rows, strict=True)
    )
    return SetResult(test_set, systems, tuple(comparisons))


@dataclass(frozen=True, slots=True)
class _Column:
    """One metric and the counts of every system, in the order of the systems."""

    metric: Metric
    counts: Sequence[Counts]

    @property
    def tables(self) -> list[Matrix]:
        return [each.rows for each in self.counts]

    @property
    def scores(self) -> list[float]:
        return [corpus_score(self.metric, table) for table in self.tables]


def corpus_score(of: Metric, table: Matrix) -> float:
    """Return a metric's score of all segments together."""
    return float(of.corpus(table.sum(axis=0, keepdims=True))[0])


def _processes(config: EvaluationConfig) -> int:
    threads = config.runtime.threads
    return available_threads() if threads == "auto" else threads


def _resampled(columns: Sequence[_Column], samples: int) -> list[list[Matrix]]:
    """Return the scores of the resamples: per metric, per system."""
    if samples < 2:
        return [[numpy.empty(0) for _ in column.tables] for column in columns]
    tables = [table for column in columns for table in column.tables]
    scores = [column.metric.corpus for column in columns for _ in column.tables]
    flat = iter(resampled_scores(tables, scores, samples))
    return [[next(flat) for _ in column.tables] for column in columns]


def _comparisons(
    columns: Sequence[_Column],
    resampled: Sequence[Sequence[Matrix]],
    names: Sequence[str],
    config: EvaluationConfig,
) -> list[Comparison]:
    """Compare every pair of systems; the pairs of a metric are corrected together.

    A segment without a score for one of two systems counts for neither; two systems that share
    none with a score are not compared.
    """
    found = []
    asked = [pair for column in columns for pair in _pairs(column)]
    if config.test == "bootstrap" and config.bootstrap_samples > 1:
        drawn = dict(zip((each.metric.name for each in columns), resampled, strict=True))
        flat = [_bootstrapped(each, drawn[each.metric.name], config) for each in asked]
    else:
        flat = randomization_p_values(
            [(*each.tables, each.metric.corpus) for each in asked], config.trials
        )
    for column in columns:
        own = [at for at, each in enumerate(asked) if each.metric is column.metric]
        for at, adjusted in zip(own, holm([flat[at] for at in own]), strict=True):
            pair = asked[at]
            found.append(
                Comparison(
                    names[pair.a],
                    names[pair.b],
                    pair.metric.name,
                    pair.delta,
                    flat[at],
                    adjusted,
                    pair.metric.digits,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two systems by their places under one metric; `tables` have what may be compared."""

    metric: Metric
    a: int
    b: int
    tables: tuple[Matrix, Matrix]
    complete: bool

    @property
    def delta(self) -> float:
        a, b = self.tables
        return corpus_score(self.metric, a) - corpus_score(self.metric, b)


def _pairs(column: _Column) -> list[_Pair]:
    """Return every pair of systems that has segments with a score for both."""
    tables = column.tables
    found = []
    for a, b in combinations(range(len(tables)), 2):
        own = column.metric.shared(tables[a], tables[b])
        complete = all(
            numpy.array_equal(one, all_)
            for one, all_ in zip(own, (tables[a], tables[b]), strict=True)
        )
        found.append(_Pair(column.metric, a, b, own, complete))
    return [each for each in found if not isnan(each.delta)]


def _bootstrapped(pair: _Pair, drawn: Sequence[Matrix], config: EvaluationConfig) -> float:
    """Return the bootstrap's p-value; a pair with gaps is drawn anew, the same segments."""
    a, b = drawn[pair.a], drawn[pair.b]
    if not pair.complete:
        scores = [pair.metric.corpus] * 2
        a, b = resampled_scores(pair.tables, scores, config.bootstrap_samples)
    return bootstrap_p_value(a, b, pair.delta)


def _results(
    column: _Column,
    samples: Sequence[Matrix],
    found: Sequence[Output],
    comparisons: Sequence[Comparison],
    test_set: EvaluationSet,
    config: EvaluationConfig,
) -> list[MetricResult]:
    names = [output.name for output in found]
    scores = dict(zip(names, column.scores, strict=True))
    better = is_better(comparisons, config.significance, lower=column.metric.lower_is_better)
    known = [name for name in names if not isnan(scores[name])]
    order = sorted(known, key=scores.__getitem__, reverse=not column.metric.lower_is_better)
    rank, group = ranks(known, better), groups(order, better)
    signature = column.metric.signature(references_written(test_set), config.bootstrap_samples)
    return [
        MetricResult(
            metric=column.metric.name,
            name=column.metric.label,
            score=scores[name],
            low=interval(drawn)[0] if len(drawn) else scores[name],
            high=interval(drawn)[1] if len(drawn) else scores[name],
            signature=signature,
            lower_is_better=column.metric.lower_is_better,
            rank=rank.get(name),
            group=group.get(name),
            sentences=tuple(float(value) for value in column.metric.sentence(counts.rows)),
            digits=column.metric.digits,
            truncated=frozenset(counts.truncated),
            spans=counts.spans,
            silence=column.metric.silence,
        )
        for name, drawn, counts in zip(names, samples, column.counts, strict=True)
    ]


def is_better(
    comparisons: Sequence[Comparison], significance: float, *, lower: bool
) -> dict[tuple[str, str], bool]:
    """Tell for ordered pairs (a, b) whether a is significantly better than b."""
    found = {}
    for each in comparisons:
        differs = each.p_adjusted < significance
        a_wins = (each.delta < 0) if lower else (each.delta > 0)
        found[each.a, each.b] = differs and a_wins
        found[each.b, each.a] = differs and not a_wins and each.delta != 0
    return found


def references_written(test_set: EvaluationSet) -> str:
    """Write the number of references as a signature does: a number, or `var`."""
    numbers = {len(segment.references) for segment in test_set.segments}
    return str(numbers.pop()) if len(numbers) == 1 else "var"


def _checks(test_set: EvaluationSet, output: Output) -> tuple[tuple[str, ...], ...]:
    """Return the names of the checks that found something, per segment."""
    return tuple(
        tuple(dict.fromkeys(found.check for found in findings(segment.source, hypothesis)))
        for segment, hypothesis in zip(test_set.segments, output.hypotheses, strict=True)
    )
