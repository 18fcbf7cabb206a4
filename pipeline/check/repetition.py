"""Find words and phrases that a model repeats in a loop, and cut the loops."""

import re
from collections.abc import Sequence
from itertools import pairwise

from models.patterns import lazy
from pipeline.check.text import MOST_FINDINGS, WORD, shorten
from pipeline.language.chinese import HAN, han_characters, is_han
from pipeline.language.spellings import readings_of
from pipeline.language.tables import row_texts
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Severity, Span

_MOST_ROUNDS = 20
_MOST_CHARACTERS = 500
"""Characters of a source in which a name such as 郎朗 is looked for."""


def collapsed(source: str, translation: str) -> str | None:
    """Cut every loop down to one round; None where there is none."""
    text = translation
    # a loop of loops needs another round; each makes the text shorter
    for _ in range(_MOST_ROUNDS):
        loops = [f.translation_span for f in repetition(source, text) if f.translation_span]
        shorter = text
        for span in reversed(loops):
            words = list(WORD.finditer(shorter[span.start : span.end]))
            size, times = _loop([word[0].lower() for word in words], 0)
            if times:
                end = span.start + words[size - 1].end()
                shorter = shorter[:end] + shorter[span.end :]
        if shorter == text:
            break
        text = shorter
    if any(found.severity == "error" for found in repetition(source, text)):
        text = _MARKS.sub(r"\1", _STUTTER.sub(r"\1", text))
    return None if text == translation else text


_DOUBLED = {"had", "that", "very", "bye", "long", "many", "far", "more", "really", "boutros"}


def repetition(source: str, translation: str) -> list[Finding]:
    """Find loops: a word or a phrase of four words or more that stands twice running.

    Short words and two- and three-word phrases must stand three times running. Repeats
    that the source has too (“很好，很好，很好”) are not the model's.
    """
    words = list(WORD.finditer(translation))
    spoken = [word[0].lower() for word in words]
    at = 0
    found: list[Finding] = []
    again = _comes_again(spoken)
    while at < len(words) and len(found) < MOST_FINDINGS:
        size, times = _loop(spoken, at) if again[at] else (1, 0)
        if (size, times) == (1, 2) and (
            not _doubled(translation, words[at], words[at + 1]) or _is_name(source, words[at][0])
        ):
            times = 0
        if times and size == 1 and _is_section(translation, words[at], words[at + 1]):
            times = 0
        if times:
            span = Span(words[at].start(), words[at + size * times - 1].end())
            phrase = translation[words[at].start() : words[at + size - 1].end()]
            count = "twice" if times == 2 else f"{times} times"
            message = f"“{shorten(phrase)}” occurs {count} in a row"
            severity: Severity = "warning" if size * times == 2 else "error"
            found.append(Finding("repetition", severity, message, None, span))
        at += max(1, size * times)
    found = found or _worn_out(source, words, translation)
    return [] if found and _repeats(source) else found


def _comes_again(spoken: Sequence[str]) -> list[bool]:
    """Return for each word if a later one is the same: only there a loop can begin."""
    seen: set[str] = set()
    again = []
    for word in reversed(spoken):
        again.append(word in seen)
        seen.add(word)
    return again[::-1]


_STUTTER = lazy(r"([^\W\d_]{1,12}?)(?:-?\1){3,}")
_MARKS = lazy(r"""(["'“”()+;:,])(?:\s?\1){3,}""")
_FEWEST_DIFFERENT = 0.5
_SHORTEST_STUTTER = 5


def _stutter(text: str, words: Sequence[re.Match[str]]) -> re.Match[str] | None:
    """Return the first stutter of a text; only words with the same letters again have one."""
    for word in words:
        start, end = word.span()
        if end - start > _SHORTEST_STUTTER and len(set(word[0])) + 3 <= end - start:
            match = _STUTTER.search(text, start, end)
            if match and len(match[0]) > _SHORTEST_STUTTER:
                return match
    return None


def _worn_out(source: str, words: Sequence[re.Match[str]], translation: str) -> list[Finding]:
    """Find a stutter inside a word (to-to-to-to) and a text of very few different words.

    A source that says the same words again may be translated so.
    """
    if match := _stutter(translation, words):
        message = f"“{match[1]}” occurs in “{shorten(match[0])}” again and again"
        return [Finding("repetition", "error", message, None, Span(*match.span()))]
    if (match := _MARKS.search(translation)) and not _MARKS.search(source):
        message = f"“{match[1]}” is repeated many times"
        return [Finding("repetition", "error", message, None, Span(*match.span()))]
    spoken = [word[0].lower() for word in words]
    different, characters = len(set(spoken)), han_characters(source)
    if len(set(characters)) < 0.6 * len(characters):
        return []
    if len(spoken) >= 12 and different < _FEWEST_DIFFERENT * len(spoken):
        message = f"only {different} different words of {len(spoken)}: the text repeats itself"
        return [Finding("repetition", "warning", message, None, Span(0, len(translation)))]
    return []


def _doubled(translation: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell a doubled word from “the United States states” and “he came. Came …”.

    A number may have a comma in between (“February 25, 25”).
    """
    gap = translation[one.end() : other.start()]
    return one[0] == other[0] and (gap == " " or (gap == ", " and one[0].isdigit()))


def _is_section(translation: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """True for the number of a section, such as 1.1.1."""
    return one[0].isdigit() and translation[one.end() : other.start()] == "."


def _is_name(source: str, word: str) -> bool:
    """True if the word is the pinyin of two characters of the source in a row: 郎朗, 贝贝."""
    if not word[0].isupper():
        return False
    sound = word.lower()
    return any(
        sound in readings_of(one) and sound in readings_of(other)
        for one, other in pairwise(simplified_twin(source)[:_MOST_CHARACTERS])
        if is_han(one) and is_han(other)
    )


def _loop(spoken: Sequence[str], at: int) -> tuple[int, int]:
    """Give the size in words and the count of the loop that starts at `at`, or (1, 0)."""
    end = at + min(24, (len(spoken) - at) // 2) + 1
    for size in range(1, end - at) if spoken[at] in spoken[at + 1 : end] else ():
        if spoken[at + size] != spoken[at]:
            continue
        phrase = spoken[at : at + size]
        times = 1
        while spoken[at + size * times : at + size * (times + 1)] == phrase:
            times += 1
        doubled = size == 1 and len(phrase[0]) > 1 and phrase[0] not in _DOUBLED
        if times >= (2 if size >= 4 or doubled else 3):
            return size, times
    return 1, 0


def _repeats(source: str) -> bool:
    """True if a source says words again, or is a row with a cell that spans columns."""
    cells = row_texts(source) if source.startswith("|") else []
    if any(one == other for one, other in pairwise(cells) if one):
        return True
    # bounds, so that the search is linear: no phrase that people repeat is longer
    marks = r"[，、,\s！!。~—]{0,8}"
    word = rf"(?:[{HAN}A-Za-z]{{2,24}}?)"
    number = r"(?<![\d.])\d{1,20}(?![\d.])"
    pattern = (
        rf"({word}){marks}\1{marks}\1|([{HAN}]){marks}\2{marks}\2|([{HAN}]{{4,40}}){marks}\3"
        rf"|({number})\s+\4(?![\d.])|({number})(?:\D\5){{2}}"
    )
    return re.search(pattern, source) is not None
