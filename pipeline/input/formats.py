"""The formats that are read: a row for each."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.readers.exchange import read_po, read_xliff
from pipeline.input.readers.pages import (
    read_docx,
    read_epub,
    read_html,
    read_mhtml,
    read_mineru,
    read_odt,
    read_text,
)
from pipeline.input.readers.row_files import read_csv, read_dataset, read_jsonl, read_parquet
from pipeline.input.readers.xml_files import read_xml
from pipeline.records import Document, Failure, Layout


@dataclass(frozen=True, slots=True)
class Reader:
    """A row of `READERS`: `read` yields the documents of a file, and failures in their place.

    `holds` says what a file is: one page (of a newspaper, with `input.edition: folder`), several
    articles, or rows with columns. `layout` is that of its documents. `suffixes` end the names of
    its files; `named_suffixes` are too common to be taken from a folder and count only for a file
    that is named. `magic` matches the start of a file that comes without a name, from stdin.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    magic: re.Pattern[bytes] | None
    holds: Literal["page", "articles", "rows"]
    layout: Layout
    read: Callable[[InputFile, ReadSettings], Iterable[Document | Failure]]
    named_suffixes: tuple[str, ...] = ()


_HTML = re.compile(
    rb"(?i)(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?(?:<!doctype html|<html)"
)
_MHTML = re.compile(rb"(?i)mime-version: |snapshot-content-location: |from: <saved by ")
_DOCX = re.compile(
    rb"(?s)PK\x03\x04(?!.{0,76}application/(?:epub\+zip|vnd\.oasis\.opendocument\.text))"
)
_ODT = re.compile(
    rb"(?s)PK\x03\x04.{0,76}application/vnd\.oasis\.opendocument\.text"
    rb"|(?:<\?xml.{0,200}\?>\s*)?<office:document\s"
)
_EPUB = re.compile(rb"(?s)PK\x03\x04.{0,76}application/epub\+zip")
_JSON_OBJECT, _JSON_LIST = re.compile(rb"\{"), re.compile(rb"\[")
_XLIFF = re.compile(rb"(?s)(?:<\?xml.{0,200}?\?>\s*)?(?:<!--.{0,500}?-->\s*)?<xliff\s")
_XML = re.compile(rb"(?s)<\?xml\s|<alto[\s>]|<PcGts[\s>]|<tt[\s>]")
_PO = re.compile(rb'(?:#[^\n]*\n)*msgid "')
_PARQUET = re.compile(rb"PAR1")

_TEXTS = (".txt", ".text", ".srt", ".vtt", ".ass", ".ssa", ".sbv", ".lrc", ".smi")
_PAGES = (".html", ".htm", ".xhtml", ".hocr")

READERS = (
    Reader("markdown", "Markdown", (".md", ".markdown"), None, "page", "page", read_text),
    Reader("text", "Plain text, or subtitles", _TEXTS, None, "page", "page", read_text),
    Reader(
        "html",
        "Web page, hOCR",
        _PAGES,
        _HTML,
        "page",
        "article",
        read_html,
    ),
    Reader("mhtml", "Saved web page", (".mhtml", ".mht"), _MHTML, "page", "article", read_mhtml),
    Reader(
        "docx",
        "Word document",
        (".docx", ".docm", ".dotx", ".dotm"),
        _DOCX,
        "page",
        "page",
        read_docx,
    ),
    Reader("odt", "OpenDocument text", (".odt", ".fodt", ".ott"), _ODT, "page", "page", read_odt),
    Reader(
        "epub", "EPUB or HTMLZ book", (".epub", ".htmlz"), _EPUB, "articles", "article", read_epub
    ),
    Reader(
        "xliff",
        "XLIFF 1.2 or 2.x of CAT tools",
        (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff"),
        _XLIFF,
        "page",
        "article",
        read_xliff,
    ),
    Reader(
        "xml",
        "XML of OCR programs (ALTO, PAGE) or subtitles (TTML)",
        (".ttml", ".dfxp"),
        _XML,
        "page",
        "page",
        read_xml,
        named_suffixes=(".xml",),
    ),
    Reader("po", "PO of GNU gettext", (".po", ".pot"), _PO, "page", "article", read_po),
    Reader(
        "mineru",
        "JSON of the OCR engines MinerU and PaddleOCR",
        ("_content_list.json", "_content_list_v2.json", "_res.json"),
        _JSON_LIST,
        "page",
        "page",
        read_mineru,
        named_suffixes=(".json",),
    ),
    Reader(
        "jsonl", "JSON Lines", (".jsonl", ".ndjson"), _JSON_OBJECT, "rows", "article", read_jsonl
    ),
    Reader("csv", "CSV or TSV", (".csv", ".tsv"), None, "rows", "article", read_csv),
    Reader("parquet", "Parquet", (".parquet",), _PARQUET, "rows", "article", read_parquet),
    Reader("dataset", "Dataset", (), None, "rows", "article", read_dataset),
)

READER_OF = {reader.name: reader for reader in READERS}
PAGE_FORMATS = frozenset(reader.name for reader in READERS if reader.holds == "page")
ROW_FORMATS = frozenset(reader.name for reader in READERS if reader.holds == "rows")
"""Formats of rows, which may come with references."""

SUFFIXES = {suffix: reader.name for reader in READERS for suffix in reader.suffixes}
_NAMED_SUFFIXES = {
    **SUFFIXES,
    **{suffix: reader.name for reader in READERS for suffix in reader.named_suffixes},
    # no documents: the reader of XML says which command takes them
    **dict.fromkeys((".tmx", ".tbx"), "xml"),
}


def suffix_of(name: str) -> str | None:
    """Return which of `SUFFIXES` a file name in lower case has, None if it has none."""
    ending = os.path.splitext(name)[1]  # noqa: PTH122 (thousands of names)
    longer = (suffix for suffix in SUFFIXES if suffix[0] != "." and name.endswith(suffix))
    return ending if ending in SUFFIXES else next(longer, None)


def format_of_named(name: str) -> str:
    """Return the format of a file that a config names, by its name in lower case."""
    suffix = suffix_of(name) or Path(name).suffix
    return _NAMED_SUFFIXES.get(suffix, "text")


def format_of_start(start: bytes) -> str:
    """Return the format of a file without a name by how it starts; `markdown` if unknown."""
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    matching = (reader for reader in READERS if reader.magic and reader.magic.match(start))
    return next((reader.name for reader in matching), "markdown")
