"""Files and folders that are written aside and renamed when they are whole.

.NAME.PID@HOST.partial      a file that process PID writes, with a lock as long as it lives
.NAME.PID-RANDOM.partial    a folder

HOST tells machines apart that share a folder: a process of another one is not known here.

A process that was killed leaves its file behind. The next writer sweeps it.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_DAY_SECONDS = 86_400
_ASIDE = r"\.(?P<name>.+)\.(?P<pid>\d{1,9})(?:@(?P<host>[0-9a-f]{6}))?(?:-[a-z0-9_]{8})?\.partial"
_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_SWEEPING = threading.Lock()
"""No thread sweeps while another one makes a folder and has not locked it yet."""


def aside_of(path: Path) -> Path:
    """Return where this process writes what will become `path`."""
    return path.with_name(f".{path.name}.{os.getpid()}@{_HOST}.partial")


def hold(descriptor: int) -> None:
    """Lock an open file or folder until it is closed, or until this process ends."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return  # a file system without locks: the process id in the name must do


def try_hold(descriptor: int) -> bool:
    """Lock an open file until it is closed; False if another process holds it. Raises OSError.

    Others may hold it in the same way; who asks needs only the right to read.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace a file so that a reader sees either the old or the new content.

    Raises OSError, for instance if the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, path.name.__eq__)
    with file_aside(path) as aside:
        write_flushed(aside, [content.encode("utf-8") if isinstance(content, str) else content])
        aside.replace(path)


@contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """Yield the temporary file to be renamed to `path`; remove it if it remains."""
    aside = aside_of(path)
    try:
        yield aside
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def write_flushed(path: Path, pieces: Iterable[bytes], *, waits: bool = True) -> None:
    """Write bytes and wait until they are on disk. Raises OSError.

    Who `waits` not calls `wait_for_disk` later; where the system has no such call, it waits here.
    """
    with path.open("wb") as file:
        hold(file.fileno())
        file.writelines(pieces)
        file.flush()
        if waits or not hasattr(os, "sync"):
            os.fsync(file.fileno())


def joined(pieces: Iterable[bytes]) -> bytes:
    """Return bytes in one piece, without a list of the pieces: there may be 200,000."""
    stream = BytesIO()
    stream.writelines(pieces)
    return stream.getvalue()


def wait_for_disk() -> None:
    """Wait until all that was written is on disk, where the system can do that for all files."""
    if hasattr(os, "sync"):
        os.sync()


def move_folder(made: Path, place: Path) -> None:
    """Rename a folder, unless another process was first: what it made is the same."""
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def copy_file(source: Path | str, target: Path | str) -> None:
    """Copy the content of a file. Raises OSError."""
    shutil.copyfile(source, target)


def link_read_only(source: str, target: str, mode: int) -> bool:
    """Give a file of that mode a second name, in place of what has it; False if that is impossible.

    The file becomes read-only, except on Windows, where it could not be removed then.
    """
    try:
        try:
            os.link(source, target)
        except FileExistsError:
            os.unlink(target)  # noqa: PTH108
            os.link(source, target)
        if mode & 0o222 and sys.platform != "win32":
            os.chmod(target, mode & 0o7555)  # noqa: PTH101
    except OSError:
        return False
    return True


def make_folder_of(path: Path) -> None:
    """Make the folder of a file that is to be written. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)


def remove_file(path: Path) -> None:
    """Remove a file, if it is there. Raises OSError."""
    path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it. Raises OSError."""
    shutil.rmtree(path)


@contextmanager
def folder_aside(path: Path) -> Iterator[Path]:
    """Make an empty folder in which to build `path`; remove what is left of it at the end.

    Sweep what earlier processes left of the same folder. Raises OSError if the folder cannot
    be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, path.name.__eq__)
    with _SWEEPING:
        prefix = f".{path.name}.{os.getpid()}-"
        aside = Path(tempfile.mkdtemp(prefix=prefix, suffix=".partial", dir=path.parent))
        descriptor = os.open(aside, os.O_RDONLY) if sys.platform != "win32" else None
        if descriptor is not None:
            hold(descriptor)
    try:
        yield aside
    finally:
        if descriptor is not None:
            os.close(descriptor)
        shutil.rmtree(aside, ignore_errors=True)


def sweep(folder: Path, is_ours: Callable[[str], object]) -> None:
    """Remove what killed processes left in a folder.

    `is_ours` gets the name of the file or folder that was to be made: only those it accepts
    are removed, and only if the process that wrote them has ended.
    """
    for name in _names(folder):
        match = re.fullmatch(_ASIDE, name) if name.endswith(".partial") else None
        if match and is_ours(match["name"]):
            with _SWEEPING:
                path = folder / name
                if match["host"] not in (None, _HOST):
                    _remove_old(path)
                elif _is_abandoned(path, int(match["pid"])):
                    _remove(path)


def sweep_old(folder: Path, is_ours: Callable[[str], object]) -> None:
    """Remove what has not changed for a day, of earlier versions, which named no process."""
    for name in filter(is_ours, _names(folder)):
        _remove_old(folder / name)


def _remove_old(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.lstat().st_mtime > _DAY_SECONDS and not path.is_symlink():
            _remove(path)


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder)]
    except OSError:
        return []  # nothing to sweep, or whoever writes here next reports it


def _is_abandoned(path: Path, process: int) -> bool:
    """True if no process writes to it: neither the one in its name nor one that locks it."""
    import psutil

    if path.is_symlink() or (process != os.getpid() and psutil.pid_exists(process)):
        return False
    if sys.platform == "win32":
        return True  # an open file cannot be removed there
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # the next run tries again
            path.unlink()


def read_cache(path: Path) -> dict[str, Any]:
    """Return the values in a JSON file; a damaged or absent one costs time, not correctness."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def write_cache(path: Path, values: Mapping[str, Any]) -> None:
    """Write values for `read_cache`; where that is not allowed, the next run is slower."""
    with suppress(OSError):
        write_whole(path, json.dumps(values, indent=0))
