"""Take from an earlier run what it made already: whole shards by their key, articles by content.

A shard of the same key is linked. Where an article is new in its shard, the rows of all others are
taken from the earlier run: same stage, same settings, same content. Their ids, files and places in
the text may differ, because no stage after segment reads them.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.engine.corrections import concerning
from pipeline.engine.manifest import LastRun, read_last_run
from pipeline.engine.plan import ROW_TYPES, Stage, StageFunction, Step
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store, to_json
from pipeline.errors import AlignmentError, RowsFailedError, StoreError
from pipeline.records import Article

KnownRow = Callable[[Sequence[Any]], Any | None]


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A finished run whose shards, rows and files may be taken: its store, and its manifest."""

    store: Store
    facts: LastRun

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        """Keys of its shards by table."""
        return self.facts.tables

    @classmethod
    def open(cls, folder: Path) -> "EarlierRun | None":
        """Return the run in a folder; None if its manifest cannot be read."""
        try:
            return cls(Store(folder), read_last_run(folder))
        except StoreError:
            return None

    @property
    def ended(self) -> float:
        """When its manifest was written last, in seconds since 1970. Raises OSError."""
        return (self.store.folder / "manifest.json").stat().st_mtime

    def link(self, table: str, key: str, store: Store) -> bool:
        """Take a finished shard of the same key into `store`. False if there is none."""
        return self.store.has(table, key) and store.link(table, key, self.store)

    def known_rows(
        self, step: Step, corrections: Mapping[str, str], taken: Collection[str]
    ) -> KnownRow:
        """Return what looks up the row that was made earlier of what a stage reads of an article.

        None for an article that was not made with the settings of `step`. The shards with the
        keys in `taken` are left out, because all their articles are taken already.
        """
        known: dict[bytes, Any] = {}
        for key, input_keys in self._shards_of(step, corrections):
            if key not in taken:
                known |= self._rows_of(step, key, input_keys)
        return lambda inputs: _renamed(known.get(_content(inputs)), inputs[0])

    def _shards_of(
        self, step: Step, corrections: Mapping[str, str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the shards that this step would have made, with the keys of what they are of."""
        stage = step.stage
        names = [self.tables.get(table, ()) for table in (stage.writes, *stage.reads)]
        if len({len(keys) for keys in names}) != 1:
            return
        for key, *input_keys in zip(*names, strict=True):
            concerned = concerning(stage, input_keys, self.store, corrections)
            is_same = step.key(input_keys, concerned) == key
            # a shard with failures may have rows that are to be made again
            if is_same and not self.store.read_failures(stage.writes, key):
                yield key, tuple(input_keys)

    def _rows_of(self, step: Step, key: str, input_keys: Sequence[str]) -> dict[bytes, Any]:
        stage = step.stage
        try:
            tables = [
                self.store.read(table, name, ROW_TYPES[table])
                for table, name in zip(stage.reads, input_keys, strict=True)
            ]
            rows: list[Any] = self.store.read(stage.writes, key, stage.row_type)
        except StoreError:
            return {}
        if any(len(table) != len(rows) for table in tables):
            return {}  # some rows failed at an earlier stage
        return {_content(inputs): row for *inputs, row in zip(*tables, rows, strict=True)}


def fill(
    step: Step, shards: Sequence[Shard], store: Store, known: KnownRow
) -> tuple[Step, list[Shard]]:
    """Write the missing shards whose rows are all known; return the step and shards that remain.

    The step that is returned calls the stage with the other articles only.
    """
    filled = []
    for shard in shards:
        rows = None if shard.is_ready else _all_known(step.stage, shard, store, known)
        if rows is not None:
            store.write(step.stage.writes, shard.key, rows)
        filled.append(shard if rows is None else replace(shard, is_ready=True))
    return replace(step, load=lambda tools: _with_known(step.load(tools), known)), filled


def _all_known(stage: Stage, shard: Shard, store: Store, known: KnownRow) -> list[Any] | None:
    """Return the rows of a shard, or None if one is not known or an input failed."""
    inputs = list(zip(stage.reads, shard.input_keys, strict=True))
    if not all(store.has(table, key) for table, key in inputs):
        return None
    tables = [store.read(table, key, ROW_TYPES[table]) for table, key in inputs]
    rows = [known(row_inputs) for row_inputs in zip(*tables, strict=True)]
    return None if None in rows else rows


def _with_known(function: StageFunction, known: KnownRow) -> StageFunction:
    """Call a stage with the articles whose rows are not known, and put the others between."""

    def made(*tables: Sequence[Any]) -> list[Any]:
        rows = [known(inputs) for inputs in zip(*tables, strict=True)]
        missing = [place for place, row in enumerate(rows) if row is None]
        if not missing:
            return rows
        failed = False
        try:
            answers = function(*([table[place] for place in missing] for table in tables))
        except RowsFailedError as error:
            answers, failed = error.rows, True
        if len(answers) != len(missing):
            raise AlignmentError(f"{len(answers)} rows came back for {len(missing)}")
        for place, answer in zip(missing, answers, strict=True):
            rows[place] = answer
        if failed:
            raise RowsFailedError(rows)
        return rows

    return made


@cache
def _articles() -> TypeAdapter[Article]:
    return TypeAdapter(Article)


_PLACES: dict[str, Any] = {
    **dict.fromkeys(("id", "document_id", "source", "pages"), True),
    "blocks": {"__all__": {"sentences": {"__all__": {"spans"}}}},
}
"""What of an article no stage after segment reads: names, and places in the text."""


def _content(inputs: Sequence[Any]) -> bytes:
    """Return a digest of an article and of what was made of it, without names and places."""
    article, *others = inputs
    parts = [_articles().dump_json(article, exclude=_PLACES)]
    # a stage may ask whether a sentence has a place at all: a title beside the text has none
    placed = (bool(s.spans) for block in article.blocks for s in block.sentences)
    parts.append(bytes(placed))
    parts += [to_json(replace(row, article_id="")).encode("utf-8", "replace") for row in others]
    return hashlib.sha256(b"\0".join(parts)).digest()


def _renamed(row: Any, article: Article) -> Any:
    return None if row is None else replace(row, article_id=article.id)
