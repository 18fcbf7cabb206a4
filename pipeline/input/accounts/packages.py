"""The text nodes of Word documents and books, part by part of their packages."""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from pipeline.input.accounts.account import Account, Piece, account, visible_chars
from pipeline.input.accounts.html import html_pieces, whole_body
from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.epub import Chapter
from pipeline.input.readers.markup_text import markup_text
from pipeline.input.readers.mhtml import saved_pages
from pipeline.input.readers.office.field_codes import drawn_text
from pipeline.input.readers.office.placeholders import placeholders
from pipeline.input.readers.office.styles import StyleSheet
from pipeline.input.readers.office.word_xml import usual_names

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _TAB = f"{_WORD}p", f"{_WORD}tab"
_TEXTS = {f"{_WORD}t": "", f"{_WORD}delText": "deleted by a tracked change"}
_CODE = "the instruction of a field"
_TEXTS[f"{_WORD}instrText"] = _CODE
_TEXTS["{http://schemas.openxmlformats.org/officeDocument/2006/math}t"] = ""
_FIELD, _FIELD_TYPE = f"{_WORD}fldChar", f"{_WORD}fldCharType"
_CONTENTS, _GALLERIES = "the table of contents", ("Table of Contents", "Table of Figures")
_ID = f"{_WORD}id"
_NOTES = {f"{_WORD}footnote": f"{_WORD}footnoteReference"}
_NOTES[f"{_WORD}endnote"] = f"{_WORD}endnoteReference"
_AROUND = {
    f"{_WORD}del": "deleted by a tracked change",
    f"{_WORD}moveFrom": "moved by a tracked change",
    f"{_WORD}rt": "a reading above a character",
    _COPY: "a copy for old programs",
}
_DELETED = {f"{_WORD}tc": f"{_WORD}tcPr/{_WORD}cellDel", f"{_WORD}tr": f"{_WORD}trPr/{_WORD}del"}
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/"
_DRAWN_LINES = (f"{{{_DRAWING}main}}p", f"{{{_DRAWING}chart}}strCache")
_DRAWN_TEXTS = (f"{{{_DRAWING}main}}t", f"{{{_DRAWING}chart}}v")
_DESCRIBED = f"{{{_DRAWING}wordprocessingDrawing}}docPr"
_LETTERING = "{urn:schemas-microsoft-com:vml}textpath"
_PARTS = (
    ("word/header", "a page header"),
    ("word/footer", "a page footer"),
    ("word/comments", "a comment"),
    ("word/glossary/", "a building block"),
    ("word/charts/chart", "a chart"),
    ("word/diagrams/data", ""),
    ("word/document", ""),
    ("word/footnotes", ""),
    ("word/endnotes", ""),
)


def docx_pieces(package: zipfile.ZipFile) -> Iterator[Piece]:
    """Yield the paragraphs of a Word document, its notes, headers, footers and comments."""
    named: set[tuple[str, str | None]] = set()
    styles = _styles(package)
    yield from _included(package)
    for name in sorted(package.namelist(), key=lambda name: (name != "word/document.xml", name)):
        why = next((why for start, why in _PARTS if name.startswith(start)), None)
        if why is None or not name.endswith(".xml") or "/_rels/" in name:
            continue
        try:
            tree = _word_part(package, name)
        except etree.LxmlError:  # of a part that the reader needs, it says so itself
            continue
        for mark in tree.iter(*_NOTES.values()):
            if next(mark.iterancestors(*_AROUND), None) is None:
                named.add((mark.tag, mark.get(_ID)))
        contents = _contents(tree)
        asks = {t for c in placeholders(tree, styles) for t in c.iter(f"{_WORD}t")}
        for number, paragraph in enumerate(tree.iter(_PARAGRAPH), start=1):
            where = f"paragraph {number}" if name == "word/document.xml" else name
            note = next(paragraph.iterancestors(*_NOTES), None)
            is_unnamed = note is not None and (_NOTES[note.tag], note.get(_ID)) not in named
            other = "a note that the text does not name" if is_unnamed else ""
            if paragraph in contents:
                other = _CONTENTS
            own = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
            if own is not None and not other:
                style = styles.style(own.get(f"{_WORD}val"))
                if style.look.is_hidden:
                    other = _hidden_by_style(paragraph)
                elif style.is_contents:
                    other = _CONTENTS
            yield from _paragraph(paragraph, where, why or other, asks, styles)
        yield from _drawn(tree, "a drawing" if name == "word/document.xml" else name, why)


def _drawn(part: etree._Element, where: str, why: str) -> Iterator[Piece]:
    """Yield the lettering, the lines and the descriptions of drawings in a part."""
    for element in part.iter(*_DRAWN_LINES, _LETTERING, _DESCRIBED):
        other = next((_AROUND[e.tag] for e in element.iterancestors(*_AROUND)), "")
        if element.tag == _DESCRIBED:
            text, other = element.get("descr") or "", "the description of a picture"
        elif element.tag == _LETTERING:
            text = element.get("string") or ""
        else:
            text = "".join(item.text or "" for item in element.iter(*_DRAWN_TEXTS))
        if text := text.strip():
            yield Piece(where, text, why or other)


def _styles(package: zipfile.ZipFile) -> StyleSheet:
    try:
        return StyleSheet(_word_part(package, "word/styles.xml"))
    except (KeyError, etree.LxmlError):
        return StyleSheet(None)


def _word_part(package: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(usual_names(package.read(name)), _parser())


def _hidden_by_style(paragraph: etree._Element) -> str:
    """Return the reason of a paragraph of a hidden style, unless a run of it is shown."""
    shown = (mark.get(f"{_WORD}val") for mark in paragraph.iter(f"{_WORD}vanish"))
    return "" if any(mark in ("0", "false", "off") for mark in shown) else "hidden text"


def _contents(tree: etree._Element) -> set[etree._Element]:
    """Return the paragraphs in a control or a field that holds a table of contents.

    A paragraph with a sentence ends a field that is not closed.
    """
    found: set[etree._Element] = set()
    for gallery in tree.iter(f"{_WORD}docPartGallery"):
        control = next(gallery.iterancestors(f"{_WORD}sdt"), None)
        if gallery.get(f"{_WORD}val") in _GALLERIES and control is not None:
            found.update(control.iter(_PARAGRAPH))
    codes: list[str] = []
    for paragraph in tree.iter(_PARAGRAPH):
        texts = "".join(node.text or "" for node in paragraph.iter(f"{_WORD}t"))
        if "。" in texts:
            codes = []
        is_inside = any(code.split()[:1] == ["TOC"] for code in codes) and bool(texts)
        for node in paragraph.iter(_FIELD, f"{_WORD}instrText"):
            if node.tag != _FIELD:
                codes[-1:] = [code + (node.text or "") for code in codes[-1:]]
            elif node.get(_FIELD_TYPE) == "begin":
                codes.append("")
            elif node.get(_FIELD_TYPE) == "end" and codes:
                codes.pop()
            is_inside = is_inside or any(code.split()[:1] == ["TOC"] for code in codes)
        if is_inside:
            found.add(paragraph)
    return found


def _included(package: zipfile.ZipFile) -> Iterator[Piece]:
    """Yield the texts of the pages, texts and documents that a Word document includes whole."""
    for name in package.namelist():
        ending = posixpath.splitext(name.lower())[1]
        if ending in (".mht", ".mhtml"):
            pages, sheet = saved_pages(package.read(name))
        elif ending in (".html", ".htm", ".xhtml"):
            pages, sheet = [markup_text(package.read(name))], ""
        elif ending == ".docx":
            with zipfile.ZipFile(io.BytesIO(package.read(name))) as included:
                for piece in docx_pieces(included):
                    yield replace(piece, where=f"{name}, {piece.where}")
            continue
        else:
            if ending == ".txt":
                lines = markup_text(package.read(name)).splitlines()
                yield from (Piece(name, line.strip()) for line in lines if line.strip())
            continue
        for page in pages:
            yield from (replace(piece, where=name) for piece in html_pieces(page, sheet))


def _paragraph(
    paragraph: etree._Element,
    where: str,
    why: str,
    asks: set[etree._Element],
    styles: StyleSheet,
) -> Iterator[Piece]:
    """Yield the text of a paragraph, without paragraphs inside it (of a text box).

    `asks` are the texts of placeholders.
    """
    texts: dict[str, list[str]] = {}
    around = _around(paragraph)
    codes: list[bool] = []
    nodes = list(paragraph.iter(_FIELD, *_TEXTS, *_NOTES.values()))
    with_result = _before_results(nodes)
    is_own_mark = False
    for node in nodes:
        owner = next(node.iterancestors(_PARAGRAPH))
        if owner is not paragraph:
            continue
        if node.tag == _FIELD:
            _follow(codes, node.get(_FIELD_TYPE))
            continue
        if node.tag not in _TEXTS:  # a note: the reader writes its mark there
            texts.setdefault("", []).append("\n")
            is_own_mark = node.get(f"{_WORD}customMarkFollows") is not None
            continue
        inner = next((_AROUND[e.tag] for e in node.iterancestors() if e.tag in _AROUND), "")
        hidden = "hidden text" if _is_hidden(node, styles) else ""
        other = hidden or ("a placeholder of a form" if node in asks else "")
        code = _CODE if any(codes) else ""
        reason = why or around or _TEXTS[node.tag] or inner or other or code
        text = (node.text or "") + ("\n" if is_own_mark else "")
        is_own_mark = False
        if reason == _CODE and node not in with_result and (drawn := drawn_text(text, "")):
            reason, text = "", drawn
        texts.setdefault(reason, []).append(text)
    for reason, parts in texts.items():
        if text := "".join(parts).strip():
            yield Piece(where, text, reason)


def _around(paragraph: etree._Element) -> str:
    """Return the reason of what a paragraph is in, such as a deleted cell; empty without one."""
    for element in paragraph.iterancestors():
        if element.tag in _AROUND:
            return _AROUND[element.tag]
        if (mark := _DELETED.get(element.tag)) and element.find(mark) is not None:
            return _AROUND[f"{_WORD}del"]
    return ""


def _before_results(nodes: Sequence[etree._Element]) -> set[etree._Element]:
    """Return the texts of which the next mark of a field begins a result."""
    found, kind = set(), None
    for node in reversed(nodes):
        if node.tag == _FIELD:
            kind = node.get(_FIELD_TYPE)
        elif kind == "separate":
            found.add(node)
    return found


def _follow(codes: list[bool], kind: str | None) -> None:
    """Keep track of the fields that are open: whether the instruction of each goes on."""
    if kind == "begin":
        codes.append(True)
    elif codes and kind == "separate":
        codes[-1] = False
    elif codes and kind == "end":
        codes.pop()


def _is_hidden(node: etree._Element, styles: StyleSheet) -> bool:
    """True if the run of a text is hidden, by itself or else by its style."""
    run = node.getparent()
    look = run.find(f"{_WORD}rPr") if run is not None else None
    if look is None:
        return False
    mark = look.find(f"{_WORD}vanish")
    if mark is not None:
        return mark.get(f"{_WORD}val") not in ("0", "false", "off")
    named = look.find(f"{_WORD}rStyle")
    return named is not None and styles.style(named.get(f"{_WORD}val")).look.is_hidden


def epub_account(source: str, read: Sequence[Chapter], package: zipfile.ZipFile) -> Account:
    """Return the account of a book from the chapters that were read.

    Chapters outside its spine have a reason. Those that are read letter by letter need no search
    for their pieces, which would take longer than reading them.
    """
    spine, contents = _chapters(package)
    present = [name for name in spine if name in package.NameToInfo]
    chapters = {chapter.name: chapter for chapter in read}
    whole, rest, pieces = 0, [], []
    for name in dict.fromkeys((*present, *_pages_of(package))):
        why = _CONTENTS if name in contents and name not in chapters else ""
        why = why or ("" if name in spine else "not in the order of reading")
        chapter = chapters.get(name)
        page, text = (chapter.page, str(chapter.text)) if chapter else (package.read(name), "")
        if body := whole_body(page, text):
            whole += visible_chars(body)
            page = page[: page.index(b"<body")]
        else:
            rest.append(text)
        pieces += [
            Piece(f"{posixpath.basename(name)}, {piece.where}", piece.text, why or piece.why)
            for piece in html_pieces(_decoded(page), chapter.sheet if chapter else "")
        ]
    counted = account(source, "\n".join(rest), pieces)
    return replace(counted, chars=counted.chars + whole, read=counted.read + whole)


def _decoded(page: bytes) -> str:
    try:
        return markup_text(page)
    except UnreadableError:  # a damaged one is shown as far as it goes
        return page.decode("utf-8", "replace")


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
    contents = [i for i in items.values() if "nav" in (i.get("properties") or "")]
    contents += [r for r in book.iter("{*}reference") if r.get("type") == "toc"]
    return [_path(folder, item) for item in refs], {_path(folder, part) for part in contents}


def _path(folder: str, item: etree._Element) -> str:
    place = unquote(item.get("href") or "").partition("#")[0]
    return posixpath.normpath(posixpath.join(folder, place))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
