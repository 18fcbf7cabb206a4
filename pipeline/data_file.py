"""Tables and lists of words that come with the code: files beside the modules that read them."""

from collections.abc import Iterator
from pathlib import Path


def data_rows(module: str, name: str) -> Iterator[list[str]]:
    """Yield the columns of each row of a table, apart by tabs; `module` is a `__file__`."""
    return (line.split("\t") for line in _lines(module, name))


def data_words(module: str, name: str) -> list[str]:
    """Return the words of a list, apart by blanks or line ends; `module` is a `__file__`."""
    return " ".join(_lines(module, name)).split()


def data_sets(module: str, name: str) -> dict[str, frozenset[str]]:
    """Return the sets of words of a file with rows of two columns: set, words apart by blanks."""
    return {kind: frozenset(words.split()) for kind, words in data_rows(module, name)}


def data_tables(module: str, name: str) -> dict[str, dict[str, str]]:
    """Return the tables of a file with rows of three columns: table, key, value."""
    tables: dict[str, dict[str, str]] = {}
    for table, key, value in data_rows(module, name):
        tables.setdefault(table, {})[key] = value
    return tables


def _lines(module: str, name: str) -> Iterator[str]:
    """Yield the lines of a file without comments (#) and empty lines."""
    lines = Path(module).with_name(name).read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))
