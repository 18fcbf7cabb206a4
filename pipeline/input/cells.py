"""Cells of CSV and TSV text; a quotation mark that is never closed is taken as it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.limits import MOST_BLANK_ROWS, MOST_ROW_CHARS, too_many_blank_lines

_QUOTE = '"'
_DELIMITERS = ",;\t|"
_CLOSING = lazy(r'[^"]*+(?:""[^"]*+)*+"')
# The dialect of MySQL and of programs with an escape character: a quotation mark in a cell is
# `\"`. A cell in quotation marks that has one inside shows it.
_ESCAPED_CLOSING = lazy(r'[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+"', re.DOTALL)
_SHOWS_ESCAPES = lazy(r'(?:^|[,;\t|])"(?:[^"\\\n]|\\[^"\n]|"")*\\"(?![,;\t|"\r\n]|$)', re.MULTILINE)
_ESCAPE = lazy(r'\\(["\\])')
# What databases write for no value and for a line break or tab, which no cell between tabs can
# hold. After a letter or a sign of ASCII it is the path of a file, `D:\new`.
_NULL = r"\N"
_CONTROL_ESCAPES = lazy(r"(?<=[^\x00-\x7f])(?:\\[nrt])+(?![a-z])")
_CONTROLS = {"n": "\n", "r": "\n", "t": "\t"}
# Formulas by which spreadsheets keep an id as text, `="001"`, and show a label for an address.
_FORMULA = lazy(
    r'=(?:"(?P<text>(?:[^"]|"")*)"'
    r'|HYPERLINK\(\s*(?:"(?:[^"]|"")*"|[^",;()]+)\s*(?:[,;]\s*"(?P<label>(?:[^"]|"")*)"\s*)?\))',
    re.IGNORECASE,
)
_SEPARATOR_LINE = lazy(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_QUOTED_CELLS = lazy(r'"[^"\t]*"(?:\t ?"[^"\t]*")*\s*$')
_NEED_QUOTES = ("\t", "\n", ",", "\r", _QUOTE)
_RUNS = (
    (lazy(r"\d+"), "0"),
    (lazy(r"[A-Za-z]+"), "a"),
    (lazy(r"[^\W\da-zA-Z]+"), "字"),
)
_LONGEST_KEY = 40
_NEXT_KEYS = 10
_CHARS_AT_ONCE = 4096


class Lines(Protocol):
    """Text that is read some lines at once."""

    def readlines(self, hint: int, /) -> list[str]:
        """Return the next lines, of about `hint` characters."""


def table_cells(
    text: Lines, most_chars: int = MOST_ROW_CHARS, *, has_controls: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that is not blank, its head too, and the line the row ends on.

    The mark between columns is a comma, semicolon, tab or bar: what the line `sep=` says, a tab if
    the head has one, or whichever the head has most of. A cell in quotation marks may hold marks,
    line breaks and doubled quotation marks. A quotation mark that no other closes at the end of a
    cell, or only after lines that are rows themselves, belongs to the text; so do marks around a
    cell that needs none, where tabs are between cells and the head has none. With `has_controls`
    a cell `\\N` is empty, and `\\n` between tabs a line break. Raises UnreadableError for a row of
    more than `most_chars`.
    """
    lines = _TableLines(text, most_chars)
    head = next(lines, "").removeprefix("\ufeff")
    separator = _SEPARATOR_LINE.match(head)
    if separator:
        head = next(lines, "")
    delimiter = separator[1] if separator else _delimiter(head)
    table = _Table(
        delimiter,
        0,
        is_quoted=_QUOTED_CELLS.match(head) is not None,
        is_spaced=f"{delimiter} " in head,
    )
    names = table.cells(head, lines)
    if any(map(str.strip, names)):
        yield lines.number, names
    table = replace(table, columns=len(names), is_escaped=lines.shows_escapes(head))
    for line in lines:
        has_escape = "\\" in line
        if has_escape and not table.is_escaped and _SHOWS_ESCAPES.search(line):
            table = replace(table, is_escaped=True)
        cells = table.cells(line, lines)
        if has_escape and has_controls:
            cells = list(map(table.unescaped, cells))
        if cells[0].strip() or any(map(str.strip, cells)):
            yield lines.number, [_shown(cell) for cell in cells] if "=" in line else cells


def _delimiter(head: str) -> str:
    return "\t" if "\t" in head else max(_DELIMITERS, key=head.count)


class _TableLines:
    """The lines of a table that are not blank; those after a mark can be read again."""

    def __init__(self, text: Lines, most_chars: int) -> None:
        self._text = text
        self._most_chars = most_chars
        self._held: list[str] = []
        self._place = self._mark = self._chars = self._blank = 0
        self.number = 0
        """Number of the last line, from 1."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.mark()
        while not (line := self.read()).strip("\r\n"):
            if not line:
                raise StopIteration
            self._blank += 1
            if self._blank > MOST_BLANK_ROWS:
                raise too_many_blank_lines()
        self._blank = 0
        return line

    def read(self) -> str:
        """Return the next line, `""` at the end. Raises UnreadableError if too large."""
        if not self._is_ahead():
            return ""
        line = self._held[self._place]
        if len(line) >= self._most_chars:
            raise row_too_large(self._most_chars)
        self._place += 1
        self.number += 1
        return line

    def skip_plain(self, delimiter: str, marks: int) -> None:
        """Go to the next line with a quotation mark, or with `marks` delimiters."""
        while self._is_ahead():
            start, held = self._place, self._held
            for place in range(start, len(held)):
                line = held[place]
                if _QUOTE in line or (delimiter in line and line.count(delimiter) == marks):
                    self._place = place
                    break
            else:
                self._place = len(held)
            self.number += self._place - start
            if self._place < len(held):
                return

    def shows_escapes(self, head: str) -> bool:
        """True if the head or the first lines below it have `\\"` inside a quoted cell."""
        held = head + "".join(self._held[self._place :])
        return _SHOWS_ESCAPES.search(held) is not None

    def mark(self) -> None:
        """Hold the lines from here on."""
        self._mark = self._place

    def lines_since_mark(self) -> int:
        """Return how many lines were read since the mark, blank ones too."""
        return self._place - self._mark

    def since_mark(self) -> str:
        """Return the lines that were read since the mark. Raises UnreadableError if too large."""
        text = "".join(self._held[self._mark : self._place])
        if len(text) >= self._most_chars:
            raise row_too_large(self._most_chars)
        return text

    def go_back(self, lines: int) -> None:
        """Read the lines since the mark again, but for the first ones."""
        self.number -= self._place - self._mark - lines
        self._place = self._mark + lines

    def _is_ahead(self) -> bool:
        """Read some lines if all are used up; False at the end."""
        if self._place < len(self._held):
            return True
        self._chars -= sum(map(len, self._held[: self._mark]))
        if self._chars >= self._most_chars:
            raise row_too_large(self._most_chars)
        del self._held[: self._mark]
        self._place, self._mark = len(self._held), 0
        more = self._text.readlines(_CHARS_AT_ONCE)
        self._held += more
        self._chars += sum(map(len, more))
        return bool(more)


def row_too_large(most_chars: int) -> UnreadableError:
    """Return the error of a row that is too large, over all lines of its cells."""
    return UnreadableError(
        f"a row is larger than {most_chars / 1e6:g} MB; a quotation mark missing?",
        "cut it or raise input.max_megabytes",
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """How the rows of a table are written: the mark between its cells, and how many it has."""

    delimiter: str
    columns: int
    """0 for the head, which says how many there are."""
    is_escaped: bool = False
    """True if a quotation mark in a cell is written with a backslash."""
    is_quoted: bool = False
    """True if cells between tabs are in quotation marks whether they need them or not."""
    is_spaced: bool = False
    """True if a blank stands before each cell, and before its quotation mark."""

    def cells(self, line: str, more: "_TableLines | Iterator[str]") -> list[str]:
        """Return the cells of the row that begins with a line; `more` are the lines after it."""
        if _QUOTE not in line:
            return line.rstrip("\r\n").split(self.delimiter)
        cells: list[str] = []
        text, start = line.rstrip("\r\n"), 0
        while True:
            start = self._after_blank(text, start)
            if text[start : start + 1] == _QUOTE:
                end = self._closing(text, start)
                if end is None and isinstance(more, _TableLines):
                    longer = self._with_more_lines(cells, text, more)
                    end = self._closing(longer, start) if longer else None
                    text = longer if end is not None and longer else text
                if end is not None:
                    cells.append(self._unquoted(text[start:end]))
                    if end == len(text):
                        return cells
                    start = end + 1
                    continue
            formula = _FORMULA.match(text, start) if text[start : start + 1] == "=" else None
            end = text.find(self.delimiter, formula.end() if formula else start)
            cells.append(text[start:] if end < 0 else text[start:end])
            if end < 0:
                return cells
            start = end + 1

    def _closing(self, text: str, start: int) -> int | None:
        """Return the end of the quoted cell that begins at `start`; None if it is not closed."""
        match = self._end_mark().match(text, start + 1)
        if match is None:
            return None
        end = match.end()
        while text[end : end + 1] == " " != self.delimiter:
            end += 1
        return end if text[end : end + 1] in ("", self.delimiter) else None

    def _after_blank(self, text: str, start: int) -> int:
        return start + (self.is_spaced and text.startswith(f" {_QUOTE}", start))

    def _end_mark(self) -> re.Pattern[str]:
        return _ESCAPED_CLOSING if self.is_escaped else _CLOSING

    def _unquoted(self, cell: str) -> str:
        inner = cell.rstrip(" ")[1:-1]
        if self.is_escaped:
            inner = _ESCAPE.sub(r"\1", inner)
        is_text = self.delimiter == "\t" and not self.is_quoted
        if is_text and not any(sign in inner for sign in _NEED_QUOTES):
            return cell
        return inner.replace(_QUOTE * 2, _QUOTE) if _QUOTE in inner else inner

    def unescaped(self, cell: str) -> str:
        """Return a cell as a database means it: `\\N` is none, `\\n` between tabs a line break."""
        if cell == _NULL:
            return ""
        if self.delimiter != "\t":
            return cell
        return _CONTROL_ESCAPES.sub(
            lambda found: "".join(map(_CONTROLS.__getitem__, found[0][1::2])), cell
        )

    def _with_more_lines(self, cells: list[str], text: str, more: _TableLines) -> str | None:
        """Return a row with the lines after it up to the end of its quoted cells.

        None, and no line is used up, where the next quotation mark does not end a cell, the row
        would have another number of columns than the head, or a line before it is a row itself.
        """
        marks = self.columns - 1
        before, whole_lines = len(cells) + 1, 0
        more.mark()
        while True:
            more.skip_plain(self.delimiter, marks)
            if not (line := more.read()):
                break
            is_quoted = _QUOTE in line
            is_like_row = line.count(self.delimiter) == marks and (cells or not is_quoted)
            if is_like_row and self._is_row(cells, line):
                break
            if not is_quoted or (end := self._end_mark().match(line)) is None:
                continue
            rest = line[end.end() :].rstrip("\r\n")
            if rest[:1] not in ("", self.delimiter):
                break
            following = self.cells(rest[1:], iter(())) if rest else []
            opened = self._opened(rest[1:]) if _QUOTE in rest else 0
            if self.columns in (0, before + len(following)):
                whole_lines = more.lines_since_mark()
            if not opened:
                break
            before += opened
        more.go_back(whole_lines)
        return f"{text}\n{more.since_mark()}".rstrip("\r\n") if whole_lines else None

    def _opened(self, text: str) -> int:
        """Return how many cells there are up to one that a quotation mark opens; 0 if none."""
        count = start = 0
        while start <= len(text):
            count += 1
            end = start = self._after_blank(text, start)
            if text.startswith(_QUOTE, start):
                closed = self._closing(text, start)
                if closed is None and not self._end_mark().match(text, start + 1):
                    return count
                end = closed or start
            start = text.find(self.delimiter, end) + 1 or len(text) + 1
        return 0

    def _is_row(self, before: list[str], line: str) -> bool:
        """True if a line of as many cells as the head is a row: its key is like ours."""
        if self.columns < 2:
            return False
        cells = line.rstrip("\r\n").split(self.delimiter)
        if not before:
            return all(cell.isascii() and cell for cell in cells[1:])
        own, other = before[0], cells[0]
        if own.isdecimal() and other.isdecimal():
            return int(own) < int(other) <= int(own) + _NEXT_KEYS
        return len(other) <= _LONGEST_KEY and _shape(own) == _shape(other)


def _shown(cell: str) -> str:
    """Return what a spreadsheet shows for a cell: a formula of text as its text, or its label."""
    formula = _FORMULA.fullmatch(cell.strip()) if cell[:1] == "=" else None
    text = formula and (formula["text"] if formula["label"] is None else formula["label"])
    return cell if text is None else text.replace(_QUOTE * 2, _QUOTE)


def _shape(cell: str) -> str:
    for run, sign in _RUNS:
        cell = run.sub(sign, cell)
    return cell
