"""Which English words translate a Chinese word: a lexicon mined from parallel texts."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.english_words import plain_form, words_of
from pipeline.language.words import likeliest_words

_CHINESE = Path(__file__).with_name("lexicon.tsv")
_ENGLISH = Path(__file__).with_name("lexicon_english.tsv")
_HAN_RUN = lazy(f"[{HAN}]+")
_ENGLISH_WORD = lazy(r"[^\W\d_]{2,}")


_MOST_WORDS = 30_000  # more words than the lexicon has are never remembered


class Usage(NamedTuple):
    """How a word is translated.

    `translated` is the share of its sentences whose translation has a counterpart; `chance` is the
    share of its counterparts among all words of the other language.
    """

    translated: float
    chance: float


Place = tuple[int, int]
"""Where a word starts and ends."""


def chinese_words(text: str) -> Iterator[tuple[str, Place]]:
    """Yield the words of the Chinese characters of a text, with their places."""
    for run in _HAN_RUN.finditer(text):
        first, characters = run.start(), run[0]
        for start, end in likeliest_words(characters):
            yield characters[start:end], (first + start, first + end)


def english_stems(text: str) -> Iterator[tuple[str, Place]]:
    """Yield the plain forms of the words of an English text, with their places."""
    for word in _ENGLISH_WORD.finditer(text):
        for stem in _stems(word[0]):
            yield stem, word.span()


@lru_cache(maxsize=_MOST_WORDS)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(map(plain_form, words_of(word)))


@lru_cache(maxsize=_MOST_WORDS)
def chinese_usage(word: str) -> Usage | None:
    """Return how a Chinese word is translated; None if the lexicon does not have it."""
    row = _rows(_CHINESE).get(word)
    return _usage(row) if row else None


@lru_cache(maxsize=_MOST_WORDS)
def english_usage(stem: str) -> Usage | None:
    """Return how an English stem is translated; None if the lexicon does not have it."""
    row = _rows(_ENGLISH).get(stem)
    return _usage(row) if row else None


@lru_cache(maxsize=_MOST_WORDS)
def counterparts(word: str) -> frozenset[str]:
    """Return the English stems that translate a Chinese word; none if it is not in the lexicon.

    >>> sorted(counterparts("经济"))[:2]
    ['downturn', 'economic']
    """
    row = _rows(_CHINESE).get(word)
    return frozenset(row.split("\t")[2].split(" ") if row else ())


def _usage(row: str) -> Usage:
    translated, chance = row.split("\t")[:2]
    return Usage(int(translated) / 100, int(chance) / 1e6)


@lru_cache(maxsize=2)
def _rows(path: Path) -> dict[str, str]:
    """Return the rows of a file by their first column; what is needed of one is read later."""
    rows: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, _, row = line.partition("\t")
            rows[word] = row
    return rows
