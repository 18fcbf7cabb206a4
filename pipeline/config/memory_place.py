"""Where a translation memory is: the one answer for runs, evaluations and `pipeline memory`."""

from pathlib import Path
from typing import Any

from pipeline.bucket import is_address, run_folder
from pipeline.config.paths import resolve_paths
from pipeline.config.sections import Config
from pipeline.errors import ConfigError, StoreError
from pipeline.storage import MEMORY_NAME, read_json


def place_memory(values: dict[str, Any], folder: str, own_output: object) -> None:
    """Write the path that `runtime.memory: auto` means into a config's values.

    It is beside the `output` in the file: a run with `--output` elsewhere has the same memory.
    `folder` is what paths in the file are relative to, empty for the current folder.
    """
    runtime = values.setdefault("runtime", {})
    if runtime is None or not isinstance(own_output, str) or not own_output.strip():
        return
    if isinstance(runtime, dict) and runtime.get("memory", "auto") == "auto":
        output = {"output": own_output}
        resolve_paths(output, Config, folder)
        runtime["memory"] = str(beside(output["output"]))


def place_memory_inside(values: dict[str, Any], output: str) -> None:
    """Write into a config's values that its memory is inside the run folder `output`."""
    runtime = values.setdefault("runtime", {})
    if isinstance(runtime, dict) and runtime.get("memory", "auto") == "auto":
        runtime["memory"] = str(Path(output) / MEMORY_NAME)


def memory_path(config: Config) -> Path | str | None:
    """Return where a config's translation memory is: a file, or the address of a database.

    None if it is off.
    """
    name = config.runtime.memory
    if name == "off":
        return None
    if is_address(name):
        return name
    return beside(config.output) if name == "auto" else Path(name)


def beside(output: str | Path) -> Path:
    """Return the usual place of the memory of a run folder; of a bucket, beside its mirror."""
    return run_folder(str(output)).parent / MEMORY_NAME


def memory_of_run(folder: Path) -> Path:
    """Return the memory that a run folder uses.

    A folder that was moved together with its memory finds it inside or beside itself.
    Raises ConfigError if the run uses none, and StoreError if its manifest does not say.
    """
    manifest = read_json(folder / "manifest.json")
    try:
        name = str(manifest["config"]["runtime"]["memory"])
    except (KeyError, TypeError):
        raise StoreError(
            f"{folder / 'manifest.json'}: not the manifest of a run: runtime.memory is missing"
        ) from None
    if name == "off":
        raise ConfigError(f"{folder}: this run had no translation memory (runtime.memory: off)")
    stated = manifest.get("memory") or {}
    path = Path(str(stated.get("path", name)))
    if name == "auto":
        return beside(folder)
    near = (folder / MEMORY_NAME, beside(folder))
    return next((other for other in near if not path.is_file() and other.is_file()), path)
