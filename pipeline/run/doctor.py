"""What this machine has, and what a run would choose on it."""

import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import pipeline
from models.installed import bundled_models
from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.device import available_threads, cuda_device_count, has_mps
from models.weights.find import cache_folder
from pipeline.bucket import is_address, run_folder
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.manifest import git_commit, library_versions
from pipeline.engine.plan import STAGES
from pipeline.engine.stages import make_plan
from pipeline.errors import PipelineError
from pipeline.memory.summary import memory_line
from pipeline.nightly.hooks import hook_lines


def doctor_lines(config: BaseModel | None) -> Iterator[str]:
    """Yield what somebody who helps a user would ask first; imports no heavy library.

    `config` is that of a run or of an evaluation.
    """
    runtime: Any = getattr(config, "runtime", None)
    commit = git_commit()
    yield _line("yibao", pipeline.__version__ + (f" ({commit[:12]})" if commit else ""))
    yield _line("python", f"{platform.python_version()} at {sys.executable}")
    yield _line("system", platform.platform())
    yield _line("cpu", f"{available_threads()} cores usable")
    count = cuda_device_count()
    several = "; runtime.device: cuda:all uses all of them" if count > 1 else ""
    yield _line("cuda", f"{count} devices{several}")
    yield _line("mps", "yes" if has_mps() else "no")
    for name, version in library_versions().items():
        yield _line(name, version)
    yield _line("cache", str(cache_folder(runtime.cache if runtime else "auto")))
    yield _line("bundled", ", ".join(model.path for model in bundled_models()) or "none")
    if isinstance(config, Config):
        yield from _choices(config)
    elif config is not None:
        yield from _evaluation_choices(config)


def _choices(config: Config) -> Iterator[str]:
    """Yield what each stage of a config would use, or why it cannot."""
    yield _line("output", _output_text(config.output))
    try:
        yield _line("memory", memory_line(memory_path(config)))
    except PipelineError as error:
        yield _line("memory", f"cannot be used: {error}")
    plan = make_plan(config, in_spite_of_problems=True)
    models = {step.stage.name: step.models for step in plan.steps}
    for stage in STAGES:
        if problem := plan.problems.get(stage.name):
            yield _line(stage.name, f"cannot run: {problem}")
        for model in models.get(stage.name, ()):
            yield from _model_lines(stage.name, model.name, model)
    yield from (_line("notify", line) for line in hook_lines(config.notify))


def _output_text(output: str) -> str:
    folder = run_folder(output).absolute()
    return f"{output} (through {folder})" if is_address(output) else str(folder)


def _evaluation_choices(config: BaseModel) -> Iterator[str]:
    """Yield what the models among the systems and metrics would use, or why they cannot run."""
    # imported here: numpy and the models of an evaluation are needed for nothing else
    from pipeline.evaluate.config import EvaluationConfig, ModelOutput, SummarizerOutput
    from pipeline.evaluate.inputs.summarizers import resolve_system
    from pipeline.evaluate.inputs.systems import as_run, prepare_system
    from pipeline.evaluate.metrics.trained import metric_model

    if not isinstance(config, EvaluationConfig):
        raise TypeError(f"{type(config).__name__} is not the config of a run or an evaluation")
    folder = Path(config.output)
    yield _line("output", str(folder.absolute()))
    for system in config.systems:
        if not isinstance(system, ModelOutput | SummarizerOutput):
            yield _line("system", f"{system.name}: {system.path}")
            continue
        models: Sequence[ResolvedModel | ResolvedScorer]
        try:
            if isinstance(system, SummarizerOutput):
                models = [resolve_system(system, config.runtime)]
            else:
                models = prepare_system(system, as_run(system, config.runtime, folder)).models
        except PipelineError as error:
            yield _line("system", f"{system.name} cannot run: {error}")
            continue
        for model in models:
            yield from _model_lines("system", f"{system.name}: {model.name}", model)
    for name, spec in config.trained_metrics.items():
        try:
            metric = metric_model(name, spec, config.runtime)
        except PipelineError as error:
            yield _line("metric", f"{name} cannot run: {error}")
            continue
        yield from _model_lines("metric", f"{name}: {metric.name}", metric)


def _model_lines(name: str, text: str, model: ResolvedModel | ResolvedScorer) -> Iterator[str]:
    yield _line(name, text)
    yield from (_line("", reason) for reason in model.reasons)
    if model.backend != "none":
        yield _line("", f"licence {model.licence or 'not stated'}")


def _line(name: str, text: str) -> str:
    return f"{name:<14}{text}".rstrip()
