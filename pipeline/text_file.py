"""Text files that a config needs: read whole, and every fault in one plain line."""

import stat
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


def read_needed(path: str | Path, place: str = "") -> str:
    """Return a UTF-8 text file; `place` is the key of the config that names it.

    Raises ConfigError that begins with the place and names the file.
    """
    try:
        return read_text(Path(path))
    except FileNotFoundError:
        problem = f"{path}: no such file"
    except ConfigError as error:
        problem = str(error)
    raise ConfigError(f"{place}: {problem}" if place else problem)


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """Return a UTF-8 text file without its byte-order mark.

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
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{number}: not UTF-8 text; save the file as UTF-8") from None
    if (place := text.find("\0")) >= 0:
        number = text.count("\n", 0, place) + 1
        raise ConfigError(f"{path}:{number}: a NUL character; this is not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")
