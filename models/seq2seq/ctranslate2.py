"""Encoder-decoders run by CTranslate2, from a checkpoint converted on first use."""

import importlib.util
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2

from models.errors import WeightsError
from models.runtime.batching import batches
from models.runtime.control import NO_CONTROL, Control
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.runtime.tuning import (
    FEWEST_ROWS_AT_ONCE,
    PARTS_AHEAD,
    ROWS_AT_ONCE,
    WEIGHT_BYTES_A_ROW,
)
from models.seq2seq.forced_decoding import Forced
from models.seq2seq.tokenizer import Tokenizer
from models.seq2seq.translator import Decoding, Hypothesis
from models.seq2seq.writable import MARK

_Started = tuple[list[int], list[Any]]

LENGTH_STEP = 16
"""Where an answer must not depend on its batch, sources are padded to a multiple of it."""


@dataclass(frozen=True, slots=True)
class CTranslate2Decoder:
    """Beam search by CTranslate2; `workers` parts of a batch are translated side by side.

    On a CPU what comes as one batch is cut again into batches that fit a core's cache:
    `rows_at_once` padded source tokens times beams, None on a GPU.
    `writable_only`: the converted model has a MARK that restricts the output to the words the
    checkpoint can write. `is_exact`: in int8 an answer is the same to the bit in any batch, because
    a sentence is always padded to the same length (see `_padded`).
    """

    translator: Any
    tokenizer: Tokenizer
    banned: frozenset[str]
    workers: int
    rows_at_once: int | None
    writable_only: bool = False
    is_exact: bool = False

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Decode a batch; the result has the same length and order, the best first in each.

        Raises WeightsError where draws are asked for: this library's random numbers belong to
        its threads, and no sentence would have the same draws again.
        """
        if decoding.sampling is not None:
            raise WeightsError(
                "ctranslate2 cannot sample reproducibly; set translate.model.backend: transformers"
            )
        first = [] if decoding.first_token is None else [decoding.first_token]
        prefix = self.tokenizer.pieces(first)
        at_once = self.at_once(batch, decoding)
        started = (
            (places, self._started(batch, places, prefix, decoding, count))
            for places in self._parts(batch, at_once, decoding.positions)
        )
        found: dict[int, list[Hypothesis]] = {}
        try:
            for places, answers in _running_ahead(started, PARTS_AHEAD * self.workers):
                for place, answer in zip(places, answers, strict=True):
                    result = answer.result()
                    found[place] = [
                        self._hypothesis(pieces, score, len(prefix), decoding)
                        for pieces, score in zip(result.hypotheses, result.scores, strict=True)
                    ]
                control.progress(len(places))
                if self.is_exact:  # the same in any batch
                    control.answered(places, [found[place] for place in places])
                control.check()
        except RuntimeError as error:
            raise _memory_error(error) from None
        results = [found[place] for place in range(len(batch))]
        if not self.is_exact:
            control.answered(range(len(batch)), results)
        return results

    def at_once(self, batch: Sequence[Sequence[int]], decoding: Decoding) -> int | None:
        """Return the padded source tokens that a core decodes at once: few idle at the end."""
        if self.rows_at_once is None:
            return None
        share = -(-sum(map(len, batch)) // self.workers)
        return max(1, min(self.rows_at_once // decoding.beams, share))

    def _parts(
        self, batch: Sequence[Sequence[int]], at_once: int | None, positions: int | None
    ) -> Iterator[list[int]]:
        """Cut the places of a batch into parts, each decoded by one core.

        Where padding changes answers, sentences that are padded to one length share a part. The
        group with the most sentences comes first: the last ones are small and leave no core idle
        for long.
        """
        groups: dict[tuple[bool, int], list[int]] = defaultdict(list)
        for place, ids in enumerate(batch):
            groups[self._restricts(ids), self._padded(len(ids), positions)].append(place)
        for (_, length), places in sorted(groups.items(), key=lambda group: -len(group[1])):
            sizes = [length or len(batch[place]) for place in places]
            for part in batches(sizes, at_once) if at_once else [range(len(places))]:
                yield [places[index] for index in part]

    def _padded(self, size: int, positions: int | None) -> int:
        """Return the length that a source of `size` tokens is padded to; 0 for any.

        Products of integers are exact: only the attention, in float32, feels the padding, where
        its sums are added in another order. At one length they never are.
        """
        if not self.is_exact:
            return 0
        length = -(-size // LENGTH_STEP) * LENGTH_STEP
        return length if positions is None else max(size, min(length, positions))

    def _suppressed(self) -> list[list[str]] | None:
        return [[piece] for piece in sorted(self.banned)] or None

    def _restricts(self, ids: Sequence[int]) -> bool:
        return self.writable_only and bool(ids) and ids[-1] == self.tokenizer.end

    def _started(
        self,
        batch: Sequence[Sequence[int]],
        places: Sequence[int],
        prefix: Sequence[str],
        decoding: Decoding,
        count: int,
    ) -> list[Any]:
        """Start to decode the sentences of a part; the answers come when they are asked for.

        The library pads to the longest source. So where all are shorter than the length they are to
        have, a source of end tokens comes along, whose translation must be empty.
        """
        sources = [self.tokenizer.pieces(batch[place]) for place in places]
        prefixes = [list(prefix)] * len(sources)
        longest = max(map(len, sources))
        length = self._padded(longest, decoding.positions)
        if longest < length:
            [end] = self.tokenizer.pieces([self.tokenizer.end])
            sources.append([end] * length)
            prefixes.append([*prefix, end])
        restricts = self._restricts(batch[places[0]])
        if restricts:
            sources = [[*pieces[:-1], MARK] for pieces in sources]
        answers: list[Any] = self.translator.translate_batch(
            sources,
            target_prefix=prefixes if any(prefixes) else None,
            asynchronous=True,
            use_vmap=restricts,
            beam_size=decoding.beams,
            num_hypotheses=count,
            length_penalty=decoding.length_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            max_input_length=0,
            max_decoding_length=decoding.max_target_tokens,
            min_decoding_length=1,
            # A banned word is never writable.
            suppress_sequences=None if restricts else self._suppressed(),
            return_scores=True,
            return_end_token=True,
            replace_unknowns=False,
        )
        return answers[: len(places)]

    def force(
        self, inputs: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
    ) -> list[Forced]:
        """Score given outputs in one pass; the library adds their end."""
        try:
            results = self.translator.score_batch(
                [self.tokenizer.pieces(ids) for ids in inputs],
                [self.tokenizer.pieces(ids) for ids in outputs],
                max_batch_size=-(-len(inputs) // self.workers),
                max_input_length=0,
            )
        except RuntimeError as error:
            raise _memory_error(error) from None
        return [Forced(tuple(result.log_probs)) for result in results]

    def _hypothesis(
        self, pieces: Sequence[str], score: float, forced: int, decoding: Decoding
    ) -> Hypothesis:
        """Undo the length normalisation of the score, to get the mean over chosen tokens.

        CTranslate2 gives sum / length ** length_penalty (greedy search: length_penalty
        too), where the length counts forced tokens and the sum does not.
        """
        ids = tuple(self.tokenizer.identify(pieces))
        finished = bool(ids) and ids[-1] == self.tokenizer.end
        total = score * len(ids) ** decoding.length_penalty if ids else 0.0
        chosen = len(ids) - forced
        return Hypothesis(
            ids=ids[forced : -1 if finished else None],
            log_probability=total / chosen if chosen > 0 else 0.0,
            finished=finished,
        )


def _running_ahead(started: Iterator[_Started], most: int) -> Iterator[_Started]:
    """Yield what is started in its order, with `most` more under way."""
    waiting: deque[_Started] = deque()
    for each in started:
        waiting.append(each)
        if len(waiting) > most:
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def _memory_error(error: RuntimeError) -> Exception:
    """Return a MemoryError for an error that says that memory ran out, else the error."""
    full = "out of memory" in str(error) or "ALLOC_FAILED" in str(error)
    return MemoryError(str(error)) if full else error


def load_decoder(
    folder: Path,
    tokenizer: Tokenizer,
    *,
    device: Device,
    precision: LoadedPrecision,
    banned_tokens: Sequence[int],
    threads: int,
    writable_only: bool = False,
) -> CTranslate2Decoder:
    """Load a converted model, for as many batches at a time as `threads`.

    On a CPU each thread translates its share of a batch, which is faster than sharing
    every matrix product of one sentence batch among all threads. On a GPU each has a stream, and
    takes what one of as many callers gives.
    """
    on_cpu = device.kind == "cpu"
    if not on_cpu:
        _preload_cuda_libraries()
    try:
        translator = ctranslate2.Translator(
            str(folder),
            device=device.kind,
            device_index=device.index,
            compute_type=precision,
            inter_threads=threads,
            intra_threads=1 if on_cpu else 0,
        )
    except (RuntimeError, ValueError) as error:
        raise WeightsError(
            f"{folder}: ctranslate2 {ctranslate2.__version__} does not load it on {device.name} "
            f"in {precision}: {error}; try runtime.precision: float32, another device, or "
            "translate.model.backend: transformers"
        ) from error
    known = _vocabulary(folder)
    banned = frozenset(tokenizer.pieces(list(banned_tokens)))
    return CTranslate2Decoder(
        translator,
        tokenizer,
        banned & known,
        workers=threads if on_cpu else 1,
        rows_at_once=rows_at_once(folder, precision) if on_cpu else None,
        writable_only=writable_only,
        is_exact=on_cpu and precision.startswith("int8"),
    )


def _vocabulary(folder: Path) -> frozenset[str]:
    """Return the pieces of the target vocabulary; suppressing any other would ban `<unk>`."""
    for name in ("shared_vocabulary.json", "target_vocabulary.json"):
        path = folder / name
        if path.is_file():
            return frozenset(json.loads(path.read_text(encoding="utf-8")))
    return frozenset()


def rows_at_once(folder: Path, precision: LoadedPrecision) -> int:
    """Return the padded tokens times beams that a core decodes at once, by the size of weights."""
    size = (folder / "model.bin").stat().st_size * (2 if precision == "int8" else 1)
    return max(FEWEST_ROWS_AT_ONCE, min(ROWS_AT_ONCE, size // WEIGHT_BYTES_A_ROW))


def _preload_cuda_libraries() -> None:
    """Import torch where it is installed: its wheels bring cuBLAS, and load it."""
    if importlib.util.find_spec("torch") is not None:
        import torch  # noqa: F401
