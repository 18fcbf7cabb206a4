"""Claims: which of several processes makes a group of shards, told by small files they share.

A claim is a file in `claims/` of the run folder, touched while its owner lives. One that was not
touched for a while belongs to nobody: whoever finds it takes it over, and counts one more try.
Claims save work and decide nothing: two processes that make the same shard write the same bytes.
"""

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.storage import create_file, make_folder, remove, rename, touch, write_atomically

FOLDER = "claims"
LEASE_SECONDS = 60.0
"""How long a claim lives that nobody touches."""


@dataclass(slots=True)
class Claims:
    """The claims of a run folder, as one process sees and makes them."""

    folder: Path
    lease_seconds: float = LEASE_SECONDS
    owner: str = field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    )

    def take(self, name: str) -> int:
        """Take a claim; return the number of this try (1 for the first), 0 if another holds it.

        Raises StoreError if the folder cannot be written.
        """
        path = self._path(name)
        make_folder(path.parent)
        if create_file(path, self._content(1)):
            return 1
        if not self._has_lapsed(path):
            return 0
        stale = path.with_name(f"{path.stem}.{self.owner}.lapsed")
        try:
            rename(path, stale)  # only one of several processes succeeds
        except OSError:
            return 0
        tries = _tries(stale) + 1
        remove(stale)
        return tries if create_file(path, self._content(tries)) else 0

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Keep a taken claim alive while inside; give it back at the end."""
        path, stop = self._path(name), threading.Event()

        def beat() -> None:
            while not stop.wait(self.lease_seconds / 4):
                with suppress(OSError):
                    touch(path)

        thread = threading.Thread(target=beat, name="claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            remove(path)

    def alive(self) -> list[str]:
        """Return the names of the claims that somebody holds."""
        with suppress(FileNotFoundError):
            return sorted(
                path.stem
                for path in (self.folder / FOLDER).iterdir()
                if path.suffix == ".json" and not self._has_lapsed(path)
            )
        return []

    def _has_lapsed(self, path: Path) -> bool:
        """Compare two times of the same file system: clocks of machines differ."""
        clock = path.with_name(f".{self.owner}.clock")
        try:
            write_atomically(clock, "")
            age = clock.stat().st_mtime - path.stat().st_mtime
        except FileNotFoundError:
            return False  # given back meanwhile
        finally:
            remove(clock)
        return age > self.lease_seconds

    def _path(self, name: str) -> Path:
        return self.folder / FOLDER / f"{name}.json"

    def _content(self, tries: int) -> str:
        return json.dumps({"owner": self.owner, "tries": tries})


def _tries(path: Path) -> int:
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["tries"])
    except (OSError, ValueError, KeyError, TypeError):
        return 1  # killed while it was written
