"""Blocks of an office document as Markdown, and as they are inside the cell of a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.patterns import lazy
from pipeline.input.readers.markup.captions import caption_mark
from pipeline.input.readers.markup.inline import BREAK_MARKS
from pipeline.input.readers.office.markdown_table import Cell, table_lines

_ITEM = "- "
CAPTION = "!"
"""Mark of a caption, which Markdown has no mark for."""
_MARKS = (
    (
        lazy(r"(?:(?:table|image|figure) ?)?captions?|题注|題注|图题|表题|illustration|drawing"),
        CAPTION,
    ),
    (lazy(r"definition(?: term| definition)?(?: tight)?|list (?:heading|contents)"), _ITEM),
)
"""Styles of Word, LibreOffice and pandoc in lower case, and the marks of their paragraphs."""

# brackets round the number of a note, which the program sets between them
_NO_NUMBER = lazy(r"^(?:\[ ?\]|［ ?］|〔 ?〕|（ ?）|\( ?\)|【 ?】|﹝ ?﹞) ?")


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


def style_mark(names: Iterable[str]) -> str:
    """Return the mark of paragraphs of a style, by its names and those it is based on."""
    for name in names:
        written = name.lower().replace("_20_", " ")
        for pattern, mark in _MARKS:
            if pattern.fullmatch(written):
                return mark
    return ""


def line_blocks(text: str, mark: str = "", label: str = "") -> Iterator[OfficeBlock]:
    """Yield a paragraph; a line break in a heading or a caption starts another of the same kind.

    The lines of other text stay together, each but the last with Markdown's line break. `mark` is
    Markdown's or `CAPTION`, that of an item stands before its first line; `label` is the number
    that the document shows there. A number without text is shown in the cell of a table only.
    """
    written = text.translate(BREAK_MARKS)
    lines = [line.strip() for line in written.split("\n") if line.strip()]
    if lines:
        lines[0] = label + lines[0]
    elif label:
        yield OfficeBlock("", label.strip())
    is_one = mark in ("", _ITEM)
    for number, line in enumerate(lines, start=1):
        own = "" if is_one and number > 1 else mark
        marked = caption_mark(line) if mark == CAPTION else f"{own}{line}"
        gap = "  \n" if is_one and number < len(lines) else "\n\n"
        yield OfficeBlock(f"{marked}{gap}", line)


def formula_block(text: str) -> Iterator[OfficeBlock]:
    """Yield a formula that is a paragraph by itself."""
    if written := " ".join(text.split()):
        yield OfficeBlock(f"$$ {written} $$\n\n", written)


def note_block(mark: str, blocks: Sequence[OfficeBlock]) -> Iterator[OfficeBlock]:
    """Yield a note with the number or mark by which the text names it, once."""
    text = _NO_NUMBER.sub("", plain_text(blocks))
    if not mark.isdecimal():
        text = text.removeprefix(f"[{mark}]").removeprefix(mark).lstrip()
    if text:
        yield OfficeBlock(f"[^{mark}]: {text}\n\n", text)


def row_blocks(rows: Sequence[Sequence[FilledCell]]) -> Iterator[OfficeBlock]:
    """Yield the rows of a table, and the gap below it."""
    for line in table_lines([filled.cell for filled in row] for row in rows):
        yield OfficeBlock(f"{line}\n", " ".join(line.replace("|", " ").split()))
    yield OfficeBlock("\n", "")


def plain_text(blocks: Sequence[OfficeBlock]) -> str:
    """Return blocks as one line without marks."""
    return " ".join(" ".join(block.plain for block in blocks).split())
