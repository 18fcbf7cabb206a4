"""Notes below a text: lines that begin with the mark by which the text above them names them."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from models.patterns import lazy
from pipeline.segment.lines import Line
from pipeline.segment.numbering import counted

_MAY_BE_NOTES = frozenset(("short", "paragraph", "list_item"))
_BELOW_TABLE = lazy(
    r"[①-⑳⑴-⒇*＊※†‡]|\[(?:\d{1,2}|[a-h])\]|[（(]?(?:注|(?:备注|附注|单位|说明)\s*[:：])"
    r"|[（(][^（）()]{4,40}[）)]$"
)
"""How a short line right below a table begins if it is a note; or it is all in brackets."""
_ABOVE = frozenset(("table", "footnote"))
_INSIDE = r"注?\s?\d{1,3}[)）]?|注释?|[a-h]|[*†‡]{1,3}"
_SIGNS = r"\*{1,3}|[＊※†‡§]{1,3}|[⁰¹²³⁴-⁹]{1,2}|[ᵃ-ᵈ]"
_NUMBERS = r"[①-⑳⑴-⒇]|[（(]\d{1,2}[)）]|\d{1,2}[)）]"
_NOTE = lazy(
    rf"(?:[\[［〔【﹝](?P<bracketed>{_INSIDE})[\]］〕】﹞]"
    rf"|(?P<sign>{_SIGNS})|(?P<number>{_NUMBERS}))[\s.、:：]*(?=\w|[（《“\"])"
)
# Before a mark stands a word or a number, not the name of what is numbered; behind one that also
# numbers items, the clause ends.
_MARK = lazy(
    rf"(?<=\S)[\[［〔【﹝](?P<bracketed>(?:{_INSIDE})(?:[,，、\-–](?:\d{{1,3}}|[a-h]))*)[\]］〕】﹞]"
    rf"|(?<=[^\s*†‡（(《“「|：:；;。！？、和与及或至])(?:(?P<sign>{_SIGNS})"
    rf"|(?<![图表第条项题点式件\[])(?P<number>{_NUMBERS})(?=[，。、；：！？）”》」,.;:!?)|\s①-⑳]|$)"
    r"|(?<=[\d%％‰])(?P<beside>[①-⑳]))|(?<=[。！？])(?P<last>[①-⑳])(?=\s*$)"
)
# In one row with a sure mark, one that stands between words is a mark too: 盛于②明清.
_BETWEEN = lazy(r"(?<=[^\s：:；;，、图表第条项题点式件])[①-⑳⑴-⒇]")
_PARTS = lazy(r"[,，、]")
_LONGEST_NUMBERED = 120
_RANGE = "-–"
_MOST_IN_RANGE = 20
_HEADING = lazy(
    r"[【\[〔]?(?:注\s?[释解]|註\s?[釋解]|[脚腳尾附][注註]|参考(?:文献|资料)|參考(?:文獻|資料)|Notes?)[】\]〕]?[:：]?"
)
_TEXT = frozenset(("paragraph", "list_item", "short", "heading", "table"))
_HEADS = frozenset(("heading", "short"))
_NUMBERED = lazy(r"\d{1,3}(?:[.．、]\s*|\s+)\S")


def note_places(paragraphs: Sequence[tuple[str, Sequence[Line]]]) -> set[int]:
    """Return the places of the notes among paragraphs, of which the roles and the lines are given.

    They are short and right below a table or a note, numbered and below the heading 注释, or their
    mark is in the text above: 12%①, 598.0[a]. Linear in the text.
    """
    marks = {
        place: mark
        for place, (role, lines) in enumerate(paragraphs)
        if role in _MAY_BE_NOTES and lines[0].mark == "plain"
        if (mark := note_mark(lines[0].text)) or _BELOW_TABLE.match(lines[0].text)
    }
    notes = set(_below_headings(paragraphs))
    seen: set[str] = set()
    likely: set[str] = set()
    read = 0
    for place, mark in marks.items():
        if place in notes:
            continue
        role, lines = paragraphs[place]
        is_below = place > 0 and (paragraphs[place - 1][0] in _ABOVE or place - 1 in notes)
        is_short = is_below and role == "short"
        is_note = is_short and _BELOW_TABLE.match(lines[0].text) is not None
        if not is_note and mark:
            for before in range(read, place):
                for line in paragraphs[before][1] if before not in notes else ():
                    seen.update(marks_in(line.text))
                    likely.update(_BETWEEN.findall(line.text))
            read = place
            is_named = mark in seen or (
                mark in likely
                and (
                    _is_beside_note(marks, place, seen, notes)
                    or (likely == {mark} and _ends_text(paragraphs, place))
                )
            )
            is_note = is_named and not _goes_on_as_list(paragraphs, place, marks, seen | likely)
        if is_note:
            notes.add(place)
    return notes


def _is_beside_note(
    marks: Mapping[int, str], place: int, seen: Collection[str], notes: Collection[int]
) -> bool:
    """True if the line above is a note, or if the text has the mark of the line below."""
    return place - 1 in notes or marks.get(place + 1) in seen


def _ends_text(paragraphs: Sequence[tuple[str, Sequence[Line]]], place: int) -> bool:
    """True if no text follows the line, and no item of a list is above it."""
    is_item = place > 0 and paragraphs[place - 1][0] == "list_item"
    return not is_item and all(role not in _TEXT for role, _ in paragraphs[place + 1 :])


def _below_headings(paragraphs: Sequence[tuple[str, Sequence[Line]]]) -> Iterator[int]:
    is_below = False
    for place, (role, lines) in enumerate(paragraphs):
        text = lines[0].text
        if role in _HEADS and names_notes(text):
            is_below = True
        elif is_below and role in _MAY_BE_NOTES and (note_mark(text) or _NUMBERED.match(text)):
            yield place
        elif role != "footnote":
            is_below = False


def names_notes(text: str) -> bool:
    """True if a heading is that of the notes: 注释."""
    return _HEADING.fullmatch(text) is not None


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
            yield mark["sign"] or mark["number"] or mark["beside"] or mark["last"]


def _in_range(part: str) -> Iterator[str]:
    first, _, last = part.replace(_RANGE[1], _RANGE[0]).partition(_RANGE[0])
    if first.isdecimal() and last.isdecimal():
        numbers = range(int(first), int(last) + 1)[:_MOST_IN_RANGE]
        yield from map(str, numbers)
    else:
        yield part
