"""Where a run writes if neither the command line nor a config names a folder.

One input: beside it (`page.txt` → `page.yibao`). Several inputs, or a pattern: `pages.yibao` in
the current folder. Standard input: `stdin.yibao` in the current folder.
"""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from pipeline.errors import StoreError
from pipeline.storage import RUN_SUFFIX, read_json

SEVERAL = f"pages{RUN_SUFFIX}"
_PACKED = (".gz", ".zst")


def default_output(inputs: Sequence[str]) -> str:
    """Return the run folder for these inputs, relative to the current folder or absolute.

    Two files whose names differ only in their ending get two folders: the one that comes second
    keeps its ending (`page.md.yibao`).
    """
    if len(inputs) != 1 or not (inputs[0] == "-" or os.path.lexists(inputs[0])):
        return SEVERAL
    path = Path(inputs[0])
    if inputs[0] == "-":
        return f"stdin{RUN_SUFFIX}"
    if path.is_dir() and Path.cwd().is_relative_to(path.resolve()):
        return f"{path.resolve().name or 'pages'}{RUN_SUFFIX}"
    folder = path.with_name(
        f"{path.name if path.is_dir() else name_without_ending(path)}{RUN_SUFFIX}"
    )
    if _last_input(folder) not in (None, path.name):
        folder = path.with_name(f"{path.name}{RUN_SUFFIX}")
    return str(folder)


def base_of(inputs: Sequence[str]) -> dict[str, str]:
    """Return the folder that the sources of a single input are written without, by input.

    The same page then makes the same run from whichever folder it is started.
    """
    if len(inputs) != 1 or inputs[0] == "-" or not os.path.lexists(inputs[0]):
        return {}
    return {inputs[0]: str(PurePath(inputs[0]).parent)}


def name_without_ending(path: PurePath) -> str:
    """Return the name of a file without its ending, and without that of its packing."""
    bare = PurePath(path.stem) if path.suffix.lower() in _PACKED else path
    return bare.stem or path.name


def _last_input(folder: Path) -> str | None:
    """Return the name of the input that a run folder was last made from; None if unknown."""
    if not (folder / "manifest.json").is_file():
        return None
    try:
        manifest = read_json(folder / "manifest.json")
        return Path(str(manifest["config"]["input"]["paths"][0])).name
    except (StoreError, KeyError, TypeError, IndexError):
        return None
