"""Subtitles of two languages: what is said in one never continues what is said in the other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from models.patterns import lazy
from pipeline.language.chinese import han_characters
from pipeline.segment.lines import Line

_BREAK = lazy(r"\\[Nn]|\||\[br\]")
_LATIN = lazy(r"[A-Za-z]{2}|\b[AI]\b")
_SENTENCE = lazy(r"[A-Za-z]['’]?[A-Za-z]*,? [A-Za-z]")
_LEAST_LINES, _LEAST_SHARE = 2, 0.2
_INDENT = 4
"""An indented line continues no sentence."""


def parted_languages(lines: Sequence[Line], text: str) -> list[Line]:
    """Return the lines of subtitles; if they are in two languages, with a gap between these.

    >>> from pipeline.records import Span
    >>> said = "老城区\\\\NThe old town\\n四十年\\\\NForty years"
    >>> first = Line(said[:3] + said[5:17], (Span(0, 3), Span(5, 17)), mark="speech")
    >>> later = Line(said[18:21] + said[23:], (Span(18, 21), Span(23, 34)), mark="speech")
    >>> [line.text for line in parted_languages([first, later], said)]
    ['老城区', 'The old town', '四十年', 'Forty years']
    """
    may_be = sum(1 for line in lines if line.mark == "speech" and _SENTENCE.search(line.text))
    if may_be < _LEAST_LINES:
        return list(lines)
    parts = [part for line in lines for part in _parts(line, text)]
    said = [part.text for part in parts if part.mark == "speech"]
    foreign = sum(_SENTENCE.search(one) is not None for one in said if _is_foreign(one))
    chinese = sum(bool(han_characters(one)) for one in said)
    if min(foreign, chinese) < max(_LEAST_LINES, _LEAST_SHARE * len(said)):
        return list(lines)
    return list(_with_gaps(parts))


def _with_gaps(parts: Sequence[Line]) -> Iterator[Line]:
    """Yield lines; one in another language than the one before has a gap and continues nothing.

    A figure that begins a cue is of neither language.
    """
    last: bool | None = None
    for part in parts:
        if part.mark != "speech":
            yield part
            continue
        is_foreign = _is_foreign(part.text)
        is_alone = part.after_gap if is_foreign is None else last not in (None, is_foreign)
        yield replace(part, after_gap=True, indent=_INDENT) if is_alone else part
        last = last if is_foreign is None else is_foreign


def _is_foreign(said: str) -> bool | None:
    """True if a line has Latin words only, False if it has Chinese; None for figures and signs."""
    if han_characters(said):
        return False
    return True if _LATIN.search(said) else None


def _parts(line: Line, text: str) -> Iterator[Line]:
    """Yield what is before and behind each line break inside what is said."""
    if line.mark != "speech" or len(line.spans) == 1:
        yield line
        return
    starts = [0]
    for number, (left, right) in enumerate(pairwise(line.spans), 1):
        if _BREAK.search(text, left.end, right.start):
            starts.append(number)
    for start, end in pairwise([*starts, len(line.spans)]):
        spans = line.spans[start:end]
        said = "".join(text[span.start : span.end] for span in spans)
        yield replace(line, text=said, spans=spans, after_gap=line.after_gap and not start)
