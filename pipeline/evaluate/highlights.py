"""The most important results of an evaluation, in plain sentences."""

from collections.abc import Iterator, Sequence
from math import isnan
from statistics import pstdev

from pipeline.evaluate.groups import segment_groups
from pipeline.evaluate.results import Comparison, Evaluation, MetricResult, SetResult, unlike_texts
from pipeline.input.hygiene import has_entity
from pipeline.language.plural import plural

_WORTH_SAYING = 0.1
"""Smallest gap worth reporting, in standard deviations; about one point of sentence chrF."""


def highlights(evaluation: Evaluation) -> tuple[str, ...]:
    """Return sentences about the best system, its certainty, and apparent problems."""
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
    yield from _humans(result)
    yield from _lengths(result)


def _single(result: SetResult) -> str:
    [system] = result.systems
    scores = ", ".join(f"{metric.name} {metric.with_interval(' to ')}" for metric in system.metrics)
    return f"{system.name} over {plural(len(result.set.segments), 'segment')}: {scores}."


def _winners(result: SetResult, significance: float) -> Iterator[str]:
    """Yield, for every metric, the leader and the systems that do not differ significantly."""
    if result.powerless:
        yield result.powerless
    leads: dict[tuple[str, str], list[str]] = {}
    silent = []
    for at, metric in enumerate(result.systems[0].metrics):
        order = _order(result, at)
        mute = [system.name for system in result.systems if not system.metrics[at].has_score]
        if mute:
            silent.append(f"{metric.name} {metric.silence} for {_listed(mute)}.")
        if len(order) < 2:
            continue
        key, what = _lead(order, metric.metric, result, significance)
        leads.setdefault(key, []).append(f"{metric.name} ({what})")
    for (lead, certainty), led in leads.items():
        yield f"{lead} in {_listed(led)}, {certainty}."
    yield from silent


def _lead(
    order: Sequence[tuple[str, MetricResult]], metric: str, result: SetResult, significance: float
) -> tuple[tuple[str, str], str]:
    """Return the leader, the certainty of the lead, and the scores behind it."""
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
    """Join names with commas and `and`; a long list is cut to the first names and a number."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _order(result: SetResult, at: int) -> list[tuple[str, MetricResult]]:
    rows = [
        (system.name, system.metrics[at])
        for system in result.systems
        if system.metrics[at].has_score
    ]
    return sorted(rows, key=lambda row: row[1].place)


def _p_value(comparisons: Sequence[Comparison], a: str, b: str, metric: str) -> float:
    found = (
        comparison.p_adjusted
        for comparison in comparisons
        if comparison.metric == metric and {comparison.a, comparison.b} == {a, b}
    )
    return next(found, 1.0)  # pairs without shared scored segments were not compared


def _damage(result: SetResult) -> Iterator[str]:
    """Yield the systems with empty lines or HTML entities, which cost points."""
    escaped: dict[str, int] = {}
    for system in result.systems:
        texts = system.output.hypotheses
        empty = sum(not text.strip() for text in texts)
        if empty:
            lines = f"{empty:,} of {len(texts):,} lines"
            yield f"{system.name}: {lines} are empty and are scored as empty."
        if count := sum(map(has_entity, texts)):
            escaped[system.name] = count
    if escaped:
        most = max(escaped, key=lambda name: escaped[name])
        others = f", and some of {plural(len(escaped) - 1, 'other system')}," * (len(escaped) > 1)
        total = len(result.set.segments)
        yield (
            f"{most}: {escaped[most]:,} of {total:,} lines{others} have HTML entities "
            "such as &#39; or &quot;, which cost points; --clean unescapes them."
        )


def _checks(result: SetResult) -> Iterator[str]:
    """Yield the system that the checks flagged most, if any."""
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


def _humans(result: SetResult) -> Iterator[str]:
    """Yield the metric that agrees best with each human score."""
    for human in dict.fromkeys(each.human for each in result.agreements):
        rows = [
            each
            for each in result.agreements
            if each.human == human and each.statistic == "accuracy with ties"
        ]
        if rows:
            best = max(rows, key=lambda row: row.value)
            yield (
                f"{result.label(best.metric)} agrees best with {human}: it orders "
                f"{100 * best.value:.0f} of 100 pairs of translations of a {best.level} as people "
                "do."
            )


def _lengths(result: SetResult) -> Iterator[str]:
    """Yield the group of sentences in which the first system does worst."""
    system = result.systems[0]
    metric = system.metrics[0]
    if not metric.has_score:
        return
    every = [sentence for sentence in metric.sentences if not isnan(sentence)]
    worst: tuple[float, str] | None = None
    for group in segment_groups(result.set, system.output.confidences):
        scores = [metric.sentences[at] for at in group.members]
        scores = [score for score in scores if not isnan(score)]
        if len(scores) < 20:
            continue
        gap = sum(scores) / len(scores) - sum(every) / len(every)
        gap = -gap if metric.lower_is_better else gap
        if worst is None or gap < worst[0]:
            worst = (gap, group.name)
    if worst is not None and -worst[0] > _WORTH_SAYING * pstdev(every):
        yield (
            f"{system.name} does worst with {worst[1]}: "
            f"{metric.text(-worst[0])} points of sentence {metric.name} behind its mean."
        )
