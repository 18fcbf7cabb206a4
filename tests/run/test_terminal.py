"""What reaches a terminal, a pipe, a mail of cron: no traceback, no escape code, no noise."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.commandline import Answer, call

CONFIG = """
input: {paths: [input]}
output: runs/test
runtime: {device: cpu, batch_tokens: 512}
translate: {model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}, repair: {enabled: false}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {metrics: [chrf]}
"""
# a title for the window, a cleared screen (as C0 and as C1), text that runs backwards
ACTIONS = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202e"
PAGE = f"# 湾区{ACTIONS}魅力\n\n金山区有23个项目，总投资124亿元。企业\u200b办事更{ACTIONS}高效。\n"
HOSTILE_NAME = "bad\x1b]0;owned\x07\n\u202e.md"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a hostile page, a page that cannot be read, and the run of both."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "input").mkdir()
    (folder / "input/good.md").write_text(PAGE, encoding="utf-8")
    (folder / "input" / HOSTILE_NAME).write_bytes(b"")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "zh.txt").write_text("他没有去。\n", encoding="utf-8")
    (folder / "en.txt").write_text("He \u202ewent 𠮷 é.\n", encoding="utf-8")
    os.chdir(folder)
    (folder / "first.log").write_bytes(call("run", "--config", "config.yaml").stderr)
    return folder


@pytest.fixture(autouse=True)
def _in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def test_nothing_of_a_document_acts_on_a_terminal(folder: Path) -> None:
    written = {
        "messages": (folder / "first.log").read_text(encoding="utf-8"),
        "log": (folder / "runs/test/log.jsonl").read_text(encoding="utf-8"),
        "markdown": (folder / "runs/test/report.md").read_text(encoding="utf-8"),
        "contents": call("show", "runs/test").text,
        "article": call("show", "runs/test", "good.1").text,
        "error": call("show", f"runs/{ACTIONS}").messages,
        "usage": call("show", "runs/test", "--x\x1b[2J").messages,
        "check": call("check", "--source", "zh.txt", "--translation", "en.txt").text,
    }
    for name, text in written.items():
        assert not RAW.search(text), (name, RAW.search(text))
        assert "owned" in text or name in ("usage", "check"), name
        assert "\\u001b" in text or name in ("usage", "check"), name
    # the file whose name has a line break is named on one line
    [line] = [line for line in written["messages"].splitlines() if "owned" in line]
    assert "bad\\u001b]0;owned\\u0007\\u000a\\u202e.md" in line


def test_a_page_shows_controls_and_isolates_what_runs_backwards(folder: Path) -> None:
    page = (folder / "runs/test/report.html").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page)
    assert "\\u001b]0;owned" in page
    assert "unicode-bidi: isolate" in page


def test_hidden_characters_are_found(folder: Path) -> None:
    report = json.loads((folder / "runs/test/report.json").read_text(encoding="utf-8"))
    assert report["checks"]["hidden"]["flagged"] >= 2
    assert "hidden characters" in (folder / "runs/test/report.md").read_text(encoding="utf-8")


COMMANDS = [
    ("show", "runs/test"),
    ("show", "runs/test", "good.1"),
    ("check", "--source", "zh.txt", "--translation", "en.txt"),
    ("config", "show", "config.yaml"),
    ("plan", "--config", "config.yaml"),
    ("memory", "stats", "--config", "config.yaml"),
    ("doctor",),
]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "gbk", "ascii"])
def test_every_command_ends_well_in_a_narrow_encoding(encoding: str) -> None:
    for command in COMMANDS:
        assert call(*command, encoding=encoding).code == 0, command
    run = call("run", "--config", "config.yaml", "--output", "runs/𠮷\N{GRINNING FACE}", "--until",
               "segment", "--input", "input/good.md", encoding=encoding)  # fmt: skip
    assert run.code == 0


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_json_on_stdout_is_the_same_value_in_every_encoding(encoding: str) -> None:
    answer = call("check", "--source", "zh.txt", "--translation", "en.txt", "--format", "json",
                  encoding=encoding)  # fmt: skip
    [pair] = json.loads(answer.stdout.decode(encoding))["sentences"]
    assert (pair["source"], pair["translation"]) == ("他没有去。", "He \u202ewent 𠮷 é.")


@pytest.mark.parametrize("name", ["𠮷", "\N{GRINNING FACE} 新闻", "yes", "a: b", "\udcff"])
def test_any_name_of_a_file_or_folder_works(folder: Path, name: str) -> None:
    page, config = folder / f"{name}.md", folder / f"{name}.yaml"
    page.write_text("# 新闻\n\n金山区有项目。\n", encoding="utf-8")
    config.write_text(CONFIG, encoding="utf-8")
    answer = call("segment", "-c", config.name, "--input", page.name, "--output", f"runs/{name}")
    assert (answer.code, answer.messages) == (0, "segment    1 document: 1 of 1 shard made\n")
    assert (folder / "runs" / name / "manifest.json").is_file()


def test_quiet_prints_nothing_when_all_goes_well_and_errors_otherwise() -> None:
    good = ("-c", "config.yaml", "-q", "--input", "input/good.md", "--output", "runs/quiet")
    for _ in range(2):
        assert call("run", *good) == Answer(0, b"", b"")
    assert call("run", *good, "--log-format", "json") == Answer(0, b"", b"")
    bad = call("run", "-c", "config.yaml", "-q")
    assert (bad.code, bad.stdout) == (3, b"")
    assert bad.messages.startswith("error: input/bad")
    assert call("run", "-c", "none.yaml", "-q").messages.startswith("Error: none.yaml")


def _events(folder: Path, name: str) -> list[dict[str, object]]:
    lines = (folder / name / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_log_has_a_run_id_and_ends_with_the_exit_code(folder: Path) -> None:
    events = _events(folder, "runs/test")
    manifest = json.loads((folder / "runs/test/manifest.json").read_text(encoding="utf-8"))
    last = events[-1]
    assert last["event"] == "ended"
    assert (last["status"], last["exit_code"]) == (manifest["status"], manifest["exit_code"])
    assert float(str(last["seconds"])) >= 0
    assert last["run"] == manifest["run_id"]
    assert all(event["run"] and str(event["time"]).endswith("+00:00") for event in events)
    assert any(event["level"] == "error" and event["event"] == "failure" for event in events)


def test_a_run_that_fails_says_so_at_level_error_and_keeps_its_traceback_for_details(
    folder: Path,
) -> None:
    call("segment", "-c", "config.yaml", "--input", "input/good.md", "--output", "runs/fails")
    failing = ("run", "-c", "config.yaml", "--input", "nowhere", "--output", "runs/fails")
    answer = call(*failing, "--log-format", "json")
    rows = [json.loads(line) for line in answer.messages.splitlines()]
    assert answer.code == 2
    assert [(row["level"], row["event"]) for row in rows] == [
        ("error", "failed"),
        ("error", "ended"),
    ]
    assert rows[0]["message"] == "input.paths: 'nowhere': no such file or folder"
    assert (rows[1]["status"], rows[1]["exit_code"]) == ("failed", 2)
    kept = _events(folder, "runs/fails")
    [detail] = [event for event in kept if event["event"] == "traceback"]
    assert (detail["level"], "Traceback" in str(detail["message"])) == ("debug", True)
    assert call(*failing).messages == f"Error: {rows[0]['message']}\n"


def test_a_fault_of_ours_is_a_line_that_names_the_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("http")

    monkeypatch.setattr("pipeline.run.run.make_plan", broken)
    (folder / "runs/broken/articles").mkdir(parents=True)
    answer = call("run", "-c", "config.yaml", "--output", "runs/broken")
    assert answer.code == 1
    assert answer.messages == (
        "Error: KeyError: 'http'; this is a bug in Yibao; please report it with the traceback "
        "in runs/broken/log.jsonl\n"
    )


def test_a_failed_start_leaves_no_folder(folder: Path) -> None:
    answer = call("run", "-c", "config.yaml", "--input", "nowhere", "--output", "new/deep/run")
    assert answer.code == 2
    assert not (folder / "new").exists()


def test_a_config_that_is_a_page_of_text_is_not_printed(folder: Path) -> None:
    (folder / "page.txt").write_text("金山区有23个项目。" * 200, encoding="utf-8")
    message = call("run", "-c", "page.txt").messages
    assert message.startswith("Error: page.txt: holds text, not sections; it needs at least input")
    assert len(message) < 200


def test_an_export_takes_its_format_from_the_ending(folder: Path) -> None:
    for kind in ("tsv", "csv", "jsonl", "parquet", "tmx"):
        answer = call("export", "runs/test", "--to", f"all.{kind.upper()}")
        assert answer == Answer(0, b"", f"3 sentences to all.{kind.upper()}\n".encode())
    assert call("export", "runs/test", "--format", "tsv", "--to", "all.txt").code == 0
    assert (folder / "all.txt").read_bytes() == (folder / "all.TSV").read_bytes()
    for name, problem in (
        ("all.doc", "'.doc' is not a known format"),
        ("all", "the name has no ending"),
    ):
        unknown = call("export", "runs/test", "--to", name)
        assert unknown.code == 2
        assert f"--to {name}: {problem}; use one of .tsv, .csv, .jsonl" in unknown.messages
    piped = call("export", "runs/test", "--format", "tsv", "--to", "-", encoding="ascii")
    assert piped.stdout == (folder / "all.TSV").read_bytes()
    memory = ("memory", "export", "-c", "config.yaml")
    assert call(*memory, "--to", "memory.tmx").code == 0
    assert call(*memory, "--to", "memory.doc").code == 2
    assert call(*memory, "--format", "tmx", "--to", "-").stdout == (
        (folder / "memory.tmx").read_bytes()
    )


def test_one_is_not_a_plural(folder: Path) -> None:
    (folder / "one.md").write_text("金山区有项目。\n", encoding="utf-8")
    answer = call("run", "-c", "config.yaml", "--input", "one.md", "--output", "runs/one")
    export = call("export", "runs/one", "--to", "one.tsv")
    check = call("check", "--source", "zh.txt", "--translation", "en.txt")
    report = (folder / "runs/one/report.md").read_text(encoding="utf-8")
    page = (folder / "runs/one/report.html").read_text(encoding="utf-8")
    for text in (answer.messages, export.messages, check.text, report, page):
        assert not re.search(r"\b1 (articles|sentences|documents|pairs|shards|entries)\b", text)
    assert export.messages == "1 sentence to one.tsv\n"
