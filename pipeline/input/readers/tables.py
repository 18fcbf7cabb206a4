"""Rows of CSV files with the standard library, of Parquet files and datasets with `datasets`."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any

from pipeline.input.columns import column_of
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile
from pipeline.input.hub_datasets import (
    DatasetChoice,
    be_offline,
    hub_tables,
    is_dataset,
    known_split,
    loaded,
    saved_rows,
)
from pipeline.input.limits import MOST_BLANK_ROWS, MOST_COLUMNS
from pipeline.input.open import PACKED
from pipeline.input.readers.rows import too_many_blank_lines

_ROWS_AT_ONCE = 64
_TABLE_ADVICE = "write the table again"
_HUB_ADVICE = "check its name, the commit and the network; the next run tries again"


def csv_rows(
    stream: IO[bytes], encoding: str, max_bytes: int
) -> Iterator[tuple[int, dict[str, object] | UnreadableError]]:
    """Give the rows of a CSV or TSV file below its head, with the line each ends on.

    Comma, semicolon or tab: whichever the head has most of. Raises UnreadableError for a
    file with no head, bytes that do not fit the encoding and a row that cannot be read.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        head = text.readline(max_bytes).removeprefix("\ufeff")
        if not head.strip():
            raise UnreadableError("empty: no head", "name the columns in the first line")
        delimiter = max(",;\t", key=head.count)
        names = next(csv.reader([head], delimiter=delimiter, strict=True))
        if len(names) > MOST_COLUMNS:
            raise UnreadableError(
                f"{len(names):,} columns; at most {MOST_COLUMNS:,} are read", "leave some out"
            )
        lines = _RowLines(text, max_bytes)
        reader = csv.reader(lines, delimiter=delimiter)
        with _field_limit(max_bytes):
            for row in reader:
                lines.end_row(is_blank=not row)
                if row and len(row) != len(names):
                    yield (
                        reader.line_num + 1,
                        UnreadableError(
                            f"{len(row)} columns where the head has {len(names)}",
                            "put the text into quotation marks",
                        ),
                    )
                elif row:
                    yield reader.line_num + 1, dict(zip(names, row, strict=True))
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not {encoding}: {error.reason}", "save the file as UTF-8 or set input.encoding"
        ) from error
    except csv.Error as error:
        raise UnreadableError(f"not CSV: {error}", "write the table again") from error
    finally:
        text.detach()


class _RowLines:
    """The lines of a table. No row, over all the lines of its quoted cells, is too large."""

    def __init__(self, text: io.TextIOWrapper, max_bytes: int) -> None:
        self._text = text
        self._max_bytes = max_bytes
        self._row_chars = 0
        self._blank = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(self._max_bytes):
            self._row_chars += len(line)
            if self._row_chars >= self._max_bytes:
                raise UnreadableError(
                    f"a row is larger than {self._max_bytes / 1e6:g} MB; a quotation mark missing?",
                    "cut it or raise input.max_megabytes",
                )
            if "\x00" in line:
                raise UnreadableError("binary: a NUL character", "give a text file")
            yield line

    def end_row(self, *, is_blank: bool) -> None:
        """Begin to measure anew. Raises UnreadableError if there is nothing but blank lines."""
        self._row_chars = 0
        self._blank = self._blank + 1 if is_blank else 0
        if self._blank > MOST_BLANK_ROWS:
            raise too_many_blank_lines()


@contextmanager
def _field_limit(max_bytes: int) -> Iterator[None]:
    # the module has one limit for all: it is put back, so that nobody else is surprised
    before = csv.field_size_limit(max_bytes)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def dataset_rows(
    file: InputFile, choice: DatasetChoice, fields: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Stream the rows of a Parquet file, a saved dataset, a folder of data files or a hub's.

    Only the columns that `fields` names are read. Raises ConfigError for a split that is
    not there and for a hub's dataset that is not pinned or, when `choice.offline`, not on
    this machine; UnreadableError where the data is damaged or the hub does not give it.
    """
    if choice.offline:
        be_offline()
    # datasets takes seconds to import: only these formats pay it
    import pyarrow
    from datasets.exceptions import DatasetsError
    from datasets.utils import logging as datasets_logging

    # the hub's own client, under whatever name it has it now
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

    # what is wrong with a table is told as a Failure; the library would also print it
    datasets_logging.set_verbosity(datasets_logging.CRITICAL)
    datasets_logging.disable_progress_bar()
    try:
        table = _table(file, choice)
        columns = table.column_names
        named = (column_of(name, columns or ()) for name in fields.values())
        wanted = list(dict.fromkeys(name for name in named if name is not None))
        if column_of(fields.get("text", "text"), wanted) is not None:
            table = table.select_columns(wanted)
        for number, row in zip(count(1), table, strict=False):
            yield number, dict(row)
    except (
        DatasetsError,
        pyarrow.ArrowException,
        httpx.HTTPError,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        if file.format == "dataset" and not file.path.exists():
            raise UnreadableError(f"the hub did not deliver it: {reason}", _HUB_ADVICE) from error
        raise UnreadableError(f"not a table that can be read: {reason}", _TABLE_ADVICE) from error


def _table(file: InputFile, choice: DatasetChoice) -> Any:
    path, place = file.path, f"input.dataset.split: {file.source}"
    if file.format == "dataset" and not path.exists():
        found = hub_tables(str(path), choice)
        return found[known_split(choice.split, list(found), place)]
    import datasets

    if file.format == "parquet":
        # few rows at once: a small file may hold one long text a million times
        return datasets.load_dataset(
            "parquet",
            data_files=str(path),
            split="train",
            streaming=True,
            batch_size=_ROWS_AT_ONCE,
        )
    if path.is_dir() and is_dataset(path):
        return saved_rows(path, choice.split, place)
    found = loaded(str(path), choice.subset)
    return found[known_split(choice.split, list(found), place)]


def is_packed(path: Path) -> bool:
    """Say whether a file is packed; a Parquet file must not be: it is read in pieces."""
    return path.suffix.lower() in PACKED
