"""Lines that do not fit: shifted by one, repeated, in the wrong script, with mixed ends."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import log
from pathlib import Path
from statistics import median

import numpy

from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.results import EvaluationSet
from pipeline.evaluate.words import words_of
from pipeline.input.needed import unpacked_bytes
from pipeline.language.chinese import han_characters
from pipeline.language.plural import plural

_SHORTEST = 8  # fewer lines at the end of a file are not called shifted

_GAIN = 0.15
"""Mean gain of shifted lines over the others: in shared words, or in the logarithm of lengths."""

_LONG = 12  # shorter lines may repeat: headings, answers, names


def alignment_lines(
    name: str,
    texts: Sequence[str],
    test_set: EvaluationSet,
    *,
    is_reference: bool = False,
    may_be_chinese: bool = False,
) -> Iterator[str]:
    """Yield what does not fit in lines of English: shifts, repeated lines, other scripts.

    An output is compared with the first reference where there is one, otherwise with the Chinese.
    Summaries may be in Chinese.
    """
    if shift := shift_line(texts, test_set, is_reference=is_reference):
        yield f"{name}: {shift}"
    sources = [segment.source for segment in test_set.segments]
    repeated = [
        row
        for row in range(1, len(texts))
        if len(texts[row]) >= _LONG
        and texts[row] == texts[row - 1]
        and sources[row] != sources[row - 1]
    ]
    if repeated:
        yield (
            f"{name}: {_lines_have(repeated, texts)} the text of the line before, though the "
            f"Chinese differs, first line {repeated[0] + 1:,}: check that no line was written twice"
        )
    chinese = [row for row, text in enumerate(texts) if _share_of_han(text) > 0.3]
    if chinese and not may_be_chinese:
        yield (
            f"{name}: {_lines_have(chinese, texts)} Chinese characters, first line "
            f"{chinese[0] + 1:,}: the text is not translated, or it is the wrong file"
        )


def shift_line(texts: Sequence[str], test_set: EvaluationSet, *, is_reference: bool = False) -> str:
    """Return from which line on the lines fit better one line later or earlier, if they do."""
    references = [
        segment.references[0] if segment.references else "" for segment in test_set.segments
    ]
    if any(references) and not is_reference:
        return _shift("the reference", "line", _word_fits(texts, references))
    sources = [segment.source for segment in test_set.segments]
    return _shift("the Chinese", "about line", _length_fits(texts, sources))


def _lines_have(rows: Sequence[int], texts: Sequence[str]) -> str:
    verb = "has" if len(rows) == 1 else "have"
    return f"{len(rows):,} of {plural(len(texts), 'line')} {verb}"


def source_lines(test_set: EvaluationSet) -> Iterator[str]:
    """Yield whether many sources are not in Chinese."""
    foreign = [
        row
        for row, segment in enumerate(test_set.segments)
        if len(words_of(segment.source)) > 2 and not han_characters(segment.source)
    ]
    if len(foreign) * 5 > len(test_set.segments):
        yield (
            f"{test_set.name}, source: {len(foreign):,} of "
            f"{plural(len(test_set.segments), 'line')} have no Chinese character, first line "
            f"{foreign[0] + 1:,}: is it the wrong file?"
        )


def mixed_ends(name: str, path: str) -> Iterator[str]:
    """Yield whether only some of the lines of a file end as on Windows."""
    if not Path(path).is_file():  # a pipe is read only once
        return
    lines = unpacked_bytes(path).split(b"\n")[:-1]
    windows = sum(line.endswith(b"\r") for line in lines)
    if 0 < windows < len(lines):
        other = next(row for row, line in enumerate(lines) if not line.endswith(b"\r"))
        yield (
            f"{name}: mixed line ends: {windows:,} of {plural(len(lines), 'line')} end as on "
            f"Windows (CR LF), the first other line is {other + 1:,}: files may have been joined; "
            "scores are not affected"
        )


def _share_of_han(text: str) -> float:
    letters = [character for character in text if character.isalpha()]
    return len(han_characters(text)) / len(letters) if letters else 0.0


Fits = tuple[Matrix, Matrix, Matrix]
"""How well line N fits line N, the next and the previous of another text; more is better."""


def _word_fits(texts: Sequence[str], references: Sequence[str]) -> Fits:
    """Return the F1 of shared words."""
    own, other = ([Counter(words_of(text)) for text in column] for column in (texts, references))

    def fit(row: int, place: int) -> float:
        if not 0 <= place < len(other):
            return 0.0
        size = own[row].total() + other[place].total()
        return 2 * (own[row] & other[place]).total() / size if size else 0.0

    return _fits(fit, len(texts))


def _length_fits(texts: Sequence[str], sources: Sequence[str]) -> Fits:
    """Return minus the distance of the logarithms of lengths, after the usual ratio."""
    own = [log(len(text) + 1) for text in texts]
    other = [log(len(text) + 1) for text in sources]
    usual = median(a - b for a, b in zip(own, other, strict=True)) if own else 0.0

    def fit(row: int, place: int) -> float:
        return -abs(own[row] - other[place] - usual) if 0 <= place < len(other) else -1.0

    return _fits(fit, len(texts))


def _fits(fit: Callable[[int, int], float], size: int) -> Fits:
    here, later, earlier = (
        numpy.array([fit(row, row + step) for row in range(size)]) for step in (0, 1, -1)
    )
    return here, later, earlier


def _shift(what: str, where: str, fits_of_steps: Fits) -> str:
    here, later, earlier = fits_of_steps
    for fits, way, reason in (
        (later, "later", "a line is missing before it"),
        (earlier, "earlier", "a line is there twice or cut in two before it"),
    ):
        gains = fits - here
        tails = numpy.cumsum(gains[::-1])[::-1]
        start = int(numpy.argmax(tails)) if len(tails) else 0
        rows = len(gains) - start
        # the last line has no neighbour, and equal lines say nothing
        if rows >= _SHORTEST and tails[start] / rows >= _GAIN and (gains[start:] > 0).mean() > 0.6:
            return (
                f"from {where} {start + 1:,} on, the lines fit {what} better one line {way}: "
                f"{reason}"
            )
    return ""
