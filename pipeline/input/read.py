"""Read documents: pages of every format, rows of tables, in any encoding Chinese is written in.

What cannot be read becomes a Failure, in its place among the documents, and reading goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import ConfigError
from pipeline.input.columns import read_failure
from pipeline.input.editions import Editions, in_editions, pages_of_folders, unique_id
from pipeline.input.encodings import UnreadableError, checked_encoding
from pipeline.input.files import STDIN, Accounted, InputFile, Noted, PartsUnread, ReadSettings
from pipeline.input.find import input_files
from pipeline.input.formats import READER_OF
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.limits import MOST_BAD_ROWS
from pipeline.input.stdin import stdin_file
from pipeline.records import Document, Edition, Failure

_TOO_MANY_BAD = UnreadableError(
    f"{MOST_BAD_ROWS:,} rows could not be read; the rest of the file was skipped",
    "check that it is the file you mean, and its format",
)


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
    accounted: Accounted | None = None,
    passed_over: Callable[[Path], None] = lambda path: None,
    parts_unread: PartsUnread = lambda source, parts: None,
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
    folders, by path, that the sources of documents are written without. `accounted` is called
    with the account of every file that is read to its end: what was read, set aside and lost;
    `passed_over` with every file of a folder that no reader takes; `parts_unread` with the splits,
    subsets and files of a dataset that are not read.

    Raises ConfigError, before anything is read, with a line for every path that gives
    no file and for an encoding that does not exist. A file or row larger than `max_bytes`,
    empty, binary, not decodable or broken becomes a Failure of stage `read`.
    """
    encoding = checked_encoding(encoding)
    if max_bytes < 1:
        raise ConfigError("input.max_megabytes: must be more than 0")
    files, failures = input_files(paths, format, bases, passed_over)
    if edition == "folder":
        files = pages_of_folders(files)
    # a column called edition is looked at only where it is asked for
    wanted = {key: name for key, name in fields.items() if key != "edition" or edition == "rows"}
    seen: dict[str, int] = {}
    rows = _documents(
        files,
        failures,
        ReadSettings(encoding, wanted, max_bytes, dataset, noted, parts_unread, accounted),
        seen,
    )
    return in_editions(rows, seen, max_bytes)


def _documents(
    files: Sequence[InputFile],
    failures: Sequence[Failure],
    settings: ReadSettings,
    seen: dict[str, int],
) -> Iterator[Document | Failure]:
    yield from failures
    for named in files:
        bad = 0
        for row in _rows_of(named, settings):
            if isinstance(row, Document):
                name = unique_id(row.id, seen)
                yield row if name == row.id else replace(row, id=name)
                continue
            yield row
            bad += 1
            if bad == MOST_BAD_ROWS:
                yield read_failure(named.id, named.source, _TOO_MANY_BAD)
                break


def _rows_of(named: InputFile, settings: ReadSettings) -> Iterator[Document | Failure]:
    """Documents of one file; what stops the reading of it is the last row."""
    is_stdin = str(named.path) == STDIN
    try:
        with stdin_file(named) if is_stdin else nullcontext(named) as file:
            reader = READER_OF[file.format]
            for row in reader.read(file, settings):
                if isinstance(row, Document) and row.layout != reader.layout:
                    yield replace(row, layout=reader.layout)
                else:
                    yield row
    except UnreadableError as error:
        yield read_failure(named.id, named.source, error)
