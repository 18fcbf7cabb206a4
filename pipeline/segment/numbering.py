"""The number that a line begins with: 一、 （二） 3. 4、 ⑤; or the mark of a note: [1] ① *."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from models.patterns import lazy
from pipeline.language.numbers.list_markers import leading_marker
from pipeline.segment.lines import Line

_CHINESE = lazy("[一二三四五六七八九十]+")
_DIGITS = lazy(r"\d+")

_MAY_BE_NOTES = frozenset(("short", "paragraph", "list_item"))
_BELOW_TABLE = lazy(
    r"[①-⑳⑴-⒇*＊※†‡]|\[(?:\d{1,2}|[a-h])\]|[（(]?(?:注|(?:备注|附注|单位|说明)\s*[:：])"
)
"""How a short line right below a table begins if it is a note."""
_ABOVE = frozenset(("table", "footnote"))
_INSIDE = r"注?\s?\d{1,3}|注释?|[a-h]|[*†‡]{1,3}"
_SIGNS = r"\*{1,3}|[＊※†‡§]{1,3}|[⁰¹²³⁴-⁹]{1,2}|[ᵃ-ᵈ]"
_NUMBERS = r"[①-⑳⑴-⒇]|[（(]\d{1,2}[)）]|\d{1,2}[)）]"
_NOTE = lazy(
    rf"(?:[\[［〔【](?P<bracketed>{_INSIDE})[\]］〕】]"
    rf"|(?P<sign>{_SIGNS})|(?P<number>{_NUMBERS}))[\s.、:：]*(?=\w|[（《“\"])"
)
# Before a mark stands a word or a number, not the name of what is numbered; behind one that also
# numbers items, the clause ends.
_MARK = lazy(
    rf"(?<=\S)[\[［〔【](?P<bracketed>(?:{_INSIDE})(?:[,，、\-–](?:\d{{1,3}}|[a-h]))*)[\]］〕】]"
    rf"|(?<=[^\s*†‡（(《“「|：:；;。！？、和与及或至])(?:(?P<sign>{_SIGNS})"
    rf"|(?<![图表第条项题点式件\[])(?P<number>{_NUMBERS})(?=[，。、；：！？）”》」,.;:!?)|\s①-⑳]|$)"
    r"|(?<=[\d%％‰])(?P<beside>[①-⑳]))"
)
_PARTS = lazy(r"[,，、]")
_LONGEST_NUMBERED = 120
_RANGE = "-–"
_MOST_IN_RANGE = 20


def number_of(text: str) -> tuple[str, int] | None:
    """Return how the number at the start of a line is written, and the number; None without one.

    >>> number_of("（二）落实责任"), number_of("3. 颁奖"), number_of("3.5亿元")
    (('（一）', 2), ('1.', 3), None)
    """
    marker, end = leading_marker(text)
    if len(marker) == 1:  # raised digits mark notes
        is_raised = unicodedata.decomposition(marker).startswith("<super>")
        value = 0 if is_raised else int(unicodedata.numeric(marker, 0))
        return ("①", value) if value else None
    numbers = _DIGITS.findall(marker)
    if len(numbers) != 1 or marker[0].isalpha():  # a letter, 2.3 of a section, or 第三条
        return None
    written = _CHINESE.sub("一", _DIGITS.sub("1", text[:end].strip()))
    return written, int(numbers[0])


def counted(texts: Sequence[str]) -> set[int]:
    """Return the places of the lines whose numbers go on from one to the next, written alike."""
    found = [(place, number) for place, text in enumerate(texts) if (number := number_of(text))]
    return {
        place
        for (before, (form, value)), (after, following) in pairwise(found)
        if following == (form, value + 1)
        for place in (before, after)
    }


def note_places(paragraphs: Sequence[tuple[str, Sequence[Line]]]) -> set[int]:
    """Return the places of the notes among paragraphs, of which the roles and the lines are given.

    They are short and right below a table or a note, or their mark is in the text above: 12%①,
    598.0[a]. Linear in the text.
    """
    marks = {
        place: mark
        for place, (role, lines) in enumerate(paragraphs)
        if role in _MAY_BE_NOTES and lines[0].mark == "plain"
        if (mark := note_mark(lines[0].text)) or _BELOW_TABLE.match(lines[0].text)
    }
    notes: set[int] = set()
    seen: set[str] = set()
    read = 0
    for place, mark in marks.items():
        role, lines = paragraphs[place]
        is_below = place > 0 and (paragraphs[place - 1][0] in _ABOVE or place - 1 in notes)
        is_short = is_below and role == "short"
        is_note = is_short and _BELOW_TABLE.match(lines[0].text) is not None
        if not is_note and mark:
            for before in range(read, place):
                if before not in notes:
                    texts = (line.text for line in paragraphs[before][1])
                    seen.update(own for text in texts for own in marks_in(text))
            read = place
            is_note = mark in seen and not _goes_on_as_list(paragraphs, place, marks, seen)
        if is_note:
            notes.add(place)
    return notes


def _goes_on_as_list(
    paragraphs: Sequence[tuple[str, Sequence[Line]]],
    place: int,
    marks: Mapping[int, str],
    seen: Collection[str],
) -> bool:
    """True if the next line has the next number and no mark in the text: items of a list."""
    after = marks.get(place + 1)
    if not after or after in seen:
        return False
    return bool(counted([paragraphs[at][1][0].text for at in (place, place + 1)]))


def note_mark(text: str) -> str:
    """Return the mark of a note that a line begins with; empty if it begins with none.

    >>> note_mark("[3] 冬季为6时30分。"), note_mark("①不含民宿。"), note_mark("3月5日")
    ('3', '①', '')
    """
    note = _NOTE.match(text)
    if note is None or (note["number"] and len(text) > _LONGEST_NUMBERED):
        return ""
    return note["bracketed"] or note["sign"] or note["number"]


def marks_in(text: str) -> Iterator[str]:
    """Yield the marks of notes that stand behind a word or a number in a text.

    >>> list(marks_in("收入102亿元[1,3]，入住率达72%②。")), list(marks_in("如图①，①甲"))
    (['1', '3', '②'], [])
    """
    for mark in _MARK.finditer(text):
        if own := mark["bracketed"]:
            for part in _PARTS.split(own):
                yield from _in_range(part)
        else:
            yield mark["sign"] or mark["number"] or mark["beside"]


def _in_range(part: str) -> Iterator[str]:
    first, _, last = part.replace(_RANGE[1], _RANGE[0]).partition(_RANGE[0])
    if first.isdecimal() and last.isdecimal():
        numbers = range(int(first), int(last) + 1)[:_MOST_IN_RANGE]
        yield from map(str, numbers)
    else:
        yield part
