"""What is made from what, by which stage, and what each shard is called.

    documents ─segment─▶ articles ─translate─▶ translations ─summarize─▶ summaries
                            └──────────────────────┴──────────score────▶ scores

Documents are what was read; every other table is made by a stage.

A shard's key covers everything that can change its content (the stage and its version,
its settings, the identity of its weights, the keys of what it reads) and nothing else:
not the device, the batch size, the threads or the folder.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.device import named
from pipeline.engine.keys import digest
from pipeline.engine.resources import Resources
from pipeline.errors import PipelineError
from pipeline.memory.memory import Progress
from pipeline.memory.protocol import SentenceMemory
from pipeline.records import Article, Document, Edition, Score, Summary, Translation


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the plan. A human raises `version` when the answer changes.

    A stage that `expands` makes a tuple of rows from each row it reads, not one row.
    """

    name: str
    version: int
    reads: tuple[str, ...]
    writes: str
    row_type: type
    expands: bool = False


DOCUMENTS = "documents"
SEGMENT = Stage("segment", 10, (DOCUMENTS,), "articles", Article, expands=True)
TRANSLATE = Stage("translate", 10, ("articles",), "translations", Translation)
SUMMARIZE = Stage("summarize", 5, ("articles", "translations"), "summaries", Summary)
SCORE = Stage("score", 5, ("articles", "translations"), "scores", Score)
STAGES = (SEGMENT, TRANSLATE, SUMMARIZE, SCORE)
MADE_TABLES = tuple(stage.writes for stage in STAGES)
ROW_TYPES: dict[str, Any] = {
    DOCUMENTS: Document | Edition,
    **{stage.writes: stage.row_type for stage in STAGES},
}
REPORT_VERSION = 13


def wanted_stages(until: str) -> tuple[Stage, ...]:
    """Return the stages up to the one of this name; all of them for any other word."""
    names = [stage.name for stage in STAGES]
    return STAGES[: names.index(until) + 1] if until in names else STAGES


StageFunction = Callable[..., Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a stage may be given at load time.

    Only `corrections` change an answer: the keys of the shards they concern hold a digest
    of them (`corrections.concerning`).
    """

    memory: SentenceMemory | None
    reuse: bool
    progress: Progress
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage made ready for one config: its key's settings, and how to load its function."""

    stage: Stage
    settings: dict[str, Any]
    models: tuple[ResolvedModel | ResolvedScorer, ...]
    load: Callable[[Tools], StageFunction]
    bytes_at_once: int = 0
    """How many bytes of its first input it takes at once with a memory; of one shard any."""

    def key(self, input_keys: Sequence[str], corrections: Mapping[str, str] | None = None) -> str:
        """Name a shard by everything that can change its content, and nothing else.

        `corrections` are the editor's that concern the shard, if there are any.
        """
        content = [self.stage.name, self.stage.version, self.settings, list(input_keys)]
        return digest([*content, dict(corrections)] if corrections else content)

    @property
    def devices(self) -> tuple[str, ...]:
        """Names of the devices and servers its models run on, each once."""
        names = (device.name for model in self.models for device in model.devices)
        return tuple(dict.fromkeys(names))

    @property
    def places(self) -> tuple[str, ...]:
        """Where each model runs, in words, for models with weights."""
        return tuple(
            f"{model.name} on {'the server ' if model.device.is_server else ''}"
            f"{named(model.devices)}"
            for model in self.models
            if model.backend != "none"
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A config made ready: its wanted steps in order, and everything it names, found once.

    `problems` has the stages that cannot run and why, if the plan was made in spite of them.
    """

    resources: Resources
    steps: tuple[Step, ...]
    problems: Mapping[str, PipelineError] = field(default_factory=dict)
