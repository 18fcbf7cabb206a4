"""Shards made one group after the other, in this process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.engine.executors import Counter
from pipeline.engine.executors.groups import missing_groups
from pipeline.engine.journal import Journal
from pipeline.engine.plan import Step, Tools
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.engine.work import make_shards
from pipeline.memory.protocol import SentenceMemory
from pipeline.signals import raise_if_stopped


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Loads the step's models when a shard is missing, and makes the shards in order.

    `reuse` takes what the memory knows.
    """

    store: Store
    journal: Journal
    counter: Counter
    memory: SentenceMemory | None
    reuse: bool
    corrections: Mapping[str, str]

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready."""
        groups = missing_groups(step, shards, self.store, has_memory=self.memory is not None)
        if not groups:
            return
        tools = Tools(self.memory, self.reuse, self.counter.window, self.corrections)
        function = step.load(tools)
        for group in groups:
            raise_if_stopped()
            with self.counter.making(len(group)):
                make_shards(step.stage, function, self.store, group, self.journal)
