"""Commands that only read leave nothing behind, so that other users may call them at any time."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import pipeline.commands.nights
from pipeline.memory import summary
from pipeline.memory.memory import Memory
from pipeline.memory.schema import count_sentences, open_file
from tests.nights import Nights

READING = [
    "status runs",
    "history runs",
    "show runs/latest",
    "plan",
    "export runs/latest --to exported.tsv",
    "doctor --config config.yaml",
    "doctor --security --config config.yaml",
    "memory stats --config config.yaml",
    "memory export --config config.yaml --to exported.tsv",
    "memory prune --unused 10 --dry-run --config config.yaml",
    "memory import corrected.tsv --config config.yaml --dry-run",
]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    nights = Nights(tmp_path_factory.mktemp("readers"))
    nights.configure(report={})
    nights.run("2026-11-25")
    rows = "zh\ten\n河水水位回落。\tThe river falls.\n"
    (nights.folder / "corrected.tsv").write_text(rows, encoding="utf-8")
    return nights


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    """Return time and size of all files and folders: one that is made and removed shows too."""
    facts = {path: path.stat() for path in [folder, *folder.rglob("*")]}
    return {str(path): (fact.st_mtime_ns, fact.st_size) for path, fact in facts.items()}


def at_rest(nights: Nights) -> Iterator[None]:
    """Nobody uses the memory."""
    yield


def in_use(nights: Nights) -> Iterator[None]:
    """A run has written and goes on."""
    with closing(Memory(nights.path("memory.sqlite"))) as memory:
        memory.correct([("河水水位回落。", "The river sinks.")])
        yield
        memory.forget(["河水水位回落。"])


def killed(nights: Nights) -> Iterator[None]:
    """A run was killed: its last rows are in the log only."""
    memory, copies = nights.path("memory.sqlite"), nights.folder / "copies"
    copies.mkdir()
    with closing(Memory(memory)) as open_memory:
        open_memory.correct([("河水水位回落。", "The river sinks.")])
        for path in nights.path("").glob("memory.sqlite*"):
            shutil.copy(path, copies)
        open_memory.forget(["河水水位回落。"])
    for path in copies.iterdir():
        path.replace(nights.path(path.name))
    yield
    with closing(Memory(memory)) as open_memory:
        open_memory.forget(["河水水位回落。"])
    copies.rmdir()


@pytest.mark.parametrize("state", [at_rest, in_use, killed])
@pytest.mark.parametrize("command", READING)
def test_who_reads_leaves_nothing_behind(
    command: str, state: Callable[[Nights], Iterator[None]], nights: Nights
) -> None:
    with contextmanager(state)(nights):
        before = seen(nights.path(""))
        answer = nights.call(*command.split())
        assert (answer.code, seen(nights.path(""))) == (0, before), answer.messages
    if state is not at_rest and command.startswith("memory stats"):
        assert "corrections by an editor" in answer.text  # what is in the log counts
    (nights.folder / "exported.tsv").unlink(missing_ok=True)


def test_a_run_without_its_lock_is_no_running_one(nights: Nights, tmp_path: Path) -> None:
    copied = Nights(tmp_path)
    shutil.copytree(nights.path(""), copied.path(""), symlinks=True)
    run = copied.path("2026-11-25")
    manifest = run / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace('"status": "done"', '"status": "running"')
    manifest.write_text(text, encoding="utf-8")
    assert "interrupted" in copied.call("status", "runs").text
    (run / ".lock").unlink()
    assert "interrupted" in copied.call("status", "runs").text
    assert not (run / ".lock").exists()


def test_a_memory_that_changes_while_it_is_read_is_read_again(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, path, counts = count_sentences, nights.path("memory.sqlite"), list[int]()

    def count_and_write(connection: object, path: Path) -> int:
        counts.append(count(connection, path))  # type: ignore[arg-type]
        if len(counts) == 1:
            with closing(Memory(path)) as memory:
                memory.correct([("新的一句。", "A new one.")])
        return counts[-1]

    monkeypatch.setattr(summary, "count_sentences", count_and_write)
    assert summary.remembered_sentences(path) == counts[0] + 1
    assert len(counts) == 2


def test_a_memory_of_an_older_version_is_brought_up_to_date_by_who_may(nights: Nights) -> None:
    path = nights.path("memory.sqlite")
    with closing(open_file(path)) as connection:
        connection.execute("ALTER TABLE translations DROP COLUMN unknown")
        connection.execute("PRAGMA user_version = 1")
    assert nights.call("memory", "stats", "--memory", str(path)).code == 0
    with closing(open_file(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_folder_of_another_user_is_no_bug(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(pipeline.commands.nights, "read_history", closed)
    answer = nights.call("history", "runs")
    assert answer.code == 1
    assert answer.messages.startswith("Error: runs: permission denied; change its permissions")


def test_a_log_that_another_user_left_is_named(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = nights.path("memory.sqlite")
    log = Path(f"{path}-wal")
    log.mkdir()  # nobody can write it
    may = os.access
    monkeypatch.setattr(os, "access", lambda file, mode: file.name != log.name and may(file, mode))
    try:
        answer = nights.call("run", "--date", "2026-11-26")
    finally:
        log.rmdir()
    assert answer.code == 1
    assert "another user left memory.sqlite-wal there: let root chown them" in answer.messages
