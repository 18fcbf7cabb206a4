"""Tables of plain text: lines whose parts are in columns, with only blanks between them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from models.patterns import lazy
from pipeline.language.chinese import han_characters, width
from pipeline.language.tables import HEADS, LEADERS, quoted_cells, spaced_names
from pipeline.records import Span
from pipeline.segment.line_kinds import line_kind
from pipeline.segment.lines import Line, is_rule, split_line

_STOP = lazy("[。！？；]")
_AMOUNT = r"[-+±~≈<>]?[¥$￥]?[\d.,:]+(?:[%％‰°℃℉]|[^\W\d]{1,4}\d{0,3})?"
_NUMBER = lazy(rf"{_AMOUNT}(?:[-–—~～/至]{{1,2}}{_AMOUNT})?$|[-–—/…]+$")
"""An amount, two of them (2～12℃, 3/5), or a sign for none."""
_LABELLED = lazy(r"[^：:，。\s]{1,8}[：:].*$")
_ITEM_MARK = lazy(r"[（(]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)．）、]|[-*•·●○■◆]|[①-⑳]")


@dataclass(frozen=True, slots=True)
class _Style:
    """A way to write the cells of a row: what parts them, and what a table must have then.

    `rows` and `columns` are the least numbers of both, `longest` the characters of a cell.
    """

    mark: re.Pattern[str]
    rows: int
    columns: int
    longest: int
    is_sure: bool = False
    """True if the mark is seldom anything but a table."""
    is_even: bool = False
    """True if all rows must have the same number of cells."""


_BLANKS = _Style(lazy(r"[ \u2002\u2003\xa0]{2,}|[ \xa0]*\u3000[ \u3000\xa0]*"), 2, 2, 24)
_TABS = _Style(lazy(r"[ \u3000]*\t[ \u3000]*"), 2, 2, 60, is_sure=True)
_RUNS_OF_TABS = _Style(lazy(r"[ \u3000]*\t[\t \u3000]*"), 2, 2, 60, is_sure=True)
_BARS = _Style(lazy(r"[ \u3000]*[|｜¦│┃║][ \u3000]*"), 2, 2, 24)
_COMMAS = _Style(lazy(r",[ ]?"), 3, 2, 20)
_SINGLE_BLANKS = _Style(lazy(r"[ \xa0]+"), 3, 3, 16)
_STYLES = (
    _TABS,
    _RUNS_OF_TABS,
    _BARS,
    _BLANKS,
    _COMMAS,
    _Style(lazy(r"(?<!\d),[ ]?|,[ ]?(?!\d{3}(?!\d))"), 3, 2, 20),
    _Style(LEADERS, 2, 2, 24),
    _Style(lazy("，"), 3, 3, 12),
    _Style(lazy(";[ ]?"), 3, 3, 20),
    _SINGLE_BLANKS,
    _Style(lazy(r"，"), 4, 2, 12, is_even=True),
    _Style(lazy(r";[ ]?"), 3, 2, 20, is_even=True),
    _Style(lazy(r"[ \xa0]+"), 3, 2, 16, is_even=True),
)
_COMMA_SIGNS = dict.fromkeys(map(ord, ",，;；"))
_SHORTEST_RULE = 4
_LONGEST_LINE = 300
_MOST_TRIES = 3
_MOST_ROWS, _MOST_ROWS_BY_TABS = 0.75, 0.6
"""The share of rows that must have the same number of cells."""
_MOST_ROWS_WITH_GAPS = 0.5
_ROWS_WITHOUT_NUMBERS = 3
_LEAST_COLUMNS = 2
_DEEP_INDENT = 8
_OUTER = frozenset("\t \u3000")
_MORE_TABS = lazy(r"(?<=\t)[ \u3000]*\t[\t \u3000]*")
_TWO_BLANKS = lazy(r"(?<=\S)  +(?=\S)")


def with_text_tables(lines: Sequence[Line], text: str) -> list[Line]:
    """Return the lines of a text; in them the rows of tables in plain text are marked as such.

    Lines that follow each other are a table if they have the same number of parts, short and
    without stops, and numbers in a column; with tabs between the parts, or three columns, also
    without numbers. Two tabs part two cells or stand around an empty one, whichever fits all rows.
    So is a single line with two tabs or more. Lines that are dates, credits and the like are no
    rows, and rules between rows are left out. Linear in the lines.
    """
    rules = {number for number, line in enumerate(lines) if _is_rule(line)}
    places = [number for number in range(len(lines)) if number not in rules]
    unruled = [
        replace(lines[place], after_gap=True)
        if place - 1 in rules and lines[place - 1].after_gap
        else lines[place]
        for place in places
    ]
    marked: dict[int, Line] = dict(enumerate(lines))
    for place, line in enumerate(lines):
        if _is_lone_row(line, lines[place + 1 : place + 2]):
            marked[place] = replace(line, mark="table")
    for start, end in _runs(unruled):
        for first, own in _tables(unruled[start:end], text):
            rows = places[start + first : start + first + len(own)]
            for place in range(rows[0], rows[-1] + 1):
                del marked[place]  # a rule between rows is in no row
            for row, line in zip(rows, own, strict=True):
                marked[row] = replace(line, mark="table", after_gap=row == rows[0])
    for place in rules & marked.keys():
        if _is_border(place, marked):
            del marked[place]
    return [marked[place] for place in sorted(marked)]


def _is_rule(line: Line) -> bool:
    return len(line.text) >= _SHORTEST_RULE and is_rule(line.text)


def _is_border(place: int, lines: Mapping[int, Line]) -> bool:
    """True if a rule is directly above or below a table."""
    above, below = lines.get(place - 1), lines.get(place + 1)
    is_above = below is not None and below.mark == "table"
    return is_above or (above is not None and above.mark == "table" and not lines[place].after_gap)


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield where two or more plain lines follow each other without a gap."""
    start = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and not lines[number].after_gap and _may_be_row(lines[number]):
            continue
        if number - start > 1 and _may_be_row(lines[start]):
            yield start, number
        elif number - start > 2:
            yield start + 1, number
        start = number


def _is_lone_row(line: Line, following: Sequence[Line]) -> bool:
    """True if tabs part a line between gaps into three cells or more."""
    is_alone = line.after_gap and all(after.after_gap for after in following)
    if "\t" not in line.text or not is_alone or not _may_be_row(line):
        return False
    cells = [cell.strip() for cell in line.text.split("\t")]
    is_short = all(cells) and max(map(len, cells)) <= _TABS.longest
    has_cells = len(cells) > _LEAST_COLUMNS and is_short
    return has_cells and not _STOP.search(line.text) and _are_rows([line])


def _may_be_row(line: Line) -> bool:
    return line.mark == "plain" and len(line.text) <= _LONGEST_LINE


def _tables(lines: Sequence[Line], text: str) -> Iterator[tuple[int, list[Line]]]:
    """Yield where tables among lines begin, and their rows; the first style that fits counts."""
    whole = "\n".join(line.text for line in lines)
    has_tabs = "\t" in whole
    styles = [style for style in _STYLES if style.mark.search(whole)]
    tabbed = [_with_outer_tabs(line, text) for line in lines] if has_tabs else lines
    start = 0
    waiting = [0] * len(styles)
    tries = [0] * len(styles)
    while start < len(lines):
        following = start + 1
        for number, style in enumerate(styles):
            if start < waiting[number]:
                continue
            read = tabbed if style is _TABS else lines
            rows = _rows(read, start, style)
            own = read[start : start + len(rows)]
            if len(rows) >= style.rows and _is_table(rows, style, own) and _are_rows(own):
                yield start, [*map(_with_single_tabs, own)] if style is _RUNS_OF_TABS else [*own]
                following = start + len(rows)
                break
            # a line or two above a table may look like its rows; more are no table
            tries[number] = tries[number] + 1 if rows else 0
            if tries[number] == _MOST_TRIES:
                waiting[number], tries[number] = start + len(rows), 0
        start = following


def _rows(lines: Sequence[Line], start: int, style: _Style) -> list[list[str]]:
    """Return the cells of the lines from `start` that may be rows of a style."""
    rows: list[list[str]] = []
    for number in range(start, len(lines)):  # islice would walk to the start every time
        line = lines[number]
        text = line.text if style is _TABS else line.text.strip()
        cells = style.mark.split(_without_inner_marks(text))
        if style is _BARS and len(cells) > _LEAST_COLUMNS and not (cells[0] or cells[-1]):
            cells = cells[1:-1]
        if style is _BLANKS and rows and len(cells) == 1 and line.indent >= _DEEP_INDENT:
            cells = ["", *cells]  # the second line of a head, below a column on the right
        fewest = _LEAST_COLUMNS if rows else style.columns
        if len(cells) < fewest or max(map(len, cells)) > style.longest:
            break
        if not style.is_sure and _STOP.search(line.text) and not _end_with_stops(cells, style):
            break
        rows.append(cells)
    while rows and len(rows[-1]) < style.columns:  # what is below a table may look like its rows
        rows.pop()
    return rows


def _end_with_stops(cells: Sequence[str], style: _Style) -> bool:
    """True if blanks part three cells or more, and stops are only at the ends of later ones."""
    if style is not _BLANKS or len(cells) <= _LEAST_COLUMNS:
        return False
    return not any(_STOP.search(cell, 0, len(cell) - (n > 0)) for n, cell in enumerate(cells))


def _with_outer_tabs(line: Line, text: str) -> Line:
    """Return a line with the tabs before and behind it, which may be empty cells."""
    if not line.spans:
        return line
    start, end = line.spans[0].start, line.spans[-1].end
    left, right = start, end
    while text[left - 1 : left] in _OUTER:
        left -= 1
    while text[right : right + 1] in _OUTER:
        right += 1
    if "\t" not in text[left:start] and "\t" not in text[end:right]:
        return line
    before, behind = text[left:start], text[end:right]
    return replace(
        line,
        text=f"{before}{line.text}{behind}",
        spans=(
            *((Span(left, start),) if before else ()),
            *line.spans,
            *((Span(end, right),) if behind else ()),
        ),
    )


def _with_single_tabs(line: Line) -> Line:
    """Return a line with one tab between cells, of several the first."""
    for match in reversed(list(_MORE_TABS.finditer(line.text))):
        left, rest = split_line(line, match.start())
        right = split_line(rest, match.end() - match.start())[1]
        line = replace(line, text=left.text + right.text, spans=left.spans + right.spans)
    return line


def _without_inner_marks(text: str) -> str:
    """Return a row without the blanks in names, and the commas of cells in quotation marks."""
    for name in reversed(spaced_names(text)):
        text = text[: name.start + 1] + text[name.end - 1 :]
    for cell in reversed(quoted_cells(text)):
        own = text[cell.start : cell.end].translate(_COMMA_SIGNS)
        text = text[: cell.start] + own + text[cell.end :]
    return text


def _are_rows(lines: Sequence[Line]) -> bool:
    """True if most lines are not dates, credits or the like."""
    kinds = [line_kind(line.text) for line in lines]
    return 2 * sum(kind not in (None, "furniture") for kind in kinds) <= len(lines)


def _is_table(rows: Sequence[Sequence[str]], style: _Style, lines: Sequence[Line]) -> bool:
    count, alike = Counter(map(len, rows)).most_common(1)[0]
    if count == _LEAST_COLUMNS and all(_ITEM_MARK.fullmatch(row[0]) for row in rows):
        return False
    if any(all(not any(row[at : at + 1]) for row in rows) for at in range(count)):
        return False
    if not style.is_sure and alike < len(rows) and any(map(_STOP.search, chain(*rows))):
        return False  # of sentences, only those that are parted alike are cells
    if style is _TABS and not all(rows[0][1:-1]) and alike < len(rows):
        return False  # a head has no gaps unless one of its cells is above several
    least = _MOST_ROWS_BY_TABS if style.is_sure else _MOST_ROWS
    has_gaps = style in (_TABS, _BLANKS)
    if has_gaps and count > _LEAST_COLUMNS and max(map(len, rows)) == count:
        least = _MOST_ROWS_WITH_GAPS  # the cells that a row lacks are those it does not need
    if alike < (1 if style.is_even else least) * len(rows):
        return False
    if style.is_sure or _has_numbers([row for row in rows[1:] if len(row) == count], count):
        return True
    if style is _BLANKS and all(_LABELLED.match(cell) for row in rows for cell in row):
        return any(line_kind(line.text) is None for line in lines)
    # without numbers: names in columns, or a table whose second column begins at one place
    is_headed = style is _COMMAS or rows[0][0] in HEADS
    is_listed = is_headed and alike == len(rows) > _ROWS_WITHOUT_NUMBERS
    if style is _SINGLE_BLANKS and alike == len(rows):
        is_listed = is_listed or all(map(han_characters, chain(*rows)))
    if not (style in (_BLANKS, _BARS) or is_listed) or len(rows) < _ROWS_WITHOUT_NUMBERS:
        return False
    if count > _LEAST_COLUMNS:
        return True
    return style is _BLANKS and len({_second_column(line.text) for line in lines}) == 1


def _second_column(line: str) -> int:
    """Return the column at which the second part of a line begins, after two blanks or more."""
    match = _TWO_BLANKS.search(line)
    return width(line[: match.end()]) if match else -1


def _has_numbers(rows: Sequence[Sequence[str]], count: int) -> bool:
    for column in range(count):
        cells = [cell for row in rows if (cell := row[column].strip('" '))]
        if cells and 2 * len(cells) >= len(rows) and all(map(_NUMBER.match, cells)):
            return True
    return False
