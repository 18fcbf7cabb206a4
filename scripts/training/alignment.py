"""Which piece translates which: IBM model 1, and the alignments and embeddings that follow from it.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4.1; the preference
for the diagonal is that of Dyer, Chahuneau and Smith 2013 (fast_align), with a fixed strength.
"""

from collections.abc import Iterator

import numpy as np
import torch

from .pairs import Pairs

NOWHERE = 255
DIAGONAL = 4.0
BLOCK_CELLS = 4_000_000


def blocks(
    pairs: Pairs, lines: np.ndarray
) -> Iterator[tuple[np.ndarray, torch.Tensor, torch.Tensor]]:
    """Lines in blocks of like length: (lines, sources, targets), padded with -1."""
    lines = lines[np.lexsort((pairs.target_lengths[lines], pairs.source_lengths[lines]))]
    sources, targets = pairs.source_lengths[lines].tolist(), pairs.target_lengths[lines].tolist()
    start = widest = 0
    for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
        widest = max(widest, target)
        if place > start and (place + 1 - start) * source * widest > BLOCK_CELLS:
            yield _block(pairs, lines[start:place])
            start, widest = place, target
    yield _block(pairs, lines[start:])


def _block(pairs: Pairs, lines: np.ndarray) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
    return (
        lines,
        torch.from_numpy(pairs.sources(lines, -1)),
        torch.from_numpy(pairs.targets(lines, -1)),
    )


def scores(table: torch.Tensor, sources: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """p(target piece | source piece), sentences × source places × target places; 0 for padding."""
    places = (
        sources.clamp(min=0).long()[:, :, None] * table.shape[1]
        + targets.clamp(min=0).long()[:, None, :]
    )
    found = table.view(-1)[places]
    return found * ((sources >= 0)[:, :, None] & (targets >= 0)[:, None, :])


def lexical_table(
    pairs: Pairs, lines: np.ndarray, sizes: tuple[int, int], iterations: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """(p(target | source), how often pieces stand together), source pieces × target pieces."""
    table = together = torch.ones(sizes)
    for iteration in range(iterations):
        counts = torch.zeros(sizes)
        for _, sources, targets in blocks(pairs, lines):
            expected = scores(table, sources, targets)
            expected /= expected.sum(1, keepdim=True).clamp(min=1e-9)
            places = (
                sources.clamp(min=0).long()[:, :, None] * sizes[1]
                + targets.clamp(min=0).long()[:, None, :]
            )
            counts.view(-1).index_add_(0, places.view(-1), expected.view(-1))
        together = counts if iteration == 0 else together
        table = counts / (counts.sum(1, keepdim=True) + 2.0)
    return table, together


def align(
    pairs: Pairs, lines: np.ndarray, table: torch.Tensor, frequency: torch.Tensor
) -> tuple[np.ndarray, np.ndarray]:
    """(source place of each target piece or NOWHERE, lexical gain of each pair in nats).

    The gain is the mean of log p(target piece | its source sentence) / p(target piece): near or
    below zero for sentences that are no translation of each other.
    """
    places = np.full(len(pairs.target_ids), NOWHERE, np.uint8)
    gains = np.zeros(len(pairs), np.float32)
    for chosen, sources, targets in blocks(pairs, lines):
        probability = scores(table, sources, targets)
        real = targets >= 0
        lengths = (sources >= 0).sum(1)
        unigram = frequency[targets.clamp(min=0).long()]
        mixture = probability.sum(1) / lengths[:, None] + 0.01 * unigram
        gain = ((mixture.log() - unigram.log()) * real).sum(1) / real.sum(1)
        gains[chosen] = gain.numpy()
        row = torch.arange(sources.shape[1])[None, :, None] / lengths[:, None, None]
        column = torch.arange(targets.shape[1])[None, None, :] / real.sum(1)[:, None, None]
        probability *= torch.exp(-DIAGONAL * (row - column).abs())
        best, place = probability.max(1)
        likely = (best > 0.4 * probability.sum(1)) & (best > 3 * unigram) & (place < NOWHERE) & real
        found = torch.where(likely, place, torch.tensor(NOWHERE)).numpy().astype(np.uint8)
        keep = real.numpy()
        places[pairs.target_places(chosen, keep)] = found[keep]
    return places, gains


def lexical_embeddings(
    table: torch.Tensor, together: torch.Tensor, width: int, seed: int
) -> torch.Tensor:
    """Unit rows for all pieces, a source piece near its translations.

    Target pieces: singular vectors of the positive pointwise mutual information of standing
    together (Levy and Goldberg 2014), mixed with noise so that no two are alike. Source-only
    pieces: the mean of their translations.
    """
    torch.manual_seed(seed)
    total, rows, columns = (
        together.sum(),
        together.sum(1, keepdim=True),
        together.sum(0, keepdim=True),
    )
    information = (
        (together * total / (rows * columns).clamp(min=1e-9)).clamp(min=1e-9).log_().clamp_(min=0)
    )
    information *= together > 0.5
    _, singular, right = torch.svd_lowrank(information, q=min(width, *information.shape), niter=2)
    outputs = right * singular.sqrt()
    outputs = outputs - outputs.mean(0)
    outputs = torch.nn.functional.pad(outputs, (0, width - outputs.shape[1]))
    # A rotation spreads the information over all heads of the attention.
    rotation, _ = torch.linalg.qr(torch.randn(width, width))
    outputs = torch.nn.functional.normalize(outputs @ rotation, dim=1)
    outputs = torch.nn.functional.normalize(
        outputs + 0.7 * torch.randn_like(outputs) / width**0.5, dim=1
    )
    embeddings = torch.nn.functional.normalize(torch.randn(table.shape[0], width), dim=1)
    meaning = table @ outputs
    strength = meaning.norm(dim=1, keepdim=True)
    embeddings = torch.nn.functional.normalize(
        meaning / strength.clamp(min=1e-6) + 0.3 * embeddings, dim=1
    )
    embeddings[: len(outputs)] = outputs
    return embeddings
