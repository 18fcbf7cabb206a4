"""Blocks of an office document as Markdown, and as they are inside the cell of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.input.readers.office.markdown_table import Cell, table_lines


@dataclass(frozen=True, slots=True)
class OfficeBlock:
    """A paragraph, a row of a table or the gap below one; `plain` is its text without marks."""

    markdown: str
    plain: str


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of a table and the blocks in it."""

    cell: Cell
    blocks: tuple[OfficeBlock, ...] = ()


def line_blocks(text: str, mark: str = "", label: str = "") -> Iterator[OfficeBlock]:
    """Yield a paragraph; a line break in it starts another of the same kind.

    `mark` is Markdown's, and `label` the number that the document shows before the first line.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if lines:
        lines[0] = label + lines[0]
    yield from (OfficeBlock(f"{mark}{line}\n\n", line) for line in lines)


def formula_block(text: str) -> Iterator[OfficeBlock]:
    """Yield a formula that is a paragraph by itself."""
    if written := " ".join(text.split()):
        yield OfficeBlock(f"$$ {written} $$\n\n", written)


def note_block(number: int, blocks: Sequence[OfficeBlock]) -> Iterator[OfficeBlock]:
    """Yield a note with the number by which the text names it."""
    text = plain_text(blocks)
    if text:
        yield OfficeBlock(f"[^{number}]: {text}\n\n", text)


def row_blocks(rows: Sequence[Sequence[FilledCell]]) -> Iterator[OfficeBlock]:
    """Yield the rows of a table, and the gap below it."""
    for line in table_lines([filled.cell for filled in row] for row in rows):
        yield OfficeBlock(f"{line}\n", " ".join(line.replace("|", " ").split()))
    yield OfficeBlock("\n", "")


def plain_text(blocks: Sequence[OfficeBlock]) -> str:
    """Return blocks as one line without marks."""
    return " ".join(" ".join(block.plain for block in blocks).split())
