"""The tables of a Word document as rows of cells, with the changes that an editor tracked."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.input.encodings import UnreadableError

_GONE = ("del", "moveFrom", "rPr", "instrText", "pPr")
_MOST_BYTES = 100_000_000
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def word_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the document's tables, numbered from 1; rows like the first are no others.

    Inserted text counts, deleted text does not. Raises UnreadableError if the file is no Word
    document or holds no table.
    """
    # lxml takes time to import, and only this format needs it
    from pipeline.input.readers.office.word_xml import WORD, WordPackage
    from pipeline.input.readers.packages import opened_package

    try:
        with path.open("rb") as stream, opened_package(stream, _MOST_BYTES) as package:
            word = WordPackage(package)
            root = word.read(word.main)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}", "check the file") from None
    rows: list[tuple[int, list[str]]] = []
    for number, row in enumerate(root.iter(f"{WORD}tr"), start=1):
        cells = [_cell(cell, WORD) for cell in row.iter(f"{WORD}tc")]
        if any(cells) and not (rows and cells == rows[0][1]):
            rows.append((number, cells[: len(rows[0][1])] if rows else cells))
    if not rows:
        raise UnreadableError(
            "a Word document without a table",
            "edit the document of `pipeline export --format bilingual`",
        )
    return rows


def _cell(cell: Any, word: str) -> str:
    return "\n".join("".join(_texts(paragraph)) for paragraph in cell.iter(f"{word}p")).strip()


def _texts(element: Any) -> Iterator[str]:
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            # LibreOffice writes _x0041_ as _x005F_x0041_
            yield re.sub("_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", child.text or "")
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name not in _GONE:
            yield from _texts(child)
