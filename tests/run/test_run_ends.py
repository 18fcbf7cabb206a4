"""What a run's gate and an evaluation find out before they begin, and what they end with."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.evaluations import write_files
from tests.shelf import Shelf, call, options, write_config

ROWS = [
    {"id": "a", "text": "今天天气很好。", "reference": "The weather is fine today."},
    {"id": "b", "text": "企业办事更高效。", "reference": "Companies get things done faster."},
]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "news.jsonl", ROWS)
    values = {
        "input": {"paths": ["news.jsonl"]},
        "output": "runs/test",
        "runtime": {"device": "cpu", "threads": 1},
        "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en", "beams": 1}},
        "summarize": {"model": {"kind": "extractive", "sentences": 1}},
        "score": {"bootstrap_samples": 0},
    }
    return write_config(tmp_path / "config.yaml", values)


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")


def test_a_gate_takes_references_that_came_in_rows(config: Path) -> None:
    settings = options(["gate.chrf={min: 0}", "gate.bleu={min: 0}"])
    call("run", "-c", config, "--output", "runs/last", "-q")
    said = call("run", "-c", config, *settings)
    report = json.loads(Path("runs/test/report.json").read_text(encoding="utf-8"))
    scores = {metric["name"]: metric["score"] for metric in report["metrics"]}
    for label, name in (("chrF++", "chrF2++"), ("BLEU", "BLEU")):
        assert f"articles with references: {label} of runs/test is {scores[name]:.2f}" in said
    rule = "gate.chrf={max_drop: 0, against: runs/last}"
    assert "gate passed" in call("run", "-c", config, *options([rule]))
    assert "FAILED" in call("run", "-c", config, *options(["gate.chrf={min: 101}"]), ends=4)


def test_a_gate_without_a_reference_stops_before_the_translation(config: Path) -> None:
    write_rows(Path("news.jsonl"), [{"text": row["text"]} for row in ROWS])
    said = call("run", "-c", config, *options(["gate.chrf={min: 1}"]), ends=2)
    assert "gate: no sentence has a reference; list files of zh and en pairs" in said
    assert not Path("runs/test/translations").exists()


def test_a_gate_over_metrics_that_are_not_computed_is_refused(config: Path) -> None:
    settings = options(["score.metrics=[bleu, chrf]", "gate.ter={max: 50}"])
    line = "gate.ter: not one of score.metrics: bleu, chrf; add it there"
    assert line in call("run", "-c", config, *settings, ends=2)
    assert line in call("config", "check", config, *settings, ends=2)


EVALUATION: dict[str, Any] = {
    "output": "out",
    "sets": [{"kind": "files", "name": "news", "source": "zh.txt", "references": ["en.txt"]}],
    "systems": [{"kind": "file", "name": "ours", "path": "en.txt"}],
    "metrics": ["chrf++"],
    "bootstrap_samples": 0,
}


@pytest.fixture
def evaluation(config: Path) -> Path:
    write_files(config.parent, zh=["今天天气很好。"], en=["The weather is fine."])
    return write_config(config.parent / "evaluate.yaml", EVALUATION)


def test_the_doctor_reads_the_config_of_an_evaluation(
    evaluation: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("doctor"))
    values = yaml.safe_load(evaluation.read_text(encoding="utf-8"))
    marian = {"kind": "seq2seq", "path": shelf.path("marian")}
    values["systems"] += [
        {"kind": "model", "name": "small", "model": marian},
        {"kind": "model", "name": "half", "model": marian | {"precision": "float16"}},
    ]
    values["trained_metrics"] = {
        "kiwi": {"kind": "comet", "path": shelf.path("cometkiwi")},
        "sure": {"kind": "confidence", "model": marian},
        "gone": {"kind": "comet", "path": "nowhere"},
    }
    values["runtime"] = {"device": "cpu"}
    said = call("doctor", "-c", write_config(evaluation, values))
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "system ours: en.txt" in lines
    assert f"system small: {marian['path']}" in lines
    assert "licence apache-2.0" in [line.lower() for line in lines]
    assert any(line.startswith("system half cannot run: systems: half: tra") for line in lines)
    assert "metric kiwi: cometkiwi-64" in lines
    assert f"metric sure: {marian['path']}" in lines
    assert any(line.startswith("metric gone cannot run: trained_metrics.gone: ") for line in lines)


def test_each_command_says_which_config_it_takes(evaluation: Path, config: Path) -> None:
    for command in ("run", "plan", "translate"):
        said = call(command, "-c", evaluation, ends=2)
        assert said == (
            f"Error: {evaluation}: is the config of an evaluation; use pipeline evaluate "
            f"--config {evaluation}\n"
        )
    said = call("evaluate", "-c", config, ends=2)
    assert said == (
        f"Error: {config}: is the config of a run; use pipeline run --config {config}\n"
    )


def test_a_missing_run_folder_ends_evaluate_and_compare_alike(evaluation: Path) -> None:
    values = EVALUATION | {
        "systems": [
            {"kind": "model", "name": "a", "model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
            {"kind": "run", "name": "b", "path": "runs/none"},
        ]
    }
    said = call("evaluate", "-c", write_config(evaluation, values), ends=2)
    assert "systems: b: runs/none: not a run folder (it has no manifest.json)" in said
    assert not Path("out").exists()  # nothing was translated before it was found
    assert "runs/none: neither a run folder" in call("compare", "runs/none", "runs/x", ends=2)


def test_an_evaluation_has_no_shards(evaluation: Path) -> None:
    said = call("evaluate", "-c", evaluation, "--set", "runtime.shard_size=8", ends=2)
    assert "runtime.shard_size: unknown key" in said


@pytest.mark.parametrize("key", ["system: Judge.", "context_sentences: 2", "prompt: '{text}'"])
def test_a_judge_refuses_a_prompt_of_ones_own(evaluation: Path, key: str) -> None:
    model = f"{{kind: endpoint, base_url: 'http://localhost:1/v1', model: m, {key}}}"
    setting = f"trained_metrics.j={{kind: judge, model: {model}}}"
    said = call("config", "check", evaluation, "--set", setting, ends=2)
    assert f"'{key.partition(':')[0]}' has no effect on a judge, whose prompt is fixed" in said
