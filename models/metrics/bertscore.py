"""BERTScore: match the tokens of hypothesis and reference by the vectors of an encoder.

Zhang et al. 2020, equations of section 3, without idf weights and without rescaling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from transformers import AutoModel

from models.errors import WeightsError
from models.metrics.encoder import Encoder
from models.metrics.pieces import load_pieces
from models.metrics.windows import score_in_windows
from models.protocols import Segment, SegmentScore
from models.runtime.batching import answer_once, run_in_batches
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.seq2seq.transformers import load_checkpoint
from models.specs import BertScoreSpec

# Encoders whose last state is that of their last layer, so that layers can be left off.
SHORTENED = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "electra"})
# Segments whose token vectors are held at a time.
WINDOW = 512
# These number their positions from behind the padding token.
OFFSET_POSITIONS = frozenset({"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """Unit vectors of one text, tokens x width; `counted` excludes special tokens."""

    vectors: torch.Tensor
    counted: torch.Tensor
    truncated: bool


@dataclass(frozen=True, slots=True)
class BertScorer:
    """F1 of BERTScore over one layer of an encoder; parts are precision and recall."""

    encoder: Encoder
    layer: int
    batch_tokens: int
    needs_reference: ClassVar[bool] = True
    higher_is_better: ClassVar[bool] = True

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; a text without tokens scores 0."""
        return score_in_windows(segments, self._score, window=WINDOW, needs_reference=True)

    def _score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        texts = [text for each in segments for text in (each.hypothesis, each.reference or "")]
        # bert-score strips, too: tokenizers differ in what they make of a space at an end.
        tokens = answer_once([text.strip() for text in texts], self._tokens)
        pairs = zip(tokens[::2], tokens[1::2], strict=True)
        return [matched(hypothesis, reference) for hypothesis, reference in pairs]

    def _tokens(self, texts: list[str]) -> list[Tokens]:
        cutter = self.encoder.cutter
        specials = torch.tensor(sorted(set(cutter.specials)))
        pieces = cutter.encode(texts, self.encoder.max_tokens)

        def run(batch: Sequence[int]) -> list[torch.Tensor]:
            with torch.inference_mode():
                encoded = self.encoder.run([pieces[index].ids for index in batch])
                states = encoded.layers[self.layer].float()
                vectors = torch.nn.functional.normalize(states, dim=-1).cpu()
            return [
                row[: len(pieces[index].ids)].clone()
                for row, index in zip(vectors, batch, strict=True)
            ]

        found = run_in_batches([len(each.ids) for each in pieces], self.batch_tokens, run)
        return [
            Tokens(vectors, ~torch.isin(torch.tensor(each.ids), specials), each.truncated)
            for vectors, each in zip(found, pieces, strict=True)
        ]


def matched(hypothesis: Tokens, reference: Tokens) -> SegmentScore:
    """Return the similarity of each token to the most similar token of the other text.

    Special tokens may be matched, as in bert-score, but are not counted themselves.
    """
    similarity = hypothesis.vectors @ reference.vectors.T
    precision = _mean(similarity.max(dim=1).values[hypothesis.counted])
    recall = _mean(similarity.max(dim=0).values[reference.counted])
    if not (hypothesis.counted.any() and reference.counted.any()):
        precision = recall = 0.0
    total = precision + recall
    return SegmentScore(
        score=2 * precision * recall / total if total else 0.0,
        truncated=hypothesis.truncated or reference.truncated,
        parts=(("precision", precision), ("recall", recall)),
    )


def _mean(values: torch.Tensor) -> float:
    return float(values.mean()) if len(values) else 0.0


def load_bertscore(
    spec: BertScoreSpec,
    folder: Path,
    *,
    device: Device,
    precision: LoadedPrecision,
    batch_tokens: int,
) -> BertScorer:
    """Load an encoder checkpoint (BERT, RoBERTa, XLM-RoBERTa, ELECTRA …) for BERTScore."""
    # Only the states of the layers are read: a pooler above them may be missing.
    model = load_checkpoint(
        folder,
        AutoModel,
        device=device,
        precision=precision,
        spare="pooler.",
        trust_remote_code=spec.trust_remote_code,
    )
    layers = int(model.config.num_hidden_layers)
    if spec.layer > layers:
        raise WeightsError(f"layer: {spec.layer} is more than the {layers} layers of {folder}")
    if model.config.model_type in SHORTENED:
        # What comes above is never looked at; but an encoder must have a layer.
        model.encoder.layer = model.encoder.layer[: max(spec.layer, 1)]
    positions = int(model.config.max_position_embeddings)
    if model.config.model_type in OFFSET_POSITIONS:
        positions -= int(model.config.pad_token_id) + 1
    return BertScorer(Encoder(model, load_pieces(folder), positions), spec.layer, batch_tokens)
