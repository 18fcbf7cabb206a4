"""Model folders in object stores (`s3://`, `gs://`, `hf://` …): fetched once into the cache."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from models.errors import WeightsError
from models.files import folder_aside, make_folder_of, move_folder
from models.weights.checksums import SUMS, sums_problem

Answer = TypeVar("Answer")
_MOST_TRIES = 6
_FIRST_PAUSE_SECONDS = 0.1


def far_folder(address: str, cache: Path, patterns: Iterable[str]) -> Path:
    """Return the copy of a model folder on this machine, with the files of `patterns`.

    The store is listed each time; files are fetched again when a size, a time or a digest there
    is another one. What is fetched must match its SHA256SUMS, if the folder has one. Raises
    WeightsError if the folder is not there or the store does not answer.
    """
    system, root = _opened(address)
    rows: Mapping[str, Mapping[str, Any]] = _trying(address, lambda: system.find(root, detail=True))
    wanted = [*patterns, SUMS]
    files = {
        name: row
        for place, row in sorted(rows.items())
        if any(fnmatch(name := place[len(root) + 1 :], pattern) for pattern in wanted)
    }
    if not files:
        raise WeightsError(f"model path '{address}': there is no model in this folder of the store")
    state = [address, *(f"{name} {_version(row)}" for name, row in files.items())]
    digest = hashlib.sha256("\n".join(state).encode()).hexdigest()[:16]
    folder = cache / "models" / f"{PurePosixPath(root).name}-{digest}"
    if not folder.is_dir():
        with folder_aside(folder) as aside:
            for name in files:
                path = aside / name
                make_folder_of(path)
                _fetch(system, f"{root}/{name}", path, f"{address}/{name}")
            if problem := sums_problem(aside):
                raise WeightsError(f"{address}: {problem.replace(f'{aside}/', '')}")
            move_folder(aside, folder)
    return folder


def _opened(address: str) -> tuple[Any, str]:
    try:
        import fsspec

        system, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise WeightsError(f"model path '{address}': {error}") from None
    return system, root.rstrip("/")


def _fetch(system: Any, place: str, path: Path, shown: str) -> None:
    _trying(shown, lambda: system.get_file(place, str(path)))


def _trying(shown: str, call: Callable[[], Answer]) -> Answer:
    for number in range(_MOST_TRIES):
        try:
            return call()
        except FileNotFoundError:
            raise WeightsError(f"model path '{shown}': there is no such file or folder") from None
        except Exception as error:  # noqa: BLE001 - each store has errors of its own
            problem = error
            time.sleep(_FIRST_PAUSE_SECONDS * 2**number)
    raise WeightsError(f"model path '{shown}': cannot be read: {problem}") from None


def _version(row: Mapping[str, Any]) -> str:
    """Return what tells one content of a file from another, as the store knows it."""
    keys = ("ETag", "etag", "md5Hash", "content_settings", "LastModified", "mtime", "created")
    return " ".join([str(row.get("size")), *(str(row[key]) for key in keys if key in row)])
