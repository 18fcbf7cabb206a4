"""Digests of files, and verification of weights against SHA256SUMS.

0c1d…9f  model.safetensors
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from models.errors import WeightsError
from models.files import write_whole

SUMS = "SHA256SUMS"

_BLOCK = 2**24  # bytes that are read and hashed at once
_LONGEST = 100_000_000  # longest header that the safetensors library reads, in bytes


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        # In few blocks: after each one a thread may have to wait for Python's lock.
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_sums(folder: Path) -> dict[str, str] | None:
    """Read SHA256SUMS (`digest  name` lines, as written by sha256sum); None without one."""
    path = folder / SUMS
    if not path.is_file():
        return None
    sums: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise WeightsError(
            f"{path}: not UTF-8 text; write it with: sha256sum *.safetensors *.json"
        ) from None
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, start=1):
        match = re.fullmatch(r"([0-9a-f]{64}) [ *]([^/\\]+)", line)
        if match is None:
            raise WeightsError(
                f"{path}:{number}: not a line of 'digest  name'; found '{line[:80]}'"
            )
        sums[match[2]] = match[1]
    return sums


def write_sums(folder: Path, files: Iterable[Path]) -> None:
    """Write SHA256SUMS for files in the folder."""
    lines = [f"{file_digest(file)}  {file.name}\n" for file in files]
    write_whole(folder / SUMS, "".join(lines))


def sums_problem(folder: Path) -> str | None:
    """Return the first difference between the files and SHA256SUMS, or None.

    Without SHA256SUMS there is nothing to compare, so the result is None.
    """
    sums = read_sums(folder)
    if sums is None:
        return None
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file():
            return f"{path}: missing, but named in {SUMS}"
        found = file_digest(path)
        if found != expected:
            return f"{path}: its SHA-256 is {found}, but {SUMS} says {expected}"
    unlisted = [each for each in folder.glob("*.safetensors") if each.name not in sums]
    return f"{unlisted[0]}: not named in {SUMS}" if unlisted else None


def safetensors_problem(path: Path) -> str | None:
    """Return what is wrong with the size of a safetensors file, or None if it is complete.

    Its header tells the size, so a truncated download is found quickly and without libraries.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            header = json.loads(stream.read(length)) if length <= min(size - 8, _LONGEST) else None
        if header is None:
            return f"{path}: truncated, or not a safetensors file"
        ends = [v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"]
        expected = 8 + length + max(ends, default=0)
    except OSError as error:
        return f"{path}: cannot be read: {error.strerror}"
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return f"{path}: damaged, or not a safetensors file"
    if size != expected:
        return f"{path}: has {size:,} bytes, and its header says {expected:,}"
    return None


def verify_sums(folder: Path) -> None:
    """Raise WeightsError if a file does not match SHA256SUMS."""
    problem = sums_problem(folder)
    if problem is not None:
        raise WeightsError(
            f"{problem}; the weights are damaged or were changed: fetch them again, or, if the "
            "change is yours, seal the folder again with scripts/seal_bundled_model.py"
        )
