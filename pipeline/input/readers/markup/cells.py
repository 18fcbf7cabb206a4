"""Tables of HTML: which hold data, and their cells in rows and columns."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import TypeAlias

from lxml import html

from models.patterns import lazy

_MOST_SPAN = 100
_MOST_CELLS = 200_000
_STOP = lazy("[。！？]")
_BETWEEN_LINKS = lazy(r"[\s|｜·•/]+")
ITEM_MARK = lazy(r"[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．)）]|[①-⑳]|[●◆■▲★·•◇□○]")
_LONG_CELL = 60
_MOST_STOPS = 2
_LEAST_COLUMNS = _LEAST_ROWS = 2
_STRUCTURE = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "form", "ul", "ol", "article")
_HEADS = ("th", "thead")

Cell: TypeAlias = html.HtmlElement | None


def is_layout(table: html.HtmlElement, *, is_inner: bool = False) -> bool:
    """True if a table only lays out a page, so that its cells are no rows of data.

    Such a table has one column without a head or lines, or cells that hold tables, headings,
    lists, paragraphs or whole sentences, or is inside another table and has one row, or is a menu
    or a list. Sentences in a table with a head, or with short cells beside them, are data.
    """
    if table.get("role") in ("presentation", "none"):
        return True
    if next(table.iterdescendants("table", "h1", "h2", "h3"), None) is not None:
        return not _has_tables_of_data(table)
    rows = [cells for row in table_rows_of(table) if (cells := _cells_of(row))]
    cells = [cell for row in rows for cell in row]
    texts = [_text(cell) for cell in cells]
    is_narrow = max(map(len, rows), default=0) < _LEAST_COLUMNS or _has_one_in_a_row(rows)
    if is_inner and (is_narrow or len(rows) < _LEAST_ROWS):
        return True
    has_head = next(table.iterdescendants(*_HEADS), None) is not None
    if is_narrow:
        is_drawn = has_head or (table.get("border") or "0") != "0"
        return (
            not is_drawn
            or len(rows) < _LEAST_ROWS
            or any(
                _STOP.search(text)
                or len(text) > _LONG_CELL
                or next(cell.iter("a"), None) is not None
                for text, cell in zip(texts, cells, strict=True)
            )
        )
    if has_head:
        return False
    if any(map(_holds_blocks, cells)) or all(map(_is_links, cells)):
        return True
    if (table.get("border") or "0") == "0" and (_is_menu(rows, texts) or _is_listing(rows)):
        return True
    ends = [len(_STOP.findall(text)) for text in texts]
    return max(ends) > _MOST_STOPS or (max(ends) > 0 and len(rows) < _LEAST_ROWS)


def _has_one_in_a_row(rows: list[list[html.HtmlElement]]) -> bool:
    """True if no row has more than one cell with text, and none spans rows."""
    if any(sum(1 for cell in cells if _text(cell)) >= _LEAST_COLUMNS for cells in rows):
        return False
    return not any(cell.get("rowspan") is not None for cells in rows for cell in cells)


def _is_menu(rows: list[list[html.HtmlElement]], texts: list[str]) -> bool:
    """True if a row has links beside a name, or most of two columns are links."""
    if len(rows) >= _LEAST_ROWS and max(map(len, rows)) != _LEAST_COLUMNS:
        return False
    links = [_text(link) for cells in rows for cell in cells for link in cell.iter("a")]
    if len(rows) < _LEAST_ROWS:
        return any(links)
    return 2 * sum(map(len, links)) > sum(map(len, texts))


def _is_listing(rows: list[list[html.HtmlElement]]) -> bool:
    """True if each row is a number or a dot, and the sentence that it is the mark of."""
    return all(
        len(row) == _LEAST_COLUMNS
        and ITEM_MARK.fullmatch(_text(row[0]))
        and _STOP.search(_text(row[1]))
        for row in rows
    )


def _has_tables_of_data(table: html.HtmlElement) -> bool:
    """True if a table of data has small tables in it: with heads or lines, without sentences."""
    if next(table.iterdescendants("h1", "h2", "h3"), None) is not None:
        return False
    rows = [cells for row in table_rows_of(table) if (cells := _cells_of(row))]
    cells = [cell for row in rows for cell in row]
    is_drawn = any(cell.tag == "th" for cell in cells) or (table.get("border") or "0") != "0"
    if not is_drawn or len(rows) < _LEAST_ROWS or min(map(len, rows)) < _LEAST_COLUMNS:
        return False
    texts = [_text(cell) for cell in cells]
    if any(_STOP.search(text) or len(text) > _LONG_CELL for text in texts):
        return False
    return not any(text and _is_links(cell) for cell, text in zip(cells, texts, strict=True))


def table_rows_of(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield the rows of a table as they are shown, without those of tables inside its cells.

    The first head is above the other rows and the first foot below them, wherever they are
    written.
    """
    head = next((child for child in table if child.tag == "thead"), None)
    foot = next((child for child in table if child.tag == "tfoot"), None)
    others = (child for child in table if child is not head and child is not foot)
    for child in (head, *others, foot):
        if child is None or child.tag not in ("tr", "thead", "tbody", "tfoot"):
            continue
        if child.tag == "tr":
            yield child
        else:
            yield from (row for row in child if row.tag == "tr")


def grid(table: html.HtmlElement) -> list[list[Cell]]:
    """Return the rows of a table, each with the cell that covers each of its columns.

    A cell that spans rows or columns is in each of them, as a browser draws it.
    """
    rows: list[list[Cell]] = []
    waiting: dict[int, tuple[Cell, int]] = {}
    count = 0
    group = None
    for row in table_rows_of(table):
        if row.getparent() is not group:  # no cell spans from one group into the next
            group, waiting = row.getparent(), {}
        cells: list[Cell] = []
        own = iter(_cells_of(row))
        below: dict[int, tuple[Cell, int]] = {}
        column = 0
        cell = next(own, None)
        while cell is not None or any(place >= column for place in waiting):
            if column in waiting:
                covering, left = waiting.pop(column)
                cells.append(covering)
                if left > 1:
                    below[column] = covering, left - 1
                column += 1
            elif cell is None:
                cells.append(None)
                column += 1
            else:
                height = _height(cell)
                for _ in range(_span(cell, "colspan")):
                    cells.append(cell)
                    if height > 1:
                        below[column] = cell, height - 1
                    waiting.pop(column, None)
                    column += 1
                cell = next(own, None)
        waiting = below
        count += len(cells)
        if count > _MOST_CELLS:
            break
        if cells:
            rows.append(cells)
    return _even(rows)


def _even(rows: list[list[Cell]]) -> list[list[Cell]]:
    columns = zip_longest(*rows)
    return [list(row) for row in zip(*columns, strict=True)] if rows else []


def _cells_of(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name)
    if value is None:
        return 1
    value = value.strip()
    return min(max(int(value), 1), _MOST_SPAN) if value.isdecimal() else 1


def _height(cell: html.HtmlElement) -> int:
    """Return the rows that a cell spans; 0 means all rows to the end of its group."""
    if (cell.get("rowspan") or "").strip() != "0":
        return _span(cell, "rowspan")
    row = cell.getparent()
    return min(1 + sum(1 for _ in row.itersiblings("tr")), _MOST_CELLS) if row is not None else 1


def _holds_blocks(cell: html.HtmlElement) -> bool:
    if next(cell.iterdescendants(*_STRUCTURE), None) is not None and _STOP.search(_text(cell)):
        return True
    return sum(1 for _ in cell.iterdescendants("p")) > 1 and bool(_STOP.search(_text(cell)))


def _is_links(cell: html.HtmlElement) -> bool:
    text = _text(cell)
    links = "".join(map(_text, cell.iterdescendants("a")))
    return links == text or (bool(links) and _BETWEEN_LINKS.sub("", text) == "".join(links.split()))


def _text(element: html.HtmlElement) -> str:
    text = "".join(map(str, element.itertext())) if len(element) else element.text or ""
    return text.strip()
