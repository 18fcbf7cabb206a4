"""Claims: which of several processes makes a group of shards, told by small files they share.

A claim is a file in `claims/` of the run folder, or of its bucket, written again and again while
its owner lives. One that was not written for a while belongs to nobody: whoever finds it takes it
over, and counts one more try. Claims save work and decide nothing: two processes that make the
same shard write the same bytes.
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
from typing import Protocol

from pipeline.bucket import Bucket, bucket_of
from pipeline.errors import FolderLockedError, StoreError
from pipeline.storage import create_file, make_folder, remove, rename, touch, write_atomically

FOLDER = "claims"
LEASE_SECONDS = 60.0
"""How long a claim lives that nobody writes."""
_RUN = "run"
"""The claim of a run that has a bucket for itself."""


class _ClaimPlace(Protocol):
    """Where the files of claims are."""

    def create(self, name: str, text: str) -> bool: ...
    def renew(self, name: str, text: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> list[str]: ...
    def age(self, name: str, clock: str) -> float | None: ...
    def seize(self, name: str, owner: str) -> str | None: ...


@dataclass(slots=True)
class Claims:
    """The claims of a run folder, as one process sees and makes them."""

    folder: Path
    lease_seconds: float = LEASE_SECONDS
    owner: str = field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    )
    _place: _ClaimPlace = field(init=False)

    def __post_init__(self) -> None:
        bucket = bucket_of(self.folder)
        self._place = _InBucket(bucket) if bucket else _InFolder(self.folder / FOLDER)

    def take(self, name: str) -> int:
        """Take a claim; return the number of this try (1 for the first), 0 if another holds it.

        Raises StoreError if the place cannot be written.
        """
        if self._place.create(name, self._content(1)):
            return 1
        age = self._place.age(name, self.owner)
        if age is None or age <= self.lease_seconds:
            return 0
        content = self._place.seize(name, self.owner)
        if content is None:
            return 0
        tries = _tries(content) + 1
        return tries if self._place.create(name, self._content(tries)) else 0

    @contextmanager
    def holding(self, name: str, tries: int = 1) -> Iterator[None]:
        """Keep a taken claim alive while inside; give it back at the end."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(self.lease_seconds / 4):
                with suppress(OSError, StoreError):
                    self._place.renew(name, self._content(tries))

        thread = threading.Thread(target=beat, name="claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._place.remove(name)

    @contextmanager
    def holding_all(self) -> Iterator[None]:
        """Have the whole run for oneself while inside.

        Raises FolderLockedError if another run or a worker is writing.
        """
        if alive := self.alive():
            raise FolderLockedError(
                f"{self.folder}: other runs or workers are writing here ({', '.join(alive[:3])}); "
                "wait for them, or start this run as one of them with --worker"
            )
        if bucket_of(self.folder) is None:
            yield  # the lock of the folder does it
            return
        if not (tries := self.take(_RUN)):
            raise FolderLockedError(f"{self.folder}: another run is writing here; wait for it")
        with self.holding(_RUN, tries):
            yield

    def alive(self) -> list[str]:
        """Return the names of the claims that somebody holds."""
        ages = {name: self._place.age(name, self.owner) for name in self._place.names()}
        return [name for name, age in ages.items() if age is not None and age <= self.lease_seconds]

    def _content(self, tries: int) -> str:
        return json.dumps({"owner": self.owner, "tries": tries})


def _tries(content: str) -> int:
    try:
        return int(json.loads(content)["tries"])
    except (ValueError, KeyError, TypeError):
        return 1  # killed while it was written


@dataclass(frozen=True, slots=True)
class _InFolder:
    folder: Path

    def create(self, name: str, text: str) -> bool:
        make_folder(self.folder)
        return create_file(self._path(name), text)

    def renew(self, name: str, text: str) -> None:  # noqa: ARG002
        touch(self._path(name))

    def remove(self, name: str) -> None:
        remove(self._path(name))

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def age(self, name: str, clock: str) -> float | None:
        """Compare two times of the same file system: clocks of machines differ."""
        now = self.folder / f".{clock}.clock"
        try:
            write_atomically(now, "")
            return now.stat().st_mtime - self._path(name).stat().st_mtime
        except FileNotFoundError:
            return None  # given back meanwhile
        finally:
            remove(now)

    def seize(self, name: str, owner: str) -> str | None:
        """Remove a claim and return its content; of several processes one succeeds."""
        stale = self.folder / f".{name}.{owner}.lapsed"
        try:
            rename(self._path(name), stale)
            return stale.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        finally:
            remove(stale)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


@dataclass(frozen=True, slots=True)
class _InBucket:
    bucket: Bucket

    def create(self, name: str, text: str) -> bool:
        return self.bucket.create(_object(name), text)

    def renew(self, name: str, text: str) -> None:
        self.bucket.write(_object(name), text)

    def remove(self, name: str) -> None:
        self.bucket.remove(_object(name))

    def names(self) -> list[str]:
        names = self.bucket.names(FOLDER)
        return sorted(n.removesuffix(".json") for n in names if n.endswith(".json"))

    def age(self, name: str, clock: str) -> float | None:
        now = f"{FOLDER}/{clock}.clock"
        self.bucket.write(now, "")
        entries = self.bucket.names(FOLDER)
        self.bucket.remove(now)
        claim, tick = entries.get(f"{name}.json"), entries.get(f"{clock}.clock")
        return tick.changed - claim.changed if claim and tick else None

    def seize(self, name: str, owner: str) -> str | None:  # noqa: ARG002
        """Remove a claim and return its content. Two may succeed: then both do the same work."""
        try:
            content = self.bucket.read(_object(name))
        except FileNotFoundError:
            return None
        self.bucket.remove(_object(name))
        return content


def _object(name: str) -> str:
    return f"{FOLDER}/{name}.json"
