"""Score segments one window at a time, with the references that a metric needs."""

from collections.abc import Callable, Sequence

from models.errors import WeightsError
from models.protocols import Segment, SegmentScore


def score_in_windows(
    segments: Sequence[Segment],
    score: Callable[[Sequence[Segment]], list[SegmentScore]],
    *,
    window: int,
    needs_reference: bool,
) -> list[SegmentScore]:
    """Score `window` segments at a time, which bounds memory; same length and order.

    Raises WeightsError if a required reference is missing.
    """
    if needs_reference:
        check_references(segments)
    scores: list[SegmentScore] = []
    for first in range(0, len(segments), window):
        scores += score(segments[first : first + window])
    return scores


def check_references(segments: Sequence[Segment]) -> None:
    """Raise WeightsError if a segment has no reference."""
    for number, segment in enumerate(segments, start=1):
        if segment.reference is None:
            raise WeightsError(
                f"segment {number} of {len(segments)} has no reference, which this metric needs; "
                "give one, or use a metric without references (CometKiwi, reference_free: true)"
            )
