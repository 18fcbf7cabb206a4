"""The text of a file: its encoding, found or given, and its characters."""

from pipeline.errors import ConfigError
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    checked_encoding,
    decoded,
    found_encoding,
)
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import too_large
from pipeline.input.open import opened
from pipeline.input.readers.html import declared_encoding

_MOST_NULS = 0.05
"""Share of the bytes: text in UTF-16 and data of programs have more."""
_MOST_BYTES = 1 << 16
"""Most files are smaller."""


def whole_bytes(file: InputFile, settings: ReadSettings) -> bytes:
    """Return the bytes of a file. Raises UnreadableError if it is too large."""
    with opened(file) as stream:
        # room for the largest file takes longer to make than most files to read
        room = min(_room(file), settings.max_bytes + 1)
        data = stream.read(room)
        if len(data) == room:
            data += stream.read(settings.max_bytes + 1 - room)
    if len(data) > settings.max_bytes:
        raise too_large("the file", settings.max_bytes)
    return data


def _room(file: InputFile) -> int:
    """Return more bytes than a file has, unless it is packed: one reading takes all of them."""
    try:
        return max(_MOST_BYTES, file.path.stat().st_size + 1)
    except OSError:
        return _MOST_BYTES


def whole_text(file: InputFile, settings: ReadSettings) -> str:
    """Return the text of a file. Raises UnreadableError if it is too large or no text."""
    data = whole_bytes(file, settings)
    sample = data[:SAMPLE_BYTES]
    return decoded(data, _encoding(file, settings, sample, is_whole=len(data) <= SAMPLE_BYTES))


def sampled_encoding(file: InputFile, settings: ReadSettings) -> str:
    """Return the encoding of a file that is too large to hold, by its start.

    NUL characters in a few of its rows are faults of these, and say nothing about the others.
    """
    with opened(file) as stream:
        sample = stream.read(SAMPLE_BYTES)
    is_whole = len(sample) < SAMPLE_BYTES
    try:
        return _encoding(file, settings, sample, is_whole=is_whole)
    except UnreadableError:
        if not 0 < sample.count(b"\0") <= _MOST_NULS * len(sample):
            raise
    return _encoding(file, settings, sample.replace(b"\0", b""), is_whole=is_whole)


def _encoding(file: InputFile, settings: ReadSettings, sample: bytes, *, is_whole: bool) -> str:
    """Return the encoding of a file, found or given, and report it to `settings.noted`."""
    encoding = settings.encoding
    if encoding == "auto":
        try:
            encoding = found_encoding(sample, is_whole=is_whole)
        except UnreadableError:
            # a short page may have too little Chinese to tell, and says it itself
            named = declared_encoding(sample) if file.format == "html" else None
            if named is None:
                raise
            try:
                encoding = checked_encoding(named)
            except ConfigError:
                raise UnreadableError(
                    f"says it is '{named}', which is not an encoding", "set input.encoding"
                ) from None
    settings.noted(file.source, encoding)
    return encoding
