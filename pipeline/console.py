"""stdout and stderr that no reader, encoding or document can break.

Messages go to stderr and products to stdout. A reader that goes away or a stream that was closed
silences what is written and changes nothing else: the exit code says how the work ended.
Characters that the encoding lacks and control characters become `\\uXXXX`.
"""

import codecs
import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from models.patterns import lazy
from pipeline.language.controls import json_escape, visible

_ERRORS = "yibao_escape"
_BAR = lazy(r"\r|(?:\x1b\[A)+\Z")


def _escape_unwritable(error: UnicodeError) -> tuple[str, int]:
    """Return JSON escapes for what an encoding lacks (an error handler of `codecs`)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json_escape(error.object[error.start : error.end]), error.end


codecs.register_error(_ERRORS, _escape_unwritable)


class Channel:
    """A text stream that escapes what must not reach a terminal, and never raises.

    It has no `buffer`: nothing can be written past it by accident. `problems` are the errors
    of writing, and empty as long as everything was written.
    """

    def __init__(self, stream: TextIO, *, escapes: bool = True) -> None:
        self._stream = stream
        self._escapes = escapes
        self.problems: list[OSError] = []
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors=_ERRORS)

    @property
    def encoding(self) -> str:
        """The encoding of the stream below."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:
        """The error handler of the stream below."""
        return self._stream.errors

    def write(self, text: str) -> int:
        """Write `text`, escaped; drop it where the stream cannot be written any more."""
        if not isinstance(text, str):
            raise TypeError(f"a channel takes text, not {type(text).__name__}")
        with self._surviving():
            self._stream.write(self._shown(text) if self._escapes else text)
        return len(text)

    def _shown(self, text: str) -> str:
        """Return `text` escaped; cursor moves that begin a library's progress bar stay."""
        moves = _BAR.match(text) if self.isatty() else None
        start = moves.end() if moves else 0
        return text[:start] + visible(text[start:])

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def write_bytes(self, data: bytes) -> None:
        """Write the bytes of a file as they are, as a command does whose product is a file."""
        with self._surviving():
            self._stream.flush()
            self._stream.buffer.write(data)

    def flush(self) -> None:
        """Hand on what is buffered."""
        with self._surviving():
            self._stream.flush()

    def isatty(self) -> bool:
        """Return whether a person looks at it."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Return True, as every stream that is written to."""
        return True

    def readable(self) -> bool:
        """Return False: nothing is read from it."""
        return False

    @property
    def closed(self) -> bool:
        """Whether the stream below was closed."""
        return self._stream.closed

    def unescaped(self) -> "Channel":
        """Return the same stream for text that styles itself, with its documents' text escaped."""
        channel = Channel(self._stream, escapes=False)
        channel.problems = self.problems
        return channel

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.problems.append(error)
            # what is still buffered, and what a library writes, goes nowhere from now on
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Put channels in the place of sys.stdout and sys.stderr while inside."""
    _open_missing_descriptors()
    before = sys.stdout, sys.stderr
    sys.stdout = _guarded(sys.stdout, 1)
    sys.stderr = _guarded(sys.stderr, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def unescaped(stream: TextIO) -> TextIO:
    """Return a stream whose text styles itself, such as that of rich; it still never raises."""
    return cast(TextIO, stream.unescaped()) if isinstance(stream, Channel) else stream


def write_product(data: bytes) -> None:
    """Write the bytes of a file to stdout."""
    stream: Any = sys.stdout
    if isinstance(stream, Channel):
        stream.write_bytes(data)
    else:
        stream.buffer.write(data)
        stream.flush()


def lost_product() -> str | None:
    """Return why stdout could not be written; None if all was written or its reader left."""
    stream: Any = sys.stdout
    if not isinstance(stream, Channel):
        return None
    stream.flush()
    if not stream.problems or stream.problems[0].errno in (errno.EPIPE, errno.EBADF):
        return None
    return stream.problems[0].strerror or str(stream.problems[0])


def _open_missing_descriptors() -> None:
    """Open /dev/null where 0, 1 or 2 are closed: else the next file opened would be one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one


def _guarded(stream: TextIO | None, number: int) -> TextIO:
    if isinstance(stream, Channel):
        return cast(TextIO, stream)
    if stream is None:
        stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    return cast(TextIO, Channel(stream))
