"""Word documents (.docx) as Markdown: headings, paragraphs, items, tables, in order."""

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from pipeline.input.encodings import UnreadableError
from pipeline.input.limits import time_limit
from pipeline.input.readers.packages import opened_package

_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


def word_text(stream: IO[bytes], max_bytes: int) -> str:
    """Give the body of a Word document as Markdown.

    Headers, footers and comments are left out; of a change that was tracked, what was
    inserted stays. Raises UnreadableError for what is no Word document.
    """
    # python-docx takes a tenth of a second to import: only this format pays it
    import docx
    from docx.opc.exceptions import OpcError

    with opened_package(stream, max_bytes) as package:
        try:
            with time_limit():
                document = docx.Document(package.fp)
                text = "".join(_blocks(document))
        except (OpcError, KeyError, ValueError, AttributeError, etree.LxmlError) as error:
            raise UnreadableError(
                f"not a Word document that can be read: {type(error).__name__}: {error}",
                "open it in Word and save it again",
            ) from error
    if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise UnreadableError(
            f"its text is larger than {max_bytes / 1e6:g} MB", "cut it or raise input.max_megabytes"
        )
    return text


def _blocks(document: Any) -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from (f"{row}\n" for row in _rows(block))
            yield "\n"
        elif next(block._p.iter(_TEXT), None) is None:
            continue
        elif written := block.text.strip():
            mark = _mark(block)
            lines = [line.strip() for line in written.split("\n") if line.strip()]
            # a line break inside a heading parts its lines; in prose it starts a paragraph
            yield "".join(f"{mark}{line}\n\n" for line in lines)


def _mark(paragraph: Any) -> str:
    """Markdown's mark for a paragraph's style: by its outline level, else its built-in name."""
    name = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
    if name == "title":
        return "# "
    if name.startswith("heading ") and name[8:].isdigit():
        return "#" * min(6, int(name[8:])) + " "
    is_listed = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    return "- " if is_listed or name.startswith("list ") else ""


def _rows(table: Any) -> Iterator[str]:
    """Rows as Markdown; a merged cell once in each row, however many columns it claims."""
    from docx.table import _Cell

    above: dict[int, str] = {}
    for row in table._tbl.tr_lst:
        cells: dict[int, str] = {}
        column = row.grid_before
        for cell in row.tc_lst:
            if cell.vMerge == "continue":
                if column in above:
                    cells[column] = above[column]
            else:
                text = " ".join(_Cell(cell, table).text.split())
                cells[column] = text.replace("|", "／")
            column += cell.grid_span
        above = cells
        yield "| " + " | ".join(cells.values()) + " |"
