"""ZIP packages (.docx, .odt, .epub), opened with bounds so that a small file fills no memory."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from lxml import etree

from pipeline.input.encodings import UnreadableError, refuse_other_kind
from pipeline.input.limits import MOST_TAGS, time_limit, too_large

_MOST_PARTS = 20_000
_MARKUP_FACTOR = 10
"""Markup and pictures may take this many times the text's limit."""
_MARKUP = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm")
_CHUNK_BYTES = 1 << 20
_LEAST_TAG_BYTES = 3
_START_BYTES = 64
_IS_UTF_8 = 0x800
"""The bit of a ZIP that says that a name is in UTF-8."""


@contextmanager
def opened_package(stream: IO[bytes], max_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open a package; whatever is wrong with it until it is closed is UnreadableError.

    What it unpacks to, by its own directory (which zipfile holds it to), may be ten times
    `max_bytes`, and hold `MOST_TAGS` tags: a parser takes a hundred bytes for each.
    """
    try:
        with _seekable(stream, max_bytes) as file, zipfile.ZipFile(_checked(file)) as package:
            parts = package.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or size > _MARKUP_FACTOR * max_bytes:
                raise UnreadableError(
                    f"{len(parts)} parts that unpack to {size / 1e6:,.0f} MB",
                    "cut it or raise input.max_megabytes",
                )
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableError("locked with a password", "save it without one")
            _check_tags(package)
            _set_usual_names(package)
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
        raise UnreadableError(f"a damaged package: {error}", "save it again") from error


@contextmanager
def reading(title: str, advice: str) -> Iterator[None]:
    """Read a document with a time limit; whatever is wrong with its XML is UnreadableError."""
    try:
        with time_limit():
            yield
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise UnreadableError(
            f"not {title} that can be read: {type(error).__name__}: {error}", advice
        ) from error


def check_size(text: str, max_bytes: int) -> None:
    """Raise UnreadableError for a text of more bytes in UTF-8."""
    if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise too_large("its text", max_bytes)


def xml_root(data: bytes, name: str, advice: str) -> etree._Element:
    """Return the root of a part of a package. Raises UnreadableError where it is no XML.

    No entity is resolved and no other file is read.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"its part '{name}' is damaged: {error.msg}", advice) from error


def _checked(file: IO[bytes]) -> IO[bytes]:
    """Return a file. Raises UnreadableError if its first bytes are those of another kind."""
    start = file.read(_START_BYTES)
    file.seek(0)
    if start.lstrip().lower().startswith((b"<html", b"<!doctype html")):
        raise UnreadableError("a web page, whatever its name says", "name it .html")
    if not start.startswith(b"PK"):
        refuse_other_kind(start, "a package")
    return file


def _set_usual_names(package: zipfile.ZipFile) -> None:
    """Give parts the names that are meant: ZIP programs write UTF-8 or GBK and do not say so.

    Some write the back slash of Windows.
    """
    for part in package.infolist():
        name = part.filename
        if not name.isascii() and not part.flag_bits & _IS_UTF_8:
            name = _decoded_name(name)
        name = name.replace("\\", "/")
        if name != part.filename:
            part.filename = name
            package.NameToInfo[name] = part


def _decoded_name(name: str) -> str:
    """Return a name that zipfile has read as DOS would have, in the encoding that fits."""
    try:
        written = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _check_tags(package: zipfile.ZipFile) -> None:
    """Count the tags of all parts, before anything is parsed."""
    parts = [part for part in package.infolist() if part.filename.lower().endswith(_MARKUP)]
    if sum(part.file_size for part in parts) <= _LEAST_TAG_BYTES * MOST_TAGS:
        return
    tags = 0
    for part in parts:
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                tags += chunk.count(b"<")
        if tags > MOST_TAGS:
            raise UnreadableError(
                f"more than {MOST_TAGS:,} tags", "cut it into smaller files, or save its text"
            )


@contextmanager
def _seekable(stream: IO[bytes], max_bytes: int) -> Iterator[IO[bytes]]:
    """Give the stream, or, if it can only be read forwards (.zst), a copy of it on the disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while piece := stream.read(1 << 20):
            copy.write(piece)
            if copy.tell() > _MARKUP_FACTOR * max_bytes:
                raise too_large("the package", _MARKUP_FACTOR * max_bytes)
        copy.seek(0)
        yield cast(IO[bytes], copy)
