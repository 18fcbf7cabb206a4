"""COMET over sentence vectors: encode each text separately, then compare with a small network.

texts ─▶ distinct ─▶ encoder ─▶ layers mixed ─▶ pooled ─▶ differences and products ─▶ score
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from models.metrics.encoder import Encoder, EncoderOutput
from models.metrics.layers import LayerMix, pooled
from models.metrics.recipe import Recipe
from models.metrics.windows import score_in_windows
from models.protocols import Segment, SegmentScore
from models.runtime.batching import answer_once, run_in_batches

# Segments whose vectors are held at a time.
WINDOW = 4096


@dataclass(frozen=True, slots=True)
class SentenceReader:
    """Selects the encoder states for the score: a mix of all layers, or one layer."""

    encoder: Encoder
    recipe: Recipe
    mix: LayerMix | None

    def states(self, encoded: EncoderOutput) -> torch.Tensor:
        """Return one state per token, batch x tokens x width, in float32."""
        if self.mix is not None:
            return self.mix.mix(encoded.layers, encoded.mask)
        return encoded.layers[self.recipe.layer or 0].float()


@dataclass(frozen=True, slots=True)
class CometScorer:
    """COMET (Rei et al. 2020; wmt22-comet-da: Rei et al. 2022), with or without references.

    `kind` in hparams.yaml: `regression_metric` or `referenceless_regression_metric`.
    """

    reader: SentenceReader
    estimator: torch.nn.Module
    batch_tokens: int
    higher_is_better: ClassVar[bool] = True

    @property
    def needs_reference(self) -> bool:
        """True for `regression_metric`."""
        return self.reader.recipe.reads_reference

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; the result has the same length and order."""
        return score_in_windows(
            segments, self._score, window=WINDOW, needs_reference=self.needs_reference
        )

    def _score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        count = len(segments)
        texts = [each.hypothesis for each in segments] + [each.source for each in segments]
        if self.needs_reference:
            texts += [each.reference or "" for each in segments]
        answers = answer_once(texts, self._vectors)
        vectors = torch.stack([vector for vector, _ in answers])
        kinds = [vectors[first : first + count] for first in range(0, len(vectors), count)]
        with torch.inference_mode():
            found = self.estimator(features(*kinds)).reshape(-1).tolist()
        return [
            SegmentScore(score, truncated=any(cut for _, cut in answers[index::count]))
            for index, score in enumerate(found)
        ]

    def _vectors(self, texts: list[str]) -> list[tuple[torch.Tensor, bool]]:
        """Return the vector of each text and whether the text was truncated."""
        encoder = self.reader.encoder
        # COMET leaves two more positions free than the encoder needs.
        pieces = encoder.cutter.encode(texts, encoder.max_tokens - 2)

        def run(batch: Sequence[int]) -> list[torch.Tensor]:
            with torch.inference_mode():
                encoded = encoder.run([pieces[index].ids for index in batch])
                vectors = pooled(
                    self.reader.recipe.pooling,
                    self.reader.states(encoded),
                    encoded.last,
                    encoded.ids,
                    encoded.mask,
                    encoder.cutter.padding,
                )
                return list(vectors.cpu())

        vectors = run_in_batches([len(each.ids) for each in pieces], self.batch_tokens, run)
        return [(vector, each.truncated) for vector, each in zip(vectors, pieces, strict=True)]


def features(
    hypothesis: torch.Tensor, source: torch.Tensor, reference: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the features of Rei et al. 2020 (section 2.3), count x 4 or 6 widths."""
    if reference is None:
        parts = [hypothesis, source, hypothesis * source, (hypothesis - source).abs()]
    else:
        parts = [
            hypothesis,
            reference,
            hypothesis * reference,
            (hypothesis - reference).abs(),
            hypothesis * source,
            (hypothesis - source).abs(),
        ]
    return torch.cat(parts, dim=1)
