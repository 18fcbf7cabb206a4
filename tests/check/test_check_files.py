"""`pipeline check`: any two files, no model, an exit code a scheduler can use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

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
