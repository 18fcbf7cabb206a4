"""What stands out in an evaluation, in sentences that are true and in the order of weight."""

from collections.abc import Iterator, Sequence
from math import isnan
from statistics import pstdev

from pipeline.evaluation.buckets import buckets
from pipeline.evaluation.results import Comparison, Evaluation, MetricResult, SetResult
from pipeline.text.plural import plural

_WORTH_SAYING = 0.1
"""A group must be this share of a standard deviation behind, about a point of sentence chrF."""


def highlights(evaluation: Evaluation) -> tuple[str, ...]:
    """Say who is best and how surely, where metrics disagree, and what went wrong."""
    several = len(evaluation.sets) > 1
    lines: list[str] = []
    for result in evaluation.sets:
        start = f"On {result.set.name}: " if several else ""
        lines += [start + line for line in _of_set(result, evaluation.significance)]
    return tuple(lines)


def _of_set(result: SetResult, significance: float) -> Iterator[str]:
    if len(result.systems) == 1:
        yield _single(result)
    else:
        yield from _winners(result, significance)
    yield from _checks(result)
    yield from _lengths(result)


def _single(result: SetResult) -> str:
    [system] = result.systems
    scores = ", ".join(f"{each.name} {each.with_interval(' to ')}" for each in system.metrics)
    return f"{system.name} over {plural(len(result.set.segments), 'segment')}: {scores}."


def _winners(result: SetResult, significance: float) -> Iterator[str]:
    """Say for every metric who is first, and whom that cannot be said against."""
    leads: dict[str, list[str]] = {}
    for at, metric in enumerate(result.systems[0].metrics):
        order = _order(result, at)
        for system in result.systems:
            if not system.metrics[at].has_score:
                yield f"{system.name} has no {metric.name} score: no answer could be read."
        if len(order) < 2:
            continue
        (best, first), (_, second) = order[0], order[1]
        others = [
            name
            for name, _ in order[1:]
            if _p_value(result.comparisons, best, name, metric.metric) >= significance
        ]
        what = f"{metric.name} ({first.text(first.score)}, next {first.text(second.score)})"
        leads.setdefault(f"{best}|{' and '.join(others)}", []).append(what)
    for key, led in leads.items():
        best, _, tied = key.partition("|")
        certainty = (
            f"but {tied} cannot be told apart from it" if tied else "significantly ahead of all"
        )
        yield f"{best} leads in {', '.join(led)}, {certainty}."


def _order(result: SetResult, at: int) -> list[tuple[str, MetricResult]]:
    rows = [(each.name, each.metrics[at]) for each in result.systems if each.metrics[at].has_score]
    return sorted(
        rows,
        key=lambda row: row[1].score,
        reverse=not result.systems[0].metrics[at].lower_is_better,
    )


def _p_value(comparisons: Sequence[Comparison], a: str, b: str, metric: str) -> float:
    found = (
        each.p_adjusted
        for each in comparisons
        if each.metric == metric and {each.a, each.b} == {a, b}
    )
    return next(found, 1.0)  # two that share no segment with a score were not compared


def _checks(result: SetResult) -> Iterator[str]:
    """Name the system in which the checks found most, if they found something."""
    counts = {system.name: sum(bool(found) for found in system.checks) for system in result.systems}
    worst = max(counts, key=lambda name: counts[name])
    if counts[worst]:
        total = len(result.set.segments)
        share = f"{counts[worst]:,} of {total:,} sentences of {worst}"
        fewest = min(counts.values())
        others = f", in the best system {fewest:,}" if len(counts) > 1 else ""
        yield f"The checks found something in {share}{others}."


def _lengths(result: SetResult) -> Iterator[str]:
    """Say which kind of sentence costs the first system most."""
    system = result.systems[0]
    metric = system.metrics[0]
    if not metric.has_score:
        return
    every = [each for each in metric.sentences if not isnan(each)]
    worst: tuple[float, str] | None = None
    for bucket in buckets(result.set, system.output.confidences):
        scores = [metric.sentences[at] for at in bucket.members]
        scores = [each for each in scores if not isnan(each)]
        if len(scores) < 20:
            continue
        gap = sum(scores) / len(scores) - sum(every) / len(every)
        gap = -gap if metric.lower_is_better else gap
        if worst is None or gap < worst[0]:
            worst = (gap, bucket.name)
    if worst is not None and -worst[0] > _WORTH_SAYING * pstdev(every):
        yield (
            f"{system.name} does worst with {worst[1]}: "
            f"{metric.text(-worst[0])} points of sentence {metric.name} behind its mean."
        )
