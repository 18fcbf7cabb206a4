"""Rows of CSV and TSV files."""

import io
from collections.abc import Iterator, Sequence
from typing import IO, Any

from pipeline.input.cells import row_too_large, table_cells
from pipeline.input.encodings import UnreadableError, assigned
from pipeline.input.limits import MOST_COLUMNS

_MOST_BYTES_A_SIGN = 4
_READ_BYTES = 1 << 15


def csv_rows(
    stream: IO[bytes], encoding: str, max_bytes: int
) -> Iterator[tuple[int, dict[str, object] | UnreadableError]]:
    """Yield the rows of a CSV or TSV file below its head, with the line each ends on.

    Raises UnreadableError for a file with no head, bytes that do not fit the encoding and a row
    that is too large.
    """
    limited: Any = _LineLimit(stream, max_bytes)
    text = io.TextIOWrapper(limited, encoding=encoding, newline="")
    try:
        is_old = encoding == "gb18030"
        lines = _AssignedLines(text, encoding) if is_old else text
        rows = table_cells(lines, max_bytes, has_controls=True)
        _, head = next(rows, (0, []))
        names = _column_names(head)
        if not names:
            raise UnreadableError("empty: no head", "name the columns in the first line")
        if len(names) > MOST_COLUMNS:
            raise UnreadableError(
                f"{len(names):,} columns; at most {MOST_COLUMNS:,} are read", "leave some out"
            )
        fewest = max(place for place, cell in enumerate(head, start=1) if cell.strip())
        for number, cells in rows:
            if len(cells) != len(names):
                _fill(cells, fewest, len(names))
            if len(cells) == len(names):
                yield number, dict(zip(names, cells, strict=True))
            else:
                yield (
                    number,
                    UnreadableError(
                        f"{len(cells)} columns where the head has {len(names)}",
                        "put the text into quotation marks",
                        " ".join(cells),
                    ),
                )
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not {encoding}: {error.reason}", "save the file as UTF-8 or set input.encoding"
        ) from error
    finally:
        text.detach()


def _fill(cells: list[str], fewest: int, most: int) -> None:
    """Give a row of `fewest` cells or more `most` cells: blank ones at its end come or go."""
    while len(cells) > most and not cells[-1]:
        cells.pop()
    if fewest <= len(cells):
        cells += [""] * (most - len(cells))


def _column_names(head: Sequence[str]) -> list[str]:
    """Return the names of columns, each a name of its own, so that no column hides another.

    One without a name is called by its number; a second `text` in column 3 is `text (3)`.
    """
    names: dict[str, None] = {}
    for number, cell in enumerate(head, start=1):
        name = cell.strip() or str(number)
        names[f"{name} ({number})" if name in names else name] = None
    return list(names)


class _AssignedLines:
    """Lines of text in an encoding whose codec does not know all its characters."""

    def __init__(self, text: IO[str], encoding: str) -> None:
        self._text = text
        self._encoding = encoding

    def readlines(self, size: int) -> list[str]:
        """Return the next lines, of about `size` characters."""
        return [assigned(line, self._encoding) for line in self._text.readlines(size)]


class _LineLimit(io.BufferedIOBase):
    """Bytes of a table. Raises UnreadableError where a line has no end within a limit.

    Lines can then be read one after the other without a limit for each, which takes half the time.
    """

    def __init__(self, stream: IO[bytes], max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._size = 0

    def readable(self) -> bool:
        """Return True, as a text wrapper asks."""
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        piece = self._stream.read(max(size, _READ_BYTES))
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._size = self._size + len(piece) if end < 0 else len(piece) - end
        if self._size > _MOST_BYTES_A_SIGN * self._max_bytes:
            raise row_too_large(self._max_bytes)
        return piece
