"""A run, a preview and the doctor find every model and read every file once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import models.load
import pipeline.engine.translation.model
import pipeline.text_file
from models.weights.find import locate
from pipeline.cli import cli
from pipeline.testing import EchoTranslator
from tests.checkpoints import make_marian

CONFIG = """
input: {paths: [page.txt]}
output: run
runtime: {device: cpu, memory: off}
translate:
  model: {kind: seq2seq, path: "bundled:zh-en"}
  glossary: glossary.tsv
  repair: {fallback: {kind: seq2seq, path: FALLBACK}}
summarize: {model: {kind: extractive}}
score: {bootstrap_samples: 10, references: [pairs.tsv]}
"""


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the place of a model was looked up, and how often a file was read."""
    monkeypatch.chdir(tmp_path)
    fallback = make_marian(tmp_path / "fallback")
    config = CONFIG.replace("FALLBACK", str(fallback))
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "page.txt").write_text("上海\n\n今年上海很好。\n", encoding="utf-8")
    (tmp_path / "glossary.tsv").write_text("上海\tShanghai\n", encoding="utf-8")
    (tmp_path / "pairs.tsv").write_text("zh\ten\n今年上海很好。\tFine.\n", encoding="utf-8")
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: EchoTranslator()
    )
    found: Counter[str] = Counter()
    read_text = pipeline.text_file.read_text

    def counted_locate(path: str, *arguments: Any, **settings: Any) -> Any:
        found[Path(path).name] += 1
        return locate(path, *arguments, **settings)

    def counted_read(path: Path, *arguments: Any, **settings: Any) -> str:
        found[path.name] += 1
        return read_text(path, *arguments, **settings)

    monkeypatch.setattr(models.load, "locate", counted_locate)
    monkeypatch.setattr(pipeline.text_file, "read_text", counted_read)
    return found


ONCE = {"bundled:zh-en": 1, "fallback": 1, "glossary.tsv": 1, "pairs.tsv": 1}


@pytest.mark.parametrize("command", ["run", "plan", "doctor"])
def test_what_a_config_names_is_found_once(counts: Counter[str], command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--config", "config.yaml"])
    assert result.exit_code == 0, result.output
    assert {name: counts[name] for name in ONCE} == ONCE


def test_the_doctor_names_every_stage_that_cannot_run(counts: Counter[str]) -> None:
    Path("glossary.tsv").unlink()
    result = CliRunner().invoke(cli, ["doctor", "--config", "config.yaml"])
    lines = [line.split(maxsplit=1) for line in result.output.splitlines()]
    told = {line[0]: line[1] for line in lines if len(line) == 2}
    assert result.exit_code == 0
    assert told["translate"].startswith("cannot run: translate.glossary: ")
    assert told["score"].startswith("cannot run: translate.glossary: ")
    assert told["summarize"] == "news"
