"""The translation memory as a file: brought up to date, looked into, pruned, shared."""

import sqlite3
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from models.protocols import Candidate
from pipeline.errors import ConfigError, StoreError
from pipeline.memory.maintenance import prune, stats, stats_lines
from pipeline.memory.memory import Memory

DAY = 86_400
OLD_TABLE = """
CREATE TABLE translations (model TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL,
confidence REAL NOT NULL, source_truncated INTEGER NOT NULL, target_truncated INTEGER NOT NULL,
PRIMARY KEY (model, source)) WITHOUT ROWID
"""


def _memory(path: Path, day: int = 100) -> Memory:
    return Memory(path, clock=lambda: day * DAY + 5)


def _filled(path: Path) -> Path:
    for day, model in ((10, "a" * 32), (50, "b" * 32)):
        with closing(_memory(path, day)) as memory:
            memory.name(model, f"model-{model[0]}, ctranslate2, int8")
            memory.add_all([(model, [("一。", Candidate(f"One by {model[0]}.", 0.5))])])
            memory.add_all([(f"{model} Search(count=4) 0", [("一。", Candidate("Another.", 0.5))])])
    with closing(_memory(path, 20)) as memory:
        memory.correct([("二。", "Two, says the editor.")])
    return path


def test_an_older_file_is_brought_up_to_date_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.execute(OLD_TABLE)
        old.execute("INSERT INTO translations VALUES ('m', '句', 'A sentence.', 0.25, 1, 0)")
        old.commit()
    with closing(Memory(path)) as memory:
        assert memory.find("m", ["句"]) == {"句": Candidate("A sentence.", 0.25, True, False)}
        memory.add_all([("m", [("新", Candidate("New.", 0.5))])])
    [found] = stats(path)
    assert (found.sentences, found.name[:9]) == (2, "unnamed: ")
    assert found.added_first >= int(path.stat().st_mtime) - DAY


def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99, written by a later Yibao"):
        Memory(path)


def _writes(path: Path, own: int) -> None:
    with closing(Memory(path)) as memory:
        for number in range(20):
            memory.add_all([("m", [(f"{own} {number}", Candidate("x", 0.5))])])
            memory.find("m", [f"{other} {number}" for other in range(4)])


def test_several_runs_make_open_and_fill_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.execute(OLD_TABLE)
    processes = [get_context("fork").Process(target=_writes, args=(path, own)) for own in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert stats(path)[0].sentences == 80


def test_a_look_at_a_memory_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        stats(tmp_path / "memory.sqlite")
    assert list(tmp_path.iterdir()) == []


# -- what is in it, what may go


def test_statistics_tell_models_by_the_names_people_know(tmp_path: Path) -> None:
    path = _filled(tmp_path / "memory.sqlite")
    found = {each.key[0]: each for each in stats(path)}
    assert found["a"].name == "model-a, ctranslate2, int8"
    assert (found["a"].sentences, found["a"].alternatives) == (1, 1)
    assert found["a"].added_first // DAY == 10
    assert any("corrections by an editor" in line for line in stats_lines(path))


def test_what_a_run_looks_up_counts_as_used_that_day(tmp_path: Path) -> None:
    path = _filled(tmp_path / "memory.sqlite")
    with closing(_memory(path, 70)) as memory:
        memory.find("a" * 32, ["一。"])
    used = {each.key[0]: each.used_last // DAY for each in stats(path)}
    assert used == {"a": 70, "b": 50, "e": 20}


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        ({"older_than_days": 60}, {"b", "e"}),
        ({"unused_days": 20}, {"e"}),
        ({"models": ["model-a"]}, {"b", "e"}),
        ({"models": ["bbbb"]}, {"a", "e"}),
        ({"models": ["model-b"], "older_than_days": 60}, {"a", "b", "e"}),
        ({"models": ["editor"]}, {"a", "b"}),
        ({"older_than_days": 0}, {"e"}),
    ],
)
def test_prune_removes_what_meets_every_condition(
    tmp_path: Path, conditions: dict[str, object], left: set[str]
) -> None:
    path = _filled(tmp_path / "memory.sqlite")
    dry = prune(path, now=100 * DAY, dry_run=True, **conditions)  # type: ignore[arg-type]
    assert {each.key[0] for each in stats(path)} == {"a", "b", "e"}
    assert prune(path, now=100 * DAY, **conditions).entries == dry.entries  # type: ignore[arg-type]
    assert {each.key[0] for each in stats(path)} == left


def test_prune_asks_what_may_go_and_knows_its_models(tmp_path: Path) -> None:
    path = _filled(tmp_path / "memory.sqlite")
    with pytest.raises(ConfigError, match="no condition given"):
        prune(path)
    with pytest.raises(ConfigError, match=r"no entries of 'gpt'; there is aaaaaaaa \(model-a"):
        prune(path, models=["gpt"])


def test_pruning_shrinks_the_file_while_a_run_holds_it_open(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(_memory(path, 10)) as run:
        run.add_all(
            [
                (
                    "m",
                    [
                        (f"第{n}句" * 20, Candidate("A long sentence. " * 20, 0.5))
                        for n in range(3000)
                    ],
                )
            ]
        )
        gone = prune(path, older_than_days=1, now=100 * DAY)
        assert (gone.entries, gone.busy) == (3000, "")
        assert gone.bytes_after < gone.bytes_before / 10
        run.add_all([("m", [("新", Candidate("New.", 0.5))])])
        assert run.find("m", ["新", "第1句" * 20]) == {"新": Candidate("New.", 0.5)}
