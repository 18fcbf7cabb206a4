"""How probable a translation model finds a given translation: token by token, nothing searched.

(source, translation) ─▶ Tokenizer ─▶ batches ─▶ ForcedDecoders ─▶ TranslationScore

Thompson and Post 2020 (Prism-src) judge any system's output so: the model is made to write
it, and what it thinks of every token is the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from models.errors import WeightsError
from models.protocols import TranslationScore, Translator
from models.runtime.batching import answer_once
from models.runtime.control import Control
from models.runtime.tuning import FORCED_TOKENS
from models.runtime.workers import run_on_workers
from models.seq2seq.tokenizer import Encoded, Tokenizer
from models.seq2seq.translator import BatchTranslator, Decoding, is_blank


@dataclass(frozen=True, slots=True)
class Forced:
    """What a model thinks of an output it was made to write, one value a token and the end.

    `log_probabilities` over the whole vocabulary, banned tokens too; `entropies` of the
    distributions they come from in nats, empty where a backend does not show them.
    """

    log_probabilities: tuple[float, ...]
    entropies: tuple[float, ...] = ()


@runtime_checkable
class ForcedDecoder(Protocol):
    """A backend that scores given outputs. Raises MemoryError when a batch does not fit."""

    def force(
        self, inputs: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
    ) -> list[Forced]:
        """Score outputs, given without their end, each after its input; length and order kept.

        A forced first token is part of an output and of the result.
        """
        ...


@dataclass(frozen=True, slots=True)
class BatchScorer:
    """Scores (source, translation) pairs on decoders that answer alike, one a device.

    Its laws are those of a SegmentScorer, up to a rounding of 1e-4. `batch_tokens` are padded
    tokens of both sides.
    """

    decoders: tuple[ForcedDecoder, ...]
    tokenizer: Tokenizer
    decoding: Decoding
    batch_tokens: int

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[TranslationScore]:
        """Score each (source, translation); the result has the same length and order.

        Each distinct pair is scored once. Nothing as a translation of nothing is certain.
        """
        return answer_once(pairs, self._score)

    def estimate(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return exp(mean token log-probability) of each pair: how sure the model is of it."""
        return [score.confidence for score in self.score(pairs)]

    def _score(self, pairs: list[tuple[str, str]]) -> list[TranslationScore]:
        answers = [TranslationScore(()) for _ in pairs]
        asked = [at for at, texts in enumerate(pairs) if not all(map(is_blank, texts))]
        sources = self.tokenizer.encode(
            [pairs[at][0] for at in asked], self.decoding.max_source_tokens
        )
        # one token of the output is its end; a forced first one takes a position as well
        room = self.decoding.max_target_tokens - 1
        if self.decoding.positions is not None and self.decoding.first_token is not None:
            room = min(room, self.decoding.positions - 2)
        targets = self.tokenizer.encode_target([pairs[at][1] for at in asked], room)
        for at, score in zip(asked, self._forced(sources, targets), strict=True):
            answers[at] = score
        return answers

    def _forced(
        self, sources: Sequence[Encoded], targets: Sequence[Encoded]
    ) -> list[TranslationScore]:
        first = self.decoding.first_token
        prefix = () if first is None else (first,)

        def run(decoder: ForcedDecoder, batch: Sequence[int], _: Control) -> list[TranslationScore]:
            forced = decoder.force(
                [sources[at].ids for at in batch], [(*prefix, *targets[at].ids) for at in batch]
            )
            return [
                _counted(own, sources[at], targets[at], len(prefix))
                for at, own in zip(batch, forced, strict=True)
            ]

        sizes = [len(s.ids) + len(t.ids) + 2 for s, t in zip(sources, targets, strict=True)]
        try:
            return run_on_workers(self.decoders, sizes, self.batch_tokens, run)
        except MemoryError as error:
            raise WeightsError(
                f"the device has no memory to score a single sentence ({error}); lower "
                "max_source_tokens and max_target_tokens, or use a smaller precision"
            ) from error


def translation_scorer(translator: Translator) -> BatchScorer:
    """Make a loaded translation model score given translations; it shares the weights.

    Raises WeightsError where the model cannot be forced.
    """
    if isinstance(translator, BatchTranslator):
        able = tuple(each for each in translator.decoders if isinstance(each, ForcedDecoder))
        if len(able) == len(translator.decoders):
            return BatchScorer(
                able,
                translator.tokenizer,
                translator.decoding,
                min(translator.batch_tokens, FORCED_TOKENS),
            )
    raise WeightsError(
        f"{type(translator).__name__}: this kind of model cannot score given translations; "
        "take an encoder-decoder (kind: seq2seq)"
    )


def _counted(forced: Forced, source: Encoded, target: Encoded, skipped: int) -> TranslationScore:
    """Leave out the forced token, and the end of an output that was cut before it."""
    counted = slice(skipped, -1 if target.truncated else None)
    return TranslationScore(
        log_probabilities=forced.log_probabilities[counted],
        source_truncated=source.truncated,
        target_truncated=target.truncated,
        entropies=forced.entropies[counted],
    )
