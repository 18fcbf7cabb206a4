"""What an editor's correction costs: shards made again, and CPU seconds of an unchanged run.

    python scripts/measure_corrections.py [--documents 2000]

The text is made up and the model is a fake that answers at once, so that only the pipeline counts.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pipeline.plan
from models.protocols import Candidate
from pipeline.config import Config
from pipeline.journal import Journal
from pipeline.memory import Memory
from pipeline.run import Options, run

WORDS = "上海 金山 经济 发展 企业 服务 市场 创新 环境 优化 项目 政府 推进 合作 产业 医院".split()
SENTENCES = 10


class Fake:
    """Answers with the length of a sentence."""

    def translate(self, sentences: Sequence[str]) -> list[Candidate]:
        """Translate each sentence; the result has the same length and order."""
        return [Candidate(f"English of {len(each)} characters.", 0.5) for each in sentences]


def sentence(generator: random.Random) -> str:
    """Make up a sentence."""
    return "".join(generator.choice(WORDS) for _ in range(12)) + "。"


def seconds(config: Config) -> tuple[float, int]:
    """Run, and give the CPU seconds and the translation shards made."""
    started = time.process_time()
    run(config, Options(), Journal(verbosity=0))
    spent = time.process_time() - started
    manifest = json.loads((Path(config.output) / "manifest.json").read_text(encoding="utf-8"))
    return spent, int(manifest["made"]["translate"])


def main() -> None:
    """Print what each step cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    count = parser.parse_args().documents
    generator = random.Random(1)
    plan: Any = pipeline.plan
    plan.load_translator = lambda *_, **__: Fake()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [[sentence(generator) for _ in range(SENTENCES)] for _ in range(count)]
        lines = (json.dumps({"id": f"r{n}", "text": "".join(row)}) for n, row in enumerate(rows))
        (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
        config = Config.model_validate(
            {
                "input": {"paths": [str(folder / "rows.jsonl")]},
                "output": str(folder / "runs/test"),
                "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
                "summarize": {"model": {"kind": "extractive", "sentences": 1}},
                "score": {"bootstrap_samples": 0},
            }
        )
        print(f"{count:,} documents, {count * SENTENCES:,} sentences")
        for what in ("from nothing", "nothing to do"):
            print(f"{what}: {seconds(config)[0]:.2f} s")
        with closing(Memory(folder / "runs/memory.sqlite")) as memory:
            memory.correct([(rows[0][0], "Corrected.")])
        spent, made = seconds(config)
        print(f"one correction: {made} translation shard made, {spent:.2f} s with the report")
        print(f"nothing to do, with one correction: {seconds(config)[0]:.2f} s")


if __name__ == "__main__":
    main()
