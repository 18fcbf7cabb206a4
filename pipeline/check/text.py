"""What several checks share: the words of a text, and how much of one is shown."""

from functools import lru_cache

from models.patterns import lazy

MOST_FINDINGS = 50
"""Findings of one check in one sentence; nobody reads more."""

MOST_CHARS = 4_000
"""Longer texts are tables or lists, where words far apart have nothing to do with each other."""

WORD = lazy(r"[^\W_]+(?:['’\-][^\W_]+)*")


@lru_cache(maxsize=4)  # several checks search the same translation
def small_letters(text: str) -> str:
    """Return a text in small letters, of the same length.

    An expression of many words that minds no case is ten times as slow.
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := one.lower()) == 1 else one for one in text)


def shorten(text: str, characters: int = 40) -> str:
    """Return a text, cut with an ellipsis if it is longer than `characters`."""
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"
