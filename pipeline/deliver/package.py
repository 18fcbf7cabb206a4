"""ZIP packages (.docx, .xlsx) without a clock: their bytes depend on their parts alone."""

import io
import zipfile
from collections.abc import Iterable
from itertools import islice

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest date of a ZIP file
_PIECES_AT_ONCE = 1000


def package_bytes(parts: Iterable[tuple[str, Iterable[str]]]) -> bytes:
    """Return a package of text parts in the order given; a part comes in pieces."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, pieces in parts:
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            with archive.open(entry, mode="w") as file:
                left = iter(pieces)
                while text := "".join(islice(left, _PIECES_AT_ONCE)):
                    file.write(text.encode("utf-8"))
    return stream.getvalue()
