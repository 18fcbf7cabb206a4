"""The tokenizer of spBLEU: FLORES-200's SentencePiece model, from sacreBLEU's cache or a file."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.weights.checksums import file_digest
from pipeline.errors import ConfigError

FLORES200 = "14bb8dfb35c0ffdea7bc01e56cea38b9e3d5efcdcb9c251d6b40538e1aab555a"
"""SHA-256 of the model that sacreBLEU downloads, the same as NLLB's sentencepiece.bpe.model."""

_NAME_IN_CACHE = "flores200sacrebleuspm"


@dataclass(frozen=True, slots=True)
class PieceModel:
    """A SentencePiece model for spBLEU and how it is called in a signature.

    It is `flores200`, as sacreBLEU writes it, where it is sacreBLEU's own copy or the very
    same file; any other is named by its digest, so that nobody compares what differs.
    """

    path: Path
    name: str
    digest: str


def piece_model(path: str | None) -> PieceModel:
    """Find the model: a file, or what sacreBLEU has fetched. Never touches the network.

    Raises ConfigError where there is none.
    """
    if path is not None:
        file = Path(path).expanduser()
        if not file.is_file():
            raise ConfigError(f"spbleu_model: {path}: no such file")
        digest = file_digest(file)
        return PieceModel(
            file, "flores200" if digest == FLORES200 else f"spm-{digest[:12]}", digest
        )
    from sacrebleu.utils import SACREBLEU_DIR

    file = Path(os.fspath(SACREBLEU_DIR)) / "models" / _NAME_IN_CACHE
    if not file.is_file():
        raise ConfigError(
            f"metrics: spbleu: its tokenizer is missing ({file}); name a copy in spbleu_model "
            "(sentencepiece.bpe.model of any NLLB-200 checkpoint is the same file), or fetch it "
            "once with a network: `echo x | sacrebleu --tokenize flores200 <(echo x)`"
        )
    return PieceModel(file, "flores200", file_digest(file))


class PieceTokenizer:
    """Cuts text as sacreBLEU's tokenizers do: pieces with spaces between."""

    def __init__(self, model: PieceModel) -> None:
        """Load the model. Raises ConfigError if the file is none."""
        from sentencepiece import SentencePieceProcessor

        processor: Any = SentencePieceProcessor()
        try:
            processor.Load(str(model.path))
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{model.path}: no SentencePiece model: {error}") from None
        self._name = model.name
        self._pieces = lru_cache(maxsize=2**16)(processor.EncodeAsPieces)

    def signature(self) -> str:
        """Return what a signature calls it."""
        return self._name

    def __call__(self, line: str) -> str:
        """Return the pieces of a line."""
        return " ".join(self._pieces(line))
