"""Miniature checkpoints by name, each made when a test first asks for it, and commands on them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

from metric_checkpoints import make_comet, make_encoder, make_metricx
from models.errors import WeightsError
from pipeline.cli import cli
from pipeline.errors import PipelineError
from tests import checkpoints

LICENCE = "apache-2.0"
TEXTS = [checkpoints.CHINESE, checkpoints.ENGLISH]

METRICS: dict[str, Callable[[Path], Path]] = {
    "comet": lambda folder: make_comet(folder, "comet", TEXTS),
    "cometkiwi": lambda folder: make_comet(folder, "cometkiwi", TEXTS),
    "xcomet": lambda folder: make_comet(folder, "xcomet", TEXTS),
    "metricx": lambda folder: make_metricx(folder, TEXTS),
    "encoder": lambda folder: make_encoder(folder, TEXTS),
}
WRITERS: dict[str, Callable[[Path], Path]] = {
    **checkpoints.TRANSLATORS,
    "mt5": lambda folder: _ending(checkpoints.make_mt5(folder)),
    "madlad": lambda folder: checkpoints.make_madlad(folder, added=True),
    "causal": checkpoints.make_causal,
    "qwen": lambda folder: _terse(checkpoints.make_qwen(folder, positions=4096)),
}


def _terse(folder: Path) -> Path:
    """Let every ninth token end an answer: a random model would seldom find the one end."""
    for name in ("config.json", "generation_config.json"):
        values = json.loads((folder / name).read_text(encoding="utf-8"))
        values["eos_token_id"] = list(range(0, 256, 9))
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    return folder


def _ending(folder: Path) -> Path:
    """Let a T5 end its outputs more often: what speaks for the end weighs four times as much."""
    tensors = load_file(folder / "model.safetensors")
    tensors["shared.weight"][1] *= 4
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


class Shelf:
    """Checkpoints in a folder, with a card that states their licence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str, *, positions: int = checkpoints.POSITIONS) -> str:
        """Return the folder of a checkpoint, made if need be; `positions` as far as it has any."""
        folder = self._folder / f"{name}-{positions}"
        if not folder.exists():
            with _positions(positions):
                made = (METRICS | WRITERS)[name](folder)
            card = f"---\nlicense: {LICENCE}\n---\n"
            (made / "README.md").write_text(card, encoding="utf-8")
        return str(folder)


@contextmanager
def _positions(count: int) -> Iterator[None]:
    before = checkpoints.WIDTH["max_position_embeddings"]
    checkpoints.WIDTH["max_position_embeddings"] = count
    try:
        yield
    finally:
        checkpoints.WIDTH["max_position_embeddings"] = before


def call(*arguments: str | Path, ends: int = 0) -> str:
    """Call a command in this process and return what it says, errors included.

    Fails unless it ends with the exit code `ends`, or if it ends in a traceback.
    """
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    code, said = result.exit_code, result.output
    match result.exception:
        case PipelineError() | WeightsError() as error:  # what `main` turns into a line
            code, said = getattr(error, "exit_code", 1), f"{said}Error: {error}\n"
        case None | SystemExit():
            pass
        case error:
            raise error
    assert code == ends, said
    return said


def write_config(path: Path, values: dict[str, Any]) -> Path:
    """Write a config and return its path."""
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def options(settings: Sequence[str]) -> list[str]:
    """Return settings as options of a command."""
    return [option for setting in settings for option in ("--set", setting)]
