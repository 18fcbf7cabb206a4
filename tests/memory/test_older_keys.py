"""A memory that earlier versions of Yibao wrote is still used, under the keys of today.

`old_memory` has what commit b83428c wrote: the page it read, its glossary, and its memory of the
five sentences and of the other answers for the one without the glossary's term. The bundled model
had a counted shortlist then, whose digest was in its key.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import pipeline.engine.translation.model
from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.memory.maintenance import stats
from pipeline.memory.memory import Memory
from pipeline.testing import FakeTranslator

OLD = Path(__file__).parent / "old_memory"
CONFIG = """
input: {paths: [page.txt]}
output: run
runtime: {device: cpu, memory: memory.sqlite}
translate:
  model: {kind: seq2seq, path: "bundled:zh-en"}
  glossary: glossary.tsv
  repair: {rungs: [nbest]}
summarize: {model: {kind: extractive, method: lexrank}}
score: {bootstrap_samples: 0}
"""


class Unasked(FakeTranslator):
    """A translator that must not be asked: everything is remembered.

    But repairs search otherwise than that version did; it has no other answers.
    """

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        raise AssertionError(f"asked for {sentences}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: Unasked()
    )
    for name in ("page.txt", "glossary.tsv"):
        shutil.copy(OLD / name, tmp_path)
    shutil.copy(OLD / "memory.db", tmp_path / "memory.sqlite")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["run", "--config", "config.yaml", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def keys(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [key for (key,) in connection.execute("SELECT DISTINCT model FROM translations")]


def test_what_a_memory_of_an_older_version_has_is_not_translated_again(folder: Path) -> None:
    before = keys(folder / "memory.sqlite")
    assert "; 0 sentences translated, 5 remembered" in run()
    after = keys(folder / "memory.sqlite")
    assert len(after) == len(before) == 5
    assert not set(after) & set(before), "every row has a key of today"
    assert [key[32:] for key in sorted(after)] == [key[32:] for key in sorted(before)]
    [described] = stats(folder / "memory.sqlite")
    assert (described.sentences, described.alternatives) == (5, 4)
    assert described.name == "bundled:zh-en, ctranslate2, int8"
    assert "; 0 sentences translated, 5 remembered" in run("--set", "output=again")


def test_rows_of_an_older_key_replace_no_newer_ones(tmp_path: Path) -> None:
    old, new, other = "0" * 32, "1" * 32, "0" * 31 + "1"
    memory = Memory(tmp_path / "memory.sqlite")
    for key in (old, f"{old} told x", f"{old} Search(count=4) 0", other, f"{other} told x"):
        memory.add_all(
            [(key, [("一", Candidate(f"{key} One", 0.5)), ("二", Candidate("Two", 0.5))])]
        )
    memory.add_all([(new, [("一", Candidate("Newer", 0.9))])])
    memory.name(old, "old name")
    memory.take_over([old], new)
    assert memory.find(new, ["一", "二"])["一"].text == "Newer"
    assert memory.find(new, ["一", "二"])["二"].text == "Two"
    assert memory.find(f"{new} told x", ["一"])["一"].text == f"{old} told x One"
    assert memory.find(f"{new} Search(count=4) 0", ["一"])
    assert sorted(keys(tmp_path / "memory.sqlite")) == sorted(
        [new, f"{new} told x", f"{new} Search(count=4) 0", other, f"{other} told x"]
    )
    assert [each.name for each in stats(tmp_path / "memory.sqlite") if each.key == old] == []


def test_an_interrupted_move_leaves_everything_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memory.sqlite"
    memory = Memory(path)
    memory.add_all([("a", [("一", Candidate("One", 0.5))])])
    memory.add_all([("a told x", [("一", Candidate("One", 0.5))])])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        connection.execute("INSERT INTO models VALUES ('a', 'old name')")
        connection.commit()
    with pytest.raises(Exception, match="full"):
        memory.take_over(["a"], "b")
    assert sorted(keys(path)) == ["a", "a told x"]
