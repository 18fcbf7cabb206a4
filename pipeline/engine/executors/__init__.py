"""Where shards are made: on this machine, for now.

An executor gets a step and all shards of its table, in order, and makes those that are not
ready. It returns when they are in the store.
"""

from collections.abc import Sequence
from typing import Protocol

from pipeline.engine.plan import Step
from pipeline.engine.shards import Shard


class Executor(Protocol):
    """Makes the missing shards of a table."""

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready.

        Raises PipelineError or WeightsError if it cannot go on; the shards it made stay.
        """
        ...
