"""Text files that a config needs: read whole, and every fault in one plain line."""

import stat
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import ConfigError

MAX_BYTES = 100_000_000
"""Larger files are refused: glossaries, references and test sets have a few megabytes."""

_SHELL_PIPES = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def may_never_end(path: Path) -> bool:
    """True of a device, a socket, and a pipe other than the shell's `<(…)`.

    Raises OSError if the file is not there.
    """
    mode = path.stat().st_mode
    is_plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    return not is_plain and not str(path).startswith(_SHELL_PIPES)


def read_text(
    path: Path,
    max_bytes: int = MAX_BYTES,
    decode: Callable[[bytes], str | None] = lambda data: None,
) -> str:
    """Return a UTF-8 text file without its byte-order mark.

    `decode` gets the bytes of a file that is not UTF-8 and returns its text, or None.
    Raises ConfigError that names the file, and the line if one is to blame. FileNotFoundError
    is left to the caller, who knows where else to look.
    """
    try:
        if may_never_end(path):
            raise ConfigError(f"{path}: not a regular file; write the text to a file and name that")
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder; name a file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{path}: cannot be read: {reason}") from None
    if len(data) > max_bytes:
        raise ConfigError(f"{path}: larger than {max_bytes / 1e6:g} MB; is it the right file?")
    return text_of(data, path, decode)


def text_of(
    data: bytes, path: Path, decode: Callable[[bytes], str | None] = lambda data: None
) -> str:
    """Return the bytes of a file as text. See `read_text`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        other = decode(data)
        if other is None:
            number = data.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path}:{number}: not UTF-8 text; save the file as UTF-8") from None
        text = other
    if (place := text.find("\0")) >= 0:
        other = decode(data)  # UTF-16 without a byte-order mark
        if other is None:
            number = text.count("\n", 0, place) + 1
            raise ConfigError(f"{path}:{number}: a NUL character; this is not a text file")
        text = other
    return text.replace("\r\n", "\n").replace("\r", "\n")
