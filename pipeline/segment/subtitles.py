"""Subtitles as lines of a page: what is said, and counters, times and styles as furniture.

The formats are SubRip (SRT), WebVTT, SubViewer (SUB, SBV), Advanced SubStation Alpha (ASS, SSA),
lyrics (LRC), MicroDVD (SUB) and transcripts, whatever the file is called.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from models.patterns import lazy
from pipeline.input.cues import (
    ARROW_TIME,
    CLOCK,
    COMMA_TIME,
    COUNTER,
    DIALOGUE,
    DRAWING,
    FRAMES,
    INTERVAL,
    LYRICS,
    RANGES,
    STYLE,
    VOICE,
    has_cues,
)
from pipeline.language.chinese import has_word
from pipeline.records import Span
from pipeline.segment.lines import Line, page_lines
from pipeline.segment.parts.bilingual import parted_languages
from pipeline.segment.transcripts import (
    TIME_BEFORE,
    TIME_LINE,
    first_time,
    has_times_before,
)

# Behind the times there are settings such as align:start, or what is said.
_CUE_TIME = lazy(
    rf"\s*(?:{COUNTER}\s+)?(?:{INTERVAL}|{CLOCK}\s*,\s*{CLOCK})"
    r"(?:\s+[A-Za-z]+\d?: ?[!-~]+(?!\S))*(?:\s+(?P<said>\S.*))?\s*$"
)
_COUNTER = lazy(r"\s*\d{1,6}\s*$")
_COUNTER_ABOVE = lazy(rf"(?m)^[ \t]*{COUNTER}[ \t]*\n\s{{0,8}}\Z")
_FIRST_COUNTER = lazy(r"(?m)^[ \t]*[01][ \t]*\n\s{0,8}\Z")
_DIALOGUE_FORMAT = lazy(r"(?mi)^Format:([^\n]*,)[ \t]*Text[ \t]*$")
_FIELDS = 9
"""What is before the text of a dialogue, unless a line of the file names other fields."""
_HEADER = lazy(r"(?:\ufeff)?WEBVTT|NOTE(?:\s|$)|STYLE\s*$|REGION\s*$|X-TIMESTAMP-MAP")
_SUBVIEWER = lazy(r"\s*\[INFORMATION\]")
"""The facts above the first cue of SubViewer."""
_SPEAKER = lazy(r"\s*[-–—]\s*(?=\S)")
_FACT = lazy(r"\[[A-Za-z#]{1,12}:[^\n]*\]\s*$")
"""A fact about a song or a recording: `[ti:老城]`."""
_INDENT = 4


def is_subtitles(text: str) -> bool:
    """True if a text has the times of subtitles. Linear in the text."""
    return has_cues(text) or first_time(text) is not None or has_times_before(text)


def subtitle_lines(text: str) -> list[Line]:
    """Return the lines of subtitles, in order, without a gap in what a cue says in one language."""
    return parted_languages(_lines(text), text)


def _lines(text: str) -> list[Line]:
    if DIALOGUE.search(text):
        named = _DIALOGUE_FORMAT.search(text)
        fields = named[1].count(",") if named else _FIELDS
        start = re.compile(rf"Dialogue:\s*(?:[^,\n]*,){{{fields}}}")
        return list(_after_starts(text, start, has_others=False))
    if time := ARROW_TIME.search(text) or COMMA_TIME.search(text):
        head = text[: _first_cue(text, time)]
        lines = page_lines(head)
        if _SUBVIEWER.match(head):
            lines = [replace(line, mark="furniture") for line in lines]
        return [*lines, *_cues(text, _CUE_TIME, len(head))]
    if starts := next((start for start in (RANGES, FRAMES, LYRICS) if start.search(text)), None):
        match = starts.search(text)
        head = text[: match.start()] if match and "[" not in text[: match.start()] else ""
        return [*page_lines(head), *_after_starts(text, starts, len(head))]
    return list(_transcript(text))


def _first_cue(text: str, time: re.Match[str]) -> int:
    """Return where the first cue begins, with its counter; what is above it is a page.

    What is above the cues of WebVTT are names and styles.
    """
    if _HEADER.match(text.lstrip()):
        return 0
    start = time.end() - len(time[0].lstrip())
    counter = _COUNTER_ABOVE.search(text[:start])
    return counter.start() if counter else start


def _transcript(text: str) -> Iterator[Line]:
    """Yield the lines above the first time as those of a page, then what is said at each time."""
    start = first_time(text)
    if start is not None:
        if counter := _FIRST_COUNTER.search(text[:start]):
            start = counter.start()
        yield from page_lines(text[:start])
        yield from _cues(text, TIME_LINE, start)
        return
    first = TIME_BEFORE.search(text)
    start = first.start() if first else 0
    yield from page_lines(text[:start])
    yield from _after_starts(text, TIME_BEFORE, start)


def _cues(text: str, time: re.Pattern[str], start: int = 0) -> Iterator[Line]:
    """Yield the lines of cues: a counter or name, the time, and the lines that are said.

    Only an interval has a name before it, and only a time of a transcript one beside it. A number
    before a time without a blank line is a counter if it counts the times.
    """
    places = list(_places(text, start))
    later = _not_blank(places)
    is_note, is_gap, has_said = False, True, True
    has_settings = time is _CUE_TIME
    times = 0
    for place, following, after in zip_longest(places, places[1:], later):
        raw = text[place.start : place.end]
        if not raw:
            is_note, is_gap = False, True
            continue
        is_before_time = (
            following is not None and time.match(text[following.start : following.end]) is not None
        )
        is_counter = _COUNTER.match(raw) is not None
        if has_settings:
            is_name = is_before_time and (is_gap or is_counter)
        else:
            is_name = is_before_time and is_counter and int(raw) in (times, times + 1)
        if is_counter and is_gap and has_said and after is not None:
            is_name = is_name or time.match(text[after.start : after.end]) is not None
        is_note = is_note or _HEADER.match(raw) is not None
        match = time.match(raw)
        times += match is not None
        if match or is_name or is_note:
            told = match["said"] if match and has_settings and not is_note else None
            end = place.end - len(told or "")
            own = _trimmed(text, Span(place.start, end)) if told else place
            yield from _parts_of_time(text, own, match, place.start)
            if told:
                yield from _said(text, Span(end, place.end), is_gap=True)
            is_gap, has_said = not told, match is None or bool(told)
        else:
            yield from _said(text, place, is_gap=is_gap or _SPEAKER.match(raw) is not None)
            is_gap, has_said = False, True


def _not_blank(places: Sequence[Span]) -> list[Span | None]:
    """Return for each line the next one that is not blank."""
    found: list[Span | None] = []
    after = None
    for place in reversed(places):
        found.append(after)
        after = place if place.start < place.end else after
    return found[::-1]


def _parts_of_time(text: str, place: Span, match: re.Match[str] | None, at: int) -> Iterator[Line]:
    """Yield what has a time as furniture, and who speaks as a paragraph of its own.

    `match` is in what begins at `at`.
    """
    named = match and next((n for n in ("name", "after") if match.groupdict().get(n)), None)
    if match is None or named is None:
        yield _furniture(text, _trimmed(text, place))
        return
    name = Span(*(at + offset for offset in match.span(named)))
    for part in (Span(place.start, name.start), name, Span(name.end, place.end)):
        if part is name:  # indented, because it continues no sentence
            said = text[name.start : name.end]
            yield Line(said, (name,), mark="speech", after_gap=True, indent=_INDENT)
        elif text[part.start : part.end].strip():
            yield _furniture(text, _trimmed(text, part))


def _after_starts(
    text: str, start: re.Pattern[str], first: int = 0, *, has_others: bool = True
) -> Iterator[Line]:
    """Yield lines that begin with their time, and lines that go on with what is said at it.

    Lines of the head, and all others of formats in which every line has a time (which has no
    `has_others`), are furniture.
    """
    has_begun, is_gap = False, True
    for place in _places(text, first):
        match = start.match(text, place.start, place.end)
        has_begun = has_begun or match is not None
        said = Span(match.end(), place.end) if match else place
        if not match or DRAWING.search(text, said.start, said.end):
            if place.start < place.end:
                is_fact = _FACT.match(text, place.start, place.end) is not None
                is_said = has_begun and not is_fact and has_others
                yield _speech(text, place, is_gap=is_gap) if is_said else _furniture(text, place)
            is_gap = place.start >= place.end
            continue
        is_gap = False
        yield from _parts_of_time(text, Span(*match.span()), match, 0)
        if text[said.start : said.end].strip():
            yield _speech(text, said, is_gap=True)


def _trimmed(text: str, place: Span) -> Span:
    raw = text[place.start : place.end]
    return Span(place.end - len(raw.lstrip()), place.start + len(raw.rstrip()))


def _places(text: str, start: int) -> Iterator[Span]:
    """Yield the lines of a text without the blanks around them; a blank line is an empty span."""
    for raw in text[start:].splitlines(keepends=True):
        left = start + len(raw) - len(raw.lstrip())
        yield Span(left, max(left, start + len(raw.rstrip())))
        start += len(raw)


def _furniture(text: str, place: Span) -> Line:
    return Line(text[place.start : place.end], (place,), mark="furniture", after_gap=True)


def _said(text: str, place: Span, *, is_gap: bool) -> Iterator[Line]:
    """Yield what is said in a line, and the tags with the names of those who say it."""
    start = place.start
    for voice in VOICE.finditer(text, place.start, place.end):
        if start < voice.start():
            yield _speech(text, Span(start, voice.start()), is_gap=is_gap)
        yield _furniture(text, Span(*voice.span()))
        start, is_gap = voice.end(), True
    if start < place.end:
        yield _speech(text, Span(start, place.end), is_gap=is_gap)


def _speech(text: str, place: Span, *, is_gap: bool) -> Line:
    """Return what is said in a line, without the marks of its style."""
    spans: list[Span] = []
    position = place.start
    for style in (*STYLE.finditer(text, place.start, place.end), None):
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
