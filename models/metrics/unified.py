"""Unified COMET: all segments in one sequence, a score, and a label for every token.

hypothesis + source             ─┐
hypothesis + reference          ─┼▶ encoder ─▶ first token ─▶ score  ─┐
hypothesis + source + reference ─┘           ─▶ tokens ─▶ labels ─▶ spans ─▶ weighted sum
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from models.metrics.comet import WINDOW, SentenceReader
from models.metrics.pieces import Pieces
from models.metrics.spans import error_spans, mqm_score
from models.metrics.windows import score_in_windows
from models.protocols import ErrorSpan, Segment, SegmentScore
from models.runtime.batching import answer_once, run_in_batches

# Shares of the three readings in a label (unbabel-comet, UnifiedMetric) and, with the share of
# the error spans at the end, in XCOMET's score (XCOMETMetric; Guerreiro et al. 2024).
LABEL_SHARES = (0.1667, 0.3333, 0.5)
SCORE_SHARES = (0.12, 0.33, 0.33, 0.22)
READING_NAMES = ("source", "reference", "unified")


@dataclass(frozen=True, slots=True)
class InputSequence:
    """One input sequence; its first `hypothesis_tokens` ids are the hypothesis."""

    ids: tuple[int, ...]
    hypothesis_tokens: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class SequenceScore:
    """The model's output for a reading; `labels` is hypothesis tokens x labels, on the CPU."""

    score: float
    labels: torch.Tensor | None


@dataclass(frozen=True, slots=True)
class UnifiedScorer:
    """UniTE (Wan et al. 2022), CometKiwi (Rei et al. 2022) and XCOMET (Guerreiro et al. 2024).

    `tagger` labels tokens; None for a model that only scores.
    """

    reader: SentenceReader
    estimator: torch.nn.Module
    tagger: torch.nn.Module | None
    reference_free: bool
    batch_tokens: int
    higher_is_better: ClassVar[bool] = True

    @property
    def needs_reference(self) -> bool:
        """True unless the model cannot use a reference or is configured without."""
        return self.reader.recipe.reads_reference and not self.reference_free

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; the result has the same length and order."""
        return score_in_windows(
            segments, self._score, window=WINDOW, needs_reference=self.needs_reference
        )

    def _score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        cutter = self.reader.encoder.cutter
        limit = self.reader.encoder.max_tokens - 2
        hypotheses = cutter.encode([each.hypothesis for each in segments], limit)
        others: list[list[Pieces]] = []
        if self.reader.recipe.reads_source:
            others.append(cutter.encode([each.source for each in segments], limit))
        if self.needs_reference:
            others.append(cutter.encode([each.reference or "" for each in segments], limit))
        readings = [
            self._readings(hypothesis, [other[index] for other in others])
            for index, hypothesis in enumerate(hypotheses)
        ]
        verdicts = iter(answer_once([one for each in readings for one in each], self._verdicts))
        return [
            self._weighed(each, [next(verdicts) for _ in each], hypothesis)
            for each, hypothesis in zip(readings, hypotheses, strict=True)
        ]

    def _readings(self, hypothesis: Pieces, others: Sequence[Pieces]) -> list[InputSequence]:
        """Return the sequences of a segment: one, or three with both source and reference."""
        groups = [[other] for other in others] + ([list(others)] if len(others) > 1 else [])
        return [self._reading([hypothesis, *group]) for group in groups]

    def _reading(self, segments: Sequence[Pieces]) -> InputSequence:
        """Return joined segments, `<s> a </s></s> b </s>`, truncated to the encoder's limit."""
        padding = self.reader.encoder.cutter.padding
        kept = [[each for each in segment.ids if each != padding] for segment in segments]
        begin, end = kept[0][0], kept[0][-1]
        ids = [begin, *kept[0][1:-1]]
        for following in kept[1:]:
            ids += [end, end, *following[1:-1]]
        ids.append(end)
        limit = self.reader.encoder.max_tokens
        return InputSequence(
            ids=tuple(ids[:limit]),
            hypothesis_tokens=len(segments[0].offsets),
            truncated=len(ids) > limit or any(each.truncated for each in segments),
        )

    def _verdicts(self, readings: list[InputSequence]) -> list[SequenceScore]:
        def run(batch: Sequence[int]) -> list[SequenceScore]:
            with torch.inference_mode():
                return self._run([readings[index] for index in batch])

        return run_in_batches([len(each.ids) for each in readings], self.batch_tokens, run)

    def _run(self, readings: Sequence[InputSequence]) -> list[SequenceScore]:
        encoded = self.reader.encoder.run([each.ids for each in readings])
        # The first token stands for the sentence, whatever hparams.yaml says of pooling.
        firsts = self.reader.states(encoded)[:, 0]
        scores = self.estimator(firsts.cpu()).reshape(-1).tolist()
        word_layer = self.reader.recipe.word_layer
        if self.tagger is None or word_layer is None:
            return [SequenceScore(score, None) for score in scores]
        longest = max(each.hypothesis_tokens for each in readings)
        states = encoded.layers[word_layer][:, :longest].float().cpu()
        labels = torch.softmax(self.tagger(states), dim=2)
        return [
            SequenceScore(score, row[: reading.hypothesis_tokens].clone())
            for score, row, reading in zip(scores, labels, readings, strict=True)
        ]

    def _weighed(
        self,
        readings: Sequence[InputSequence],
        verdicts: Sequence[SequenceScore],
        hypothesis: Pieces,
    ) -> SegmentScore:
        scores = [each.score for each in verdicts]
        spans = self._spans(verdicts, hypothesis)
        parts = list(zip(READING_NAMES, scores, strict=False)) if len(scores) > 1 else []
        if self.reader.recipe.identifier == "xcomet_metric":
            mqm = mqm_score(spans)
            score = _xcomet_score(scores, mqm)
            parts = parts or [("source", min(scores[0], 1.0))]
            parts.append(("mqm", mqm))
        else:
            score = sum(scores) / len(scores)
        return SegmentScore(
            score=score,
            truncated=any(each.truncated for each in readings),
            parts=tuple(parts),
            spans=spans,
        )

    def _spans(
        self, verdicts: Sequence[SequenceScore], hypothesis: Pieces
    ) -> tuple[ErrorSpan, ...]:
        labels = [each.labels for each in verdicts if each.labels is not None]
        if not labels:
            return ()
        shares = LABEL_SHARES if len(labels) > 1 else (1.0,)
        weighed = torch.stack(
            [share * each for share, each in zip(shares, labels, strict=True)]
        ).sum(dim=0)
        return error_spans(weighed.tolist(), hypothesis.offsets, self.reader.recipe.error_labels)


def _xcomet_score(scores: Sequence[float], mqm: float) -> float:
    """Return the weighted sum of readings (at most 1) and spans (XCOMETMetric.predict_step)."""
    at_most_one = [min(score, 1.0) for score in scores]
    if len(at_most_one) == 1:
        return at_most_one[0] * sum(SCORE_SHARES[:3]) + mqm * SCORE_SHARES[3]
    return sum(
        share * score for share, score in zip(SCORE_SHARES, [*at_most_one, mqm], strict=True)
    )
