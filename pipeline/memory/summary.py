"""What a translation memory holds, in a line."""

from contextlib import closing
from pathlib import Path

from pipeline.language.plural import plural
from pipeline.memory.postgres import PostgresMemory
from pipeline.memory.schema import count_sentences, open_file


def remembered_sentences(path: Path | str) -> int:
    """Return how many sentences a memory remembers; 0 if it does not exist yet."""
    if isinstance(path, str):
        with closing(PostgresMemory(path)) as memory:
            return memory.count()
    if not path.is_file():
        return 0
    with closing(open_file(path)) as connection:
        return count_sentences(connection, path)


def memory_line(path: Path | str | None) -> str:
    """Return which memory is used and how much it remembers."""
    if path is None:
        return "off (runtime.memory)"
    count = remembered_sentences(path)
    return f"{path}: {plural(count, 'sentence')} remembered"
