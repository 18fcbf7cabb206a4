"""Tables on disk: a shard is a JSON Lines file whose name says what must be in it.

runs/news/
  articles/1f4eeba0….9b1c….jsonl           one row a line, UTF-8, not escaped: grep works
  translations/3a7c….04de….jsonl
  translations/3a7c….04de….failures.jsonl  rows that could not be made; while this file
                                           exists the shard counts as not finished

The second part of the name is a digest of the table, the key, the rows and the failures. One
rename makes a shard with its digest, so neither can be there without the other.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.files import sweep, write_flushed
from models.patterns import lazy
from pipeline.bucket import StoredFile, bucket_of
from pipeline.errors import StoreError
from pipeline.records import Failure
from pipeline.storage import encode_lines, link_or_copy, remove, rename, reporting, writing_aside

Row = TypeVar("Row")

State = Literal["missing", "unsealed", "damaged", "failed", "finished"]
"""Of a shard. `failed`: some rows could not be made. `unsealed`: written without a digest, by
an earlier Yibao; it can be read, but never counts as finished. `damaged`: its content is not
what was written."""

_DIGEST_LENGTH = 16
_FILE = lazy(r"(?P<key>[^.]+)(?:\.(?P<digest>[0-9a-f]{16}))?(?P<failures>\.failures)?\.jsonl")


class _Files(NamedTuple):
    """The files of one shard: the digests in the names of its rows and of its failures.

    An empty digest is that of a file written without one. Small: an archive has millions of them.
    """

    rows: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


class Store:
    """The shards of one run folder. Each table is listed once, when it is first asked for.

    If the folder mirrors a bucket, shards that are only there are fetched when they are read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bucket = bucket_of(folder)
        self._tables: dict[str, dict[str, _Files]] = {}
        self._far: dict[str, dict[str, StoredFile]] = {}
        """By table, the files of the bucket that are not on this machine."""
        self._unshared: dict[str, set[str]] = {}
        """By table, the files on this machine that are not in the bucket."""

    def share(self, table: str, key: str) -> None:
        """Put an intact shard into the bucket that a killed process wrote here and did not put."""
        digest = self.digest(table, key)
        unshared = self._unshared.get(table, set())
        if digest and self._rows_path(table, key, digest).name in unshared:
            has_failures = digest in self._listed(table)[key].failures
            self._put(table, key, digest, has_failures=has_failures)

    def has(self, table: str, key: str) -> bool:
        """True if a shard is finished: it is intact and none of its rows failed."""
        return self.state(table, key) == "finished"

    def exists(self, table: str, key: str) -> bool:
        """True if a shard is intact, even if some of its rows failed."""
        return self.state(table, key) in ("failed", "finished")

    def state(self, table: str, key: str) -> State:
        """Read a shard's files and compare them with their digest."""
        files = self._listed(table).get(key)
        if files is None or not files.rows:
            return "missing"
        if len(files.rows) > 1:
            return "damaged"
        [digest] = files.rows
        if not digest:
            return "unsealed"
        has_failures = digest in files.failures
        if self._rows_path(table, key, digest).name in self._far.get(table, {}):
            return "failed" if has_failures else "finished"  # its digest is compared on reading
        sealed = _Sum(table, key)
        try:
            sealed.add_file(self._rows_path(table, key, digest))
            if has_failures:
                sealed.end_rows()
                sealed.add_file(self._failures_path(table, key, digest))
        except OSError:
            return "damaged"
        if sealed.digest != digest:
            return "damaged"
        return "failed" if has_failures else "finished"

    def forget_listing(self, table: str) -> None:
        """List a table again when it is next asked for: another process may have written."""
        self._tables.pop(table, None)

    def changed(self, table: str, key: str) -> float:
        """Return when a shard's rows were written, in seconds since 1970; 0 if they are missing."""
        return self._stored(table, key).changed

    def keys(self, table: str) -> list[str]:
        """Return the keys of all shards of a table, of whatever settings."""
        return sorted(key for key, files in self._listed(table).items() if files.rows)

    def path(self, table: str, key: str) -> Path:
        """Return the file of a shard's rows, for messages."""
        files = self._listed(table).get(key)
        return self._rows_path(table, key, min(files.rows) if files and files.rows else "")

    def digest(self, table: str, key: str) -> str:
        """Return the digest in a shard's name; empty if it has none, or if there are several."""
        files = self._listed(table).get(key)
        return next(iter(files.rows)) if files and len(files.rows) == 1 else ""

    def digests(self, tables: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return the digests of the shards of tables: what is in them, not their keys alone."""
        return {table: [self.digest(table, key) for key in keys] for table, keys in tables.items()}

    def size(self, table: str, key: str) -> int:
        """Return the bytes of a shard's rows; 0 if it is not there."""
        return self._stored(table, key).size

    def _stored(self, table: str, key: str) -> StoredFile:
        path = self.path(table, key)
        if far := self._far.get(table, {}).get(path.name):
            return far
        try:
            stat = path.stat()
        except OSError:
            return StoredFile(0, 0.0)
        return StoredFile(stat.st_size, stat.st_mtime)

    def rows(self, table: str, key: str) -> int:
        """Return the number of rows of a shard without reading their content."""
        with reporting(self.path(table, key), "read"), self.path(table, key).open("rb") as file:
            return sum(1 for _ in file)

    def read(self, table: str, key: str, row_type: type[Row]) -> list[Row]:
        """Return the rows of a shard, in order.

        Raises StoreError if the shard is missing or its content was changed or damaged.
        """
        path = self.path(table, key)
        digest = self.digest(table, key)
        sealed = _Sum(table, key)
        self._bring(table, path)
        try:
            rows = _read_rows(path, row_type, sealed)
        except StoreError:
            self._drop_damaged(table, key)
            raise
        if digest:
            failures = self._failures_path(table, key, digest)
            if digest in self._listed(table)[key].failures:
                sealed.end_rows()
                self._bring(table, failures)
                with reporting(failures, "read"):
                    sealed.add_file(failures)
            if sealed.digest != digest:
                self._drop_damaged(table, key)
                raise StoreError(f"{path}: its content was changed or damaged; {_ADVICE}")
        return rows

    def read_failures(self, table: str, key: str) -> list[Failure]:
        """Return what could not be made for a shard. Raises StoreError naming a damaged file."""
        digest = self.digest(table, key)
        files = self._listed(table).get(key)
        if files is None or digest not in files.failures:
            return []
        path = self._failures_path(table, key, digest)
        self._bring(table, path)
        return _read_rows(path, Failure, _Sum(table, key))

    def write(
        self, table: str, key: str, rows: Sequence[object], failures: Sequence[Failure] = ()
    ) -> None:
        """Write a shard so that it is there whole or not at all, instead of an earlier one.

        Raises StoreError if the disk is full or the folder may not be written.
        """
        sealed = _Sum(table, key)
        failed = b"".join(encode_lines(to_jsonl(failures)))
        path = self._rows_path(table, key, "")
        with writing_aside(path) as aside:
            write_flushed(aside, map(sealed.add, encode_lines(to_jsonl(rows))))
            if failures:
                sealed.end_rows()
                sealed.add(failed)
            # First, so that there are never two shards of one key to choose from: if the process
            # is killed here, the next run makes the shard again.
            self._remove(table, key)
            if failures:
                failures_path = self._failures_path(table, key, sealed.digest)
                with writing_aside(failures_path) as failures_aside:
                    write_flushed(failures_aside, [failed])
                    rename(failures_aside, failures_path)
            rename(aside, self._rows_path(table, key, sealed.digest))
        digests = (sealed.digest,)
        self._listed(table)[key] = _Files(digests, digests if failures else ())
        self._put(table, key, sealed.digest, has_failures=bool(failures))

    def _put(self, table: str, key: str, digest: str, *, has_failures: bool) -> None:
        """Copy a shard into the bucket; the rows come last, for a shard is there when they are."""
        if self.bucket is None:
            return
        paths = [self._failures_path(table, key, digest)] if has_failures else []
        for path in (*paths, self._rows_path(table, key, digest)):
            self.bucket.put(path, f"{table}/{path.name}")

    def _bring(self, table: str, path: Path) -> None:
        """Fetch a file that is only in the bucket."""
        far = self._far.get(table, {})
        if self.bucket is not None and path.name in far:
            with reporting(path, "read"):
                self.bucket.fetch(f"{table}/{path.name}", path)
            del far[path.name]

    def _drop_damaged(self, table: str, key: str) -> None:
        """Remove a shard from the bucket whose content is not what was written.

        It was believed by its name; without it the next run makes it again.
        """
        if self.bucket is not None and self.state(table, key) == "damaged":
            self._remove(table, key)

    def link(self, table: str, key: str, other: "Store") -> bool:
        """Take a finished shard of another run as it is; False if it cannot be read.

        Its file gets a second name where the file system can do that, and is copied elsewhere.
        """
        digest = other.digest(table, key)
        self._remove(table, key)
        try:
            link_or_copy(other._rows_path(table, key, digest), self._rows_path(table, key, digest))
        except OSError:
            return False
        self._listed(table)[key] = _Files((digest,))
        return True

    def remove_all_but(self, tables: Mapping[str, Iterable[str]]) -> int:
        """Remove the shards of these tables whose keys are not listed; return how many."""
        count = 0
        for table, keys in tables.items():
            for key in {*self._listed(table)} - {*keys}:
                self._remove(table, key)
                count += 1
        return count

    def sweep(self, tables: Iterable[str]) -> None:
        """Remove what killed runs left half written. Only for who holds the folder."""
        for table in tables:
            sweep(self.folder / table, lambda name: _FILE.fullmatch(name) is not None)

    def _remove(self, table: str, key: str) -> None:
        """Remove the files of a shard, if there are any: the rows first."""
        files = self._listed(table).pop(key, _Files())
        for digest in files.rows:
            self._remove_file(table, self._rows_path(table, key, digest))
        for digest in files.failures:
            self._remove_file(table, self._failures_path(table, key, digest))

    def _remove_file(self, table: str, path: Path) -> None:
        remove(path)
        if self.bucket is not None:
            self._far.get(table, {}).pop(path.name, None)
            self.bucket.remove(f"{table}/{path.name}")

    def _listed(self, table: str) -> dict[str, _Files]:
        if table not in self._tables:
            names = _names(self.folder / table)
            if self.bucket is not None:
                entries = self.bucket.names(table)
                self._far[table] = {n: entry for n, entry in entries.items() if n not in names}
                self._unshared[table] = names - set(entries)
                names |= set(entries)
            self._tables[table] = _files_of(names)
        return self._tables[table]

    def _rows_path(self, table: str, key: str, digest: str) -> Path:
        return self.folder / table / f"{'.'.join(filter(None, (key, digest)))}.jsonl"

    def _failures_path(self, table: str, key: str, digest: str) -> Path:
        return self.folder / table / f"{'.'.join(filter(None, (key, digest)))}.failures.jsonl"


_ADVICE = "run `pipeline run` again to remake it"


class _Sum:
    """The digest of a shard while its rows go by; another table or key gives another one."""

    def __init__(self, table: str, key: str) -> None:
        self._hash = hashlib.sha256(f"{table} {key}\n".encode())

    def add(self, data: bytes) -> bytes:
        """Add bytes, and return them."""
        self._hash.update(data)
        return data

    def add_file(self, path: Path) -> None:
        """Add the content of a file. Raises OSError."""
        with path.open("rb", buffering=0) as file:
            while data := file.read(1 << 18):
                self._hash.update(data)

    def end_rows(self) -> None:
        """Separate the rows from the failures: no line of JSON has this byte."""
        self._hash.update(b"\0")

    @property
    def digest(self) -> str:
        """What the name of the shard says."""
        return self._hash.hexdigest()[:_DIGEST_LENGTH]


def _names(folder: Path) -> set[str]:
    with reporting(folder, "read"):
        try:
            with os.scandir(folder) as entries:
                return {entry.name for entry in entries}
        except FileNotFoundError:
            return set()


def _files_of(names: Iterable[str]) -> dict[str, _Files]:
    """Return the files of a table by key; other files in the folder are left alone."""
    tables: dict[str, _Files] = {}
    for name in names:
        if match := _FILE.fullmatch(name):
            files, digest = tables.get(match["key"], _Files()), (match["digest"] or "",)
            rows, failures = ((), digest) if match["failures"] else (digest, ())
            tables[match["key"]] = _Files(files.rows + rows, files.failures + failures)
    return tables


def to_jsonl(rows: Iterable[object]) -> Iterator[str]:
    """Yield rows as lines of JSON, one by one: a large shard is never a text as a whole."""
    return (to_json(row) + "\n" for row in rows)


def to_json(row: object) -> str:
    """Return one row as a line of JSON, not escaped."""
    return _adapter(type(row)).dump_json(row).decode("utf-8")


def _read_rows(path: Path, row_type: type[Row], sealed: _Sum) -> list[Row]:
    adapter = _adapter(row_type)
    rows: list[Row] = []
    with reporting(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                rows.append(adapter.validate_json(sealed.add(line)))
            except ValidationError:
                raise StoreError(f"{path}:{number}: damaged row; {_ADVICE}") from None
    return rows


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(row_type: type[Row]) -> TypeAdapter[Row]:
    """Return the codec of a row type; making one takes milliseconds, so each is made once."""
    if row_type not in _ADAPTERS:
        _ADAPTERS[row_type] = TypeAdapter(row_type)
    return _ADAPTERS[row_type]
