"""Where shards are made: in this process, by several that share a folder, or on a Ray cluster.

An executor gets a step and all shards of its table, in order, and makes those that are not
ready. It returns when they are in the store.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pipeline.engine.plan import Step
from pipeline.engine.shard_keys import Shard


class Counter(Protocol):
    """Hears what the executor has made."""

    def making(self, shards: int) -> AbstractContextManager[None]:
        """Count the shards that are made meanwhile."""

    def window(self, remembered: int, translated: int, share: float) -> None:
        """Count sentences, and the share of the group that is done; see `memory.Progress`."""


class Executor(Protocol):
    """Makes the missing shards of a table."""

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready.

        Raises PipelineError or WeightsError if it cannot go on; the shards it made stay.
        """
