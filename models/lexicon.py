"""From sentence pairs to a shortlist: which source words ask for rare target words.

Every rare word of a translation is charged to the source words beside it by expectation
maximisation, as in IBM model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine
Translation", section 4.1), but only rare words have columns: frequent ones are in every level.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.architecture import read_json
from models.shortlist import RISK_UNIT, Shortlist
from models.tokens import PieceTokenizer, Tokenizer

SIZES = (4096, 8192, 12288, 16384, 20480, 24576, 32768)
ITERATIONS = 5
# What a source piece is taken to risk before it has been seen, worth this many sightings.
PRIOR_RISK = 0.5
FORBIDDING_BIAS = -1000

Counts = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ids = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Pair = tuple[Sequence[int], Sequence[int]]
"""The ids of a sentence and of its translation, the latter by the target's tokenizer."""


def make_shortlist(
    pairs: Sequence[Pair],
    tokenizer: Tokenizer,
    possible: Sequence[int],
    vocabulary_size: int,
    *,
    tolerance: float,
    sizes: Sequence[int] = SIZES,
) -> Shortlist:
    """Count sentence pairs into a shortlist.

    `possible` are the ids that the model can write at all: the last level, where they are
    not the whole vocabulary. `tolerance` is how many words of a translation may be
    expected to be missing from its candidates, for each word of the source. Marks, digits and
    single letters are in every level, seen or not.
    """
    counts = np.bincount(_flat([target for _, target in pairs]), minlength=vocabulary_size)
    most = int(counts.max(initial=0)) + 1
    counts[_always(tokenizer, vocabulary_size)] += most
    # A language that every output must start with is among these.
    counts[[token for token in tokenizer.specials if token < vocabulary_size]] += 2 * most
    able = np.zeros(vocabulary_size, bool)
    able[list(possible)] = True
    ranked = np.argsort(np.where(able, -counts, 1), kind="stable")[: int(able.sum())]
    kept = tuple(size for size in sizes if size < int((counts[able] > 0).sum()))
    rank = np.full(vocabulary_size, len(ranked), np.int64)
    rank[ranked] = np.arange(len(ranked))
    risks = _risks(pairs, rank, kept, vocabulary_size)
    complete = len(ranked) < vocabulary_size
    every = (*kept, len(ranked)) if complete else kept
    return Shortlist(
        ranked=tuple(ranked[: max(every, default=0)].tolist()),
        sizes=every,
        risks={
            token: tuple(int(risk) for risk in np.ceil(RISK_UNIT * risks[token]))
            for token in np.unique(_flat([source for source, _ in pairs])).tolist()
        },
        tolerance=round(RISK_UNIT * tolerance),
        complete=complete,
    )


def possible_outputs(
    folder: Path, tokenizer: Tokenizer, vocabulary_size: int, banned: Sequence[int] = ()
) -> list[int]:
    """List the ids that a model can write: all, less what is banned or its files rule out.

    Marian's target.spm names the pieces it was trained to write, and a final bias of minus
    a thousand or less is how a checkpoint forbids some.
    """
    able = np.ones(vocabulary_size, bool)
    if isinstance(tokenizer, PieceTokenizer):
        able[:] = False
        pieces = [tokenizer.target.id_to_piece(k) for k in range(len(tokenizer.target))]
        able[[*tokenizer.identify(pieces), tokenizer.end]] = True
    able &= _final_bias(folder, vocabulary_size) > FORBIDDING_BIAS
    able[tokenizer.end] = True
    able[list(banned)] = False
    return [int(token) for token in np.flatnonzero(able)]


def writable_words(folder: Path, tokenizer: Tokenizer, banned: Sequence[int]) -> Shortlist | None:
    """Give the shortlist of a single level that holds all a model can write.

    None where that is its whole vocabulary.
    """
    size = int(read_json(folder / "config.json")["vocab_size"])
    possible = possible_outputs(folder, tokenizer, size, banned)
    if len(possible) + len(banned) >= size:
        return None
    return Shortlist(
        ranked=tuple(possible), sizes=(len(possible),), risks={}, tolerance=0, complete=True
    )


def _final_bias(folder: Path, vocabulary_size: int) -> Any:
    from safetensors import safe_open

    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(str(file), framework="np") as tensors:
            if "final_logits_bias" in tensors.keys():  # noqa: SIM118 - no mapping
                return tensors.get_tensor("final_logits_bias").reshape(-1)[:vocabulary_size]
    return np.zeros(vocabulary_size)


def _always(tokenizer: Tokenizer, size: int) -> list[int]:
    """List the ids that any sentence may need: ends, marks, digits, single ASCII letters."""
    names = tokenizer.pieces(range(size))
    ids = [token for token, name in enumerate(names) if name and len(name) <= 2 and _plain(name)]
    return sorted({tokenizer.end, *ids})


def _plain(name: str) -> bool:
    text = name.replace("▁", "")
    return text.isascii() and (len(text) <= 1 or text.isdigit())


def _risks(pairs: Sequence[Pair], rank: Ids, sizes: Sequence[int], vocabulary_size: int) -> Counts:
    """Give the words expected beyond each level per sighting: source ids × levels."""
    sightings = np.bincount(_flat([source for source, _ in pairs]), minlength=vocabulary_size)
    sources, targets, groups = _cells(pairs, rank, min(sizes, default=len(rank)))
    cells, place = np.unique(sources * len(rank) + targets, return_inverse=True)
    own_source, own_target = np.divmod(cells, len(rank))
    rate: Any = np.ones(len(cells))
    charged: Any = rate
    for _ in range(ITERATIONS if len(cells) else 0):
        share = rate[place]
        share /= np.bincount(groups, weights=share)[groups]
        charged = np.bincount(place, weights=share, minlength=len(cells))
        rate = charged / sightings[own_source]
    risks = np.zeros((vocabulary_size, len(sizes)))
    for level, size in enumerate(sizes):
        beyond = rank[own_target] >= size
        missed = np.bincount(own_source[beyond], weights=charged[beyond], minlength=vocabulary_size)
        risks[:, level] = (missed + PRIOR_RISK) / (sightings + 1)
    return risks


def _cells(pairs: Sequence[Pair], rank: Ids, common: int) -> tuple[Ids, Ids, Ids]:
    """Pair every rare target word with each source word beside it: sources, targets, groups.

    A group is one rare word of one sentence; its cells share its charge.
    """
    sources: list[Ids] = []
    targets: list[Ids] = []
    groups: list[Ids] = []
    count = 0
    for source, target in pairs:
        known = np.asarray(source, np.int64)
        rare = np.asarray(target, np.int64)
        rare = rare[rank[rare] >= common]
        if not len(known) or not len(rare):
            continue
        sources.append(np.tile(known, len(rare)))
        targets.append(np.repeat(rare, len(known)))
        groups.append(np.repeat(np.arange(count, count + len(rare)), len(known)))
        count += len(rare)
    return _joined(sources), _joined(targets), _joined(groups)


def _joined(parts: Sequence[Ids]) -> Ids:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _flat(rows: Sequence[Sequence[int]]) -> Ids:
    return _joined([np.asarray(row, np.int64) for row in rows])
