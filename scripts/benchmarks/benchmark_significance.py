"""Time an evaluation of many systems and measure its memory, with one or several versions.

    python scripts/benchmarks/benchmark_significance.py                     # this version
    python scripts/benchmarks/benchmark_significance.py --tree ../older     # also another checkout

Makes a test set and systems of graded quality (system K takes K of every 39 sentences from a
good translation, the others from a bad one), scores them with chrF, tests every pair, and prints
wall and processor seconds, peak memory (resident set) and the ranks of the first and the last
system. Counting is done before the clock starts. Every measurement runs in a process of its own.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

WORDS = "the a city river opened new people Monday company market said grows plan school".split()

CHILD = """
import json, resource, sys, time
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import evaluate
config = EvaluationConfig.model_validate(json.loads(sys.argv[1]))
begun = time.perf_counter()
[result] = evaluate(config).sets
ranks = [each.metrics[0].rank for each in result.systems]
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": time.perf_counter() - begun,
    "processor": used.ru_utime + used.ru_stime,
    "megabytes": used.ru_maxrss / 1024,
    "ranks": ranks,
    "p": [each.p_value for each in result.comparisons],
}))
"""


def main() -> None:
    """Print a Markdown table: a row per version and number of trials."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systems", type=int, default=40)
    parser.add_argument("--segments", type=int, default=300)
    parser.add_argument("--trials", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--metric", nargs="+", default=["chrf"])
    parser.add_argument("--tree", type=Path, nargs="*", default=[], help="Other checkouts.")
    options = parser.parse_args()
    here = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = make_data(folder, options.systems, options.segments) | {"metrics": options.metric}
        measure(here, config | {"trials": 100})  # counts, which are kept
        print(
            "| version | trials | wall s | processor s | peak MB | rank of first, last | p-values |"
        )
        print("|---|---:|---:|---:|---:|---:|---|")
        for trials in options.trials:
            expected = None
            for tree in (*options.tree, here):
                found = measure(tree, config | {"trials": trials})
                word = "" if expected is None else "equal" if found["p"] == expected else "DIFFER"
                expected = expected or found["p"]
                print(
                    f"| {tree.name} | {trials:,} | {found['seconds']:.1f} "
                    f"| {found['processor']:.1f} "
                    f"| {found['megabytes']:.0f} | {found['ranks'][0]}, {found['ranks'][-1]} "
                    f"| {word} |",
                    flush=True,
                )


def make_data(folder: Path, systems: int, segments: int) -> dict[str, object]:
    """Write the set and the systems; return the config that evaluates them."""
    draw = random.Random(1)
    english = [" ".join(draw.choices(WORDS, k=draw.randint(8, 20))) for _ in range(segments)]
    good = [_damaged(text, 0.3, draw) for text in english]
    bad = [_damaged(text, 0.45, draw) for text in english]
    write_lines(folder / "zh", ["金山区" * draw.randint(2, 12) for _ in english])
    write_lines(folder / "en", english)
    names = [f"s{number:02d}" for number in range(systems)]
    for number, name in enumerate(names):
        share = number / max(1, systems - 1)
        pairs = zip(good, bad, strict=True)
        write_lines(folder / name, [a if draw.random() < share else b for a, b in pairs])
    return {
        "output": str(folder / "evaluation"),
        "sets": [
            {
                "kind": "files",
                "name": "made",
                "source": str(folder / "zh"),
                "references": [str(folder / "en")],
            }
        ],
        "systems": [{"kind": "file", "name": n, "path": str(folder / n)} for n in names],
    }


def _damaged(text: str, share: float, draw: random.Random) -> str:
    return " ".join(draw.choice(WORDS) if draw.random() < share else w for w in text.split())


def write_lines(path: Path, lines: list[str]) -> None:
    """Write a text file, a line for each text."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def measure(tree: Path, config: dict[str, object]) -> dict[str, Any]:
    """Evaluate with the code of a checkout, in a fresh process."""
    command = [sys.executable, "-c", CHILD, json.dumps(config)]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(
        command, cwd=tree, env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
