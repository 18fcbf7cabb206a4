"""Traditional pages: without a config they are read in the characters the bundled model knows."""

from pathlib import Path

import pytest

import pipeline.engine.translation.model
from pipeline.testing import EchoTranslator
from tests.commandline import call

TRADITIONAL = "臺北市政府昨日宣布，將調整三條路線。\n"
SIMPLIFIED = "台北市政府昨日宣布，将调整三条路线。"


@pytest.mark.parametrize(
    ("arguments", "config", "read"),
    [
        ((), "", SIMPLIFIED),
        (("--set", "segment.convert_to=as_written"), "", TRADITIONAL.strip()),
        ((), "output: out", TRADITIONAL.strip()),
        ((), "output: out\nsegment: {convert_to: auto}", SIMPLIFIED),
    ],
)
def test_traditional_characters_are_converted_for_the_bundled_model(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    config: str,
    read: str,
) -> None:
    echo = EchoTranslator()
    monkeypatch.setattr(pipeline.engine.translation.model, "load_translator", lambda *_, **__: echo)
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text(TRADITIONAL, encoding="utf-8")
    Path("plain.txt").write_text("乾隆的著作很多，这里说明。\n", encoding="utf-8")
    if config:
        Path("config.yaml").write_text(config, encoding="utf-8")
    answer = call("run", "page.txt", "plain.txt", *arguments)
    assert answer.code == 0, answer.messages
    asked = [sentence for sentences in echo.asked for sentence in sentences]
    assert read in asked
    page = next(Path().glob("*/report.html")).read_text(encoding="utf-8")
    note = "its traditional characters are shown as simplified ones"
    assert (note in page) == (read == SIMPLIFIED)
    assert "乾隆的著作很多，这里说明。" in asked  # a simplified page stays as it is
