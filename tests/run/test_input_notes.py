"""Files that are passed over and characters that are lost or set aside are named everywhere."""

import json
from pathlib import Path
from typing import IO

import pytest

from pipeline.input.readers.office.word import word_text
from pipeline.records import SetAside
from tests.commandline import Answer, call
from tests.input.test_accounts import page, word

CONFIG = """
input: {paths: [input]}
output: run
runtime: {device: cpu, memory: "off"}
translate: {model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}, repair: {enabled: false}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {metrics: [chrf], bootstrap_samples: 0}
"""
OTHERS = ("a.pdf", "b.PNG", "c.png", "d.doc", "e.rtf")
PASSED_OVER = "5 files passed over: 2 .png, 1 .doc, 1 .pdf, 1 .rtf"
STORY = ("金山区持续优化营商环境。", "企业办事更加方便快捷。", "居民对此表示非常满意。")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "input").mkdir()
    (tmp_path / "input/page.md").write_text("第3版\n\n# 春天\n\n春天来了。\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str) -> Answer:
    answer = call("run", "--config", "config.yaml", *more)
    assert answer.code == 0
    return answer


def test_files_passed_over_are_counted_by_kind_everywhere(folder: Path) -> None:
    for name in OTHERS:
        (folder / "input" / name).write_bytes(b"x")
    (folder / "input/.hidden.pdf").write_bytes(b"x")
    assert f"warning: {PASSED_OVER}; run an OCR program" in run().messages
    manifest = json.loads((folder / "run/manifest.json").read_text(encoding="utf-8"))
    counts = {".doc": 1, ".pdf": 1, ".png": 2, ".rtf": 1}
    assert manifest["input"]["passed_over"] == counts
    assert manifest["notes"][0].startswith(PASSED_OVER)
    metrics = (folder / "run/metrics.prom").read_text(encoding="utf-8")
    assert 'yibao_files_passed_over{ending=".png"} 2.0\n' in metrics
    report = json.loads((folder / "run/report.json").read_text(encoding="utf-8"))
    assert report["notes"][0].startswith(PASSED_OVER)
    for name in ("report.html", "report.md"):
        assert PASSED_OVER in (folder / "run" / name).read_text(encoding="utf-8")
    assert PASSED_OVER in call("run", "--config", "config.yaml", "--dry-run").text
    # the report says so too when a file that is passed over comes later
    (folder / "input/f.zip").write_bytes(b"x")
    run()
    assert "6 files passed over" in (folder / "run/report.md").read_text(encoding="utf-8")


def test_a_named_file_is_not_passed_over_and_a_folder_of_others_says_what_it_has(
    folder: Path,
) -> None:
    (folder / "input/extra.json").write_text("[]", encoding="utf-8")
    answer = call("run", "--config", "config.yaml", "--input", "input", "--input",
                  "input/extra.json", "--until", "segment")  # fmt: skip
    assert "passed over" not in answer.messages
    (folder / "scans").mkdir()
    (folder / "scans/a.pdf").write_bytes(b"x")
    answer = call("run", "--config", "config.yaml", "--input", "scans")
    assert answer.code == 2
    assert "the folder has no readable file (1 file passed over: 1 .pdf" in answer.messages


def test_a_name_that_would_act_on_a_terminal_is_shown(folder: Path) -> None:
    (folder / 'input/a.p\x1b[2J"\\df').write_bytes(b"x")
    assert "\x1b" not in run().messages
    metrics = (folder / "run/metrics.prom").read_text(encoding="utf-8")
    assert "\x1b" not in metrics


def test_lost_characters_are_a_warning_with_their_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word(folder / "input/report.docx", STORY)

    def without_a_sentence(stream: IO[bytes], size: int) -> tuple[str, tuple[SetAside, ...]]:
        text, set_aside = word_text(stream, size)
        return text.replace(STORY[1], ""), set_aside

    monkeypatch.setattr("pipeline.input.readers.pages.word_text", without_a_sentence)
    place = f"first at paragraph 3: “{STORY[1]}”"
    lost = f"input/report.docx: 11 characters of 45 lost; {place}"
    assert f"warning: {lost}" in run().messages
    manifest = json.loads((folder / "run/manifest.json").read_text(encoding="utf-8"))
    counts = manifest["input"]["characters"]
    assert (counts["lost"], manifest["input"]["files_with_losses"]) == (11, 1)
    assert counts["read"] + counts["set_aside"] + counts["lost"] == counts["in_files"]
    for name in ("report.html", "report.md", "report.json"):
        assert lost in (folder / "run" / name).read_text(encoding="utf-8")
    metrics = (folder / "run/metrics.prom").read_text(encoding="utf-8")
    assert 'yibao_input_characters{what="lost"} 11.0\n' in metrics


def test_show_source_lists_what_was_set_aside_where_and_why(folder: Path) -> None:
    (folder / "input/web.html").write_text(page(STORY), encoding="utf-8")
    run()
    text = call("show", "run", "--source").text
    assert "input/page.md\n  11 characters: 11 read, 0 set aside, 0 lost\n" in text
    assert "  a script  line 1, 7 characters: var a = 1;\n" in text
    assert "  a menu  line 1, 2 characters: 首页\n" in text
    one = call("show", "run", "page.1", "--source").text
    assert "page.md" in one
    assert "web.html" not in one
    (folder / "run/accounts.jsonl").unlink()
    assert "accounts.jsonl: no such file" in call("show", "run", "--source").messages


def test_the_account_of_a_resumed_run_is_the_same(folder: Path) -> None:
    (folder / "input/web.html").write_text(page(STORY), encoding="utf-8")
    run("--until", "segment")
    first = (folder / "run/accounts.jsonl").read_bytes()
    run("--until", "segment")
    assert (folder / "run/accounts.jsonl").read_bytes() == first
