"""`translate.quality`: what each word sets, what wins over it, and the word for a size of input."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli

LINE = "今天下午，市政府召开新闻发布会，介绍了全市经济运行情况。\n"
SMALL, LARGE = 3, 1000


def plan(folder: Path, lines: int, *settings: str) -> list[str]:
    """Return the lines of `pipeline plan` for a page of so many lines."""
    (folder / "page.txt").write_text(LINE * lines, encoding="utf-8")
    changes = [word for setting in settings for word in ("--set", setting)]
    command = ["plan", "page.txt", "--output", "run", *changes]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        answer = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.stdout.splitlines()


BALANCED = "balanced (beam of 4)"


@pytest.mark.parametrize(
    ("lines", "settings", "wanted"),
    [
        (SMALL, [], BALANCED),
        (SMALL, ["translate.quality=auto"], "best (consensus of 12 translations)"),
        (LARGE, ["translate.quality=auto"], BALANCED),
        (LARGE, ["translate.quality=best"], "best (consensus of 12 translations)"),
        (SMALL, ["translate.quality=balanced"], BALANCED),
        (SMALL, ["translate.quality=fast"], "fast (greedy search)"),
        (SMALL, ["translate.quality=fast", "translate.model.beams=2"], "fast (beam of 2)"),
        (LARGE, ["translate.quality=best", "translate.choose.of=3"], "best (consensus of 3"),
        (LARGE, ["translate.quality=best", "translate.choose.by=first"], "best (beam of 4)"),
        (SMALL, ["translate.quality=auto", "translate.model.beams=1"], "balanced (greedy search)"),
        (SMALL, ["translate.quality=auto", "translate.choose={by: first}"], BALANCED),
    ],
)
def test_the_plan_says_which_quality_a_run_has(
    tmp_path: Path, lines: int, settings: list[str], wanted: str
) -> None:
    assert any(line.startswith(f"quality: {wanted}") for line in plan(tmp_path, lines, *settings))
