"""Shards: read their inputs, run the stage, write their rows and what failed."""

import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from models.errors import ServerError
from pipeline.engine.journal import Journal
from pipeline.engine.plan import ROW_TYPES, SEGMENT, Stage, StageFunction
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.errors import (
    AlignmentError,
    PipelineError,
    RowsFailedError,
    StoreError,
    UnfinishedRowError,
)
from pipeline.language.plural import plural
from pipeline.records import Document, Edition, Failure

MOST_TRIES = 3
"""How many workers a shard may end before it is set aside."""


def make_shards(
    stage: Stage, function: StageFunction, store: Store, shards: Sequence[Shard], journal: Journal
) -> None:
    """Read every input of the shards, run the stage over all rows at once, write each shard.

    If that fails, each shard is made by itself; if that fails too, row by row.
    """
    started = time.monotonic()
    read = [_Inputs.read(stage, store, shard) for shard in shards]
    made: list[tuple[list[Any], list[Failure]]] | None = None
    if len(shards) > 1:
        made = _together(stage, function, read, journal)
    for at, (shard, inputs) in enumerate(zip(shards, read, strict=True)):
        rows, failed = made[at] if made else _attempt_shard(stage, function, inputs, journal)
        failures = list(dict.fromkeys([*inputs.failures, *failed]))
        store.write(stage.writes, shard.key, rows, failures)
        journal.debug(
            "shard",
            f"{stage.name:<10} shard {shard.key[:8]}: {plural(len(rows), 'row')}",
            stage=stage.name,
            shard=shard.key,
            rows=len(rows),
            failed=len(failures),
            seconds=round(time.monotonic() - started, 3),
        )


def set_shard_aside(stage: Stage, store: Store, shard: Shard, journal: Journal) -> None:
    """Write a shard without rows, in which every row of its first input failed.

    So the run goes on without it, names what is missing, and the next run tries again.
    """
    inputs = _Inputs.read(stage, store, shard)
    failures = [
        Failure(
            id=row.id,
            source=row.source,
            stage=stage.name,
            reason=f"the shard of this row ended {MOST_TRIES} workers",
            advice="see whether the machine's memory suffices; the next run tries it again",
        )
        for row in inputs.tables[0]
    ]
    store.write(stage.writes, shard.key, [], [*inputs.failures, *failures])
    journal.error("set_aside", f"{stage.name}: shard {shard.key} was set aside")


def _attempt_shard(
    stage: Stage, function: StageFunction, inputs: "_Inputs", journal: Journal
) -> tuple[list[Any], list[Failure]]:
    if stage.expands:
        return _expand(function, inputs.tables[0], stage.name, journal)
    return attempt(function, inputs.tables, stage.name, journal)


def is_ready(stage: Stage, store: Store, shard: Shard, journal: Journal) -> bool:
    """True if a shard is finished work. Name a damaged one, and take over an unsealed one."""
    state = store.state(stage.writes, shard.key)
    if state == "damaged":
        path = store.path(stage.writes, shard.key)
        journal.warning("damaged", f"{path}: its content was changed or damaged; remaking it")
    rows = usable_rows(stage, store, shard) if state == "unsealed" else None
    if rows is not None:
        store.write(stage.writes, shard.key, rows)
    if state == "finished":
        store.share(stage.writes, shard.key)
    return state == "finished" or rows is not None


def would_be_ready(stage: Stage, store: Store, shard: Shard) -> bool:
    """True if a run would take a shard as it is; unlike `is_ready`, change nothing on the disk."""
    return store.has(stage.writes, shard.key) or usable_rows(stage, store, shard) is not None


def usable_rows(stage: Stage, store: Store, shard: Shard) -> list[Any] | None:
    """Return the rows of an unsealed shard if there is one row for each of its inputs, else None.

    Translations and summaries may have cost hours, so they are taken over. Articles are made
    again: that takes seconds, and then there is something to compare the others with.
    """
    if stage == SEGMENT or store.state(stage.writes, shard.key) != "unsealed":
        return None
    try:
        if store.read_failures(stage.writes, shard.key):
            return None
        rows: list[Any] = store.read(stage.writes, shard.key, stage.row_type)
        inputs = _Inputs.read(stage, store, shard)
    except StoreError:
        return None
    wanted = [_row_id(row) for row in inputs.tables[0]]
    return rows if [_row_id(row) for row in rows] == wanted and not inputs.failures else None


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a shard is made of.

    Rows whose inputs are not all there (an earlier stage failed on them) are left out,
    and the earlier failures are carried along, so that the shard is made again as long
    as they last.
    """

    tables: list[list[Any]]
    failures: list[Failure]

    @classmethod
    def read(cls, stage: Stage, store: Store, shard: Shard) -> "_Inputs":
        inputs = list(zip(stage.reads, shard.input_keys, strict=True))
        tables: list[list[Any]] = [
            store.read(table, key, ROW_TYPES[table]) for table, key in inputs
        ]
        failures = [failure for each in inputs for failure in store.read_failures(*each)]
        shared = set.intersection(*({_row_id(row) for row in table} for table in tables))
        return cls([[row for row in table if _row_id(row) in shared] for table in tables], failures)


class _Made(NamedTuple):
    """What was made of one row: a row, the reason why it is missing, or a row to make again."""

    row: Any | None
    failure: Failure | None


def _together(
    stage: Stage, function: StageFunction, read: Sequence[_Inputs], journal: Journal
) -> list[tuple[list[Any], list[Failure]]] | None:
    """Run a stage over several shards at once: the rows of each, or None if it fails."""
    tables = [
        [row for table in parts for row in table]
        for parts in zip(*(inputs.tables for inputs in read), strict=True)
    ]
    try:
        rows = iter(_checked(function, tables, stage.name))
    except (StoreError, ServerError):
        raise
    except Exception:  # noqa: BLE001 - whatever one article causes must not stop the others
        journal.debug(
            "batch_failed", f"{stage.name}: a group of shards failed; retrying them one by one"
        )
        return None
    return [_parted(islice(rows, len(inputs.tables[0]))) for inputs in read]


def _expand(
    function: StageFunction, documents: Sequence[Document | Edition], stage: str, journal: Journal
) -> tuple[list[Any], list[Failure]]:
    """Make several rows of each document; of an edition that fails, every page by itself.

    So one bad page costs its edition the jumps between pages, never the other pages.
    """
    rows, failed = attempt(function, (documents,), stage, journal)
    broken = {failure.id for failure in failed}
    if any(isinstance(read, Edition) and read.id in broken for read in documents):
        alone = [
            page
            for read in documents
            for page in (read.pages if isinstance(read, Edition) and read.id in broken else (read,))
        ]
        rows, failed = attempt(function, (alone,), stage, journal)
    return [made for row in rows for made in row], failed


def attempt(
    function: StageFunction, tables: Sequence[Sequence[Any]], stage: str, journal: Journal
) -> tuple[list[Any], list[Failure]]:
    """Run a stage over a batch; if it fails, row by row, and set aside what fails alone."""
    try:
        return _parted(_checked(function, tables, stage))
    except (StoreError, ServerError):
        raise  # the disk or the server is at fault, not an article
    except Exception:  # noqa: BLE001 - whatever one article causes must not stop the others
        journal.debug("batch_failed", f"{stage}: batch failed; retrying it row by row")
    rows: list[Any] = []
    failures: list[Failure] = []
    for parts in zip(*tables, strict=True):
        try:
            made, failed = _parted(_checked(function, [[part] for part in parts], stage))
            rows += made
            failures += failed
        except (StoreError, ServerError):
            raise
        except Exception as error:  # noqa: BLE001
            first = parts[0]
            advice = "the next run tries it again; log.jsonl has the traceback"
            failures.append(_failure(first, stage, error, advice))
            journal.debug(
                "row_failed",
                f"{first.id}: {error}",
                stage=stage,
                article=first.id,
                traceback=traceback.format_exc(),
            )
    return rows, failures


def _checked(function: StageFunction, tables: Sequence[Sequence[Any]], stage: str) -> list[_Made]:
    """Run a stage; what was made of each row of the first table, same order."""
    inputs = tables[0]
    try:
        rows = list(function(*tables))
    except RowsFailedError as error:
        rows = list(error.rows)
    if len(rows) != len(inputs):
        raise AlignmentError(f"{len(rows)} rows came back for {len(inputs)}")
    return [_made(own, row, stage) for own, row in zip(inputs, rows, strict=True)]


def _made(own: Any, row: Any, stage: str) -> _Made:
    if not isinstance(row, PipelineError):
        return _Made(row, None)
    failure = _failure(own, stage, row, "the next run tries it again")
    return _Made(row.row if isinstance(row, UnfinishedRowError) else None, failure)


def _failure(row: Any, stage: str, error: Exception, advice: str) -> Failure:
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    return Failure(id=row.id, source=row.source, stage=stage, reason=reason, advice=advice)


def _parted(made: Iterable[_Made]) -> tuple[list[Any], list[Failure]]:
    """Return rows and failures apart."""
    held = list(made)
    rows = [each.row for each in held if each.row is not None]
    return rows, [each.failure for each in held if each.failure is not None]


def _row_id(row: Any) -> str:
    identifier: str = row.article_id if hasattr(row, "article_id") else row.id
    return identifier
