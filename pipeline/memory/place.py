"""Opens a translation memory wherever it is: a file, or a database for several machines."""

from pathlib import Path

from pipeline.memory.memory import Memory
from pipeline.memory.postgres import PostgresMemory, is_postgres

AnyMemory = Memory | PostgresMemory


def open_memory(place: Path | str) -> AnyMemory:
    """Open a memory, made if need be. Raises StoreError or ConfigError."""
    return PostgresMemory(str(place)) if is_postgres(place) else Memory(Path(place))
