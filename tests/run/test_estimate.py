"""`pipeline plan --estimate`: a probe of the real input, and nothing written."""

import re
from pathlib import Path

import yaml
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.testing import fake_server

TEXT = "# 第{0}号公告\n\n" + "市政府宣布新建三座桥梁。工程预计明年完工，市民表示欢迎。\n\n" * 4


def _plan(folder: Path, *more: str) -> str:
    arguments = ["plan", str(folder / "in"), "--output", str(folder / "run"), *more]
    result = CliRunner().invoke(cli, [*arguments, "--set", "translate.model.beams=1"])
    assert result.exit_code == 0, result.output
    return result.output


def _tokens(output: str) -> tuple[int, int]:
    match = re.search(r"tokens: +([\d,]+) read, ([\d,]+) written", output)
    assert match, output
    return int(match[1].replace(",", "")), int(match[2].replace(",", ""))


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
    assert min(_tokens(text)) > 40 * 8  # most of its sentences are alike and asked once
    assert "at 2 an hour" in text
    assert "kWh at 100 W" in text
    assert "GPU" not in text
    assert not (tmp_path / "run").exists()


def test_tokens_of_a_server_are_those_it_reports_at_the_prices_of_the_config(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(10):
        (tmp_path / f"in/{number}.md").write_text(TEXT.format(number), encoding="utf-8")
    with fake_server(lambda messages: "The city builds three bridges.") as server:
        model = {"kind": "endpoint", "base_url": server.base_url, "model": "tiny"}
        spending = {"tokens": 10**9, "price_input": 1000, "price_output": 10_000}
        config = {
            "input": {"paths": ["in"]},
            "output": "run",
            "translate": {"model": model | {"spending": spending}, "repair": {"enabled": False}},
            "summarize": {"languages": ["zh"]},
        }
        (tmp_path / "c.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        arguments = ["plan", "--config", str(tmp_path / "c.yaml"), "--estimate"]
        result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    read, written = _tokens(result.output)
    assert read == 10 * written > 0  # the server reports 100 and 10 for each request
    money = (read * 1000 + written * 10_000) / 1e6
    assert f"money:      {money:.2f} at 1000 and 10000 for a million tokens" in result.output


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
