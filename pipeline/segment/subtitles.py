"""Subtitles as lines of a page: what is said, and counters, times and styles as furniture.

The formats are SubRip (SRT), WebVTT, SubViewer (SBV), Advanced SubStation Alpha (ASS, SSA),
lyrics (LRC), MicroDVD (SUB) and transcripts with a time in each line or above it, whatever the
file is called.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from models.patterns import lazy
from pipeline.language.chinese import has_word
from pipeline.records import Span
from pipeline.segment.lines import Line

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[,.:]\d{1,3})?"
_CUE_TIME = lazy(rf"\s*{_CLOCK}\s*(?:-->|,)\s*{_CLOCK}(?:\s.*)?$")
_ARROW_TIME = lazy(rf"(?m)^\s*{_CLOCK}\s*-->\s*{_CLOCK}")
_COMMA_TIME = lazy(rf"(?m)^\s*{_CLOCK}\s*,\s*{_CLOCK}\s*$")
_COUNTER = lazy(r"\s*\d{1,6}\s*$")
_DIALOGUE = lazy(r"(?m)^Dialogue:[^\n]*,")
_DIALOGUE_START = lazy(r"Dialogue:\s*(?:[^,\n]*,){9}")
_LYRICS = lazy(r"(?m)^(?:\[(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,:]\d{1,3})?\])+")
_RANGES = lazy(rf"(?m)^[ \t]*\[{_CLOCK}\s*-->\s*{_CLOCK}\]")
_BARE_TIME = lazy(r"(?m)^[ \t]*(?:\d{1,2}:)?\d{1,2}:\d{2}[ \t]*$")
_FIRST_TIME = lazy(r"(?m)^[ \t]*(?:00?:)?00?:\d{2}[ \t]*$")
_FRAMES = lazy(r"(?m)^\{\d{1,8}\}\{\d{1,8}\}")
_HEADER = lazy(r"(?:\ufeff)?WEBVTT|NOTE(?:\s|$)|STYLE\s*$|REGION\s*$|X-TIMESTAMP-MAP")
_STYLE = lazy(
    r"</?[A-Za-z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,400}\}|\\[Nnh]"
    r"|\{[yYcCfFsSpP]:[^{}\n]{0,40}\}|(?<=\S)\|(?=\S)"
)
_DRAWING = lazy(r"\{[^{}\n]*\\p[1-9]")
_SPEAKER = lazy(r"\s*[-–—]\s*(?=\S)")
_LEAST_TIMES = 2
_TITLE_CHARS = 200
_LEAST_SHARE = 0.2


def is_subtitles(text: str) -> bool:
    """True if a text has the times of subtitles. Linear in the text."""
    if "-->" in text and (_ARROW_TIME.search(text) or _RANGES.search(text)):
        return True
    if "Dialogue:" in text and _DIALOGUE.search(text):
        return True
    if ":" not in text and "}{" not in text:
        return False
    for pattern in (_LYRICS, _COMMA_TIME, _FRAMES, *_bare_times(text)):
        times = sum(1 for _ in pattern.finditer(text))
        if times >= _LEAST_TIMES and times >= _LEAST_SHARE * len(text.split()):
            return True
    return False


def subtitle_lines(text: str) -> list[Line]:
    """Return the lines of subtitles, in order; those of one cue are not parted by a gap."""
    if _DIALOGUE.search(text):
        return list(_after_starts(text, _DIALOGUE_START))
    if _ARROW_TIME.search(text) or _COMMA_TIME.search(text):
        return list(_cues(text, _CUE_TIME))
    starts = next((start for start in (_RANGES, _FRAMES, _LYRICS) if start.search(text)), None)
    return list(_after_starts(text, starts) if starts else _cues(text, _BARE_TIME))


def _bare_times(text: str) -> Sequence[re.Pattern[str]]:
    """Return the pattern of lines that are only a time, if the first is one of the first minute."""
    return (_BARE_TIME,) if _FIRST_TIME.search(text, 0, _TITLE_CHARS) else ()


def _cues(text: str, time: re.Pattern[str]) -> Iterator[Line]:
    """Yield the lines of cues: a counter or name, the time, and the lines that are said.

    Only an interval has a counter or name before it.
    """
    places = list(_places(text))
    is_note, is_gap = False, True
    for place, following in zip_longest(places, places[1:]):
        raw = text[place.start : place.end]
        if not raw:
            is_note, is_gap = False, True
            continue
        is_before_time = (
            time is _CUE_TIME
            and following is not None
            and time.match(text[following.start : following.end]) is not None
        )
        is_name = is_before_time and (is_gap or _COUNTER.match(raw) is not None)
        is_note = is_note or _HEADER.match(raw) is not None
        if time.match(raw) or is_name or is_note:
            yield _furniture(text, place)
            is_gap = True
        else:
            yield _speech(text, place, is_gap=is_gap or _SPEAKER.match(raw) is not None)
            is_gap = False


def _after_starts(text: str, start: re.Pattern[str]) -> Iterator[Line]:
    """Yield lines that begin with their time; lines without one are furniture."""
    for place in _places(text):
        match = start.match(text, place.start, place.end)
        said = Span(match.end(), place.end) if match else place
        if not match or _DRAWING.search(text, said.start, said.end):
            if place.start < place.end:
                yield _furniture(text, place)
            continue
        yield _furniture(text, Span(match.start(), match.end()))
        if text[said.start : said.end].strip():
            yield _speech(text, said, is_gap=True)


def _places(text: str) -> Iterator[Span]:
    """Yield the lines of a text without the blanks around them; a blank line is an empty span."""
    start = 0
    for raw in text.splitlines(keepends=True):
        left = start + len(raw) - len(raw.lstrip())
        yield Span(left, max(left, start + len(raw.rstrip())))
        start += len(raw)


def _furniture(text: str, place: Span) -> Line:
    return Line(text[place.start : place.end], (place,), mark="furniture", after_gap=True)


def _speech(text: str, place: Span, *, is_gap: bool) -> Line:
    """Return what is said in a line, without the marks of its style."""
    spans: list[Span] = []
    position = place.start
    for style in (*_STYLE.finditer(text, place.start, place.end), None):
        end = style.start() if style else place.end
        piece = text[position:end]
        left = position + len(piece) - len(piece.lstrip()) if not spans else position
        if left < end:
            spans.append(Span(left, end))
        position = style.end() if style else end
    said = "".join(text[span.start : span.end] for span in spans)
    if not has_word(said):
        return _furniture(text, place)
    return Line(said, tuple(spans), mark="speech", after_gap=is_gap)
