"""Read documents: Markdown, text and JSON Lines files, in any encoding Chinese is written in.

What cannot be read becomes a Failure, in its place among the documents, and reading goes on.
"""

import gzip
import json
import stat
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, cast

from pipeline.errors import ConfigError
from pipeline.formats.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    checked_encoding,
    cleaned,
    decoded,
    found_encoding,
)
from pipeline.formats.paths import InputFile, input_files
from pipeline.formats.rows import row_lines
from pipeline.records import Document, Failure

_EMPTY = "leave it out or give it some text"
_OPTIONAL = ("title", "date", "reference", "reference_summary")


def read_documents(
    paths: Sequence[str],
    *,
    format: str,
    encoding: str,
    fields: Mapping[str, str],
    max_bytes: int,
) -> Iterator[Document | Failure]:
    """Read the documents of files, folders and globs, one by one, in order.

    A Markdown or text file is one document with layout `page`; a row of a JSONL file is
    one with layout `article`. `fields` says what the columns of rows are called (`text`,
    `id`, `title`, …). Text is as decoded, without a byte-order mark and with newlines as
    ``\\n``: offsets count its characters. Ids are unique: a file's stem (with its folders
    where stems are alike), a row's own id or `stem-LINE`; a second of the same gets `-2`.

    Raises ConfigError, before anything is read, with a line for every path that gives
    no file and for an encoding that does not exist. A file or row larger than `max_bytes`,
    empty, binary, not decodable or broken becomes a Failure of stage `read`.
    """
    encoding = checked_encoding(encoding)
    if max_bytes < 1:
        raise ConfigError("input.max_megabytes: must be more than 0")
    files, failures = input_files(paths, format)
    return _documents(files, failures, encoding, fields, max_bytes)


def _documents(
    files: Sequence[InputFile],
    failures: Sequence[Failure],
    encoding: str,
    fields: Mapping[str, str],
    max_bytes: int,
) -> Iterator[Document | Failure]:
    yield from failures
    seen: dict[str, int] = {}
    for file in files:
        rows = (
            _rows(file, encoding, fields, max_bytes)
            if file.format == "jsonl"
            else _page(file, encoding, max_bytes)
        )
        for row in rows:
            yield _with_unique_id(row, seen) if isinstance(row, Document) else row


def _with_unique_id(document: Document, seen: dict[str, int]) -> Document:
    name = document.id
    while name in seen:
        seen[document.id] += 1
        name = f"{document.id}-{seen[document.id]}"
    seen[name] = 1
    return replace(document, id=name)


def _page(file: InputFile, encoding: str, max_bytes: int) -> Iterator[Document | Failure]:
    try:
        with _opened(file) as stream:
            data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise _too_large("the file", max_bytes)
        if encoding == "auto":
            encoding = found_encoding(data[:SAMPLE_BYTES], is_whole=len(data) <= SAMPLE_BYTES)
        text = decoded(data, encoding)
        if not text.strip():
            raise UnreadableError("empty", _EMPTY)
    except UnreadableError as error:
        yield _failure(file.id, file.source, error)
    else:
        yield Document(file.id, text, file.source)


@contextmanager
def _opened(file: InputFile) -> Iterator[IO[bytes]]:
    """Open a file, packed or not; whatever goes wrong until it is closed is UnreadableError."""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            raise UnreadableError("not a regular file", "give a file or a folder")
        with file.path.open("rb") as raw:
            if file.path.name.lower().endswith(".gz"):
                with gzip.open(raw) as unpacked:
                    yield cast(IO[bytes], unpacked)
            else:
                yield raw
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableError(f"damaged gzip data: {error}", "pack the file again") from error
    except OSError as error:
        raise UnreadableError(f"cannot be opened: {error.strerror}", "check the file") from error


def _too_large(what: str, max_bytes: int) -> UnreadableError:
    return UnreadableError(
        f"{what} is larger than {max_bytes / 1e6:g} MB", "cut it or raise input.max_megabytes"
    )


def _failure(name: str, source: str, error: UnreadableError) -> Failure:
    return Failure(name, source, "read", error.reason, error.advice)


def _rows(
    file: InputFile, encoding: str, fields: Mapping[str, str], max_bytes: int
) -> Iterator[Document | Failure]:
    number = 0
    try:
        with _opened(file) as stream:
            for number, line in row_lines(stream, encoding, max_bytes):
                name, source = f"{file.id}-{number}", f"{file.source}:{number}"
                if isinstance(line, UnreadableError):
                    yield _failure(name, source, line)
                else:
                    yield _row(name, source, line, fields)
        if not number:
            raise UnreadableError("empty: no rows", _EMPTY)
    except UnreadableError as error:
        yield _failure(file.id, file.source, error)


def _row(name: str, source: str, line: str, fields: Mapping[str, str]) -> Document | Failure:
    try:
        row = _json_object(line)
        text_field = fields.get("text", "text")
        if row.get(text_field) is None:
            found = ", ".join(f"'{key}'" for key in list(row)[:8]) or "nothing"
            raise UnreadableError(
                f"no '{text_field}' field; found {found}", "rename it or set input.fields.text"
            )
        text = _string(row, text_field)
        if not text or not text.strip():
            raise UnreadableError(f"'{text_field}' is empty", _EMPTY)
        more = {key: _string(row, fields.get(key, key)) for key in _OPTIONAL}
        given_id = _string(row, fields.get("id", "id"))
    except UnreadableError as error:
        return _failure(name, source, error)
    return Document((given_id or "").strip() or name, text, source, "article", **more)


def _json_object(line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"not JSON: {error.msg} at column {error.colno}", "write one JSON object on each line"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(
            f"not JSON that can be read: {error}", "write a flat object"
        ) from error
    if not isinstance(row, dict):
        raise UnreadableError(
            f"a row must be a JSON object; found {_kind(row)}", "write one JSON object on each line"
        )
    return row


def _string(row: Mapping[str, object], key: str) -> str | None:
    """Give a column as text; numbers as they are written, None where it is empty."""
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError(f"'{key}' must be text; found {_kind(value)}", "write it as a string")
    return cleaned(str(value)) or None


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a string"
        case None:
            return "null"
        case _:
            return "a number"
