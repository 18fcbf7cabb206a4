"""`pipeline check`: any two files, no model, an exit code a scheduler can use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.check.checks import LABELS
from pipeline.cli import cli
from pipeline.errors import ConfigError
from pipeline.run.check_files import allowed_errors

SOURCE = "投资124亿元。\n金山严管市场。\n他同意了。\n"
TRANSLATION = "It cost 124 billion yuan.\nJinshan regulates the market.\nHe agreed.\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    source, translation = tmp_path / "zh.txt", tmp_path / "en.txt"
    source.write_text(SOURCE, encoding="utf-8")
    translation.write_text(TRANSLATION, encoding="utf-8")
    return ["check", "--source", str(source), "--translation", str(translation)]


def test_json_has_one_row_for_every_pair_with_findings_in_their_places(files: list[str]) -> None:
    answer = CliRunner().invoke(cli, [*files, "--format", "json"])
    rows = json.loads(answer.stdout)["sentences"]
    assert answer.exit_code == 0
    assert [row["source"] for row in rows] == SOURCE.splitlines()
    assert [row["translation"] for row in rows] == TRANSLATION.splitlines()
    [finding] = rows[0]["findings"]
    assert (finding["check"], finding["severity"]) == ("numbers", "error")
    assert finding["source_span"] == {"start": 2, "end": 6}
    assert finding["translation_span"] == {"start": 8, "end": 19}
    assert [row["findings"] for row in rows[1:]] == [[], []]


def test_reversals_denials_and_chatter_are_reported_with_their_checks(tmp_path: Path) -> None:
    pairs = [
        ("年纳税不少于1.8亿元。", "It pays less than 180 million yuan a year.", "direction"),
        ("無人受傷。", "People were hurt.", "negation"),
        ("街道整洁。", '{"translation": "The streets are tidy."}', "chatter"),
        ("降低成本5%。", "Costs were cut by 5%.", None),
    ]
    source, translation = tmp_path / "zh.txt", tmp_path / "en.txt"
    source.write_text("\n".join(pair[0] for pair in pairs), encoding="utf-8")
    translation.write_text("\n".join(pair[1] for pair in pairs), encoding="utf-8")
    command = ["check", "--source", str(source), "--translation", str(translation)]
    answer = CliRunner().invoke(cli, [*command, "--format", "json"])
    rows = json.loads(answer.stdout)["sentences"]
    found = [[(each["check"], each["severity"]) for each in row["findings"]] for row in rows]
    assert found == [[(check, "error")] if check else [] for *_, check in pairs]


def test_text_shows_only_pairs_with_findings_and_the_counts(files: list[str]) -> None:
    lines = CliRunner().invoke(cli, files).stdout.splitlines()
    assert lines[0] == "1: 投资124亿元。"
    assert lines[-1] == "3 pairs, 1 with findings, 1 with errors: numbers 1"


@pytest.mark.parametrize(
    ("limit", "code"), [("0", 4), ("1", 0), ("30%", 4), ("34%", 0), ("lots", 2), ("-1", 2)]
)
def test_the_exit_code_says_whether_there_are_too_many_errors(
    files: list[str], limit: str, code: int
) -> None:
    answer = CliRunner().invoke(cli, [*files, "--max-errors", limit])
    found = answer.exception.exit_code if isinstance(answer.exception, ConfigError) else None
    assert (found or answer.exit_code) == code


def test_files_of_other_lengths_are_refused_with_both_counts(files: list[str]) -> None:
    Path(files[-1]).write_text("One line.\n", encoding="utf-8")
    answer = CliRunner().invoke(cli, files)
    assert isinstance(answer.exception, ConfigError)
    assert "1 lines for the 3 of" in str(answer.exception)


@pytest.mark.parametrize("content", [None, b"\x89PNG\r\n\x1a\n" + b"\x00" * 200])
def test_a_file_that_is_no_text_is_named(files: list[str], content: bytes | None) -> None:
    path = Path(files[-1])
    path.unlink() if content is None else path.write_bytes(content)
    answer = CliRunner().invoke(cli, files)
    assert isinstance(answer.exception, ConfigError)
    assert str(path) in str(answer.exception)


def test_other_encodings_and_a_glossary_are_read(files: list[str], tmp_path: Path) -> None:
    Path(files[2]).write_bytes(SOURCE.encode("gb18030"))
    terms = tmp_path / "terms.tsv"
    terms.write_text("金山\tJin Shan\n", encoding="utf-8")
    answer = CliRunner().invoke(cli, [*files, "--glossary", str(terms)])
    assert "the glossary wants “Jin Shan” for 金山" in answer.stdout


def test_an_empty_pair_of_files_has_no_findings(files: list[str]) -> None:
    for path in (files[2], files[-1]):
        Path(path).write_text("", encoding="utf-8")
    answer = CliRunner().invoke(cli, files)
    assert answer.stdout == "0 pairs, 0 with findings, 0 with errors\n"


def test_no_model_library_is_loaded(files: list[str]) -> None:
    program = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'ctranslate2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_share_is_of_all_pairs() -> None:
    assert allowed_errors("3%", 200) == 6
    assert allowed_errors("3", 200) == 3


XLIFF_1 = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file source-language="zh-CN" target-language="en" original="a" datatype="plaintext"><body>
<trans-unit id="1"><source>投资<g id="1">124</g>亿元。</source>
<alt-trans><source>投资。</source><target>Invest.</target></alt-trans>
<target>It cost <ph id="2">{b}</ph>124 billion yuan.</target></trans-unit>
<trans-unit id="2"><source>他同意了。</source></trans-unit></body></file></xliff>"""
XLIFF_2 = """<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="zh"
trgLang="en"><file id="f"><unit id="1"><segment><source>投资124亿元。</source>
<target>It cost 124 billion <pc id="1">yuan</pc>.</target></segment><segment>
<source>他同意了。</source><target></target></segment></unit></file></xliff>"""
TMX = """<tmx version="1.4"><header/><body><tu><tuv xml:lang="zh"><seg>投资124亿元。</seg></tuv>
<tuv xml:lang="en"><seg>It cost 124 billion yuan.</seg></tuv></tu></body></tmx>"""
ROWS = '{"zh": "投资124亿元。", "en": "It cost 124 billion yuan."}\n'
TABLES = {
    "a.tsv": "zh\ten\n投资124亿元。\tIt cost 124 billion yuan.\n他同意了。\t\n",
    "a.csv": 'zh,en\n投资124亿元。,"It cost 124 billion yuan."\n他同意了。,\n',
    "a.xlf": XLIFF_1,
    "a.xliff": XLIFF_2,
    "a.tmx": TMX,
    "a.jsonl": ROWS,
}


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_of_pairs_is_checked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TABLES[name], encoding="utf-8")
    answer = CliRunner().invoke(cli, ["check", str(tmp_path / name), "--format", "json"])
    assert answer.exit_code == 0
    value = json.loads(answer.stdout)
    first = value["sentences"][0]
    assert (first["source"], first["translation"]) == ("投资124亿元。", "It cost 124 billion yuan.")
    assert value["summary"]["checks"]["numbers"] == {"pairs": 1, "errors": 1}
    if len(value["sentences"]) == 2:
        assert [found["check"] for found in value["sentences"][1]["findings"]] == ["empty"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.xlf", "<html/>", "XML, but <html> and not <xliff>"),
        ("a.xlf", "<xliff", "not XML"),
        ("a.xlf", XLIFF_1.replace("zh-CN", "en"), "its source language is 'en', not Chinese"),
        ("a.xlf", '<!DOCTYPE x [<!ENTITY a "b">]><xliff/>', "XML that defines entities"),
        ("a.xlf", "<xliff/>", "holds no pair of sentences"),
        ("a.tsv", "x\ty\tz\n1\t2\t3\n", "no columns 'zh' and 'en'"),
        ("a.tsv", "", "empty"),
    ],
)
def test_a_table_that_holds_no_pairs_is_named(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(cli, ["check", str(tmp_path / name)])
    assert isinstance(answer.exception, ConfigError)
    assert said in str(answer.exception)
    assert name in str(answer.exception)


def test_rows_that_cannot_be_read_are_named_and_the_others_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(ROWS + "{\n", encoding="utf-8")
    answer = CliRunner().invoke(cli, ["check", str(path)])
    assert answer.exit_code == 3
    assert f"{path}:2: not JSON" in answer.stderr
    assert "1 pair, 1 with findings" in answer.stdout


@pytest.mark.parametrize(
    "arguments", [[], ["--source", "a"], ["--translation", "a"], ["t", "--source", "a"]]
)
def test_one_way_to_name_the_texts_is_asked_for(arguments: list[str]) -> None:
    answer = CliRunner().invoke(cli, ["check", *arguments])
    assert answer.exit_code == 2
    assert "give --source and --translation, or one TABLE with both" in answer.stderr


def test_the_summary_has_a_line_for_each_check(files: list[str]) -> None:
    lines = CliRunner().invoke(cli, files).stdout.splitlines()
    assert lines[-2] == (
        "numbers      1 pair with numbers that do not agree with the source, 1 error"
    )


@pytest.mark.parametrize("name", list(LABELS))
def test_every_check_says_what_it_knows_and_what_not(name: str) -> None:
    answer = CliRunner().invoke(cli, ["check", "--explain", name])
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0].startswith(f"{name}: finds {LABELS[name]}")
    assert lines[1].startswith("knows: ")
    assert lines[2].startswith("does not know: ")
    page = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")
    assert f"## {name}\n" in page
    assert lines[1].removeprefix("knows: ") in page


def test_a_check_that_does_not_exist_is_named() -> None:
    answer = CliRunner().invoke(cli, ["check", "--explain", "number"])
    assert "no such check; did you mean 'numbers'?" in str(answer.exception)


def test_units_currencies_times_and_signs_are_compared(tmp_path: Path) -> None:
    pairs = {
        "全长50公里。": ("It is 50 miles long.", "It is 31 miles long."),
        "捐款100万港元。": ("He donated US$1 million.", "He donated HK$1 million."),
        "失业率下降0.3个百分点。": (
            "The unemployment rate fell by 0.3%.",
            "The unemployment rate fell by 0.3 percentage points.",
        ),
        "下午两点半开会。": ("The meeting is at 2:50 p.m.", "The meeting is at 14:30."),
        "气温零下5摄氏度。": ("It is 5 degrees Celsius.", "It is minus 5 degrees Celsius."),
    }
    source, translation = tmp_path / "zh.txt", tmp_path / "en.txt"
    source.write_text("".join(f"{zh}\n{zh}\n" for zh in pairs), encoding="utf-8")
    translation.write_text(
        "".join(f"{wrong}\n{right}\n" for wrong, right in pairs.values()), encoding="utf-8"
    )
    arguments = ["check", "--source", str(source), "--translation", str(translation)]
    answer = CliRunner().invoke(cli, [*arguments, "--format", "json"])
    severities = [
        [(finding["check"], finding["severity"]) for finding in row["findings"]]
        for row in json.loads(answer.stdout)["sentences"]
    ]
    assert severities == [[("numbers", "error")], []] * len(pairs)


def test_what_a_spreadsheet_or_a_locked_unit_leaves_is_not_checked(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("zh,en\n今天下雨。,#REF!\n明天放晴。,\n", encoding="utf-8")
    answer = CliRunner().invoke(cli, ["check", str(table)])
    assert answer.exit_code == 3
    assert f"{table}:2: #REF! is a spreadsheet's error, not text" in answer.stderr
    assert "1 of 1 pair has no text, first pair 1: it is scored as empty\n" in answer.stderr
    unit = '<trans-unit id="{}"{}><source>今天下雨。</source></trans-unit>'
    (tmp_path / "a.xlf").write_text(
        '<xliff version="1.2"><file source-language="zh" target-language="en"><body>'
        + unit.format(1, ' translate="no"')
        + unit.format(2, "")
        + "</body></file></xliff>",
        encoding="utf-8",
    )
    answer = CliRunner().invoke(cli, ["check", str(tmp_path / "a.xlf")])
    assert "1 pair, 1 with findings" in answer.stdout
