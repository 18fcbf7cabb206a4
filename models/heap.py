"""What glibc's heaps keep free while a search runs, and when the system gets it back.

A search takes and frees buffers of ever other sizes, and glibc leaves holes between them: after
minutes more than is in use (docs/log.md). Elsewhere than with glibc nothing here does anything.
"""

import ctypes
import sys

import psutil

# glibc's name for the most heaps that threads may have (malloc.h: M_ARENA_MAX).
ARENA_MAX = -8

# So much of what a process takes when a search begins it may take beside that, for one beam and
# once more for each doubling of beams; and so much more than is in use after that, before holes go
# back. That takes milliseconds, and the system must clear once more what is taken again: greedy,
# the bundled model gives a few hundredths of its speed for a run that does not grow.
GROWTH, MARGIN = 0.22, 1.1


class Ceiling:
    """How large this process may grow in a search before what its heaps keep free goes back."""

    def __init__(self, beams: int) -> None:
        """Start from what the process takes now."""
        self._process = psutil.Process()
        self._most = (1 + GROWTH * beams.bit_length()) * self._resident()

    def look(self) -> None:
        """Give back what is free if the process has grown too far.

        Where more than that is in use, the ceiling rises: nothing is given back in vain again.
        """
        if self._resident() > self._most:
            give_back()
            self._most = max(self._most, MARGIN * self._resident())

    def _resident(self) -> int:
        return int(self._process.memory_info().rss)


def share_heaps(threads: int) -> None:
    """Let four threads share one heap: what each keeps free adds up as a run goes on.

    Two threads took a tenth less memory so, in the same time (docs/log.md).
    """
    _ask_allocator("mallopt", ARENA_MAX, max(1, threads // 4))


def give_back() -> None:
    """Give the system what the heaps keep free."""
    _ask_allocator("malloc_trim", 0)


def _ask_allocator(function: str, *arguments: int) -> None:
    """Call a function of glibc's allocator; elsewhere nothing is done."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), function):
        getattr(library, function)(*arguments)
