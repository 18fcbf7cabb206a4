"""What this machine has, and what a run would choose on it."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pipeline
from models.device import available_threads, cuda_device_count, has_mps
from models.local import bundled_models
from models.weights import cache_folder
from pipeline.config import Config
from pipeline.errors import PipelineError
from pipeline.manifest import git_commit, library_versions
from pipeline.memoryplace import memory_line, memory_path
from pipeline.plan import STAGES, prepare


def doctor_lines(config: Config | None) -> Iterator[str]:
    """Yield what somebody who helps a user would ask first; imports no heavy library."""
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
    yield _line("cache", str(cache_folder(config.runtime.cache if config else "auto")))
    yield _line("bundled", ", ".join(model.path for model in bundled_models()) or "none")
    if config:
        yield from _choices(config)


def _choices(config: Config) -> Iterator[str]:
    """Yield what each stage of a config would use, or why it cannot."""
    yield _line("output", str(Path(config.output).absolute()))
    try:
        yield _line("memory", memory_line(memory_path(config)))
    except PipelineError as error:
        yield _line("memory", f"cannot be used: {error}")
    for stage in STAGES:
        try:
            models = prepare(stage, config).models
        except PipelineError as error:
            yield _line(stage.name, f"cannot run: {error}")
            continue
        for model in models:
            yield _line(stage.name, model.name)
            yield from (_line("", reason) for reason in model.reasons)


def _line(name: str, text: str) -> str:
    return f"{name:<14}{text}".rstrip()
