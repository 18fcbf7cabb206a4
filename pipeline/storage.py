"""Safe file access: a file is written completely or not at all, and is on disk on return.

Whatever the pipeline writes, renames, locks or removes, it does here; `models.files` is the
same for models. Every failure names the file and what to do.
"""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from models.files import file_aside, sweep, write_flushed
from pipeline.errors import FolderLockedError, StoreError

_LOCK = ".lock"
MEMORY_NAME = "memory.sqlite"
RUN_SUFFIX = ".yibao"
"""How the name of a run folder ends that was made beside its input."""


def is_result(path: Path) -> bool:
    """True for a run folder and for a translation memory: they are results, never input."""
    if path.name.startswith(MEMORY_NAME):
        return path.is_file()
    if path.name.endswith(RUN_SUFFIX):
        return path.is_dir()
    has_log = next(path.glob("log*.jsonl"), None) is not None
    return has_log and any((path / name).is_file() for name in ("manifest.json", _LOCK))


def write_atomically(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Replace a file so that a reader sees either the old or the new content.

    Writes a temporary file, flushes it to disk, and renames it. A long text may come in parts.

    Raises StoreError if the disk is full or the folder may not be written.
    """
    sweep(path.parent, path.name.__eq__)
    with writing_aside(path) as aside:
        write_flushed(aside, _pieces(content))
        aside.replace(path)


def write_if_changed(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Replace a file as `write_atomically` does, unless it has the same content already."""
    data = b"".join(_pieces(content))
    with reporting(path, "read"):
        is_same = path.is_file() and path.read_bytes() == data
    if not is_same:
        write_atomically(path, data)


def write_file(path: Path, data: bytes) -> None:
    """Write a new file, and its folder. Raises StoreError."""
    with reporting(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def create_file(path: Path, text: str) -> bool:
    """Make a file that is not there yet; False if it is. Of several processes one succeeds.

    Raises StoreError.
    """
    with reporting(path, "written"):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            return False
    return True


def touch(path: Path) -> None:
    """Set the time of a file's last change to now. Raises OSError if it is not there."""
    os.utime(path)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if need be. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True)


def open_to_append(path: Path) -> IO[str]:
    """Open a text file at its end, made with its folder if need be. Raises StoreError."""
    with reporting(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a", encoding="utf-8")


def overwrite(path: Path, old: bytes, new: bytes) -> None:
    """Replace the first `old` in a file by `new` and blanks, which needs no room on the disk.

    Changes nothing if `new` is longer. Raises OSError.
    """
    with path.open("r+b") as file:
        place = file.read().find(old)
        if place >= 0 and len(new) <= len(old):
            file.seek(place)
            file.write(new.ljust(len(old)))


@contextmanager
def hold_folder(folder: Path, *, name: str = _LOCK, wait_seconds: float = 0.2) -> Iterator[None]:
    """Make a folder and lock it; the system releases it when the process ends, however it ends.

    `plan` and `show` take it for a moment, so it is waited for a little. Raises
    FolderLockedError if another process holds it.
    """
    with reporting(folder, "made"):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / name)
    with reporting(folder, "locked"):
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise FolderLockedError(
                f"{folder}: another run is writing here; wait for it, or choose another output"
            ) from None
    try:
        yield
    finally:
        lock.release()


def remove_empty_run(new_folders: Sequence[Path]) -> None:
    """Remove the files of the first folder, then the folders; leave it if it has a folder."""
    if not new_folders or not new_folders[0].is_dir():
        return
    files = list(new_folders[0].iterdir())
    if any(file.is_dir() for file in files):
        return
    with suppress(OSError):
        for file in files:
            file.unlink()
        for folder in new_folders:
            folder.rmdir()


@contextmanager
def writing_aside(path: Path) -> Iterator[Path]:
    """Yield the temporary file to be renamed to `path`; remove it if it remains.

    Raises StoreError, naming `path`, for any error of the disk.
    """
    with reporting(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with file_aside(path) as aside:
            yield aside


def rename(aside: Path, path: Path) -> None:
    """Rename a file that is complete, over an older one if there is one. Raises OSError."""
    aside.replace(path)


def remove(path: Path) -> None:
    """Remove a file if it exists. Raises StoreError if that is not allowed."""
    with reporting(path, "removed"):
        path.unlink(missing_ok=True)


@contextmanager
def reporting(path: Path, what: str) -> Iterator[None]:
    """Turn an OSError into a StoreError that names the file and the remedy."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE_BY_ERROR.get(error.errno or 0, "")
        reason = error.strerror or str(error)
        raise StoreError(f"{path}: cannot be {what}: {reason}{advice}") from error


_NO_ROOM = "; free some space and run again: finished work stays"
_NOT_ALLOWED = "; change its permissions or those of its folder, or choose another folder"
_ADVICE_BY_ERROR = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
}


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file. Raises StoreError if it is missing or damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: no such file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; delete it and run again") from None
    if not isinstance(values, dict):
        raise StoreError(f"{path}: holds no JSON object")
    return values


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file. Raises StoreError if it is missing or damaged."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        raise StoreError(f"{path}: no such file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; delete it and run again") from None


def _pieces(content: str | bytes | Iterable[str]) -> Iterable[bytes]:
    if isinstance(content, bytes):
        return (content,)
    return encode_lines([content] if isinstance(content, str) else content)


def encode_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Return each line as UTF-8."""
    # surrogates cannot be written as UTF-8; readers never let them in, models might
    return (line.encode("utf-8", "backslashreplace") for line in lines)
