"""Strings to translations over any decoder: distinct texts, batches, confidence, flags.

sentences ─▶ distinct ─▶ Tokenizer.encode ─▶ batches ─▶ Decoders ─▶ Tokenizer.decode ─▶ spaced
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from models.errors import WeightsError
from models.protocols import BEST, Candidate, Request, Sampling, Search
from models.runtime.batching import answer_once, first_places
from models.runtime.control import NO_CONTROL, Control
from models.runtime.tokens import count_tokens
from models.runtime.workers import run_on_workers
from models.seq2seq.clauses import fitting_parts
from models.seq2seq.spacing import spaced
from models.seq2seq.tokenizer import Encoded, Tokenizer

_MOST_SPARE = 20_000
"""Sentences whose other translations are kept, about 20 MB: more than a window has."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How an output is searched for. Everything here changes the answer.

    `first_token` is an id every output must start with (the target language), not
    counted in the confidence; `banned_tokens` are ids no output may have. With `sampling`
    outputs are drawn and not searched.
    """

    beams: int
    length_penalty: float
    no_repeat_ngram_size: int
    max_source_tokens: int
    max_target_tokens: int
    first_token: int | None = None
    banned_tokens: tuple[int, ...] = ()
    sampling: Sampling | None = None
    positions: int | None = None
    """Tokens that fit the model's positions, None where there is no limit."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An output found for one input.

    `ids` without start, forced language and end; `log_probability` is the mean over the
    tokens the model chose, the end included; `finished` is false where the length limit
    cut it off.
    """

    ids: tuple[int, ...]
    log_probability: float
    finished: bool


_OfParts = list[list[Hypothesis]]


class Decoder(Protocol):
    """A backend: batches of ids in, the `count` best hypotheses of each out, in order.

    `count` is never above `decoding.beams`, unless they are drawn. Raises MemoryError if a batch
    does not fit on the device.
    """

    @property
    def is_exact(self) -> bool:
        """True if an answer is the same to the bit in any batch."""
        ...

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Decode a batch; the result has the same length and order, the best first in each."""
        ...


class Spare:
    """What searches found beside the best translations of the last sentences."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Candidate]] = {}

    def keep(self, sentence: str, others: list[Candidate]) -> None:
        """Keep the other translations of a sentence; too many are forgotten together."""
        if len(self._kept) >= _MOST_SPARE:
            self._kept.clear()
        self._kept[sentence] = others

    def of(self, sentences: Sequence[str]) -> dict[str, list[Candidate]]:
        """Return the other translations of those sentences that have some kept."""
        return {each: self._kept[each] for each in sentences if each in self._kept}


@dataclass(frozen=True, slots=True)
class BatchTranslator:
    """A Translator over decoders that answer alike, one a device, and a Tokenizer.

    `batch_tokens` are padded source tokens, which must fit on each of the devices. `spare` keeps
    what a search finds beside the best translation, for whoever asks for it later; None where
    that would not be the same in another batch.
    """

    decoders: tuple[Decoder, ...]
    tokenizer: Tokenizer
    decoding: Decoding
    batch_tokens: int
    spare: Spare | None = None
    context_sentences: ClassVar[int] = 0
    reads_terms: ClassVar[bool] = False

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each request; return its translations, the best first, in the order asked.

        Each distinct sentence is translated once; blank ones give the empty string.
        """
        sentences = [request.sentence for request in requests]
        if search.spare:
            return answer_once(sentences, lambda distinct: self._spare(distinct, search, control))
        decoding = _searched(self.decoding, search)
        own = control.for_part(first_places(sentences))
        spare = self.spare if search == BEST else None

        def answer(distinct: list[str]) -> list[list[Candidate]]:
            return self._translate_distinct(distinct, decoding, search.count, own, spare)

        return answer_once(sentences, answer)

    def _spare(
        self, sentences: list[str], search: Search, control: Control
    ) -> list[list[Candidate]]:
        """Return what the search for the best translations found beside them."""
        if self.spare is None:
            return [[] for _ in sentences]
        kept = self.spare.of(sentences)
        missing = [sentence for sentence in sentences if sentence not in kept]
        unheard = Control(control.progress, stops=control.stops)
        again = Spare()
        self._translate_distinct(missing, self.decoding, 1, unheard, again)
        kept |= again.of(missing)
        return [kept.get(sentence, [])[: search.count] for sentence in sentences]

    def _translate_distinct(
        self,
        sentences: list[str],
        decoding: Decoding,
        count: int,
        control: Control,
        spare: Spare | None,
    ) -> list[list[Candidate]]:
        """Translate sentences that differ; `spare` takes what is found beyond `count`."""
        answers = [[Candidate("", 1.0)] for _ in sentences]
        asked = [index for index, sentence in enumerate(sentences) if not is_blank(sentence)]
        inputs = self._inputs([sentences[index] for index in asked], decoding.max_source_tokens)
        ids = [part.ids for parts in inputs for part in parts]
        gathered = _Gathered(inputs)

        def take(at: int, of_parts: _OfParts) -> None:
            candidates = self._candidates(inputs[at], of_parts)
            answers[asked[at]] = candidates[:count]
            if spare:
                spare.keep(sentences[asked[at]], candidates[count:])

        def answered(places: Sequence[int], hypotheses: Sequence[list[Hypothesis]]) -> None:
            whole = gathered.add(places, hypotheses)
            for at, of_parts in whole:
                take(at, of_parts)
            indices = [asked[at] for at, _ in whole]
            control.answered(indices, [answers[index] for index in indices])

        wanted = decoding.beams if spare else count
        decoded = self.decode(ids, decoding, wanted, replace(control, answered=answered))
        for at, of_parts in gathered.rest(decoded):
            take(at, of_parts)
        return answers

    def _inputs(self, sentences: list[str], max_tokens: int) -> list[list[Encoded]]:
        """Encode each sentence, in parts where it is longer than the model can read.

        Parts that had to be cut inside a clause say that they are truncated.
        """
        inputs = [[each] for each in self.tokenizer.encode(sentences, max_tokens)]
        for index, [whole] in enumerate(inputs):
            if not whole.truncated:
                continue
            parts, broken = fitting_parts(
                sentences[index],
                lambda text: not self.tokenizer.encode([text], max_tokens)[0].truncated,
            )
            encoded = self.tokenizer.encode([p for p in parts if not is_blank(p)], max_tokens)
            inputs[index] = [replace(each, truncated=each.truncated or broken) for each in encoded]
        return inputs

    def _candidates(
        self, sources: Sequence[Encoded], of_parts: Sequence[Sequence[Hypothesis]]
    ) -> list[Candidate]:
        """Return the translations of a sentence, the best first, of those of its parts."""
        return [self._candidate(sources, parts) for parts in zip(*of_parts, strict=False)]

    def _candidate(self, sources: Sequence[Encoded], parts: Sequence[Hypothesis]) -> Candidate:
        """Put the translations of a sentence's parts together, confidence by tokens."""
        lengths = [len(part.ids) + 1 for part in parts]
        mean = parts[0].log_probability
        if len(parts) > 1:
            own = zip(lengths, parts, strict=True)
            mean = sum(length * part.log_probability for length, part in own) / sum(lengths)
        texts = [self.tokenizer.decode(part.ids) for part in parts]
        return Candidate(
            text=spaced(texts[0] if len(texts) == 1 else " ".join(each for each in texts if each)),
            confidence=min(1.0, math.exp(mean)),
            source_truncated=any(source.truncated for source in sources),
            target_truncated=not all(part.finished for part in parts),
            unknown="".join(source.unknown for source in sources),
        )

    def decode(
        self,
        inputs: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Decode ids in batches, halving a batch that does not fit; order as given."""

        def run(decoder: Decoder, batch: Sequence[int], control: Control) -> list[list[Hypothesis]]:
            return decoder.decode([inputs[index] for index in batch], decoding, count, control)

        sizes = [len(ids) for ids in inputs]
        budget = self._budget(decoding, count)
        try:
            outputs = run_on_workers(self.decoders, sizes, budget, run, control)
        except MemoryError as error:
            raise WeightsError(
                f"the device has no memory for a single sentence ({error}); lower "
                "translate.model.beams or max_source_tokens, or use a smaller precision"
            ) from error
        count_tokens(sum(sizes), sum(len(one.ids) + 1 for own in outputs for one in own))
        return outputs

    def _budget(self, decoding: Decoding, count: int) -> int:
        """Return the source tokens of a batch: fewer if a search is wider than the model's own."""
        rows = count if decoding.sampling else decoding.beams
        return max(1, self.batch_tokens * self.decoding.beams // max(rows, self.decoding.beams))


class _Gathered:
    """Outputs for the parts of sentences, as they come; `inputs` are the parts of each sentence."""

    def __init__(self, inputs: Sequence[Sequence[Encoded]]) -> None:
        self._owners = [at for at, parts in enumerate(inputs) for _ in parts]
        self._places: dict[int, list[int]] = defaultdict(list)
        for place, owner in enumerate(self._owners):
            self._places[owner].append(place)
        self._outputs: dict[int, list[Hypothesis]] = {}

    def add(
        self, places: Sequence[int], outputs: Sequence[list[Hypothesis]]
    ) -> list[tuple[int, _OfParts]]:
        """Take what came for these parts; return the sentences that are whole with it."""
        self._outputs.update(zip(places, outputs, strict=True))
        return self._whole(dict.fromkeys(self._owners[place] for place in places))

    def rest(self, outputs: Sequence[list[Hypothesis]]) -> list[tuple[int, _OfParts]]:
        """Take the outputs for all parts; return the sentences that were never whole before."""
        before = {at for at, _ in self._whole(self._places)}
        self._outputs = dict(enumerate(outputs))
        return self._whole(at for at in self._places if at not in before)

    def _whole(self, sentences: Iterable[int]) -> list[tuple[int, _OfParts]]:
        return [
            (at, [self._outputs[place] for place in self._places[at]])
            for at in sentences
            if all(place in self._outputs for place in self._places[at])
        ]


def _searched(decoding: Decoding, search: Search) -> Decoding:
    """Return the settings of a search: its own where it has some, the model's elsewhere."""
    changes = {
        name: value
        for name in ("length_penalty", "no_repeat_ngram_size")
        if (value := getattr(search, name)) is not None
    }
    beams = max(search.beams or decoding.beams, search.count)
    if search.sampling is not None:
        return replace(decoding, beams=1, sampling=search.sampling, **changes)
    return replace(decoding, beams=beams, **changes)


def is_blank(text: str) -> bool:
    """True if a text has nothing to read: only spaces, controls and zero-width marks."""
    return all(each.isspace() or unicodedata.category(each) in ("Cc", "Cf") for each in text)
