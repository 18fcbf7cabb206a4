"""Files as streams of bytes: plain, or packed as .gz or .zst."""

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile
from pipeline.input.limits import LEAST_UNPACKED_BYTES, MOST_UNPACKED_TIMES
from pipeline.text_file import may_never_end

_PACKED_BYTES = 1024
"""Packed bytes unpacked at once: a Zstandard block makes 128 KiB of four, so 32 MiB at most."""

MOST_PLAIN_BYTES = 1_000_000_000
"""Of a file that is read whole: pairs to check or import."""

PACKED = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}
"""How a packed file is called, and how it starts."""


@contextmanager
def opened(file: InputFile) -> Iterator[IO[bytes]]:
    """Open a file, packed or not; whatever goes wrong until it is closed is UnreadableError.

    What is written to the file after it was opened is not read. A packed file may unpack to
    `MOST_UNPACKED_TIMES` its size.
    """
    try:
        facts = file.path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise UnreadableError("not a regular file", "give a file or a folder")
        with file.path.open("rb") as raw, _unpacked(raw, file.path.suffix.lower()) as stream:
            if stream is raw:
                with io.BufferedReader(_First(raw, facts.st_size), 1 << 17) as first:
                    yield first
            else:
                most = max(LEAST_UNPACKED_BYTES, MOST_UNPACKED_TIMES * facts.st_size)
                with io.BufferedReader(_Bounded(stream, most), 1 << 17) as bounded:
                    yield bounded
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


class _First(io.RawIOBase):
    """The first `size` bytes of a file: what it held when it was opened."""

    def __init__(self, raw: io.BufferedReader, size: int) -> None:
        self._raw = raw
        self._size = size

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place; the end is that of the first `size` bytes."""
        if whence == io.SEEK_END:
            return self._raw.seek(self._size + offset)
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._raw.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer."""
        left = max(0, min(len(buffer), self._size - self._raw.tell()))
        return self._raw.readinto(memoryview(buffer)[:left])


class _Bounded(io.RawIOBase):
    """A stream of unpacked bytes that may not be longer than `most`."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = self._left = most

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer. Raises UnreadableError beyond the limit."""
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableError(
                f"it unpacks to more than {self._most / 1e6:,.0f} MB, which looks like an attack",
                "unpack it, check what it holds and give that",
            )
        buffer[: len(data)] = data
        return len(data)


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


def read_plain(path: Path) -> bytes:
    """Return the bytes of a regular file, or of a pipe the shell made (`<(…)`).

    Raises UnreadableError for other pipes, devices and sockets, which may never end, and for
    more than MOST_PLAIN_BYTES; OSError as `open` does.
    """
    if may_never_end(path):
        raise UnreadableError("not a regular file", "write it to a file first")
    with path.open("rb") as stream:
        data = stream.read(MOST_PLAIN_BYTES + 1)
    if len(data) > MOST_PLAIN_BYTES:
        raise UnreadableError(f"larger than {MOST_PLAIN_BYTES // 10**6:,} MB", "cut it into parts")
    return data
