"""Find clauses that were left out, and English that the source does not explain.

A word that has no counterpart speaks for an omission, the more so the oftener the word is
translated with one; a word that has one speaks against it, the more so the rarer the counterpart.
The evidence of a word is the logarithm of how much likelier it is if its part was left out (naive
Bayes). The part with the greatest sum is found in one pass (Kadane's algorithm, Bentley 1984), and
the length of the translation must speak for it too.
"""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.patterns import lazy
from pipeline.check.text import MOST_CHARS, WORD, shorten
from pipeline.language.bodies import known_bodies
from pipeline.language.chinese import han_characters
from pipeline.language.english_words import plain_form
from pipeline.language.lexicon import (
    Place,
    Usage,
    chinese_usage,
    chinese_words,
    counterparts,
    english_stems,
    english_usage,
)
from pipeline.records import Finding, Span

_LEAST_OMITTED = 4.6
_LEAST_ADDED = 5.4
"""Evidence, in nats, that fewer than 1 in 200 human translations of FLORES-101 dev have."""
_MOST_FOR = 2.5
_MOST_AGAINST = 4.0
"""Most evidence of one word, in nats: words next to each other are not independent."""
_SUREST = 0.985
_MEAN_LENGTH = 0.08
_SPREAD_OF_LENGTH = 0.25
"""Of the logarithm of English words for each Chinese word."""
_LEAST_REST = 0.08
_PARAPHRASE = 0.4
_MOST_PARAPHRASE = 2.0
"""A part without counterpart on the other side too may be its free translation."""
_ABBREVIATION = 1.2
_MOST_ABBREVIATIONS = 2
_UNKNOWN_WORD = 0.8
"""Evidence against a part that an abbreviation, or a word not in the lexicon, may explain."""
_SAYING = 4
_WORDS_OF_SAYING = 2
_IN_SOURCE = -2.0
_MOST_OF_NAME = 0.6
"""Most evidence of a word in capitals: 十九大 is written out as a long name."""
_SMALLEST_SOURCE_CHARACTERS = 12
"""A shorter source, such as an idiom or a date, may well need none of the usual words."""
_REACH_OF_GLOSS = 12
"""Characters before a bracket with Latin words that these may stand for."""
_LATIN = lazy(r"[A-Za-z]{2,}")
_CAPITALS = lazy(r"\b[A-Z]{2,}[a-z]?\b|\b[A-Za-z][^\W_]*\d\b")
_NAME_INSIDE = lazy(r"(?<=[^.!?:\"“\s])\s+[\"“(]?[A-Z]|(?<=\w)-[A-Z]")
_NUMERAL = lazy(r"[〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟几数多余半第]+")
_COUNTED = (
    "january february march april may june july august september october november december"
    " one two three four five six seven eight nine ten eleven twelve hundred thousand million"
    " billion first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " st nd rd th half twice dozen percent day month year"
)
_GLOSS = lazy(r"[（(]\s*([A-Za-z][^()（）]*)[)）]")


_Word = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a text with the greatest evidence, in nats, and its share of the words."""

    evidence: float
    share: float
    span: Span


def coverage(source: str, translation: str) -> list[Finding]:
    """Find a run of words without counterpart: in the source (left out) or in the English (added).

    Method: words are looked up in a lexicon mined from parallel texts. Texts over 4,000 characters
    are not read.
    """
    if max(len(source), len(translation)) > MOST_CHARS or han_characters(translation):
        return []
    if len(han_characters(source)) < _SMALLEST_SOURCE_CHARACTERS:
        return []
    words, stems = list(chinese_words(source)), list(english_stems(translation))
    if not words or not any(english_usage(stem) for stem, _ in stems):
        return []
    omitted = _best_part(words, _omitted(source, translation, words, stems))
    added = _best_part(stems, _added(source, translation, words, stems))
    surplus = math.log((len(WORD.findall(translation)) + 1) / (len(words) + 1)) - _MEAN_LENGTH
    left_out = _total(omitted, surplus, math.log(max(1 - omitted.share, _LEAST_REST)), added)
    put_in = _total(added, surplus, -math.log(max(1 - added.share, _LEAST_REST)), omitted)
    findings = []
    if left_out > _LEAST_OMITTED and left_out - _shortened(source, translation) > _LEAST_OMITTED:
        message = f"left out, it seems: no words of the English match “{_quote(source, omitted)}”"
        findings.append(Finding("coverage", "warning", message, omitted.span, None))
    if put_in > _LEAST_ADDED and put_in - _explained(words, stems) > _LEAST_ADDED:
        message = f"added, it seems: no words of the source match “{_quote(translation, added)}”"
        findings.append(Finding("coverage", "warning", message, None, added.span))
    return findings


def _shortened(source: str, translation: str) -> float:
    """Return the evidence that abbreviations of the English stand for what has no counterpart."""
    new = set(_CAPITALS.findall(translation)) - set(_CAPITALS.findall(source))
    return _ABBREVIATION * min(len(new), _MOST_ABBREVIATIONS)


def _explained(words: Sequence[_Word], stems: Sequence[_Word]) -> float:
    """Return the evidence that words of the source explain English without counterpart."""
    said = frozenset(stem for stem, _ in stems)
    return _UNKNOWN_WORD * sum(_explains(word, said) for word, _ in words)


def _explains(word: str, said: frozenset[str]) -> int:
    """Return how much English without counterpart may stand for a word.

    A word that the lexicon does not have may be translated by any word, a saying by many.
    """
    if len(word) >= _SAYING and counterparts(word).isdisjoint(said):
        return _WORDS_OF_SAYING
    return len(word) > 1 and chinese_usage(word) is None


def _quote(text: str, part: Part) -> str:
    return shorten(text[part.span.start : part.span.end])


def _total(part: Part, surplus: float, expected: float, other: Part) -> float:
    """Return the evidence of a part, of the length, and against it of a part on the other side.

    `surplus` is the logarithm of the length of the translation over the usual one; `expected` is
    what it would be if the part was left out or added.
    """
    length = (surplus**2 - (surplus - expected) ** 2) / (2 * _SPREAD_OF_LENGTH**2)
    return part.evidence + length - min(_PARAPHRASE * other.evidence, _MOST_PARAPHRASE)


def _omitted(
    source: str,
    translation: str,
    words: Sequence[_Word],
    stems: Sequence[_Word],
) -> list[float]:
    """Return the evidence of each Chinese word that it was left out.

    Numbers are left to `numbers`. Words before a bracket with Latin words are not missed if the
    English has the Latin words.
    """
    others = frozenset(stem for stem, _ in stems)
    matched = {word for word, _ in words if not counterparts(word).isdisjoint(others)}
    evidence = _evidence(words, chinese_usage, matched, len(others))
    lower = translation.lower()
    glossed = {
        place
        for gloss in _GLOSS.finditer(source)
        if gloss[1].strip().lower() in lower
        for place in range(gloss.start() - _REACH_OF_GLOSS + 1, gloss.start() + 1)
    }
    return [
        min(value, 0.0) if end in glossed or _NUMERAL.fullmatch(word) else value
        for (word, (_, end)), value in zip(words, evidence, strict=True)
    ]


def _added(
    source: str,
    translation: str,
    words: Sequence[_Word],
    stems: Sequence[_Word],
) -> list[float]:
    """Return the evidence of each English word that it was added.

    Words of the source need no counterpart, nor do the names of its bodies, nor months and numbers,
    which `numbers` compares.
    """
    others = frozenset(word for word, _ in words)
    matched = frozenset[str]().union(*map(counterparts, others))
    evidence = _evidence(stems, english_usage, matched, len(others))
    latin = {plain_form(word.lower()) for word in _LATIN.findall(source)}
    names = {name.end() - 1 for name in _NAME_INSIDE.finditer(translation)}
    bodies = [place for _, body in known_bodies(source) for place in body.places(translation)]
    for place, (stem, (start, _)) in enumerate(stems):
        if stem in latin:
            evidence[place] = _IN_SOURCE
        elif start in names:
            evidence[place] = min(evidence[place], _MOST_OF_NAME)
        elif stem in _counted_stems() or any(a <= start < b for a, b in bodies):
            evidence[place] = min(evidence[place], 0.0)
    return evidence


@lru_cache(maxsize=1)
def _counted_stems() -> frozenset[str]:
    return frozenset(map(plain_form, _COUNTED.split()))


def _evidence(
    words: Sequence[_Word],
    usage_of: Callable[[str], Usage | None],
    matched: Collection[str],
    others: int,
) -> list[float]:
    """Return the evidence of each word, in nats, that its part was not translated.

    `matched` are the words with a counterpart, `others` counts the words of the other text.
    """
    return [
        _evidence_of(usage, others, is_matched=word in matched)
        if (usage := usage_of(word))
        else 0.0
        for word, _ in words
    ]


def _evidence_of(usage: Usage, others: int, *, is_matched: bool) -> float:
    translated, chance = usage
    chance = min(0.95, 1 - (1 - chance) ** others)
    translated = min(max(translated, chance), _SUREST)
    if is_matched:
        return max(-_MOST_AGAINST, math.log(max(chance, 1e-9) / translated))
    return min(_MOST_FOR, math.log((1 - chance) / (1 - translated)))


def _best_part(words: Sequence[_Word], evidence: Sequence[float]) -> Part:
    """Return the run of words with the greatest sum of evidence."""
    best = current = 0.0
    first, last, start = 0, 0, 0
    for place, value in enumerate(evidence):
        if current <= 0:
            current, start = 0.0, place
        current += value
        if current > best:
            best, first, last = current, start, place
    share = (last + 1 - first) / len(words)
    return Part(best, share if best else 0.0, Span(words[first][1][0], words[last][1][1]))
