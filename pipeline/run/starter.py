"""A starter folder: a commented config, a sample page with its reference, a README."""

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.storage import write_file


def make_starter(folder: Path) -> list[Path]:
    """Write the starter files into a new or empty folder; return them.

    Raises ConfigError if the folder has something in it: nothing is overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: already exists and is not empty; choose another folder")
    written = []
    for name, file in _files(resources.files("pipeline") / "starter"):
        path = folder / name
        write_file(path, file.read_bytes())
        written.append(path)
    return written


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _files(item, f"{prefix}{item.name}/")
        else:
            yield prefix + item.name, item
