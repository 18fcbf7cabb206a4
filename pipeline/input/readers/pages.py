"""Readers of formats in which a file is one page, and of books, which hold several articles."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.input.columns import EMPTY
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import time_limit
from pipeline.input.open import opened
from pipeline.input.readers.epub import epub_chapters
from pipeline.input.readers.file_text import whole_text
from pipeline.input.readers.html import story
from pipeline.input.readers.mineru import mineru_text
from pipeline.input.readers.office.word import word_text
from pipeline.records import Document


def read_text(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read Markdown or plain text."""
    yield _page(file, whole_text(file, settings))


def read_html(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the story of a web page."""
    text = whole_text(file, settings)
    if not text.strip():
        raise UnreadableError("empty", EMPTY)
    with time_limit():
        page = story(text)
    yield Document(
        file.id,
        cleaned(page.text),
        file.source,
        title=page.title,
        date=page.date,
        edition=file.edition,
    )


def read_mineru(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read what the OCR engine MinerU wrote."""
    text = whole_text(file, settings)
    if text.strip():
        with time_limit():
            text = cleaned(mineru_text(text))
    yield _page(file, text)


def read_docx(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read a Word document."""
    with opened(file) as stream:
        text, set_aside = word_text(stream, settings.max_bytes)
    yield replace(_page(file, cleaned(text)), set_aside=set_aside)


def read_epub(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the chapters of a book."""
    with opened(file) as stream:
        for number, (_, text) in enumerate(epub_chapters(stream, settings.max_bytes), 1):
            yield Document(f"{file.id}-{number}", text, f"{file.source}:{number}")


def _page(file: InputFile, text: str) -> Document:
    if not text.strip():
        raise UnreadableError("empty", EMPTY)
    return Document(file.id, text, file.source, edition=file.edition)
