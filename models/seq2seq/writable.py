"""The words a checkpoint can write at all: CTranslate2 computes its output layer for these alone.

OPUS-MT's vocabulary holds both languages, and half of it is never written. Leaving that half out
changes no translation and makes beam search a third faster. CTranslate2 restricts the output per
source token (`vmap.txt`), so a converted model gets one more end-of-source token that maps to the
writable words.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.seq2seq.tokenizer import SentencePieceTokenizer, Tokenizer
from models.weights.architecture import read_json

MARK = "<writable>"
"""The source token that ends a sentence and stands for the writable words in a converted model."""

FORBIDDING_BIAS = -1000
ADDED_BY_CTRANSLATE2 = frozenset({"</s>", "<s>", "<unk>", "<pad>", "<blank>"})


def knows_writable_words(folder: Path) -> bool:
    """True if the checkpoint's files say which words it can write (Marian's `target.spm` does)."""
    return (folder / "target.spm").is_file()


def writable_words(
    folder: Path, tokenizer: Tokenizer, banned: Sequence[int]
) -> tuple[int, ...] | None:
    """Return the target ids that a model can write, in order; None if that is every id.

    `banned` are ids that the search suppresses in any case.
    """
    size = int(read_json(folder / "config.json")["vocab_size"])
    possible = possible_outputs(folder, tokenizer, size, banned)
    return possible if len(possible) + len(banned) < size else None


def possible_outputs(
    folder: Path, tokenizer: Tokenizer, vocabulary_size: int, banned: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return the ids that a model can write: all, less those that are banned or never trained.

    Marian's target.spm names the pieces it was trained to write, and a final bias of minus
    a thousand or less is how a checkpoint forbids a word.
    """
    import numpy as np  # a run with nothing to do must not wait for it

    able = np.ones(vocabulary_size, bool)
    if isinstance(tokenizer, SentencePieceTokenizer):
        able[:] = False
        pieces = [tokenizer.target.id_to_piece(k) for k in range(len(tokenizer.target))]
        able[[*tokenizer.identify(pieces), tokenizer.end]] = True
    bias = _final_bias(folder)
    if bias is not None:
        able &= bias[:vocabulary_size] > FORBIDDING_BIAS
    able[tokenizer.end] = True
    able[list(banned)] = False
    return tuple(np.flatnonzero(able).tolist())


def output_order(writable: Sequence[int], names: Sequence[str]) -> list[int]:
    """Return all target ids, ordered so that the writable ones are a run near the start.

    CTranslate2 4.8 keeps a word's place in the output from one batch to the next. What it adds
    to every restricted output comes first; a piece with a blank inside cannot be listed in
    vmap.txt and comes after the writable ones.
    """
    fixed = [token for token, name in enumerate(names) if name in ADDED_BY_CTRANSLATE2]
    listed = [token for token in writable if token < len(names) and len(names[token].split()) == 1]
    return list(dict.fromkeys([*fixed, *listed, *range(len(names))]))


def vocabulary_map(writable: Sequence[int], ordered: Sequence[str]) -> str:
    """Return CTranslate2's vmap.txt: the mark, a tab, the writable pieces.

    `ordered` are the names of all target pieces in `output_order`.
    """
    return f"{MARK}\t{' '.join(ordered[: len(writable)])}\n"


def _final_bias(folder: Path) -> Any:
    from safetensors import safe_open

    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(str(file), framework="np") as tensors:
            if "final_logits_bias" in tensors.keys():  # noqa: SIM118 - no mapping
                return tensors.get_tensor("final_logits_bias").reshape(-1)
    return None
