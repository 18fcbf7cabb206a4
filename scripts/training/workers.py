"""Several copies of the network, each on one thread, that share the batches of a step.

One thread a copy, and whoever is free takes the next batch: on a machine where other work comes and
goes, threads that wait for each other inside every operation run several times slower than threads
that meet once a step.
"""

import copy
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from transformers import PegasusForConditionalGeneration

from .batches import Batch, on_device
from .network import Losses

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class Workers:
    """Runs `Losses.backward` for all batches of a step."""

    def __init__(
        self,
        network: PegasusForConditionalGeneration,
        outputs: int,
        smoothing: float,
        count: int,
    ):
        if network.device.type == "cuda" or torch.cpu._is_avx512_bf16_supported():
            network = network.bfloat16()  # without instructions for it, it is slower than float32
        # A GPU is one device with its own parallelism; on a CPU each thread has a copy.
        count = 1 if network.device.type == "cuda" else count
        copies = [network] + [copy.deepcopy(network) for _ in range(count - 1)]
        self.replicas = [Losses(each, outputs, smoothing) for each in copies]
        self._pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))

    def backward(
        self, batches: Sequence[Batch], guided_weight: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(cross-entropy, alignment loss), summed; the gradients lie in the replicas."""

        def one(losses: Losses, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
            return losses.backward(on_device(batch, losses.network.device), guided_weight)

        losses, alignments = zip(*self.spread(one, batches), strict=True)
        return torch.stack(losses).sum(), torch.stack(alignments).sum()

    def spread(
        self, function: Callable[[Losses, Thing], Result], things: Sequence[Thing]
    ) -> list[Result]:
        """The function of a replica and each thing, in order; a free replica takes the next."""
        waiting = deque(enumerate(things))
        results: dict[int, Result] = {}

        def work(losses: Losses) -> None:
            while True:
                try:
                    place, thing = waiting.popleft()
                except IndexError:
                    return
                results[place] = function(losses, thing)

        self.share_out(work, self.replicas)
        return [results[place] for place in range(len(things))]

    def share_out(
        self, function: Callable[[Thing], Result], things: Sequence[Thing]
    ) -> list[Result]:
        """The function of each thing, in order, on as many threads as there are replicas."""
        return list(self._pool.map(function, things))
