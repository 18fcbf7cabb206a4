"""What a run would do, told without doing it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.metrics.load import ResolvedScorer
from models.resolved import ResolvedModel
from models.runtime.device import named
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.corrections import concerning, known_corrections
from pipeline.engine.documents import Tally, documents
from pipeline.engine.keys import cut, documents_key
from pipeline.engine.plan import STAGES, Stage, Step
from pipeline.engine.stages import prepare
from pipeline.engine.store import Store
from pipeline.engine.work import Shard, usable_rows
from pipeline.input.row_problems import alike, failure_line
from pipeline.memory.summary import memory_line
from pipeline.records import Failure
from pipeline.run.run import Options


@dataclass(frozen=True, slots=True)
class StagePreview:
    """One stage: how many shards it has, how many are ready, and its models in words."""

    stage: str
    shards: int
    ready: int
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A whole run: what can be read, what cannot, and every stage."""

    readable: Tally
    unread: tuple[Failure, ...]
    memory: str
    stages: tuple[StagePreview, ...]


def preview(config: Config, options: Options) -> Preview:
    """Return what a run would make. Reads the input, loads no model, writes nothing."""
    names = [stage.name for stage in STAGES]
    wanted = STAGES[: names.index(options.until) + 1] if options.until in names else STAGES
    steps = [prepare(stage, config) for stage in wanted]
    store = Store(Path(config.output))
    unread: list[Failure] = []
    tally = Tally()
    tables: dict[str, list[str]] = {"documents": []}
    for shard in cut(documents(config, unread, options.limit), config.runtime.shard_size):
        for read in shard:
            tally.add(read)
        tables["documents"].append(documents_key(shard))
    stages = []
    corrections = known_corrections(config)
    for step in steps:
        inputs = list(zip(*(tables[table] for table in step.stage.reads), strict=True))
        keys = [
            step.key(input_keys, concerning(step.stage, input_keys, store, corrections))
            for input_keys in inputs
        ]
        tables[step.stage.writes] = keys
        shards = [Shard(*each) for each in zip(keys, inputs, strict=True)]
        ready = 0 if options.fresh else sum(_is_ready(step.stage, store, each) for each in shards)
        stages.append(StagePreview(step.stage.name, len(keys), ready, _model_names(step)))
    return Preview(tally, tuple(unread), memory_line(memory_path(config)), tuple(stages))


def _is_ready(stage: Stage, store: Store, shard: Shard) -> bool:
    """True if a run would take a shard as it is; unlike a run, change nothing on the disk."""
    return store.has(stage.writes, shard.key) or usable_rows(stage, store, shard) is not None


def preview_lines(value: Preview) -> Iterator[str]:
    """Yield the preview as lines of text."""
    unread = f", {len(value.unread)} cannot be read" if value.unread else ""
    yield f"{value.readable}{unread}"
    for group in alike(value.unread):
        yield f"  {failure_line(group)}"
    yield f"memory: {value.memory}"
    yield f"{'stage':<11}{'shards':>7}{'ready':>7}{'to make':>9}  model"
    for stage in value.stages:
        numbers = f"{stage.shards:>7}{stage.ready:>7}{stage.shards - stage.ready:>9}"
        yield f"{stage.stage:<11}{numbers}  {'; '.join(stage.models)}".rstrip()


def _model_names(step: Step) -> tuple[str, ...]:
    return tuple(
        f"{model.name} ({', '.join(facts)})" if (facts := _facts(model)) else model.name
        for model in step.models
    )


def _facts(model: ResolvedModel | ResolvedScorer) -> tuple[str, ...]:
    match model.backend:
        case "none":
            return ()
        case "endpoint":
            return (model.backend, named(model.devices))
        case _:
            return (model.backend, model.precision, named(model.devices))
