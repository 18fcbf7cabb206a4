"""Quality floors of the demo: they may rise with a better model, and may not fall."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.config.file import load_config
from pipeline.engine.journal import Journal
from pipeline.run.run import Options, run

ROOT = Path(__file__).parents[2]
FLOORS = json.loads((ROOT / "tests/golden/quality.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The demo's report.json: the sample page, translated by the bundled model."""
    output = tmp_path_factory.mktemp("runs") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        config = load_config(Path("configs/demo.yaml"), [f"output={output}"])
        outcome = run(config, Options(), Journal(verbosity=0))
    assert outcome.exit_code == 0
    return json.loads((output / "report.json").read_text(encoding="utf-8"))


def test_the_translation_of_the_sample_page_is_no_worse_than_before(report: Any) -> None:
    scores = {metric["name"]: metric for metric in report["metrics"]}
    assert scores["chrF2++"]["segments"] == 65, "a sentence lost its reference"
    assert scores["chrF2++"]["score"] >= FLOORS["chrF2++"]


@pytest.mark.parametrize("check", ["empty", "repetition"])
def test_no_more_sentences_fail_a_check_than_before(report: Any, check: str) -> None:
    assert report["checks"][check]["flagged"] <= FLOORS[check]


def test_every_sentence_of_the_page_is_in_the_report(report: Any) -> None:
    assert report["totals"]["sentences"] == 71
    assert report["totals"]["failed"] == 0
