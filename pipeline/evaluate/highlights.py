"""What stands out in an evaluation, in sentences that are true and in the order of weight."""

import re
from collections.abc import Iterator, Sequence
from math import isnan
from statistics import pstdev

from pipeline.evaluate.groups import buckets
from pipeline.evaluate.results import (
    Comparison,
    Evaluation,
    MetricResult,
    SetResult,
    unlike_texts,
)
from pipeline.language.plural import plural

_WORTH_SAYING = 0.1
"""A group must be this share of a standard deviation behind, about a point of sentence chrF."""


_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|amp|quot|apos|lt|gt|nbsp);")


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
    yield from _damage(result)
    yield from _checks(result)
    yield from _lengths(result)


def _single(result: SetResult) -> str:
    [system] = result.systems
    scores = ", ".join(f"{each.name} {each.with_interval(' to ')}" for each in system.metrics)
    return f"{system.name} over {plural(len(result.set.segments), 'segment')}: {scores}."


def _winners(result: SetResult, significance: float) -> Iterator[str]:
    """Say for every metric who is first, and whom the test cannot tell apart from it."""
    if result.powerless:
        yield result.powerless
    leads: dict[tuple[str, str], list[str]] = {}
    for at, metric in enumerate(result.systems[0].metrics):
        order = _order(result, at)
        for system in result.systems:
            if not system.metrics[at].has_score:
                yield f"{system.name} has no {metric.name} score: no answer could be read."
        if len(order) < 2:
            continue
        key, what = _lead(order, metric.metric, result, significance)
        leads.setdefault(key, []).append(f"{metric.name} ({what})")
    for (lead, certainty), led in leads.items():
        yield f"{lead} in {', '.join(led)}, {certainty}."


def _lead(
    order: Sequence[tuple[str, MetricResult]], metric: str, result: SetResult, significance: float
) -> tuple[tuple[str, str], str]:
    """Return who leads and how surely, and the scores that say so."""
    (_, first) = order[0]
    equals = [name for name, each in order if each.score == first.score]
    below = [(name, each) for name, each in order if each.score != first.score]
    lead = f"{_listed(equals)} share the best score" if equals[1:] else f"{equals[0]} leads"
    if not below:
        return (lead, "with no other system below"), first.text(first.score)
    best, second = unlike_texts(first.score, below[0][1].score, first.digits)
    scores = f"{best}, next {second}"
    tied = [
        name
        for name, _ in below
        if any(_p_value(result.comparisons, e, name, metric) >= significance for e in equals)
    ]
    if not tied:
        return (lead, f"significantly ahead of all{' others' if equals[1:] else ''}"), scores
    them = "them" if equals[1:] else "it"
    return (lead, f"but {_listed(tied)} cannot be distinguished from {them}"), scores


def _listed(names: Sequence[str], most: int = 8) -> str:
    """Join names with commas and `and`; of many only the first ones and a number."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


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


def _damage(result: SetResult) -> Iterator[str]:
    """Name the systems with empty lines or HTML entities: they lose points for no translation."""
    for system in result.systems:
        texts = system.output.hypotheses
        empty = sum(not text.strip() for text in texts)
        escaped = sum(bool(_ENTITY.search(text)) for text in texts)
        if empty:
            yield f"{system.name}: {empty:,} of {len(texts):,} lines are empty, and scored as such."
        if escaped:
            yield (
                f"{system.name}: {escaped:,} of {len(texts):,} lines have HTML entities such as "
                "&#39; or &quot;, which cost points; unescape the file."
            )


def _checks(result: SetResult) -> Iterator[str]:
    """Name the system in which the checks found most, if they found something."""
    counts = {system.name: sum(bool(found) for found in system.checks) for system in result.systems}
    worst = max(counts, key=lambda name: counts[name])
    if counts[worst]:
        total = len(result.set.segments)
        share = f"{counts[worst]:,} of {total:,} sentences of {worst}"
        fewest = min(counts.values())
        others = f", in the best system {fewest:,}" if len(counts) > 1 else ""
        if fewest == counts[worst] and len(counts) > 1:
            share, others = f"{counts[worst]:,} of {total:,} sentences", " of every system"
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
