"""Safe file access: a file is written completely or not at all, and is on disk on return.

Whatever the pipeline writes, renames, locks or removes, it does here; `models.files` is the
same for models. Every failure names the file and what to do.
"""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from models.files import (
    copy_file,
    file_aside,
    joined,
    link_read_only,
    remove_folder,
    sweep,
    try_hold,
    wait_for_disk,
    write_flushed,
)
from pipeline.errors import FolderLockedError, StoreError

_LOCK = ".lock"
_PATIENCE_SECONDS = 30
MEMORY_NAME = "memory.sqlite"
RUN_SUFFIX = ".yibao"
"""How the name of a run folder ends that was made beside its input."""
LATEST, BASELINE = "latest", "baseline"
"""Pointers beside dated runs: the last finished one, and the one that gates compare with."""
SERIES_LOCK = ".runs.lock"
"""The file beside dated runs that is locked while their pages and pointers change."""
RESERVED_NAMES = frozenset({LATEST, BASELINE, MEMORY_NAME, "index.html", "metrics.prom"})
"""Names beside dated runs that no run may have."""

Content = str | bytes | Iterable[str]
"""What a file is to hold; a long text may come in parts."""
WriteOne = Callable[[Path, Content], None]


def is_result(path: Path) -> bool:
    """True for a run folder and for a translation memory: they are results, never input."""
    if path.name.startswith(MEMORY_NAME):
        return path.is_file()
    if path.name.endswith(RUN_SUFFIX):
        return path.is_dir()
    has_log = next(path.glob("log*.jsonl"), None) is not None
    return has_log and any((path / name).is_file() for name in ("manifest.json", _LOCK))


def write_atomically(path: Path, content: Content) -> None:
    """Replace a file so that a reader sees either the old or the new content.

    Writes a temporary file, flushes it to disk, and renames it. A long text may come in parts.

    Raises StoreError if the disk is full or the folder may not be written.
    """
    sweep(path.parent, path.name.__eq__)
    _write(path, _pieces(content))


def _write(path: Path, pieces: Iterable[bytes], *, waits: bool = True) -> None:
    with writing_aside(path) as aside:
        write_flushed(aside, pieces, waits=waits)
        aside.replace(path)


def write_if_changed(path: Path, content: Content) -> None:
    """Replace a file as `write_atomically` does, unless it has the same content already."""
    data = joined(_pieces(content))
    if not _has(path, data):
        write_atomically(path, data)


@contextmanager
def writing_many(folder: Path) -> Iterator[WriteOne]:
    """Yield what writes a file into a folder as `write_if_changed` does, for thousands of files.

    The folder is swept once, or the time would grow with the square of their number; the disk is
    waited for once, at the end.
    """

    def write(path: Path, content: Content) -> None:
        data = joined(_pieces(content))
        if not _has(path, data):
            _write(path, [data], waits=False)

    sweep(folder, lambda name: True)
    try:
        yield write
    finally:
        wait_for_disk()


def _has(path: Path, data: bytes) -> bool:
    with reporting(path, "read"):
        return path.is_file() and path.read_bytes() == data


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


def make_private(path: Path) -> None:
    """Make an empty file that only its owner and group may open, if there is none. Raises OSError.

    It is still empty for SQLite, which gives the files beside it the same permissions.
    """
    if not path.exists():
        path.touch(mode=0o660)


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
    busy = f"{folder}: another run is writing here; wait for it, or choose another output"
    with _locked(folder / name, wait_seconds, folder, FolderLockedError(busy)):
        yield


@contextmanager
def _locked(file: Path, seconds: float, place: Path, busy: StoreError) -> Iterator[None]:
    lock = FileLock(file)
    with reporting(place, "locked"):
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise busy from None
    try:
        yield
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """True if a process holds a run folder, or if its lock may not be read. Makes no file."""
    try:
        with (folder / _LOCK).open("rb") as file:
            return not try_hold(file.fileno())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def missing_folders(folder: Path) -> list[Path]:
    """Return a folder and those above it that do not exist yet, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


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


def link_or_copy(source: Path, path: Path) -> None:
    """Give a file that never changes a second name, or copy it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.hardlink_to(source)
    except FileExistsError:
        return
    except OSError:  # another disk, or a file system without links
        copy_whole(source, path)


def copy_whole(source: Path, path: Path) -> None:
    """Copy a file that somebody may edit, so that it is there whole. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with file_aside(path) as aside:
        copy_file(source, aside)
        aside.replace(path)


def take_unedited(source: Path, folder: Path, names: Iterable[str], ended: float) -> None:
    """Give the files of a run that ended then (seconds since 1970) a second name, or copy them.

    A file with two names is made read-only: an editor that writes into it would change two runs.
    Ours writes a new file. Raises OSError, also for a file that was changed after its run ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        old, new = f"{source}/{name}", f"{folder}/{name}"
        if (facts := os.stat(old)).st_mtime > ended:  # noqa: PTH116 (thousands of names)
            raise OSError(errno.ESTALE, "changed since the run wrote it", name)
        if not link_read_only(old, new, facts.st_mode):
            copy_whole(Path(old), Path(new))


def has_files(folder: Path, names: Iterable[str]) -> bool:
    """True if a folder has all of these files; it is listed once."""
    try:
        return {*names} <= {*os.listdir(folder)}  # noqa: PTH208 (thousands of names)
    except OSError:
        return False


def point(pointer: Path, name: str) -> None:
    """Let a pointer lead to the folder `name` beside it: a link, or a text file with the name.

    Raises StoreError.
    """
    with writing_aside(pointer) as aside:
        try:
            aside.symlink_to(name, target_is_directory=True)
        except OSError:
            aside.write_text(f"{name}\n", encoding="utf-8")
        aside.replace(pointer)


def followed(path: Path) -> Path:
    """Return the folder that a pointer leads to; any other path as it is."""
    if path.name not in (LATEST, BASELINE) or not path.is_file():
        return path
    with reporting(path, "read"):
        name = path.read_text(encoding="utf-8").strip()
    return path.with_name(name) if name and Path(name).name == name else path


@contextmanager
def holding_series(root: Path) -> Iterator[None]:
    """Lock the pointers and pages of a folder of runs, for seconds. Raises StoreError."""
    lock = root / SERIES_LOCK
    busy = f"{root}: another process has held {SERIES_LOCK} for {_PATIENCE_SECONDS} seconds"
    with _locked(lock, _PATIENCE_SECONDS, lock, StoreError(busy)):
        yield


def remove_run(folder: Path) -> bool:
    """Remove a run folder that no process holds; False if one does.

    It gets a hidden name first, so that a run is there whole or not at all. Raises StoreError.
    """
    with reporting(folder, "removed"):
        try:
            with FileLock(folder / _LOCK, timeout=0):
                hidden = folder.with_name(f".{folder.name}.removed")
                folder.rename(hidden)
        except Timeout:
            return False
        remove_folder(hidden)
        return True


def sweep_series(root: Path) -> None:
    """Remove what killed processes left beside dated runs. Only for who holds the series."""
    sweep(root, RESERVED_NAMES.__contains__)
    for hidden in root.glob(".*.removed"):
        with suppress(OSError):
            remove_folder(hidden)
    for name in (LATEST, BASELINE):
        for link in root.glob(f".{name}.*.partial"):
            with suppress(OSError):
                link.unlink()


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
_TAKEN = "; something else has its name: move that away, or choose another folder"
_ADVICE_BY_ERROR = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _NO_ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _NOT_ALLOWED),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR), _TAKEN),
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


def _pieces(content: Content) -> Iterable[bytes]:
    if isinstance(content, bytes):
        return (content,)
    return encode_lines([content] if isinstance(content, str) else content)


def encode_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Return each line as UTF-8."""
    # surrogates cannot be written as UTF-8; readers never let them in, models might
    return (line.encode("utf-8", "backslashreplace") for line in lines)
