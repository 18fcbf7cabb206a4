"""The first sheet of an Excel workbook (.xlsx), as rows of cells (ECMA-376, part 1, chapter 18)."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.xml_file import local_name

SUFFIXES = (".xlsx", ".xlsm")
MOST_CHARACTERS = 32_767
"""Characters that a cell of a workbook holds."""
_ADVICE = "save it as Excel workbook (.xlsx) again"
_MOST_BYTES = 100_000_000
_MOST_COLUMNS = 200
_COLUMN = lazy("[A-Z]{1,3}")
_ESCAPE = lazy("_x([0-9A-Fa-f]{4})_")


def workbook_rows(path: Path) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Return the rows of the first sheet, each with its number, and other sheets with a text.

    Blank rows and cells beyond the columns of the first row are left out. Raises UnreadableError
    if the file is no workbook.
    """
    # lxml takes time to import, and only this format needs it
    from pipeline.input.readers.packages import opened_package, xml_root

    try:
        with path.open("rb") as stream, opened_package(stream, _MOST_BYTES) as package:

            def part(name: str) -> Any:
                return xml_root(package.read(name), name, _ADVICE)

            names = set(package.namelist())
            book = "xl/workbook.xml"
            if book not in names:
                raise UnreadableError("not an Excel workbook", _ADVICE)
            strings = "xl/sharedStrings.xml"
            shared = [_text(item) for item in part(strings)] if strings in names else []
            first, *others = _sheets(part, book)
            rows = list(_rows(part(first[1]), shared))
            more = [n for n, at in others if at in names and list(_rows(part(at), shared))]
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}", "check the file") from None
    width = len(rows[0][1]) if rows else 0
    return [(number, cells[:width]) for number, cells in rows], more


def _sheets(part: Any, book: str) -> list[tuple[str, str]]:
    """Return the names and parts of the sheets, in order. Raises UnreadableError without one."""
    targets = {r.get("Id"): r.get("Target") or "" for r in part("xl/_rels/workbook.xml.rels")}
    sheets = []
    for sheet in part(book).iter("{*}sheet"):
        target = targets.get(next((v for k, v in sheet.items() if k.endswith("}id")), ""))
        if target is not None:
            place = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            sheets.append((sheet.get("name") or "", place))
    if not sheets:
        raise UnreadableError("a workbook without a sheet", _ADVICE)
    return sheets


def _rows(sheet: Any, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter("{*}row"), start=1):
        cells: list[str] = []
        for cell in row.iterchildren("{*}c"):
            place = _column(cell.get("r") or "", len(cells))
            if place < _MOST_COLUMNS:
                cells += [""] * (place - len(cells))
                cells.append(_value(cell, shared))
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield int(row.get("r") or number), cells


def _column(reference: str, otherwise: int) -> int:
    """Return the number of the column of a cell such as B7, from 0."""
    match = _COLUMN.match(reference)
    if match is None:
        return otherwise
    number = 0
    for letter in match[0]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return max(number - 1, otherwise)


def _value(cell: Any, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.findtext("{*}v") or ""
    if cell.get("t") != "s":
        return unescaped(value)
    is_known = value.isdecimal() and int(value) < len(shared)
    return shared[int(value)] if is_known else ""


def _text(item: Any) -> str:
    """Return the text of a cell or a shared string without the readings above its characters."""
    texts = (each.text or "" for each in item.iter("{*}t") if local_name(each.getparent()) != "rPh")
    return unescaped("".join(texts))


def escaped(text: str) -> str:
    """Return a text as a cell holds it: characters that XML cannot hold as `_x0007_`."""
    text = _ESCAPE.sub(lambda match: f"_x005F_x{match[1]}_", text)
    return re.sub(
        "[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
        lambda match: f"_x{ord(match[0]):04X}_",
        text,
    )


def unescaped(text: str) -> str:
    """Return the text that `escaped` or Excel wrote."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
