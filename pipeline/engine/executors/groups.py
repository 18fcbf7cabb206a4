"""Which shards are made together: neighbours that fill a window of the translation memory."""

from collections.abc import Sequence

from pipeline.engine.plan import Step
from pipeline.engine.shard_keys import Shard, grouped
from pipeline.engine.store import Store


def all_groups(
    step: Step, shards: Sequence[Shard], store: Store, *, has_memory: bool
) -> list[list[Shard]]:
    """Cut all shards of a table, ready or not, into groups.

    So a run that is picked up again, or another worker, makes the same windows. Without a
    memory a group that is cut off would be lost, so each shard is a group.
    """
    table = step.stage.reads[0]
    sizes = [store.size(table, shard.input_keys[0]) for shard in shards]
    return list(grouped(shards, sizes, step.bytes_at_once if has_memory else 0))


def missing_groups(
    step: Step, shards: Sequence[Shard], store: Store, *, has_memory: bool
) -> list[list[Shard]]:
    """Return the groups without the shards that are ready; see `all_groups`."""
    groups = all_groups(step, shards, store, has_memory=has_memory)
    missing = ([shard for shard in group if not shard.is_ready] for group in groups)
    return [group for group in missing if group]
