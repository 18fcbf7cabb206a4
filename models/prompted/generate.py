"""Decoder-only models run by transformers: batches padded on the left, then scored in one pass."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from models.errors import WeightsError
from models.prompted.generation import Generation
from models.protocols import Sampling
from models.runtime.control import NO_CONTROL, Control
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.runtime.tuning import LOGITS_AT_ONCE
from models.seq2seq.sampling import Draw, StopCheck, numbers
from models.seq2seq.transformers import generation_config, load_checkpoint, memory_error_when_full
from models.seq2seq.translator import Hypothesis


@dataclass(frozen=True, slots=True)
class TransformersGenerator:
    """A Generator over `generate`; `ends` are the ids that end an answer.

    An answer does not depend on its neighbours in the batch.
    """

    model: Any
    ends: tuple[int, ...]
    accepts: frozenset[str]

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        generation: Generation,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Go on with each prompt; the best first in each, draws in the order drawn."""
        stop_check = StopCheck(control)
        with torch.inference_mode(), memory_error_when_full():
            input_ids, mask = padded_left(prompts, self.ends[0], self.model.device)
            asked = input_ids, mask
            input_ids = input_ids.repeat_interleave(count, dim=0)
            mask = mask.repeat_interleave(count, dim=0)
            if generation.temperature:
                sequences = self._drawn(prompts, (input_ids, mask), generation, count, stop_check)
            else:
                sequences = self._searched(asked, generation, count, stop_check)
            outputs = [self._cut(row) for row in sequences[:, input_ids.shape[1] :].tolist()]
            means = self._mean_log_probabilities(input_ids, mask, [ids for ids, _ in outputs])
        control.progress(len(prompts))
        found = [
            Hypothesis(tuple(ids[: -1 if finished else None]), mean, finished)
            for (ids, finished), mean in zip(outputs, means, strict=True)
        ]
        answers = [found[first : first + count] for first in range(0, len(found), count)]
        control.answered(range(len(prompts)), answers)
        return answers

    def _searched(
        self,
        asked: tuple[torch.Tensor, torch.Tensor],
        generation: Generation,
        count: int,
        stop_check: StopCheck,
    ) -> torch.Tensor:
        """Return the best answers, greedily or by beam search; `count` rows for each prompt."""
        beams: dict[str, Any] = (
            {"early_stopping": True, "length_penalty": generation.length_penalty}
            if generation.beams > 1
            else {}
        )
        sequences: torch.Tensor = self.model.generate(
            asked[0],
            attention_mask=asked[1],
            generation_config=self._config(
                generation, num_beams=generation.beams, num_return_sequences=count, **beams
            ),
            logits_processor=LogitsProcessorList([stop_check]),
        )
        return sequences

    def _drawn(
        self,
        prompts: Sequence[Sequence[int]],
        asked: tuple[torch.Tensor, torch.Tensor],
        generation: Generation,
        count: int,
        stop_check: StopCheck,
    ) -> torch.Tensor:
        """Return answers drawn by chance; a prompt has random numbers of its own."""
        steps = generation.max_target_tokens
        drawn = numbers(prompts, count, steps, generation.seed, self.model.device)
        chance = Sampling(1.0, generation.least_probability, generation.seed)
        processors: list[Any] = [TemperatureLogitsWarper(generation.temperature)]
        if generation.top_k:
            processors.append(TopKLogitsWarper(generation.top_k))
        if generation.top_p < 1:
            processors.append(TopPLogitsWarper(generation.top_p))
        sequences: torch.Tensor = self.model.generate(
            asked[0],
            attention_mask=asked[1],
            generation_config=self._config(generation),
            logits_processor=LogitsProcessorList(
                [stop_check, *processors, Draw(chance, drawn, asked[0].shape[1])]
            ),
        )
        return sequences

    def _config(self, generation: Generation, **more: Any) -> Any:
        return generation_config(
            do_sample=False,
            max_new_tokens=generation.max_target_tokens,
            repetition_penalty=generation.repetition_penalty,
            no_repeat_ngram_size=generation.no_repeat_ngram_size,
            eos_token_id=list(self.ends),
            pad_token_id=self.ends[0],
            use_cache=True,
            **more,
        )

    def _cut(self, row: list[int]) -> tuple[list[int], bool]:
        """Cut an output behind its end; false where it has none."""
        for place, token in enumerate(row):
            if token in self.ends:
                return row[: place + 1], True
        return row, False

    def _mean_log_probabilities(
        self, input_ids: torch.Tensor, mask: torch.Tensor, outputs: Sequence[list[int]]
    ) -> list[float]:
        """Score outputs in one pass: the mean over their tokens, the end included.

        What `generate` could give back are the logits of every step: gigabytes.
        """
        longest = max(len(ids) for ids in outputs)
        rows = [[*ids, *[self.ends[0]] * (longest - len(ids))] for ids in outputs]
        targets = torch.tensor(rows, device=input_ids.device)
        whole = torch.cat([input_ids, targets], dim=1)
        seen = torch.cat([mask, torch.ones_like(targets)], dim=1)
        vocabulary = int(self.model.config.get_text_config().vocab_size)
        at_once = max(1, LOGITS_AT_ONCE // ((longest + 1) * vocabulary))
        means: list[float] = []
        for first in range(0, len(rows), at_once):
            part = slice(first, first + at_once)
            logits = self._logits(whole[part], seen[part], longest)
            logarithms = torch.log_softmax(logits.float(), dim=-1)
            chosen = logarithms.gather(2, targets[part, :, None])[:, :, 0].tolist()
            for scores, ids in zip(chosen, outputs[part], strict=True):
                means.append(sum(scores[: len(ids)]) / len(ids) if ids else 0.0)
        return means

    def _logits(self, ids: torch.Tensor, mask: torch.Tensor, longest: int) -> torch.Tensor:
        """Return the logits before each of the last `longest` tokens."""
        extra: dict[str, Any] = {}
        if "position_ids" in self.accepts:
            # Padding on the left takes no position.
            extra["position_ids"] = (mask.cumsum(dim=1) - 1).clamp(min=0)
        if "logits_to_keep" in self.accepts:
            extra["logits_to_keep"] = longest + 1
        logits: torch.Tensor = self.model(
            input_ids=ids, attention_mask=mask, use_cache=False, **extra
        ).logits
        return logits[:, -longest - 1 : -1]


def padded_left(
    batch: Sequence[Sequence[int]], padding: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and attention mask, both (count, longest): answers begin where prompts end."""
    longest = max(len(ids) for ids in batch)
    rows = [[*[padding] * (longest - len(ids)), *ids] for ids in batch]
    mask = [[0] * (longest - len(ids)) + [1] * len(ids) for ids in batch]
    return torch.tensor(rows, device=device), torch.tensor(mask, device=device)


def load_generator(
    folder: Path,
    *,
    ends: Sequence[int],
    device: Device,
    precision: LoadedPrecision,
    threads: int,
    trust_remote_code: bool = False,
) -> TransformersGenerator:
    """Load a decoder-only checkpoint; `ends` are the ids that end an answer.

    Raises WeightsError where there are none: it would never stop.
    """
    if not ends:
        raise WeightsError(f"{folder}: no 'eos_token_id' in its files; answers would never end")
    torch.set_num_threads(threads)
    model = load_checkpoint(
        folder,
        AutoModelForCausalLM,
        device=device,
        precision=precision,
        trust_remote_code=trust_remote_code,
    )
    # The checkpoint's own settings (Qwen samples) would fill whatever ours leave open.
    model.generation_config = generation_config()
    return TransformersGenerator(
        model, tuple(ends), frozenset(inspect.signature(model.forward).parameters)
    )
