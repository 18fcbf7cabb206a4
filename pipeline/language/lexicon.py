"""Which English words translate a Chinese word: a lexicon mined from parallel texts."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.language.chinese import HAN
from pipeline.language.english_words import plain_form, words_of
from pipeline.language.words import likeliest_words
from pipeline.records import Span

_CHINESE = Path(__file__).with_name("lexicon.tsv")
_ENGLISH = Path(__file__).with_name("lexicon_english.tsv")
_HAN_RUN = re.compile(f"[{HAN}]+")
_ENGLISH_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """What is known of a word: its counterparts in the other language.

    `translated` is the share of its sentences whose translation has a counterpart; `chance` is the
    share of its counterparts among all words of the other language.
    """

    translated: float
    chance: float
    counterparts: frozenset[str]


def chinese_words(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the words of the Chinese characters of a text, with their places."""
    for run in _HAN_RUN.finditer(text):
        for start, end in likeliest_words(run[0]):
            yield run[0][start:end], Span(run.start() + start, run.start() + end)


def english_stems(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the plain forms of the words of an English text, with their places."""
    for word in _ENGLISH_WORD.finditer(text):
        for plain in words_of(word[0]):
            yield plain_form(plain), Span(*word.span())


@lru_cache(maxsize=1)
def chinese_lexicon() -> dict[str, LexiconEntry]:
    """Return the entries of Chinese words; their counterparts are English stems.

    >>> sorted(chinese_lexicon()["经济"].counterparts)[:2]
    ['economic', 'economical']
    """
    return {
        word: _entry(translated, chance, stems.split(" "))
        for word, translated, chance, stems in _rows(_CHINESE)
    }


@lru_cache(maxsize=1)
def english_lexicon() -> dict[str, LexiconEntry]:
    """Return the entries of English stems; their counterparts are Chinese words."""
    words: dict[str, list[str]] = defaultdict(list)
    for word, entry in chinese_lexicon().items():
        for stem in entry.counterparts:
            words[stem].append(word)
    return {
        stem: _entry(translated, chance, words[stem])
        for stem, translated, chance in _rows(_ENGLISH)
    }


def _entry(translated: str, chance: str, counterparts: list[str]) -> LexiconEntry:
    return LexiconEntry(int(translated) / 100, int(chance) / 1e6, frozenset(counterparts))


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")
