"""Run the whole engine over archives of growing size, with a model that costs nothing.

    python scripts/simulate_scale.py --sizes 1000 10000 100000
    python scripts/simulate_scale.py --place bucket --sizes 1000 10000
    python scripts/simulate_scale.py --place worker --shard-size 1 --sizes 1000 10000 100000

Reading, planning, listing, manifests, claims, failures and the report are the product's own; only
the translator is a fake, which fails on every thousandth article. A size is a run in a process of
its own, then the same run again with nothing to do. `--place`: a folder, a folder as one of two
workers (so that every group is claimed), or a bucket (in memory, its requests counted).
`--shard-size 1` makes as many shards as a thousand times as many articles have with 1,000 in each.
`--quick` makes summaries and scores cheap too, and no report, so that the engine is measured by
itself.

The table has seconds of processor time, and for each article milliseconds, file operations in the
run folder and requests to the bucket; and the peak of memory. The last rows are exponents: the
slope of a straight line through the logarithms of size and total (1 is linear).
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

EVERY = 1000
"""One article in so many makes the translator fail."""
WORDS = "桥梁 隧道 学校 医院 公园 车站 码头 机场".split()


def main() -> None:
    """Measure every size in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--place", choices=("folder", "worker", "bucket"), default="folder")
    parser.add_argument("--shard-size", type=int, default=64)
    parser.add_argument("--quick", action="store_true", help="cheap summaries and scores")
    parser.add_argument("--work", type=Path, help="folder for temporary files")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options)))
        return
    print(
        "| articles | shards | CPU s | ms each | peak MB | file operations each "
        "| requests each | again CPU s | failed |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    rows = []
    for size in options.sizes:
        rows.append(row := measured_apart(size))
        print(
            f"| {size:,} | {row['shards']:,} | {row['seconds']:.1f} "
            f"| {row['seconds'] / size * 1000:.2f} | {row['megabytes']:.0f} "
            f"| {row['operations'] / size:.2f} | {row['requests'] / size:.3f} "
            f"| {row['again']:.1f} | {row['failed']:,} |",
            flush=True,
        )
        print(f"<!-- {row['stages']} -->", flush=True)
    names = ("seconds", "megabytes", "operations", "requests", "again")
    for name in names if len(rows) > 1 else ():
        if all(row[name] for row in rows):
            print(f"exponent of {name}: {exponent(options.sizes, [row[name] for row in rows]):.3f}")


def measured_apart(size: int) -> dict[str, Any]:
    """Return what this command prints of one size in a process by itself."""
    command = [sys.executable, *sys.argv, "--one", str(size)]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    row: dict[str, Any] = json.loads(text.splitlines()[-1])
    return row


def exponent(sizes: Sequence[int], totals: Sequence[float]) -> float:
    """Return the slope of the line of least squares through both logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(total) for total in totals]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True))
    return over / sum((a - middle_x) ** 2 for a in x)


def measure(size: int, options: argparse.Namespace) -> dict[str, Any]:
    """Run one size twice in this process; return what it cost."""
    with tempfile.TemporaryDirectory(dir=options.work) as aside:
        folder = Path(aside)
        config = prepared(folder, size, options)
        operations = counting_operations(folder)
        with faked(quick=options.quick), counting_requests() as requests:
            first, stages = timed(config, options)
            counts = sum(operations.values()), sum(requests.values())
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            again, _ = timed(config, options)
        print(dict(operations), dict(requests), file=sys.stderr)
        from pipeline.bucket import run_folder
        from pipeline.engine.manifest import read_last_run

        place = run_folder(config.output)
        failures = place / "failures.jsonl"
        failed = failures.read_text().count("\n") if failures.exists() else 0
        if failed != size // EVERY:
            sys.exit(f"{failed} articles failed, not {size // EVERY}: was the model a fake?")
        return {
            "shards": sum(map(len, read_last_run(place).tables.values())),
            "seconds": first,
            "stages": stages,
            "again": again,
            "megabytes": peak,
            "operations": counts[0],
            "requests": counts[1],
            "failed": failed,
        }


def prepared(folder: Path, size: int, options: argparse.Namespace) -> Any:
    """Write the articles and the config; return the config as the product reads it."""
    import os

    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    with (folder / "news.jsonl").open("w", encoding="utf-8") as file:
        for number in range(size):
            word = WORDS[number % len(WORDS)]
            fault = "毒" if number % EVERY == EVERY - 1 else ""
            text = (
                f"市政府昨日宣布，今年将新建{number}座{word}{fault}。第{number}项工程预计明年完工。"
            )
            row = {"id": f"a{number}", "title": f"第{number}条新闻", "text": text}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    output = "memory://archive/run" if options.place == "bucket" else "run"
    (folder / "c.yaml").write_text(
        f"input: {{paths: [news.jsonl]}}\noutput: {output}\n"
        f"runtime: {{memory: off, shard_size: {options.shard_size}}}\n"
        "translate: {model: {kind: seq2seq, path: 'bundled:zh-en'}, repair: {enabled: false}}\n"
        "deliver: {formats: [md]}\n",
        encoding="utf-8",
    )
    from pipeline.config.file import load_config

    return load_config(folder / "c.yaml")


def timed(config: Any, options: argparse.Namespace) -> tuple[float, dict[str, float]]:
    """Run once, as one of two workers if asked; return seconds, and those of each stage."""
    from pipeline.bucket import run_folder
    from pipeline.engine.journal import Journal
    from pipeline.engine.manifest import read_last_run
    from pipeline.run.run import Options, run

    started = time.process_time()  # others use this machine too
    worker = (1, 2) if options.place == "worker" else None
    run(
        config,
        Options(until="score" if options.quick else "report", worker=worker),
        Journal(verbosity=0),
    )
    seconds = time.process_time() - started
    stages = dict(read_last_run(run_folder(config.output)).seconds)
    return seconds, stages


def counting_operations(folder: Path) -> Counter[str]:
    """Count what this process does with files of the folder, except looking at their status."""
    counts: Counter[str] = Counter()
    place = str(folder.resolve())
    names = {"open", "os.rename", "os.remove", "os.scandir", "os.listdir", "os.link", "os.mkdir"}

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in names and arguments and str(arguments[0]).startswith(place):
            counts[event] += 1

    sys.addaudithook(hear)
    return counts


@contextmanager
def counting_requests() -> Iterator[Counter[str]]:
    """Count the requests to a bucket in memory."""
    from fsspec.implementations.memory import MemoryFileSystem

    counts: Counter[str] = Counter()
    for name in ("ls", "put_file", "get_file", "pipe_file", "cat_file", "rm_file", "find"):
        setattr(MemoryFileSystem, name, counted(name, getattr(MemoryFileSystem, name), counts))
    yield counts


def counted(name: str, call: Any, counts: Counter[str]) -> Any:
    """Return a method that counts its calls."""

    def method(self: Any, *arguments: Any, **options: Any) -> Any:
        counts[name] += 1
        return call(self, *arguments, **options)

    return method


@contextmanager
def faked(*, quick: bool) -> Iterator[None]:
    """Put a translator in place that costs nothing; if `quick`, cheap summaries and scores too."""
    from dataclasses import replace
    from unittest.mock import patch

    from models.protocols import Candidate
    from pipeline.engine import stages
    from pipeline.engine.plan import SCORE, SUMMARIZE
    from pipeline.engine.translation import model
    from pipeline.records import Score, Summary
    from pipeline.testing import FakeTranslator

    class Free(FakeTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            if any("毒" in sentence for sentence in sentences):
                raise RuntimeError("the simulated fault")
            return [Candidate("The city will build it.", 0.9) for _ in sentences]

    def cheap(build: Any, make: Any, resources: Any) -> Any:
        return replace(build(resources), load=lambda tools: make)

    if quick:
        for stage, make in (
            (SUMMARIZE, lambda a, t: [Summary(x.id, (), ()) for x in a]),
            (SCORE, lambda a, t: [Score(x.id, (), None) for x in a]),
        ):
            builder = stages._BUILDERS[stage]
            stages._BUILDERS[stage] = partial(cheap, builder, make)
    with patch.object(model, "load_translator", lambda *_, **__: Free()):
        yield


if __name__ == "__main__":
    main()
