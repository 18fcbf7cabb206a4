"""Tables that pandoc and databases draw with rules, as rows between bars.

+------+----------+       a grid: a row may have several lines
| 行业 | 评述     |
+======+==========+

+------+----------+       of a database: a rule only below the head, a line is a row

  地区     出口           a simple table: a line is a row; blank lines part the rows of one
  ------ ------           with a rule above its head, or of one without a head
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, groupby, pairwise, zip_longest

from models.patterns import lazy
from pipeline.language.chinese import needs_space, width
from pipeline.language.tables import markdown_row, row_texts

_GRID = lazy(r"(?m)^ {0,3}\+(?:[-=:]{2,}\+)+[ \t]*\n(?: {0,3}[|+][^\n]*(?:\n|\Z))+")
_GRID_RULE = lazy(r"\s*\+(?:[-=:]{2,}\+)+\s*")
_INNER_RULE = lazy(r"\+[-=:]{2,}|[-=:]{2,}\+")
_COLUMNS = lazy(r"[ \t]{0,8}-{2,}(?: +-{2,})+[ \t]*")
_FULL_RULE = lazy(r"[ \t]{0,8}-{5,}[ \t]*")
_DASHES = lazy("-+")
_ITEM = lazy(r"(?:[-*+]|\d{1,3}[.)]) +\S")
_MOST_LINES = 2000
_MOST_HEAD_LINES = 8
_MOST_LISTED = 3
"""Head, rows and totals: a table with more rules has one between any two rows."""
_SLACK = 8
"""Columns by which a cell may be off: not all count the width of “ alike."""


def with_drawn_tables(text: str) -> str:
    """Return Markdown in which tables drawn with rules are rows between bars.

    A table whose cells are not in the columns of its rule stays as it is.
    """
    if "+-" in text or "+=" in text:
        text = _GRID.sub(_grid_rows, text)
    return "\n".join(_with_ruled(text.split("\n"))) if "-- " in text else text


def _grid_rows(match: re.Match[str]) -> str:
    lines = match[0].rstrip("\n").split("\n")
    grouped = groupby(lines, key=lambda line: bool(_GRID_RULE.fullmatch(line)))
    groups = [list(group) for is_rule, group in grouped if not is_rule]
    if any(_INNER_RULE.search(line) for group in groups for line in group):
        return match[0]  # cells that span rows
    may_list = "+=" not in match[0] and len(groups) <= _MOST_LISTED
    rows: list[list[str]] = []
    for number, group in enumerate(groups):
        cells = [row_texts(line) for line in group]
        is_head = number == 0 and len(groups) > 1
        is_listed = may_list and not is_head and all(len(row) > 1 and row[0] for row in cells)
        rows += cells if is_listed else [_joined(cells)]
    return "\n".join(_written(rows)) + "\n"


def _written(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield markdown_row(row)
        if not number:
            yield "|---|"


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    """Return the cells of a row that is written on several lines; nothing if one has none."""
    if not all(lines):
        return []
    return [reduce(_with_line, column) for column in zip_longest(*lines, fillvalue="")]


def _with_line(left: str, right: str) -> str:
    is_item = left != "" and _ITEM.match(right) is not None
    return f"{left} {right}" if is_item or needs_space(left, right) else left + right


def _with_ruled(lines: list[str]) -> list[str]:
    """Return lines in which tables with a rule of columns are rows between bars."""
    written: list[str] = []
    place = 0
    while place < len(lines):
        table = _ruled(lines, place, written) if _COLUMNS.fullmatch(lines[place]) else None
        if table is None:
            written.append(lines[place])
            place += 1
        else:
            head, rows, place = table
            del written[len(written) - head :]
            written += _written(rows)
    return written


def _ruled(
    lines: Sequence[str], place: int, above: Sequence[str]
) -> tuple[int, list[list[str]], int] | None:
    """Return the table whose rule of columns is at a place; None if there is none.

    It is the number of lines above the rule that belong to it, its rows, and where it ends.
    """
    head: list[str] = []
    for line in reversed(above[-_MOST_HEAD_LINES:]):
        if not line.strip() or line.startswith("|") or _FULL_RULE.fullmatch(line):
            break
        head.insert(0, line)
    over = above[len(above) - len(head) - 1 : len(above) - len(head)]
    is_closed = any(map(_FULL_RULE.fullmatch, over)) or not head
    end = _end(lines, place + 1, is_closed=is_closed)
    if end is None:
        return None
    body = lines[place + 1 : end]
    is_spaced = is_closed and any(not line.strip() for line in body)
    starts = [match.start() for match in _DASHES.finditer(lines[place])]
    rows = [_joined([_cells(line, starts) for line in head])] if head else []
    for is_blank, group in groupby(body, key=lambda line: not line.strip()):
        own = [] if is_blank else [_cells(line, starts) for line in group]
        rows += [_joined(own)] if own and is_spaced else own
    if not all(rows):
        return None
    return len(head) + (is_closed and bool(head)), rows, end + is_closed


def _end(lines: Sequence[str], start: int, *, is_closed: bool) -> int | None:
    """Return where the rows end: at the rule that closes them, else at a blank line."""
    for place in range(start, min(len(lines), start + _MOST_LINES)):
        line = lines[place]
        is_rule = _FULL_RULE.fullmatch(line) or _COLUMNS.fullmatch(line)
        if is_rule if is_closed else is_rule or not line.strip():
            return place
    return None if is_closed else min(len(lines), start + _MOST_LINES)


def _cells(line: str, starts: Sequence[int]) -> list[str]:
    """Return what is in each column of a line; nothing if words stand across two columns."""
    columns = list(accumulate(map(width, line), initial=0))
    cuts = [0]
    for start in starts[1:]:
        near = [
            place
            for place, column in enumerate(columns)
            if abs(column - start) <= _SLACK and (place == len(line) or line[place - 1].isspace())
        ]
        if columns[-1] <= start:
            cuts.append(len(line))
        elif near:
            cuts.append(min(near, key=lambda place: abs(columns[place] - start)))
        else:
            return []
    return [line[left:right].strip() for left, right in pairwise([*cuts, len(line)])]
