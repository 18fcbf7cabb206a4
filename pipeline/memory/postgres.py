"""The translation memory in PostgreSQL, for machines that share it.

    runtime: {memory: "postgresql://yibao@db.example.org/news"}

The password comes from PGPASSWORD, never from the address, which is in the manifest;
`?sslmode=require` asks for TLS. Writes are idempotent: two workers that answer the same sentence
write the same row. A correction counts by
its time; the last editor wins.
"""

import hashlib
import os
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from models.protocols import Candidate
from pipeline.errors import ConfigError, StoreError
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.memory import DAY_SECONDS, UNKNOWN
from pipeline.memory.protocol import Answers
from pipeline.memory.schema import COMMENT, EDITOR

SCHEMES = ("postgresql://", "postgres://")
_LOOKUP_SIZE = 2_000
_TIMEOUT_SECONDS = 30
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS yibao_translations (
        model TEXT NOT NULL,
        source TEXT NOT NULL,
        text TEXT NOT NULL,
        confidence DOUBLE PRECISION NOT NULL,
        source_truncated BOOLEAN NOT NULL,
        target_truncated BOOLEAN NOT NULL,
        added BIGINT NOT NULL,
        used BIGINT NOT NULL,
        unknown TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (model, digest)
    )
    """,
    "CREATE TABLE IF NOT EXISTS yibao_models (model TEXT PRIMARY KEY, name TEXT NOT NULL)",
)
# The digest is in the key, not the sentence: PostgreSQL's index rows end at 2,700 bytes.
_COLUMNS = (
    "model, source, text, confidence, source_truncated, target_truncated, added, used, unknown, "
    "digest"
)
_INSERT = (
    f"INSERT INTO yibao_translations ({_COLUMNS}) SELECT * FROM unnest(%s::text[], %s::text[], "
    "%s::text[], %s::float8[], %s::bool[], %s::bool[], %s::bigint[], %s::bigint[], %s::text[], "
    "%s::text[]) "
    "ON CONFLICT (model, digest) DO UPDATE SET text = excluded.text, confidence = "
    "excluded.confidence, source_truncated = excluded.source_truncated, target_truncated = "
    "excluded.target_truncated, added = excluded.added, used = excluded.used, unknown = "
    "excluded.unknown"
)


class PostgresMemory:
    """Translations by (model key, source text) in a database; see `memory.Memory`.

    Raises ConfigError if the driver is not installed, StoreError if the database does not answer.
    """

    def __init__(self, address: str, *, clock: Callable[[], float] = time.time) -> None:
        self._name = address
        self._clock = clock
        try:
            driver = import_module("pg8000.dbapi")
        except ImportError:
            raise ConfigError(
                f"runtime.memory: {self._name}: needs a driver; run `pip install 'yibao[postgres]'`"
            ) from None
        with self._reported("cannot be reached"):
            self._connection: Any = driver.connect(**_options(address))
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7194)")  # two runs may meet here
            for statement in _TABLES:
                cursor.execute(statement)

    def find(self, model: str, sentences: Sequence[str]) -> dict[str, Candidate]:
        """Return what is known of these sentences under this model key."""
        remembered: dict[str, Candidate] = {}
        now = int(self._clock())
        today = now - now % DAY_SECONDS
        for start in range(0, len(sentences), _LOOKUP_SIZE):
            with self._transaction() as cursor:
                cursor.execute(
                    f"SELECT {_COLUMNS} FROM yibao_translations WHERE model = %s AND "
                    "digest = ANY(%s::text[])",
                    (model, list(map(_digest, sentences[start : start + _LOOKUP_SIZE]))),
                )
                idle = []
                for _, source, text, sure, cut, short, _, used, unknown, _ in cursor.fetchall():
                    confidence = None if sure == UNKNOWN else sure
                    remembered[source] = Candidate(text, confidence, cut, short, unknown=unknown)
                    idle += [source] if used < today else []
                if idle:
                    cursor.execute(
                        "UPDATE yibao_translations SET used = %s WHERE model = %s AND "
                        "digest = ANY(%s::text[])",
                        (today, model, list(map(_digest, idle))),
                    )
        return remembered

    def add_all(self, answers: Sequence[tuple[str, Answers]]) -> None:
        """Remember translations of several model keys, all or none of them."""
        rows = {
            (model, source): self._row(model, source, candidate)
            for model, pairs in answers
            for source, candidate in pairs
        }
        with self._transaction() as cursor:
            self._insert(cursor, list(rows.values()))

    def _row(self, model: str, source: str, c: Candidate) -> tuple[Any, ...]:
        now, sure = int(self._clock()), UNKNOWN if c.confidence is None else c.confidence
        cuts = (c.source_truncated, c.target_truncated)
        return model, source, c.text, sure, *cuts, now, now, c.unknown, _digest(source)

    def _insert(self, cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            # in one order, so that two workers never wait for each other
            columns = zip(*sorted(rows, key=lambda row: row[:2]), strict=True)
            cursor.execute(_INSERT, tuple(map(list, columns)))

    def name(self, model: str, name: str) -> None:
        """Note what people call a model key."""
        with self._transaction() as cursor:
            cursor.execute(
                "INSERT INTO yibao_models VALUES (%s, %s) ON CONFLICT (model) DO UPDATE SET "
                "name = excluded.name",
                (model, name),
            )

    def take_over(self, older: Sequence[str], model: str) -> None:
        """Do nothing: no Yibao that had older keys wrote into a database."""

    def correct(self, corrections: Sequence[tuple[str, str]], key: str = EDITOR) -> None:
        """Take an editor's English, or comments, instead of earlier ones."""
        changed = {pairing_key(source) for source, _ in corrections}
        rows = {zh: self._row(key, zh, Candidate(text, 1.0)) for zh, text in corrections}
        with self._transaction() as cursor:
            self._remove(cursor, key, changed)
            self._insert(cursor, list(rows.values()))

    def forget(self, sources: Sequence[str]) -> list[tuple[str, str]]:
        """Take back corrections and comments; return (Chinese, text) that they were."""
        gone = {pairing_key(source) for source in sources}
        with self._transaction() as cursor:
            return [*self._remove(cursor, EDITOR, gone), *self._remove(cursor, COMMENT, gone)]

    def _remove(self, cursor: Any, key: str, keys: set[str]) -> list[tuple[str, str]]:
        gone = [row for row in _corrections(cursor, key) if pairing_key(row[0]) in keys]
        cursor.execute(
            "DELETE FROM yibao_translations WHERE model = %s AND digest = ANY(%s::text[])",
            (key, [_digest(source) for source, _ in gone]),
        )
        return gone

    def corrections(self, key: str = EDITOR) -> dict[str, str]:
        """Return an editor's English, or comments, by `pairing_key` of the Chinese."""
        return {pairing_key(source): text for source, text in self.corrected_pairs(key)}

    def corrected_pairs(self, key: str = EDITOR) -> list[tuple[str, str]]:
        """Return an editor's corrections, Chinese and English, or comments."""
        with self._transaction() as cursor:
            return _corrections(cursor, key)

    def count(self) -> int:
        """Return how many sentences are remembered; further hypotheses are not counted."""
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT count(*) FROM yibao_translations WHERE position(' ' in model) = 0 "
                "OR model LIKE %s",
                ("% told %",),
            )
            return int(cursor.fetchone()[0])

    def close(self) -> None:
        """End the connection; finished work is already in the database."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with self._reported("failed"):
            cursor = self._connection.cursor()
            try:
                yield cursor
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    @contextmanager
    def _reported(self, what: str) -> Iterator[None]:
        try:
            yield
        except (StoreError, ConfigError):
            raise
        except Exception as error:  # noqa: BLE001 - the driver has several families of errors
            raise StoreError(
                f"{self._name}: the translation memory {what}: {error}; run again when the "
                "database answers: finished work stays"
            ) from None


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _corrections(cursor: Any, key: str) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT source, text FROM yibao_translations WHERE model = %s ORDER BY added, source",
        (key,),
    )
    return [(source, text) for source, text in cursor.fetchall()]


def is_postgres(place: object) -> bool:
    """True for the address of a database."""
    return str(place).startswith(SCHEMES)


def _options(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    if parts.password:
        raise ConfigError(
            "runtime.memory: do not write a password into a config; set the variable PGPASSWORD"
        )
    mode = query.get("sslmode", [os.environ.get("PGSSLMODE", "prefer")])[0]
    socket = query.get("host", [None])[0]
    return {
        "user": unquote(parts.username or os.environ.get("PGUSER", "postgres")),
        "password": os.environ.get("PGPASSWORD"),
        "host": parts.hostname or "localhost",
        "unix_sock": f"{socket}/.s.PGSQL.{parts.port or 5432}" if socket else None,
        "port": parts.port or 5432,
        "database": parts.path.lstrip("/") or None,
        "timeout": _TIMEOUT_SECONDS,
        "ssl_context": ssl.create_default_context()
        if mode.startswith(("require", "verify"))
        else None,
        "application_name": "yibao",
    }
