"""Tables on disk: a shard is a JSON Lines file that is complete if it exists.

runs/news/
  articles/1f4eeba0….jsonl        one row a line, UTF-8, not escaped: grep works
  translations/3a7c….jsonl
  translations/3a7c….failures.jsonl    rows that could not be made; while this file
                                       exists the shard counts as not finished
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import StoreError
from pipeline.records import Failure

Row = TypeVar("Row")


class Store:
    """The shards of one run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, table: str, key: str) -> bool:
        """Tell whether a shard is finished: it exists and none of its rows failed."""
        return self._path(table, key).exists() and not self._failures_path(table, key).exists()

    def exists(self, table: str, key: str) -> bool:
        """Tell whether a shard can be read, be it with rows that failed."""
        return self._path(table, key).exists()

    def keys(self, table: str) -> list[str]:
        """Return the keys of every shard of a table that is here, of whatever settings."""
        files = (self.folder / table).glob("*.jsonl")
        return sorted(file.stem for file in files if not file.name.endswith(".failures.jsonl"))

    def size(self, table: str, key: str) -> int:
        """Return the bytes of a shard's rows; 0 if it is not there."""
        path = self._path(table, key)
        return path.stat().st_size if path.exists() else 0

    def read(self, table: str, key: str, row_type: type[Row]) -> list[Row]:
        """Return the rows of a shard, in order. Raises StoreError naming a damaged line."""
        return _read_rows(self._path(table, key), row_type)

    def read_failures(self, table: str, key: str) -> list[Failure]:
        """Return what could not be made for a shard."""
        path = self._failures_path(table, key)
        return _read_rows(path, Failure) if path.exists() else []

    def write(
        self, table: str, key: str, rows: Sequence[object], failures: Sequence[Failure] = ()
    ) -> None:
        """Write a shard so that it is there whole or not at all."""
        failures_path = self._failures_path(table, key)
        if failures:  # first, so that a shard with failures never looks finished
            write_atomically(failures_path, to_jsonl(failures))
        write_atomically(self._path(table, key), to_jsonl(rows))
        if not failures:
            failures_path.unlink(missing_ok=True)

    def _path(self, table: str, key: str) -> Path:
        return self.folder / table / f"{key}.jsonl"

    def _failures_path(self, table: str, key: str) -> Path:
        return self.folder / table / f"{key}.failures.jsonl"


def to_jsonl(rows: Iterable[object]) -> Iterator[str]:
    """Give rows as lines of JSON, one by one: a large shard is never a text as a whole."""
    return (to_json(row) + "\n" for row in rows)


def to_json(row: object) -> str:
    """Return one row as a line of JSON, not escaped."""
    return _adapter(type(row)).dump_json(row).decode("utf-8")


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write aside, flush to the disk, rename: a reader sees the old file or the new one.

    A long text may come in pieces.

    Raises StoreError if the disk is full or the folder may not be written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # surrogates cannot be written as UTF-8; readers never let them in, models might
        with aside.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file. Raises StoreError if it is missing or damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; delete it and run again") from None
    if not isinstance(values, dict):
        raise StoreError(f"{path}: holds no JSON object")
    return values


def _read_rows(path: Path, row_type: type[Row]) -> list[Row]:
    adapter = _adapter(row_type)
    rows: list[Row] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(adapter.validate_json(line))
                except ValidationError:
                    raise StoreError(
                        f"{path}:{number}: damaged row; delete the file and run again"
                    ) from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None
    return rows


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(row_type: type[Row]) -> TypeAdapter[Row]:
    """Return the codec of a row type; making one takes milliseconds, so each is made once."""
    if row_type not in _ADAPTERS:
        _ADAPTERS[row_type] = TypeAdapter(row_type)
    return _ADAPTERS[row_type]
