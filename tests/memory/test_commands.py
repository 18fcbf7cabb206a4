"""The commands of the translation memory: an editor's corrections there and back."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import pipeline.engine.translation.model
from pipeline.cli import cli
from pipeline.memory.maintenance import entries, stats
from pipeline.memory.schema import EDITOR
from pipeline.testing import EchoTranslator

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
        monkeypatch.setattr(
            pipeline.engine.translation.model, "load_translator", lambda *_, **__: self.echo
        )

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
    assert "1 correction, 17 unchanged" in desk.bring(f"edited.{kind}", edited).output
    made = desk.run()
    assert (made["segment"], made["translate"], made["score"]) == (0, 1, 1)
    again = desk.table()
    line = next(line for line in again.splitlines() if "今天是第3天" in line)
    assert line.split("\t")[7:] == ["Today is day three.", "", "editor"]
    assert desk.echo.asked == [], "the sentences beside it were not remembered"
    assert set(desk.run().values()) == {0}
    report = (desk.folder / "runs/test/report.md").read_text(encoding="utf-8")
    assert "1 sentence was corrected by an editor" in report
    page = (desk.folder / "runs/test/report.html").read_text(encoding="utf-8")
    assert page.count("by an editor (from the translation memory)") == 1


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


def test_a_correction_is_taken_back_and_the_model_speaks_again(desk: Desk) -> None:
    before = desk.table()
    desk.bring("edited.tsv", "zh\ten\n今天是第3天。\tDay 3.\n今天是第4天。\tDay 4.\n")
    desk.run()
    told = desk.do("memory", "forget", "今天 是第3天。", "-c", str(desk.config)).output
    assert told.startswith("今天是第3天。\n  - Day 3.\nremoved; the next run uses the model's")
    desk.run()
    after = desk.table()
    assert "Day 3." not in after
    assert after.count("Day 4.") == 1
    told = desk.do(
        "memory", "forget", "今天是第4天。", "甲", "-c", str(desk.config), exit_code=3
    ).output
    assert "'甲': has no correction in" in told
    desk.run()
    assert desk.table() == before


def test_a_run_without_a_memory_says_that_it_leaves_corrections_out(desk: Desk) -> None:
    off = ("run", "-c", str(desk.config), "--set", "runtime.memory=off")
    assert "left out" not in desk.do(*off).output
    desk.bring("edited.tsv", "zh\ten\n今天是第3天。\tDay three.\n")
    told = f"ignoring 1 correction by an editor in {desk.folder}"
    assert told in " ".join(desk.do(*off).output.split())
    assert "Day three." not in desk.table()
    assert told not in desk.do(*off, "--until", "segment").output
    (desk.folder / "runs/memory.sqlite").write_text("no database", encoding="utf-8")
    assert "left out" not in desk.do(*off).output


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
    assert "3 rows, 1 correction, 0 unchanged, 1 skipped" in output
    assert [each.en for each in entries(desk.folder / "runs/memory.sqlite", EDITOR)] == ["Day 4."]


def test_a_later_correction_replaces_an_earlier_one_whatever_its_spaces(desk: Desk) -> None:
    desk.bring("a.tsv", "zh\ten\n今天是第3天。\tDay 3.\n")
    desk.bring("b.tsv", "zh\ten\n今天是 第3天。\tDay three.\n")
    found = entries(desk.folder / "runs/memory.sqlite", EDITOR)
    assert [each.en for each in found] == ["Day three."]


def test_corrections_of_sentences_the_run_does_not_have_wait(desk: Desk) -> None:
    output = desk.bring("edited.tsv", "zh\ten\n明天更好。\tTomorrow is better.\n").output
    assert "1 of the corrections are for sentences that this run does not have" in output
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
    assert lines[1].startswith("今天是第3天。\tDay three.\tcorrections by an editor\t")
    assert "bundled:zh-en, ctranslate2, int8" in lines[2]
    assert "0 corrections" in desk.do("memory", "import", str(target), "-m", run).output
    pruned = desk.do("memory", "prune", "-m", run, "--model", "bundled:zh-en").output
    assert "entries removed" in pruned
    assert [each.key for each in stats(desk.folder / "runs/memory.sqlite")] == [EDITOR]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["stats"], "no memory given; add --config FILE or --memory PATH"),
        (["stats", "-m", "nowhere.sqlite"], "no such file"),
        (["forget", "甲", "-m", "nowhere.sqlite"], "no such file"),
        (["prune", "-m", "nowhere.sqlite"], "no condition given"),
    ],
)
def test_a_wrong_command_says_what_to_do(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, ["memory", *arguments])
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)


def test_an_editors_sentence_is_checked_and_shown_to_be_confirmed(desk: Desk) -> None:
    row = "zh\ten\n今天是第3天。\tToday is February 52.\n"
    tried = desk.bring("wrong.tsv", row, "--dry-run").output
    assert "  + Today is February 52.\n  numbers: please confirm: " in tried
    desk.bring("wrong.tsv", row)
    desk.run()
    report = (desk.folder / "runs/test/report.md").read_text("utf-8")
    assert "- 1 sentence was corrected by an editor; please confirm 1 of them" in report
    assert "## Please confirm\n\n- `a4-s2`" in report
    page = (desk.folder / "runs/test/report.html").read_text("utf-8")
    assert '<details id="confirm"><summary>Please confirm (1)</summary>' in page
    rows = json.loads((desk.folder / "runs/test/report.json").read_text("utf-8"))
    findings = [
        finding
        for article in rows["articles"]
        for sentence in article["scores"]["sentences"]
        for finding in sentence["findings"]
        if finding["message"].startswith("please confirm")
    ]
    assert {finding["severity"] for finding in findings} == {"info"}
    shown = desk.do("show", str(desk.folder / "runs/test"), "n3.1").output
    assert "please confirm" in shown


def test_a_sound_sentence_of_an_editor_needs_no_confirmation(desk: Desk) -> None:
    row = "zh\ten\n今天是第3天。\tToday is day three.\n"
    assert "confirm" not in desk.bring("right.tsv", row, "--dry-run").output
    desk.bring("right.tsv", row)
    desk.run()
    report = (desk.folder / "runs/test/report.md").read_text("utf-8")
    assert "1 sentence was corrected by an editor." in report
    assert "confirm" not in report
