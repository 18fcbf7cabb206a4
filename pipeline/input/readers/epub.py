"""EPUB books and newspapers: one document for each chapter, in reading order."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO
from urllib.parse import unquote

from lxml import etree

from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.limits import time_limit
from pipeline.input.readers.html import blocks_text
from pipeline.input.readers.packages import opened_package

_CONTAINER = "META-INF/container.xml"
_CHAPTER = ("application/xhtml+xml", "text/html")


def epub_chapters(stream: IO[bytes], max_bytes: int) -> Iterator[tuple[str, str]]:
    """Give (name of the part, Markdown) of every chapter with text, as its spine orders them.

    Raises UnreadableError where the package, its container or its spine is damaged, a
    chapter is larger than `max_bytes`, or no chapter has text.
    """
    found = False
    with opened_package(stream, max_bytes) as package:
        for name in _spine(package):
            if name not in package.NameToInfo:
                raise UnreadableError(f"chapter '{name}' is missing", "save it again")
            if package.getinfo(name).file_size > max_bytes:
                raise UnreadableError(
                    f"chapter '{name}' is larger than {max_bytes / 1e6:g} MB",
                    "cut it or raise input.max_megabytes",
                )
            with time_limit():
                text = cleaned(blocks_text(package.read(name)))
            if text.strip():
                found = True
                yield name, text
    if not found:
        raise UnreadableError("no chapter has text", "run an OCR program on its pictures first")


def _spine(package: zipfile.ZipFile) -> list[str]:
    """Names of the chapters in reading order, the table of contents left out."""
    container = _xml(package, _CONTAINER)
    root = next((node.get("full-path") for node in container.iter("{*}rootfile")), None)
    if not root:
        raise UnreadableError("its container file does not name a book", "save it again")
    book = _xml(package, root)
    items = {
        item.get("id"): item
        for item in book.iter("{*}item")
        if item.get("media-type") in _CHAPTER and "nav" not in (item.get("properties") or "")
    }
    # a spine names a chapter once; a book that names one many times would be read as often
    order = dict.fromkeys(
        items[ref.get("idref")] for ref in book.iter("{*}itemref") if ref.get("idref") in items
    )
    if not order:
        raise UnreadableError("its spine does not list any chapter", "save it again")
    folder = posixpath.dirname(root)
    return [posixpath.normpath(posixpath.join(folder, unquote(i.get("href") or ""))) for i in order]


def _xml(package: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(package.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"'{name}' is damaged: {error.msg}", "save it again") from error
