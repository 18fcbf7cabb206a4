"""The file of the translation memory: its tables, and how an older file becomes one of today.

translations   one row per (model key, source): the text, how sure, when added and last used,
               and which characters of the source the model does not know
models         what a model key is called by people
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.errors import StoreError
from pipeline.storage import make_folder, make_private

EDITOR = "editor"
"""The model key of an editor's corrections; keys of models are 32 hex digits."""

COMMENT = f"{EDITOR} comment"
"""The key of what editors say of sentences: `text` is the comment."""

WAIT_SECONDS = 60
"""How long a writer waits for another one, be it a run or a vacuum."""

# What makes a file of a version one of the next. Version 0 is the file as it was before
# versions were written into it, without times and names. Its rows get the time of the file's
# last change, by a default, which costs nothing however many they are; rows added later state
# their own.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE IF NOT EXISTS translations (
            model TEXT NOT NULL,
            source TEXT NOT NULL,
            text TEXT NOT NULL,
            confidence REAL NOT NULL,
            source_truncated INTEGER NOT NULL,
            target_truncated INTEGER NOT NULL,
            PRIMARY KEY (model, source)
        ) WITHOUT ROWID
        """,
        "ALTER TABLE translations ADD COLUMN added INTEGER NOT NULL DEFAULT {changed}",
        "ALTER TABLE translations ADD COLUMN used INTEGER NOT NULL DEFAULT {changed}",
        "CREATE TABLE models (model TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID",
    ),
    ("ALTER TABLE translations ADD COLUMN unknown TEXT NOT NULL DEFAULT ''",),
)
FILE_VERSION = len(_STEPS)


def open_file(path: Path) -> sqlite3.Connection:
    """Open the file, made or brought up to date if need be, in WAL mode.

    Every statement outside a transaction is one of its own. Raises StoreError where it
    cannot be opened, is no memory, or was written by a later Yibao.
    """
    advice = "name another file in runtime.memory, or 'off'"
    with reported(path, "cannot be opened", advice):
        make_folder(path.parent)
        make_private(path)
        refuse_cut_off(path)
        # A model's threads commit its answers, one thread at a time.
        connection = sqlite3.connect(
            path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _bring_up_to_date(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def refuse_missing(path: Path) -> None:
    """Raise StoreError if there is no memory."""
    if not path.is_file():
        raise StoreError(
            f"{path}: no such file; a run with runtime.memory makes it, and "
            "`pipeline memory import` too"
        )


def refuse_cut_off(path: Path) -> None:
    """Raise StoreError for a file without its end: SQLite reads the missing bytes as zeros.

    While another process writes, and after it was killed, the end may be in the log beside it.
    """
    log = Path(f"{path}-wal")
    if not path.is_file() or (log.exists() and log.stat().st_size):
        return
    with path.open("rb") as file:
        head = file.read(100)  # https://www.sqlite.org/fileformat2.html, section 1.3
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big") if head[24:28] == head[92:96] else 0
    size = path.stat().st_size
    if size % page or size < pages * page:
        raise StoreError(f"{path}: the translation memory cannot be opened: cut off; {_DAMAGED}")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    if version_of(connection, path) == FILE_VERSION:
        connection.execute("PRAGMA synchronous=NORMAL")
        return
    _refuse_another_database(connection, path)
    changed = int(path.stat().st_mtime if path.exists() else time.time())
    # Two runs may meet here: one makes the tables while the other waits, and then sees them.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    with transaction(connection):
        for step in _STEPS[version_of(connection, path) :]:
            for statement in step:
                connection.execute(statement.format(changed=changed))
        connection.execute(f"PRAGMA user_version = {FILE_VERSION}")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a file, 0 if it has none. Raises StoreError for a later Yibao's."""
    with closing(connection.execute("PRAGMA user_version")) as rows:
        version = int(rows.fetchone()[0])
    if version > FILE_VERSION:
        raise StoreError(
            f"{path}: a translation memory of version {version}, written by a later Yibao; this "
            f"one reads up to {FILE_VERSION}: upgrade, or name another file in runtime.memory"
        )
    return version


def _refuse_another_database(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a database without our table: it is somebody else's."""
    with closing(connection.execute("SELECT name FROM sqlite_master")) as rows:
        tables = [name for (name,) in rows]
    if tables and "translations" not in tables:
        raise StoreError(
            f"{path}: a different database (with the table '{tables[0]}'), not a translation "
            "memory; "
            "name another file in runtime.memory"
        )


def count_sentences(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many sentences are remembered, each under every model that translated it.

    Further hypotheses of a sentence, whose keys have a rank, are not counted.
    """
    query = "SELECT COUNT(*) FROM translations WHERE instr(model, ' ') = 0 OR model LIKE '% told %'"
    with reported(path, "cannot be read"), closing(connection.execute(query)) as rows:
        return int(rows.fetchone()[0])


_ROWS_OF_A_KEY = "(model = :old OR (model > :old || ' ' AND model < :old || '!'))"
"""A key itself, and the keys that go on after a space, as those of other hypotheses do."""


def move_rows(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Move what is remembered under one model key to another one, all of it or nothing.

    What follows the key stays behind the new one. Rows that are there already are kept.
    """
    keys = {"old": old, "new": new}
    query = f"SELECT 1 FROM translations WHERE {_ROWS_OF_A_KEY} LIMIT 1"
    with closing(connection.execute(query, keys)) as rows:
        if not rows.fetchone():
            return
    with transaction(connection):
        connection.execute(
            "UPDATE OR IGNORE translations SET model = :new || substr(model, length(:old) + 1) "
            f"WHERE {_ROWS_OF_A_KEY}",
            keys,
        )
        connection.execute(f"DELETE FROM translations WHERE {_ROWS_OF_A_KEY}", keys)
        connection.execute("DELETE FROM models WHERE model = :old", {"old": old})


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing; other writers wait meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


_DAMAGED = (
    "it is damaged: move it away, and the next run makes a new one (`sqlite3 FILE .recover` may "
    "rescue its content)"
)
_ADVICE = {
    "malformed": _DAMAGED,
    "not a database": f"{_DAMAGED}, or name another file in runtime.memory",
    "locked": "another program is using it; wait, or name another file in runtime.memory",
    "disk is full": "free some space and run again; finished work is kept",
    "readonly": "make it writable, or name another file in runtime.memory",
    "Permission denied": "its owner can allow it (chmod), or name another file in runtime.memory",
}
"""What to do, by what SQLite says."""


@contextmanager
def reported(path: Path, what: str = "failed", advice: str = "") -> Iterator[None]:
    """Turn what SQLite or the disk says into a StoreError that names the file."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        told = next((text for word, text in _ADVICE.items() if word in reason), advice)
        told = _of_another_user(path) or told
        tail = f"; {told}" if told else ""
        raise StoreError(f"{path}: the translation memory {what}: {reason}{tail}") from None


def _of_another_user(path: Path) -> str:
    """Return what to do where a file beside a memory that we may write is another user's."""
    beside = (Path(f"{path}{ending}") for ending in ("-wal", "-shm"))
    closed = [file.name for file in beside if file.exists() and not os.access(file, os.W_OK)]
    if not closed or not os.access(path, os.W_OK):
        return ""
    return f"another user left {' and '.join(closed)} there: let root chown them to you"
