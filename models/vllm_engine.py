"""Decoder-only models run by vLLM on a CUDA GPU; it fills its batches itself.

Written to the interface of vLLM 0.11 and later (`LLM.generate` with token ids). The tests run it
against a stand-in of that interface, not on a GPU.
"""

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.causal import Generation
from models.decoding import Hypothesis
from models.device import Device, LoadedPrecision
from models.errors import WeightsError

# How warm a greedy model is asked for other answers than its first; vLLM has no beams here.
OTHER_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True)
class VllmGenerator:
    """A Generator over vLLM's engine; `parameters` is its class SamplingParams."""

    engine: Any
    parameters: Any
    ends: tuple[int, ...]

    def generate(
        self, prompts: Sequence[Sequence[int]], generation: Generation, count: int
    ) -> list[list[Hypothesis]]:
        """Go on with each prompt; the likeliest first, then answers drawn with seeds."""
        if generation.temperature:
            return self._generate(prompts, generation, generation.temperature, count)
        found = self._generate(prompts, generation, 0.0, 1)
        if count > 1:
            others = self._generate(prompts, generation, OTHER_TEMPERATURE, count - 1)
            found = [first + more for first, more in zip(found, others, strict=True)]
        return found

    def _generate(
        self,
        prompts: Sequence[Sequence[int]],
        generation: Generation,
        temperature: float,
        count: int,
    ) -> list[list[Hypothesis]]:
        parameters = self.parameters(
            n=count,
            temperature=temperature,
            top_p=generation.top_p,
            top_k=generation.top_k or -1,
            repetition_penalty=generation.repetition_penalty,
            seed=generation.seed,
            max_tokens=generation.max_target_tokens,
            stop_token_ids=list(self.ends),
            # Without this vLLM keeps no probability, not even that of what it chose.
            logprobs=0,
            detokenize=False,
        )
        outputs = self.engine.generate(
            [{"prompt_token_ids": list(prompt)} for prompt in prompts], parameters, use_tqdm=False
        )
        return [[self._hypothesis(each) for each in output.outputs] for output in outputs]

    def _hypothesis(self, output: Any) -> Hypothesis:
        ids = list(output.token_ids)
        finished = output.finish_reason != "length"
        mean = float(output.cumulative_logprob) / len(ids) if ids else 0.0
        if ids and ids[-1] in self.ends:
            ids.pop()
        return Hypothesis(tuple(ids), mean, finished)


def load_generator(
    folder: Path,
    *,
    ends: Sequence[int],
    device: Device,
    precision: LoadedPrecision,
    most_tokens: int,
    trust_remote_code: bool = False,
) -> VllmGenerator:
    """Start vLLM's engine over a checkpoint; `most_tokens` are those of prompt and answer.

    Raises WeightsError where vLLM is not installed, or does not load it.
    """
    if importlib.util.find_spec("vllm") is None:
        raise WeightsError(
            "translate.model.backend: vllm is not installed; install it on this machine with: "
            "pip install vllm, or set translate.model.backend: transformers"
        )
    if device.index:
        raise WeightsError(
            f"runtime.device: {device.name}: vllm takes the first device it sees; set "
            f"CUDA_VISIBLE_DEVICES={device.index} and runtime.device: cuda"
        )
    vllm: Any = importlib.import_module("vllm")
    try:
        engine = vllm.LLM(
            model=str(folder),
            dtype=precision,
            seed=0,
            max_model_len=most_tokens,
            trust_remote_code=trust_remote_code,
            enable_prefix_caching=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise WeightsError(f"{folder}: vllm does not load it: {first}") from error
    return VllmGenerator(engine, vllm.SamplingParams, tuple(ends))
