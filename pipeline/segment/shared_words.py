"""Texts about the same subject, recognised by the pairs of characters that they share."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from pipeline.language.chinese import is_han

_LEAST_SHARED = 2
_REMEMBERED_CHARS = 2000


def matches(titles: Sequence[str], texts: Sequence[str]) -> list[int | None]:
    """Return, for each title, the index of the text that shares most of its character pairs.

    None if no text shares at least two. A pair is two adjacent Han characters or two adjacent
    Latin letters.
    """
    wanted = {pair for title in titles for pair in _pairs(title)}
    where: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        for pair in wanted & _pairs(text):
            where.setdefault(pair, []).append(index)
    found: list[int | None] = []
    for title in titles:
        shared = Counter(index for pair in sorted(_pairs(title)) for index in where.get(pair, ()))
        best = max(shared, key=lambda index: (shared[index], -index), default=None)
        found.append(best if best is not None and shared[best] >= _LEAST_SHARED else None)
    return found


def _pairs(text: str) -> frozenset[str]:
    return _remembered_pairs(text) if len(text) <= _REMEMBERED_CHARS else _found_pairs(text)


@lru_cache(maxsize=256)
def _remembered_pairs(text: str) -> frozenset[str]:
    # the same beginnings are compared with every continuation of a page
    return _found_pairs(text)


def _found_pairs(text: str) -> frozenset[str]:
    return frozenset(
        left + right
        for left, right in pairwise(text)
        if (is_han(left) and is_han(right))
        or (left.isascii() and left.isalpha() and right.isalpha())
    )
