"""Many pairs to what the checks find: in this process, or in several once there are many."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipeline.check.checks import findings
from pipeline.errors import PipelineError
from pipeline.language.glossary import Glossary
from pipeline.processes import ProcessPool
from pipeline.records import Finding

SHARED = "pipeline.check.words.shared"
"""A module that checking processes have in common: its words are in memory once."""

_FEWEST = 2_000
"""Fewer pairs are checked sooner in one process than in several, which take a second to start."""

_PIECE = 50
"""Number of pairs that a process checks at a time."""

_AHEAD = 4
"""Pieces for each process that are waiting or begun."""

Pair = tuple[str, str, Sequence[str]]
"""A source, its translation, and the flags of the translation."""


class Checker:
    """Checks pairs with a glossary, in up to `processes` processes once it was given many pairs.

    The findings are the same in any number of them.
    """

    def __init__(self, glossary: Glossary | None = None, processes: int = 1) -> None:
        self._glossary = glossary
        self._processes = processes
        self._given = 0
        self._pool: ProcessPool | None = None

    def __call__(self, pairs: Sequence[Pair]) -> Iterator[list[Finding]]:
        """Yield the findings of each pair, in order.

        Raises PipelineError if a process was killed; this one checks all pairs given later.
        """
        self._given += len(pairs)
        if self._processes > 1 and self._given >= _FEWEST and len(pairs) > _PIECE:
            try:
                yield from self._shared(pairs)
            except PipelineError:
                self._processes, self._pool = 1, None
                raise
        else:
            yield from _check(self._glossary, pairs)

    def _shared(self, pairs: Sequence[Pair]) -> Iterator[list[Finding]]:
        if self._pool is None:
            begin = partial(_Kept.keep, self._glossary)
            self._pool = ProcessPool(self._processes, [SHARED], begin)
        waiting: deque[Callable[[], list[list[Finding]]]] = deque()
        for start in range(0, len(pairs), _PIECE):
            waiting.append(self._pool.submit(_Kept.check, pairs[start : start + _PIECE]))
            if len(waiting) > _AHEAD * self._processes:
                yield from waiting.popleft()()
        while waiting:
            yield from waiting.popleft()()


class _Kept:
    """The glossary of a process: it is sent once, not with every piece."""

    glossary: Glossary | None = None

    @classmethod
    def keep(cls, glossary: Glossary | None) -> None:
        cls.glossary = glossary

    @classmethod
    def check(cls, pairs: Sequence[Pair]) -> list[list[Finding]]:
        return list(_check(cls.glossary, pairs))


def _check(glossary: Glossary | None, pairs: Sequence[Pair]) -> Iterator[list[Finding]]:
    for source, translation, flags in pairs:
        yield findings(source, translation, glossary=glossary, flags=flags)
