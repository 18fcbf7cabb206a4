"""Read documents: pages of every format, rows of tables, in any encoding Chinese is written in.

What cannot be read becomes a Failure, in its place among the documents, and reading goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from types import MappingProxyType

from pipeline.errors import ConfigError
from pipeline.input.columns import EMPTY, json_row, read_failure, row_document
from pipeline.input.docx import word_text
from pipeline.input.editions import Editions, in_editions, pages_of_folders, unique_id
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    checked_encoding,
    cleaned,
    decoded,
    found_encoding,
)
from pipeline.input.epub import epub_chapters
from pipeline.input.find import STDIN, InputFile, input_files
from pipeline.input.html import declared_encoding, story
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.limits import MOST_BAD_ROWS, time_limit
from pipeline.input.mineru import mineru_text
from pipeline.input.open import opened, stdin_file
from pipeline.input.rows import row_lines
from pipeline.input.tables import csv_rows, dataset_rows, is_packed
from pipeline.records import Document, Edition, Failure

_TOO_MANY_BAD = UnreadableError(
    f"{MOST_BAD_ROWS:,} rows could not be read; the rest of the file was skipped",
    "check that it is the file you mean, and its format",
)

Noted = Callable[[str, str], None]
"""Is told (source, encoding) of every text file that is read."""


@dataclass(frozen=True, slots=True)
class _How:
    """How to read: what the config says, put together."""

    encoding: str
    fields: Mapping[str, str]
    max_bytes: int
    dataset: DatasetChoice
    noted: Noted


def read_documents(  # noqa: PLR0913 (what a config says of its input)
    paths: Sequence[str],
    *,
    format: str,
    encoding: str,
    fields: Mapping[str, str],
    max_bytes: int,
    dataset: DatasetChoice = DatasetChoice(),  # noqa: B008 (frozen)
    edition: Editions = "none",
    noted: Noted = lambda source, encoding: None,
    bases: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Document | Edition | Failure]:
    """Read the documents of files, folders, globs, datasets and stdin, one by one, in order.

    A Markdown, text, Word or MinerU file is one document with layout `page`; a web page, a
    chapter of an EPUB and a row of a table one with layout `article`. `fields` says what
    the columns of rows are called (`text`, `id`, `title`, …). Text is as decoded, without a
    byte-order mark and with newlines as ``\\n``: offsets count its characters. Of formats
    with markup it is the Markdown taken from them. Ids are unique: a file's stem (with its
    folders where stems are alike), a row's own id or `stem-LINE`; a second of the same
    gets `-2`. With `edition` the pages of a folder, or rows that follow each other and
    share a value, come as one Edition (see `pipeline.input.editions`). `bases` are the
    folders, by path, that the sources of documents are written without.

    Raises ConfigError, before anything is read, with a line for every path that gives
    no file and for an encoding that does not exist. A file or row larger than `max_bytes`,
    empty, binary, not decodable or broken becomes a Failure of stage `read`.
    """
    encoding = checked_encoding(encoding)
    if max_bytes < 1:
        raise ConfigError("input.max_megabytes: must be more than 0")
    files, failures = input_files(paths, format, bases)
    if edition == "folder":
        files = pages_of_folders(files)
    # a column called edition is looked at only where it is asked for
    wanted = {key: name for key, name in fields.items() if key != "edition" or edition == "rows"}
    seen: dict[str, int] = {}
    rows = _documents(files, failures, _How(encoding, wanted, max_bytes, dataset, noted), seen)
    return in_editions(rows, seen, max_bytes)


def _documents(
    files: Sequence[InputFile], failures: Sequence[Failure], how: _How, seen: dict[str, int]
) -> Iterator[Document | Failure]:
    yield from failures
    for named in files:
        is_stdin = str(named.path) == STDIN
        with stdin_file(named) if is_stdin else nullcontext(named) as file:
            bad = 0
            for row in _rows_of(file, how):
                if isinstance(row, Document):
                    yield replace(row, id=unique_id(row.id, seen))
                    continue
                yield row
                bad += 1
                if bad == MOST_BAD_ROWS:
                    yield read_failure(file.id, file.source, _TOO_MANY_BAD)
                    break


def _rows_of(file: InputFile, how: _How) -> Iterator[Document | Failure]:
    """Documents of one file; what stops the reading of it is the last row."""
    try:
        match file.format:
            case "jsonl":
                yield from _json_lines(file, how)
            case "csv":
                yield from _csv(file, how)
            case "parquet" | "dataset":
                yield from _dataset(file, how)
            case "epub":
                with opened(file) as stream:
                    for number, (_, text) in enumerate(epub_chapters(stream, how.max_bytes), 1):
                        name = f"{file.id}-{number}"
                        yield Document(name, text, f"{file.source}:{number}", "article")
            case _:
                yield _page(file, how)
    except UnreadableError as error:
        yield read_failure(file.id, file.source, error)


def _page(file: InputFile, how: _How) -> Document:
    """Read a file that is one document."""
    if file.format == "docx":
        with opened(file) as stream:
            text = cleaned(word_text(stream, how.max_bytes))
        return _written(Document(file.id, text, file.source, edition=file.edition))
    with opened(file) as stream:
        data = stream.read(how.max_bytes + 1)
    if len(data) > how.max_bytes:
        raise UnreadableError(
            f"the file is larger than {how.max_bytes / 1e6:g} MB",
            "cut it or raise input.max_megabytes",
        )
    sample = data[:SAMPLE_BYTES]
    encoding = _encoding(file, how, sample, is_whole=len(data) <= SAMPLE_BYTES)
    text = decoded(data, encoding)
    if file.format == "html" and text.strip():
        with time_limit():
            page = story(text)
        text = cleaned(page.text)
        return Document(
            file.id, text, file.source, "article", page.title, page.date, edition=file.edition
        )
    if file.format == "mineru" and text.strip():
        with time_limit():
            text = cleaned(mineru_text(text))
    return _written(Document(file.id, text, file.source, edition=file.edition))


def _written(document: Document) -> Document:
    if not document.text.strip():
        raise UnreadableError("empty", EMPTY)
    return document


def _encoding(file: InputFile, how: _How, sample: bytes, *, is_whole: bool) -> str:
    """Give the encoding of a file, found or given, and tell it to who wants to know."""
    encoding = how.encoding
    if encoding == "auto":
        try:
            encoding = found_encoding(sample, is_whole=is_whole)
        except UnreadableError:
            # a short page may have too little Chinese to tell, and says it itself
            named = declared_encoding(sample) if file.format == "html" else None
            if named is None:
                raise
            try:
                encoding = checked_encoding(named)
            except ConfigError:
                raise UnreadableError(
                    f"says it is '{named}', which is not an encoding", "set input.encoding"
                ) from None
    how.noted(file.source, encoding)
    return encoding


def _sampled_encoding(file: InputFile, how: _How) -> str:
    """Look at the start of a file that is too large to hold."""
    with opened(file) as stream:
        sample = stream.read(SAMPLE_BYTES)
    return _encoding(file, how, sample, is_whole=len(sample) < SAMPLE_BYTES)


def _json_lines(file: InputFile, how: _How) -> Iterator[Document | Failure]:
    encoding = _sampled_encoding(file, how)
    number = 0
    with opened(file) as stream:
        for number, line in row_lines(stream, encoding, how.max_bytes):
            name, source = f"{file.id}-{number}", f"{file.source}:{number}"
            try:
                if isinstance(line, UnreadableError):
                    raise line
                row = json_row(line)
            except UnreadableError as error:
                yield read_failure(name, source, error)
            else:
                yield row_document(name, source, row, how.fields)
    if not number:
        raise UnreadableError("empty: no rows", EMPTY)


def _csv(file: InputFile, how: _How) -> Iterator[Document | Failure]:
    encoding = _sampled_encoding(file, how)
    number = 0
    with opened(file) as stream:
        for number, row in csv_rows(stream, encoding, how.max_bytes):
            name, source = f"{file.id}-{number}", f"{file.source}:{number}"
            if isinstance(row, UnreadableError):
                yield read_failure(name, source, row)
            else:
                yield row_document(name, source, row, how.fields)
    if not number:
        raise UnreadableError("empty: no rows", EMPTY)


def _dataset(file: InputFile, how: _How) -> Iterator[Document | Failure]:
    if file.format == "parquet":
        if is_packed(file.path):
            raise UnreadableError("a packed Parquet file", "unpack it: Parquet packs by itself")
        with opened(file):  # what is no file is told here, in words
            pass
    number = 0
    for number, row in dataset_rows(file, how.dataset, how.fields):
        source = f"{file.source}:{number}"
        document = row_document(f"{file.id}-{number}", source, row, how.fields)
        if isinstance(document, Document) and len(document.text.encode()) > how.max_bytes:
            yield read_failure(
                document.id,
                source,
                UnreadableError(
                    f"the row is larger than {how.max_bytes / 1e6:g} MB",
                    "cut it or raise input.max_megabytes",
                ),
            )
        else:
            yield document
    if not number:
        raise UnreadableError("empty: no rows", EMPTY)
