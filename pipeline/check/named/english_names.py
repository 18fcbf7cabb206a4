"""Names of Chinese people in an English text, recognised by their pinyin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from models.patterns import lazy
from pipeline.data_file import data_sets
from pipeline.language.spellings import folded, syllable_splits
from pipeline.records import Span

_MOST_WORDS = 5_000
"""Capitalised words of one translation that are read."""
_WORD = lazy(r"(?<![\w'’-])[A-Z][A-Za-zü]+(?:[-'’][A-Za-zü]+)*(?!\w)")
_WORDS = data_sets(__file__, "english_names.tsv")
_SURNAMES, _PLACES = _WORDS["surnames"], _WORDS["places"]
_ENGLISH = _WORDS["english"]
_SURE_SURNAMES = _WORDS["sure surnames"]
_SILENT = lazy(r"(?:[tsnmrc]e)$")
_SILENT_WORDS = _WORDS["silent"]
_NOT_BEFORE = lazy(
    r"(?:Mount|Mt\.?|Lake|Port|Pak|Abu|Al|El|San|Santa|Los|Las|Von|Van|De|Da|Di|Du|La|Le)\s$"
)
_NOT_AFTER = lazy(
    r"\s(?:Road|Street|Avenue|Lane|Highway|River|Lake|Mountain|Island|Bay|District|County|City"
    r"|Province|Town|Township|Village|Prefecture|Station|Bridge|Temple|Pavilion|Park|Dynasty"
    r"|Pass)\b"
)


@dataclass(frozen=True, slots=True)
class EnglishName:
    """A Chinese person's name in an English text, and every way to read its syllables."""

    text: str
    span: Span
    family: str
    readings: tuple[tuple[str, ...], ...]


def english_names(text: str) -> Iterator[EnglishName]:
    """Yield the names that are two capitalised words of pinyin, one of them a family name."""
    words = list(islice(_WORD.finditer(text), _MOST_WORDS))
    last_end = 0
    for number, (first, second) in enumerate(pairwise(words)):
        if first.start() < last_end or not _is_next(text, first, second):
            continue
        following = words[number + 2] if number + 2 < len(words) else None
        if following and _is_next(text, second, following) and not _may_begin(first, second):
            continue
        is_longer = following and _is_next(text, second, following) and len(following[0]) < 7
        name = _name(text, first, second)
        if name and not (is_longer and all(len(one) < 3 for one in name.readings)):
            last_end = second.end()
            yield name


def _is_next(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return text[first.end() : second.start()] == " "


def _may_begin(first: re.Match[str], second: re.Match[str]) -> bool:
    """True if a name may begin with the first of three words: no title before a family name."""
    return folded(first[0]) in _SURNAMES or folded(second[0]) not in _SURNAMES


def _name(text: str, first: re.Match[str], second: re.Match[str]) -> EnglishName | None:
    one, other = folded(first[0]), folded(second[0])
    if not _is_pinyin(one) or not _is_pinyin(other) or one + other in _PLACES:
        return None
    if one in _ENGLISH and (one not in _SURE_SURNAMES or other in _ENGLISH):
        return None
    around = text[max(0, first.start() - 8) : first.start()], text[second.end() : second.end() + 14]
    if _NOT_BEFORE.search(around[0]) or _NOT_AFTER.match(around[1]):
        return None
    splits_one, splits_other = syllable_splits(one), syllable_splits(other)
    readings = [a + b for a in splits_one for b in splits_other]
    if one in _SURNAMES and min(map(len, splits_other)) <= 2:
        family = one
        if other in _SURNAMES and len(splits_other[0]) == 1:
            readings += [b + a for a in splits_one for b in splits_other]
    elif other in _SURNAMES and min(map(len, splits_one)) == 2:
        family = other
        readings = [b + a for a in splits_one for b in splits_other] + readings
    else:
        return None
    span = Span(first.start(), second.end())
    return EnglishName(text[span.start : span.end], span, family, tuple(readings))


def _is_pinyin(word: str) -> bool:
    if not syllable_splits(word):
        return False
    return word not in _SILENT_WORDS and not (len(word) < 7 and _SILENT.search(word))
