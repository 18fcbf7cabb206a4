"""Reads the file of a translation memory and leaves nothing beside it, whoever the reader is.

SQLite makes `-wal` and `-shm` files for a reader too. Where the reader is another user who may not
write the memory, they stay, they are his, and the owner's next run cannot write.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from pipeline.memory.schema import FILE_VERSION, open_file, refuse_cut_off, reported, version_of

_Found = TypeVar("_Found")


def read_memory(path: Path, read: Callable[[sqlite3.Connection], _Found]) -> _Found:
    """Return what `read` finds in a memory that exists; it may be called more than once.

    A memory of an older version is brought up to date first, which takes the right to write it.
    Raises StoreError.
    """
    with reported(path, "cannot be read", "name another file in runtime.memory, or 'off'"):
        refuse_cut_off(path)
        before = _FileState.of(path)
        if not before.log_bytes:
            # all is in the file itself; a run that begins meanwhile may change it under the reader
            try:
                found = _read(path, "immutable=1", read)
            except sqlite3.DatabaseError:
                if _FileState.of(path) == before:
                    raise
            else:
                if _FileState.of(path) == before:
                    return found
        if _FileState.of(path).has_log:
            return _read(path, "mode=ro&readonly_shm=1", read)
        with closing(open_file(path)) as connection:
            return read(connection)


@dataclass(frozen=True, slots=True)
class _FileState:
    """What changes when somebody writes: the file and its log."""

    changed: int
    size: int
    log_bytes: int
    has_log: bool

    @classmethod
    def of(cls, path: Path) -> "_FileState":
        facts, log, index = path.stat(), Path(f"{path}-wal"), Path(f"{path}-shm")
        size = log.stat().st_size if log.exists() else 0
        return cls(facts.st_mtime_ns, facts.st_size, size, size > 0 and index.exists())


def _read(path: Path, how: str, read: Callable[[sqlite3.Connection], _Found]) -> _Found:
    address = f"file:{quote(str(path.absolute()))}?{how}"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        is_old = version_of(connection, path) < FILE_VERSION
        if not is_old:
            return read(connection)
    with closing(open_file(path)) as connection:
        return read(connection)
