"""Fill batches by padded size and give results back in the order asked."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

Result = TypeVar("Result")
Question = TypeVar("Question", bound=Hashable)


def batches(sizes: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Cut the items of the given sizes into batches of their indices.

    A batch costs its longest item times its count, because shorter items are padded;
    no batch costs more than `batch_tokens`, save that of a single item which alone does.
    Longest first, so that memory runs out at once or never; ties keep their order.
    """
    filled: list[list[int]] = []
    longest = 0
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
        if filled and longest * (len(filled[-1]) + 1) <= batch_tokens:
            filled[-1].append(index)
        else:
            longest = sizes[index]
            filled.append([index])
    return filled


def answer_once(
    texts: Sequence[Question], answer: Callable[[list[Question]], Sequence[Result]]
) -> list[Result]:
    """Answer each distinct text once; the result has the length and order of `texts`.

    `answer` gets the distinct texts in the order they first come and is not called for none.
    """
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return []
    answers = dict(zip(distinct, answer(distinct), strict=True))
    return [answers[text] for text in texts]


def first_places(texts: Sequence[Question]) -> list[int]:
    """Return where each distinct text comes first, in the order of `answer_once`."""
    first: dict[Question, int] = {}
    for place, text in enumerate(texts):
        first.setdefault(text, place)
    return list(first.values())


def run_in_batches(
    sizes: Sequence[int], batch_tokens: int, run: Callable[[Sequence[int]], Sequence[Result]]
) -> list[Result]:
    """Run items of the given sizes in batches; the results have the order of `sizes`.

    `run` gets indices and says that memory ran out with MemoryError: the batch is halved.
    """
    found = dict(
        answer for batch in batches(sizes, batch_tokens) for answer in run_or_halve(batch, run)
    )
    return [found[index] for index in range(len(sizes))]


def run_or_halve(
    batch: Sequence[int], run: Callable[[Sequence[int]], Sequence[Result]]
) -> Iterator[tuple[int, Result]]:
    """Run a batch of indices; where memory runs out, run its two halves instead.

    Gives (index, result) pairs. `run` says that memory ran out with MemoryError, which
    is passed on only for a batch of one: that one cannot be made smaller.
    """
    try:
        results = run(batch)
    except MemoryError:
        if len(batch) == 1:
            raise
    else:
        yield from zip(batch, results, strict=True)
        return
    middle = (len(batch) + 1) // 2
    yield from run_or_halve(batch[:middle], run)
    yield from run_or_halve(batch[middle:], run)
