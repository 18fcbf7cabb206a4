"""The result of one set: scores, intervals, tests and ranks; human scores; checks."""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, nan
from pathlib import Path

import numpy

from models.runtime.device import available_threads
from pipeline.engine.journal import Watch, unwatched
from pipeline.evaluate.check_counts import check_counts
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.group_scores import group_scores
from pipeline.evaluate.human.columns import HumanColumn, human_columns
from pipeline.evaluate.human.correlate import metric_agreements
from pipeline.evaluate.human.raters import rater_agreements
from pipeline.evaluate.human.ratings import HumanRating
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count
from pipeline.evaluate.metrics.flags import checks_of, flags_metric
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import Metric, corpus_score
from pipeline.evaluate.pairwise import (
    MetricColumn,
    compare_pairs,
    most_pairs,
    powerless_line,
    system_pairs,
)
from pipeline.evaluate.results import (
    Comparison,
    EvaluationSet,
    MetricAgreement,
    MetricResult,
    Output,
    RaterAgreement,
    SetResult,
    SystemResult,
    is_better,
)
from pipeline.evaluate.significance import groups, interval, ranks, resampled_scores
from pipeline.language.plural import plural

Say = Callable[[str], None]


def processes_of(config: EvaluationConfig) -> int:
    """Return the number of processes or threads for counting and comparing."""
    threads = config.runtime.threads
    return available_threads() if threads == "auto" else threads


def cache_folder(config: EvaluationConfig) -> Path:
    """Return the folder of cached counts."""
    return Path(config.output) / "statistics" if config.cache == "auto" else Path(config.cache)


def evaluate_set(
    test_set: EvaluationSet,
    outputs: Sequence[Output],
    metrics: Sequence[Metric],
    config: EvaluationConfig,
    say: Say = lambda line: None,
    watch: Watch = unwatched,
    judged: Mapping[str, Sequence[HumanRating]] | None = None,
) -> SetResult:
    """Score and compare all systems on one set; `watch` shows the progress.

    `judged` holds human scores by name, in addition to those of the config. Raises ConfigError if
    human scores do not fit the set.
    """
    names = [output.name for output in outputs]
    humans = human_columns(config, test_set, names, say, judged)
    flags = flags_metric(of_summaries=config.task == "summary")
    *columns, flag_column = _columns(test_set, outputs, [*metrics, flags], config, say, watch)
    columns += [human.column for human in humans]
    resampled = _resampled([*columns, flag_column], config.bootstrap_samples)
    pairs = system_pairs(columns)
    test = config.paired_test(most_pairs(pairs))
    if powerless := powerless_line(test, most_pairs(pairs), len(test_set.segments)):
        say(f"warning: {test_set.name}: {powerless}")
    drawn = {column.metric.name: scores for column, scores in zip(columns, resampled, strict=False)}
    with watch("comparing", test.draws) as task:
        comparisons = compare_pairs(
            pairs, names, test, drawn, threads=processes_of(config), advance=task.update
        )
    metric_rows = [
        _results(column, samples, names, comparisons, test_set, config)
        for column, samples in zip(columns, resampled, strict=False)
    ]
    checks = map(checks_of, flag_column.tables)
    by_system = zip(outputs, zip(*metric_rows, strict=True), checks, strict=True)
    systems = tuple(SystemResult(*row) for row in by_system)
    compared = list(zip([*columns, flag_column], resampled, strict=True))
    agreements, raters = _agreements(test_set, humans, compared, config)
    return SetResult(
        test_set,
        systems,
        tuple(comparisons),
        test.draws,
        powerless,
        agreements,
        raters,
        tuple(check_counts(systems, config.significance)),
        tuple(group_scores(test_set, columns)),
    )


def _columns(
    test_set: EvaluationSet,
    outputs: Sequence[Output],
    metrics: Sequence[Metric],
    config: EvaluationConfig,
    say: Say,
    watch: Watch,
) -> list[MetricColumn]:
    """Return the counts of every metric, computed or read from the cache."""
    requests = [CountRequest(metric, test_set, output) for metric in metrics for output in outputs]
    tables, made = load_or_count(
        requests, cache_folder(config), processes=processes_of(config), watch=watch
    )
    say(
        f"{test_set.name}: {plural(len(test_set.segments), 'segment')}, "
        f"{plural(len(outputs), 'system')}; {made} of {plural(len(tables), 'table')} of counts made"
    )
    size = len(outputs)
    return [
        MetricColumn(metric, tables[index * size : (index + 1) * size])
        for index, metric in enumerate(metrics)
    ]


def _agreements(
    test_set: EvaluationSet,
    humans: Sequence[HumanColumn],
    compared: Sequence[tuple[MetricColumn, Sequence[Matrix]]],
    config: EvaluationConfig,
) -> tuple[tuple[MetricAgreement, ...], tuple[RaterAgreement, ...]]:
    """Return how metrics, checks and the other human scores agree with human scores."""
    agreements: list[MetricAgreement] = []
    raters: list[RaterAgreement] = []
    for human in humans:
        drawn = next(scores for column, scores in compared if column is human.column)
        others = [row for row in compared if row[0] is not human.column]
        agreements += metric_agreements(
            test_set, human, drawn, others, significance=config.significance
        )
        raters += rater_agreements(human)
    return tuple(agreements), tuple(raters)


def _resampled(columns: Sequence[MetricColumn], samples: int) -> list[list[Matrix]]:
    """Return resampled scores per metric and system; empty with 0 samples."""
    if not samples:
        return [[numpy.empty(0) for _ in column.tables] for column in columns]
    tables = [table for column in columns for table in column.tables]
    scores = [column.metric.corpus for column in columns for _ in column.tables]
    flat = iter(resampled_scores(tables, scores, samples))
    return [[next(flat) for _ in column.tables] for column in columns]


def _results(
    column: MetricColumn,
    samples: Sequence[Matrix],
    names: Sequence[str],
    comparisons: Sequence[Comparison],
    test_set: EvaluationSet,
    config: EvaluationConfig,
) -> list[MetricResult]:
    comparisons = [each for each in comparisons if each.metric == column.metric.name]
    scores = {
        name: corpus_score(column.metric, table)
        for name, table in zip(names, column.tables, strict=True)
    }
    better = is_better(comparisons, config.significance)
    known = [name for name in names if not isnan(scores[name])]
    order = sorted(known, key=scores.__getitem__, reverse=not column.metric.lower_is_better)
    rank, group = ranks(known, better), groups(order, better)
    signature = column.metric.signature(test_set.references_written, config.bootstrap_samples)
    return [
        MetricResult(
            metric=column.metric.name,
            name=column.metric.label,
            score=scores[name],
            low=low,
            high=high,
            signature=signature,
            lower_is_better=column.metric.lower_is_better,
            rank=rank.get(name),
            group=group.get(name),
            sentences=tuple(sentences.tolist()),
            digits=column.metric.digits,
            truncated=frozenset(counts.truncated),
            spans=counts.spans,
            silence=column.metric.silence,
        )
        for name, drawn, counts in zip(names, samples, column.counts, strict=True)
        for sentences in [column.metric.sentence(counts.rows)]
        for low, high in [_interval(drawn, column.metric.corpus(counts.rows))]
    ]


def _interval(drawn: Matrix, rows: Matrix) -> tuple[float, float]:
    """Return the interval of a score; NaN without resamples or two scored rows."""
    has_none = not len(drawn) or numpy.count_nonzero(~numpy.isnan(rows)) < 2
    return (nan, nan) if has_none else interval(drawn)
