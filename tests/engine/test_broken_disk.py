"""Disks that are full, folders that may not be written, manifests and memories that are damaged."""

import errno
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import pipeline.engine.translation.model
import pipeline.memory.schema
from pipeline.cli import main
from pipeline.storage import hold_folder
from pipeline.testing import EchoTranslator

CONFIG = """
input: {paths: [input]}
output: runs/test
runtime: {device: cpu, shard_size: 2}
translate: {model: {kind: seq2seq, path: "bundled:zh-en"}, repair: {enabled: false}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {bootstrap_samples: 10}
report: {formats: [json]}
"""
RUN = ("run", "-c", "config.yaml")
Call = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Run the command line in a folder with two pages: its exit code and its lines on stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: EchoTranslator()
    )
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "input").mkdir()
    for number in range(2):
        text = f"# 第{number}号新闻标题\n\n金山区有{number}个项目。\n"
        (tmp_path / f"input/n{number}.md").write_text(text, encoding="utf-8")

    def called(*arguments: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["pipeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err.splitlines()

    return called


def _manifest() -> Any:
    return json.loads(Path("runs/test/manifest.json").read_text(encoding="utf-8"))


def _warnings(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("warning: ")]


def _refuse(monkeypatch: pytest.MonkeyPatch, code: int, *names: str) -> None:
    """Let the disk refuse whatever is to become a file with one of the names in its path."""
    sync = os.fsync

    def refusing(descriptor: int) -> None:
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if any(name in path for name in names):
            raise OSError(code, os.strerror(code))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refusing)


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("table", ["articles", "translations", "scores"])
def test_a_full_disk_names_the_file_and_the_manifest_says_failed(
    call: Call, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    with monkeypatch.context() as patch:
        _refuse(patch, errno.ENOSPC, f"/{table}/")
        code, lines = call(*RUN, "-q")
    assert code == 1
    [line] = lines
    assert line.startswith(f"Error: runs/test/{table}/")
    assert "cannot be written: No space left on device; free some space and run again" in line
    assert (_manifest()["status"], _manifest()["exit_code"]) == ("failed", 1)
    assert not list(Path("runs").rglob("*.partial"))
    assert call(*RUN)[0] == 0


@needs_proc
def test_a_disk_without_room_for_the_manifest_still_ends_its_status(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _refuse(patch, errno.ENOSPC, "/scores/", "metrics.prom")
        code, lines = call(*RUN, "-q")
    assert (code, len(lines)) == (1, 1)
    assert "runs/test/scores/" in lines[0]
    assert _manifest()["status"] == "failed"


def test_a_log_that_cannot_be_written_stops_no_run(call: Call) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    Path("runs/test").mkdir(parents=True)
    Path("runs/test/log.jsonl").symlink_to("/dev/full")
    code, lines = call(*RUN)
    assert code == 0
    assert _warnings(lines) == [
        "warning: runs/test/log.jsonl: cannot be written: No space left on device; it ends here"
    ]


@needs_proc
@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_table_folder_that_became_read_only_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    with monkeypatch.context() as patch:
        _refuse(patch, code, "/summaries/")
        ended, lines = call(*RUN, "-q")
    assert ended == 1
    assert len(lines) == 1
    assert "runs/test/summaries/" in lines[0]
    assert "change its permissions or those of its folder, or choose another folder" in lines[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_table_folder_without_permission_is_one_line(call: Call) -> None:
    assert call(*RUN)[0] == 0
    for mode in (0o500, 0o000):
        Path("runs/test/summaries").chmod(mode)
        code, lines = call(*RUN, "-q", "--set", "summarize.model.sentences=2")
        Path("runs/test/summaries").chmod(0o700)
        assert (code, len(lines)) == (1, 1)


@pytest.mark.parametrize("table", ["articles", "scores"])
def test_a_file_in_the_place_of_a_table_is_one_line(call: Call, table: str) -> None:
    assert call(*RUN)[0] == 0
    shutil.rmtree(f"runs/test/{table}")
    Path(f"runs/test/{table}").write_text("mine")
    for arguments in ((*RUN, "-q"), ("plan", "-c", "config.yaml"), ("show", "runs/test")):
        code, lines = call(*arguments)
        assert (code, len(lines)) == (1, 1)
        assert lines[0].startswith(f"Error: runs/test/{table}: cannot be read: ")
    assert Path(f"runs/test/{table}").read_text() == "mine"


@pytest.mark.parametrize("place", ["file/x", "folder"])
@pytest.mark.parametrize("file_format", ["parquet", "tsv", "csv", "jsonl", "tmx"])
def test_an_export_to_a_place_that_cannot_be_written_is_one_line(
    call: Call, file_format: str, place: str
) -> None:
    assert call(*RUN)[0] == 0
    Path("file").write_text("mine")
    Path("folder").mkdir()
    code, lines = call("export", "runs/test", "--format", file_format, "--to", place)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith(f"Error: {place}: cannot be written: ")
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith(".")) == []


# -- manifests

MANIFESTS = [
    "{}",
    "[]",
    "null",
    "",
    '{"tables": 1, "status": "done"}',
    '{"tables": {"articles": [1]}, "status": "done"}',
    '{"tables": {}, "status": "done", "vocabulary": {"x": 1}}',
    "[" * 100_000,
]


@pytest.mark.parametrize("content", MANIFESTS, ids=lambda content: content[:45])
def test_a_damaged_manifest_is_named_and_the_next_run_writes_a_new_one(
    call: Call, content: str
) -> None:
    assert call(*RUN)[0] == 0
    path = Path("runs/test/manifest.json")
    path.write_text(content, encoding="utf-8")
    for arguments in (
        ("show", "runs/test"),
        ("export", "runs/test", "--format", "tsv", "--to", "x.tsv"),
        ("memory", "stats", "--memory", "runs/test"),
    ):
        code, lines = call(*arguments)
        assert (code, len(lines)) == (1, 1), lines
        assert lines[0].startswith("Error: runs/test/manifest.json: ")
    assert call("plan", "-c", "config.yaml")[0] == 0
    code, lines = call(*RUN)
    assert code == 0
    assert _warnings(lines)[0].startswith("warning: runs/test/manifest.json: ")
    assert _manifest()["status"] == "done"
    assert call("show", "runs/test") == (0, [])


def test_a_run_whose_process_is_gone_is_told_as_interrupted(call: Call) -> None:
    assert call(*RUN)[0] == 0
    path = Path("runs/test/manifest.json")
    values = _manifest() | {"status": "running", "exit_code": None}
    path.write_text(json.dumps(values), encoding="utf-8")
    wanted = (
        "runs/test: the last run was interrupted: its process ended before the run was finished; "
    )
    with hold_folder(Path("runs/test")):  # it still goes on
        assert call("show", "runs/test") == (0, [])
    for arguments in (("show", "runs/test"), ("plan", "-c", "config.yaml")):
        code, lines = call(*arguments)
        assert (code, lines) == (0, [f"{wanted}run it again to continue"])
    _, lines = call(*RUN)
    assert _warnings(lines) == [f"warning: {wanted}continuing where it stopped"]
    assert call("show", "runs/test") == (0, [])


# -- the translation memory


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:-1] = bytes(len(data) - 101)
    path.write_bytes(bytes(data))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _cut_inside_the_last_page(path: Path) -> None:
    """SQLite reads the missing end of a page as zeros, inside of what is remembered."""
    path.write_bytes(path.read_bytes()[:-2000])


def _cut_a_page_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _replace(path: Path) -> None:
    path.write_text("a shopping list; " * 300)


def _make_another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE customers (name TEXT)")


def _make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_flip, "it is damaged: move it away"),
        (_cut, "it is damaged: move it away"),
        (_cut_inside_the_last_page, "cut off; it is damaged: move it away"),
        (_cut_a_page_off, "cut off; it is damaged: move it away"),
        (_replace, "it is damaged: move it away"),
        (_make_another, "a different database (with the table 'customers')"),
        (_make_newer, "written by a later Yibao"),
    ],
)
def test_a_memory_that_cannot_be_used_is_one_line_and_stays_as_it_is(
    call: Call, damage: Callable[[Path], None], reason: str
) -> None:
    assert call(*RUN)[0] == 0
    shutil.rmtree("runs/test")
    path = Path("runs/memory.sqlite")
    damage(path)
    before = path.read_bytes()
    for arguments in ((*RUN, "-q"), ("memory", "stats", "--memory", str(path))):
        code, lines = call(*arguments)
        assert (code, len(lines)) == (1, 1), lines
        assert lines[0].startswith("Error: runs/memory.sqlite: ")
        assert reason in lines[0]
    assert path.read_bytes() == before


def test_a_memory_that_another_program_holds_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.memory.schema, "WAIT_SECONDS", 0.1)
    assert call(*RUN)[0] == 0
    shutil.rmtree("runs/test")
    (Path("input") / "more.md").write_text("# 新闻\n\n今天很好。\n", encoding="utf-8")
    with closing(sqlite3.connect("runs/memory.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, lines = call(*RUN, "-q")
        other.execute("ROLLBACK")
    assert (code, len(lines)) == (1, 1)
    assert "database is locked; another program is using it" in lines[0]
    assert call(*RUN)[0] == 0
