"""The tables of a plan as shards: their keys, and which neighbours are made together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.engine.corrections import concerning
from pipeline.engine.plan import Step
from pipeline.engine.store import Store


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard of a table: its key, the keys of the shards it is made of, and whether it is made."""

    key: str
    input_keys: tuple[str, ...]
    is_ready: bool = False


def plan_tables(
    steps: Sequence[Step],
    tables: dict[str, list[str]],
    store: Store,
    corrections: Mapping[str, str],
) -> Iterator[tuple[Step, list[Shard]]]:
    """Yield every step with the shards of its table, and put their keys into `tables`.

    `tables` has the keys that the first step reads. The shards of a step are named when it is
    asked for, after those before it were made.
    """
    for step in steps:
        stage = step.stage
        inputs = zip(*(tables[table] for table in stage.reads), strict=True)
        shards = [
            Shard(step.key(keys, concerning(stage, keys, store, corrections)), keys)
            for keys in inputs
        ]
        tables[stage.writes] = [shard.key for shard in shards]
        yield step, shards


def grouped(shards: Sequence[Shard], sizes: Sequence[int], most: int) -> Iterator[list[Shard]]:
    """Yield neighbours together, as long as their sizes add up to no more than `most`."""
    group: list[Shard] = []
    filled = 0
    for shard, size in zip(shards, sizes, strict=True):
        if group and filled + size > most:
            yield group
            group, filled = [], 0
        group.append(shard)
        filled += size
    if group:
        yield group
