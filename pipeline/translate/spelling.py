"""Write a misspelt name as the source spells it: 皮特曼（Pittman） ── Pitttman ─▶ Pittman."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from models.patterns import lazy
from pipeline.language.spellings import folded
from pipeline.records import Finding

_NAME = lazy(r"[A-Z\u00c0-\u00de][\w'’\-]{4,29}")
_LATIN = lazy(r"[A-Za-z\u00c0-\u024f][\w'’\-]*")
_LEAST_LIKENESS = 0.8
_MOST_WORDS = 300  # words of a translation that are compared


def respelt(source: str, translation: str, findings: Sequence[Finding]) -> str:
    """Write the names that the checks miss as the source has them in Latin letters.

    Only one word of five letters or more, and only if one word of the translation alone is
    nearly the same: it begins with the same capital, and the source has no name spelt like it.
    """
    known = {folded(match[0]) for match in _LATIN.finditer(source)}
    for finding in findings:
        span = finding.source_span
        if finding.check != "names" or span is None:
            continue
        name = source[span.start : span.end]
        if not _NAME.fullmatch(name):
            continue
        words = {match[0] for match in _LATIN.finditer(translation)}
        near = [word for word in list(words)[:_MOST_WORDS] if _is_like(name, word, known)]
        if len(near) == 1:
            translation = re.sub(rf"(?<!\w){re.escape(near[0])}(?!\w)", name, translation)
    return translation


def _is_like(name: str, word: str, known: set[str]) -> bool:
    """True if a word of a translation is the name with a letter or two wrong."""
    if not _NAME.fullmatch(word) or folded(word) in known:
        return False
    one, other = folded(name), folded(word)
    is_near = SequenceMatcher(None, one, other).ratio() >= _LEAST_LIKENESS
    return is_near and one[0] == other[0] and abs(len(one) - len(other)) <= 1
