"""Keys as literals: whoever changes one throws away finished shards and remembered translations."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, create_model
from pydantic_core import to_jsonable_python

from models.metrics import estimator as estimator_module
from models.metrics import load as metrics
from models.metrics.calibration import Bin, Calibration, ErrorMap, write_calibration
from models.prompted.specs import CausalSpec, EndpointSpec, SamplingSpec
from models.protocols import Sampling, Search
from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.device import Device
from models.specs import (
    AbstractiveSpec,
    CometSpec,
    ExtractiveSpec,
    MetricXSpec,
    ScorerSpec,
    Seq2SeqSpec,
    SummarizerSpec,
    TranslatorSpec,
)
from pipeline.config.file import load_config
from pipeline.config.machine import RuntimeSection
from pipeline.config.sections import (
    ChooseSection,
    RepairSection,
    ScoreSection,
    SegmentSection,
    TranslateSection,
)
from pipeline.config.summarize_section import SummarizeSection
from pipeline.engine import resources, stages
from pipeline.engine.keys import changed_settings, decisive, digest
from pipeline.engine.plan import STAGES
from pipeline.engine.stages import prepare
from pipeline.engine.translation import choice, model
from pipeline.engine.translation.older_keys import older_choice, older_memory_keys
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.metrics import forced_confidence as given
from pipeline.language.glossary import parse_glossary
from pipeline.memory.search_name import search_name
from pipeline.translate.retries import OTHER_DECODING

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
CAUSAL = {"kind": "causal", "path": "a"}

KEYS: list[tuple[Any, dict[str, Any], str]] = [
    (TranslatorSpec, PLAIN, "d6e3cce9579f404fbaa3d80f78ae8778"),
    (
        TranslatorSpec,
        PLAIN | {"beams": 4, "shortlist": "auto", "prefix": ""},
        "d6e3cce9579f404fbaa3d80f78ae8778",
    ),
    (TranslatorSpec, PLAIN | {"beams": 5, "prefix": "<2en> "}, "8b3c334809c08d0f9cec6d44a7849c23"),
    (TranslatorSpec, CAUSAL, "6b18a2571e17cb845439fff3009e0a41"),
    (
        TranslatorSpec,
        CAUSAL | {"sampling": {"temperature": 1, "seed": 2}},
        "313efcf43d731a3f14a1474a12598c00",
    ),
    (TranslatorSpec, SERVER, "b269c9baef20f9d6b7b5014870739491"),
    (
        TranslatorSpec,
        SERVER | {"extra": {"top_k": 5}, "system": "Translate."},
        "012a905f99bc9753e60223a214d9ceb5",
    ),
    (SummarizerSpec, {"kind": "extractive"}, "de9d4fcc1948be81fe2b1c317839eeba"),
    (SummarizerSpec, {"kind": "abstractive", "path": "a"}, "8c3f44b6d1be4734b23675672eb172a5"),
    (SummarizerSpec, SERVER, "b269c9baef20f9d6b7b5014870739491"),
    (ScorerSpec, COMET, "693c2f8ae5473f3cf8a55800a89588d3"),
    (
        ScorerSpec,
        {"kind": "metricx", "path": "a", "version": 24},
        "1e587edab90e031f4be0ffa59856edce",
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


ESTIMATORS: list[tuple[dict[str, Any], str, str]] = [
    (PLAIN, "16d764ccb3d73707f083afeb53885fe6", "125f7361accf07b4b205f4ee0164586f"),
    (COMET, "fc09c7bd7b20b9830416d59168fd999b", "4790fb8b9c501faee910b12d6371ed23"),
    (
        COMET | {"precision": "bfloat16"},
        "fc09c7bd7b20b9830416d59168fd999b",
        "392e8a400e39c5152fc9d1114afc66c1",
    ),
]


@pytest.mark.parametrize(("estimator", "key", "older"), ESTIMATORS)
def test_the_key_of_a_choice_is_what_it_was(
    estimator: dict[str, Any], key: str, older: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = MODEL if estimator["kind"] == "seq2seq" else SCORER
    monkeypatch.setattr(estimator_module, "resolve_estimator", lambda *_, **__: resolved)
    section = ChooseSection.model_validate({"by": "estimator", "estimator": estimator})
    made = choice.prepare_choosing(
        section, RuntimeSection(), MODEL, parse_glossary("", name=""), None
    )
    assert made is not None
    assert digest(made.settings) == key
    assert digest(older_choice(made, with_shortlist=False)) == older


@pytest.mark.parametrize(
    ("values", "older"),
    [
        (PLAIN, "961ffacad6375ec6aeec9ceea4987e15"),
        (CAUSAL, "616c6505a3ce564585a1d1256613517d"),
        (SERVER, "ae7ca1a31f8ed40aac8e3427bed9c313"),
    ],
)
def test_the_older_key_of_a_model_is_still_known(values: dict[str, Any], older: str) -> None:
    assert older_memory_keys(spec_of(TranslatorSpec, values), MODEL, None) == (older,)


def test_a_kind_of_model_that_came_later_has_no_older_key() -> None:
    class LaterSpec(Seq2SeqSpec):
        """A kind of translator that earlier versions did not have."""

    assert older_memory_keys(LaterSpec.model_validate(PLAIN), MODEL, None) == ()


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
        "confidence 9caab40e0a2a38bda31a018ec0b4a9b4"
    )


ERRORS = ErrorMap(
    unit="100 - chrF",
    fitted_on="10 pairs",
    link="share",
    intercept=1.0,
    characters=-0.2,
    log_probability=-1.0,
    ratio=-0.7,
    most=100.0,
    calibration_error=0.7,
    kendall=0.37,
    pearson=0.5,
    reliability=(Bin(50.0, 52.0, 10),),
)
TERMS = "金山\tJinshan\n"
CHECKS = "324b8604"
"""A version of the checks: a new check changes one pin in tests/check/test_checks.py, none here."""

STEPS: list[tuple[str, list[str], str]] = [
    ("segment", [], "6ea0b40e003c5d8bf6c5cdbbb77c2e2a"),
    ("segment", ["segment.max_sentence_chars=100"], "9ea163759ebd2a4fade02ff3addfcd96"),
    ("translate", [], "78ccafe0bb2aa40c79b0db306e4d2f93"),
    ("translate", ["translate.kinds=[title]"], "c31d70868303e81ba9958adde9615c57"),
    ("translate", [f"translate.model={CAUSAL}"], "74745b2555012d98d33fab0a44b17435"),
    ("translate", [f"translate.model={SERVER}"], "39f9cd626ec86c29321291e5db5d890b"),
    ("translate", ["translate.choose={by: consensus}"], "38b3eb1bb7118469f7179b99be60eb2c"),
    (
        "translate",
        ["translate.choose={by: consensus, of: 3, checked: false}"],
        "184727c76f9d3604de6b3310b0780b6f",
    ),
    (
        "translate",
        [f"translate.choose={{by: estimator, estimator: {COMET}}}"],
        "e45ec9cfdcef78fb06494572cf1dc5f9",
    ),
    ("translate", ["translate.repair.enabled=false"], "1c3488b680fe2cf5a1c9365be2cc7b74"),
    (
        "translate",
        ["translate.repair={rungs: [nbest], least_confidence: 0.5}"],
        "133f51af6b052663453620d2fe82c53c",
    ),
    ("translate", [f"translate.repair.fallback={PLAIN}"], "71419e0ddf12a075ba8a25db3b95a2f7"),
    ("translate", ["translate.glossary=GLOSSARY"], "b582c5b2ee06d0ef4b8ab8306345b6f8"),
    (
        "translate",
        ["translate.glossary=GLOSSARY", f"translate.model={CAUSAL}"],
        "c2abc97d1f54e5d4e77d9089ea221c96",
    ),
    ("summarize", [], "9e347636529b6699d725943f4abc0162"),
    ("summarize", ["summarize.languages=[zh]"], "b363decc770b72dcfe6633ec256cc0e7"),
    ("summarize", [f"summarize.english_model={SERVER}"], "b67855defb99f928d2d6a8303e84d058"),
    ("score", [], "3d01a02f2ff4a53eb48ab6a7b4de0130"),
    ("score", ["score.metrics=[bleu]"], "1a0fbac3fb49ddf835cf60f717ba21a3"),
    (
        "score",
        ["score.references=[REFERENCES.jsonl]", "translate.glossary=GLOSSARY"],
        "25b046a0ca0ae1b14665886a6f2994fe",
    ),
    (
        "score",
        ["score.estimator={kind: confidence, calibration: CALIBRATION}"],
        "3a40e1e4265fa067d15a250e8384f76a",
    ),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that configs name; every model is found at once."""
    for name in ("resolve_translator", "resolve_summarizer"):
        monkeypatch.setattr(resources, name, lambda *_, **__: MODEL)
    monkeypatch.setattr(metrics, "resolve_scorer", lambda *_, **__: MODEL)
    monkeypatch.setattr(estimator_module, "resolve_estimator", lambda *_, **__: SCORER)
    for module in (stages, model):
        monkeypatch.setattr(module, "CHECKS_VERSION", CHECKS)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "GLOSSARY").write_text(TERMS, encoding="utf-8")
    pair = {"zh": "你好。", "en": "Hello."}
    (tmp_path / "REFERENCES.jsonl").write_text(
        json.dumps(pair, ensure_ascii=False), encoding="utf-8"
    )
    write_calibration(tmp_path / "CALIBRATION", Calibration("weights", ERRORS, None))
    (tmp_path / "config.yaml").write_text(
        "{input: {paths: [page.txt]}, output: run, runtime: {device: cpu}, "
        f"translate: {{model: {PLAIN}}}, summarize: {{model: {{kind: extractive}}}}}}",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.parametrize(("stage", "settings", "key"), STEPS)
def test_the_key_of_a_shard_is_what_it_was(
    stage: str, settings: list[str], key: str, folder: Path
) -> None:
    config = load_config(folder / "config.yaml", settings)
    [chosen] = [each for each in STAGES if each.name == stage]
    assert prepare(chosen, config).key(["input"]) == key


@pytest.mark.parametrize(
    ("stage", "settings", "is_changed"),
    [
        ("segment", [], False),
        ("translate", [], True),
        ("translate", ["translate.repair.enabled=false"], False),
        ("summarize", [], False),
        ("score", [], True),
    ],
)
def test_another_version_of_the_checks_makes_what_findings_decide_again(
    stage: str,
    settings: list[str],
    is_changed: bool,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = load_config(folder / "config.yaml", settings)
    [chosen] = [each for each in STAGES if each.name == stage]
    before = prepare(chosen, config).key(["input"])
    monkeypatch.setattr(stages, "CHECKS_VERSION", "another")
    assert (prepare(chosen, config).key(["input"]) != before) is is_changed


def with_a_new_setting(section: BaseModel) -> BaseModel:
    """Return a section of a class that has one more setting, at its default."""
    later = create_model("Later", __base__=type(section), new_setting=(int, 1))
    return later.model_validate(section.model_dump())


@pytest.mark.parametrize(
    "section",
    [
        *(spec_of(TranslatorSpec, each) for each in (PLAIN, CAUSAL, SERVER)),
        spec_of(SummarizerSpec, {"kind": "extractive"}),
        SegmentSection(max_sentence_chars=50),
        ChooseSection(of=3),
        RepairSection(rungs=("nbest",)),
        ScoreSection(metrics=("bleu",)),
    ],
    ids=lambda section: type(section).__name__,
)
def test_a_new_setting_with_a_default_changes_no_key(section: BaseModel) -> None:
    later = with_a_new_setting(section)
    assert changed_settings(later) == changed_settings(section)
    changed = later.model_copy(update={"new_setting": 2})
    assert changed_settings(changed) == changed_settings(section) | {"new_setting": 2}


def test_a_new_setting_of_a_search_changes_no_key() -> None:
    @dataclass(frozen=True, slots=True)
    class LaterSearch(Search):
        patience: float = 1.0

    @dataclass(frozen=True, slots=True)
    class LaterSampling(Sampling):
        top: int = 0

    plain = "Search(count=4, beams=8, length_penalty=1.2, no_repeat_ngram_size=4, sampling=None)"
    assert search_name(OTHER_DECODING) == plain
    assert search_name(LaterSearch(**asdict(OTHER_DECODING))) == plain
    assert search_name(LaterSearch(count=2, patience=0.5)).endswith("sampling=None, patience=0.5)")
    drawn = (
        "Search(count=2, beams=None, length_penalty=None, no_repeat_ngram_size=None, "
        "sampling=Sampling(temperature=1.0, least_probability=0.02, seed=1))"
    )
    assert search_name(Search(count=2, sampling=Sampling())) == drawn
    assert search_name(LaterSearch(count=2, sampling=LaterSampling())) == drawn


PROMPTED: dict[str, Any] = {
    "preset": "chat",
    "system": None,
    "prompt": None,
    "prompt_in_context": None,
    "context_sentences": 0,
    "glossary_in_prompt": True,
    "max_target_tokens": 512,
}

# A default is in no key: whoever changes one here raises the version of what it changes.
DEFAULTS: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (
        SegmentSection,
        {"join_broken_paragraphs": True, "max_sentence_chars": 200, "convert_to": "as_written"},
    ),
    (
        TranslateSection,
        {
            "kinds": [
                *("title", "subtitle", "heading", "paragraph", "list_item", "table"),
                *("caption", "footnote"),
            ]
        },
    ),
    (
        RepairSection,
        {
            "enabled": True,
            "rungs": ["corrected", "nbest", "terms", "clauses", "decoding", "fallback"],
            "least_confidence": 0.7,
        },
    ),
    (
        ChooseSection,
        {
            "by": "first",
            "of": 8,
            "among": "beam",
            "checked": True,
            "temperature": 1.0,
            "least_probability": 0.02,
            "seed": 1,
        },
    ),
    (SummarizeSection, {"languages": ["zh", "en"]}),
    (ScoreSection, {"metrics": ["bleu", "chrf", "ter"], "bootstrap_samples": 1000}),
    (
        Seq2SeqSpec,
        {
            "beams": 4,
            "length_penalty": 1.0,
            "no_repeat_ngram_size": None,
            "shortlist": "auto",
            "max_source_tokens": None,
            "max_target_tokens": 256,
            "prefix": "",
        },
    ),
    (CausalSpec, PROMPTED | {"beams": 1, "max_source_tokens": None, "thinking": False}),
    (
        EndpointSpec,
        PROMPTED | {"served_version": "", "logprobs": True, "extra": {}, "max_source_chars": 6000},
    ),
    (
        SamplingSpec,
        {"temperature": 0, "top_p": 1, "top_k": 0, "repetition_penalty": 1, "seed": 0},
    ),
    (ExtractiveSpec, {"method": "news", "sentences": 3, "budget": None, "compress": True}),
    (
        AbstractiveSpec,
        {
            "architecture": "seq2seq",
            "beams": 4,
            "max_source_tokens": None,
            "max_target_tokens": 128,
            "no_repeat_ngram_size": 3,
            "prompt": "",
        },
    ),
    (CometSpec, {"reference_free": False}),
    (MetricXSpec, {"reference_free": False, "max_tokens": None}),
]


@pytest.mark.parametrize(("section", "defaults"), DEFAULTS, ids=lambda each: str(each)[:40])
def test_a_default_is_what_it_was(section: type[BaseModel], defaults: dict[str, Any]) -> None:
    fields = section.model_fields
    found = {name: to_jsonable_python(fields[name].default) for name in defaults}
    assert found == defaults
