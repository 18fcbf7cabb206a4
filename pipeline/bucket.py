"""Folders in object stores (`s3://`, `gs://`, `az://`, `hf://` …), through fsspec.

A run in a bucket works in a folder on this machine, its mirror, which has a file `.bucket` with
the address. Shards are listed, fetched when they are read and put when they are written, each
as a whole; the other files are fetched when the run begins and put when it ends. Credentials come
from where each store's library looks for them.
"""

import errno
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from models.files import file_aside, write_whole
from models.weights.find import cache_folder
from pipeline.errors import ConfigError, StoreError

Answer = TypeVar("Answer")

MARK = ".bucket"
"""The file of a mirror that has the bucket's address."""
MOST_TRIES = 6
_FIRST_PAUSE_SECONDS = 0.1
_PACKAGES = {"s3": "'yibao[s3]'", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}


def is_address(name: str) -> bool:
    """True if a path is the address of something in a store, such as s3://bucket/folder."""
    return "://" in name


def run_folder(output: str) -> Path:
    """Return the folder on this machine in which a run works; for a bucket, its mirror.

    Raises StoreError if the mirror cannot be made.
    """
    if not is_address(output):
        return Path(output)
    address = output.rstrip("/")
    name = f"{PurePosixPath(address).name}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"
    folder = cache_folder("auto") / "runs" / name
    if not (folder / MARK).is_file():
        write_whole(folder / MARK, address + "\n")
    return folder


def bucket_of(folder: Path) -> "Bucket | None":
    """Return the bucket that a folder mirrors; None for an ordinary folder."""
    try:
        return Bucket((folder / MARK).read_text(encoding="utf-8").strip())
    except OSError:
        return None  # there is no such file, and whoever writes here next reports the rest


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a bucket: bytes, and when it was written in seconds since 1970."""

    size: int
    changed: float


class Bucket:
    """A folder of an object store. Every method tries again when the store fails to answer.

    Raises StoreError, naming the address, when it does not answer MOST_TRIES times or refuses.
    """

    def __init__(self, address: str, *, pause_seconds: float = _FIRST_PAUSE_SECONDS) -> None:
        self.address = address
        self._pause_seconds = pause_seconds
        self._system, self._root = _open(address)

    def names(self, folder: str = "") -> dict[str, StoredFile]:
        """List a folder once; empty if it is not there."""
        place = self._place(folder)

        def listed() -> dict[str, StoredFile]:
            self._system.invalidate_cache()
            try:
                rows = self._system.ls(place, detail=True)
            except FileNotFoundError:
                return {}
            return dict(_entries(rows))

        return self._trying(folder, "listed", listed)

    def find(self, name: str) -> dict[str, StoredFile]:
        """List a file, or all files of a folder and of those below it, by their names here."""
        place = self._place(name)

        def found() -> dict[str, StoredFile]:
            self._system.invalidate_cache()
            rows = self._system.find(place, detail=True)
            start = len(self._root) + 1
            return {
                place[start:]: StoredFile(int(row["size"] or 0), _seconds(row))
                for place, row in rows.items()
            }

        return self._trying(name, "listed", found)

    def fetch(self, name: str, path: Path) -> None:
        """Copy a file from the bucket, whole or not at all. Raises FileNotFoundError too."""
        path.parent.mkdir(parents=True, exist_ok=True)

        def get() -> None:
            with file_aside(path) as aside:
                self._system.get_file(self._place(name), str(aside))
                aside.replace(path)

        self._trying(name, "read", get)

    def put(self, path: Path, name: str) -> None:
        """Copy a file into the bucket; a reader sees it whole or not at all."""
        self._trying(name, "written", lambda: self._system.put_file(str(path), self._place(name)))

    def write(self, name: str, text: str) -> None:
        """Write a small file."""
        data = text.encode()
        self._trying(name, "written", lambda: self._system.pipe_file(self._place(name), data))

    def read(self, name: str) -> str:
        """Return a small file. Raises FileNotFoundError too."""
        data: bytes = self._trying(name, "read", lambda: self._system.cat_file(self._place(name)))
        return data.decode("utf-8", "replace")

    def create(self, name: str, text: str) -> bool:
        """Write a small file that is not there yet; False if it is.

        Of several processes one succeeds, by a conditional put (If-None-Match). A store that has
        none is asked first, so there two may succeed.
        """
        place, data = self._place(name), text.encode()

        def make() -> bool:
            try:
                self._system.pipe_file(place, data, mode="create")
            except FileExistsError:
                # an answer that was lost looks like this when it is asked again
                return bool(self._system.cat_file(place) == data)
            except (NotImplementedError, OSError) as error:
                if not _is_unknown(error):
                    raise
                if self._system.exists(place):
                    return False
                self._system.pipe_file(place, data)
            return True

        return self._trying(name, "written", make)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

        def drop() -> None:
            with suppress(FileNotFoundError):
                self._system.rm_file(self._place(name))

        self._trying(name, "removed", drop)

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def _trying(self, name: str, what: str, call: Callable[[], Answer]) -> Answer:
        pause, place = self._pause_seconds, f"{self.address}/{name}".rstrip("/")
        for number in range(1, MOST_TRIES + 1):
            try:
                return call()
            except FileNotFoundError:
                raise
            except PermissionError as error:
                raise StoreError(
                    f"{place}: cannot be {what}: {error}; check the credentials of the store"
                ) from None
            except Exception as error:  # noqa: BLE001 - each store has errors of its own
                if number == MOST_TRIES:
                    raise StoreError(
                        f"{place}: cannot be {what} after {MOST_TRIES} tries: {error}; run again "
                        "when the store answers: finished work stays"
                    ) from None
            time.sleep(pause)
            pause *= 2
        raise AssertionError


def _open(address: str) -> tuple[Any, str]:
    import fsspec

    scheme = address.partition("://")[0]
    try:
        system, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
    except ImportError:
        package = _PACKAGES.get(scheme, f"the fsspec library for {scheme}")
        raise ConfigError(
            f"{address}: no library for {scheme}:// is installed; run `pip install {package}`"
        ) from None
    except ValueError as error:
        raise ConfigError(f"{address}: {error}") from None
    return system, root.rstrip("/")


def _is_unknown(error: Exception) -> bool:
    """True if a store says that it has no conditional put."""
    return isinstance(error, NotImplementedError) or (
        isinstance(error, OSError) and error.errno == errno.ENOSYS
    )


def _entries(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, StoredFile]]:
    for row in rows:
        if row["type"] == "file":
            name = PurePosixPath(row["name"]).name
            yield name, StoredFile(int(row["size"] or 0), _seconds(row))


def _seconds(row: Mapping[str, Any]) -> float:
    """Return when a file was written; each store has a word of its own for it."""
    for key in ("LastModified", "mtime", "updated", "last_modified", "created"):
        value = row.get(key)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            with suppress(ValueError):
                return datetime.fromisoformat(value).timestamp()
    return 0.0


def open_run(output: str) -> Path:
    """Return the folder of a run; of a bucket, the mirror with the newest of its small files.

    Shards are fetched later, when they are read. Raises StoreError.
    """
    folder = run_folder(output)
    open_mirror(folder)
    return folder


def open_mirror(folder: Path) -> None:
    """Fetch the small files of the run that a folder mirrors, unless it is an ordinary one."""
    bucket = bucket_of(folder)
    if bucket is None:
        return
    for part in _PARTS:
        for name, entry in bucket.names(part).items():
            path = folder / part / name
            if not path.is_file() or path.stat().st_size != entry.size or name == _MANIFEST:
                bucket.fetch(f"{part}/{name}".lstrip("/"), path)


def put_run(folder: Path, since: float) -> None:
    """Put the small files of a run that changed since a time into the bucket; the manifest last.

    Does nothing for an ordinary folder. Raises StoreError.
    """
    bucket = bucket_of(folder)
    if bucket is None:
        return
    paths = [path for part in _PARTS for path in (folder / part).glob("[!.]*") if path.is_file()]
    for path in sorted(paths, key=lambda path: path.name == _MANIFEST):
        if path.stat().st_mtime >= since:
            bucket.put(path, path.relative_to(folder).as_posix())


_PARTS = ("", "english", "english/in-place")  # the folders of a run whose files are not shards
_MANIFEST = "manifest.json"
