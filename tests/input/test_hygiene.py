"""HTML entities, tabs, byte order marks and blanks in lines: named, counted, mended on demand."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.input.hygiene import blemish_lines, clean_line
from tests.commandline import call

CLEAN = [
    ("It&#39;s", "It's"),
    ("&quot;Yes&quot;", '"Yes"'),
    ("R&amp;D", "R&D"),
    ("&amp;#39;", "'"),
    ("&#x27;a&#X27;", "'a'"),
    ("a&nbsp;b", "a b"),
    ("5 &lt; 6", "5 < 6"),
    ("&eacute;t&eacute;", "été"),
    ("AT&T; fine", "AT&T; fine"),
    ("Q&A", "Q&A"),
    ("a\tb", "a b"),
    (" a ", "a"),
    ("\u3000甲 ", "甲"),
    ("\ufeffa", "a"),
    ("a\u2028b\x85c\vd", "a b c d"),
    ("a&#10;b", "a b"),
    ("a   b", "a b"),
    ("", ""),
    ("a\xa0b", "a\xa0b"),
    ("&#0;x", "\ufffdx"),
]


@pytest.mark.parametrize(("line", "expected"), CLEAN)
def test_a_line_is_mended(line: str, expected: str) -> None:
    assert clean_line(line) == expected


@given(st.text(max_size=40))
def test_a_clean_line_is_one_line_and_stays_clean(line: str) -> None:
    once = clean_line(line)
    assert "\n" not in once
    assert "\t" not in once
    assert clean_line("It's a plain line.") == "It's a plain line."


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a", "It&#39;s", "&quot;"], "2 of 3 lines have HTML entities, first line 2"),
        (["a\tb"], "1 of 1 line has tabs or line separators, first line 1"),
        (["\ufeffa", "b"], "1 of 2 lines has a byte order mark, first line 1"),
        (["a", "b "], "1 of 2 lines has blanks at an end, first line 2"),
        (["a", ""], "1 of 2 lines has no text, first line 2"),
        (["a\ufffd"], "1 of 1 line has lost characters (\ufffd), first line 1"),
    ],
)
def test_a_blemish_is_named_with_its_lines_and_its_costs(lines: list[str], said: str) -> None:
    [line] = blemish_lines("x", lines)
    assert line.startswith(f"x: {said}: ")
    assert line.endswith("--clean mends it") == can_mend_this(lines)


def can_mend_this(lines: list[str]) -> bool:
    return any(clean_line(line) != line for line in lines)


def test_clean_lines_have_no_warning() -> None:
    assert list(blemish_lines("x", ["It's fine.", "R&D, Q&A; AT&T;"])) == []


ZH = ["他说没关系。", "问答。", "研发投入增长。", "天气好。"]
EN = [
    "It&#39;s fine, he said.",
    "Questions &amp; answers.",
    "R&amp;D grew.\tMuch.",
    " Fine. ",
]
REFERENCE = ["It's fine, he said.", "Questions & answers.", "R&D grew. Much.", "Fine."]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, lines in (("zh", ZH), ("en", EN), ("reference", REFERENCE), ("good", REFERENCE)):
        text = "".join(f"{line}\n" for line in lines)
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


EVALUATE = (
    *("evaluate", "--source", "zh.txt", "--reference", "reference.txt", "--metric", "bleu"),
    *("--hypothesis", "ours=en.txt", "--hypothesis", "good=good.txt"),
)


def test_evaluate_warns_of_blemishes_with_their_costs_and_mends_them(folder: Path) -> None:
    answer = call(*EVALUATE, "--output", "first")
    lines = [line for line in answer.messages.splitlines() if line.startswith("warning: ours")]
    assert len(lines) == 3
    assert "3 of 4 lines have HTML entities, first line 1" in lines[0]
    assert "as it is, 100.0 clean; --clean mends it" in lines[0]
    assert "1 of 4 lines has tabs or line separators, first line 3" in lines[1]
    assert "1 of 4 lines has blanks at an end, first line 4" in lines[2]
    assert "good on" not in answer.messages
    answer = call(*EVALUATE, "--output", "second", "--clean")
    assert "--clean" not in answer.messages
    assert "ours  100.0" in answer.text
    rows = (folder / "second/sentences.jsonl").read_text(encoding="utf-8")
    assert "It's fine" in rows
    assert "&#39;" not in rows
    assert rows.count("\n") == (folder / "first/sentences.jsonl").read_text("utf-8").count("\n")


def test_compare_warns_and_mends(folder: Path) -> None:
    call(*EVALUATE, "--output", "first")
    answer = call("compare", "first:good", "first:ours", "--metric", "bleu")
    assert "warning: ours on zh: 3 of 4 lines have HTML entities" in answer.messages
    assert "worse" in answer.text or "-" in answer.text
    answer = call("compare", "first:good", "first:ours", "--metric", "bleu", "--clean")
    assert "warning" not in answer.messages
    assert "100.00  100.00" in answer.text


def test_check_warns_and_mends(folder: Path) -> None:
    answer = call("check", "--source", "zh.txt", "--translation", "en.txt", "--format", "json")
    assert "warning: en.txt: 3 of 4 lines have HTML entities, first line 1" in answer.messages
    assert "&#39;" in answer.text
    answer = call(
        *("check", "--source", "zh.txt", "--translation", "en.txt", "--format", "json", "--clean")
    )
    assert "warning" not in answer.messages
    assert "It's fine" in answer.text
    assert "&" not in answer.text.replace("Questions & answers", "").replace("R&D", "")


def workbook(path: Path, *sheets: str) -> None:
    """Write an Excel workbook; the sheets are lines of cells parted by bars, and called S1, S2."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    parts = "".join(f'<Relationship Id="r{n}" Target="worksheets/{n}.xml"/>' for n in numbers)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "xl/workbook.xml", f"<workbook {main} {link}><sheets>{names}</sheets></workbook>"
        )
        package.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{parts}</Relationships>")
        for number, text in zip(numbers, sheets, strict=True):
            rows = "".join(
                "<row>"
                + "".join(
                    f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in line.split("|")
                )
                + "</row>"
                for line in text.splitlines()
            )
            package.writestr(
                f"xl/worksheets/{number}.xml",
                f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>",
            )


@pytest.mark.parametrize("more", [(), ("--clean",)])
def test_sheets_of_a_workbook_that_are_not_read_are_named(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    table = "zh|en\n春天来了。|Spring has come."
    workbook(tmp_path / "a.xlsx", table, table, "", table)
    answer = call("check", str(tmp_path / "a.xlsx"), *more)
    assert answer.code == 0
    assert "only the first sheet is read, not 'S2', 'S4'; save each" in answer.messages
    workbook(tmp_path / "b.xlsx", table, "")
    assert call("check", str(tmp_path / "b.xlsx"), *more).messages == ""
