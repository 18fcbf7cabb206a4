"""The check that every segment has the reference a metric needs."""

from collections.abc import Sequence

from models.errors import WeightsError
from models.protocols import Segment


def check_references(segments: Sequence[Segment]) -> None:
    """Raise WeightsError where a segment has no reference."""
    for number, segment in enumerate(segments, start=1):
        if segment.reference is None:
            raise WeightsError(
                f"segment {number} of {len(segments)} has no reference, which this metric needs; "
                "give one, or take a metric without references (CometKiwi, reference_free: true)"
            )
