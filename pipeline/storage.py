"""Safe file access: a file is written completely or not at all, and is on disk on return.

All files of the user are written here. Every failure names the file and what to do.
"""

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from models.files import aside_of, hold, sweep
from pipeline.errors import StoreError


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Replace a file so that a reader sees either the old or the new content.

    Writes a temporary file, flushes it to disk, and renames it. A long text may come in parts.

    Raises StoreError if the disk is full or the folder may not be written.
    """
    sweep(path.parent, path.name.__eq__)
    with writing_aside(path) as aside:
        write_flushed(aside, encode_lines([text] if isinstance(text, str) else text))
        aside.replace(path)


@contextmanager
def writing_aside(path: Path) -> Iterator[Path]:
    """Yield the temporary file to be renamed to `path`; remove it if it remains.

    Raises StoreError, naming `path`, for any error of the disk.
    """
    aside = aside_of(path)
    with reporting(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield aside
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


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


def write_flushed(path: Path, pieces: Iterable[bytes]) -> None:
    """Write bytes and wait until they are on disk."""
    with path.open("wb") as file:
        hold(file.fileno())
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


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


def encode_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Return each line as UTF-8."""
    # surrogates cannot be written as UTF-8; readers never let them in, models might
    return (line.encode("utf-8", "backslashreplace") for line in lines)
