"""OpenDocument texts (.odt, .fodt) as Markdown: headings, paragraphs, items, tables, notes.

Names and meanings: OASIS Open Document Format 1.3, part 3.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO

from lxml import etree

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.limits import MOST_TAGS, too_large
from pipeline.input.readers.markup.math_ml import math_ml_text
from pipeline.input.readers.office.markdown_table import Cell
from pipeline.input.readers.office.numbering import label_gap
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
from pipeline.input.readers.office.open_forms import OpenForms, is_placeholder
from pipeline.input.readers.office.open_styles import (
    OpenList,
    OpenStyles,
    attribute,
    is_hidden_section,
)
from pipeline.input.readers.office.set_aside import CONTENTS, READINGS, SetAsideCounts
from pipeline.input.readers.office.symbols import with_symbols
from pipeline.input.readers.office.word_xml import local
from pipeline.input.readers.packages import check_size, opened_package, reading, xml_root
from pipeline.input.readers.raised import in_single_brackets, lowered_text, raised_text
from pipeline.records import SetAside

_BLANKS = lazy(r"[ \t\r\n]+")
_MOST_BLANKS = 100
_MOST_REPEATED = 63
_SIGNS = {"tab": "\t", "line-break": "\n", "soft-page-break": ""}
_SKIPPED = frozenset(
    """tracked-changes sequence-decls variable-decls user-field-decls forms number bookmark
    bookmark-start bookmark-end change change-start change-end annotation-end title desc
    index-title-template table-of-content-source alphabetical-index-source note-citation
    binary-data""".split()
)
_CONTENTS = frozenset(("table-of-content", "illustration-index", "table-index", "object-index"))
_ROW_GROUPS = frozenset(("table-header-rows", "table-rows", "table-row-group"))
_HINT = "open it in LibreOffice and save it again"


def open_document_text(stream: IO[bytes], max_bytes: int) -> tuple[str, tuple[SetAside, ...]]:
    """Return the body of an OpenDocument text as Markdown, and what is not in it.

    Deleted text, comments, hidden text, page headers and readings above characters are left out
    and counted. Raises UnreadableError for what is no OpenDocument text.
    """
    start = stream.peek(2)[:2] if hasattr(stream, "peek") else b"PK"
    with reading("an OpenDocument text", _HINT):
        if start == b"PK":
            with opened_package(stream, max_bytes) as package:
                root, styles = _part(package, "content.xml"), _styles_part(package)
                document = _OpenBody(root, styles, package)
                text = document.markdown()
        else:
            root = _flat(stream, max_bytes)
            document = _OpenBody(root, root)
            text = document.markdown()
    check_size(text, max_bytes)
    return text, document.left_out.rows()


def _flat(stream: IO[bytes], max_bytes: int) -> etree._Element:
    """Return the root of a document in one file, whose pictures may be ten times its text."""
    data = stream.read(10 * max_bytes + 1)
    if len(data) > 10 * max_bytes:
        raise too_large("the file", 10 * max_bytes)
    if data.count(b"<") > MOST_TAGS:
        raise UnreadableError(
            f"more than {MOST_TAGS:,} tags", "cut it into smaller files, or save its text"
        )
    return xml_root(data, "office:document", _HINT)


def _part(package: zipfile.ZipFile, name: str) -> etree._Element:
    manifest = "META-INF/manifest.xml"
    if manifest in package.NameToInfo and b"encryption-data" in package.read(manifest):
        raise UnreadableError("locked with a password", "save it without one")
    if name not in package.NameToInfo:
        raise UnreadableError(f"not an OpenDocument text: it has no {name}", _HINT)
    return xml_root(package.read(name), name, _HINT)


def _styles_part(package: zipfile.ZipFile) -> etree._Element | None:
    return _part(package, "styles.xml") if "styles.xml" in package.NameToInfo else None


class _OpenBody:
    """An OpenDocument text while it is read, from its first block to its last."""

    def __init__(
        self,
        root: etree._Element,
        styles: etree._Element | None,
        package: zipfile.ZipFile | None = None,
    ) -> None:
        self._root = root
        self._package = package
        self._styles = OpenStyles([part for part in (styles, root) if part is not None])
        self.left_out = SetAsideCounts()
        self._notes: list[tuple[str, list[OfficeBlock]]] = []
        self._note_count = 0
        self._boxes: list[etree._Element] = []
        self._forms = OpenForms(root)
        self._is_titled = False

    def markdown(self) -> str:
        """Return the blocks of the body, and the notes behind each chapter."""
        body = next(self._root.iter("{*}body"), None)
        text = None if body is None else next(body.iter("{*}text"), None)
        if text is None:
            raise UnreadableError(
                "an OpenDocument file, but not a text", "export it as .odt, .docx or .txt"
            )
        self._is_titled = self._has_title(text)
        self._count_deleted(text)
        self._count_page_headers()
        blocks = (*self._blocks(text), *self._pending_notes())
        return "".join(block.markdown for block in blocks)

    def _has_title(self, text: etree._Element) -> bool:
        """True if a title has text below it before any heading, so that these are its sections."""
        has_title = False
        for paragraph in text.iter("{*}h", "{*}p"):
            is_heading = local(paragraph) == "h"
            if is_heading and _number(attribute(paragraph, "outline-level"), 1) == 1:
                return False
            if self._styles.is_title(attribute(paragraph, "style-name")):
                has_title = has_title or not is_heading
            elif has_title and "。" in "".join(paragraph.itertext()):
                return True
        return False

    def _count_deleted(self, text: etree._Element) -> None:
        for deletion in text.iter("{*}deletion"):
            kept = (p for p in deletion if local(p) != "change-info")
            self.left_out.add("deleted text", "".join("".join(p.itertext()) for p in kept))

    def _count_page_headers(self) -> None:
        for name in ("header", "footer", "header-left", "footer-left"):
            for element in self._styles.page_parts(name):
                self.left_out.add_page_margin("".join(element.itertext()))

    def _blocks(self, parent: etree._Element) -> Iterator[OfficeBlock]:
        for child in parent:
            match local(child):
                case "h" | "p" as name:
                    yield from self._paragraph(child, name)
                case "list":
                    yield from self._list(child, None)
                case "table":
                    yield from self._table(child)
                case "numbered-paragraph":
                    yield from self._numbered_paragraph(child)
                case name if name in _CONTENTS:
                    body = (part for part in child if local(part) == "index-body")
                    text = "".join("".join(part.itertext()) for part in body)
                    self.left_out.add(CONTENTS, text)
                case "annotation":
                    self.left_out.add("comments", _comment(child))
                case "section" if is_hidden_section(child):
                    self.left_out.add("hidden text", "".join(child.itertext()))
                case "frame" | "custom-shape" | "g" | "rect":
                    yield from self._box(child)
                case "control":
                    yield from line_blocks(self._forms.text(child))
                case name if name and name not in _SKIPPED:
                    yield from self._blocks(child)

    def _paragraph(
        self, paragraph: etree._Element, name: str, label: str | None = None
    ) -> Iterator[OfficeBlock]:
        style = attribute(paragraph, "style-name")
        level = 0
        if name == "h":
            level = _number(attribute(paragraph, "outline-level"), 1) + self._is_titled
        elif self._styles.is_title(style):
            level = 1
        if level == 1:
            yield from self._pending_notes()
        own_label = label
        if name == "h" and label is None and attribute(paragraph, "is-list-header") != "true":
            own_label = self._styles.heading_label(level - self._is_titled)
        own_label = own_label or _written_number(paragraph)
        before, self._boxes = self._boxes, []
        notes_before = len(self._notes)
        text = self._inline(paragraph)
        if named := {mark for mark, _ in self._notes[notes_before:]}:
            text = in_single_brackets(text, named)
        boxes, self._boxes = self._boxes, before
        for box in boxes:
            yield from self._box(box)
        if attribute(paragraph, "style-name") and self._styles.look(style).is_hidden:
            self.left_out.add("hidden text", text)
            return
        mark = "#" * min(6, level) + " " if level else "- " if label is not None else ""
        mark = mark or style_mark(self._styles.names(style))
        if text and not mark and not own_label and text == self._lone_formula(paragraph):
            yield from formula_block(text)
        else:
            yield from line_blocks(text, mark, own_label or "")

    def _inline(self, element: etree._Element) -> str:
        """Return the text inside an element, without what follows it."""
        pieces = [_one_blank(element.text)]
        for child in element:
            pieces.append(self._piece(child, "".join(pieces[-4:])))
            pieces.append(_one_blank(child.tail))
        return "".join(pieces)

    def _piece(self, element: etree._Element, before: str) -> str:
        name = local(element)
        if name in _SIGNS:
            return _SIGNS[name]
        match name:
            case "s":
                return " " * min(_MOST_BLANKS, _number(attribute(element, "c"), 1))
            case "note":
                return self._note(element)
            case "annotation":
                self.left_out.add("comments", _comment(element))
            case "ruby":
                readings = "".join("".join(t.itertext()) for t in element.iter("{*}ruby-text"))
                self.left_out.add(READINGS, readings)
                return "".join(self._inline(base) for base in element if local(base) == "ruby-base")
            case "placeholder" | "content-control" if is_placeholder(element):
                self.left_out.add("placeholders of a form", "".join(element.itertext()))
            case "hidden-text" | "hidden-paragraph":
                self.left_out.add("hidden text", "".join(element.itertext()))
            case "frame" | "custom-shape" | "g" | "rect":
                if formula := self._formula(element):
                    return formula
                self._boxes.append(element)
            case "control" | "fieldmark":
                return self._forms.text(element)
            case "span" | "a":
                return self._span(element, before)
            case name if name and name not in _SKIPPED:
                return self._inline(element)
        return ""

    def _span(self, element: etree._Element, before: str) -> str:
        look = self._styles.look(attribute(element, "style-name"))
        text = with_symbols(self._inline(element), look.font)
        if look.is_hidden:
            self.left_out.add("hidden text", text)
            return ""
        if look.raised > 0:
            return raised_text(text, before, (element.tail or "")[:4])
        return lowered_text(text) if look.raised < 0 else text

    def _note(self, note: etree._Element) -> str:
        label = next((attribute(part, "label") for part in note), None) or ""
        self._note_count += not label.strip()
        mark = label.strip() or str(self._note_count)
        body = next((part for part in note if local(part) == "note-body"), None)
        if body is not None:
            self._notes.append((mark, list(self._blocks(body))))
        return f"[{mark}]"

    def _pending_notes(self) -> Iterator[OfficeBlock]:
        notes, self._notes = self._notes, []
        for mark, blocks in notes:
            yield from note_block(mark, blocks)

    def _box(self, box: etree._Element) -> Iterator[OfficeBlock]:
        """Yield the text in a box; a picture has none, an object is counted."""
        if formula := self._formula(box):
            yield from formula_block(formula)
            return
        if next(box.iter("{*}object", "{*}object-ole"), None) is not None:
            self.left_out.add_object("embedded objects")
        described = (part for part in box if local(part) in ("title", "desc"))
        for part in described:
            self.left_out.add("descriptions of pictures", "".join(part.itertext()))
        yield from self._blocks(box)

    def _formula(self, frame: etree._Element) -> str:
        """Return the formula in a frame, which may be in a part of its own; empty without one."""
        for part in frame.iter("{*}object"):
            math = next(part.iter("{*}math"), None)
            name = posixpath.normpath(f"{attribute(part, 'href') or '.'}/content.xml")
            if math is None and self._package is not None and name in self._package.NameToInfo:
                root = xml_root(self._package.read(name), name, _HINT)
                math = root if local(root) == "math" else None
            if math is not None:
                return math_ml_text(math)
        return ""

    def _lone_formula(self, paragraph: etree._Element) -> str:
        """Return the formula that is all a paragraph holds; empty without one."""
        is_alone = len(paragraph) == 1 and local(paragraph[0]) == "frame"
        return self._formula(paragraph[0]) if is_alone else ""

    def _list(self, element: etree._Element, above: OpenList | None) -> Iterator[OfficeBlock]:
        own = self._styles.begin_list(element, above)
        for child in element:
            is_item = local(child) == "list-item"
            start = attribute(child, "start-value")
            is_counted = is_item and _has_text(child)
            label = self._styles.item_label(own, start) if is_counted else None
            for block in child:
                name = local(block)
                if name in ("p", "h"):
                    yield from self._paragraph(block, name, label)
                    label = None  # a second paragraph has no mark
                elif name == "list":
                    yield from self._list(block, own)
                elif name and name not in _SKIPPED:
                    yield from self._blocks(child)
                    break

    def _numbered_paragraph(self, holder: etree._Element) -> Iterator[OfficeBlock]:
        """Yield a paragraph that is an item of a list without being inside one."""
        numbered = self._styles.numbered_list(holder)
        label = self._styles.item_label(numbered, attribute(holder, "start-value"))
        for child in holder:
            if (name := local(child)) in ("p", "h"):
                yield from self._paragraph(child, name, label)

    def _table(self, table: etree._Element) -> Iterator[OfficeBlock]:
        rows = [self._cells(row) for row in _rows(table)]
        blocks = [block for row in rows for filled in row for block in filled.blocks]
        if all(len(row) < 2 for row in rows) and any("。" in block.plain for block in blocks):
            yield from blocks
        else:
            yield from row_blocks(rows)

    def _cells(self, row: etree._Element) -> list[FilledCell]:
        found: list[FilledCell] = []
        for cell in row:
            if local(cell) != "table-cell":  # a covered one is written by the cell that covers it
                continue
            blocks = tuple(self._blocks(cell))
            columns = _number(attribute(cell, "number-columns-spanned"), 1)
            rows = _number(attribute(cell, "number-rows-spanned"), 1)
            repeated = min(_MOST_REPEATED, _number(attribute(cell, "number-columns-repeated"), 1))
            filled = FilledCell(Cell(plain_text(blocks), columns, rows), blocks)
            found += [filled] * max(1, repeated)
        return found


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if local(child) == "table-row":
            yield child
        elif local(child) in _ROW_GROUPS:
            yield from _rows(child)


def _has_text(item: etree._Element) -> bool:
    return any(local(child) in ("p", "h") for child in item)


def _written_number(paragraph: etree._Element) -> str:
    """Return the number that a paragraph holds for programs that do not count."""
    number = next((child for child in paragraph if local(child) == "number"), None)
    text = "" if number is None else "".join(number.itertext()).strip()
    return text + label_gap(text) if text else ""


def _comment(annotation: etree._Element) -> str:
    parts = (part for part in annotation if local(part) in ("p", "list"))
    return "".join("".join(part.itertext()) for part in parts)


def _one_blank(text: str | None) -> str:
    return _BLANKS.sub(" ", text) if text else ""


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else default
