"""The translation memory as a file that people look into, correct and clear."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.plan
from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.errors import ConfigError, StoreError
from pipeline.formats.export import ExportRow, export_csv, export_tmx, export_tsv
from pipeline.formats.pairs import read_pairs
from pipeline.memory import Memory
from pipeline.memoryfile import EDITOR
from pipeline.text.pairing import pairing_key
from pipeline.upkeep import entries, prune, stats, stats_lines
from tests.fakes import EchoTranslator

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
            memory.add(model, [("一。", Candidate(f"One by {model[0]}.", 0.5))])
            memory.add(f"{model} Search(count=4) 0", [("一。", Candidate("Another.", 0.5))])
    with closing(_memory(path, 20)) as memory:
        memory.correct([("二。", "Two, says the editor.")])
    return path


# -- the file


def test_an_older_file_is_brought_up_to_date_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.execute(OLD_TABLE)
        old.execute("INSERT INTO translations VALUES ('m', '句', 'A sentence.', 0.25, 1, 0)")
        old.commit()
    with closing(Memory(path)) as memory:
        assert memory.find("m", ["句"]) == {"句": Candidate("A sentence.", 0.25, True, False)}
        memory.add("m", [("新", Candidate("New.", 0.5))])
    [found] = stats(path)
    assert (found.sentences, found.name[:9]) == (2, "not named")
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
            memory.add("m", [(f"{own} {number}", Candidate("x", 0.5))])
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
    assert any("corrections of an editor" in line for line in stats_lines(path))


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
    with pytest.raises(ConfigError, match="say what may go"):
        prune(path)
    with pytest.raises(ConfigError, match=r"no entries of 'gpt'; there is aaaaaaaa \(model-a"):
        prune(path, models=["gpt"])


def test_pruning_shrinks_the_file_while_a_run_holds_it_open(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(_memory(path, 10)) as run:
        run.add(
            "m", [(f"第{n}句" * 20, Candidate("A long sentence. " * 20, 0.5)) for n in range(3000)]
        )
        gone = prune(path, older_than_days=1, now=100 * DAY)
        assert (gone.entries, gone.busy) == (3000, "")
        assert gone.bytes_after < gone.bytes_before / 10
        run.add("m", [("新", Candidate("New.", 0.5))])
        assert run.find("m", ["新", "第1句" * 20]) == {"新": Candidate("New.", 0.5)}


# -- an editor's files


def _row(zh: str, en: str, number: int = 1) -> ExportRow:
    return ExportRow("a", number, "paragraph", f"s{number}", 0, len(zh), zh, en, 0.5, "")


ROWS = [
    _row("他说：“好。”", '"Good," he said.', 1),
    _row("一、二", "One, two", 2),
    _row("三", "", 3),
]


def _excel_tsv(rows: list[ExportRow]) -> str:
    """Write a table as Excel's "Unicode text" does: quoted where there is a comma or a mark."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if set(text) & set('",\n') else text

    lines = [ExportRow.__dataclass_fields__, *([getattr(r, n) for n in r.__slots__] for r in rows)]
    return "\r\n".join("\t".join(cell(value) for value in line) for line in lines) + "\r\n"


@pytest.mark.parametrize(
    ("name", "written", "encoding"),
    [
        ("x.tsv", export_tsv, "utf-8"),
        ("x.tsv", export_tsv, "utf-8-sig"),
        ("x.tsv", export_tsv, "gb18030"),
        ("x.csv", export_csv, "utf-8"),
        ("x.csv", lambda rows: export_csv(rows).lstrip("\ufeff"), "gb18030"),
        ("x.csv", lambda rows: export_csv(rows).replace(",", ";"), "utf-8"),
        ("x.txt", _excel_tsv, "utf-16"),
        ("x.tsv", _excel_tsv, "utf-8"),
        ("x.tmx", export_tmx, "utf-8"),
    ],
)
def test_every_table_an_editor_may_save_gives_the_same_pairs(
    tmp_path: Path, name: str, written: Callable[[list[ExportRow]], str], encoding: str
) -> None:
    path = tmp_path / name
    rows = [row for row in ROWS if row.en or name != "x.tmx"]
    if "replace" in written.__code__.co_names and ";" in written.__code__.co_consts:
        rows = [_row("一", "One", 1)]  # in which no comma is text
    path.write_bytes(written(rows).encode(encoding))
    found = read_pairs(path)
    assert found.problems == ()
    assert [(pair.zh, pair.en) for pair in found.pairs] == [(row.zh, row.en) for row in rows]


_CELLS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=5))
def test_what_is_exported_as_csv_or_tmx_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    rows = [_row(zh, en, number) for number, (zh, en) in enumerate(pairs, start=1)]
    folder = tmp_path_factory.mktemp("pairs")
    for name, text in (("x.csv", export_csv(rows)), ("x.tmx", export_tmx(rows))):
        (folder / name).write_text(text, encoding="utf-8", newline="")
        found = read_pairs(folder / name, "utf-8")
        assert [(pair.zh, pair.en) for pair in found.pairs] == pairs


def test_a_table_of_two_columns_needs_no_head(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("一\tOne\n二\tTwo\n", encoding="utf-8")
    assert [pair.en for pair in read_pairs(tmp_path / "x.tsv").pairs] == ["One", "Two"]


def test_rows_that_cannot_be_used_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("zh\ten\n一\tOne\textra\n\tNobody\n二\tLost \ufffd\n三\tThree\n", "utf-8")
    found = read_pairs(path)
    assert [(pair.line, pair.en) for pair in found.pairs] == [(5, "Three")]
    assert [problem.removeprefix(f"{path}:")[:40] for problem in found.problems] == [
        "2: 3 columns where the first line has 2;",
        "3: no Chinese; a correction needs the se",
        "4: a character was lost (\ufffd); save the fi",
    ]


TMX = """<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="ZH-CN"/><body>
<tu><tuv xml:lang="{zh}"><seg>你好</seg></tuv><tuv xml:lang="{en}"><seg>Hello<ph x="1">&lt;br/></ph>
 <hi>there</hi></seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Tag</seg></tuv><tuv xml:lang="en"><seg>Day</seg></tuv></tu>
</body></tmx>"""


@pytest.mark.parametrize(("zh", "en"), [("zh", "en"), ("zh-CN", "en-US"), ("ZH_Hans", "EN_gb"),
                                        ("zho", "eng"), ("zh-Hant-TW", "en")])  # fmt: skip
def test_tmx_of_any_tool_is_read_whatever_it_calls_the_languages(
    tmp_path: Path, zh: str, en: str
) -> None:
    path = tmp_path / "x.tmx"
    path.write_text(TMX.format(zh=zh, en=en), encoding="utf-8")
    found = read_pairs(path)
    assert [(pair.zh, pair.en) for pair in found.pairs] == [("你好", "Hello there")]
    assert found.problems == (f"{path}:5: a unit without Chinese",)


BOMB = (
    '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><tmx><body><tu>'
    '<tuv xml:lang="zh"><seg>&b;</seg></tuv><tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>'
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "defines entities of its own"),
        (BOMB.replace('"ha"', 'SYSTEM "/etc/passwd"'), "defines entities of its own"),
        ("<tmx><body><tu>", "not XML"),
        ("<html/>", "<html> and not <tmx>"),
        ("", "not XML"),
    ],
)
def test_tmx_that_is_broken_or_an_attack_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "x.tmx").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_pairs(tmp_path / "x.tmx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"a\tb\tc\n1\t2\t3\n", "no columns 'zh' and 'en'; found 'a', 'b', 'c'"),
        (b"PK\x03\x04xlsx", "a ZIP archive"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.tsv").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_pairs(tmp_path / "x.tsv")


@given(st.text(max_size=20))
def test_spaces_and_controls_do_not_tell_sentences_apart(text: str) -> None:
    spaced = "\u3000".join(text) + "\x07\n"
    assert pairing_key(spaced) == pairing_key(text) == pairing_key(pairing_key(text))


# -- the round trip

CONFIG = """
input: {{paths: [{folder}/input]}}
output: {folder}/runs/test
runtime: {{device: cpu, shard_size: 1}}
translate: {{model: {{kind: seq2seq, path: "bundled:zh-en"}}}}
summarize: {{model: {{kind: extractive, sentences: 1}}}}
score: {{bootstrap_samples: 10}}
"""


class Desk:
    """An editor's desk: a config, pages, and the commands; the model is a fake."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.echo = EchoTranslator()
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
        (folder / "input").mkdir()
        for number in range(6):
            text = f"# 第{number}号新闻\n\n今天是第{number}天。金山区有{number}个项目。\n"
            (folder / f"input/n{number}.md").write_text(text, encoding="utf-8")
        monkeypatch.setattr(pipeline.plan, "load_translator", lambda *_, **__: self.echo)

    def do(self, *arguments: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(cli, list(arguments))
        assert result.exit_code == exit_code, result.output
        return result

    def run(self) -> dict[str, int]:
        self.echo = EchoTranslator()
        self.do("run", "-c", str(self.config))
        import json

        manifest = json.loads((self.folder / "runs/test/manifest.json").read_text("utf-8"))
        made: dict[str, int] = manifest["made"]
        return made

    def table(self, name: str = "export.tsv") -> str:
        path = self.folder / name
        self.do(
            "export", str(self.folder / "runs/test"), "--format", path.suffix[1:], "--to", str(path)
        )
        return path.read_text(encoding="utf-8")

    def bring(self, name: str, text: str, *more: str, exit_code: int = 0) -> Result:
        (self.folder / name).write_text(text, encoding="utf-8")
        arguments = ("memory", "import", str(self.folder / name), "-c", str(self.config), *more)
        return self.do(*arguments, exit_code=exit_code)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path, monkeypatch)
    desk.run()
    return desk


@pytest.mark.parametrize("kind", ["tsv", "csv", "tmx"])
def test_a_correction_wins_in_the_next_run_and_remakes_only_its_shard(
    desk: Desk, kind: str
) -> None:
    text = desk.table(f"export.{kind}")
    zh = text.index("今天是第3天")
    en = text.index("English of", zh)
    edited = text[:en] + "Today is day three." + text[en + len("English of 7 characters.") :]
    assert "1 corrections, 17 unchanged" in desk.bring(f"edited.{kind}", edited).output
    made = desk.run()
    assert (made["segment"], made["translate"], made["score"]) == (0, 1, 1)
    again = desk.table()
    line = next(line for line in again.splitlines() if "今天是第3天" in line)
    assert line.split("\t")[7:] == ["Today is day three.", "", "editor"]
    assert desk.echo.asked == [], "the sentences beside it were not remembered"
    assert set(desk.run().values()) == {0}
    report = (desk.folder / "runs/test/report.md").read_text(encoding="utf-8")
    assert "1 sentence is from an editor" in report
    page = (desk.folder / "runs/test/report.html").read_text(encoding="utf-8")
    assert page.count("from an editor, out of the translation memory") == 1


def test_a_correction_wins_over_another_model_and_a_fresh_run(desk: Desk) -> None:
    desk.bring("edited.tsv", "zh\ten\n今天是第3天。\tDay three.\n")
    desk.do("run", "-c", str(desk.config), "--fresh", "--set", "translate.model.beams=1")
    assert "Day three." in desk.table()


def test_an_unchanged_export_corrects_nothing_even_after_the_model_changed(desk: Desk) -> None:
    text = desk.table()
    assert "0 corrections, 18 unchanged" in desk.bring("same.tsv", text).output
    assert "0 corrections" in desk.bring("same.tsv", text).output
    assert stats(desk.folder / "runs/memory.sqlite")[-1].key != EDITOR


def test_a_dry_run_shows_what_would_change_and_changes_nothing(desk: Desk) -> None:
    table = "zh\ten\n今天是第3天。\tDay three.\n"
    output = desk.bring("edited.tsv", table, "--dry-run").output
    assert "2: 今天是第3天。\n  - English of 7 characters.\n  + Day three.\n" in output
    assert set(desk.run().values()) == {0}


def test_a_title_and_what_a_rule_wrote_can_be_corrected_too(desk: Desk) -> None:
    page = desk.folder / "input/n0.md"
    page.write_text("# 第0号新闻\n\n2023年3月5日\n\n今天是第0天。\n", encoding="utf-8")
    desk.run()
    desk.bring("edited.tsv", "zh\ten\n第0号新闻\tNews no. 0\n2023年3月5日\t5 March 2023\n")
    desk.run()
    assert "News no. 0" in desk.table()
    assert "5 March 2023" in desk.table()


def test_two_corrections_of_one_sentence_are_named_and_neither_is_taken(desk: Desk) -> None:
    table = "zh\ten\n今天是第3天。\tDay 3.\n今天是 第3天。\tThird day.\n今天是第4天。\tDay 4.\n"
    output = desk.bring("edited.tsv", table, exit_code=3).output
    assert "edited.tsv:2: '今天是第3天。' is corrected in different ways on lines 2, 3" in output
    assert "3 rows, 1 corrections, 0 unchanged, 1 not taken" in output
    assert [each.en for each in entries(desk.folder / "runs/memory.sqlite", EDITOR)] == ["Day 4."]


def test_a_later_correction_replaces_an_earlier_one_whatever_its_spaces(desk: Desk) -> None:
    desk.bring("a.tsv", "zh\ten\n今天是第3天。\tDay 3.\n")
    desk.bring("b.tsv", "zh\ten\n今天是 第3天。\tDay three.\n")
    found = entries(desk.folder / "runs/memory.sqlite", EDITOR)
    assert [each.en for each in found] == ["Day three."]


def test_corrections_of_sentences_the_run_does_not_have_wait(desk: Desk) -> None:
    output = desk.bring("edited.tsv", "zh\ten\n明天更好。\tTomorrow is better.\n").output
    assert "1 of the corrections are of sentences this run does not have" in output
    assert set(desk.run().values()) == {0}
    (desk.folder / "input/new.md").write_text("# 新\n\n明天更好。\n", encoding="utf-8")
    desk.run()
    assert "Tomorrow is better." in desk.table()


def test_a_plan_knows_which_shards_the_corrections_concern(desk: Desk) -> None:
    desk.bring("edited.tsv", "zh\ten\n今天是第3天。\tDay three.\n")
    rows = desk.do("plan", "-c", str(desk.config)).output.splitlines()
    shards, ready, to_make = next(line.split()[1:4] for line in rows if line.startswith("transl"))
    assert (shards, ready, to_make) == ("6", "5", "1")


def test_the_memory_is_exported_and_pruned_by_name(desk: Desk) -> None:
    desk.bring("edited.tsv", "zh\ten\n今天是第3天。\tDay three.\n")
    run = str(desk.folder / "runs/test")
    target = desk.folder / "memory.tsv"
    desk.do("memory", "export", "-m", run, "--format", "tsv", "--to", str(target))
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "zh\ten\tmodel\tadded"
    assert lines[1].startswith("今天是第3天。\tDay three.\tcorrections of an editor\t")
    assert "bundled:zh-en, ctranslate2, int8" in lines[2]
    assert "0 corrections" in desk.do("memory", "import", str(target), "-m", run).output
    pruned = desk.do("memory", "prune", "-m", run, "--model", "bundled:zh-en").output
    assert "entries removed" in pruned
    assert [each.key for each in stats(desk.folder / "runs/memory.sqlite")] == [EDITOR]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["stats"], "which memory? Give --config FILE or --memory PATH"),
        (["stats", "-m", "nowhere.sqlite"], "no such file"),
        (["prune", "-m", "nowhere.sqlite"], "say what may go"),
    ],
)
def test_a_wrong_command_says_what_to_do(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, ["memory", *arguments])
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)
