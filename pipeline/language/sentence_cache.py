"""Remember what was read in the last sentences: several checks ask, and so does every retry."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import TypeVar

_Item = TypeVar("_Item")

_SENTENCES = 2_048
"""Sentences that are remembered: the flagged ones of a window are asked about again and again."""
_LONGEST = 500  # characters of a sentence that is remembered


def remembered(read: Callable[[str], Iterable[_Item]]) -> Callable[[str], Iterable[_Item]]:
    """Return a function that reads as `read`, and keeps what it read in the last sentences.

    Longer texts are read anew, and no further than they are asked for.
    """
    kept = lru_cache(maxsize=_SENTENCES)(lambda text: tuple(read(text)))

    @wraps(read)
    def reading(text: str) -> Iterable[_Item]:
        return kept(text) if len(text) <= _LONGEST else read(text)

    return reading
