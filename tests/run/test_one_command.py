"""`pipeline run page.txt`: no config, sensible defaults, the result beside the input."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import Answer, call

ROOT = Path(__file__).parents[2]
PAGE = "# 湾区魅力 投资福地\n\n金山区有23个项目，总投资124亿元。\n"
FAST = ("--set", "translate.model.beams=1", "--set", "score.bootstrap_samples=0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str = PAGE) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def pipe(monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Answer:
    """Call with a text on standard input."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return call(*arguments)


def manifest(folder: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))
    return value


def sources(folder: str) -> list[str]:
    """Return the source of every document of a run."""
    shards = sorted(Path(folder, "documents").glob("*.jsonl*"))
    assert shards
    return [
        json.loads(line)["source"]
        for shard in shards
        for line in shard.read_text(encoding="utf-8").splitlines()
        if "source" in json.loads(line)
    ]


def test_a_page_becomes_a_report_beside_it_and_is_not_made_twice() -> None:
    write("news/我的 报纸.txt")
    answer = call("run", "news/我的 报纸.txt", *FAST)
    assert answer.code == 0, answer.messages
    assert answer.text.splitlines()[0] == "news/我的 报纸.yibao/report.html"
    assert "translate  bundled:zh-en on " in answer.messages
    assert "23" in Path("news/我的 报纸.yibao/report.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in Path("news").iterdir()) == [
        "我的 报纸.txt",
        "我的 报纸.yibao",
    ]
    os.chdir("news")  # the same run, whichever folder it is started from
    again = call("run", "我的 报纸.txt", *FAST)
    assert again.code == 0
    assert manifest("我的 报纸.yibao")["made"] == dict.fromkeys(
        ("segment", "translate", "summarize", "score"), 0
    )


# arguments, the folder the result is in
PLACES = [
    (["page.txt"], "page.yibao"),
    (["./page.txt"], "page.yibao"),
    (["scans/a b.md"], "scans/a b.yibao"),
    (["scans"], "scans.yibao"),
    (["scans/"], "scans.yibao"),
    (["scans/a b.md", "scans/c.md"], "pages.yibao"),
    (["scans/a b.md", "other"], "pages.yibao"),
    (["scans/*.md"], "pages.yibao"),
    (["page.txt", "page.txt"], "page.yibao"),
    (["--input", "page.txt"], "page.yibao"),
    (["page.txt", "--output", "out"], "out"),
    (["page.txt", "--set", "output=out"], "out"),
    (["check"], "check.yibao"),
    (["run"], "run.yibao"),
    (["--", "-strange.txt"], "-strange.yibao"),
    (["scans/old.2023.txt"], "scans/old.2023.yibao"),
]


@pytest.mark.parametrize(("arguments", "place"), PLACES, ids=str)
def test_where_the_result_is(arguments: list[str], place: str) -> None:
    for name in ("page.txt", "check", "run", "-strange.txt", "scans/a b.md", "scans/c.md"):
        write(name)
    write("scans/old.2023.txt")
    write("other/d.txt")
    answer = call("segment", *arguments)
    assert answer.code == 0, answer.messages
    made = [str(path.parent) for path in Path().rglob("manifest.json")]
    assert made == [place]


def test_a_file_in_the_place_of_a_command_is_pointed_to() -> None:
    write("my page.txt")
    answer = call("my page.txt")
    assert answer.code == 2
    assert "to translate it: pipeline run 'my page.txt'" in answer.messages


def test_the_current_folder_has_its_result_inside_and_never_reads_it_again(folder: Path) -> None:
    write("a.md")
    write("b/c.md")
    name = f"{folder.name}.yibao"
    for _ in range(2):
        assert call("run", ".", "--until", "segment").code == 0
        assert sorted(sources(name)) == ["a.md", "b/c.md"]
    Path(name, "report.md").write_text(PAGE, encoding="utf-8")
    for pattern in (".", "*", "**", "**/*.md"):
        assert call("segment", pattern, "--output", f"out/{len(pattern)}").code == 0
        assert len(sources(f"out/{len(pattern)}")) in (1, 2), pattern
    assert call("segment", "a.md", "b", name).code == 0  # as a shell expands *
    assert sorted(sources("pages.yibao")) == ["a.md", "b/c.md"]


def test_pages_of_one_name_in_two_folders_are_both_in_the_run() -> None:
    write("a/page.md")
    write("b/page.md", "# 春游\n\n今天天晴。\n")
    assert call("segment", "a/page.md", "b/page.md").code == 0
    assert sorted(sources("pages.yibao")) == ["a/page.md", "b/page.md"]
    shown = call("show", "pages.yibao").text
    assert "湾区魅力" in shown
    assert "春游" in shown


def test_pages_that_differ_in_their_ending_have_two_results() -> None:
    write("page.txt")
    write("page.md")
    for _ in range(2):
        assert call("segment", "page.txt").code == 0
        assert call("segment", "page.md").code == 0
    assert sources("page.yibao") == ["page.txt"]
    assert sources("page.md.yibao") == ["page.md"]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pipe(monkeypatch, PAGE, "segment", "-").code == 0
    assert "湾区魅力" in call("show", "stdin.yibao").text
    empty = pipe(monkeypatch, "", "run", "-")
    assert empty.code == 1
    assert "error: -: empty; leave it out or give it some text" in empty.messages


# arguments, exit code, what the line says
REFUSED = [
    (["run"], 2, "name a page (`pipeline run page.txt`) or a config (`pipeline run --config FILE"),
    (["plan"], 2, "name a page (`pipeline run page.txt`) or a config"),
    (["run", "none.txt"], 2, "'none.txt': no such file or folder"),
    (["run", "none.txt", "page.txt"], 2, "'none.txt': no such file or folder"),
    (["run", "none/*.txt"], 2, "'none/*.txt': no file matches"),
    (["run", "scan.pdf"], 1, "scan.pdf: a PDF, not text; save it as DOCX, or extract its text"),
    (["run", "memory.tmx"], 1, "memory.tmx: a translation memory (TMX), not a document; `pipeline"),
    (["run", "terms.tbx"], 1, "terms.tbx: a glossary (TBX), not a document; name it in translate."),
    (["run", "scans"], 2, "'scans': the folder has no readable file (1 file passed over: 1 .pdf;"),
    (["run", "empty"], 2, "'empty': the folder has no readable file; supported endings: "),
    (["run", "old.yibao"], 2, "'old.yibao': holds results of a run, not input"),
    (["run", "page.txt", "--set", "translate.model.beam=1"], 2, "command line: translate.model.be"),
    (["run", "page.txt", "--model", "opus"], 1, "'opus': not in the catalogue, not bundled and"),
    (["run", "page.txt", "--model", "opus-mt-zh-en"], 1, "pipeline models fetch Helsinki-NLP/opus"),
    (["run", "page.txt", "--model", "comet-22"], 1, "'comet-22': does not translate; `pipeline"),
    (["run", "page.txt", "--model", "scans"], 1, "scans/config.json: not found"),
    (
        ["run", "page.txt", "--model", "some/model"],
        1,
        "no such folder, and no fetched model;",
    ),
    (["run", "page.txt", "--model", "bundled:none"], 1, "no such bundled model; available: zh-en"),
]


@pytest.mark.parametrize(("arguments", "code", "line"), REFUSED, ids=lambda value: str(value)[:50])
def test_what_cannot_run_is_said_in_a_line_and_leaves_no_folder(
    arguments: list[str], code: int, line: str
) -> None:
    write("page.txt")
    Path("empty").mkdir()
    Path("old.yibao").mkdir()
    for name in ("scan.pdf", "scans/scan.pdf"):
        write(name, "%PDF-1.4\n")
    write("memory.tmx", "<tmx version='1.4'><header/><body/></tmx>")
    write("terms.tbx", "<martif type='TBX'><text><body/></text></martif>")
    answer = call(*arguments)
    assert answer.code == code, answer.messages
    errors = [row for row in answer.messages.splitlines() if row.lower().startswith("error: ")]
    assert len(errors) == 1
    assert line in errors[0]
    if code == 2:
        assert [path.name for path in Path().glob("*.yibao")] == ["old.yibao"]


def test_an_unreadable_file_does_not_stop_the_others() -> None:
    write("page.txt")
    write("scan.pdf", "%PDF-1.4\n")
    answer = call("segment", "scan.pdf", "page.txt")
    assert answer.code == 3
    assert "scan.pdf: a PDF, not text" in answer.messages
    assert sources("pages.yibao") == ["page.txt"]


CONFIG = "{input: {paths: [in]}, output: runs/mine, segment: {max_sentence_chars: 99}}"


@pytest.mark.parametrize("name", ["config.yaml", "config.yml"])
def test_a_config_in_the_current_folder_is_used_and_named(name: str) -> None:
    write(name, CONFIG)
    write("in/a.md")
    write("page.txt")
    for arguments, source in ([], "in/a.md"), (["page.txt"], "page.txt"):
        answer = call("segment", *arguments)
        assert answer.code == 0, answer.messages
        assert f"config     {name} (in the current folder)" in answer.messages
        assert manifest("runs/mine")["config"]["segment"]["max_sentence_chars"] == 99
        assert sources("runs/mine") == [source]
        Path("runs/mine/documents").rename(f"runs/{len(arguments)}")
    assert f"config     {name} (in the current folder)" in call("plan").messages
    assert call("segment", "--quiet").messages == ""


def test_a_config_that_names_no_output_leaves_it_beside_the_input() -> None:
    write("config.yaml", "segment: {max_sentence_chars: 99}\n")
    write("scans/page.txt")
    assert call("segment", "scans/page.txt").code == 0
    assert manifest("scans/page.yibao")["config"]["segment"]["max_sentence_chars"] == 99
    alone = call("segment")
    assert alone.code == 2
    assert "config.yaml: input: required, but not given" in alone.messages


@pytest.mark.parametrize("text", ["listen: 8080\n", "sets: []\nsystems: []\n"])
def test_a_config_of_something_else_is_passed_over(text: str) -> None:
    write("config.yaml", text)
    write("page.txt")
    answer = call("segment", "page.txt")
    assert answer.code == 0, answer.messages
    assert "config.yaml is not the config of a run; using the defaults" in answer.messages
    assert call("run").code == 2


def test_a_mistake_in_the_config_of_the_current_folder_is_reported() -> None:
    write("config.yaml", "ouput: runs\ninput: {paths: [page.txt]}\n")
    write("page.txt")
    answer = call("run", "page.txt")
    assert answer.code == 2
    assert "config.yaml: ouput: unknown key; did you mean 'output'?" in answer.messages


@pytest.mark.parametrize("name", ["news.yaml", "night.yml"])
def test_a_config_that_is_named_as_a_page_is_refused(name: str) -> None:
    write(name, CONFIG)
    answer = call("run", name)
    assert answer.code == 2
    assert f"{name} is a config, not a page; write --config {name}" in answer.messages


def test_a_config_needs_only_input_and_output() -> None:
    write("news.yaml", "{input: {paths: [page.txt]}, output: out}")
    write("page.txt")
    assert "bundled:zh-en" in call("plan", "--config", "news.yaml").text
    assert call("--config", "news.yaml", "--until", "segment").code == 0
    assert call("config", "check", "news.yaml").text == "news.yaml: valid\n"
    wrong = call("evaluate", "--config", "news.yaml")
    assert "is the config of a run; use pipeline run --config news.yaml" in wrong.messages


def test_a_model_is_named_in_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    write("page.txt")
    bundled = ROOT / "models/bundled/zh-en"
    for name in ("bundled:zh-en", str(bundled)):
        answer = call("plan", "page.txt", "--model", name, "--set", "translate.model.beams=1")
        assert answer.code == 0, answer.messages
        assert name in answer.text


def test_a_fetched_hub_model_needs_no_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.installed import translator_settings

    commit = "a" * 40
    (folder / f"models--some--model/snapshots/{commit}").mkdir(parents=True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    expected = {"kind": "seq2seq", "path": "some/model", "revision": commit}
    assert translator_settings("some/model") == expected


def test_the_log_for_machines_stays_json() -> None:
    write("config.yaml", CONFIG)
    write("page.txt")
    answer = call("segment", "page.txt", "--log-format", "json")
    assert next(json.loads(line)["event"] for line in answer.messages.splitlines()) == "config"


def test_a_terminal_shows_a_bar_the_model_and_the_next_step() -> None:
    write("page.txt")
    shown = [_on_terminal("run", "page.txt", *FAST) for _ in range(2)]
    for text in ("━", "translate  bundled:zh-en on ", "page.yibao/report.html"):
        assert text in shown[0]
    for text in ("Open page.yibao/report.html in a browser", "pipeline models fetch opus-mt-zh-en"):
        assert text in shown[0]
        assert text not in shown[1]


def _on_terminal(*arguments: str) -> str:
    """Return what a terminal shows of a command."""
    ours, theirs = pty.openpty()
    program = "from pipeline.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # Linux answers so when the process has closed the terminal
        pass
    os.close(ours)
    assert process.wait() == 0, shown.decode()
    return shown.decode()
