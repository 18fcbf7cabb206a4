"""What several checks share: the words of a text, and how much of one is shown."""

import re

MOST_FINDINGS = 50
"""Findings of one check in one sentence; nobody reads more."""

MOST_CHARS = 4_000
"""Longer texts are tables or lists, where words far apart have nothing to do with each other."""

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def shorten(text: str, characters: int = 40) -> str:
    """Return a text, cut with an ellipsis if it is longer than `characters`."""
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"
