"""Word documents (.docx, .docm) as Markdown: headings, paragraphs, items, tables, notes, in order.

The XML is walked as it is, because changes, content controls, text boxes and fields hold text that
a list of paragraphs and runs does not show. Names and meanings: ECMA-376, part 1, chapter 17.
"""

import io
from collections.abc import Iterable, Iterator
from typing import IO

from lxml import etree

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.html import blocks_text
from pipeline.input.readers.markup_text import markup_text
from pipeline.input.readers.mhtml import saved_pages
from pipeline.input.readers.office.contents import ContentsField
from pipeline.input.readers.office.formulas import formula_text, is_formula_alone
from pipeline.input.readers.office.markdown_table import Cell
from pipeline.input.readers.office.numbering import Numbering
from pipeline.input.readers.office.office_blocks import (
    FilledCell,
    OfficeBlock,
    formula_block,
    line_blocks,
    note_block,
    plain_text,
    row_blocks,
    style_mark,
)
from pipeline.input.readers.office.placeholders import set_placeholders_aside
from pipeline.input.readers.office.set_aside import CONTENTS, SetAsideCounts
from pipeline.input.readers.office.styles import Style, StyleSheet
from pipeline.input.readers.office.word_text import (
    NoteMarks,
    ParagraphReader,
    chosen,
    is_switched_on,
)
from pipeline.input.readers.office.word_xml import (
    RELATION_ID,
    WORD,
    WordPackage,
    local,
    value,
)
from pipeline.input.readers.packages import check_size, opened_package, reading
from pipeline.input.readers.raised import note_line
from pipeline.records import SetAside

_PARAGRAPH, _TABLE = f"{WORD}p", f"{WORD}tbl"
_LOOK_OF_MARK = f"{WORD}rPr/{WORD}"
_NOTE_PARTS = (("footnotes", "footnote"), ("endnotes", "endnote"))
_DIVISION = lazy(r"第[\d零〇一二三四五六七八九十百千]{1,6}([章节编篇])\s*$")
"""The number of a chapter or a section of a law, a heading below others whatever its style."""
_LONG_PARAGRAPH = 30
_HTML, _SAVED_PAGE = (".html", ".htm", ".xhtml"), (".mht", ".mhtml")
MOST_INCLUDED_BYTES = 20_000_000
"""Of a Word document inside another one."""


def word_text(stream: IO[bytes], max_bytes: int) -> tuple[str, tuple[SetAside, ...]]:
    """Return the body of a Word document as Markdown, and what is not in it.

    Inserted text is kept and deleted text is not; the notes follow the last paragraph of their
    chapter. Headers, footers, comments, hidden text and readings above characters are left out
    and counted. Raises UnreadableError for what is no Word document.
    """
    with (
        opened_package(stream, max_bytes) as package,
        reading("a Word document", "open it in Word and save it again"),
    ):
        document = _WordBody(WordPackage(package))
        text = "".join(block.markdown for block in document.blocks())
        document.count_other_parts()
    check_size(text, max_bytes)
    return text, document.left_out.rows()


class _WordBody:
    """A Word document while it is read, from its first block to its last."""

    def __init__(self, package: WordPackage) -> None:
        self._package = package
        self._styles = StyleSheet(next(package.parts("styles"), None))
        self._numbering = Numbering(next(package.parts("numbering"), None), self._styles)
        self._note_marks = NoteMarks()
        self.left_out = SetAsideCounts()
        self._paragraphs = ParagraphReader(self._styles, self._note_marks, self.left_out)
        self._notes = {
            (part, value(note, "id") or ""): note
            for part, name in _NOTE_PARTS
            for root in package.parts(part)
            for note in root.iter(WORD + name)
            if value(note, "type") in (None, "normal")
        }
        self._contents = ContentsField(self.left_out)
        self._notes_written = 0
        self._is_titled = self._has_heading = False
        self._carried = ""

    def blocks(self) -> Iterator[OfficeBlock]:
        """Yield the blocks of the body, and the notes behind each chapter."""
        root = self._package.read(self._package.main)
        body = next((child for child in root if local(child) == "body"), None)
        if body is None:
            raise UnreadableError("a Word document without a body", "save it in Word again")
        set_placeholders_aside(body, self._styles, self.left_out)
        self._is_titled = _is_titled(body, self._styles)
        yield from self._blocks(body)
        yield from line_blocks(self._carried)
        self._contents.end()
        yield from self._pending_notes()

    def count_other_parts(self) -> None:
        """Count the text of the parts that are not read."""
        for part in ("header", "footer"):
            for root in self._package.parts(part):
                self.left_out.add_page_margin(_all_text(root))
        for root in self._package.parts("comments"):
            for comment in root:
                self.left_out.add("comments", _all_text(comment))
        for key, note in self._notes.items():
            if key not in self._note_marks.marks:
                self.left_out.add("notes that the text does not name", _all_text(note))

    def _blocks(self, parent: Iterable[etree._Element]) -> Iterator[OfficeBlock]:
        for child in parent:
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child)
            elif child.tag == _TABLE:
                yield from self._table(child)
            else:
                yield from self._other(child)

    def _other(self, element: etree._Element) -> Iterator[OfficeBlock]:
        match local(element):
            case "sdt" if _is_contents(element):
                self.left_out.add(CONTENTS, _all_text(element))
            case "sdt":
                yield from self._blocks(c for c in element if local(c) == "sdtContent")
            case "AlternateContent":
                yield from self._blocks(chosen(element))
            case "altChunk":
                yield from self._other_file(element)
            case "oMathPara" | "oMath":
                yield from formula_block(formula_text(element))
            case "del" | "moveFrom":
                text = "".join(item.text or "" for item in element.iter(f"{WORD}delText"))
                self.left_out.add("deleted text", text)
            case "sdtContent" | "customXml" | "ins" | "moveTo" | "smartTag":
                yield from self._blocks(element)
            case "subDoc":
                self.left_out.add_object("documents that it links to")
            case _:
                pass

    def _paragraph(self, paragraph: etree._Element) -> Iterator[OfficeBlock]:
        properties = paragraph.find(f"{WORD}pPr")
        named = numbered = None
        if properties is not None:
            named = value(properties.find(f"{WORD}pStyle"))
            numbered = properties.find(f"{WORD}numPr")
        style = self._styles.style(named)
        notes_before = len(self._note_marks.marks)
        read = self._paragraphs.read(paragraph, style.look)
        level = _level(properties, style)
        level += level > 0 and self._is_titled and not style.is_title
        if self._contents.takes(
            paragraph,
            read.text,
            is_entry=style.is_contents,
            is_begun=read.has_contents,
            is_heading=level > 0,
        ):
            return
        is_mark_deleted = any(
            is_switched_on(properties, _LOOK_OF_MARK + change) for change in ("del", "moveFrom")
        )
        is_hidden = not read.text.strip() and is_switched_on(properties, _LOOK_OF_MARK + "vanish")
        is_uncounted = is_mark_deleted or is_hidden
        label = None if is_uncounted else self._numbering.label(numbered, style)
        beside = [block for box in read.boxes for block in self._box(box)]
        if not read.has_text_before_boxes:
            yield from beside
        text = self._carried + read.text
        if is_mark_deleted or _is_drop_capital(properties):
            # the end of the paragraph was deleted, or it is the large first letter of the next
            self._carried = text
        else:
            self._carried = ""
            if level == 1 and text.strip():
                yield from self._pending_notes(notes_before)
            if not level and is_formula_alone(paragraph, text):
                yield from formula_block(text)
            else:
                is_bare = value(None if numbered is None else numbered.find(f"{WORD}numId")) == "0"
                mark = "" if is_bare and not level else _mark(level, label, style)
                if level:
                    self._has_heading = True
                elif self._has_heading and label and "。" not in text:
                    kind = _DIVISION.match(label)
                    mark = mark if kind is None else "### " if kind[1] == "节" else "## "
                note = "" if mark else note_line(text, self._paragraphs.raised_marks)
                yield from line_blocks(note or text, mark, label or "")
        if read.has_text_before_boxes:
            yield from beside

    def _box(self, box: etree._Element | str) -> Iterator[OfficeBlock]:
        if isinstance(box, str):
            yield from line_blocks(box)
        elif local(box) == "relIds":
            yield from self._diagram(box)
        elif local(box) == "txBody":
            yield from _drawn_lines(box)
        else:
            # the start of a paragraph that is still to come does not belong into the box
            carried, self._carried = self._carried, ""
            yield from self._blocks(box)
            self._carried = carried

    def _diagram(self, ids: etree._Element) -> Iterator[OfficeBlock]:
        """Yield the lines of a diagram (SmartArt), which are in a part of their own."""
        name = self._package.target(ids.get(f"{RELATION_ID}dm"))
        if name is None:
            self.left_out.add_object("diagrams")
            return
        for point in self._package.read(name).iter("{*}pt"):
            yield from _drawn_lines(point)

    def _other_file(self, chunk: etree._Element) -> Iterator[OfficeBlock]:
        """Yield the text of a page, a text or another Word document that this one includes."""
        name = self._package.target(chunk.get(f"{RELATION_ID}id"))
        text = None if name is None else _included_text(self._package.data(name), name.lower())
        if text is None:
            self.left_out.add_object("included files")
        else:
            yield OfficeBlock(f"{text}\n", text)

    def _pending_notes(self, end: int | None = None) -> Iterator[OfficeBlock]:
        """Yield the notes that the text has named and that are not yet written, up to a place."""
        marks = list(self._note_marks.marks.items())[:end]
        for key, mark in marks[self._notes_written :]:
            self._notes_written += 1
            note = self._notes.get(key)
            if note is None:
                self.left_out.add_object("notes that are missing from the file")
                continue
            yield from note_block(mark, list(self._blocks(note)))

    def _table(self, table: etree._Element) -> Iterator[OfficeBlock]:
        rows = [cells for row in _rows(table) if (cells := self._cells(row))]
        if _is_layout(rows):
            yield from (block for row in rows for filled in row for block in filled.blocks)
        else:
            yield from row_blocks(rows)

    def _cells(self, row: etree._Element) -> list[FilledCell]:
        """Return the cells of a row, each with its blocks."""
        properties = row.find(f"{WORD}trPr")
        return [
            *_empty_cells(properties, "gridBefore"),
            *(self._cell(cell) for cell in _inside(row, f"{WORD}tc") if not _is_deleted(cell)),
            *_empty_cells(properties, "gridAfter"),
        ]

    def _cell(self, cell: etree._Element) -> FilledCell:
        properties = cell.find(f"{WORD}tcPr")
        columns, is_below = 1, False
        if properties is not None:
            columns = _columns(properties.find(f"{WORD}gridSpan"))
            merge = properties.find(f"{WORD}vMerge")
            is_below = merge is not None and value(merge) in (None, "continue")
        blocks = tuple(self._blocks(cell))
        return FilledCell(Cell(None if is_below else plain_text(blocks), columns), blocks)


def _included_text(data: bytes, name: str) -> str | None:
    """Return the text of an included file as Markdown; None for kinds that are not read."""
    if name.endswith(_SAVED_PAGE):
        pages, sheet = saved_pages(data)
        return "\n".join(blocks_text(page, sheet) for page in pages)
    if name.endswith(_HTML):
        return blocks_text(markup_text(data))
    if name.endswith(".txt"):
        lines = markup_text(data).splitlines()
        return "\n\n".join(block.markdown for line in lines for block in line_blocks(line))
    if name.endswith(".docx"):
        return word_text(io.BytesIO(data), MOST_INCLUDED_BYTES)[0]
    return None


def _drawn_lines(shape: etree._Element) -> Iterator[OfficeBlock]:
    """Yield the paragraphs of a shape that is drawn, not a text box of Word."""
    for paragraph in shape.iter("{*}p"):
        yield from line_blocks("".join(item.text or "" for item in paragraph.iter("{*}t")))


def _all_text(element: etree._Element) -> str:
    return "".join(item.text or "" for item in element.iter(f"{WORD}t"))


def _is_contents(control: etree._Element) -> bool:
    """True if a content control holds a table of contents."""
    gallery = control.find(f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery")
    return value(gallery) in ("Table of Contents", "Table of Figures")


def _level(properties: etree._Element | None, style: Style) -> int:
    """Return the level of a heading; 0 for everything else."""
    own = None if properties is None else value(properties.find(f"{WORD}outlineLvl"))
    if own is not None and own.isdecimal():
        return int(own) + 1 if int(own) < 9 else 0
    return style.heading_level


def _is_titled(body: etree._Element, styles: StyleSheet) -> bool:
    """True if a paragraph of the style Title has text below it, before any heading.

    It is then the title of what its headings are sections of; else each may be that of a story.
    """
    has_title = False
    for paragraph in body.iter(_PARAGRAPH):
        properties = paragraph.find(f"{WORD}pPr")
        named = None if properties is None else value(properties.find(f"{WORD}pStyle"))
        style = styles.style(named)
        if style.is_title:
            has_title = True
        elif _level(properties, style) == 1:
            return False
        elif has_title and "。" in _all_text(paragraph):
            return True
    return False


def _mark(level: int, label: str | None, style: Style) -> str:
    """Return Markdown's mark for a paragraph."""
    if level:
        return "#" * min(6, level) + " "
    return "- " if label is not None or style.is_list else style_mark(style.names)


def _is_drop_capital(properties: etree._Element | None) -> bool:
    frame = None if properties is None else properties.find(f"{WORD}framePr")
    return frame is not None and value(frame, "dropCap") in ("drop", "margin")


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yield the rows of a table that no tracked change has deleted."""
    for row in _inside(table, f"{WORD}tr"):
        if not is_switched_on(row.find(f"{WORD}trPr"), f"{WORD}del"):
            yield row


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, also those inside a content control."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _inside(child, tag)


def _is_deleted(cell: etree._Element) -> bool:
    return cell.find(f"{WORD}tcPr/{WORD}cellDel") is not None


def _empty_cells(properties: etree._Element | None, side: str) -> list[FilledCell]:
    """Return the cell that stands for the columns a row leaves empty before or after its own."""
    empty = None if properties is None else properties.find(WORD + side)
    columns = 0 if empty is None else _columns(empty)
    return [FilledCell(Cell("", columns))] if columns else []


def _columns(span: etree._Element | None) -> int:
    number = value(span) or "1"
    return max(1, int(number)) if number.isdecimal() and len(number) < 12 else 1


def _is_layout(rows: list[list[FilledCell]]) -> bool:
    """True if a table only arranges prose on the page: one column, or cells of many paragraphs."""
    cells = [filled.blocks for row in rows for filled in row]
    if len(cells) == len(rows):
        return any(len(blocks) > 1 or "。" in plain_text(blocks) for blocks in cells)
    return any(
        len(blocks) > 2
        and not any(block.markdown.startswith("| ") for block in blocks)
        and (
            sum(len(block.plain) for block in blocks) > _LONG_PARAGRAPH * len(blocks)
            or blocks[0].markdown.startswith("#")
        )
        and sum("。" in block.plain for block in blocks) > 1
        for blocks in cells
    )
