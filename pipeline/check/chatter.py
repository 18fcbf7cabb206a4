"""Find what a model says instead of translating: notes, refusals, marks of a prompt."""

import re
from collections.abc import Sequence

from pipeline.check.text import MOST_CHARS, shorten
from pipeline.check.words.remarks import habits
from pipeline.records import Finding, Span


def chatter(source: str, translation: str, *, flags: Sequence[str] = ()) -> list[Finding]:
    """Find notes, labels, refusals and marks of a prompt that are no part of the translation.

    A source that says such a thing itself (注：, 抱歉) may be translated so. With the flag
    `refused` the model itself, or its server, says that it did not translate.
    """
    if "refused" in flags:
        message = "the model or a filter of its server refused to translate this"
        return [Finding("chatter", "error", message, Span(0, len(source)))]
    lower = translation.lower()
    for habit in habits():
        if habit.needs and not any(map(lower.__contains__, habit.needs)):
            continue
        match = _first(habit.pattern, translation)
        if match and match[0].strip() and not habit.source_says.search(source):
            said = shorten(match[0].strip())
            message = f"“{said}” is not in the source: the model comments instead of translating"
            return [Finding("chatter", "error", message, None, Span(*match.span()))]
    return []


def _first(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first match near the start or the end, where models comment."""
    return pattern.search(text, 0, MOST_CHARS) or (
        pattern.search(text, max(MOST_CHARS, len(text) - MOST_CHARS))
        if len(text) > MOST_CHARS
        else None
    )
