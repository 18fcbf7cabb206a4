"""One shard: read its inputs, run the stage, write its rows and what failed."""

import traceback
from collections.abc import Sequence
from typing import Any

from models.errors import ServerError
from pipeline.errors import AlignmentError, StoreError
from pipeline.journal import Journal
from pipeline.plan import ROW_TYPES, StageFunction, Step
from pipeline.records import Article, Document, Edition, Failure
from pipeline.store import Store


def make_shard(
    step: Step,
    function: StageFunction,
    store: Store,
    key: str,
    input_keys: Sequence[str],
    journal: Journal,
) -> None:
    """Read a shard of every input, run the stage, write a shard of output.

    Rows whose inputs are not all there (an earlier stage failed on them) are left out,
    and the earlier failures are carried along, so that the shard is made again as long
    as they last.
    """
    stage = step.stage
    tables: list[list[Any]] = [
        store.read(table, input_key, ROW_TYPES[table])
        for table, input_key in zip(stage.reads, input_keys, strict=True)
    ]
    failures = [
        failure
        for table, input_key in zip(stage.reads, input_keys, strict=True)
        for failure in store.read_failures(table, input_key)
    ]
    shared = set.intersection(*({_row_id(row) for row in table} for table in tables))
    complete = [[row for row in table if _row_id(row) in shared] for table in tables]
    rows, failed = attempt(function, complete, stage.name, journal)
    store.write(stage.writes, key, rows, list(dict.fromkeys([*failures, *failed])))


def segmented(
    function: StageFunction, documents: Sequence[Document | Edition], journal: Journal
) -> tuple[list[Article], list[Failure]]:
    """Segment a shard; of an edition in which a page cannot be, every page by itself.

    So one bad page costs its edition the jumps between pages, never the other pages.
    """
    rows, failed = attempt(function, (documents,), "segment", journal)
    broken = {failure.id for failure in failed}
    if any(isinstance(each, Edition) and each.id in broken for each in documents):
        alone = [
            page
            for each in documents
            for page in (each.pages if isinstance(each, Edition) and each.id in broken else (each,))
        ]
        rows, failed = attempt(function, (alone,), "segment", journal)
    return [article for row in rows for article in row], failed


def attempt(
    function: StageFunction, tables: Sequence[Sequence[Any]], stage: str, journal: Journal
) -> tuple[list[Any], list[Failure]]:
    """Run a stage over a batch; if it fails, row by row, and set aside what fails alone."""
    try:
        return _checked(function, tables), []
    except (StoreError, ServerError):
        raise  # the disk or the server is at fault, not an article
    except Exception:  # noqa: BLE001 - whatever one article causes must not stop the others
        journal.debug("batch_failed", f"{stage}: batch failed, row by row now")
    rows: list[Any] = []
    failures: list[Failure] = []
    for parts in zip(*tables, strict=True):
        try:
            rows.extend(_checked(function, [[part] for part in parts]))
        except (StoreError, ServerError):
            raise
        except Exception as error:  # noqa: BLE001
            first = parts[0]
            failures.append(
                Failure(
                    id=first.id,
                    source=first.source,
                    stage=stage,
                    reason=f"{type(error).__name__}: {error}".splitlines()[0],
                    advice="the next run tries it again; log.jsonl has the traceback",
                )
            )
            journal.debug("row_failed", f"{first.id}: {error}", traceback=traceback.format_exc())
    return rows, failures


def _checked(function: StageFunction, tables: Sequence[Sequence[Any]]) -> list[Any]:
    rows = list(function(*tables))
    if len(rows) != len(tables[0]):
        raise AlignmentError(f"{len(rows)} rows came back for {len(tables[0])}")
    return rows


def _row_id(row: Any) -> str:
    identifier: str = row.id if hasattr(row, "blocks") else row.article_id
    return identifier
