"""What `pipeline memory` knows of the translation memory, and what may leave it."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import ConfigError, StoreError
from pipeline.input.exchange.tmx import Unit, tmx_text
from pipeline.input.pairs import table_text
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.read_only import read_memory
from pipeline.memory.schema import (
    COMMENT,
    EDITOR,
    open_file,
    refuse_missing,
    reported,
    transaction,
)
from pipeline.storage import write_atomically

_DAY_SECONDS = 86_400

Rows = list[tuple[str, str, str, int]]
"""Key, Chinese, English, when added."""


@dataclass(frozen=True, slots=True)
class ModelEntries:
    """What one model key has in the memory; times are seconds since 1970.

    `alternatives` are further hypotheses that the repair ladder asked for.
    """

    key: str
    name: str
    sentences: int
    alternatives: int
    added_first: int
    added_last: int
    used_last: int


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """A sentence pair in the memory, and whose it is; `comment` is an editor's."""

    key: str
    name: str
    zh: str
    en: str
    added: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What prune removed (or would), and the file's bytes before and after.

    `busy` is what kept the file from shrinking, empty where nothing did.
    """

    entries: int
    bytes_before: int
    bytes_after: int
    busy: str = ""


def stats(path: Path) -> list[ModelEntries]:
    """Describe every model key of a memory, the one last used first."""
    query = (
        "SELECT model, COUNT(*), MIN(added), MAX(added), MAX(used) FROM translations GROUP BY model"
    )
    refuse_missing(path)
    names, found = read_memory(path, lambda c: (_names(c), c.execute(query).fetchall()))
    groups: dict[str, list[tuple[str, int, int, int, int]]] = {}
    for row in found:
        groups.setdefault(_base(row[0]), []).append(row)
    described = [
        ModelEntries(
            key=key,
            name=names.get(key, _UNNAMED),
            sentences=sum(row[1] for row in rows if _is_first(row[0])),
            alternatives=sum(row[1] for row in rows if not _is_first(row[0])),
            added_first=min(row[2] for row in rows),
            added_last=max(row[3] for row in rows),
            used_last=max(row[4] for row in rows),
        )
        for key, rows in groups.items()
    ]
    return sorted(described, key=lambda each: (-each.used_last, each.name, each.key))


def stats_lines(path: Path) -> Iterator[str]:
    """Yield what is in a memory as lines of text."""
    found = stats(path)
    total = sum(each.sentences + each.alternatives for each in found)
    yield f"{path}: {size_text(file_bytes(path))}, {plural(total, 'entry', 'entries')}"
    if found:
        yield f"{'key':<9}{'sentences':>10}{'others':>8}  {'added':<25}{'last used':<12}model"
    for each in found:
        added = f"{_day(each.added_first)} – {_day(each.added_last)}"
        yield (
            f"{each.key[:8]:<9}{each.sentences:>10,}{each.alternatives:>8,}  {added:<25}"
            f"{_day(each.used_last):<12}{each.name}"
        )


def entries(path: Path, model: str | None = None) -> list[MemoryEntry]:
    """Return the first answers in a memory, of one model or of all, an editor's first."""
    query = "SELECT model, source, text, added FROM translations ORDER BY model, source"
    refuse_missing(path)

    def all_rows(connection: sqlite3.Connection) -> tuple[dict[str, str], set[str] | None, Rows]:
        keys = _wanted(connection, model, path) if model else None
        return _names(connection), keys, connection.execute(query).fetchall()

    names, keys, read = read_memory(path, all_rows)
    comments = {pairing_key(zh): text for key, zh, text, _ in read if key == COMMENT}
    found = [
        MemoryEntry(
            _base(key),
            names.get(_base(key), _UNNAMED),
            zh,
            en,
            added,
            comments.get(pairing_key(zh), "") if comments else "",
        )
        for key, zh, en, added in read
        if _is_first(key) and (keys is None or _base(key) in keys)
    ]
    return sorted(found, key=lambda each: each.key != EDITOR)


def write_entries(found: Sequence[MemoryEntry], path: Path, file_format: str) -> None:
    """Write entries as TSV (zh, en, model, added, and comment where there is one) or TMX."""
    if file_format == "tmx":
        units = [
            Unit(
                f"{each.key[:8]}-{number}",
                each.zh,
                each.en,
                (
                    ("model", each.name),
                    ("added", _day(each.added)),
                    *((("comment", each.comment),) if each.comment else ()),
                ),
            )
            for number, each in enumerate(found, start=1)
        ]
        write_atomically(path, tmx_text(units))
        return
    rows = [(each.zh, each.en, each.name, _day(each.added), each.comment) for each in found]
    width = 5 if any(each.comment for each in found) else 4
    columns = ("zh", "en", "model", "added", "comment")[:width]
    write_atomically(path, table_text(columns, [row[:width] for row in rows]))


def prune(
    path: Path,
    *,
    models: Sequence[str] = (),
    older_than_days: int | None = None,
    unused_days: int | None = None,
    dry_run: bool = False,
    now: float | None = None,
) -> Pruned:
    """Remove the entries that meet every condition given, and shrink the file.

    An editor's corrections stay unless `models` names `editor`. A run that is going on is
    not disturbed: it translates anew what it no longer finds. Raises ConfigError without
    any condition and for a model that is not there.
    """
    if not models and older_than_days is None and unused_days is None:
        raise ConfigError(
            "no condition given; add --model, --older-than or --unused (or several of them)"
        )
    moment = int(time.time() if now is None else now)
    before = file_bytes(path)

    def wanted(connection: sqlite3.Connection) -> tuple[str, list[str | int]]:
        keys = {key for model in models for key in _wanted(connection, model, path)}
        return _condition(keys, older_than_days, unused_days, moment)

    def count(connection: sqlite3.Connection) -> int:
        condition, values = wanted(connection)
        query = f"SELECT COUNT(*) FROM translations WHERE {condition}"
        return int(connection.execute(query, values).fetchone()[0])

    refuse_missing(path)
    if dry_run:
        return Pruned(read_memory(path, count), before, before)
    with closing(open_file(path)) as connection, reported(path):
        condition, values = wanted(connection)
        with transaction(connection):
            removed = connection.execute(
                f"DELETE FROM translations WHERE {condition}", values
            ).rowcount
            connection.execute(
                "DELETE FROM models WHERE model NOT IN (SELECT model FROM translations)"
            )
        busy = _shrink(connection)
    return Pruned(removed, before, file_bytes(path), busy)


def _condition(
    keys: set[str], older_than_days: int | None, unused_days: int | None, now: int
) -> tuple[str, list[str | int]]:
    """Return the WHERE of what goes, and its values."""
    parts: list[str] = []
    values: list[str | int] = []
    if keys:
        either = " OR ".join("model = ? OR substr(model, 1, ?) = ?" for _ in keys)
        parts.append(f"({either})")
        for key in sorted(keys):
            values += [key, len(key) + 1, f"{key} "]
    else:
        parts.append("model NOT IN (?, ?)")
        values += [EDITOR, COMMENT]
    for column, days in (("added", older_than_days), ("used", unused_days)):
        if days is not None:
            parts.append(f"{column} < ?")
            values.append(now - days * _DAY_SECONDS)
    return " AND ".join(parts), values


def _shrink(connection: sqlite3.Connection) -> str:
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        # what is removed is removed; a run that writes all the time only keeps the file large
        return str(error)
    return ""


def _wanted(connection: sqlite3.Connection, model: str, path: Path) -> set[str]:
    """Return the keys that a name, the beginning of a key or `editor` means."""
    names = _names(connection)
    with closing(connection.execute("SELECT DISTINCT model FROM translations")) as rows:
        there = {_base(key) for (key,) in rows}
    found = {
        key
        for key in there
        if key == model or names.get(key) == model or (len(model) >= 4 and key.startswith(model))
    } or {key for key in there if names.get(key, "").split(", ")[0] == model}
    if not found:
        known = ", ".join(sorted(f"{key[:8]} ({names.get(key, _UNNAMED)})" for key in there))
        raise ConfigError(f"{path}: no entries of '{model}'; there is {known or 'nothing'}")
    return found


_UNNAMED = "unnamed: not used since names were introduced"


def _names(connection: sqlite3.Connection) -> dict[str, str]:
    with closing(connection.execute("SELECT model, name FROM models")) as rows:
        return dict(rows.fetchall()) | {EDITOR: "corrections by an editor"}


def _base(key: str) -> str:
    """Return the key of the model itself: other hypotheses have one that goes on behind it."""
    return key.partition(" ")[0]


def _is_first(key: str) -> bool:
    """Tell first answers, with or without context, from other hypotheses."""
    return key == _base(key) or key.startswith(f"{_base(key)} told ")


def file_bytes(path: Path) -> int:
    """Return the size of a memory on disk, with what is not yet in its main file."""
    files = (path, path.with_name(f"{path.name}-wal"))
    try:
        return sum(file.stat().st_size for file in files if file.exists())
    except OSError as error:
        raise StoreError(f"{path}: cannot be inspected: {error.strerror}") from None


def size_text(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
