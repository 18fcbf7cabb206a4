"""Summaries as systems of an evaluation: summarizers, a run, a file; every metric for them."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluate.metrics.metrics import metric
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet
from pipeline.score.rouge import words
from pipeline.testing import fake_server
from tests.shelf import call, write_config

ROWS = (
    (
        "上海市金山区4日宣布，全区23个重点项目总投资124亿元。居民欢迎这些新项目。",
        "金山区23个重点项目投资124亿元。",
    ),
    (
        "北京图书馆5日向公众开放，馆内藏书300万册。读者可以用手机预约座位。",
        "北京图书馆向公众开放。",
    ),
    ("长江大桥5日正式通车，全长3公里。两岸居民出行更加方便。", "长江大桥通车。"),
)
METRICS = ["rouge1", "rouge1-words", "rouge2-words", "rougel-words", "coverage", "compression"]
METRICS += ["redundancy", "faithfulness"]


def values(folder: Path, systems: list[dict[str, Any]]) -> dict[str, Any]:
    news = {"kind": "jsonl", "name": "news", "path": str(folder / "news.jsonl")}
    return {
        "output": str(folder / "evaluation"),
        "task": "summary",
        "sets": [news | {"source": "text", "references": ["reference_summary"]}],
        "systems": systems,
        "metrics": METRICS,
        "bootstrap_samples": 0,
        "trials": 100,
        "runtime": {"device": "cpu"},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"id": f"n{number}", "text": text, "reference_summary": summary}
        for number, (text, summary) in enumerate(ROWS)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = "金山区25个项目投资124亿元。\n北京图书馆开放。\n大桥通车。\n"
    (tmp_path / "out.txt").write_text(said, encoding="utf-8")
    return tmp_path


def test_summarizers_a_run_and_a_file_are_scored_side_by_side(folder: Path) -> None:
    with fake_server(lambda messages: "An answer.") as server:
        endpoint = {"kind": "endpoint", "base_url": server.base_url, "model": "tiny"}
        run = {
            "input": {"paths": [str(folder / "news.jsonl")]},
            "output": str(folder / "run"),
            "runtime": {"device": "cpu", "memory": "off", "cache": str(folder / "cache")},
            "translate": {"model": endpoint, "repair": {"enabled": False}},
            "summarize": {"model": {"kind": "extractive", "sentences": 1}},
        }
        call("run", "-q", "--config", write_config(folder / "run.yaml", run))
        extractive = {"kind": "extractive", "sentences": 1}
        systems: list[dict[str, Any]] = [
            {"kind": "summarizer", "name": "news", "model": extractive},
            {"kind": "summarizer", "name": "lead", "model": extractive | {"method": "lexrank"}},
            {"kind": "summarizer", "name": "server", "model": endpoint},
            {"kind": "run", "name": "run", "path": str(folder / "run")},
            {"kind": "file", "name": "file", "path": str(folder / "out.txt")},
        ]
        config = write_config(folder / "evaluate.yaml", values(folder, systems))
        assert "server: tiny" in call("doctor", "-c", config)
        assert "not translated" not in call("evaluate", "-c", config)
    found = json.loads((folder / "evaluation/evaluation.json").read_text(encoding="utf-8"))
    scores = {
        system["name"]: {one["metric"]: one["score"] for one in system["metrics"]}
        for system in found["sets"][0]["systems"]
    }
    assert list(scores["news"]) == METRICS
    assert scores["news"] == scores["run"]
    assert scores["news"]["faithfulness"] == 100 > scores["file"]["faithfulness"]
    assert scores["news"]["coverage"] == 100
    assert scores["server"]["coverage"] is None  # in another language
    assert 0 < scores["file"]["compression"] < scores["lead"]["compression"] < 100
    lines = (folder / "evaluation/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    assert any("numbers" in line for line in lines if '"file"' in line or "25" in line)


def test_a_system_that_does_not_fit_the_task_is_refused(folder: Path) -> None:
    model = {"kind": "seq2seq", "path": "bundled:zh-en"}
    wrong = values(folder, [{"kind": "model", "name": "bundled", "model": model}])
    said = call("evaluate", "-c", write_config(folder / "evaluate.yaml", wrong), ends=2)
    assert "bundled: 'kind: model' does not go with 'task: summary'" in said
    right = values(folder, [{"kind": "run", "name": "run", "path": str(folder / "none")}])
    said = call("evaluate", "-c", write_config(folder / "evaluate.yaml", right), ends=2)
    assert "not a run folder" in said


def test_words_are_the_units_of_rouge_by_word() -> None:
    assert words("北京有项目 GDP") == ["北京", "有", "项目", "gdp"]


@pytest.mark.parametrize(
    ("name", "text", "score"),
    [
        ("coverage", "金山区投资", 100.0),
        ("coverage", "天气", 0.0),
        ("redundancy", "金山金山金山", 60.0),
        ("redundancy", "金山区", 0.0),
        ("compression", "金山区有项", 50.0),
        ("faithfulness", "金山区投资9亿元", 0.0),
    ],
)
def test_a_summary_is_measured_against_its_article(name: Any, text: str, score: float) -> None:
    article = EvaluationSet("s", (EvaluationSegment("1", "金山区投资5亿元。", ()),))
    made = metric(name)
    counts = made.statistics(article, [text])
    assert made.sentence(counts.rows)[0] == pytest.approx(score, abs=6)
