"""A folder with a page, a config whose models are behind a server, and commands over them."""

import json
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from models.errors import WeightsError
from pipeline.cli import cli
from pipeline.errors import PipelineError
from tests.servers import ChatServer

PAGE = "本报今日要闻汇总\n\n央行宣布将利率下调25个基点。\n\n昨天的集会秩序良好。\n"


class ServerBench:
    """Runs of the command line through a server; `bench` is the fixture."""

    def __init__(self, folder: Path, server: ChatServer) -> None:
        self.folder, self.server = folder, server
        self.output = folder / "run"
        self.add("a.txt", PAGE)

    def add(self, name: str, text: str) -> None:
        """Write a file of the input."""
        (self.folder / "input").mkdir(exist_ok=True)
        (self.folder / "input" / name).write_text(text, encoding="utf-8")

    def model(self, **settings: Any) -> dict[str, Any]:
        """Return the server as a config writes it."""
        model = {"kind": "endpoint", "base_url": self.server.base_url, "model": "tiny"}
        return model | {"retries": 1} | settings

    def config(self, **sections: Any) -> Path:
        """Write a config; keys of a section replace those of the default one."""
        values: dict[str, Any] = {
            "input": {"paths": [str(self.folder / "input")]},
            "output": str(self.output),
            "runtime": {"device": "cpu", "memory": "off", "cache": str(self.folder / "cache")},
            "translate": {"model": self.model(), "repair": {"enabled": False}},
            "summarize": {"model": {"kind": "extractive", "sentences": 1}},
            "score": {"bootstrap_samples": 0},
        }
        for name, section in sections.items():
            values[name] = values.get(name, {}) | section
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
        return path

    def call(self, *command: str, **sections: Any) -> Result:
        """Call a command on a config; errors that users can mend become lines and a code."""
        config = [str(self.config(**sections))]
        arguments = [*command, *(config if command[0] == "config" else ["--config", *config])]
        result = CliRunner().invoke(cli, arguments)
        if isinstance(result.exception, PipelineError):
            result.exit_code = result.exception.exit_code
        elif not isinstance(result.exception, SystemExit | WeightsError | None):
            raise result.exception
        return result

    def error(self, *command: str, **sections: Any) -> str:
        """Call a command that must fail with one line, and return that line."""
        result = self.call(*command, **sections)
        assert result.exit_code in (1, 2)
        line = str(result.exception)
        assert len(line.splitlines()) == 1
        return line

    def check(self, path: Path) -> str:
        """Return what `pipeline config check` says is wrong with a file."""
        return str(CliRunner().invoke(cli, ["config", "check", str(path)]).exception)

    def sentences(self) -> list[dict[str, Any]]:
        """Return the translated sentences of the run."""
        rows = [
            json.loads(line)
            for path in sorted((self.output / "translations").glob("*.jsonl"))
            if "failures" not in path.name
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        return [sentence for row in rows for sentence in row["sentences"]]

    def failures(self) -> list[dict[str, Any]]:
        """Return the articles that failed."""
        path = self.output / "failures.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def written(self) -> str:
        """Return everything that a run wrote as text."""
        return "\n".join(
            path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        )
