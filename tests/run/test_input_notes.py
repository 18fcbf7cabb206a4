"""Files that are passed over and characters that are lost or set aside are named everywhere."""

import json
from pathlib import Path
from typing import IO, Any

import pytest

from pipeline.input.accounts.passed_over import passed_over_line
from pipeline.input.read import read_documents
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
UNSEEN = (
    ".hidden.pdf",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~$news.docx",
    ".~lock.news.docx#",
)
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
    for unseen in UNSEEN:
        (folder / "input" / unseen).write_bytes(b"x")
    answer = call("run", "--config", "config.yaml", "--input", "input/*.docx")
    assert "'input/*.docx': no file matches" in answer.messages
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


def test_parts_of_a_dataset_that_are_not_read_are_named_everywhere(folder: Path) -> None:
    datasets = pytest.importorskip("datasets")

    def table(*texts: str) -> Any:
        return datasets.Dataset.from_dict({"text": list(texts), "other": ["旁注"] * len(texts)})

    splits = {
        "train": table("春天来了。"),
        "test": table("夏天。", "秋天。"),
        "dev": table("冬天。"),
    }
    datasets.DatasetDict(splits).save_to_disk(str(folder / "input/saved"))
    (folder / "input/saved/note.txt").write_text("雪。", encoding="utf-8")
    named = "input/saved: not read: split 'test' (2 rows), split 'dev' (1 row); choose a part with"
    messages = run("--until", "report").messages
    assert f"warning: {named} input.dataset.split" in messages
    assert "warning: 1 file passed over: 1 .txt" in messages
    manifest = json.loads((folder / "run/manifest.json").read_text(encoding="utf-8"))
    parts = ["split 'test' (2 rows)", "split 'dev' (1 row)"]
    assert manifest["input"]["parts_unread"] == {"input/saved": parts}
    for name in ("report.md", "report.json", "report.html"):
        report = (folder / "run" / name).read_text(encoding="utf-8")
        assert "input/saved: not read: split" in report
    metrics = (folder / "run/metrics.prom").read_text(encoding="utf-8")
    assert "yibao_dataset_parts_unread 2.0\n" in metrics
    assert "column 'other', 2 characters: 旁注" in call("show", "run", "--source").text


def test_subsets_and_files_of_another_kind_in_a_dataset_folder_are_named(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    row = '{"text": "春天来了。"}\n'
    for name in ("mixed/train.jsonl", "mixed/test.jsonl", "mixed/more.csv", "sets/a/x.jsonl",
                 "sets/b/x.jsonl"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(row, encoding="utf-8")
    (tmp_path / "sets/README.md").write_text(
        "---\nconfigs:\n- config_name: a\n  data_files: a/*.jsonl\n  default: true\n"
        "- config_name: b\n  data_files: b/*.jsonl\n---\n",
        encoding="utf-8",
    )
    named: dict[str, list[str]] = {}
    paths = [str(tmp_path / name) for name in ("mixed", "sets")]
    texts = read_documents(
        paths, format="dataset", encoding="auto", fields={}, max_bytes=1000,
        parts_unread=lambda source, parts: named.setdefault(Path(source).name, []).extend(parts),
    )  # fmt: skip
    assert len(list(texts)) == 2
    assert named == {"mixed": ["split 'test'", "file 'more.csv'"], "sets": ["subset 'b'"]}


def test_a_column_of_a_type_that_is_not_read_is_named_and_the_others_are_read(
    folder: Path,
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    tags = pyarrow.array([[("版", "1")]], type=pyarrow.map_(pyarrow.string(), pyarrow.string()))
    table = pyarrow.table({"text": ["春天来了。"], "tags": tags})
    parquet.write_table(table, folder / "input/rows.parquet")
    answer = run("--until", "segment")
    assert "input/rows.parquet: not read: column 'tags' (map<string, string" in answer.messages
    assert "2 documents" in answer.text + answer.messages


def test_a_state_file_of_another_program_makes_no_dataset(folder: Path) -> None:
    (folder / "input/state.json").write_text("{}", encoding="utf-8")
    answer = run("--until", "segment")
    assert "1 file passed over: 1 .json" in answer.messages
    assert "1 document" in answer.text + answer.messages


def test_advice_for_files_that_are_passed_over_goes_by_their_kind() -> None:
    line = passed_over_line({".xlsx": 2, ".feather": 1, ".xyz": 1})
    assert line == (
        "4 files passed over: 2 .xlsx, 1 .feather, 1 .xyz; save spreadsheets as .csv; "
        "write Arrow files as .parquet"
    )
