"""The text nodes of Word documents and books, part by part of their packages."""

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from pipeline.input.accounts.account import Account, Piece, account, visible_chars
from pipeline.input.accounts.html import html_pieces, whole_body

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _TAB = f"{_WORD}p", f"{_WORD}tab"
_TEXTS = {f"{_WORD}t": "", f"{_WORD}delText": "deleted by a tracked change"}
_TEXTS[f"{_WORD}instrText"] = "the instruction of a field"
_AROUND = {
    f"{_WORD}del": "deleted by a tracked change",
    f"{_WORD}moveFrom": "moved by a tracked change",
    f"{_WORD}rt": "a reading above a character",
    _COPY: "a copy for old programs",
}
_PARTS = (
    ("word/header", "a page header"),
    ("word/footer", "a page footer"),
    ("word/comments", "a comment"),
    ("word/glossary/", "a building block"),
    ("word/document", ""),
    ("word/footnotes", ""),
    ("word/endnotes", ""),
)


def docx_pieces(package: zipfile.ZipFile) -> Iterator[Piece]:
    """Yield the paragraphs of a Word document, its notes, headers, footers and comments."""
    for name in sorted(package.namelist(), key=lambda name: (name != "word/document.xml", name)):
        why = next((why for start, why in _PARTS if name.startswith(start)), None)
        if why is None or not name.endswith(".xml") or "/_rels/" in name:
            continue
        try:
            tree = etree.fromstring(package.read(name), _parser())
        except etree.LxmlError:  # of a part that the reader needs, it says so itself
            continue
        for number, paragraph in enumerate(tree.iter(_PARAGRAPH), start=1):
            where = f"paragraph {number}" if name == "word/document.xml" else name
            yield from _paragraph(paragraph, where, why)


def _paragraph(paragraph: etree._Element, where: str, why: str) -> Iterator[Piece]:
    """Yield the text of a paragraph, without paragraphs inside it (of a text box)."""
    texts: dict[str, list[str]] = {}
    around = next((_AROUND[e.tag] for e in paragraph.iterancestors() if e.tag in _AROUND), "")
    for node in paragraph.iter(*_TEXTS):
        owner = next(node.iterancestors(_PARAGRAPH))
        if owner is not paragraph:
            continue
        inner = next((_AROUND[e.tag] for e in node.iterancestors() if e.tag in _AROUND), "")
        hidden = "hidden text" if _is_hidden(node) else ""
        reason = why or around or _TEXTS[node.tag] or inner or hidden
        texts.setdefault(reason, []).append(node.text or "")
    for reason, parts in texts.items():
        if text := "".join(parts).strip():
            yield Piece(where, text, reason)


def _is_hidden(node: etree._Element) -> bool:
    run = node.getparent()
    mark = run.find(f"{_WORD}rPr/{_WORD}vanish") if run is not None else None
    return mark is not None and mark.get(f"{_WORD}val") not in ("0", "false", "off")


_OPEN_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OPEN_AROUND = {
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation": "a comment",
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}master-styles": "a page header or footer",
    f"{_OPEN_TEXT}tracked-changes": "deleted by a tracked change",
    f"{_OPEN_TEXT}hidden-text": "hidden text",
    f"{_OPEN_TEXT}ruby-text": "a reading above a character",
    f"{_OPEN_TEXT}note-citation": "the mark of a note",
}
_OPEN_PARAGRAPHS = (f"{_OPEN_TEXT}p", f"{_OPEN_TEXT}h")


def odt_pieces(package: zipfile.ZipFile) -> Iterator[Piece]:
    """Yield the paragraphs of an OpenDocument text, its headers, footers and comments."""
    for name in ("content.xml", "styles.xml"):
        if name in package.NameToInfo:
            yield from flat_odt_pieces(package.read(name))


def flat_odt_pieces(source: bytes) -> Iterator[Piece]:
    """Yield the paragraphs of an OpenDocument text that is one file of XML."""
    tree = etree.fromstring(source, _parser())
    for number, paragraph in enumerate(tree.iter(*_OPEN_PARAGRAPHS), start=1):
        texts: dict[str, list[str]] = {}
        for text in paragraph.xpath(".//text()"):
            chain = _around(text)
            owner = next((e for e in chain if e.tag in _OPEN_PARAGRAPHS), None)
            if owner is paragraph:
                why = next((_OPEN_AROUND[e.tag] for e in chain if e.tag in _OPEN_AROUND), "")
                texts.setdefault(why, []).append(str(text))
        for why, parts in texts.items():
            if joined := "".join(parts).strip():
                yield Piece(f"paragraph {number}", joined, why)


def _around(text: Any) -> list[etree._Element]:
    """Return the elements around a text node, from the innermost out."""
    holder = text.getparent()
    return [*([] if text.is_tail else [holder]), *holder.iterancestors()]


def epub_account(source: str, texts: Mapping[str, str], package: zipfile.ZipFile) -> Account:
    """Return the account of a book from the texts of its chapters by name.

    Chapters outside its spine have a reason. Those that are read letter by letter need no search
    for their pieces, which would take longer than reading them.
    """
    spine, contents = _chapters(package)
    present = [name for name in spine if name in package.NameToInfo]
    whole, rest, pieces = 0, [], []
    for name in dict.fromkeys((*present, *_pages_of(package))):
        why = "the table of contents" if name in contents else ""
        why = why or ("" if name in spine else "not in the order of reading")
        page, text = package.read(name), texts.get(name, "")
        if body := whole_body(page, text):
            whole += visible_chars(body)
            page = page[: page.index(b"<body")]
        else:
            rest.append(text)
        pieces += [
            Piece(f"{posixpath.basename(name)}, {piece.where}", piece.text, why or piece.why)
            for piece in html_pieces(page)
        ]
    counted = account(source, "\n".join(rest), pieces)
    return replace(counted, chars=counted.chars + whole, read=counted.read + whole)


def _pages_of(package: zipfile.ZipFile) -> list[str]:
    return [
        name for name in package.namelist() if name.lower().endswith((".xhtml", ".html", ".htm"))
    ]


def _chapters(package: zipfile.ZipFile) -> tuple[list[str], set[str]]:
    """Return the names of the chapters in reading order, and of the table of contents.

    Without a container that names the book, all parts count as chapters.
    """
    try:
        return _spine(package)
    except (KeyError, StopIteration, etree.LxmlError):
        return _pages_of(package), set()


def _spine(package: zipfile.ZipFile) -> tuple[list[str], set[str]]:
    container = etree.fromstring(package.read("META-INF/container.xml"), _parser())
    root = next(node.get("full-path") for node in container.iter("{*}rootfile"))
    folder = posixpath.dirname(root)
    book = etree.fromstring(package.read(root), _parser())
    items = {item.get("id"): item for item in book.iter("{*}item")}
    refs = [items[r.get("idref")] for r in book.iter("{*}itemref") if r.get("idref") in items]
    contents = {_path(folder, i) for i in items.values() if "nav" in (i.get("properties") or "")}
    return [_path(folder, item) for item in refs], contents


def _path(folder: str, item: etree._Element) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
