"""Readers of formats in which a file is one page, and of books, which hold several articles."""

from collections.abc import Callable, Iterable, Iterator
from zipfile import ZipFile

from pipeline.input.accounts.account import Piece, account, whole_account
from pipeline.input.accounts.html import beside_story, html_pieces
from pipeline.input.accounts.mineru import mineru_pieces
from pipeline.input.accounts.packages import docx_pieces, epub_pieces
from pipeline.input.columns import EMPTY
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import time_limit
from pipeline.input.open import opened
from pipeline.input.readers.docx import word_text
from pipeline.input.readers.epub import epub_chapters
from pipeline.input.readers.file_text import whole_text
from pipeline.input.readers.html import story
from pipeline.input.readers.mineru import mineru_text
from pipeline.input.readers.packages import opened_package
from pipeline.records import Document


def read_text(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read Markdown or plain text."""
    text = whole_text(file, settings)
    settings.accounted(whole_account(file.source, text))
    yield _page(file, text)


def read_html(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the story of a web page."""
    text = whole_text(file, settings)
    if not text.strip():
        raise UnreadableError("empty", EMPTY)
    with time_limit():
        page = story(text)
        given = f"{page.title or ''}\n{page.text}"
        settings.accounted(account(file.source, given, beside_story(html_pieces(text), page.text)))
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
    source = whole_text(file, settings)
    text = ""
    if source.strip():
        with time_limit():
            text = cleaned(mineru_text(source))
            settings.accounted(account(file.source, text, mineru_pieces(source)))
    yield _page(file, text)


def read_docx(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read a Word document."""
    with opened(file) as stream:
        text = cleaned(word_text(stream, settings.max_bytes))
    _account_package(file, settings, text, docx_pieces)
    yield _page(file, text)


def read_epub(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the chapters of a book."""
    with opened(file) as stream:
        chapters = []
        for number, (_, text) in enumerate(epub_chapters(stream, settings.max_bytes), 1):
            chapters.append(text)
            yield Document(f"{file.id}-{number}", text, f"{file.source}:{number}")
    _account_package(file, settings, "\n".join(chapters), epub_pieces)


def _account_package(
    file: InputFile,
    settings: ReadSettings,
    text: str,
    pieces: Callable[[ZipFile], Iterable[Piece]],
) -> None:
    """Account for a package that could be read; it is opened once more for that."""
    with (
        opened(file) as stream,
        opened_package(stream, settings.max_bytes) as package,
        time_limit(),
    ):
        settings.accounted(account(file.source, text, pieces(package)))


def _page(file: InputFile, text: str) -> Document:
    if not text.strip():
        raise UnreadableError("empty", EMPTY)
    return Document(file.id, text, file.source, edition=file.edition)
