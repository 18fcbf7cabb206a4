"""Shards made one group after the other, in this process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.engine.executors import Counter
from pipeline.engine.journal import Journal
from pipeline.engine.plan import Step, Tools
from pipeline.engine.shards import Shard, grouped
from pipeline.engine.store import Store
from pipeline.engine.work import make_shards
from pipeline.memory.memory import Memory
from pipeline.signals import raise_if_stopped


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Loads the step's models when a shard is missing, and makes the shards in order.

    Neighbours that fill a window together are made together if there is a memory; without one
    a group that is cut off would be lost. `reuse` takes what the memory knows.
    """

    store: Store
    journal: Journal
    counter: Counter
    memory: Memory | None
    reuse: bool
    corrections: Mapping[str, str]

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready."""
        groups = self._missing(step, shards)
        if not groups:
            return
        tools = Tools(self.memory, self.reuse, self.counter.window, self.corrections)
        function = step.load(tools)
        for group in groups:
            raise_if_stopped()
            with self.counter.making(len(group)):
                make_shards(step.stage, function, self.store, group, self.journal)

    def _missing(self, step: Step, shards: Sequence[Shard]) -> list[list[Shard]]:
        """Cut all shards into groups, then leave out those that are ready.

        So a run that is picked up again makes the same windows.
        """
        table = step.stage.reads[0]
        sizes = [self.store.size(table, shard.input_keys[0]) for shard in shards]
        groups = grouped(shards, sizes, step.bytes_at_once if self.memory else 0)
        missing = ([shard for shard in group if not shard.is_ready] for group in groups)
        return [group for group in missing if group]
