"""Standard input, kept in a file while it is read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile
from pipeline.input.formats import format_of_start
from pipeline.input.limits import MOST_STDIN_BYTES
from pipeline.input.open import PACKED, opened

_PIECE_BYTES = 1_000_000


@contextmanager
def stdin_file(file: InputFile) -> Iterator[InputFile]:
    """Copy standard input to a file and find its format; the file is removed afterwards.

    Every reader may then look at it twice, and memory stays bounded. Raises UnreadableError if
    there is more than MOST_STDIN_BYTES of it.
    """
    with TemporaryDirectory(prefix="yibao-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as copy:
            _copy_bounded(sys.stdin.buffer, copy)
        with path.open("rb") as copied:
            start = copied.read(4)
        ending = next((ending for ending, magic in PACKED.items() if start.startswith(magic)), "")
        kept = replace(file, path=path.rename(path.with_name(f"stdin{ending}")))
        yield replace(kept, format=_found_format(kept)) if file.format == "auto" else kept


def _copy_bounded(source: BinaryIO, copy: BinaryIO) -> None:
    copied = 0
    while piece := source.read(_PIECE_BYTES):
        copied += len(piece)
        if copied > MOST_STDIN_BYTES:
            raise UnreadableError(
                f"more than {MOST_STDIN_BYTES // 10**6:,} MB came in",
                "write it to files and name their folder",
            )
        copy.write(piece)


def _found_format(file: InputFile) -> str:
    try:
        with opened(file) as stream:
            return format_of_start(stream.read(4096))
    except UnreadableError:
        return "markdown"  # its reader says what is wrong
