"""Measure how long a short run takes beside CTranslate2 alone, in one interleaved run.

    python scripts/benchmarks/benchmark_start.py --times 9 now=. before=../other-checkout

CTranslate2 alone imports, loads the converted bundled model and translates one line. A run
translates a page of one line and one of three, into a new folder and with a new memory: the whole
run, and the time to its first translations. Medians of wall and processor seconds, and both as a
multiple of CTranslate2's. The first round is not counted: it fills caches.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

LINES = (
    "今天下午，市政府召开新闻发布会。",
    "全市经济运行情况良好。",
    "专家认为，明年会增长百分之五。",
)
RAW = """
import ctranslate2, sentencepiece, sys
source, target = (sentencepiece.SentencePieceProcessor(f"{sys.argv[1]}/{n}.spm")
                  for n in ("source", "target"))
translator = ctranslate2.Translator(sys.argv[2], compute_type="int8")
pieces = [*source.encode(sys.argv[3], out_type=str), "</s>"]
print(target.decode(translator.translate_batch([pieces], beam_size=4)[0].hypotheses[0]))
"""


def timed(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Run a command; return when it began, its wall seconds and its processor seconds."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    wall, after = time.time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return began, wall, used


def run(root: Path, lines: int) -> dict[str, float]:
    """Run a page of so many lines with the code in `root`; return its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        page, output = Path(folder, "page.txt"), Path(folder, "out")
        page.write_text("\n\n".join(LINES[:lines]), encoding="utf-8")
        command = [sys.executable, "-m", "pipeline", "run", str(page), "--output", str(output)]
        began, wall, used = timed(command, root)
        log = (output / "log.jsonl").read_text(encoding="utf-8")
    entries = map(json.loads, log.splitlines())
    first = next(entry["time"] for entry in entries if entry["event"] == "window")
    return {"wall": wall, "cpu": used, "first": datetime.fromisoformat(first).timestamp() - began}


def main() -> None:
    """Time all in turn, and print medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("trees", nargs="+", metavar="NAME=FOLDER", help="checkouts to compare")
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--converted", type=Path, help="default: the newest in the user's cache")
    options = parser.parse_args()
    trees = {
        name: Path(root).resolve() for name, _, root in (t.partition("=") for t in options.trees)
    }
    made = Path.home().glob(".cache/yibao/ctranslate2/*/model.bin")
    converted = options.converted or max(made, key=lambda file: file.stat().st_mtime).parent
    bundled = next(iter(trees.values())) / "models/bundled/zh-en"
    seconds: dict[str, list[float]] = defaultdict(list)
    for turn in range(options.times + 1):
        command = [sys.executable, "-c", RAW, str(bundled), str(converted), LINES[0]]
        _, wall, used = timed(command, Path.cwd())
        measured = {"CTranslate2, wall": wall, "CTranslate2, cpu": used}
        for name, root in trees.items():
            for lines in (1, 3):
                for kind, value in run(root, lines).items():
                    measured[f"{name}, {lines} of 3 lines, {kind}"] = value
        for name, value in measured.items() if turn else ():
            seconds[name].append(value)
    for name, values in seconds.items():
        base = seconds["CTranslate2, cpu" if name.endswith("cpu") else "CTranslate2, wall"]
        median = statistics.median(values)
        print(f"{name:40} {median:6.2f} s  {median / statistics.median(base):5.2f}")


if __name__ == "__main__":
    main()
