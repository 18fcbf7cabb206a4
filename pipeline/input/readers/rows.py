"""Lines of a JSONL file, one at a time, in bounded memory and any encoding."""

import io
from collections.abc import Iterator
from typing import IO

from pipeline.input.encodings import UnreadableError, assigned
from pipeline.input.limits import MOST_BLANK_ROWS, too_large, too_many_blank_lines

_SKIPPED_BYTES = 1 << 16


def row_lines(
    stream: IO[bytes], encoding: str, max_bytes: int
) -> Iterator[tuple[int, str | UnreadableError]]:
    """Give the lines that are not blank, with their numbers from 1. `encoding` is a codec.

    A line that is too long or cannot be decoded is an UnreadableError in its place. Raises
    UnreadableError where the file as a whole is no text, or is a JSON array over many lines.
    """
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    lines = (
        _wide_lines(stream, encoding, max_bytes)
        if is_wide
        else _byte_lines(stream, encoding, max_bytes)
    )
    is_first = True
    blank = 0
    for number, line in enumerate(lines, start=1):
        if isinstance(line, str):
            line = line.removeprefix("\ufeff").strip()  # noqa: PLW2901
            if not line:
                blank += 1
                if blank > MOST_BLANK_ROWS:
                    raise too_many_blank_lines()
                continue
            if is_first and line.startswith("[") and line[1:].lstrip()[:1] in ("", "{"):
                raise UnreadableError(
                    "one JSON array, not JSON Lines", "write one JSON object on each line"
                )
        is_first = False
        blank = 0
        yield number, line


def _byte_lines(
    stream: IO[bytes], encoding: str, max_bytes: int
) -> Iterator[str | UnreadableError]:
    """Lines in an encoding in which the byte of a newline is nothing else."""
    while line := stream.readline(max_bytes + 1):
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while (rest := stream.readline(_SKIPPED_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield too_large("the row", max_bytes)
            continue
        try:
            yield assigned(line.decode(encoding), encoding)
        except UnicodeDecodeError as error:
            byte = line[error.start : error.start + 1].hex()
            yield UnreadableError(
                f"not {encoding}: byte 0x{byte} at byte {error.start} of the line",
                "save the file as UTF-8 or set input.encoding",
            )


def _wide_lines(
    stream: IO[bytes], encoding: str, max_bytes: int
) -> Iterator[str | UnreadableError]:
    """Lines of UTF-16 or UTF-32, where a damaged byte spoils all that follows."""
    max_chars = max_bytes // 2
    text = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    try:
        while line := text.readline(max_chars + 1):
            if len(line) > max_chars and not line.endswith("\n"):
                while (rest := text.readline(_SKIPPED_BYTES)) and not rest.endswith("\n"):
                    pass
                yield too_large("the row", max_bytes)
            else:
                yield line
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not {encoding}: {error.reason}", "save the file as UTF-8 or set input.encoding"
        ) from error
    finally:
        text.detach()
