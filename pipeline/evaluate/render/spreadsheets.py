"""An evaluation as CSV files for spreadsheets and programs; systems are best first."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from math import isnan

from pipeline.evaluate.render.set_tables import leaderboards
from pipeline.evaluate.results import Comparison, Evaluation
from pipeline.input.spreadsheet import guard_cells


def scores_csv(evaluation: Evaluation) -> str:
    """Return a row per set, system and metric; a missing score is an empty cell."""
    rows = [
        (
            result.set.name,
            system.name,
            metric.metric,
            *(_number(value) for value in (metric.score, metric.low, metric.high)),
            metric.rank,
            metric.group,
            metric.signature,
            len(metric.unread),
        )
        for result in evaluation.sets
        for system in result.ordered
        for metric in system.metrics
    ]
    header = ("set", "system", "metric", "score", "low", "high", "rank", "cluster", "signature")
    return _csv((*header, "unread"), rows)


def comparisons_csv(evaluation: Evaluation) -> str:
    """Return a row per set, pair of systems and metric; `delta` is b's score minus a's."""
    rows = [
        _comparison(result.set.name, comparison)
        for result in evaluation.sets
        for comparison in result.comparisons
    ]
    return _csv(("set", "a", "b", "metric", "delta", "p_value", "p_adjusted"), rows)


def check_comparisons_csv(evaluation: Evaluation) -> str:
    """Return a row per set, pair of systems and check; `delta` is in percent of the sentences."""
    rows = [
        _comparison(result.set.name, comparison)
        for result in evaluation.sets
        for check in result.checks
        for comparison in check.comparisons
    ]
    return _csv(("set", "a", "b", "check", "delta", "p_value", "p_adjusted"), rows) if rows else ""


def _comparison(name: str, comparison: Comparison) -> tuple[object, ...]:
    return (
        name,
        comparison.a,
        comparison.b,
        comparison.metric,
        _number(comparison.delta, 6),
        _number(comparison.p_value, 12),
        _number(comparison.p_adjusted, 12),
    )


def checks_csv(evaluation: Evaluation) -> str:
    """Return a row per set, system and check: flagged sentences, their share and the rank."""
    rows = [
        (
            result.set.name,
            system.name,
            check.check,
            check.counts[at],
            len(result.set.segments),
            _number(100 * check.counts[at] / len(result.set.segments)),
            check.ranks[at],
        )
        for result in evaluation.sets
        for check in result.checks
        for at, system in enumerate(result.systems)
    ]
    return _csv(("set", "system", "check", "flagged", "segments", "percent", "rank"), rows)


def groups_csv(evaluation: Evaluation) -> str:
    """Return a row per set, group, metric and system: the score and its place in the group."""
    rows = []
    for result in evaluation.sets:
        for group in result.groups:
            for metric, scores in zip(result.systems[0].metrics, group.scores, strict=True):
                sign = -1 if metric.lower_is_better else 1
                for system, score in zip(result.systems, scores, strict=True):
                    place = 1 + sum(sign * other > sign * score for other in scores)
                    rows.append(
                        (
                            *(result.set.name, group.kind, group.name, len(group.members)),
                            *(metric.metric, system.name, _number(score)),
                            "" if isnan(score) else place,
                        )
                    )
    header = ("set", "kind", "group", "segments", "metric", "system", "score", "place")
    return _csv(header, rows)


def leaderboard_csv(evaluation: Evaluation) -> str:
    """Return a row per metric and system: its mean over the sets; empty for one set."""
    rows = [
        (metric.metric, name, _number(average), "" if rank is None else _number(rank, 2))
        for metric, ranking in leaderboards(evaluation)
        for average, rank, name, _ in ranking
    ]
    return _csv(("metric", "system", "mean", "mean_rank"), rows) if rows else ""


def agreement_csv(evaluation: Evaluation) -> str:
    """Return a row per set, human score, metric and statistic of agreement with human scores."""
    rows = [
        (
            result.set.name,
            each.human,
            each.metric,
            each.level,
            each.statistic,
            *(_number(value, 12) for value in (each.value, each.low, each.high)),
            each.size,
            each.rank,
            "" if each.epsilon is None else _number(each.epsilon, 12),
        )
        for result in evaluation.sets
        for each in result.agreements
    ]
    if not rows:
        return ""
    header = ("set", "human", "metric", "level", "statistic", "value", "low", "high", "size")
    return _csv((*header, "rank", "epsilon"), rows)


def _number(value: float, digits: int = 4) -> Decimal | str:
    """Return a number with fixed decimals, or an empty text for NaN; only text is guarded."""
    return "" if isnan(value) else Decimal(f"{value:.{digits}f}")


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(guard_cells(row) for row in rows)
    return text.getvalue()
