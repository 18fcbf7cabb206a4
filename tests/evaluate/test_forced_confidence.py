"""A translation model's confidence as a metric of anybody's translations, without references."""

from pathlib import Path
from typing import Any

import pytest

from models.load import resolve_translator
from models.metrics.calibration import CALIBRATION, Calibration, write_calibration
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from pipeline.errors import ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import evaluate
from tests.checkpoints import make_marian
from tests.evaluations import write_files
from tests.models.metrics.test_calibration import OWN

SOURCES = ["中国经济稳步增长。", "他们正在讨论这个问题。", "她昨天去了医院。"]
TRUE = ["China's economy has grown steadily.", "They are discussing the issue.", "She went home."]


def config(folder: Path, model: str, **spec: Any) -> EvaluationConfig:
    return EvaluationConfig.model_validate(
        {
            "output": str(folder / "out"),
            "sets": [{"kind": "files", "name": "news", "source": str(folder / "zh.txt")}],
            "systems": [
                {"kind": "file", "name": name, "path": str(folder / f"{name}.txt")}
                for name in ("true", "mixed")
            ],
            "trained_metrics": {
                "surprise": {"kind": "confidence", "model": {"kind": "seq2seq", "path": model}}
                | spec
            },
            "metrics": ["surprise"],
            "bootstrap_samples": 0,
            "runtime": {"device": "cpu", "threads": 1},
        }
    )


def test_translations_of_other_sentences_surprise_the_model(tmp_path: Path) -> None:
    write_files(tmp_path, zh=SOURCES, true=TRUE, mixed=TRUE[1:] + TRUE[:1])
    [result] = evaluate(config(tmp_path, "bundled:zh-en")).sets
    scores = {system.output.name: system.metrics[0] for system in result.systems}
    assert 0 > scores["true"].score > scores["mixed"].score + 0.5
    assert "model:bundled:zh-en" in scores["true"].signature
    assert "nrefs:0" in scores["true"].signature


def test_expected_error_needs_a_calibration_of_these_weights(tmp_path: Path) -> None:
    folder = make_marian(tmp_path / "model")
    write_files(tmp_path, zh=SOURCES, true=TRUE, mixed=TRUE[::-1])
    settings = config(tmp_path, str(folder), scale="expected_error")
    with pytest.raises(ModelError, match=r"trained_metrics\.surprise: .* has no calibration"):
        evaluate(settings)
    identity = resolve_translator(
        Seq2SeqSpec(kind="seq2seq", path=str(folder)), Machine(device="cpu")
    ).identity
    write_calibration(folder / CALIBRATION, Calibration(identity, OWN, None))
    with pytest.raises(ModelError, match="was not made for given translations"):
        evaluate(settings)
    write_calibration(folder / CALIBRATION, Calibration(identity, None, OWN))
    [result] = evaluate(settings).sets
    for system in result.systems:
        assert system.metrics[0].lower_is_better
        assert all(0 <= each <= 100 for each in system.metrics[0].sentences)
