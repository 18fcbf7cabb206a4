"""The other end of an executor: shards made in another process, from a config and their keys."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.runtime.device import named
from pipeline.bucket import run_folder
from pipeline.config.sections import Config
from pipeline.engine.journal import Journal
from pipeline.engine.keys import digest
from pipeline.engine.plan import STAGES, StageFunction, Step, Tools
from pipeline.engine.shard_keys import Shard
from pipeline.engine.stages import prepare
from pipeline.engine.store import Store
from pipeline.engine.work import make_shards
from pipeline.errors import ModelError, StoreError
from pipeline.memory.protocol import SentenceMemory


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker must know of a table: it finds everything else itself.

    `settings` is the digest of the step's settings, which no worker may change; `folder` is
    the current folder of the run, to which its paths are relative.
    """

    config: Config
    stage: str
    settings: str
    models: tuple[str, ...]
    folder: str
    reuse: bool
    corrections: Mapping[str, str]

    @classmethod
    def of(cls, config: Config, step: Step, reuse: bool, corrections: Mapping[str, str]) -> "Order":
        """Return the order for one step of a run in the current folder."""
        settings, models = digest(step.settings), _facts(step)
        folder = str(Path.cwd())
        return cls(config, step.stage.name, settings, models, folder, reuse, corrections)


def _facts(step: Step) -> tuple[str, ...]:
    return tuple(
        f"{model.name} ({model.backend}, {model.precision}, {named(model.devices)})"
        for model in step.models
    )


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a group of shards: sentences counted, and events for the run's log."""

    remembered: int
    translated: int
    events: tuple[tuple[str, str, str, dict[str, Any]], ...]


class ShardWorker:
    """Makes groups of shards; loads the models of a stage once, when its first shard comes."""

    def __init__(self, memory: SentenceMemory | None) -> None:
        self._memory = memory
        self._order: Order | None = None
        self._made: tuple[Step, StageFunction, Store] | None = None
        self._remembered = self._translated = 0

    def make(self, order: Order, shards: Sequence[Shard]) -> Made:
        """Make shards of one table.

        Raises StoreError if the run folder is not here, ModelError if this machine would make
        other shards than the run has planned, and whatever ends a local run.
        """
        step, function, store = self._prepared(order)
        self._remembered = self._translated = 0
        journal = _Relay()
        make_shards(step.stage, function, store, shards, journal)
        return Made(self._remembered, self._translated, tuple(journal.events))

    def _prepared(self, order: Order) -> tuple[Step, StageFunction, Store]:
        """Load what the first order of a step needs; what it reads is complete, so listed once."""
        if self._made is None or order != self._order:
            self._made = None  # lets go of the models before others are loaded
            step = _step(order)
            tools = Tools(self._memory, order.reuse, self._count, order.corrections)
            store = Store(run_folder(order.config.output))
            self._order, self._made = order, (step, step.load(tools), store)
        return self._made

    def _count(self, remembered: int, translated: int, share: float) -> None:  # noqa: ARG002
        self._remembered += remembered
        self._translated += translated


def _step(order: Order) -> Step:
    if not Path(order.folder, run_folder(order.config.output)).is_dir():
        raise StoreError(
            f"{order.folder}/{order.config.output}: not on the worker {socket.gethostname()}; the "
            "run folder must be on a disk that all machines share"
        )
    os.chdir(order.folder)
    [stage] = [stage for stage in STAGES if stage.name == order.stage]
    step = prepare(stage, order.config)
    if digest(step.settings) != order.settings:
        raise ModelError(
            f"{stage.name}: the worker {socket.gethostname()} would use "
            f"{'; '.join(_facts(step)) or 'other settings'}, but the run has planned "
            f"{'; '.join(order.models)}; install the same Yibao and models there, and set "
            "runtime.precision and backend in the config"
        )
    return step


class _Relay(Journal):
    """Collects events, for the run to log."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, str, str, dict[str, Any]]] = []

    def _write(
        self,
        level: str,
        event: str,
        message: str,
        fields: dict[str, Any],
        *,
        is_for_people: bool = True,  # noqa: ARG002
        is_recorded: bool = True,  # noqa: ARG002
    ) -> None:
        self.events.append((level, event, message, fields))
