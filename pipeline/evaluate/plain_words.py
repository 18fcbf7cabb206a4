"""Scores in words, for readers who do not know the metrics."""

from collections.abc import Iterator, Sequence
from math import isnan

from pipeline.evaluate.results import MetricResult, SetResult

_BLEU = (
    (10, "almost useless"),
    (20, "hard to get the gist of"),
    (30, "clear in gist, with many mistakes"),
    (40, "understandable to good"),
    (50, "of high quality"),
    (60, "of very high quality"),
    (101, "often better than a human's"),
)
"""Bands of BLEU as in the documentation of Google Cloud Translation; a rule of thumb."""


def plain_words(result: SetResult) -> Iterator[str]:
    """Yield what the scores of the best system mean, and how it compares with the second."""
    order = result.ordered
    for metric in order[0].metrics:
        if metric.has_score and (meaning := _meaning(metric)):
            yield f"{order[0].name}, {metric.name} {metric.text(metric.score)}: {meaning}."
    if len(order) > 1 and order[1].metrics[0].has_score:
        yield _versus(order[0].name, order[1].name, order[0].metrics[0], order[1].metrics[0])


def _meaning(metric: MetricResult) -> str:
    """Return what a score means; empty for metrics without a plain meaning."""
    match metric.metric:
        case "bleu":
            band = next(words for limit, words in _BLEU if metric.score < limit)
            return f"by a common rule of thumb the translations are {band}"
        case "ter":
            return f"about {metric.score:.0f} edits for every 100 words would give the reference"
        case "chrf" | "chrf++":
            return (
                "on average the translations share about "
                f"{metric.score:.0f} % of their short letter sequences with the reference"
            )
    return ""


def _versus(a: str, b: str, first: MetricResult, second: MetricResult) -> str:
    """Return in how many of 100 sentences the first of two systems has the better score."""
    pairs = [
        (one, other)
        for one, other in zip(first.sentences, second.sentences, strict=True)
        if not isnan(one) and not isnan(other)
    ]
    if not pairs:
        return f"{a} and {b} share no sentence with a {first.name} score."
    shares = _hundred(
        [
            sum(one > other for one, other in pairs),
            sum(one < other for one, other in pairs),
            sum(one == other for one, other in pairs),
        ]
    )
    if first.lower_is_better:
        shares = [shares[1], shares[0], shares[2]]
    return (
        f"In {shares[0]} of 100 sentences {a} has the better {first.name}, in {shares[1]} {b}, "
        f"and {shares[2]} are equal."
    )


def _hundred(counts: Sequence[int]) -> list[int]:
    """Return counts as whole percents with the sum 100 (largest remainders)."""
    total = sum(counts)
    parts = [100 * count / total for count in counts]
    whole = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda at: whole[at] - parts[at])
    for at in order[: 100 - sum(whole)]:
        whole[at] += 1
    return whole
