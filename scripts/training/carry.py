"""A folder in compressed parts small enough to be carried to another machine, and back."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from .recipe import RecipeError

PART_BYTES = 60 * 2**20


def pack(folder: Path, to: Path, part_bytes: int = PART_BYTES) -> list[Path]:
    """Write a folder as parts `NAME.tar.xz.000` and so on into `to`; return them in order."""
    if not folder.is_dir():
        raise RecipeError(f"{folder}: no such folder; run 'prepare' or 'train' first")
    to.mkdir(parents=True, exist_ok=True)
    packed = to / f"{folder.name}.tar.xz"
    with tarfile.open(packed, "w:xz") as archive:
        archive.add(folder, arcname=folder.name)
    parts: list[Path] = []
    with packed.open("rb") as file:
        while content := file.read(part_bytes):
            parts.append(to / f"{packed.name}.{len(parts):03}")
            parts[-1].write_bytes(content)
    packed.unlink()
    return parts


def unpack(parts: Path, work: Path) -> None:
    """Make the folders whose parts lie in `parts` again, below `work`."""
    names = sorted({path.name.rpartition(".")[0] for path in parts.glob("*.tar.xz.[0-9]*")})
    if not names:
        raise RecipeError(f"{parts}: no parts here; 'pack' makes them")
    for name in names:
        stream = io.BufferedReader(_Joined(iter(sorted(parts.glob(f"{name}.[0-9]*")))))
        with tarfile.open(fileobj=stream, mode="r|xz") as archive:
            archive.extractall(work, filter="data")


class _Joined(io.RawIOBase):
    """Several files read one after the other."""

    def __init__(self, paths: Iterator[Path]) -> None:
        self._paths = paths
        self._file: io.BufferedReader | None = None

    def readable(self) -> bool:
        """True: that is all it can do."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the file at hand has bytes."""
        while True:
            if self._file is None:
                path = next(self._paths, None)
                if path is None:
                    return 0
                self._file = path.open("rb")
            if count := self._file.readinto(buffer):
                return count
            self._file.close()
            self._file = None
