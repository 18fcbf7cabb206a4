"""Input in object stores: what is new or changed there is copied to this machine first."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from models.weights.find import cache_folder
from pipeline.bucket import Bucket, is_address
from pipeline.errors import ConfigError
from pipeline.storage import remove

_MAGIC = frozenset("*?[")


def bring_inputs(
    paths: Sequence[str], bases: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Return input paths on this machine, and the folder that each is relative to.

    An address (`s3://bucket/pages`, `s3://bucket/pages/*.md`) is replaced by a copy of its files.
    Raises ConfigError if there is nothing, StoreError if the store does not answer.
    """
    near, near_bases = [], dict(bases)
    for path in paths:
        if is_address(path):
            copy, base = _bring(path.rstrip("/"))
            if path in bases:  # a dated folder
                below = path.rstrip("/").removeprefix(bases[path]).count("/")
                base = copy.rsplit("/", below)[0]
            near.append(copy)
            near_bases[copy] = base
        else:
            near.append(path)
    return near, near_bases


def _bring(address: str) -> tuple[str, str]:
    parent, _, name = address.rpartition("/")
    if set(parent) & _MAGIC or "**" in name:
        raise ConfigError(
            f"input.paths: {address}: in a store, only the last part of an address may be a "
            "pattern; name the folder instead"
        )
    is_pattern = bool(set(name) & _MAGIC)
    folder = parent if is_pattern else address
    bucket = Bucket(folder if is_pattern else parent)
    files = bucket.find("" if is_pattern else name)
    if not files:
        raise ConfigError(f"input.paths: {address}: there is no such file or folder")
    above = folder.rpartition("/")[0]
    base = cache_folder("auto") / "inputs" / hashlib.sha256(above.encode()).hexdigest()[:16]
    root = base / PurePosixPath(folder).name if is_pattern else base
    for file, entry in files.items():
        _copy(bucket, file, root / file, entry.size, entry.changed)
    here = root if is_pattern else root / name
    if here.is_dir():
        for path in here.rglob("*"):
            if path.is_file() and path.relative_to(root).as_posix() not in files:
                remove(path)  # gone from the store
    return str(here / name if is_pattern else here), str(base)


def _copy(bucket: Bucket, name: str, path: Path, size: int, changed: float) -> None:
    """Copy a file unless the copy of before has its size and time."""
    if path.is_file():
        before = path.stat()
        if before.st_size == size and abs(before.st_mtime - changed) < 1:
            return
    bucket.fetch(name, path)
    os.utime(path, (changed, changed))
