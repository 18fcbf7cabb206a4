"""Whole runs of the command line through a server in a process of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.cli import cli
from tests.servers import ChatServer

PAGE = "本报今日要闻汇总\n\n央行宣布将利率下调25个基点。\n\n昨天的集会秩序良好。\n"


class Bench:
    """A folder with a page, and the commands over a config that a test writes."""

    def __init__(self, folder: Path, server: ChatServer) -> None:
        self.folder, self.server = folder, server
        self.output = folder / "run"
        (folder / "a.txt").write_text(PAGE, encoding="utf-8")

    def model(self, **settings: Any) -> dict[str, Any]:
        """Return the server as a config writes it."""
        model = {"kind": "endpoint", "base_url": self.server.base_url, "model": "tiny"}
        return model | {"retries": 1} | settings

    def config(self, **sections: Any) -> Path:
        """Write a config; a section given replaces the default one."""
        values = {
            "input": {"paths": [str(self.folder / "a.txt")]},
            "output": str(self.output),
            "runtime": {"device": "cpu", "memory": "off", "cache": str(self.folder / "cache")},
            "translate": {"model": self.model()},
            "summarize": {"model": {"kind": "extractive", "sentences": 1}},
            "score": {"bootstrap_samples": 0},
        }
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(values | sections, allow_unicode=True), encoding="utf-8")
        return path

    def call(self, command: str, **sections: Any) -> Result:
        """Call a command on a config."""
        arguments = [command, "--config", str(self.config(**sections))]
        return CliRunner().invoke(cli, arguments, catch_exceptions=False)

    def sentences(self) -> list[dict[str, Any]]:
        """Return the translated sentences of the run."""
        rows = [
            json.loads(line)
            for path in sorted((self.output / "translations").glob("*.jsonl"))
            if not path.name.endswith(".failures.jsonl")
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        return [sentence for row in rows for sentence in row["sentences"]]


@pytest.fixture
def bench(tmp_path: Path, chat_server: ChatServer) -> Bench:
    return Bench(tmp_path, chat_server)


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
@pytest.mark.parametrize("runtime", [{}, {"batch_tokens": 512}, {"threads": 2}], ids=str)
def test_a_server_translates_a_whole_run(
    bench: Bench, scheme: str, runtime: dict[str, Any]
) -> None:
    address = bench.server.base_url.replace("http", scheme, 1)
    sections = {
        "translate": {"model": bench.model(base_url=address), "repair": {"enabled": False}},
        "runtime": {"device": "cpu", "cache": str(bench.folder / "cache")} | runtime,
    }
    for command, says in [("plan", f"tiny (endpoint, {address})"), ("doctor", f"server {address}")]:
        result = bench.call(command, **sections)
        assert result.exit_code == 0
        assert says in result.stdout
    assert bench.call("run", **sections).exit_code == 0
    assert [sentence["text"] for sentence in bench.sentences()] == ["An answer."] * 3
    assert (bench.output / "report.html").exists()


@pytest.mark.parametrize("role", ["fallback", "summarizer", "all"])
def test_a_server_serves_in_every_place_of_a_run(bench: Bench, role: str) -> None:
    local = {"kind": "seq2seq", "path": "bundled:zh-en"}
    glossary = bench.folder / "glossary.tsv"
    glossary.write_text("zh\ten\n秩序\tzebra\n", encoding="utf-8")
    bench.server.meets({"match": "秩序", "times": -1, "fault": "say", "text": "A calm zebra."})
    translate: dict[str, Any] = {"model": local, "glossary": str(glossary)}
    summarize: dict[str, Any] = {"model": {"kind": "extractive", "sentences": 1}}
    if role in ("fallback", "all"):
        translate["repair"] = {"fallback": bench.model(), "rungs": ["fallback"]}
    if role in ("summarizer", "all"):
        summarize["model"] = bench.model()
    if role == "all":
        translate["model"] = bench.model()
    for command in ("plan", "doctor", "run"):
        assert bench.call(command, translate=translate, summarize=summarize).exit_code == 0
    assert len(bench.sentences()) == 3
    assert not (bench.output / "failures.jsonl").exists()
    assert bench.server.requests
    assert role == "summarizer" or bench.sentences()[2]["text"] == "A calm zebra."


def test_the_shipped_config_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[1]
    monkeypatch.chdir(root)
    settings = [
        f"output={bench.output}",
        f"translate.model.base_url={bench.server.base_url}",
        "translate.model.model=tiny",
        f"runtime.cache={bench.folder / 'cache'}",
        "runtime.device=cpu",
        f"input.paths=[{bench.folder / 'a.txt'}]",
    ]
    arguments = ["run", "--config", "configs/endpoint.yaml"]
    for setting in settings:
        arguments += ["--set", setting]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert len(bench.sentences()) == 3
