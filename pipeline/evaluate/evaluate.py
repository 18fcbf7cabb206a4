"""Every system on every set with every metric, and every pair of systems compared.

config ─▶ sets, outputs ─▶ counts (cached) ─▶ scores, intervals, tests, ranks ─▶ Evaluation
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import numpy

from models.runtime.device import available_threads
from pipeline.check.checks import findings
from pipeline.engine.journal import Watch, unwatched
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.highlights import highlights
from pipeline.evaluate.inputs.systems import check_systems, outputs
from pipeline.evaluate.inputs.test_sets import read_set
from pipeline.evaluate.metrics.counts import Counting, asked_again, counted
from pipeline.evaluate.metrics.metrics import Matrix, Metric, corpus_score
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.pairwise import (
    Column,
    compare_pairs,
    most_pairs,
    powerless_line,
    system_pairs,
)
from pipeline.evaluate.results import (
    Comparison,
    Evaluation,
    EvaluationSet,
    MetricResult,
    Output,
    SetResult,
    SystemResult,
    is_better,
)
from pipeline.evaluate.significance import groups, interval, ranks, resampled_scores
from pipeline.language.plural import plural

Say = Callable[[str], None]


def evaluate(
    config: EvaluationConfig, say: Say = lambda line: None, watch: Watch = unwatched
) -> Evaluation:
    """Evaluate what a config asks for; `say` gets a line for what was done, `watch` progress.

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
    results = [evaluate_set(one, own, metrics, config, say, watch) for one, own in pairs if own]
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
        say(f"{what}: segments without a score could not be retried: {error}")
        return
    if asked:
        say(f"{what}: retried {asked} without a score, {answered} answered")


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
    watch: Watch = unwatched,
) -> SetResult:
    """Score and compare all systems on one set; `watch` shows the progress."""
    countings = [Counting(each, test_set, output) for each in metrics for output in found]
    processes = processes_of(config)
    tables, made = counted(countings, cache_folder(config), processes=processes, watch=watch)
    say(
        f"{test_set.name}: {plural(len(test_set.segments), 'segment')}, "
        f"{plural(len(found), 'system')}; "
        f"{made} of {plural(len(tables), 'table')} of counts made"
    )
    size = len(found)
    columns = [Column(each, tables[at * size : (at + 1) * size]) for at, each in enumerate(metrics)]
    resampled = _resampled(columns, config.bootstrap_samples)
    pairs = system_pairs(columns)
    test = config.paired_test(most_pairs(pairs))
    if powerless := powerless_line(test, most_pairs(pairs), len(test_set.segments)):
        say(f"warning: {test_set.name}: {powerless}")
    drawn = {each.metric.name: own for each, own in zip(columns, resampled, strict=True)}
    names = [output.name for output in found]
    with watch("comparing", test.draws) as task:
        comparisons = compare_pairs(
            pairs, names, test, drawn, threads=processes, advance=task.update
        )
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
    return SetResult(test_set, systems, tuple(comparisons), test.draws, powerless)


def processes_of(config: EvaluationConfig) -> int:
    """Return how many processes or threads may count and compare."""
    threads = config.runtime.threads
    return available_threads() if threads == "auto" else threads


def _resampled(columns: Sequence[Column], samples: int) -> list[list[Matrix]]:
    """Return the scores of the resamples: per metric, per system; empty with 0 samples."""
    if not samples:
        return [[numpy.empty(0) for _ in column.tables] for column in columns]
    tables = [table for column in columns for table in column.tables]
    scores = [column.metric.corpus for column in columns for _ in column.tables]
    flat = iter(resampled_scores(tables, scores, samples))
    return [[next(flat) for _ in column.tables] for column in columns]


def _results(
    column: Column,
    samples: Sequence[Matrix],
    found: Sequence[Output],
    comparisons: Sequence[Comparison],
    test_set: EvaluationSet,
    config: EvaluationConfig,
) -> list[MetricResult]:
    names = [output.name for output in found]
    scores = {
        name: corpus_score(column.metric, table)
        for name, table in zip(names, column.tables, strict=True)
    }
    better = is_better(comparisons, config.significance)
    known = [name for name in names if not isnan(scores[name])]
    order = sorted(known, key=scores.__getitem__, reverse=not column.metric.lower_is_better)
    rank, group = ranks(known, better), groups(order, better)
    signature = column.metric.signature(references_written(test_set), config.bootstrap_samples)
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
        for low, high in [_interval(drawn, sentences)]
    ]


def _interval(drawn: Matrix, sentences: Matrix) -> tuple[float, float]:
    """Return a score's interval; NaN without resamples or with fewer than two scored segments."""
    has_none = not len(drawn) or numpy.count_nonzero(~numpy.isnan(sentences)) < 2
    return (nan, nan) if has_none else interval(drawn)


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
