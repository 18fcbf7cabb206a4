"""The tables of an evaluation beside the scores: systems over sets, pairs, checks, human scores."""

from collections.abc import Iterator, Sequence
from math import isnan
from statistics import mean

from pipeline.evaluate.group_scores import SENTENCE
from pipeline.evaluate.human.raters import ALL
from pipeline.evaluate.render.table import Table
from pipeline.evaluate.results import (
    Comparison,
    Evaluation,
    MetricAgreement,
    MetricResult,
    SetResult,
    delta_text,
    p_text,
)
from pipeline.evaluate.words import word_scores

STATISTICS = {
    "pearson": "Pearson",
    "spearman": "Spearman",
    "kendall": "Kendall",
    "accuracy": "pairwise accuracy",
    "soft accuracy": "soft pairwise accuracy",
    "spearman by segment": "Spearman by segment",
    "kendall by segment": "Kendall by segment",
    "spearman by document": "Spearman by document",
    "kendall by document": "Kendall by document",
    "accuracy with ties": "accuracy with ties",
}
"""The names of the statistics of agreement with human scores on paper."""

_MOST_GROUPS = 20  # more documents or values of a label are cut to the largest
_LISTED = 3  # up to this many systems, pairs are listed; more are shown as a matrix


def overall_tables(evaluation: Evaluation) -> Iterator[Table]:
    """Yield the leaderboard over several sets."""
    for metric, ranking in leaderboards(evaluation):
        yield _leaderboard(evaluation, metric, ranking)


def set_tables(result: SetResult, significance: float) -> Iterator[Table]:
    """Yield the tables of a set: agreement with humans, raters, checks, parts of the
    set, words, pairs of systems.
    """
    yield from _agreement_tables(result)
    yield from _rater_tables(result)
    yield from _group_tables(result)
    yield from _word_table(result)
    yield from _check_table(result)
    yield from pair_tables(result, significance)


def titled(metric: MetricResult) -> str:
    """Return the name of a metric with an arrow to where it is better."""
    return f"{metric.name} {'↓' if metric.lower_is_better else '↑'}"


def cuts_of(result: SetResult) -> frozenset[int]:
    """Return the rows of the best-first order that begin another group in the first metric."""
    groups = [system.metrics[0].group for system in result.ordered]
    return frozenset(row for row in range(1, len(groups)) if groups[row] != groups[row - 1])


Ranking = list[tuple[float, float | None, str, list[MetricResult | None]]]
"""Mean score, mean rank, system, and its results by set; best first, without a mean last."""


def leaderboards(evaluation: Evaluation) -> Iterator[tuple[MetricResult, Ranking]]:
    """Yield, for each metric that all of several sets have, systems by their mean over the sets."""
    if len(evaluation.sets) < 2:
        return
    for metric in evaluation.sets[0].systems[0].metrics:
        if any(_named(result, metric.metric) is None for result in evaluation.sets):
            continue
        rows: Ranking = []
        for name in dict.fromkeys(s.name for result in evaluation.sets for s in result.systems):
            scores = [_score(result, name, metric.metric) for result in evaluation.sets]
            known = [each for each in scores if each is not None and each.has_score]
            is_whole = len(known) == len(scores)
            average = mean(each.score for each in known) if is_whole else float("nan")
            ranks = [each.rank for each in known if each.rank is not None]
            rows.append((average, mean(ranks) if is_whole and ranks else None, name, scores))
        sign = 1 if metric.lower_is_better else -1
        rows.sort(key=lambda row: (isnan(row[0]), sign * row[0] if not isnan(row[0]) else 0.0))
        yield metric, rows


def _leaderboard(evaluation: Evaluation, metric: MetricResult, ranking: Ranking) -> Table:
    return Table(
        f"leaderboard {metric.metric}",
        f"{titled(metric)} over {len(evaluation.sets)} sets",
        ("System", "mean", "mean rank", *(result.set.name for result in evaluation.sets)),
        tuple(
            (
                name,
                "–" if isnan(average) else metric.text(average),
                "–" if rank is None else f"{rank:.1f}",
                *("–" if each is None else each.text(each.score) for each in scores),
            )
            for average, rank, name, scores in ranking
        ),
        "Bold: the best mean. Every set counts the same. Systems without a score on every set "
        "have no mean.",
        frozenset({(0, 1)}),
    )


def _named(result: SetResult, metric: str) -> MetricResult | None:
    return next((each for each in result.systems[0].metrics if each.metric == metric), None)


def _score(result: SetResult, system: str, metric: str) -> MetricResult | None:
    found = (
        each
        for owner in result.systems
        if owner.name == system
        for each in owner.metrics
        if each.metric == metric
    )
    return next(found, None)


def _agreement_tables(result: SetResult) -> Iterator[Table]:
    """Yield a table per human score and level: metrics in rows, statistics in columns."""
    for human in dict.fromkeys(each.human for each in result.agreements):
        for level in ("system", "document", "segment"):
            rows = [e for e in result.agreements if (e.human, e.level) == (human, level)]
            if rows:
                yield _agreement_table(result, human, level, rows)


def _agreement_table(
    result: SetResult, human: str, level: str, found: Sequence[MetricAgreement]
) -> Table:
    statistics = list(dict.fromkeys(each.statistic for each in found))
    lead = "accuracy with ties" if level != "system" else "accuracy"
    lead = lead if lead in statistics else statistics[0]
    cells = {(each.metric, each.statistic): each for each in found}
    values = {name: cell.value for (name, statistic), cell in cells.items() if statistic == lead}
    order = sorted({each.metric for each in found}, key=lambda name: (-values.get(name, -9), name))
    strong = {
        (row, at + 1)
        for row, name in enumerate(order)
        for at, statistic in enumerate(statistics)
        if (cell := cells.get((name, statistic))) and cell.rank == 1
    }
    unit = {"system": "systems", "document": "documents", "segment": "segments"}[level]
    return Table(
        f"human {human} {level}",
        f"Agreement with {human} on {found[0].size:,} {unit}",
        ("Metric", *(STATISTICS[name] for name in statistics)),
        tuple(
            (
                result.label(name),
                *(_agreement(cells.get((name, statistic))) for statistic in statistics),
            )
            for name in order
        ),
        "Higher is better, also for metrics where lower is better. In brackets: 95 % intervals. "
        "Bold: no metric agrees significantly better (one-sided permutation tests, where there "
        "is one).",
        frozenset(strong),
    )


def _agreement(cell: MetricAgreement | None) -> str:
    if cell is None:
        return "–"
    if isnan(cell.low):
        return f"{cell.value:.3f}"
    return f"{cell.value:.3f} ({cell.low:.3f} – {cell.high:.3f})"


def _rater_tables(result: SetResult) -> Iterator[Table]:
    for human in dict.fromkeys(each.human for each in result.raters):
        rows = [each for each in result.raters if each.human == human]
        single = [row for row in rows if not row.b and row.a != ALL]
        pairs = [row for row in rows if row.b]
        alpha = next(row for row in rows if row.a == ALL)
        twice = (
            f"{alpha.units:,} units have two judgements or more; Krippendorff's alpha (interval) "
            f"is {alpha.tau:.2f}."
            if not isnan(alpha.tau)
            else "No unit has two judgements, so the raters cannot be compared."
        )
        yield Table(
            f"raters {human}",
            f"Raters of {human}",
            ("Rater", "judgements", "mean score"),
            tuple((row.a, f"{row.units:,}", f"{row.gap:.2f}") for row in single),
            twice,
        )
        if pairs:
            yield Table(
                f"rater pairs {human}",
                f"Pairs of raters of {human}",
                ("Raters", "shared units", "mean gap", "Kendall"),
                tuple(
                    (
                        f"{row.a}, {row.b}",
                        f"{row.units:,}",
                        f"{row.gap:.2f}",
                        "–" if isnan(row.tau) else f"{row.tau:.3f}",
                    )
                    for row in pairs
                ),
            )


def _group_tables(result: SetResult) -> Iterator[Table]:
    """Yield, for each kind of groups, the first metric: groups in rows, systems best first."""
    metric = result.systems[0].metrics[0]
    order = [result.systems.index(system) for system in result.ordered]
    sign = 1 if metric.lower_is_better else -1
    for kind in dict.fromkeys(group.kind for group in result.groups):
        groups = [group for group in result.groups if group.kind == kind]
        groups.sort(key=lambda group: -len(group.members) if len(groups) > _MOST_GROUPS else 0)
        rows = [
            (group.name, len(group.members), [group.scores[0][at] for at in order])
            for group in groups
        ]
        shown = rows[:_MOST_GROUPS]
        if kind != SENTENCE:  # sentences are in several groups: a mean says nothing
            columns = zip(*(scores for _, _, scores in rows), strict=True)
            means = [_mean([each for each in column if not isnan(each)]) for column in columns]
            shown.append((f"mean over {len(rows)}", len(result.set.segments), means))
        strong = {
            (row, at + 2)
            for row, (_, _, scores) in enumerate(shown)
            for at, value in enumerate(scores)
            if value
            == min(
                (each for each in scores if not isnan(each)), key=lambda v: sign * v, default=None
            )
        }
        yield Table(
            f"by {kind}",
            f"{titled(metric)} by {kind}",
            (kind, "segments", *(result.systems[at].name for at in order)),
            tuple(
                (name, f"{size:,}", *(metric.text(v) if not isnan(v) else "–" for v in scores))
                for name, size, scores in shown
            ),
            "Bold: the best of the row. groups.csv has all metrics"
            + (f" and all {len(rows):,} rows." if len(rows) > _MOST_GROUPS else "."),
            frozenset(strong),
        )


def _mean(values: Sequence[float]) -> float:
    return mean(values) if values else float("nan")


def _word_table(result: SetResult) -> Iterator[Table]:
    """Yield how many words systems get right, by how often the references have them."""
    order = result.ordered
    rows = word_scores(result.set, tuple(system.output.hypotheses for system in order))
    if rows:
        yield Table(
            "words",
            "Words by frequency (F1 in percent)",
            ("times in references", "words", *(system.name for system in order)),
            tuple(
                (name, f"{count:,}", *(f"{value:.1f}" for value in values))
                for name, count, values in rows
            ),
            "Rare words are often names and terms. Bold: the best of the row.",
            frozenset(
                (row, at + 2)
                for row, (_, _, values) in enumerate(rows)
                for at, value in enumerate(values)
                if value == max(values)
            ),
        )


def _check_table(result: SetResult) -> Iterator[Table]:
    """Yield the flagged sentences by check and system, fewest first."""
    if not result.checks or not any(result.checks[0].counts):
        return
    any_check = result.checks[0]
    order = sorted(range(len(result.systems)), key=lambda at: (any_check.counts[at], at))
    yield Table(
        "checks",
        "Sentences flagged by the checks",
        ("System", *(check.check for check in result.checks)),
        tuple(
            (
                result.systems[at].name,
                *(f"{check.counts[at]:,} ({check.ranks[at]})" for check in result.checks),
            )
            for at in order
        ),
        "In brackets: 1 + the number of systems with significantly fewer (exact McNemar test, "
        "corrected after Holm for all pairs of systems). Bold: rank 1. The checks need no "
        f"reference; {len(result.set.segments):,} sentences.",
        frozenset(
            (row, column)
            for row, at in enumerate(order)
            for column, check in enumerate(result.checks, start=1)
            if check.ranks[at] == 1
        ),
    )


def pair_tables(result: SetResult, significance: float) -> Iterator[Table]:
    """Yield every pair of systems: a list for few systems, a matrix per metric for more."""
    if not result.comparisons:
        return
    if len(result.systems) <= _LISTED:
        yield _pair_list(result, significance)
        return
    order = [system.name for system in result.ordered]
    for metric in result.systems[0].metrics:
        pairs = {
            pair: comparison
            for comparison in result.comparisons
            if comparison.metric == metric.metric
            for pair in ((comparison.a, comparison.b), (comparison.b, comparison.a))
        }
        strong = {
            (row, column + 1)
            for row, a in enumerate(order)
            for column, b in enumerate(order)
            if (a, b) in pairs and pairs[a, b].p_adjusted < significance and pairs[a, b].delta
        }
        yield Table(
            f"pairs {metric.metric}",
            f"{titled(metric)}: every pair of systems",
            ("Row − column", *(str(number + 1) for number in range(len(order)))),
            tuple(
                (f"{row + 1} {a}", *(_difference(pairs.get((a, b)), a) for b in order))
                for row, a in enumerate(order)
            ),
            "Bold: significant after Holm's correction. comparisons.csv has the p-values.",
            frozenset(strong),
        )


def _difference(comparison: Comparison | None, a: str) -> str:
    """Return the score of `a` minus that of the other."""
    if comparison is None:
        return ""
    return delta_text(
        -comparison.delta if comparison.a == a else comparison.delta, comparison.digits
    )


def _pair_list(result: SetResult, significance: float) -> Table:
    return Table(
        "pairs",
        "Every pair of systems",
        ("A", "B", "metric", "B − A", "p", "p (Holm)", "result"),
        tuple(
            (
                comparison.a,
                comparison.b,
                result.label(comparison.metric),
                delta_text(comparison.delta, comparison.digits),
                p_text(comparison.p_value, significance),
                p_text(comparison.p_adjusted, significance),
                comparison.verdict(significance),
            )
            for comparison in result.comparisons
        ),
        words=frozenset({0, 1, 2, 6}),
    )
