"""Score every system on every set with every metric, and compare every pair of systems.

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
from pipeline.evaluate.inputs.hygiene import clean_output, clean_set, config_warnings
from pipeline.evaluate.inputs.sets import read_set
from pipeline.evaluate.inputs.systems import check_systems, translate_sets
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count, retry_missing
from pipeline.evaluate.metrics.metrics import Matrix, Metric, corpus_score
from pipeline.evaluate.metrics.of_summaries import unsupported_claims
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.pairwise import (
    MetricColumn,
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
    config: EvaluationConfig,
    say: Say = lambda line: None,
    watch: Watch = unwatched,
    *,
    clean: bool = False,
) -> Evaluation:
    """Run the evaluation of a config. `say` receives a line for each step, `watch` the progress.

    With `clean`, HTML entities, byte order marks and stray blanks are removed from every text;
    without it, `say` receives a warning for each kind of them.

    Raises ConfigError if sets, systems and metrics do not fit together.
    """
    metrics = chosen_metrics(config.all_metrics, config)
    pairs = _read_texts(config, metrics, say, clean=clean)
    trained = [metric for metric in metrics if metric.name in config.trained_metrics]
    _count_trained(trained, pairs, cache_folder(config), say)
    results = [
        evaluate_set(test_set, outputs_of_set, metrics, config, say, watch)
        for test_set, outputs_of_set in pairs
        if outputs_of_set
    ]
    evaluation = Evaluation(
        title=config.title,
        sets=tuple(results),
        test=config.test,
        samples=config.bootstrap_samples,
        significance=config.significance,
    )
    return replace(evaluation, stands_out=highlights(evaluation))


def _read_texts(
    config: EvaluationConfig, metrics: Sequence[Metric], say: Say, *, clean: bool
) -> list[tuple[EvaluationSet, list[Output]]]:
    """Return every set with the outputs of the systems that have one for it."""
    sets = [read_set(spec, offline=config.runtime.offline) for spec in config.sets]
    if clean:
        sets = [clean_set(test_set) for test_set in sets]
    for test_set in sets:
        check_references(test_set, metrics)
    folder = Path(config.output)
    check_systems(config.systems, config.runtime, folder)
    of_summaries = config.task == "summary"
    columns = [
        translate_sets(spec, sets, config.runtime, folder, of_summaries=of_summaries)
        for spec in config.systems
    ]
    pairs = [
        (test_set, [output for column in columns if (output := column[index]) is not None])
        for index, test_set in enumerate(sets)
    ]
    if clean:
        return [(test_set, list(map(clean_output, outputs))) for test_set, outputs in pairs]
    for line in config_warnings(config, pairs):
        say(f"warning: {line}")
    return pairs


def cache_folder(config: EvaluationConfig) -> Path:
    """Return the folder of cached counts."""
    return Path(config.output) / "statistics" if config.cache == "auto" else Path(config.cache)


def _count_trained(
    metrics: Sequence[Metric],
    pairs: Sequence[tuple[EvaluationSet, Sequence[Output]]],
    cache: Path,
    say: Say,
) -> None:
    """Score with one trained metric after another, so that only one is in memory at a time.

    The scores of each system are saved as soon as they are computed.
    """
    for metric in metrics:
        for test_set, outputs_ in pairs:
            for output in outputs_:
                request = CountRequest(metric, test_set, output)
                _, made = load_or_count([request], cache)
                if made:
                    say(f"{metric.name}: {output.name} on {test_set.name} scored")
                elif metric.asks_again:
                    _retry(request, cache, say)
        metric.release()


def _retry(request: CountRequest, cache: Path, say: Say) -> None:
    """Request missing scores again; existing scores stay if the server does not answer."""
    what = f"{request.metric.name}: {request.output.name} on {request.set.name}"
    try:
        asked, answered = retry_missing(request, cache)
    except ModelError as error:
        say(f"{what}: the missing scores could not be requested again: {error}")
        return
    if asked:
        requested = plural(asked, "missing score")
        say(f"{what}: requested {requested} again, received {answered}")


def check_references(test_set: EvaluationSet, metrics: Sequence[Metric]) -> None:
    """Raise ConfigError if a metric needs references that the set lacks."""
    bare = [segment for segment in test_set.segments if not segment.references]
    wanting = [metric.name for metric in metrics if metric.needs_references]
    if bare and wanting:
        raise ConfigError(
            f"sets: {test_set.name}: {len(bare)} of {len(test_set.segments)} segments have no "
            f"reference (first: {bare[0].id}), but {', '.join(wanting)} need one; "
            "leave those segments out"
        )


def evaluate_set(
    test_set: EvaluationSet,
    outputs: Sequence[Output],
    metrics: Sequence[Metric],
    config: EvaluationConfig,
    say: Say = lambda line: None,
    watch: Watch = unwatched,
) -> SetResult:
    """Score and compare all systems on one set; `watch` shows the progress."""
    requests = [CountRequest(metric, test_set, output) for metric in metrics for output in outputs]
    processes = processes_of(config)
    tables, made = load_or_count(requests, cache_folder(config), processes=processes, watch=watch)
    say(
        f"{test_set.name}: {plural(len(test_set.segments), 'segment')}, "
        f"{plural(len(outputs), 'system')}; "
        f"{made} of {plural(len(tables), 'table')} of counts made"
    )
    size = len(outputs)
    columns = [
        MetricColumn(metric, tables[index * size : (index + 1) * size])
        for index, metric in enumerate(metrics)
    ]
    resampled = _resampled(columns, config.bootstrap_samples)
    pairs = system_pairs(columns)
    test = config.paired_test(most_pairs(pairs))
    if powerless := powerless_line(test, most_pairs(pairs), len(test_set.segments)):
        say(f"warning: {test_set.name}: {powerless}")
    drawn = {column.metric.name: scores for column, scores in zip(columns, resampled, strict=True)}
    names = [output.name for output in outputs]
    with watch("comparing", test.draws) as task:
        comparisons = compare_pairs(
            pairs, names, test, drawn, threads=processes, advance=task.update
        )
    rows: list[list[MetricResult]] = [[] for _ in outputs]
    for column, samples in zip(columns, resampled, strict=True):
        comparisons_of_metric = [
            comparison for comparison in comparisons if comparison.metric == column.metric.name
        ]
        for row, result in zip(
            rows,
            _results(column, samples, outputs, comparisons_of_metric, test_set, config),
            strict=True,
        ):
            row.append(result)
    systems = tuple(
        SystemResult(output, tuple(row), _checks(test_set, output, config.task))
        for output, row in zip(outputs, rows, strict=True)
    )
    return SetResult(test_set, systems, tuple(comparisons), test.draws, powerless)


def processes_of(config: EvaluationConfig) -> int:
    """Return the number of processes or threads for counting and comparing."""
    threads = config.runtime.threads
    return available_threads() if threads == "auto" else threads


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
    outputs: Sequence[Output],
    comparisons: Sequence[Comparison],
    test_set: EvaluationSet,
    config: EvaluationConfig,
) -> list[MetricResult]:
    names = [output.name for output in outputs]
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
    """Return the interval of a score; NaN without resamples or two scored segments."""
    has_none = not len(drawn) or numpy.count_nonzero(~numpy.isnan(sentences)) < 2
    return (nan, nan) if has_none else interval(drawn)


def references_written(test_set: EvaluationSet) -> str:
    """Return the number of references as in a signature: a number, or `var`."""
    numbers = {len(segment.references) for segment in test_set.segments}
    return str(numbers.pop()) if len(numbers) == 1 else "var"


def _checks(test_set: EvaluationSet, output: Output, task: str) -> tuple[tuple[str, ...], ...]:
    """Return the names of the checks that flagged each segment."""
    check = findings if task == "translation" else unsupported_claims
    return tuple(
        tuple(dict.fromkeys(found.check for found in check(segment.source, hypothesis)))
        for segment, hypothesis in zip(test_set.segments, output.hypotheses, strict=True)
    )
