"""Text files that a config or command needs, in any encoding in which Chinese is written."""

from importlib import resources
from pathlib import Path

import pipeline.text_file
from pipeline.config.sections import BUNDLED_GLOSSARY
from pipeline.errors import ConfigError
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    decoded,
    found_encoding,
    refuse_other_kind,
)
from pipeline.input.exchange.glossary_file import (
    NamedRows,
    is_table,
    sheet_rows,
    table_rows,
    table_terms,
    tbx_terms,
)
from pipeline.input.exchange.workbook import SUFFIXES
from pipeline.input.files import InputFile
from pipeline.input.open import PACKED, opened
from pipeline.language.glossary import Glossary, parse_glossary

_POINTER = "version https://git-lfs.github.com/spec/"
_POINTED = "a pointer of Git LFS, not the file; run: git lfs pull"


def read_needed(path: str | Path, place: str = "") -> str:
    """Return a text file; `place` is the key of the config that names it.

    UTF-8 first; what is not UTF-8 is read as UTF-16, GB18030 or Big5; .gz and .zst are unpacked.
    Raises ConfigError that begins with the place and names the file.
    """
    try:
        if Path(path).suffix.lower() in PACKED:
            text = pipeline.text_file.text_of(unpacked_bytes(path), Path(path), _decode)
        else:
            text = pipeline.text_file.read_text(Path(path), decode=_decode)
        if not text.startswith(_POINTER):
            return text
        problem = f"{path}: {_POINTED}"
    except FileNotFoundError:
        problem = f"{path}: no such file"
    except ConfigError as error:
        problem = str(error)
    except UnreadableError as error:
        problem = f"{path}: {error}"
    raise ConfigError(f"{place}: {problem}" if place else problem)


def unpacked_bytes(path: str | Path, place: str = "") -> bytes:
    """Return the bytes of a file, unpacked if it is packed (.gz, .zst), of any size.

    Raises ConfigError that begins with the place and names the file.
    """
    start = f"{place}: {path}" if place else str(path)
    try:
        with opened(InputFile(Path(path), "", "", str(path))) as stream:
            data = stream.read()
    except UnreadableError as error:
        raise ConfigError(f"{start}: {error.reason}; {error.advice}") from None
    if data.startswith(_POINTER.encode()):
        raise ConfigError(f"{start}: {_POINTED}")
    return data


def read_terms(path: str | Path, place: str = "") -> str:
    """Return the lines of a glossary: a file of them, a table with a head, TBX or the bundled one.

    Raises ConfigError as `read_needed` does.
    """
    if str(path).startswith("bundled:"):
        return _bundled_terms(str(path), place)
    suffix = Path(path).suffix.lower()
    try:
        if suffix == ".tbx":
            return tbx_terms(Path(path))
        if suffix in SUFFIXES:
            return table_terms(sheet_rows(Path(path)), str(path))
        text = read_needed(path)
        is_named = suffix == ".csv" or is_table(text)
        return table_terms(table_rows(text), str(path)) if is_named else text
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}" if place else str(error)) from None


def read_table(path: Path) -> NamedRows:
    """Return the rows of a table with a head: CSV, TSV or an Excel workbook.

    Raises ConfigError as `read_needed` does.
    """
    is_sheet = path.suffix.lower() in SUFFIXES
    return sheet_rows(path) if is_sheet else table_rows(read_needed(path))


def _bundled_terms(name: str, place: str) -> str:
    if name != BUNDLED_GLOSSARY:
        problem = f"no glossary is named '{name}'; write {BUNDLED_GLOSSARY} or a file"
        raise ConfigError(f"{place}: {problem}" if place else problem)
    return (resources.files("pipeline") / "starter/glossary.tsv").read_text(encoding="utf-8")


def read_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises ConfigError if it cannot be read or has bad lines."""
    return parse_glossary(read_terms(path), name=str(path))


def _decode(data: bytes) -> str | None:
    """Return bytes that are not UTF-8 as text; None if they are in no encoding that is read.

    Raises UnreadableError for another kind of file, such as a spreadsheet.
    """
    sample = data[:SAMPLE_BYTES]
    refuse_other_kind(sample, "text")
    try:
        return decoded(data, found_encoding(sample, is_whole=len(data) <= SAMPLE_BYTES))
    except UnreadableError:
        return None
