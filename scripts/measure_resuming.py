"""Kill a run at random moments, run it again, and compare with an undisturbed one.

    python scripts/measure_resuming.py --kills 10

Makes a folder of pages from the sample, runs it undisturbed, then once more into a fresh
folder, killed (SIGKILL) at random moments and started again until it ends by itself. Prints
how often it was killed and in which stage, whether every table and report is the same to
the byte, and how many sentences were translated more than once.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data/samples/jinshan-2023-03-05.md"
TIMED = {"manifest.json", "log.jsonl", "metrics.prom", ".lock"}


def main() -> int:
    """Measure and print; the exit code says whether everything was the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10, help="how often to kill (default 10)")
    parser.add_argument("--pages", type=int, default=12, help="size of the input (default 12)")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments (default 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_input(folder, arguments.pages)
        started = time.monotonic()
        subprocess.run(command(folder, "whole"), check=True, capture_output=True)
        seconds = time.monotonic() - started
        print(f"undisturbed: {seconds:.1f} s, {counted(folder / 'whole/runs/x')[0]} sentences")
        kills = disturb(folder, arguments.kills, seconds, random.Random(arguments.seed))
        return compare(folder, kills)


def make_input(folder: Path, pages: int) -> None:
    """Write pages that differ in every sentence, and a config for each of the two runs."""
    text = SAMPLE.read_text(encoding="utf-8")
    (folder / "input").mkdir()
    for number in range(pages):
        page = text.replace("金山", f"金山{number}")
        (folder / f"input/page{number}.md").write_text(page, encoding="utf-8")
    for run in ("whole", "killed"):
        config = {
            "input": {"paths": [str(folder / "input")]},
            "output": str(folder / run / "runs/x"),
            # small windows and shards: more moments between which a run can be stopped
            "runtime": {"device": "cpu", "shard_size": 2, "batch_tokens": 512},
            "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
            "summarize": {"model": {"kind": "extractive"}},
        }
        (folder / f"{run}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def command(folder: Path, run: str) -> list[str]:
    """Return the command line of a run."""
    program = "from pipeline.cli import main; main()"
    return [sys.executable, "-c", program, "run", "--config", str(folder / f"{run}.yaml"), "-q"]


def disturb(folder: Path, kills: int, seconds: float, generator: random.Random) -> list[str]:
    """Start the run again and again, killing it, and let the last one finish."""
    stages = []
    for _ in range(kills):
        process = subprocess.Popen(
            command(folder, "killed"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        # a start takes about a second; the rest is shared out so that no start can finish
        time.sleep(0.5 + generator.uniform(0.0, 1.8) * seconds / kills)
        if process.poll() is None:
            process.kill()
            stages.append(stage_reached(folder / "killed/runs/x"))
        process.wait()
    subprocess.run(command(folder, "killed"), check=True, capture_output=True, cwd=ROOT)
    return stages


def stage_reached(output: Path) -> str:
    """Return the last table that has a shard."""
    tables = ("scores", "summaries", "translations", "articles")
    return next((t for t in tables if any((output / t).glob("*.jsonl"))), "nothing yet")


def compare(folder: Path, kills: list[str]) -> int:
    """Print what differs between the two runs; return 0 if nothing does."""
    whole, killed = folder / "whole/runs/x", folder / "killed/runs/x"
    print(f"killed {len(kills)} times, with the last table then: {', '.join(kills)}")
    names = sorted(
        {str(p.relative_to(run)) for run in (whole, killed) for p in run.rglob("*") if p.is_file()}
    )
    names = [name for name in names if Path(name).name not in TIMED]
    different = [
        name
        for name in names
        if not (whole / name).exists()
        or not (killed / name).exists()
        or (whole / name).read_bytes() != (killed / name).read_bytes()
    ]
    print(f"{len(names)} files compared, {len(different)} differ {different or ''}")
    expected, windows = counted(whole)
    translated, _ = counted(killed)
    print(
        f"sentences translated: {expected} undisturbed in {windows} windows, "
        f"{translated} over all starts of the killed run ({translated - expected} twice)"
    )
    return 1 if different else 0


def counted(output: Path) -> tuple[int, int]:
    """Return sentences translated and windows, counted from a run's log."""
    rows = [json.loads(line) for line in (output / "log.jsonl").read_text("utf-8").splitlines()]
    windows = [row["translated"] for row in rows if row["event"] == "window"]
    return sum(windows), len(windows)


if __name__ == "__main__":
    sys.exit(main())
