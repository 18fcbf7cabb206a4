"""Encoder-decoders and causal models run by transformers: loading them, and decoding."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from transformers import (
    AutoModelForSeq2SeqLM,
    GenerationConfig,
    LogitsProcessorList,
)
from transformers.modeling_outputs import BaseModelOutput
from transformers.utils import logging as transformers_logging

from models.errors import WeightsError, first_line
from models.runtime.control import NO_CONTROL, Control
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.runtime.tuning import LOGITS_AT_ONCE
from models.seq2seq.forced_decoding import Forced
from models.seq2seq.sampling import Draw, StopCheck, numbers
from models.seq2seq.translator import Decoding, Hypothesis
from models.weights.embedding_audit import check_embeddings

# `from_pretrained` ties embeddings by way of a flag of the whole process: of two threads loading
# at once, one gets its embeddings at random (seen with transformers 5.23).
_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True)
class TransformersDecoder:
    """Beam search by `generate`; the search stops as CTranslate2's does.

    That is when as many hypotheses as beams are finished (`early_stopping=True`), so that
    both backends give the same text. `threads` compute a batch on a CPU; several threads may
    call one decoder at a time.
    """

    model: Any
    end: int
    start: int
    threads: int
    unwritable_tokens: tuple[int, ...] = ()
    is_exact: ClassVar[bool] = False  # padding changes the last digits of an answer

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Decode a batch; the result has the same length and order, the best first in each."""
        with torch.inference_mode(), memory_error_when_full(), computing_threads(self.threads):
            hypotheses = self._decode(batch, decoding, count, StopCheck(control))
        control.progress(len(batch))
        control.answered(range(len(batch)), hypotheses)
        return hypotheses

    def _decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        stop_check: StopCheck,
    ) -> list[list[Hypothesis]]:
        input_ids, attention_mask = padded(batch, self.end, self.model.device)
        encoder = self.model.get_encoder()
        states = encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        if decoding.sampling is None:
            # Each use gets an output object of its own: generate repeats the states in place.
            sequences = self.model.generate(
                encoder_outputs=BaseModelOutput(last_hidden_state=states),
                attention_mask=attention_mask,
                generation_config=self._generation_config(decoding, count),
                logits_processor=LogitsProcessorList([stop_check]),
            )
        else:
            sampling = decoding.sampling
            drawn = numbers(
                batch, count, decoding.max_target_tokens, sampling.seed, self.model.device
            )
            sequences = self.model.generate(
                encoder_outputs=BaseModelOutput(
                    last_hidden_state=states.repeat_interleave(count, dim=0)
                ),
                attention_mask=attention_mask.repeat_interleave(count, dim=0),
                generation_config=self._generation_config(decoding, 1),
                logits_processor=LogitsProcessorList([stop_check, Draw(sampling, drawn, 1)]),
            )
        outputs = [self._cut_output(row) for row in sequences[:, 1:].tolist()]
        skipped = 0 if decoding.first_token is None else 1
        # `generate` gives the hypotheses of one input after those of the one before.
        means = self._mean_log_probabilities(
            states.repeat_interleave(count, dim=0),
            attention_mask.repeat_interleave(count, dim=0),
            outputs,
            decoding,
        )
        found = [
            Hypothesis(
                ids=tuple(output[skipped : -1 if finished else None]),
                log_probability=mean,
                finished=finished,
            )
            for (output, finished), mean in zip(outputs, means, strict=True)
        ]
        return [found[first : first + count] for first in range(0, len(found), count)]

    def _generation_config(self, decoding: Decoding, count: int) -> Any:
        return generation_config(
            num_beams=decoding.beams,
            num_return_sequences=count,
            do_sample=False,
            max_new_tokens=decoding.max_target_tokens,
            # No text is translated to nothing.
            min_new_tokens=1,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            suppress_tokens=list(decoding.banned_tokens) or None,
            forced_bos_token_id=decoding.first_token,
            decoder_start_token_id=self.start,
            eos_token_id=self.end,
            pad_token_id=self.end,
            use_cache=True,
            # Probabilities of what is not banned add up to one, as in CTranslate2.
            renormalize_logits=True,
            # Settings of beam search; greedy search complains about them.
            **(
                {"early_stopping": True, "length_penalty": decoding.length_penalty}
                if decoding.beams > 1
                else {}
            ),
        )

    def _cut_output(self, row: list[int]) -> tuple[list[int], bool]:
        """Cut a generated row behind its end token; (ids with the end, finished)."""
        if self.end not in row:
            return row, False
        return row[: row.index(self.end) + 1], True

    def force(
        self, inputs: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
    ) -> list[Forced]:
        """Score given outputs by teacher forcing: one pass, each token after those before it."""
        with torch.inference_mode(), memory_error_when_full(), computing_threads(self.threads):
            input_ids, attention_mask = padded(inputs, self.end, self.model.device)
            encoder = self.model.get_encoder()
            states = encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            rows = [[*output, self.end] for output in outputs]
            forced: list[Forced] = []
            for part, logits in self._forced_logits(states, attention_mask, rows):
                logits[:, :, list(self.unwritable_tokens)] = -torch.inf
                logarithms = torch.log_softmax(logits.float(), dim=-1)
                targets, _ = padded(rows[part], self.end, logits.device)
                chosen = logarithms.gather(2, targets[:, :, None])[:, :, 0].tolist()
                entropies = torch.special.entr(logarithms.exp()).sum(dim=-1).tolist()
                forced += [
                    Forced(tuple(own[: len(row)]), tuple(open_choice[: len(row)]))
                    for own, open_choice, row in zip(chosen, entropies, rows[part], strict=True)
                ]
            return forced

    def _mean_log_probabilities(
        self,
        states: torch.Tensor,
        attention_mask: torch.Tensor,
        outputs: Sequence[tuple[list[int], bool]],
        decoding: Decoding,
    ) -> list[float]:
        """Score each chosen output in one forward pass: mean log p(token), the end included.

        `generate` gives these scores only along with the logits of every step and beam,
        which for a large vocabulary is tens of gigabytes; one more pass costs a few per cent.
        A forced first token does not count.
        """
        skipped = 0 if decoding.first_token is None else 1
        rows = [ids for ids, _ in outputs]
        means: list[float] = []
        for part, logits in self._forced_logits(states, attention_mask, rows):
            logits[:, :, list(decoding.banned_tokens)] = -torch.inf
            if not skipped:
                logits[:, 0, self.end] = -torch.inf
            targets, _ = padded(rows[part], self.end, logits.device)
            logarithms = torch.log_softmax(logits[:, : targets.shape[1]].float(), dim=-1)
            chosen = logarithms.gather(2, targets[:, :, None])
            for scores, ids in zip(chosen[:, :, 0].tolist(), rows[part], strict=True):
                counted = scores[skipped : len(ids)]
                means.append(sum(counted) / len(counted) if counted else 0.0)
        return means

    def _forced_logits(
        self, states: torch.Tensor, attention_mask: torch.Tensor, rows: Sequence[list[int]]
    ) -> Iterator[tuple[slice, torch.Tensor]]:
        """Return the logits of every token of the rows, each row after the state it belongs to.

        In slices of rows, (slice, logits of shape rows, longest of all, vocabulary), so that
        a large vocabulary does not fill the memory.
        """
        targets, _ = padded(rows, self.end, states.device)
        starts = torch.full_like(targets[:, :1], self.start)
        inputs = torch.cat([starts, targets[:, :-1]], dim=1)
        size = targets.shape[1] * int(self.model.config.vocab_size)
        at_once = max(1, LOGITS_AT_ONCE // size)
        for first in range(0, len(rows), at_once):
            part = slice(first, first + at_once)
            output = self.model(
                encoder_outputs=BaseModelOutput(last_hidden_state=states[part]),
                attention_mask=attention_mask[part],
                decoder_input_ids=inputs[part],
                use_cache=False,
            )
            yield part, output.logits


@contextlib.contextmanager
def computing_threads(count: int) -> Iterator[None]:
    """Let torch compute with so many CPU threads for this thread, and as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def generation_config(**settings: Any) -> Any:
    """Make the settings of one search, with nothing taken over from the checkpoint."""
    make: Any = GenerationConfig
    return make(**settings)


def padded(
    batch: Sequence[Sequence[int]], padding: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and attention mask, both (count, longest), padded on the right."""
    longest = max(len(ids) for ids in batch)
    rows = [[*ids, *[padding] * (longest - len(ids))] for ids in batch]
    mask = [[1] * len(ids) + [0] * (longest - len(ids)) for ids in batch]
    return torch.tensor(rows, device=device), torch.tensor(mask, device=device)


def load_decoder(
    folder: Path,
    *,
    device: Device,
    precision: LoadedPrecision,
    end: int,
    threads: int,
    start: int | None = None,
    unwritable_tokens: tuple[int, ...] = (),
    trust_remote_code: bool = False,
) -> TransformersDecoder:
    """Load an encoder-decoder for inference; `end` is its end-of-sentence id.

    `start` replaces the token decoding starts from, which mBART-25 needs;
    `unwritable_tokens` have no probability when outputs are scored.
    """
    model = load_checkpoint(
        folder, device=device, precision=precision, trust_remote_code=trust_remote_code
    )
    begin = model.generation_config.decoder_start_token_id
    if begin is None:
        begin = getattr(model.config, "decoder_start_token_id", None)
    if start is None and begin is None:
        raise WeightsError(f"{folder}/config.json: no 'decoder_start_token_id'; decoding needs it")
    # The checkpoint's own settings would fill whatever ours leave open.
    model.generation_config = generation_config()
    return TransformersDecoder(
        model,
        end=end,
        start=int(begin) if start is None else start,
        threads=threads,
        unwritable_tokens=unwritable_tokens,
    )


def load_checkpoint(
    folder: Path,
    model_class: Any = AutoModelForSeq2SeqLM,
    *,
    device: Device,
    precision: LoadedPrecision,
    spare: str | None = None,
    trust_remote_code: bool = False,
) -> Any:
    """Load a safetensors checkpoint in evaluation mode; no network, no progress bar.

    Weights with `spare` in their name may be missing. Raises WeightsError when the files lack
    others of the model's weights, which transformers would fill at random, or its embeddings
    are not those of the files.
    """
    model, found = load_pretrained(
        model_class,
        str(folder),
        where=folder,
        precision=precision,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=trust_remote_code,
    )
    missing = sorted(each for each in found["missing_keys"] if spare is None or spare not in each)
    if missing:
        raise WeightsError(
            f"{folder}: {len(missing)} weights of the model are not in its files, among them "
            f"{', '.join(missing[:3])}; the checkpoint is incomplete, or this version of "
            "transformers no longer reads it: try the version it was saved with"
        )
    check_embeddings(model, folder)
    return move_to_device(model, folder, device)


def load_pretrained(
    model_class: Any,
    source: str | None,
    *,
    where: Path,
    precision: LoadedPrecision,
    **settings: Any,
) -> tuple[Any, dict[str, Any]]:
    """Return `from_pretrained`'s model and what it says of missing and strange weights.

    Raises WeightsError where the weights of `where` do not load.
    """
    with loading():
        try:
            model, found = model_class.from_pretrained(
                source, dtype=getattr(torch, precision), output_loading_info=True, **settings
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise WeightsError(f"{where}: does not load: {first_line(error)}") from error
    return model, found


def move_to_device(model: Any, where: Path, device: Device) -> Any:
    """Put a model on its device in evaluation mode. Raises WeightsError where it does not fit."""
    try:
        with memory_error_when_full():
            return model.eval().to(device.name)
    except MemoryError as error:
        raise WeightsError(
            f"{where}: does not fit on {device.name}; choose a smaller precision or cpu"
        ) from error


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Let one thread at a time call `from_pretrained`, with no bar and no report meanwhile.

    What the report would say, weights missing or strange, the caller raises.
    """
    logging: Any = transformers_logging
    with _LOADING, _without_progress():
        verbosity = logging.get_verbosity()
        logging.set_verbosity_error()
        try:
            yield
        finally:
            logging.set_verbosity(verbosity)


@contextlib.contextmanager
def _without_progress() -> Iterator[None]:
    """Keep transformers from drawing a bar; whether one is drawn is the run's business."""
    logging: Any = transformers_logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


_MEMORY_IS_FULL = ("can't allocate memory", "not enough memory", "out of memory")


@contextlib.contextmanager
def memory_error_when_full() -> Iterator[None]:
    """Raise MemoryError where torch says, in its several ways, that memory ran out."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise MemoryError(first_line(error)) from None
    except RuntimeError as error:
        # The CPU's allocators (Linux, Windows) and Apple's have no exception of their own.
        if any(words in str(error) for words in _MEMORY_IS_FULL):
            raise MemoryError(first_line(error)) from None
        raise
