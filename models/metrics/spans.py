"""From token labels to error spans, and from spans to an MQM score, without tensors."""

from collections.abc import Sequence

from models.protocols import ErrorSpan

# Points of each severity, and the worst that one segment can have (Freitag et al. 2021).
PENALTIES = {"minor": 1, "major": 5, "critical": 10}
WORST_PENALTY = 25


def error_spans(
    probabilities: Sequence[Sequence[float]],
    offsets: Sequence[tuple[int, int]],
    severities: Sequence[str],
) -> tuple[ErrorSpan, ...]:
    """Return spans of neighbouring tokens whose most probable label is an error.

    A row of `probabilities` starts with "no error", followed by the `severities`. As in
    `unbabel-comet` 2.2.7 (UnifiedMetric.decode), the first token of a span decides its severity,
    and a span still open at the last token (the end of the sentence) does not count.
    """
    spans: list[ErrorSpan] = []
    start = end = 0
    severity = ""
    open_probabilities: list[float] = []
    for row, (first, last) in zip(probabilities, offsets, strict=False):
        best = max(range(len(row)), key=row.__getitem__)
        if best and not open_probabilities:
            start, severity = first, severities[best - 1]
        if best:
            end = last
            open_probabilities.append(row[best])
        elif open_probabilities:
            confidence = sum(open_probabilities) / len(open_probabilities)
            spans.append(ErrorSpan(start, end, severity, confidence))
            open_probabilities = []
    return tuple(spans)


def mqm_score(spans: Sequence[ErrorSpan]) -> float:
    """Return the score of error spans, from 0 (25 points or more) to 1 (no error)."""
    points = sum(PENALTIES.get(span.severity, 0) for span in spans)
    return (WORST_PENALTY - min(points, WORST_PENALTY)) / WORST_PENALTY
