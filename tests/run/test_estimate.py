"""`pipeline plan --estimate`: a probe of the real input, and nothing written."""

import re
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import cli

TEXT = "# 第{0}号公告\n\n" + "市政府宣布新建三座桥梁。工程预计明年完工，市民表示欢迎。\n\n" * 4


def _plan(folder: Path, *more: str) -> str:
    arguments = ["plan", str(folder / "in"), "--output", str(folder / "run"), *more]
    result = CliRunner().invoke(cli, [*arguments, "--set", "translate.model.beams=1"])
    assert result.exit_code == 0, result.output
    return result.output


def test_an_estimate_counts_the_sentences_that_are_missing(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / f"in/{number}.md").write_text(TEXT.format(number), encoding="utf-8")
    assert "sentences:" not in _plan(tmp_path)
    text = _plan(tmp_path, "--estimate", "--price", "2", "--watts", "100")
    match = re.search(r"sentences: +([\d,]+) ", text)
    assert match
    assert abs(int(match[1].replace(",", "")) - 40 * 9) < 20
    assert re.search(r"time: .* ± \d+% \(translate .*summarize .*score ", text)
    assert "at 2 an hour" in text
    assert "kWh at 100 W" in text
    assert "GPU" not in text
    assert not (tmp_path / "run").exists()


def test_nothing_missing_is_said(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.md").write_text(TEXT.format(1), encoding="utf-8")
    output = ["--output", str(tmp_path / "run"), "--set", "translate.model.beams=1", "-q"]
    assert CliRunner().invoke(cli, ["run", str(tmp_path / "in"), *output]).exit_code == 0
    result = CliRunner().invoke(
        cli,
        ["plan", str(tmp_path / "in"), *output[:-1], "--estimate"],
    )
    assert "every translation is ready" in str(result.exception)
