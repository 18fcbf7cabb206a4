"""Encoded sentence pairs in flat arrays on disk, so that a million pairs cost no Python objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

ARRAYS = (
    "source_ids",
    "source_starts",
    "target_ids",
    "target_starts",
    "origins",
    "weights",
    "alignment",
)


@dataclass(frozen=True)
class Pairs:
    """Pair i is source_ids[source_starts[i]:source_starts[i+1]] and the same of the target.

    Both sides end with the end piece. `alignment` has a source place for every target piece.
    """

    source_ids: np.ndarray
    source_starts: np.ndarray
    target_ids: np.ndarray
    target_starts: np.ndarray
    origins: np.ndarray
    weights: np.ndarray
    alignment: np.ndarray

    @classmethod
    def made_from(
        cls,
        sources: Sequence[np.ndarray],
        targets: Sequence[np.ndarray],
        origins: np.ndarray,
        weights: np.ndarray,
    ) -> Self:
        """Pairs without alignment."""
        starts = [
            np.concatenate([[0], np.cumsum([len(ids) for ids in side])])
            for side in (sources, targets)
        ]
        target_ids = np.concatenate(targets)
        nowhere = np.full(len(target_ids), 255, np.uint8)
        return cls(
            np.concatenate(sources), starts[0], target_ids, starts[1], origins, weights, nowhere
        )

    def __len__(self) -> int:
        return len(self.source_starts) - 1

    @cached_property
    def source_lengths(self) -> np.ndarray:
        """Source pieces of each pair."""
        return np.diff(self.source_starts)

    @cached_property
    def target_lengths(self) -> np.ndarray:
        """Target pieces of each pair."""
        return np.diff(self.target_starts)

    def sources(self, lines: np.ndarray, padding: int) -> np.ndarray:
        """Source ids of some lines as one int32 matrix."""
        return _matrix(self.source_ids, self.source_starts, lines, padding)

    def targets(self, lines: np.ndarray, padding: int) -> np.ndarray:
        """Target ids of some lines as one int32 matrix."""
        return _matrix(self.target_ids, self.target_starts, lines, padding)

    def places(self, lines: np.ndarray) -> np.ndarray:
        """Aligned source places of the target pieces of some lines; 255 is nowhere."""
        return _matrix(self.alignment, self.target_starts, lines, 255)

    def target_places(self, lines: np.ndarray, real: np.ndarray) -> np.ndarray:
        """Indices into `target_ids` of the cells of a target matrix that are not padding."""
        columns = np.arange(real.shape[1])
        places: np.ndarray = (self.target_starts[lines][:, None] + columns)[real]
        return places

    def write(self, folder: Path) -> None:
        """Make one .npy file for each array."""
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The pairs that `write` made, mapped rather than loaded."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS))


def _matrix(values: np.ndarray, starts: np.ndarray, lines: np.ndarray, padding: int) -> np.ndarray:
    begin, lengths = starts[lines], starts[lines + 1] - starts[lines]
    columns = np.arange(lengths.max())
    real = columns < lengths[:, None]
    matrix = np.full(real.shape, padding, np.int32)
    matrix[real] = values[(begin[:, None] + columns)[real]]
    return matrix
