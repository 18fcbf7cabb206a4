"""Metrics whose scores come from a model, loaded when the first segment must be scored."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from models.errors import WeightsError
from models.protocols import Segment, SegmentScore
from models.runtime.device import Device
from pipeline.errors import ModelError
from pipeline.evaluate.metrics.metrics import ScoreSegments

Scorer = TypeVar("Scorer")


def load_when_scoring(
    load: Callable[[], Scorer],
    score: Callable[[Scorer, Sequence[Segment]], Sequence[SegmentScore]],
    *,
    place: str,
    device: Device,
) -> tuple[ScoreSegments, Callable[[], None]]:
    """Return a function that scores segments, and one that releases the model it loads.

    The model is loaded once, at the first call. Raises ModelError, beginning with `place`, where
    the model cannot be loaded or does not fit into the memory of `device`.
    """
    load_once = cache(load)

    def score_segments(segments: Sequence[Segment]) -> Sequence[SegmentScore]:
        try:
            return score(load_once(), segments)
        except WeightsError as error:
            raise ModelError(f"{place}: {error}") from None
        except MemoryError:
            raise ModelError(
                f"{place}: out of memory on {device.name}, even with one segment at a time; "
                "take a smaller checkpoint, bfloat16, or runtime.device: cpu"
            ) from None

    return score_segments, load_once.cache_clear
