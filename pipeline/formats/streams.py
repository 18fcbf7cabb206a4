"""Files as streams of bytes: plain, packed as .gz or .zst, or taken from stdin."""

import gzip
import io
import shutil
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from pipeline.formats.encodings import UnreadableError
from pipeline.formats.paths import InputFile

_PACKED_BYTES = 1024
"""Packed bytes unpacked at once: a Zstandard block makes 128 KiB of four, so 32 MiB at most."""

_ENDINGS = ((b"\x1f\x8b", ".gz"), (b"\x28\xb5\x2f\xfd", ".zst"))
_STARTS = (
    (b"PAR1", "parquet"),
    (b"{", "jsonl"),
    (b"[", "mineru"),
    (b"<!doctype html", "html"),
    (b"<html", "html"),
)


@contextmanager
def opened(file: InputFile) -> Iterator[IO[bytes]]:
    """Open a file, packed or not; whatever goes wrong until it is closed is UnreadableError."""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            raise UnreadableError("not a regular file", "give a file or a folder")
        with file.path.open("rb") as raw, _unpacked(raw, file.path.suffix.lower()) as stream:
            yield stream
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableError(f"damaged gzip data: {error}", "pack the file again") from error
    except OSError as error:
        raise UnreadableError(f"cannot be opened: {error.strerror}", "check the file") from error


@contextmanager
def _unpacked(raw: IO[bytes], ending: str) -> Iterator[IO[bytes]]:
    if ending == ".gz":
        with gzip.open(raw) as unpacked:
            yield cast(IO[bytes], unpacked)
    elif ending == ".zst":
        with io.BufferedReader(_Unzstd(raw), 1 << 17) as stream:
            yield stream
    else:
        yield raw


class _Unzstd(io.RawIOBase):
    """The content of Zstandard frames; unlike the library's own reader it tells a cut-off one."""

    def __init__(self, raw: IO[bytes]) -> None:
        import zstandard

        self._raw = raw
        self._library = zstandard
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._rest = b""
        self._ready = memoryview(b"")
        self._is_begun = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer. Raises UnreadableError where the data is damaged or cut off."""
        while not self._ready:
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame = self._library.ZstdDecompressor(
                    max_window_size=1 << 27
                ).decompressobj()
                self._is_begun = bool(self._rest)
            packed = self._rest or self._raw.read(_PACKED_BYTES)
            self._rest = b""
            if not packed:
                if self._is_begun:
                    raise UnreadableError("damaged zstd data: cut off", "pack the file again")
                return 0
            self._is_begun = True
            try:
                self._ready = memoryview(self._frame.decompress(packed))
            except self._library.ZstdError as error:
                raise UnreadableError(
                    f"damaged zstd data: {error}", "pack the file again"
                ) from error
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


@contextmanager
def stdin_file(file: InputFile) -> Iterator[InputFile]:
    """Keep what comes from stdin in a file aside while it is read, and find its format.

    Every reader may then look at it twice, and memory stays bounded. Removed afterwards.
    """
    with TemporaryDirectory(prefix="yibao-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        with path.open("rb") as copied:
            start = copied.read(4)
        ending = next((ending for magic, ending in _ENDINGS if start.startswith(magic)), "")
        path = path.rename(path.with_name(f"stdin{ending}"))
        kept = InputFile(path, file.format, file.id, file.source)
        found = _found_format(kept) if file.format == "auto" else file.format
        yield InputFile(path, found, file.id, file.source)


def _found_format(file: InputFile) -> str:
    """Tell the format of a file without a name by how it starts; Markdown when nothing tells."""
    try:
        with opened(file) as stream:
            start = stream.read(4096)
    except UnreadableError:
        return "markdown"  # whoever reads it as that says what is wrong
    if start.startswith(b"PK\x03\x04"):
        return "epub" if b"application/epub+zip" in start[:100] else "docx"
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = start[:20].lower()
    for magic, found in _STARTS:
        if start.startswith(magic) or lower.startswith(magic):
            return found
    return "markdown"
