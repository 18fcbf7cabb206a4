"""Summaries through the command line: support, length, method, compression, gist."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.engine.manifest import read_last_run
from pipeline.engine.store import Store
from pipeline.records import Summary
from pipeline.testing import FakeServer, fake_server
from tests.shelf import call, options, write_config

TEXTS = (
    "上海市金山区4日宣布，全区23个重点项目总投资124亿元。\n据了解，项目没有占用耕地，方便了居民的出行和生活。\n"
    "区长李国强表示，项目将带动就业8000人。\n他还表示，明年将再增加12个项目。",
    "北京图书馆5日向公众开放，馆内藏书300万册。\n开放首日，约2万名读者入馆参观。\n读者可以用手机预约座位和图书。",
)
FALSE = "宝山区25个重点项目总投资124亿元。"
TRUE = "金山区23个重点项目总投资124亿元。"


def answer(messages: list[dict[str, str]]) -> str:
    """Write a summary with one false and one true sentence, or a translation."""
    said = messages[-1]["content"]
    if "Summarize" in said:
        return f"{FALSE}\n{TRUE}" if "上海" in said else "The library opened.\nIt has 40 books."
    return f"English of {len(said)} letters."


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with fake_server(answer) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"id": str(number), "text": text} for number, text in enumerate(TEXTS)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def run(folder: Path, server: FakeServer, *settings: str) -> list[dict[str, Any]]:
    """Run a config and return the rows of its summaries."""
    config = write_config(
        folder / "config.yaml",
        {
            "input": {"paths": [str(folder / "news.jsonl")]},
            "output": str(folder / "run"),
            "runtime": {"device": "cpu", "memory": "off", "cache": str(folder / "cache")},
            "translate": {
                "model": {"kind": "endpoint", "base_url": server.base_url, "model": "tiny"},
                "repair": {"enabled": False},
            },
            "score": {"bootstrap_samples": 0},
        },
    )
    call("run", "--config", config, *options(settings))
    [key] = read_last_run(folder / "run").tables["summaries"]
    return [asdict(row) for row in Store(folder / "run").read("summaries", key, Summary)]


def texts(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in lines]


def test_an_unsupported_sentence_is_marked_or_dropped(folder: Path, server: FakeServer) -> None:
    model = f"summarize.model={{kind: endpoint, base_url: '{server.base_url}', model: tiny}}"
    [first, second] = run(folder, server, model)
    assert texts(first["zh"]) == [FALSE, TRUE]
    assert {one["check"] for one in first["zh"][0]["unsupported"]} == {"numbers", "names"}
    assert (first["zh"][1]["unsupported"], first["flags"]) == ((), ("unsupported",))
    assert first["zh"][1]["sources"] == ("s1",)
    assert 0 < first["faithfulness"] < 100
    assert [one["check"] for one in second["en"][1]["unsupported"]] == ["numbers"]
    report = (folder / "run/report.md").read_text(encoding="utf-8")
    assert "not supported: “宝山区” is not in the article; “25” is not" in report
    page = (folder / "run/report.html").read_text(encoding="utf-8")
    assert "<b>not supported</b>" in page
    data = json.loads((folder / "run/report.json").read_text(encoding="utf-8"))
    assert data["articles"][0]["summaries"]["faithfulness"] == first["faithfulness"]
    shown = call("show", folder / "run", "0")
    assert "is not in the article" in shown
    [first, _] = run(folder, server, model, "summarize.unsupported=drop")
    assert texts(first["zh"]) == [TRUE]
    assert first["flags"] == ("unsupported",)
