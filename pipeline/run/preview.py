"""What a run would do, told without doing it."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.device import named
from pipeline.bucket import open_run
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.corrections import known_corrections
from pipeline.engine.documents import Tally, document_shards
from pipeline.engine.intake import Intake
from pipeline.engine.plan import DOCUMENTS, Step
from pipeline.engine.quality import quality_line, settle_quality
from pipeline.engine.shard_keys import plan_tables
from pipeline.engine.stages import make_plan
from pipeline.engine.store import Store
from pipeline.engine.work import would_be_ready
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
    notes: tuple[str, ...]
    memory: str
    quality: str
    stages: tuple[StagePreview, ...]


def preview(config: Config, options: Options) -> Preview:
    """Return what a run would make. Reads the input, loads no model, writes nothing."""
    config = settle_quality(config)
    plan = make_plan(config, options.until)
    store = Store(open_run(config.output))
    unread: list[Failure] = []
    tally = Tally()
    intake = Intake()
    documents = [key for key, _ in document_shards(config, unread, options.limit, tally, intake)]
    tables = {DOCUMENTS: documents}
    stages = []
    for step, shards in plan_tables(plan.steps, tables, store, known_corrections(config)):
        ready = 0
        if not options.fresh:
            ready = sum(would_be_ready(step.stage, store, shard) for shard in shards)
        stages.append(StagePreview(step.stage.name, len(shards), ready, _model_names(step)))
    notes = tuple(intake.notes())
    memory, quality = memory_line(memory_path(config)), quality_line(config)
    return Preview(tally, tuple(unread), notes, memory, quality, tuple(stages))


def preview_lines(value: Preview) -> Iterator[str]:
    """Yield the preview as lines of text."""
    unread = f", {len(value.unread)} cannot be read" if value.unread else ""
    yield f"{value.readable}{unread}"
    for group in alike(value.unread):
        yield f"  {failure_line(group)}"
    yield from value.notes
    yield f"memory: {value.memory}"
    if value.quality:
        yield f"quality: {value.quality}"
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
