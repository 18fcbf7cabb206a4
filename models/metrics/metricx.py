"""MetricX-23 and MetricX-24: mT5 reads source, hypothesis and reference and predicts the error.

Juraska et al. 2023 and 2024. The score is the first output of the decoder for one token of
the vocabulary, clipped to 0 (perfect) … 25 (worst).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
import transformers

from models.errors import WeightsError
from models.metrics.checkpoint import Tensors, fill_model, read_tensors
from models.metrics.pieces import PieceCutter, load_pieces
from models.metrics.windows import check_references
from models.protocols import Segment, SegmentScore
from models.runtime.batching import answer_once, run_in_batches
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.seq2seq.transformers import memory_error_when_full, padded
from models.specs import MetricXSpec
from models.weights.architecture import read_json

# <extra_id_10> in the vocabulary of mT5: the output that was trained to be the error.
ERROR_TOKEN = 250089
WORST = 25.0
# What the models were trained with, by version (README of google-research/metricx).
TRAINED_TOKENS = {23: 1024, 24: 1536}


@dataclass(frozen=True, slots=True)
class MetricXScorer:
    """MetricX; `head` is the row of the output layer for the error token, of model width."""

    model: Any
    head: torch.Tensor
    cutter: PieceCutter
    version: Literal[23, 24]
    reference_free: bool
    max_tokens: int
    batch_tokens: int
    higher_is_better: ClassVar[bool] = False  # it predicts the error

    @property
    def needs_reference(self) -> bool:
        """True unless it is configured to compare with the source only."""
        return not self.reference_free

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; the result has the same length and order."""
        if self.needs_reference:
            check_references(segments)
        return answer_once([self._text(each) for each in segments], self._answer)

    def _text(self, segment: Segment) -> str:
        """Return a segment in the input format of the model (metricx23/24, predict.py)."""
        if self.version == 23:
            text = f"candidate: {segment.hypothesis}"
            if self.reference_free:
                return f"{text} source: {segment.source}"
            return f"{text} reference: {segment.reference}"
        text = f"source: {segment.source} candidate: {segment.hypothesis}"
        return text if self.reference_free else f"{text} reference: {segment.reference}"

    def _answer(self, texts: list[str]) -> list[SegmentScore]:
        pieces = self.cutter.encode(texts, self.max_tokens)
        # The end-of-sentence token is taken off, as in training.
        ids = [each.ids[:-1] for each in pieces]

        def run(batch: Sequence[int]) -> list[float]:
            with torch.inference_mode(), memory_error_when_full():
                return self._run([ids[index] for index in batch])

        scores = run_in_batches([len(each) for each in ids], self.batch_tokens, run)
        return [
            SegmentScore(score, truncated=each.truncated)
            for score, each in zip(scores, pieces, strict=True)
        ]

    def _run(self, batch: Sequence[Sequence[int]]) -> list[float]:
        ids, mask = padded(batch, self.cutter.padding, self.model.device)
        states = self.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        decoded = self.model.decoder(
            input_ids=torch.zeros_like(ids[:, :1]),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=False,
        ).last_hidden_state[:, 0]
        errors = decoded.float() @ self.head
        return [float(each) for each in errors.clamp(0, WORST).tolist()]


def load_metricx(
    spec: MetricXSpec,
    folder: Path,
    tokenizer: Path,
    *,
    device: Device,
    precision: LoadedPrecision,
    batch_tokens: int,
) -> MetricXScorer:
    """Load a MetricX checkpoint, safetensors or pytorch_model.bin, and mT5's tokenizer."""
    settings = read_json(folder / "config.json")
    tensors = read_tensors(folder)
    row = _head(tensors, settings, folder)
    config = transformers.MT5Config.from_dict(settings)
    # About the input and output layer; the encoder and decoder share their embeddings anyway,
    # but transformers 5 ties those, too, only where this is set.
    config.tie_word_embeddings = True
    model = fill_model(
        transformers.MT5Model,
        config,
        _stacks(tensors),
        where=folder,
        device=device,
        precision=precision,
    )
    return MetricXScorer(
        model=model,
        head=row.to(device.name),
        cutter=load_pieces(tokenizer),
        version=spec.version,
        reference_free=spec.reference_free,
        max_tokens=spec.max_tokens or TRAINED_TOKENS[spec.version],
        batch_tokens=batch_tokens,
    )


def _head(tensors: Tensors, settings: dict[str, Any], folder: Path) -> torch.Tensor:
    """Return the row of the output layer that predicts the error, of model width, in float32."""
    head, shared = tensors.get("lm_head.weight"), tensors.get("shared.weight")
    tied = bool(settings.get("tie_word_embeddings", False))
    if tied and head is not None and shared is not None and not torch.equal(head, shared):
        raise WeightsError(
            f"{folder}/config.json: tie_word_embeddings is true, but the output layer is not the "
            "embeddings; transformers 5 writes this where it saves an mT5: set it to false"
        )
    head = shared if tied else head
    if head is None or len(head) <= ERROR_TOKEN:
        found = "none" if head is None else f"one of {len(head)} rows"
        raise WeightsError(
            f"{folder}: MetricX needs an lm_head.weight with row {ERROR_TOKEN}, found {found}; "
            "is this a MetricX checkpoint?"
        )
    row = head[ERROR_TOKEN].float().clone()
    return row * settings["d_model"] ** -0.5 if tied else row


def _stacks(tensors: Tensors) -> Tensors:
    """Return encoder and decoder with one copy of their embeddings, under the name `shared`."""
    copies = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    stacks = {
        name: each for name, each in tensors.items() if name not in (*copies, "lm_head.weight")
    }
    shared = next((tensors[name] for name in copies if name in tensors), None)
    return stacks if shared is None else {**stacks, "shared.weight": shared}
