"""Find a translation that is too short or too long for its source."""

import re

from models.patterns import lazy
from pipeline.check.text import WORD
from pipeline.language.chinese import han_characters
from pipeline.records import Finding, Span

_SHORTEST_WORDS_PER_CHARACTER = 0.22
_LONGEST_WORDS_PER_CHARACTER = 1.9
_SMALLEST_SOURCE_CHARACTERS = 10
_MORE_WORDS = 6
"""Outside these bounds are fewer than 1 in 200 human translations of FLORES-101 dev."""
_DATE = lazy(r"\d+\s?[年月日号时点分]")


def length(source: str, translation: str) -> list[Finding]:
    """Find translations much shorter or longer than their source can explain.

    The measure is English words for each Chinese character; Latin words in the source
    count as two characters each. Sources under ten characters are too short to judge, unless
    the English has several words more than even a long name; so are those that are little more
    than dates: 5月6日至8日 is "May 6-8".
    """
    characters = _characters(source)
    words = len(WORD.findall(translation))
    if han_characters(translation):
        return []
    if characters < _SMALLEST_SOURCE_CHARACTERS:
        most = _LONGEST_WORDS_PER_CHARACTER * characters + _MORE_WORDS
        return (
            [_unlikely(words, characters, translation)] if characters > 3 and words > most else []
        )
    ratio = words / characters
    if _SHORTEST_WORDS_PER_CHARACTER <= ratio <= _LONGEST_WORDS_PER_CHARACTER:
        return []
    if ratio < 1 and _characters(_DATE.sub("", source)) < _SMALLEST_SOURCE_CHARACTERS:
        return []
    return [_unlikely(words, characters, translation)]


def _unlikely(words: int, characters: int, translation: str) -> Finding:
    verdict, advice = ("short", "lost") if words < characters else ("long", "added")
    message = (
        f"very {verdict}: {words} words for {characters} characters; "
        f"something may have been {advice}"
    )
    return Finding("length", "warning", message, None, Span(0, len(translation)))


def _characters(source: str) -> int:
    return len(han_characters(source)) + 2 * len(re.findall(r"[A-Za-z0-9]+", source))
