"""Damaged shards, memories and manifests, and those that somebody else holds."""

import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from filelock import FileLock

from faults import workspace
from faults.program import Ended
from faults.trial import Kind, Trial

# 0: the program made it again; 1: it named the file.
ENDS = frozenset({0, 1})
PAGE = 4096

Damage = Callable[[Path, random.Random], None]


def truncate(file: Path, generator: random.Random) -> None:
    """Cut a file off anywhere."""
    content = file.read_bytes()
    file.write_bytes(content[: generator.randrange(1, len(content))])


def empty(file: Path, generator: random.Random) -> None:
    """Leave nothing in a file."""
    file.write_bytes(b"")


def double(file: Path, generator: random.Random) -> None:
    """Repeat every row."""
    file.write_bytes(file.read_bytes() * 2)


def flip(file: Path, generator: random.Random) -> None:
    """Change one letter or digit, so that the row is still valid JSON."""
    content = bytearray(file.read_bytes())
    places = [i for i, byte in enumerate(content) if chr(byte).isalnum() and byte < 128]
    place = generator.choice(places)
    content[place] ^= 1 if chr(content[place] ^ 1).isalnum() else 2
    file.write_bytes(content)


def scramble(file: Path, generator: random.Random) -> None:
    """Replace a file by noise."""
    file.write_bytes(generator.randbytes(file.stat().st_size))


def scramble_page(file: Path, generator: random.Random) -> None:
    """Replace one page of a database by noise."""
    content = bytearray(file.read_bytes())
    start = PAGE * generator.randrange(max(1, len(content) // PAGE))
    content[start : start + PAGE] = generator.randbytes(PAGE)
    file.write_bytes(content)


def swap(file: Path, generator: random.Random) -> None:
    """Swap a shard with another one of its table."""
    others = [other for other in sorted(file.parent.glob("*.jsonl")) if other != file]
    other = generator.choice(others)
    content = file.read_bytes()
    file.write_bytes(other.read_bytes())
    other.write_bytes(content)


def damage_shard(damage: Damage) -> Callable[[Trial], Ended]:
    """Return a fault that damages a shard of any table, where the next tables are to be made."""

    def inject(trial: Trial) -> Ended:
        table = trial.random.choice(workspace.TABLES)
        workspace.remove_later(trial.folder, table)
        damage(trial.random.choice(workspace.shards(trial.folder, table)), trial.random)
        return run_and_obey(trial)

    return inject


def damage_memory(damage: Damage) -> Callable[[Trial], Ended]:
    """Return a fault that damages the memory, where all translations are to be made."""

    def inject(trial: Trial) -> Ended:
        workspace.remove_later(trial.folder, "articles")
        damage(workspace.memory_file(trial.folder), trial.random)
        return run_and_obey(trial)

    return inject


def lock_memory(trial: Trial) -> Ended:
    """Hold the memory for a while: the run waits."""
    workspace.remove_later(trial.folder, "articles")
    connection = sqlite3.connect(
        workspace.memory_file(trial.folder), isolation_level=None, check_same_thread=False
    )
    with closing(connection):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("UPDATE models SET name = name")
        release = threading.Timer(1 + 2 * trial.random.random(), connection.close)
        release.start()
        ended = trial.run()
        release.join()
    return ended


MANIFESTS = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"tables": 3}',
    b'{"tables": {"articles": 7}}',
    b'{"tables": {"articles": ["../../input/page0"]}}',
    b'{"report_key": {}, "totals": [], "vocabulary": "x"}',
    b"\xff\xfe\x00",
    b"[" * 100_000,
)


def damage_manifest(trial: Trial) -> Ended:
    """Cut the manifest off, or put something else there."""
    file = workspace.run_folder(trial.folder) / "manifest.json"
    chosen = trial.random.choice([None, *MANIFESTS])
    if chosen is None:
        truncate(file, trial.random)
    else:
        file.write_bytes(chosen)
    if trial.random.random() < 0.5:
        (workspace.run_folder(trial.folder) / "report.json").unlink()
    return run_and_obey(trial)


def hold_folder(trial: Trial) -> Ended:
    """Hold the run folder as another run does."""
    with FileLock(workspace.run_folder(trial.folder) / ".lock"):
        return trial.run()


def run_and_obey(trial: Trial) -> Ended:
    """Run; if the program gives up and names a damaged file, delete that file as it says."""
    ended = trial.run()
    if ended.exit_code == 1:
        run = workspace.run_folder(trial.folder)
        candidates = [*run.rglob("*.json*"), workspace.memory_file(trial.folder)]
        named = [file for file in candidates if str(file.relative_to(trial.folder)) in ended.output]
        for file in named:
            for part in file.parent.glob(f"{file.name}*"):  # a database has parts
                part.unlink()
    return ended


DAMAGES = (
    Kind("shard-truncated", damage_shard(truncate), ENDS, finished=True),
    Kind("shard-emptied", damage_shard(empty), ENDS, finished=True),
    Kind("shard-doubled", damage_shard(double), ENDS, finished=True),
    Kind("shard-flipped", damage_shard(flip), ENDS, finished=True),
    Kind("shard-swapped", damage_shard(swap), ENDS, finished=True),
    Kind("shard-garbage", damage_shard(scramble), ENDS, finished=True),
    Kind("memory-truncated", damage_memory(truncate), ENDS, finished=True),
    Kind("memory-emptied", damage_memory(empty), ENDS, finished=True),
    Kind("memory-garbage", damage_memory(scramble), ENDS, finished=True),
    Kind("memory-page", damage_memory(scramble_page), ENDS, finished=True),
    Kind("memory-locked", lock_memory, frozenset({0}), finished=True, in_process=False),
    Kind("manifest-damaged", damage_manifest, ENDS, finished=True),
    Kind("folder-held", hold_folder, frozenset({5}), finished=True),
)
