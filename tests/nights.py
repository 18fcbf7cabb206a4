"""A folder with articles, a config whose runs are dated, and a translator that counts its work."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

import pipeline.engine.translation.model
from models.protocols import Candidate
from pipeline.testing import FakeTranslator
from tests.commandline import Answer, call

STORIES = {
    "harbour": "港口昨天恢复作业。十二艘货船已经离港。码头工人周一返回岗位。",
    "school": "新学年九月一日开始。三所小学迁入新校舍。家长可以在网上报名。",
    "market": "菜市场重新开放。摊位租金下降一成。",
    "bridge": "大桥夜间封闭检修。车辆请绕行北路。工程预计持续两周。",
    "library": "图书馆延长开放时间。读者可以借阅十本书。",
    "river": "河水水位回落。沿岸居民返回家中。",
}


class CountingTranslator(FakeTranslator):
    """Translates a sentence to its length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        self.asked += sentences
        return [Candidate(f"A sentence of {len(text)} characters.", 0.5) for text in sentences]


class Nights:
    """Dated runs over a folder of stories; `loads` counts how often the model was loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.translator = CountingTranslator()
        self.loads = 0
        self.noted: list[str] = []
        for name, text in STORIES.items():
            self.write(name, text)
        self.configure()

    def write(self, name: str, text: str) -> None:
        path = self.folder / f"input/{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# 本地新闻：{name}\n\n{text}\n", encoding="utf-8")

    def configure(self, **sections: Any) -> None:
        values: dict[str, Any] = {
            "input": {"paths": ["input"]},
            "output": "runs/{date}",
            "runtime": {"device": "cpu", "shard_size": 2},
            "translate": {
                "model": {"kind": "seq2seq", "path": "bundled:zh-en"},
                "repair": {"enabled": False},
            },
            "summarize": {
                "languages": ["zh"],
                "model": {"kind": "extractive", "method": "lead", "sentences": 1},
            },
            "score": {"bootstrap_samples": 0},
            "report": {"formats": ["json"]},
            "deliver": {"formats": []},
        }
        text = yaml.safe_dump(values | sections, allow_unicode=True)
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")

    def run(self, date: str = "", *arguments: str, ends: int = 0) -> Answer:
        """Run the config for a date; fails unless it ends with the exit code `ends`."""
        self.translator.asked.clear()
        self.loads = 0
        dated = ("--date", date) if date else ()
        answer = self.call("run", *dated, *arguments)
        assert answer.code == ends, answer.messages
        return answer

    def call(self, *arguments: str) -> Answer:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(pipeline.engine.translation.model, "load_translator", self._load)
            return call(*arguments)

    def _load(self, *arguments: Any, **keywords: Any) -> CountingTranslator:
        self.loads += 1
        return self.translator

    def path(self, name: str) -> Path:
        return self.folder / "runs" / name

    def json(self, name: str) -> Any:
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    @property
    def runs(self) -> list[str]:
        """Names of the run folders."""
        return sorted(path.name for path in self.path("").iterdir() if _is_run(path))

    def events(self, run: str) -> list[dict[str, Any]]:
        lines = self.path(f"{run}/log.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def _is_run(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
