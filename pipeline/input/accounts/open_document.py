"""The text nodes of OpenDocument texts, paragraph by paragraph."""

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from pipeline.input.accounts.account import Piece
from pipeline.input.readers.office.open_forms import is_placeholder
from pipeline.input.readers.office.open_styles import OpenStyles, is_hidden_section
from pipeline.input.readers.office.word_xml import local
from pipeline.input.readers.packages import xml_root

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _OFFICE = f"{{{_NAMES}text:1.0}}", f"{{{_NAMES}office:1.0}}"
_DRAWN = f"{{{_NAMES}svg-compatible:1.0}}"
_DESCRIPTION, _NOTE_MARK = "the description of a picture", "the mark of a note"
_AROUND = {
    f"{_OFFICE}annotation": "a comment",
    f"{_OFFICE}master-styles": "a page header or footer",
    f"{_TEXT}tracked-changes": "deleted by a tracked change",
    f"{_TEXT}hidden-text": "hidden text",
    f"{_TEXT}ruby-text": "a reading above a character",
    f"{_TEXT}note-citation": _NOTE_MARK,
    f"{_TEXT}table-of-content": "the table of contents",
    f"{_TEXT}illustration-index": "the table of contents",
    f"{_TEXT}table-index": "the table of contents",
    f"{_TEXT}object-index": "the table of contents",
    f"{_DRAWN}desc": _DESCRIPTION,
    f"{_DRAWN}title": _DESCRIPTION,
}
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_SECTION, _STYLE = f"{_TEXT}section", f"{_TEXT}style-name"
_HINT = "open it in LibreOffice and save it again"


def odt_pieces(package: zipfile.ZipFile) -> Iterator[Piece]:
    """Yield the paragraphs of an OpenDocument text, its headers, footers and comments."""
    names = [name for name in ("content.xml", "styles.xml") if name in package.NameToInfo]
    yield from _pieces([xml_root(package.read(name), name, _HINT) for name in names])


def flat_odt_pieces(source: bytes) -> Iterator[Piece]:
    """Yield the paragraphs of an OpenDocument text that is one file of XML."""
    yield from _pieces([xml_root(source, "office:document", _HINT)])


def _pieces(parts: Sequence[etree._Element]) -> Iterator[Piece]:
    styles = OpenStyles(parts[::-1])
    for part in parts:
        for number, paragraph in enumerate(part.iter(*_PARAGRAPHS), start=1):
            texts: dict[str, list[str]] = {}
            for text in paragraph.xpath(".//text()"):
                chain = _around(text)
                owner = next((e for e in chain if e.tag in _PARAGRAPHS), None)
                if owner is paragraph:
                    why = next(filter(None, (_reason(e, styles) for e in chain)), "")
                    texts.setdefault(why, []).append(str(text))
                    if why == _NOTE_MARK:  # a reader writes a mark of its own there
                        texts.setdefault("", []).append("\n")
            for why, written in texts.items():
                if joined := "".join(written).strip():
                    yield Piece(f"paragraph {number}", joined, why)


def _around(text: Any) -> list[etree._Element]:
    """Return the elements around a text node, from the innermost out."""
    holder = text.getparent()
    return [*([] if text.is_tail else [holder]), *holder.iterancestors()]


def _reason(element: etree._Element, styles: OpenStyles) -> str:
    """Return the reason for which the text in an element may be left out; empty without one."""
    if element.tag == _SECTION and is_hidden_section(element):
        return "hidden text"
    if local(element) in ("placeholder", "content-control") and is_placeholder(element):
        return "a placeholder of a form"
    if styles.look(element.get(_STYLE)).is_hidden:
        return "hidden text"
    return _AROUND.get(element.tag, "")
