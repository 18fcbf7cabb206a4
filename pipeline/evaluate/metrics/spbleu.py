"""The tokenizer of spBLEU: the SentencePiece model of FLORES-200, cached or from a file."""

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
class SpBleuModel:
    """A SentencePiece model for spBLEU and its name in a signature.

    sacreBLEU's own copy, or an identical file, is `flores200`. Any other is named by its digest,
    so that different scores are not compared.
    """

    path: Path
    name: str
    digest: str


def spbleu_tokenizer_model(path: str | None) -> SpBleuModel:
    """Return the model: a file, or sacreBLEU's cached copy. Never uses the network.

    Raises ConfigError if there is no such file.
    """
    if path is not None:
        file = Path(path).expanduser()
        if not file.is_file():
            raise ConfigError(f"spbleu_model: {path}: no such file")
        digest = file_digest(file)
        return SpBleuModel(
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
    return SpBleuModel(file, "flores200", file_digest(file))


class SpBleuTokenizer:
    """Tokenizes in sacreBLEU's form: pieces separated by spaces."""

    def __init__(self, model: SpBleuModel) -> None:
        """Load the model. Raises ConfigError if the file is not a SentencePiece model."""
        from sentencepiece import SentencePieceProcessor

        processor: Any = SentencePieceProcessor()
        try:
            processor.Load(str(model.path))
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{model.path}: no SentencePiece model: {error}") from None
        self._name = model.name
        self._pieces = lru_cache(maxsize=2**16)(processor.EncodeAsPieces)

    def signature(self) -> str:
        """Return its name in a signature."""
        return self._name

    def __call__(self, line: str) -> str:
        """Return the pieces of a line, separated by spaces."""
        return " ".join(self._pieces(line))
