"""Claims: which of several processes makes a group of shards, told by small files they share.

A claim is a file `claims/NAME.TRY.json` of the run folder, or of its bucket, written again and
again while its owner lives. One that was not written for a while belongs to nobody: whoever makes
the file of the next try has it. Files are made only where there is none (in a bucket by a
conditional put), so of several processes one succeeds. Claims save work and decide nothing: two
processes that make the same shard write the same bytes.
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
from pipeline.storage import create_file, make_folder, remove, touch, write_atomically

FOLDER = "claims"
LEASE_SECONDS = 60.0
"""How long a claim lives that nobody writes."""
_RUN = "run"  # the claim of a run that has a bucket for itself


class _ClaimPlace(Protocol):
    """Where the files of claims are."""

    def create(self, name: str, text: str) -> bool: ...
    def renew(self, name: str, text: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def ages(self, clock: str) -> dict[str, float]: ...


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
        if self._create(name, 1):
            return 1
        held = self._latest().get(name)
        if held is None or held.age <= self.lease_seconds:
            return 0
        return held.tries + 1 if self._create(name, held.tries + 1) else 0

    @contextmanager
    def holding(self, name: str, tries: int = 1) -> Iterator[None]:
        """Keep a taken claim alive while inside; give it back at the end."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(self.lease_seconds / 4):
                with suppress(OSError, StoreError):
                    self._place.renew(_file(name, tries), self._content())

        thread = threading.Thread(target=beat, name="claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            for number in range(1, tries + 1):
                self._place.remove(_file(name, number))

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
        return [name for name, held in self._latest().items() if held.age <= self.lease_seconds]

    def _latest(self) -> dict[str, "_Held"]:
        """Return the last try of every claim."""
        latest: dict[str, _Held] = {}
        for file, age in self._place.ages(self.owner).items():
            name, _, number = file.removesuffix(_SUFFIX).rpartition(".")
            tries = int(number) if number.isdecimal() else 0
            if name and (name not in latest or latest[name].tries < tries):
                latest[name] = _Held(tries, age)
        return latest

    def _create(self, name: str, tries: int) -> bool:
        return self._place.create(_file(name, tries), self._content())

    def _content(self) -> str:
        return json.dumps({"owner": self.owner})


@dataclass(frozen=True, slots=True)
class _Held:
    """The last try of a claim, and the seconds since its file was written."""

    tries: int
    age: float


_SUFFIX = ".json"
_CLOCK = "clock"


def _file(name: str, tries: int) -> str:
    return f"{name}.{tries}{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class _InFolder:
    folder: Path

    def create(self, name: str, text: str) -> bool:
        make_folder(self.folder)
        return create_file(self.folder / name, text)

    def renew(self, name: str, text: str) -> None:  # noqa: ARG002
        touch(self.folder / name)

    def remove(self, name: str) -> None:
        remove(self.folder / name)

    def ages(self, clock: str) -> dict[str, float]:
        """Compare times of the same file system: clocks of machines differ."""
        if not self.folder.is_dir():
            return {}
        now = self.folder / f".{clock}.{_CLOCK}"
        try:
            write_atomically(now, "")
            tick = now.stat().st_mtime
        finally:
            remove(now)
        ages = {}
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with suppress(FileNotFoundError):  # given back meanwhile
                ages[path.name] = tick - path.stat().st_mtime
        return ages


@dataclass(frozen=True, slots=True)
class _InBucket:
    bucket: Bucket

    def create(self, name: str, text: str) -> bool:
        return self.bucket.create(f"{FOLDER}/{name}", text)

    def renew(self, name: str, text: str) -> None:
        self.bucket.write(f"{FOLDER}/{name}", text)

    def remove(self, name: str) -> None:
        self.bucket.remove(f"{FOLDER}/{name}")

    def ages(self, clock: str) -> dict[str, float]:
        now = f"{clock}.{_CLOCK}"
        self.bucket.write(f"{FOLDER}/{now}", clock)
        entries = self.bucket.names(FOLDER)
        self.bucket.remove(f"{FOLDER}/{now}")
        tick = entries[now].changed if now in entries else 0.0  # a listing may be late
        return {
            name: tick - entry.changed for name, entry in entries.items() if name.endswith(_SUFFIX)
        }
