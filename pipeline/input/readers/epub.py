"""EPUB books and newspapers, and HTMLZ: one document for each chapter, in reading order."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import IO
from urllib.parse import unquote

from lxml import etree

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.limits import time_limit, too_large
from pipeline.input.readers.html import blocks_text, readings_left_out
from pipeline.input.readers.markup.sheets import text_rules
from pipeline.input.readers.markup_text import markup_text
from pipeline.input.readers.office.set_aside import CONTENTS, SetAsideCounts
from pipeline.input.readers.packages import opened_package, xml_root
from pipeline.input.readers.raised_markup import raised_classes, with_raised_tags
from pipeline.records import SetAside

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_CHAPTER = (
    "application/xhtml+xml",
    "text/html",
    "application/xml",
    "text/xml",
    "text/x-oeb1-document",
)
_CHAPTER_ENDINGS = (".xhtml", ".html", ".htm")
_CONTENTS_BYTES, _CONTENTS_SENTENCES = 10_000_000, 3
_TARGET = lazy(r"(?:src|href)\s*=\s*[\"']([^\"'#]{1,500})")
_SHEET_BYTES, _MOST_CLASSES = 500_000, 1_000
_PART = lazy(r"(?P<name>.*_split_)(?P<number>\d{3,4})\.\w{3,5}")
_SAVE_AGAIN = "save it again"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a book: its text as Markdown, or why it cannot be read; `page` is its source.

    `sheet` has the rules of the book's style sheets that change the text of a page.
    """

    name: str
    text: str | UnreadableError
    set_aside: tuple[SetAside, ...] = ()
    page: bytes = b""
    sheet: str = ""
    is_listed: bool = True
    """False if the book has a table of contents which does not name it."""


def epub_chapters(stream: IO[bytes], max_bytes: int) -> Iterator[Chapter]:
    """Yield every chapter with text, as the spine orders them, and those that cannot be read.

    The table of contents is left out; the first chapter names it, and what the book holds outside
    its reading order. Raises UnreadableError where the package, its container or its spine is
    damaged, every chapter is encrypted, or no chapter has text.
    """
    found = False
    with opened_package(stream, max_bytes) as package:
        book = _Book(package)
        for name in book.spine():
            chapter = _chapter(book, name, max_bytes)
            if isinstance(chapter.text, UnreadableError) or chapter.text.strip():
                others = () if found else book.left_out(max_bytes)
                is_listed = not book.listed or name in book.listed
                set_aside = (*others, *chapter.set_aside)
                yield replace(chapter, set_aside=set_aside, is_listed=is_listed)
                found = True
    if not found:
        raise UnreadableError("no chapter has text", "run an OCR program on its pictures first")


def numbered_chapters(chapters: Iterable[Chapter]) -> Iterator[tuple[int, list[Chapter]]]:
    """Yield each chapter in its parts: Calibre cuts a long one into files, not at a heading.

    With it comes the number of its first part.
    """
    parts: list[Chapter] = []
    first = 0
    for number, chapter in enumerate(chapters, 1):
        if parts and _goes_on(parts[-1], chapter):
            parts.append(chapter)
            continue
        if parts:
            yield first, parts
        parts, first = [chapter], number
    if parts:
        yield first, parts


def _goes_on(before: Chapter, chapter: Chapter) -> bool:
    """True if two files follow each other in one that was cut, and no chapter begins there."""
    last, own = _PART.fullmatch(before.name), _PART.fullmatch(chapter.name)
    if last is None or own is None or last["name"] != own["name"]:
        return False
    are_read = isinstance(before.text, str) and isinstance(chapter.text, str)
    is_next = int(own["number"]) == int(last["number"]) + 1
    is_headed = str(chapter.text).lstrip().startswith("#")
    return are_read and is_next and not chapter.is_listed and not is_headed


def _chapter(book: "_Book", name: str, max_bytes: int) -> Chapter:
    """Return a chapter as Markdown with what it sets aside, or the error that names it."""
    try:
        data = book.data(name, max_bytes)
        with time_limit():
            page = with_raised_tags(markup_text(data), book.raised_classes)
            text = cleaned(blocks_text(page, book.sheet))
            return Chapter(name, text, readings_left_out(page), data, book.sheet)
    except UnreadableError as error:
        return Chapter(name, UnreadableError(f"chapter '{name}': {error.reason}", error.advice))


class _Book:
    """The package of a book: what it holds, in which order, and what is encrypted."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = {name.lower(): name for name in package.namelist()}
        self._encrypted = self._locked_names()
        self._root = self._root_name()
        self._book = self._xml(self._root)
        self._items = {item.get("id"): item for item in self._book.iter("{*}item")}

    @cached_property
    def _sheets(self) -> list[str]:
        return [
            self._package.read(name)[:_SHEET_BYTES].decode("utf-8", "replace")
            for name in self._names.values()
            if name.lower().endswith(".css")
        ]

    @cached_property
    def sheet(self) -> str:
        """The rules of all style sheets that change the text of a page."""
        return "".join(map(text_rules, self._sheets))[:_SHEET_BYTES]

    @cached_property
    def raised_classes(self) -> dict[str, str]:
        """The classes of all style sheets that raise or lower text."""
        found: dict[str, str] = {}
        for sheet in self._sheets:
            if len(found) < _MOST_CLASSES:
                found |= raised_classes(sheet)
        return found

    def _root_name(self) -> str:
        """Return the name of the part that describes the book."""
        if _CONTAINER.lower() in self._names:
            container = self._xml(_CONTAINER)
            root = next((node.get("full-path") for node in container.iter("{*}rootfile")), None)
            if root and self._stored(root):
                return str(root)
        usual = next((name for key, name in self._names.items() if key.endswith(".opf")), None)
        if usual is None:
            raise UnreadableError("its container file does not name a book", _SAVE_AGAIN)
        return usual

    def _locked_names(self) -> frozenset[str]:
        """Return the parts that only the program of a shop can read; fonts do not matter."""
        if _ENCRYPTION.lower() not in self._names:
            return frozenset()
        locked = set()
        for data in self._xml(_ENCRYPTION).iter("{*}EncryptedData"):
            method = next(iter(data.iter("{*}EncryptionMethod")), None)
            if method is None or method.get("Algorithm") not in _FONTS_ONLY:
                locked |= {
                    unquote(reference.get("URI") or "").lower()
                    for reference in data.iter("{*}CipherReference")
                }
        return frozenset(locked)

    def spine(self) -> list[str]:
        """Return the chapters in reading order. Raises UnreadableError if none can be read."""
        # a spine names a chapter once; a book that names one many times would be read as often
        order = dict.fromkeys(ref.get("idref") for ref in self._book.iter("{*}itemref"))
        names = [
            self._name(self._items[ref]) if ref in self._items else f"{ref} (not in the manifest)"
            for ref in order
            if ref not in self._items or self._is_chapter(self._items[ref])
        ]
        if not order:  # some makers leave it empty, and HTMLZ has none
            listed = [self._name(i) for i in self._items.values() if self._is_chapter(i)]
            pages = [name for name in self._names.values() if name.endswith(_CHAPTER_ENDINGS)]
            names = listed or pages
        contents = self._contents()
        chapters = list(dict.fromkeys(name for name in names if name not in contents))
        if not chapters:
            raise UnreadableError("its spine does not list any chapter", _SAVE_AGAIN)
        if all(name.lower() in self._encrypted for name in chapters):
            raise UnreadableError(
                "its chapters are encrypted (digital rights management)",
                "get a copy without it from the publisher",
            )
        return chapters

    def _is_chapter(self, item: etree._Element) -> bool:
        if item.get("media-type") in _CHAPTER:
            return True
        return (item.get("href") or "").lower().endswith(_CHAPTER_ENDINGS)

    def _contents(self) -> set[str]:
        """Return the parts that are tables of contents."""
        named = [
            self._name(item)
            for item in self._items.values()
            if "nav" in (item.get("properties") or "").split()
        ]
        guide = [r for r in self._book.iter("{*}reference") if r.get("type") == "toc"]
        named += [name for name in map(self._name, guide) if not self._is_prose(name)]
        return set(named)

    def _is_prose(self, name: str) -> bool:
        """True if a part has more sentences than links: the text is below its contents."""
        stored = self._stored(name)
        if stored is None or self._package.getinfo(stored).file_size > _CONTENTS_BYTES:
            return False
        page = self._package.read(stored)
        return page.count("。".encode()) > max(_CONTENTS_SENTENCES, page.count(b"<a "))

    @cached_property
    def listed(self) -> set[str]:
        """The chapters that a table of contents names."""
        names = self._contents()
        names |= {
            self._name(item)
            for item in self._items.values()
            if item.get("media-type") == "application/x-dtbncx+xml"
        }
        listed = set()
        for name in sorted(names):
            try:
                written = self.data(name, _CONTENTS_BYTES).decode("utf-8", "replace")
            except UnreadableError:
                continue
            folder = posixpath.dirname(name)
            listed |= {
                posixpath.normpath(posixpath.join(folder, unquote(unescape(target))))
                for target in _TARGET.findall(written)
            }
        return listed

    def _name(self, item: etree._Element) -> str:
        place = unquote(item.get("href") or "").partition("#")[0]
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._root), place))

    def _stored(self, name: str) -> str | None:
        """Return the name of a part as the package writes it; None if it has no such part."""
        return name if name in self._package.NameToInfo else self._names.get(name.lower())

    def data(self, name: str, max_bytes: int) -> bytes:
        """Return the bytes of a chapter. Raises UnreadableError if it is not there or too large."""
        stored = self._stored(name)
        if stored is None:
            raise UnreadableError("missing from the book", _SAVE_AGAIN)
        if name.lower() in self._encrypted:
            raise UnreadableError("encrypted", "get a copy without encryption from the publisher")
        if self._package.getinfo(stored).file_size > max_bytes:
            raise too_large("it", max_bytes)
        try:
            return self._package.read(stored)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableError(f"damaged: {error}", _SAVE_AGAIN) from error

    def left_out(self, max_bytes: int) -> tuple[SetAside, ...]:
        """Count the contents, parts outside the reading order, and parts of another kind."""
        counts = SetAsideCounts()
        contents, named = self._contents(), set()
        for reference in self._book.iter("{*}itemref"):
            item = self._items.get(reference.get("idref"))
            if item is not None:
                named.add(self._name(item))
                if not self._is_chapter(item):
                    counts.add_object(f"chapters of the type {item.get('media-type')}")
        chapters = (self._name(i) for i in self._items.values() if self._is_chapter(i))
        for name in dict.fromkeys(chapters):
            if name in contents or name not in named:
                text = _chapter(self, name, max_bytes).text
                what = CONTENTS if name in contents else "parts outside the reading order"
                counts.add(what, text if isinstance(text, str) else name)
        return counts.rows()

    def _xml(self, name: str) -> etree._Element:
        return xml_root(self._package.read(self._names[name.lower()]), name, _SAVE_AGAIN)
