"""Readers of formats in which a file is one page, and of books, which hold several articles."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from zipfile import ZipFile

from lxml import etree

from pipeline.input.accounts.account import (
    Account,
    Piece,
    account,
    unknown_account,
    whole_account,
    without_commands,
)
from pipeline.input.accounts.html import beside_story, html_pieces, sami_pieces
from pipeline.input.accounts.markdown import markdown_account, styles_set_aside
from pipeline.input.accounts.mineru import mineru_pieces
from pipeline.input.accounts.open_document import flat_odt_pieces, odt_pieces
from pipeline.input.accounts.packages import docx_pieces, epub_account
from pipeline.input.columns import EMPTY, read_failure
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import time_limit
from pipeline.input.open import opened
from pipeline.input.readers.epub import Chapter, epub_chapters, numbered_chapters
from pipeline.input.readers.file_text import whole_bytes, whole_text
from pipeline.input.readers.html import readings_left_out, story
from pipeline.input.readers.markup.markdown import has_markup, plain_markdown
from pipeline.input.readers.mhtml import saved_pages
from pipeline.input.readers.ocr.mineru import mineru_text
from pipeline.input.readers.office.open_document import open_document_text
from pipeline.input.readers.office.word import word_text
from pipeline.input.readers.packages import opened_package
from pipeline.input.readers.sami import is_sami, sami_cues
from pipeline.records import Document, Failure

_LESS = "\ufdd0"
"""Stands for `<` where it begins no tag; Unicode has no such character."""


def read_text(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read Markdown or plain text."""
    source = whole_text(file, settings)
    with time_limit():
        if is_sami(source):
            text = sami_cues(source)
            settings.account(lambda: account(file.source, text, sami_pieces(source)))
            yield page_document(file, text)
            return
        is_plain = file.format == "text" and not has_markup(source)
        # a tag of a text that has no other markup is what it looks like
        text = plain_markdown(source.replace("<", _LESS) if is_plain else source)
        text = text.replace(_LESS, "<") if is_plain else text
        settings.account(
            lambda: styles_set_aside(
                whole_account(file.source, text)
                if text == source
                else markdown_account(file.source, text, source),
                text,
            )
        )
    yield page_document(file, text)


def read_html(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the story of a web page."""
    yield _story(file, settings, whole_text(file, settings))


def read_mhtml(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the story of a web page that a browser saved as one file."""
    (page, *others), sheet = saved_pages(whole_bytes(file, settings))
    yield _story(file, settings, page, others, sheet)


def _story(
    file: InputFile,
    settings: ReadSettings,
    source: str,
    others: Sequence[str] = (),
    sheet: str = "",
) -> Document:
    """Return the story of a page; `others` are pages of the same file that are not read.

    `sheet` is a style sheet outside the page.
    """
    if not source.strip():
        raise UnreadableError("empty", EMPTY)
    with time_limit():
        page = story(source, sheet)
        given = f"{page.title or ''}\n{page.text}"
        settings.account(
            lambda: account(
                file.source,
                given,
                [
                    *beside_story(html_pieces(source, sheet), page.text, page.notices),
                    *_of_frames(others),
                ],
            )
        )
    return Document(
        file.id,
        cleaned(page.text),
        file.source,
        title=page.title,
        date=page.date,
        edition=file.edition,
        set_aside=readings_left_out(source),
    )


def _of_frames(pages: Iterable[str]) -> Iterator[Piece]:
    for page in pages:
        for piece in html_pieces(page):
            yield replace(piece, why=piece.why or "another page in the file, such as a frame")


def read_mineru(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read what the OCR engine MinerU wrote."""
    text = whole_text(file, settings)
    if text.strip():
        with time_limit():
            source, text = text, cleaned(mineru_text(text))
            read = without_commands(text)
            settings.account(lambda: account(file.source, read, mineru_pieces(source)))
    yield page_document(file, text)


def read_docx(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read a Word document."""
    with opened(file) as stream:
        text, set_aside = word_text(stream, settings.max_bytes)
    settings.account(
        lambda: _package_account(
            file, settings, text, lambda p: account(file.source, text, docx_pieces(p))
        )
    )
    yield replace(page_document(file, cleaned(text)), set_aside=set_aside)


def read_odt(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read an OpenDocument text."""
    with opened(file) as stream:
        text, set_aside = open_document_text(stream, settings.max_bytes)
    settings.account(lambda: _odt_account(file, settings, text))
    yield replace(page_document(file, cleaned(text)), set_aside=set_aside)


def read_epub(file: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Read the chapters of a book; one that cannot be read is a failure in its place."""
    chapters: list[Chapter] = []
    with opened(file) as stream:
        for number, parts in numbered_chapters(epub_chapters(stream, settings.max_bytes)):
            name, source = f"{file.id}-{number}", f"{file.source}:{number}"
            if isinstance(parts[0].text, UnreadableError):
                yield read_failure(name, source, parts[0].text)
            else:
                chapters += parts
                text = "\n".join(str(part.text) for part in parts)
                set_aside = tuple(row for part in parts for row in part.set_aside)
                yield Document(name, text, source, set_aside=set_aside)
    settings.account(
        lambda: _package_account(
            file,
            settings,
            "\n".join(str(chapter.text) for chapter in chapters),
            lambda p: epub_account(file.source, chapters, p),
        )
    )


def _odt_account(file: InputFile, settings: ReadSettings, text: str) -> Account:
    with opened(file) as stream:
        source = stream.read(settings.max_bytes)
    if source.startswith(b"PK"):
        return _package_account(
            file, settings, text, lambda p: account(file.source, text, odt_pieces(p))
        )
    return account(file.source, text, flat_odt_pieces(source))


def _package_account(
    file: InputFile,
    settings: ReadSettings,
    text: str,
    count: Callable[[ZipFile], Account],
) -> Account:
    """Return the account of a package that could be read; it is opened once more for that.

    An account that fails costs no document: it says so instead.
    """
    try:
        with (
            opened(file) as stream,
            opened_package(stream, settings.max_bytes) as package,
            time_limit(),
        ):
            return count(package)
    except (UnreadableError, etree.LxmlError, KeyError, ValueError):
        return unknown_account(file.source, text)


def page_document(file: InputFile, text: str) -> Document:
    """Return the document of a file that is one page. Raises UnreadableError without text."""
    if not text.strip():
        raise UnreadableError("empty", EMPTY)
    return Document(file.id, text, file.source, edition=file.edition)
