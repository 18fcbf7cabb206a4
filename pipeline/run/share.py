"""Who has a run folder: one run, or the workers that share it; and who makes its shards."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.bucket import open_mirror, put_run
from pipeline.config.sections import Config
from pipeline.engine.claims import Claims
from pipeline.engine.executors import Executor
from pipeline.engine.executors.claiming import ClaimingExecutor
from pipeline.engine.executors.local import LocalExecutor
from pipeline.engine.executors.ray import Join, RayExecutor
from pipeline.engine.journal import Journal
from pipeline.engine.manifest import Manifest, keep_results, read_last_run, write_manifest
from pipeline.errors import StoreError
from pipeline.signals import shielded
from pipeline.storage import hold_folder

Worker = tuple[int, int]
"""This process is worker I of N, counted from 1, which share the run folder."""

_DAY_SECONDS = 86_400


@contextmanager
def writing(folder: Path, worker: Worker | None, journal: Journal) -> Iterator[None]:
    """Have a run folder, and its bucket, for this run or for the workers that share it.

    Raises FolderLockedError if it is another's.
    """
    if worker is None:
        claims = Claims(folder)
        with (
            hold_folder(folder),
            claims.holding_all(),
            _mirrored(folder),
            journal.recording(folder),
        ):
            yield
        return
    with hold_folder(folder):
        pass  # no other run is writing here
    with _mirrored(folder), journal.recording(folder, f"log-worker-{worker[0]}"):
        yield


@contextmanager
def _mirrored(folder: Path) -> Iterator[None]:
    """Fetch the small files of a bucket, and put those that change, however the run ends."""
    open_mirror(folder)
    started = time.time()
    try:
        yield
    finally:
        with shielded():
            put_run(folder, started)


@contextmanager
def ending(folder: Path, worker: Worker | None, manifest: Manifest) -> Iterator[bool]:
    """Let one worker after the other write the end; yield whether another one ended the run before.

    The first makes the report for all.
    """
    if worker is None:
        yield False
        return
    with hold_folder(folder, name=".end.lock", wait_seconds=_DAY_SECONDS):
        has_ended = False
        with suppress(StoreError):
            last = read_last_run(folder)
            keep_results(manifest, last)
            is_new = (last.finished or "") >= manifest.started or not any(manifest.made.values())
            has_ended = last.status == "done" and is_new
        yield has_ended
        manifest.status = "done"
        write_manifest(folder, manifest)


def shared_executor(
    local: LocalExecutor, config: Config, worker: Worker | None, join: Join, started: float
) -> Executor:
    """Return what makes the shards that `local` would make if the run had one process.

    `started` is when the run began, in seconds since 1970.
    """
    store, journal, counter = local.store, local.journal, local.counter
    reuse, corrections = local.reuse, local.corrections
    if config.runtime.executor == "ray":
        return RayExecutor(store, journal, counter, join, config, reuse, corrections)
    if worker is None:
        return local
    claims, first = Claims(store.folder), (worker[0] - 1) / worker[1]
    return ClaimingExecutor(
        store, journal, counter, local.memory, reuse, corrections, claims, first, started
    )
