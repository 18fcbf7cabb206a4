"""Keys as literals: whoever changes one throws away finished shards and remembered translations."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from models.metrics.load import ResolvedScorer
from models.resolved import ResolvedModel
from models.runtime.device import Device
from models.specs import ScorerSpec, SummarizerSpec, TranslatorSpec
from pipeline.config.sections import ChooseSection, RuntimeSection
from pipeline.engine import choosing
from pipeline.engine.keys import decisive, digest
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.metrics import forced_confidence as given
from pipeline.language.glossary import parse_glossary

CPU = (Device("cpu", "test"),)
MODEL = ResolvedModel(
    name="model",
    identity="weights",
    folder=None,
    backend="ctranslate2",
    precision="int8",
    devices=CPU,
    reasons=(),
    licence=None,
    source_language=None,
    target_language=None,
    cache=Path(),
)
SCORER = ResolvedScorer(
    kind="comet",
    name="metric",
    identity="weights",
    folder=Path(),
    tokenizer=Path(),
    precision="float32",
    devices=CPU,
    reasons=(),
    licence=None,
    needs_reference=False,
    higher_is_better=True,
    settings=(),
)
SERVER = {"kind": "endpoint", "base_url": "http://localhost:8000/v1", "model": "m"}
COMET = {"kind": "comet", "path": "a"}
PLAIN = {"kind": "seq2seq", "path": "a"}

KEYS: list[tuple[Any, dict[str, Any], str]] = [
    (TranslatorSpec, PLAIN, "961ffacad6375ec6aeec9ceea4987e15"),
    (TranslatorSpec, {"kind": "causal", "path": "a"}, "616c6505a3ce564585a1d1256613517d"),
    (TranslatorSpec, SERVER, "ae7ca1a31f8ed40aac8e3427bed9c313"),
    (SummarizerSpec, {"kind": "extractive"}, "85eca4dc067b150a21220367acd4c4db"),
    (SummarizerSpec, {"kind": "abstractive", "path": "a"}, "26ebb329c82adecd52c5bf0654a10698"),
    (SummarizerSpec, SERVER, "770f530d364fed9dc02b5e8ca39f08ac"),
    (ScorerSpec, COMET, "75e0850a6636baa4348f3ab8bef58ef0"),
    (
        ScorerSpec,
        {"kind": "metricx", "path": "a", "version": 24},
        "b1e611e680452325f5db129b13b3834b",
    ),
    (
        ScorerSpec,
        {"kind": "bertscore", "path": "a", "layer": 2},
        "65d0c92865a1fd9bc4ee9b74d9fdd317",
    ),
]


def spec_of(union: Any, values: dict[str, Any]) -> Any:
    return TypeAdapter[BaseModel](union).validate_python(values)


@pytest.mark.parametrize(("union", "values", "key"), KEYS)
def test_the_key_of_a_model_is_what_it_was(union: Any, values: dict[str, Any], key: str) -> None:
    resolved = SCORER if union is ScorerSpec else MODEL
    assert digest(decisive(spec_of(union, values), resolved)) == key


@pytest.mark.parametrize(
    ("estimator", "key"),
    [
        (PLAIN, "125f7361accf07b4b205f4ee0164586f"),
        (COMET, "4790fb8b9c501faee910b12d6371ed23"),
        (COMET | {"precision": "bfloat16"}, "392e8a400e39c5152fc9d1114afc66c1"),
    ],
)
def test_the_key_of_a_choice_is_what_it_was(
    estimator: dict[str, Any], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = MODEL if estimator["kind"] == "seq2seq" else SCORER
    monkeypatch.setattr(choosing, "resolve_estimator", lambda *_, **__: resolved)
    section = ChooseSection.model_validate({"by": "estimator", "estimator": estimator})
    made = choosing.prepare_choosing(
        section, RuntimeSection(), MODEL, parse_glossary("", name=""), None
    )
    assert made is not None
    assert digest(made.settings) == key


def test_the_key_of_a_confidence_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "resolve_translator", lambda *_, **__: MODEL)
    config = EvaluationConfig.model_validate(
        {
            "output": "out",
            "sets": [{"kind": "files", "name": "a", "source": "a"}],
            "systems": [{"kind": "file", "name": "a", "path": "a"}],
            "trained_metrics": {"sure": {"kind": "confidence", "model": PLAIN}},
        }
    )
    spec: Any = config.trained_metrics["sure"]
    assert given.given_metric("sure", spec, RuntimeSection()).answer == (
        "confidence 9f963898e7e7ee64fdd5949e6de50e1c"
    )
