"""The endless stream of batches, determined by (seed, epoch, index) so that it resumes exactly."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from .pairs import Pairs
from .recipe import Training

IGNORED = -100


@dataclass(frozen=True)
class Batch:
    """Sources of one length (so no mask), targets padded with IGNORED, aligned source places."""

    sources: torch.Tensor
    inputs: torch.Tensor
    labels: torch.Tensor
    places: torch.Tensor

    @property
    def target_tokens(self) -> int:
        """Target pieces without padding."""
        return int((self.labels != IGNORED).sum())

    def with_other_sources(self) -> "Batch":
        """Each target with the source of its neighbour, which has the same length."""
        return Batch(self.sources.roll(1, 0), self.inputs, self.labels, self.places)


def on_device(batch: Batch, device: torch.device) -> Batch:
    """The batch where the network is."""
    tensors = (batch.sources, batch.inputs, batch.labels, batch.places)
    if device.type == "cuda":
        return Batch(*(each.pin_memory().to(device, non_blocking=True) for each in tensors))
    return Batch(*(each.to(device) for each in tensors))


def make_batch(pairs: Pairs, lines: np.ndarray, start: int) -> Batch:
    """The batch of some lines; the decoder reads `start` first."""
    targets = pairs.targets(lines, IGNORED)
    inputs = np.full_like(targets, start)
    inputs[:, 1:] = np.where(targets[:, :-1] == IGNORED, start, targets[:, :-1])
    arrays = (pairs.sources(lines, IGNORED), inputs, targets, pairs.places(lines))
    return Batch(*(torch.from_numpy(array).long() for array in arrays))


def groups(pairs: Pairs, lines: np.ndarray, max_tokens: int) -> list[np.ndarray]:
    """Lines in groups of one source length and like target lengths, `max_tokens` padded at most."""
    sources, targets = pairs.source_lengths, pairs.target_lengths
    lines = lines[np.lexsort((targets[lines], sources[lines]))]
    cut: list[np.ndarray] = []
    edges = np.flatnonzero(np.diff(sources[lines])) + 1
    for same in np.split(lines, edges):
        longest = np.maximum(targets[same], sources[same])
        start = 0
        while start < len(same):
            # Targets ascend, so the padded size of a group is its count times its last target.
            window = longest[start : start + max_tokens // longest[start] + 1]
            sizes = np.arange(1, len(window) + 1) * window
            count = max(1, int(np.searchsorted(sizes, max_tokens, side="right")))
            cut.append(same[start : start + count])
            start += count
    return cut


class BatchStream:
    """Steps of a few batches each. `position` is (epoch, index of the next group)."""

    def __init__(
        self, pairs: Pairs, settings: Training, start: int, position: tuple[int, int] = (0, 0)
    ):
        self.pairs, self.settings, self.start = pairs, settings, start
        self.position = position
        self._pool = ThreadPoolExecutor(1)
        self._orders: dict[int, Future[list[np.ndarray]]] = {}

    def __iter__(self) -> Iterator[list[Batch]]:
        while True:
            step, tokens = [], 0
            while tokens < self.settings.batch_tokens:
                step.append(make_batch(self.pairs, self._next_group(), self.start))
                tokens += step[-1].target_tokens
            yield step

    def _next_group(self) -> np.ndarray:
        epoch, index = self.position
        if epoch not in self._orders:
            self._orders[epoch] = self._pool.submit(self._order, epoch)
        order = self._orders[epoch].result()
        if epoch + 1 not in self._orders:  # made while this epoch is trained on
            self._orders = {
                epoch: self._orders[epoch],
                epoch + 1: self._pool.submit(self._order, epoch + 1),
            }
        if index >= len(order):
            self.position = (epoch + 1, 0)
            return self._next_group()
        self.position = (epoch, index + 1)
        return order[index]

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Groups of one epoch: each pair as often as its weight says, a fraction by chance."""
        generator = np.random.default_rng([self.settings.seed, epoch])
        weights = np.asarray(self.pairs.weights)
        times = np.floor(weights + generator.random(len(weights), np.float32)).astype(np.int64)
        lines = generator.permutation(np.repeat(np.arange(len(weights)), times))
        cut = groups(self.pairs, lines, self.settings.microbatch_tokens)
        order = [cut[i] for i in generator.permutation(len(cut))]
        if epoch == 0 and self.settings.opening_tokens:
            order = self._short_first(order)
        return order

    def _short_first(self, order: list[np.ndarray]) -> list[np.ndarray]:
        lengths = self.pairs.target_lengths
        opening, rest, tokens = [], [], 0
        for group in order:
            short = lengths[group].max() <= self.settings.opening_max_pieces
            if short and tokens < self.settings.opening_tokens:
                opening.append(group)
                tokens += int(lengths[group].sum())
            else:
                rest.append(group)
        return opening + rest
