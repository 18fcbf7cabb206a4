"""Standard input, kept in a file while it is read."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile
from pipeline.input.formats import format_of_start
from pipeline.input.open import PACKED, opened


@contextmanager
def stdin_file(file: InputFile) -> Iterator[InputFile]:
    """Copy standard input to a file and find its format; the file is removed afterwards.

    Every reader may then look at it twice, and memory stays bounded.
    """
    with TemporaryDirectory(prefix="yibao-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        with path.open("rb") as copied:
            start = copied.read(4)
        ending = next((ending for ending, magic in PACKED.items() if start.startswith(magic)), "")
        kept = replace(file, path=path.rename(path.with_name(f"stdin{ending}")))
        yield replace(kept, format=_found_format(kept)) if file.format == "auto" else kept


def _found_format(file: InputFile) -> str:
    try:
        with opened(file) as stream:
            return format_of_start(stream.read(4096))
    except UnreadableError:
        return "markdown"  # its reader says what is wrong
