"""What a translation memory holds: read for a line to a person, and for an editor's corrections."""

from contextlib import closing
from pathlib import Path

from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.memory import corrected_rows
from pipeline.memory.postgres import PostgresMemory
from pipeline.memory.read_only import read_memory
from pipeline.memory.schema import EDITOR, count_sentences


def remembered_sentences(path: Path | str) -> int:
    """Return how many sentences a memory remembers; 0 if it does not exist yet."""
    if isinstance(path, str):
        with closing(PostgresMemory(path)) as memory:
            return memory.count()
    if not path.is_file():
        return 0
    return read_memory(path, lambda connection: count_sentences(connection, path))


def corrections_in(path: Path | str, key: str = EDITOR) -> dict[str, str]:
    """Return an editor's English, or comments, by `pairing_key`; none if there is no memory."""
    if isinstance(path, str):
        with closing(PostgresMemory(path)) as memory:
            return memory.corrections(key)
    if not path.is_file():
        return {}
    rows = read_memory(path, lambda connection: corrected_rows(connection, key))
    return {pairing_key(source): text for source, text in rows}


def memory_line(path: Path | str | None) -> str:
    """Return which memory is used and how much it remembers."""
    if path is None:
        return "off (runtime.memory)"
    count = remembered_sentences(path)
    return f"{path}: {plural(count, 'sentence')} remembered"
