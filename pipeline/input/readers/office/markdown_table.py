"""Tables as rows of Markdown: a cell over several rows or columns is written in each of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.language.tables import markdown_row

_MOST_COLUMNS = 63
"""Word's limit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row; one that goes on from the row above has `text` None."""

    text: str | None
    columns: int = 1
    rows: int = 1


def table_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the rows of a table, each as one line.

    A cell that claims several columns or rows is repeated, so that whatever is below each other
    in print is in the same column. A cell alone in its row is a title or a note, and written once.
    """
    table = [list(row) for row in rows]
    widest = max((len(row) for row in table), default=0)
    limit = max(widest, min(_MOST_COLUMNS, max((_claimed(row) for row in table), default=0)))
    above: dict[int, tuple[str, int]] = {}
    for row in table:
        cells: dict[int, tuple[str, int]] = {}
        column = 0
        is_alone = len(row) == 1 and not any(rows > 1 for _, rows in above.values())
        for cell in row:
            while column in above and above[column][1] > 1 and cell.text is not None:
                cells[column] = (above[column][0], above[column][1] - 1)
                column += 1
            text = above.get(column, ("", 0))[0] if cell.text is None else cell.text
            columns = 1 if is_alone else max(1, min(cell.columns, limit))
            for place in range(column, column + columns):
                cells[place] = (text, cell.rows)
            column += columns
        while column in above and above[column][1] > 1:
            cells[column] = (above[column][0], above[column][1] - 1)
            column += 1
        above = cells
        if cells:
            yield markdown_row(cells[place][0] for place in sorted(cells))


def _claimed(row: Sequence[Cell]) -> int:
    return sum(cell.columns for cell in row) if all(c.columns <= _MOST_COLUMNS for c in row) else 0
