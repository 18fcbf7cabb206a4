"""What acts on the scores at each step of a search: draws by chance, and the check for a stop.

A sentence has the same draws in any batch and any run.
"""

import hashlib
from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

from models.protocols import Sampling
from models.runtime.control import Control


class Draw(LogitsProcessor):
    """Leaves one token of every row: the one drawn from what the model finds probable.

    Each row has a random number for every step, made before the first; the token is where the
    cumulated probabilities reach it. So a draw depends on its own number alone, not on how many
    rows are drawn beside it. Use it with greedy search, which then takes what is left.
    """

    def __init__(self, sampling: Sampling, numbers: torch.Tensor, start: int) -> None:
        """`numbers`: (rows, steps), in 0..1; `start`: tokens there before the first step."""
        self._sampling = sampling
        self._numbers = numbers
        self._start = start

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Keep the score of the drawn token, (rows, vocabulary) as given."""
        step = input_ids.shape[1] - self._start
        # float64: where two tokens meet, rounding must not decide
        probabilities = torch.softmax(scores.double() / self._sampling.temperature, dim=-1)
        # the best always stays
        best = probabilities.max(dim=-1, keepdim=True).values
        least = best.clamp(max=self._sampling.least_probability)
        cumulated = torch.where(probabilities >= least, probabilities, 0.0).cumsum(dim=-1)
        wanted = self._numbers[:, step, None] * cumulated[:, -1:]
        drawn = torch.searchsorted(cumulated, wanted, right=True)
        drawn = drawn.clamp(max=scores.shape[-1] - 1)
        return torch.full_like(scores, -torch.inf).scatter(1, drawn, 0.0)


def numbers(
    batch: Sequence[Sequence[int]], count: int, steps: int, seed: int, device: torch.device
) -> torch.Tensor:
    """Return random numbers (inputs x count, steps) in 0..1; those of one input are its own."""
    rows = []
    for ids in batch:
        digest = hashlib.sha256(f"{seed} {list(ids)}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
        rows.append(torch.rand((count, steps), generator=generator, dtype=torch.float64))
    return torch.cat(rows).to(device)


class StopCheck(LogitsProcessor):
    """Changes no score, and ends a search at its next step once its control is stopped."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __call__(self, _: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the scores unchanged. Raises StoppedError once the control is stopped."""
        self._control.check()
        return scores
