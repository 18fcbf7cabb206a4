"""No input stops or starves the others: limits on files, and on what is done with a text."""

import gzip
import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
import zstandard
from click.testing import CliRunner

import measure_bounds
import pipeline.input.stdin
from models.summarizers.extractive import ExtractiveSummarizer
from pipeline.check import checks
from pipeline.check.checks import findings
from pipeline.check.text import MOST_FINDINGS
from pipeline.cli import cli
from pipeline.input.find import input_files
from pipeline.input.open import opened
from pipeline.input.read import read_documents
from pipeline.records import Document, Failure, Finding
from pipeline.segment.segment import segment
from tests.commandline import call

ROOT = Path(__file__).parents[2]
GOOD = "# 金山打造营商环境高地\n\n金山区持续优化营商环境，吸引企业投资兴业。\n"


def word(body: str) -> bytes:
    """Return a Word document with XML put into its body."""
    plain, made = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"<w:body>", b"<w:body>" + body.encode())
            new.writestr(name, data)
    return made.getvalue()


def book(chapter: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>'
        )
        item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        package.writestr("b.opf", f'<package>{item}<spine><itemref idref="a"/></spine></package>')
        package.writestr("a.xhtml", chapter)
    return made.getvalue()


def hostile_files() -> dict[str, tuple[bytes, str]]:
    """Return files that took minutes or gigabytes, and words of what is said of each."""
    attributes = " ".join(f"a{number}=1" for number in range(200_000))
    quoted = " ".join(f"a{number}='>'" for number in range(5_000))
    return {
        "attributes.html": (f"<html><p {attributes}>一</p></html>".encode(), "attributes"),
        "quoted.html": (f"<html><p {quoted}>一</p></html>".encode(), "attributes"),
        "elements.html": (b"<p>a" * 200_000, "elements"),
        "nested.html": (b"<div>" * 200_000, "elements"),
        "elements.docx": (word("<w:p/>" * 1_100_000), "tags"),
        "elements.epub": (book("<p/>" * 1_100_000), "tags"),
        "attributes.epub": (book(f"<html><p {attributes}>x</p></html>"), "attributes"),
        "row.csv.gz": (gzip.compress(b"id,text\n" + b'1,"' + b"a\n" * 2_000_000), "row is larger"),
        "cells.csv": (b"text" + b",a" * 20_000 + b"\n", "columns"),
        "line.jsonl.gz": (gzip.compress(b'{"text": "' + b"a" * 4_000_000), "row is larger"),
        "bomb.jsonl.zst": (zstandard.compress(b"\n" * 1_100_000), "blank lines"),
        "bomb.md.gz": (gzip.compress(b"a" * 4_000_000), "larger than 3 MB"),
        "bomb.csv.gz": (gzip.compress(b"id,text\n" + b"\n" * 1_100_000), "blank lines"),
        "bad.jsonl": (b"x\n" * 12_000, "not JSON"),
        "digits.jsonl": (b'{"text": ' + b"9" * 5_000 + b"}\n", "not JSON"),
    }


def test_a_run_names_every_hostile_file_and_goes_on_with_the_others(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    expected = hostile_files()
    for name, (data, _) in expected.items():
        (folder / name).write_bytes(data)
    (folder / "z-good.md").write_text(GOOD, encoding="utf-8")
    os.mkfifo(folder / "pipe.md")
    arguments = ["run", "--config", str(ROOT / "configs/demo.yaml"), "--until", "segment"]
    arguments += ["--set", "input.max_megabytes=3", "--input", str(folder)]
    answer = CliRunner().invoke(cli, [*arguments, "--output", str(output)])
    assert answer.exit_code == 3, answer.output[-2000:]
    lines = (output / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    failures = [json.loads(line) for line in lines]
    for name, (_, words) in (expected | {"pipe.md": (b"", "not a regular file")}).items():
        own = [row for row in failures if f"/{name}" in row["source"]]
        assert own, name
        assert words in own[0]["reason"], own[0]
        assert all(row["advice"] for row in own)
    # a file of nothing but bad rows is given up, and says so
    bad = [row for row in failures if "/bad.jsonl" in row["source"]]
    assert len(bad) == 10_001
    assert "the rest of the file was skipped" in bad[-1]["reason"]
    shards = [file.read_text(encoding="utf-8") for file in (output / "articles").iterdir()]
    assert any("吸引企业投资兴业" in shard for shard in shards)


def read(path: Path, max_bytes: int = 2_000_000) -> list[object]:
    rows = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=max_bytes
    )
    return list(rows)


def test_what_ordinary_files_hold_is_within_the_limits(tmp_path: Path) -> None:
    page = "".join(f"<p class='a' id={n}>金山区持续优化营商环境。</p>\n" for n in range(2_000))
    (tmp_path / "page.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    merged = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r>"
        "</w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc><w:tc><w:p/>"
        "</w:tc></w:tr></w:tbl>"
    )
    (tmp_path / "table.docx").write_bytes(word(merged))
    (tmp_path / "rows.csv").write_text('id,text\n1,"一\n\n二"\n\n\n2,三\n', encoding="utf-8")
    assert all(isinstance(row, Document) for row in read(tmp_path))
    [table] = read(tmp_path / "table.docx")
    assert isinstance(table, Document)
    assert table.text == "| 甲 |\n| 乙 |  |\n\n"


def test_a_cell_that_claims_a_billion_columns_is_one_cell(tmp_path: Path) -> None:
    span = "<w:tcPr><w:gridSpan w:val='1000000000'/></w:tcPr>"
    cell = f"<w:tc>{span}<w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
    (tmp_path / "a.docx").write_bytes(word(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"))
    [row] = read(tmp_path / "a.docx")
    assert isinstance(row, Document)
    assert row.text.startswith("| 甲 |")


def test_blanks_before_a_line_break_take_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<p>一{' ' * 300_000}二</p>" * 3, encoding="utf-8")
    [row] = read(tmp_path / "a.html")
    assert isinstance(row, Document)
    assert "一 二" in row.text


def test_folders_that_link_to_themselves_are_searched_once(tmp_path: Path) -> None:
    folder = tmp_path / "dir"
    (folder / "below").mkdir(parents=True)
    (folder / "below/a.md").write_text(GOOD, encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/c.md").write_text(GOOD, encoding="utf-8")
    for name in ("one", "two"):
        (folder / name).symlink_to(folder, target_is_directory=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.md").write_text(GOOD, encoding="utf-8")
    (folder / "linked").symlink_to(other, target_is_directory=True)
    files, failures = input_files([f"{folder}/**/*.md"], "auto")
    assert [file.id for file in files] == ["a", "b"]
    assert not failures
    assert len(input_files([f"{folder}/**"], "auto")[0]) == 2
    assert len(input_files([f"{folder}/*/?.md"], "auto")[0]) == 2


def test_what_is_written_to_a_file_while_it_is_read_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "一"}\n' * 3, encoding="utf-8")
    [file] = input_files([str(path)], "auto")[0]
    with opened(file) as stream, path.open("a", encoding="utf-8") as writer:
        first = stream.readline()
        writer.write('{"text": "二"}\n' * 100_000)
        writer.flush()
        assert len(first) * 3 == len(first) + len(stream.read())


@pytest.mark.parametrize("option", ["--source", "--translation"])
def test_a_pipe_is_refused_where_a_file_of_lines_is_wanted(tmp_path: Path, option: str) -> None:
    pipe, lines = tmp_path / "pipe", tmp_path / "lines"
    os.mkfifo(pipe)
    lines.write_text("一\n", encoding="utf-8")
    other = "--source" if option == "--translation" else "--translation"
    answer = CliRunner().invoke(cli, ["check", option, str(pipe), other, str(lines)])
    assert "not a regular file" in str(answer.exception)


def test_standard_input_that_never_ends_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.input.stdin, "MOST_STDIN_BYTES", 3_000_000)
    demo = ["run", "--config", str(ROOT / "configs/demo.yaml"), "--until", "segment"]
    demo += ["--input", "-", "--output", str(tmp_path / "out")]
    answer = CliRunner().invoke(cli, demo, input="中\n" * 1_000_000)
    assert answer.exit_code == 1
    assert "more than 3 MB came in; write it to files" in answer.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--config", "PIPE"],
        ["config", "check", "PIPE"],
        ["evaluate", "--config", "PIPE"],
        ["plan", "--config", "DEMO", "--set", "translate.glossary=PIPE"],
        ["plan", "--config", "DEMO", "--set", "score.references=[PIPE]"],
        ["check", "--source", "LINES", "--translation", "LINES", "--glossary", "PIPE"],
        [
            "evaluate",
            "--source",
            "PIPE",
            "--reference",
            "LINES",
            "--hypothesis",
            "a=LINES",
            "--output",
            "runs/e",
        ],
        [
            "evaluate",
            "--source",
            "LINES",
            "--reference",
            "PIPE",
            "--hypothesis",
            "a=LINES",
            "--output",
            "runs/e",
        ],
        [
            "evaluate",
            "--source",
            "LINES",
            "--reference",
            "LINES",
            "--hypothesis",
            "a=PIPE",
            "--output",
            "runs/e",
        ],
        ["memory", "import", "PIPE", "--config", "DEMO"],
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_may_never_end_is_refused_wherever_a_file_is_named(
    tmp_path: Path, arguments: list[str], kind: str
) -> None:
    pipe, lines = tmp_path / "pipe", tmp_path / "lines"
    os.mkfifo(pipe)
    lines.write_text("一\n", encoding="utf-8")
    named = {"PIPE": str(pipe) if kind == "pipe" else "/dev/zero", "LINES": str(lines)}
    named["DEMO"] = str(ROOT / "configs/demo.yaml")
    for word, path in named.items():
        arguments = [argument.replace(word, path) for argument in arguments]
    answer = call(*arguments)
    assert answer.code == 2
    assert "not a regular file" in answer.messages
    assert answer.messages.count("\n") == 1


LONG = {
    "numerals": "一" * 10_000,
    "digits": "9" * 10_000,
    "wan": "万" * 10_000,
    "mixed": "千1" * 5_000,
    "yuan": "5元" * 3_000,
    "numbers": "，".join(map(str, range(6_000))),
    "thousands": "1" + ",234" * 3_000,
    "denials": "不停不是" * 3_000,
    "who": "谁" * 10_000,
    "codes": "A12 " * 2_000,
    "different codes": " ".join(f"A{number}B" for number in range(100, 2_000)),
    "addresses": "a-" * 5_000 + "a@" * 2_000,
    "words": " ".join(f"Word{number}" for number in range(2_000)),
    "brackets": "a) " * 3_000,
    "glosses": "a (好) b 好 " * 1_000,
    "hundreds": "hundred " * 2_000,
    "spaces": "好" + " " * 10_000 + "好",
}


@pytest.mark.parametrize("name", LONG)
def test_checks_are_bounded_in_the_length_of_a_line(tmp_path: Path, name: str) -> None:
    source, translation = tmp_path / "zh.txt", tmp_path / "en.txt"
    text, short = LONG[name], "有3家企业，不是5家。"
    source.write_text(f"{text}\n{short}\n{text}\n", encoding="utf-8")
    translation.write_text(f"Three\n{text}\n{text} one\n", encoding="utf-8")
    arguments = ["--source", str(source), "--translation", str(translation), "--format", "json"]
    answer = CliRunner().invoke(cli, ["check", *arguments])
    assert answer.exit_code == 0, answer.exception
    for row in json.loads(answer.stdout)["sentences"]:
        for check in {finding["check"] for finding in row["findings"]}:
            own = [finding for finding in row["findings"] if finding["check"] == check]
            assert len(own) <= 2 * MOST_FINDINGS
            assert all(len(finding["message"]) <= 400 for finding in own)


def test_a_run_of_digits_too_long_for_an_amount_is_still_looked_for() -> None:
    digits = "12345678901234567890" * 3
    assert not findings(f"编号是{digits}。", f"The number is {digits}.")
    [lost] = findings(f"编号是{digits}。", "The number is here.")
    assert (lost.check, lost.severity) == ("numbers", "error")


def test_a_check_that_fails_costs_its_findings_and_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(source: str, translation: str) -> list[Finding]:
        raise ZeroDivisionError("of all things")

    rows = [replace(row, run=fails) if row.name == "numbers" else row for row in checks.CHECKS]
    monkeypatch.setattr(checks, "CHECKS", rows)
    found = findings("他没有去北京。", "He went to Beijing 金山.")
    assert [finding.check for finding in found] == ["negation", "untranslated"]
    assert "the check 'numbers' failed" in caplog.text
    assert "ZeroDivisionError: of all things" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "<!---->" * 500 + "一",
        "“好，好”" * 2_000,
        "# 金山打造\n\n# 再来一次\n\n金山打造营商环境，说好不好。\n\n" * 200,
        "[" * 5_000,
        "**一" * 2_000,
    ],
)
def test_segmenting_is_bounded_in_the_length_of_a_page(text: str) -> None:
    [articles] = segment(
        [Document("d", text, "d.md", "page")], join_broken_paragraphs=True, max_sentence_chars=200
    )
    assert articles


@pytest.mark.parametrize("shape", ["commas", "adverbials", "ragged table", "table"])
def test_every_stage_is_bounded_in_the_length_of_a_page(shape: str) -> None:
    # the news summary of 60 kB of commas took 20 seconds, the report of such a table gigabytes
    assert len(measure_bounds.costs(shape, 25_000)) == len(measure_bounds.STAGES)


@pytest.mark.parametrize("method", ["lexrank", "textrank"])
def test_a_summary_of_a_very_long_article_is_made_of_its_beginning(method: str) -> None:
    article = [f"第{number}家企业在金山区投资，带来{number}个岗位。" for number in range(30_000)]
    [lines] = ExtractiveSummarizer(method, 3).summarize([article])  # type: ignore[arg-type]
    assert len(lines) == 3
    assert all(line.sources[0] < 1_000 for line in lines)


def test_a_failure_of_reading_is_one_line(tmp_path: Path) -> None:
    for name, (data, _) in hostile_files().items():
        if name in ("attributes.html", "cells.csv", "digits.jsonl"):
            (tmp_path / name).write_bytes(data)
    for row in read(tmp_path):
        assert isinstance(row, Failure)
        assert "\n" not in row.reason
