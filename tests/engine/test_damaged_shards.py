"""Files of a run that were damaged behind its back: the next run ends as a clean one does."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import pipeline.engine.translation.model
from models.protocols import Candidate
from pipeline.cli import main
from pipeline.testing import EchoTranslator

CONFIG = """
input: {paths: [input]}
output: runs/test
runtime: {device: cpu, shard_size: 2}
translate: {model: {kind: seq2seq, path: "bundled:zh-en"}, repair: {enabled: false}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {bootstrap_samples: 10}
"""
TABLES = ("articles", "translations", "summaries", "scores")
TIMED = {"manifest.json", "log.jsonl", "metrics.prom", ".lock"}


class Desk:
    """A folder with six pages, the command line over it, and what a clean run makes of them."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.output = folder / "runs/test"
        self.echo = EchoTranslator()
        self.printed = ""
        self._patch, self._capture = patch, capture
        patch.chdir(folder)
        patch.setattr(
            pipeline.engine.translation.model, "load_translator", lambda *_, **__: self.echo
        )

    def write_input(self) -> None:
        (self.folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        (self.folder / "input").mkdir()
        for number in range(6):
            text = f"# 第{number}号新闻标题\n\n今天是第{number}天。金山区有{number}个项目。\n"
            (self.folder / f"input/n{number}.md").write_text(text, encoding="utf-8")

    def call(self, *arguments: str) -> tuple[int, str]:
        """Run the command line; return its exit code and what it wrote to stderr."""
        self.echo.asked.clear()
        self._patch.setattr(sys, "argv", ["pipeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self._capture.readouterr()
        assert "Traceback" not in captured.err
        self.printed = captured.out
        return int(ended.value.code or 0), captured.err

    def run(self, *settings: str) -> str:
        """Run, which must end well; return stderr."""
        changes = [part for setting in settings for part in ("--set", setting)]
        code, written = self.call("run", "-c", "config.yaml", *changes)
        assert code == 0, written
        return written

    def files(self) -> dict[str, bytes]:
        """Everything a run makes, except what holds the time."""
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and path.name not in TIMED
        }

    def shards(self, table: str) -> list[Path]:
        """The files of a table, the largest first."""
        found = sorted((self.output / table).glob("*.jsonl"))
        return sorted(found, key=lambda path: -path.stat().st_size)

    def made(self) -> dict[str, int]:
        """How many shards each stage of the last run made."""
        made: dict[str, int] = json.loads((self.output / "manifest.json").read_text())["made"]
        return made


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test puts its finished run, which the others copy."""
    return tmp_path_factory.mktemp("clean") / "desk"


@pytest.fixture
def desk(
    tmp_path: Path,
    clean_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """A folder whose run has ended well."""
    folder = tmp_path / "desk"
    if clean_folder.exists():
        shutil.copytree(clean_folder, folder)
        return Desk(folder, monkeypatch, capsys)
    folder.mkdir()
    desk = Desk(folder, monkeypatch, capsys)
    desk.write_input()
    desk.run()
    shutil.copytree(folder, clean_folder)
    return desk


def _lose_a_line(path: Path, _other: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _lose_some_bytes(path: Path, _other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _empty(path: Path, _other: Path) -> None:
    path.write_bytes(b"")


def _double_a_line(path: Path, _other: Path) -> None:
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])


def _flip_a_letter(path: Path, _other: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(b'"n') + 1  # an identifier: the row stays a row
    data[place] ^= 1
    path.write_bytes(bytes(data))


def _fill_with_zeros(path: Path, _other: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _swap_contents(path: Path, other: Path) -> None:
    mine, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs)
    other.write_bytes(mine)


def _swap_digests(path: Path, other: Path) -> None:
    """Give each shard the other's content together with the digest in its name."""
    (mine, *_), (theirs, *_) = path.name.split("."), other.name.split(".")
    aside = path.with_name("aside")
    path.rename(aside)
    other.rename(path.with_name(other.name.replace(theirs, mine)))
    aside.rename(other.with_name(path.name.replace(mine, theirs)))


def _remove(path: Path, _other: Path) -> None:
    path.unlink()


DAMAGES: list[Callable[[Path, Path], None]] = [
    _lose_a_line,
    _lose_some_bytes,
    _empty,
    _double_a_line,
    _flip_a_letter,
    _fill_with_zeros,
    _swap_contents,
    _swap_digests,
    _remove,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_shard_is_made_again(
    desk: Desk, table: str, damage: Callable[[Path, Path], None]
) -> None:
    clean = desk.files()
    damage(*desk.shards(table)[:2])
    damaged = desk.files()
    assert damaged != clean
    desk.run()
    assert desk.files() == clean
    assert desk.echo.asked == [], "the memory has every sentence"


@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_shard_is_never_believed_by_a_run_with_other_settings(
    desk: Desk, table: str
) -> None:
    """The last stage is made new from the damaged tables, which nobody else reads."""
    other = {
        "articles": "summarize.model.sentences=2",
        "translations": "summarize.model.sentences=2",
        "summaries": "report.title=Other",
        "scores": "report.title=Other",
    }[table]
    desk.run(other)
    clean = desk.files()
    shutil.rmtree(desk.output)
    desk.run()
    for path in desk.shards(table):
        _lose_a_line(path, path)
    written = desk.run(other)
    assert f"{table}/" in written
    assert "its content was changed or damaged; remaking it" in written
    assert {name: data for name, data in desk.files().items() if name in clean} == clean


def test_a_damaged_shard_is_named_by_every_command_that_reads_it(desk: Desk) -> None:
    path = desk.shards("translations")[0]
    _lose_a_line(path, path)
    for arguments in (
        ["show", "runs/test"],
        ["export", "runs/test", "--format", "tsv", "--to", "x.tsv"],
        ["export", "runs/test", "--format", "parquet", "--to", "x.parquet"],
    ):
        code, written = desk.call(*arguments)
        assert code == 1
        [line] = written.splitlines()
        assert line.startswith("Error: runs/test/translations/")
        assert "its content was changed or damaged; run `pipeline run` again" in line
    assert not (desk.folder / "x.tsv").exists()
    path.unlink()
    code, written = desk.call("show", "runs/test")
    assert (code, "No such file" in written) == (1, True), "a finished run has all its shards"


def test_the_plan_counts_a_damaged_shard_as_to_be_made(desk: Desk) -> None:
    _empty(desk.shards("articles")[0], Path())
    before = desk.files()
    assert desk.call("plan", "-c", "config.yaml") == (0, "")
    [segment] = [x.split() for x in desk.printed.splitlines() if x.startswith("segment")]
    assert int(segment[3]) == 1
    assert desk.files() == before


def test_lost_failures_do_not_make_a_shard_look_finished(desk: Desk) -> None:
    class Broken(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            if any("第3天" in sentence for sentence in sentences):
                raise RuntimeError("cannot")
            return super().answer(sentences)

    shutil.rmtree(desk.folder / "runs")
    desk.echo = Broken()
    code, _ = desk.call("run", "-c", "config.yaml")
    assert code == 3
    for table in ("translations", "summaries", "scores"):
        for path in (desk.output / table).glob("*.failures.jsonl"):
            path.unlink()
    code, _ = desk.call("run", "-c", "config.yaml")
    assert code == 3, "it still fails, and says so"
    desk.echo = EchoTranslator()
    desk.run()
    mended = desk.files()
    shutil.rmtree(desk.output)
    desk.run()
    assert desk.files() == mended


# -- folders of an earlier Yibao, whose shards have no digest


def _unseal(desk: Desk) -> None:
    for table in TABLES:
        for path in desk.shards(table):
            path.rename(path.with_name(f"{path.name.split('.')[0]}.jsonl"))


def test_shards_without_a_digest_are_taken_over_if_they_fit_their_articles(desk: Desk) -> None:
    clean = desk.files()
    _unseal(desk)
    desk.run("runtime.memory=off")
    assert desk.files() == clean
    assert desk.echo.asked == []
    made = desk.made()
    assert (made["translate"], made["summarize"], made["score"]) == (0, 0, 0)


def test_shards_without_a_digest_can_be_shown_and_planned(desk: Desk) -> None:
    _unseal(desk)
    before = desk.files()
    assert desk.call("show", "runs/test")[0] == 0
    assert desk.call("plan", "-c", "config.yaml")[0] == 0
    assert desk.files() == before


@pytest.mark.parametrize("table", ["translations", "scores"])
@pytest.mark.parametrize(
    "damage", [_lose_a_line, _lose_some_bytes, _empty, _double_a_line, _swap_contents]
)
def test_shards_without_a_digest_that_do_not_fit_are_made_again(
    desk: Desk, table: str, damage: Callable[[Path, Path], None]
) -> None:
    clean = desk.files()
    _unseal(desk)
    damage(*desk.shards(table)[:2])
    desk.run()
    assert desk.files() == clean
