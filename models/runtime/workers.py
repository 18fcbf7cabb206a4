"""Several workers over one list of batches: whichever is free takes the next, order is kept.

batches, longest first ─┬─▶ worker 0, in the caller's thread ─┬─▶ results in the order asked
                        └─▶ workers 1, 2 …, a thread each ────┘

A worker is whatever holds weights on one device and answers batches: a decoder, a generator,
a summarizer. Everything heavy in them lets go of Python's lock, so that threads are enough.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from models.protocols import Summarizer, SummaryLine
from models.runtime.batching import Result, batches, run_or_halve
from models.runtime.control import NO_CONTROL, Control, StoppedError
from models.runtime.tuning import MOST_ON_CPU, MOST_ON_GPU, PARTS

Worker = TypeVar("Worker")


def run_on_workers(
    workers: Sequence[Worker],
    sizes: Sequence[int],
    batch_tokens: int,
    run: Callable[[Worker, Sequence[int], Control], Sequence[Result]],
    control: Control = NO_CONTROL,
) -> list[Result]:
    """Run items of the given sizes in batches, each by the worker that is free first.

    The results have the order of `sizes`. `run` gets a worker, indices and the control that holds
    for this worker; it raises MemoryError if memory ran out, and the same worker then runs the
    halves. What any worker raises is raised here; the others take no more batches, and leave
    theirs at their next step. Raises StoppedError once `control` is stopped.
    """
    budget = shared_budget(batch_tokens, len(workers))
    work = _Work(batches(sizes, budget), run)
    if len(workers) == 1:
        results = work.run_alone(workers[0], control)
    else:
        results = work.run_together(workers, control)
    return [results[index] for index in range(len(sizes))]


def shared_budget(batch_tokens: int, workers: int) -> int:
    """Return the padded tokens of a batch such that each of several workers gets several.

    One worker gets just `batch_tokens`. The budget does not follow what is asked: inputs that are
    left when others are answered make the same batches as before.
    """
    return batch_tokens if workers == 1 else max(1, batch_tokens // PARTS)


def deal_threads(threads: int, device_kind: str, backend: str) -> list[int]:
    """Deal CPU threads to the workers of one device, which share its weights: the threads of each.

    One thread with a batch of its own does more than two that share every product of one batch.
    CTranslate2 deals those of a CPU itself; on a GPU each of its workers has a stream and a thread
    that feeds it. A torch model has its GPU alone.
    """
    match device_kind, backend:
        case "cpu", "transformers":
            workers = max(1, min(threads, MOST_ON_CPU))
            return [threads // workers + (at < threads % workers) for at in range(workers)]
        case "cuda", "ctranslate2":
            return [1] * max(1, min(threads, MOST_ON_GPU))
        case _:
            return [threads]


class _Work(Generic[Worker, Result]):
    """Batches that wait, and how one is run."""

    def __init__(
        self,
        waiting: Sequence[Sequence[int]],
        run: Callable[[Worker, Sequence[int], Control], Sequence[Result]],
    ) -> None:
        self._waiting = SimpleQueue[Sequence[int]]()
        for batch in waiting:
            self._waiting.put(batch)
        self._run = run
        self._stop = threading.Event()

    def run_together(self, workers: Sequence[Worker], control: Control) -> dict[int, Result]:
        """Let the workers take batches until none is left; the first one is the caller."""
        shared = control.for_threads(self._stop)
        with ThreadPoolExecutor(max_workers=len(workers)) as threads:
            try:
                others = [threads.submit(self._run_one, worker, shared) for worker in workers[1:]]
                results = self._run_one(workers[0], shared)
                for other in others:
                    results |= other.result()
            except BaseException:
                # Leaving the block waits for the others, so stop them first.
                self._stop.set()
                raise
        return results

    def _run_one(self, worker: Worker, control: Control) -> dict[int, Result]:
        """Return the results of one of several workers; fewer if another one failed."""
        try:
            return self.run_alone(worker, control)
        except StoppedError:
            if not self._stop.is_set():
                raise
            return {}
        except BaseException:
            self._stop.set()
            raise

    def run_alone(self, worker: Worker, control: Control) -> dict[int, Result]:
        """Take batches until none is left."""

        def run(batch: Sequence[int]) -> Sequence[Result]:
            control.check()
            return self._run(worker, batch, control.for_part(batch))

        results: dict[int, Result] = {}
        while True:
            try:
                batch = self._waiting.get_nowait()
            except Empty:
                return results
            results.update(run_or_halve(batch, run))


@dataclass(frozen=True, slots=True)
class SharedSummarizer:
    """A Summarizer over several that answer alike, one a device: each takes the next article."""

    summarizers: tuple[Summarizer, ...]

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        """Summarize each article; the result has the same length and order."""

        def run(
            summarizer: Summarizer, batch: Sequence[int], control: Control
        ) -> list[list[SummaryLine]]:
            chosen = [articles[index] for index in batch]
            return summarizer.summarize(chosen, language=language, control=control)

        sizes = [sum(map(len, article)) for article in articles]
        # A budget of one: every article is a batch of its own.
        return run_on_workers(self.summarizers, sizes, 1, run, control)
