"""Find a translation with no word in it."""

from pipeline.check.text import WORD
from pipeline.records import Finding, Span


def empty(source: str, translation: str) -> list[Finding]:
    """Find a translation without a letter or a digit, where the source has some."""
    if WORD.search(source) and not WORD.search(translation):
        return [Finding("empty", "error", "the translation is empty", Span(0, len(source)))]
    return []
