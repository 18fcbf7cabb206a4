"""The tables of units and currencies, as patterns to match beside a number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.measures.measure import Measure
from pipeline.language.patterns import compiled, first_characters

_NEVER = "(?!)"
_NO_LETTER = "(?:(?<![A-Za-z])|(?![A-Za-z0-9²³]))"


_Row = tuple[str, Measure]


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns of many measures, to find those whose word is the longest at a place.

    The patterns are listed by the characters that their matches begin with; `any_first` are those
    that may begin with any.
    """

    by_first: Mapping[str, Sequence[_Row]]
    any_first: Sequence[_Row]

    def longest(self, text: str, start: int) -> tuple[tuple[Measure, ...], int]:
        """Return the measures at `start` and where their word ends; none and `start` if none."""
        best: list[Measure] = []
        end = start
        for pattern, measure in self.by_first.get(text[start : start + 1], self.any_first):
            match = compiled(pattern).match(text, start)
            if match and match.end() > end:
                best, end = [measure], match.end()
            elif match and match.end() == end and best:
                best.append(measure)
        return tuple(best), end

    def before(self, text: str, end: int) -> tuple[Measure, ...]:
        """Return the measures whose sign is the longest one that ends at `end`."""
        if end <= 0 or text[end - 1].islower():
            return ()
        first = max(0, end - _LONGEST_SIGN)
        for start in range(first, end):
            if text[start] not in self.by_first and not self.any_first:
                continue
            measures, reach = self.longest(text, start)
            if measures and reach == end and not _in_word(text, start):
                return measures
        return ()


_LONGEST_SIGN = 6


def _in_word(text: str, start: int) -> bool:
    """True if a letter stands right before the code: the SEK of "BASEK"."""
    before, first = text[start - 1 : start], text[start : start + 1]
    return before.isascii() and before.isalpha() and first.isalpha()


@lru_cache(maxsize=1)
def chinese_words() -> Words:
    """Return the units and currencies that stand after a Chinese number."""
    rows = [(zh, measure) for measure, zh, _, _ in _units()]
    rows += [(_either(row.chinese, row.codes), row.measure) for row in currencies()]
    return _words([(f"(?:{zh}){_NO_LETTER}" if zh else "", measure) for zh, measure in rows])


@lru_cache(maxsize=1)
def english_words() -> Words:
    """Return the units and currencies that stand after an English number."""
    rows = [(_english(words, symbols), measure) for measure, _, words, symbols in _units()]
    for row in currencies():
        symbols = _either(row.codes, row.signs)
        rows.append((_english(row.english, symbols), row.measure))
    return _words(rows)


@lru_cache(maxsize=1)
def money_signs() -> Words:
    """Return the signs and codes of currencies that stand before a number."""
    return _words([(_either(row.signs, row.codes), row.measure) for row in currencies()])


@dataclass(frozen=True, slots=True)
class Currency:
    """A row of the table of currencies; `worth` is one of it in yuan, roughly."""

    measure: Measure
    worth: float
    country: re.Pattern[str]
    chinese: str
    english: str
    codes: str
    signs: str


@lru_cache(maxsize=1)
def currencies() -> tuple[Currency, ...]:
    """Return the rows of the table of currencies."""
    return tuple(
        Currency(
            Measure(name, f"money: {name}", Fraction(size), "money"),
            float(worth),
            lazy(country or _NEVER),
            chinese,
            english,
            codes,
            before,
        )
        for name, size, worth, country, chinese, english, codes, before in data_rows(
            __file__, "currencies.tsv"
        )
    )


@lru_cache(maxsize=1)
def _units() -> tuple[tuple[Measure, str, str, str], ...]:
    rows = []
    for name, dimension, system, size, chinese, english in data_rows(__file__, "units.tsv"):
        words, _, symbols = english.partition("~")
        rows.append((Measure(name, dimension, Fraction(size), system), chinese, words, symbols))
    return tuple(rows)


def _either(*patterns: str) -> str:
    return "|".join(pattern for pattern in patterns if pattern)


def _english(words: str, symbols: str) -> str:
    either = _either(f"(?i:{words})" if words else "", symbols)
    return rf"(?:{either})(?![A-Za-z0-9²³])" if either else ""


def _words(rows: list[tuple[str, Measure]]) -> Words:
    filled = [(pattern, measure) for pattern, measure in rows if pattern]
    firsts = [first_characters(pattern) for pattern, _ in filled]
    characters = frozenset[str]().union(*(first for first in firsts if first))
    listed = list(zip(firsts, filled, strict=True))
    return Words(
        {one: [row for first, row in listed if not first or one in first] for one in characters},
        [row for first, row in listed if not first],
    )
