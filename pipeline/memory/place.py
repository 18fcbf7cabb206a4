"""Opens a translation memory wherever it is: a file, or a database for several machines."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.memory.memory import Memory
from pipeline.memory.postgres import PostgresMemory, is_postgres

AnyMemory = Memory | PostgresMemory


def open_memory(place: Path | str) -> AnyMemory:
    """Open a memory, made if need be. Raises StoreError or ConfigError."""
    return PostgresMemory(str(place)) if is_postgres(place) else Memory(Path(place))


@contextmanager
def memory_of(config: Config) -> Iterator[AnyMemory | None]:
    """Open the memory of a run while inside; None without one."""
    path = memory_path(config)
    with nullcontext() if path is None else closing(open_memory(path)) as memory:
        yield memory
