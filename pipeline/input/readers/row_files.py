"""Readers of formats in which a file is a table: a document for each row."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.input.accounts.rows import RowCounter
from pipeline.input.columns import EMPTY, READ_COLUMNS, json_row, read_failure, row_document
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import too_large
from pipeline.input.open import opened
from pipeline.input.readers.csv_rows import csv_rows
from pipeline.input.readers.file_text import sampled_encoding
from pipeline.input.readers.rows import row_lines
from pipeline.input.readers.tables import dataset_rows, is_packed
from pipeline.records import Document, Failure

NumberedRow = tuple[int, Mapping[str, object] | UnreadableError]
"""The number of a row in its file, and the row or why it cannot be read."""


def read_jsonl(file: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Read JSON Lines."""
    encoding = sampled_encoding(file, settings)
    with opened(file) as stream:
        lines = row_lines(stream, encoding, settings.max_bytes)
        yield from _documents(file, settings, _json_rows(lines))


def _json_rows(lines: Iterable[tuple[int, str | UnreadableError]]) -> Iterator[NumberedRow]:
    for number, line in lines:
        try:
            yield number, line if isinstance(line, UnreadableError) else json_row(line)
        except UnreadableError as error:
            yield number, UnreadableError(error.reason, error.advice, str(line))


def read_csv(file: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Read comma-, semicolon- or tab-separated rows below a head."""
    encoding = sampled_encoding(file, settings)
    with opened(file) as stream:
        yield from _documents(file, settings, csv_rows(stream, encoding, settings.max_bytes))


def read_parquet(file: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Read a Parquet file, a few rows at once."""
    if is_packed(file.path):
        raise UnreadableError("a packed Parquet file", "unpack it: Parquet packs by itself")
    with opened(file):  # raises UnreadableError for what is not a regular file
        pass
    yield from read_dataset(file, settings)


def read_dataset(file: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Read a dataset that `datasets` saved, a folder of data files or a hub's dataset."""
    rows = dataset_rows(file, settings)
    for document in _documents(file, settings, rows):
        if isinstance(document, Document) and len(document.text.encode()) > settings.max_bytes:
            error = too_large("the row", settings.max_bytes)
            yield read_failure(document.id, document.source, error)
        else:
            yield document


def _documents(
    file: InputFile, settings: ReadSettings, rows: Iterable[NumberedRow]
) -> Iterator[Document | Failure]:
    """Yield a document or a failure for each row. Raises UnreadableError if there is none."""
    number = 0
    counter = RowCounter(
        {settings.fields.get(name, name) for name in READ_COLUMNS} | set(settings.fields.values()),
        settings.fields.get("text", "text"),
        settings.fields.get("title", "title"),
    )
    for number, row in rows:
        name, source = f"{file.id}-{number}", f"{file.source}:{number}"
        if isinstance(row, UnreadableError):
            counter.add_unreadable(number, row.text)
            yield read_failure(name, source, row)
        else:
            document = row_document(name, source, row, settings.fields)
            if settings.accounted is not None:
                counter.add(number, row, document if isinstance(document, Document) else None)
            yield document
    settings.account(lambda: counter.account(file.source))
    if not number:
        raise UnreadableError("empty: no rows", EMPTY)
