"""How a decoder-only model is asked to go on with a prompt, and what a backend must do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.translator import Hypothesis


@dataclass(frozen=True, slots=True)
class Generation:
    """How an answer is searched for. Everything here changes it."""

    max_target_tokens: int
    beams: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int = 0
    least_probability: float = 0.0
    length_penalty: float = 1.0
    no_repeat_ngram_size: int = 0


class Generator(Protocol):
    """A backend: prompts as ids in, the `count` best answers to each out, in order.

    Raises MemoryError when a batch does not fit on the device.
    """

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        generation: Generation,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        """Go on with each prompt; the best first in each."""
