"""Which lines of a run are one paragraph that a column has wrapped."""

import re
from collections import Counter
from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.chinese import is_finished, is_han, width
from pipeline.records import BlockKind
from pipeline.segment.breaks import seam
from pipeline.segment.line_kinds import is_dateline, jump_at_end
from pipeline.segment.lines import Line
from pipeline.segment.numbering import counted
from pipeline.segment.transcripts import is_direction, speaker

OPEN_END = lazy(r"[，、,]$")
CLAUSE_MARK = lazy(r"[，。；！？,;]")
_NUMBER = lazy(r"\d{1,2}[.)][ \t]+[^\W\d]")
"""The mark of an item of Markdown, which begins no line of running text."""
_ITEM = lazy(r"[（(]?\d{1,2}[.．、)）](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[、)）]|[①-⑳]")
_WRAP_COLUMNS = range(16, 131)
_LINE_CHARS = 400
_LEAST_COLUMNS = 3
_INNER_MARK = lazy(r"[，。；！？、]\S")
_SLACK = 4
_INDENT = 4
_LEAST_NEAR, _MOST_NEAR = 3, 0.8
"""How many lines that end inside a sentence, and which share of them, show the column."""
_NO_START = lazy(r"[，。、；：！？”’）》」』】]")
"""Marks that begin no line, unless a program cut the text after so many characters."""
_LEAST_UNEVEN = 28
_LEAST_NUMBERED = 24
"""The narrowest column in which numbered lines without a clause mark are wrapped text."""
_OPEN_WORD = lazy("[有由为是在和与及或并将把被对从向到至于以的等如即]$")
_LEAST_BROKEN = 0.5
"""Log-odds of one sentence across a line break, above those of a title above its text."""


def page_column(groups: Sequence[Sequence[Line]]) -> int:
    """Return the width to which the lines of a page are wrapped; 0 if they are not, or unevenly."""
    wide, inner = 0, []
    for group in groups:
        if len(group) > 1 and group[0].mark == "plain":
            widths = [_columns(line) for line in group]
            clauses = [CLAUSE_MARK.search(line.text) is not None for line in group]
            wide = max(wide, *(w for w, has in zip(widths, clauses, strict=True) if has), 0)
            inner += [
                w
                for w, has, line in zip(widths[:-1], clauses, group, strict=False)
                if has and not is_finished(line.text)
            ]
    column = max(inner, default=0)
    near = sum(column - _SLACK <= own for own in inner)
    is_even = near >= _LEAST_NEAR and near >= _MOST_NEAR * len(inner) and wide <= column + _SLACK
    return column if is_even and column in _WRAP_COLUMNS else 0


def line_joins(
    group: list[Line],
    roles: Sequence[BlockKind | None],
    column: int = 0,
    *,
    may_be_titled: bool = False,
) -> list[bool]:
    """Return, for each line of a group, whether the next line continues it.

    `column` is the width to which the lines of the page are wrapped, if that is known. The first
    lines of a page may be its title.
    """
    widths = [_columns(line) for line in group]
    prose = [n for n, line in enumerate(group) if CLAUSE_MARK.search(line.text)]
    above = min(prose, default=len(group))
    finished = [is_finished(line.text) for line in group]
    longest = column or _measure(widths, max((widths[n] for n in prose), default=0))
    full = [
        columns + _first_word(after.text) > longest - _SLACK
        for columns, after in zip(widths, group[1:], strict=False)
    ]
    ends = list(zip(full, finished, strict=False))
    is_wrapped = column > 0 or _is_wrapped(group, roles, longest, ends)
    margin = min(line.indent for line in group)
    joins = [False] * len(group)
    items = counted([line.text for line in group]) | _turns(group)
    below = hanging(group)
    for index, after in enumerate(group[1:]):
        line = group[index]
        if index + 1 in below or _NO_START.match(after.text):
            joins[index] = True
            continue
        if index + 1 in items or _starts_anew(line, after):
            continue
        is_top = not index and may_be_titled and _is_title(line, after, widths[0] - longest)
        if is_top or (index < above and is_dateline(after.text)):
            continue
        if roles[index] and not (index and joins[index - 1]):
            continue
        is_open = not finished[index] and (
            (is_wrapped and full[index])
            or (bool(OPEN_END.search(line.text)) and not after.text.startswith("【"))
            or _is_broken_by_hand(line, after)
        )
        is_within = index + 2 == len(group) or full[index + 1] or finished[index + 1]
        if roles[index + 1] and not (is_open and is_wrapped and len(group) > 3 and is_within):
            continue
        if after.indent <= margin or not (finished[index] or is_wrapped):
            joins[index] = is_open or (is_wrapped and full[index])
    return joins


def hanging(group: Sequence[Line]) -> set[int]:
    """Return the places of lines that begin below the text of a numbered item: they continue it."""
    places = set()
    column = 0
    for place, line in enumerate(group):
        if mark := _NUMBER.match(line.text):
            column = line.indent + mark.end() - 1
        elif column and line.indent == column and not group[place - 1].ends_hard:
            places.add(place)
        else:
            column = 0
    return places


def _starts_anew(line: Line, after: Line) -> bool:
    """True if a line cannot go on with the next one: that is an item, or this ends elsewhere."""
    is_list = line.text.endswith(("：", ":")) and _ITEM.match(after.text) is not None
    is_item = _NUMBER.match(after.text) is not None
    return is_list or is_item or jump_at_end(line.text) < len(line.text)


def _is_title(line: Line, after: Line, excess: int) -> bool:
    """True if the first line of a page is its title: too wide for the column, or another phrase.

    `excess` is how much wider than the column it is.
    """
    if CLAUSE_MARK.search(line.text) or is_dateline(line.text):
        return False
    return excess > _SLACK or seam(line.text, after.text) < 0


def _turns(group: Sequence[Line]) -> set[int]:
    """Return the places of turns of speakers that have two or more, and of remarks below them."""
    speakers = [speaker(line.text) for line in group]
    counts = Counter(filter(None, speakers))
    turns = {place for place, who in enumerate(speakers) if counts[who] > 1}
    below = {place + 1 for place in turns if place + 1 < len(group)}
    return turns | {place for place in below if is_direction(group[place].text)}


def _is_broken_by_hand(line: Line, after: Line) -> bool:
    """True if a line break inside a paragraph parts the first words of a sentence from it.

    They end with a word that ends no headline, such as 有 or 由.
    """
    if not line.ends_hard or line.is_bold or not _OPEN_WORD.search(line.text):
        return False
    is_longer = len(after.text) >= 2 * len(line.text) and CLAUSE_MARK.search(after.text) is not None
    return is_longer and seam(line.text, after.text) >= _LEAST_BROKEN


def _measure(widths: Sequence[int], prose: int) -> int:
    """Return the width of the column: the greatest that two lines nearly share.

    It is that of the widest line of `prose`, if that is much wider.

    Letters and digits of a scan may be narrower than they look, so that some lines are wider than
    most: it is the width near the greatest that most lines nearly have, if there is one. Lines
    of a verse are as uneven, but short.
    """
    counts = Counter(widths)

    def near(wide: int) -> int:
        return sum(counts[other] for other in range(wide - _SLACK, wide + 1))

    greatest = next((wide for wide in sorted(counts, reverse=True) if near(wide) > 1), max(widths))
    if prose > greatest + 2 * _SLACK:
        return prose
    likely = max(range(greatest, greatest - 2 * _SLACK - 1, -1), key=near)
    is_uneven = likely >= _LEAST_UNEVEN and 2 * near(likely) >= len(widths)
    return likely if is_uneven else greatest


def _columns(line: Line) -> int:
    return line.indent + width(line.text) if len(line.text) <= _LINE_CHARS else 10**6


def _is_wrapped(
    group: list[Line],
    roles: Sequence[BlockKind | None],
    longest: int,
    ends: list[tuple[bool, bool]],
) -> bool:
    """True if a group is prose wrapped to one width; `ends` holds (is full, has a stop)."""
    if longest < _WRAP_COLUMNS.start:
        return _are_columns(group)
    if longest not in _WRAP_COLUMNS or not any(CLAUSE_MARK.search(line.text) for line in group):
        return False
    # lines that are neither full nor have a clause mark are titles above the prose, and so are
    # short ones with a number, such as 一、加强领导
    prose = [
        (is_full, has_stop)
        for (is_full, has_stop), line, role in zip(ends, group, roles, strict=False)
        if role is None
        and (
            CLAUSE_MARK.search(line.text)
            or (is_full and (longest >= _LEAST_NUMBERED or not _ITEM.match(line.text)))
        )
    ]
    broken = sum(is_full and not has_stop for is_full, has_stop in prose)
    if len(prose) == 1 and len(group) == 2:
        is_sure = longest >= _LEAST_NUMBERED or group[0].indent >= _INDENT > group[1].indent
        return broken == 1 and is_sure and is_finished(group[1].text)
    return len(prose) > 0 and broken >= 0.4 * len(prose)


def _are_columns(group: Sequence[Line]) -> bool:
    """True if lines are the short columns of vertical print: all alike long, marks inside them."""
    *others, last = [line.text for line in group]
    long = len(group[0].text)
    is_even = all(len(text) == long for text in others) and len(last) <= long + 1  # a stop may hang
    return is_even and len(others) >= _LEAST_COLUMNS and any(map(_INNER_MARK.search, others))


def _first_word(text: str) -> int:
    """Return the width of the first unbreakable unit of a line, in columns."""
    if not text or is_han(text[0]):
        return 2
    match = re.match(r"[A-Za-z0-9.,'%-]{1,24}", text)
    return width(match.group()) + 1 if match else 4
