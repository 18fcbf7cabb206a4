"""The encoder of a metric: text to ids, and batches of ids to the states of every layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from models.metrics.checkpoint import Tensors, fill_model
from models.metrics.pieces import PieceCutter, load_pieces
from models.metrics.recipe import Recipe
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.seq2seq.transformers import memory_error_when_full, padded
from models.weights.architecture import read_json


@dataclass(frozen=True, slots=True)
class EncoderOutput:
    """The output of an encoder for a batch.

    `layers` are the states of the embeddings and of each layer, batch x tokens x width;
    `ids` and `mask` batch x tokens.
    """

    layers: tuple[torch.Tensor, ...]
    last: torch.Tensor
    ids: torch.Tensor
    mask: torch.Tensor


@dataclass(frozen=True, slots=True)
class Encoder:
    """A transformers encoder with its tokenizer; `max_tokens` is the longest input it reads."""

    model: Any
    cutter: PieceCutter
    max_tokens: int

    @property
    def width(self) -> int:
        """Number of dimensions of a state."""
        return int(self.model.config.hidden_size)

    @property
    def layer_count(self) -> int:
        """Number of layers, the embeddings included."""
        return int(self.model.config.num_hidden_layers) + 1

    def run(self, batch: Sequence[Sequence[int]]) -> EncoderOutput:
        """Encode a batch of ids. Raises MemoryError if it does not fit on the device."""
        with memory_error_when_full():
            ids, mask = padded(batch, self.cutter.padding, self.model.device)
            output = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return EncoderOutput(tuple(output.hidden_states), output.last_hidden_state, ids, mask)


def load_comet_encoder(
    tensors: Tensors,
    recipe: Recipe,
    folder: Path,
    *,
    where: Path,
    device: Device,
    precision: LoadedPrecision,
) -> Encoder:
    """Return the encoder of a COMET checkpoint; `folder` has its config.json and tokenizer."""
    settings = read_json(folder / "config.json")
    classes: dict[str, tuple[Any, Any]] = {
        "XLM-RoBERTa": (transformers.XLMRobertaModel, transformers.XLMRobertaConfig),
        "XLM-RoBERTa-XL": (transformers.XLMRobertaXLModel, transformers.XLMRobertaXLConfig),
        "MiniLM": (transformers.BertModel, transformers.BertConfig),
    }
    model_class, config_class = classes[recipe.encoder_model]
    config = config_class.from_dict(settings)
    # Some checkpoints carry the unused pooler and the numbers of the positions along.
    used = {
        name: each
        for name, each in tensors.items()
        if not name.startswith("pooler.") and not name.endswith("position_ids")
    }
    model = fill_model(
        model_class,
        config,
        used,
        where=where,
        device=device,
        precision=precision,
        add_pooling_layer=False,
    )
    # As `unbabel-comet` counts, for RoBERTa starts its positions at 2.
    return Encoder(model, load_pieces(folder), int(config.max_position_embeddings) - 2)
