"""Measure an evaluation of a whole campaign beside sacreBLEU, and see whether the two agree.

    python scripts/benchmarks/benchmark_campaign.py WORK_FOLDER                   # made texts
    python scripts/benchmarks/benchmark_campaign.py WORK_FOLDER --data FOLDER --metric bleu chrf ter
    python scripts/benchmarks/benchmark_campaign.py WORK_FOLDER --only ours       # no sacreBLEU
    python scripts/benchmarks/benchmark_campaign.py WORK_FOLDER --once            # sooner

FOLDER has zh.txt, en.txt and SYSTEM.en.txt of several systems; further systems are mixtures of
them, and a set that is longer than the files repeats their sentences with a number. `ours` is one
`pipeline evaluate`, first with nothing counted, then with everything counted. `sacrebleu` is
`sacrebleu --paired-ar` for one baseline after another, each against the systems after it: together
every pair once. WORK_FOLDER keeps what is measured, so sacreBLEU's part goes on where it stopped.
With --once, its own functions count every system once and test all pairs in one process: its
answers are the same, its seconds are not.

Prints wall and processor seconds, the memory of the largest process (resident) and of all together
(proportional, looked at four times a second), the ranks, and the scores, p-values and decisions
that differ.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmark_process import family_megabytes, family_seconds
from benchmark_significance import make_data, write_lines
from pipeline.evaluate.significance import SIGNIFICANCE, holm

PIPELINE = Path(sys.executable).with_name("pipeline")
LOOK_SECONDS = 0.25
LABELS = {"bleu": "BLEU", "chrf": "chrF2", "ter": "TER"}


ONCE = """
import functools, json, sys
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest
options = json.loads(sys.argv[1])
read = lambda path: open(path, encoding="utf-8").read().split("\\n")[:-1]
made = {}
for name in options["metrics"]:
    kind = {"bleu": BLEU, "chrf": CHRF, "ter": TER}[name]
    made[name] = kind(references=[read(options["reference"])])
    count = functools.cache(made[name]._extract_corpus_statistics)
    made[name]._extract_corpus_statistics = lambda texts, _, count=count: count(texts, None)
systems = [(path, tuple(read(path))) for path in options["systems"]]
answers = []
for number in range(len(systems) - 1):
    _, table = PairedTest(systems[number:], made, None, "ar", options["trials"])()
    names = table.pop("System")
    answers.append([
        {"system": name} | {
            metric: {"score": row[at].score, "p_value": row[at].p_value}
            for metric, row in table.items()
        }
        for at, name in enumerate(names)
    ])
print(json.dumps(answers))
"""
"""sacreBLEU's own counts and tests for every baseline, without counting a system again for each."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its children took: seconds, MB of the largest, and of all together."""

    wall: float
    processor: float
    megabytes: float
    together: float = 0.0


def main() -> None:
    """Measure what is asked for, and print the tables of everything measured so far."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path, help="A folder with zh.txt, en.txt, SYSTEM.en.txt.")
    parser.add_argument("--systems", type=int, default=15)
    parser.add_argument("--segments", type=int, default=2000)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--metric", nargs="+", default=["bleu", "chrf"], choices=list(LABELS))
    parser.add_argument("--only", choices=["ours", "sacrebleu"])
    parser.add_argument(
        "--once", action="store_true", help="Let sacreBLEU count each system once: not its time."
    )
    options = parser.parse_args()
    texts = options.work / "texts"
    if not texts.is_dir():
        texts.mkdir(parents=True)
        make_texts(texts, options.data, options.systems, options.segments)
    systems = sorted(path.stem for path in texts.glob("*.txt") if path.stem not in ("zh", "en"))
    results = options.work / "-".join([*options.metric, str(options.trials)])
    results.mkdir(exist_ok=True)
    if options.only != "sacrebleu":
        run_ours(texts, systems, options.metric, options.trials, results)
    if options.only != "ours":
        run = run_sacrebleu_once if options.once else run_sacrebleu
        run(texts, systems, options.metric, options.trials, results)
    print_tables(systems, options.metric, results)


def make_texts(folder: Path, data: Path | None, systems: int, segments: int) -> None:
    """Write zh.txt, en.txt and a file per system: of the data, or of made words."""
    if data is None:
        make_data(folder, systems, segments)
        for path in list(folder.iterdir()):
            path.rename(path.with_suffix(".txt"))
        return
    draw = random.Random(7)
    texts = {path.name.split(".")[0]: _lines(path) for path in sorted(data.glob("*.en.txt"))}
    real = list(texts)
    for number in range(systems - len(real)):
        a, b = draw.sample(real, 2)
        share, lost = draw.uniform(0.1, 0.5), draw.uniform(0, 0.06)
        mixed = [y if draw.random() < share else x for x, y in zip(texts[a], texts[b], strict=True)]
        texts[f"mix{number:02d}"] = [_without(text, lost, draw) for text in mixed]
    texts |= {"zh": _lines(data / "zh.txt"), "en": _lines(data / "en.txt")}
    for name, lines in texts.items():
        size = len(lines)
        numbered = (
            f"{lines[at % size]} ({at})" if at >= size else lines[at] for at in range(segments)
        )
        write_lines(folder / f"{name}.txt", list(numbered))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _without(text: str, share: float, draw: random.Random) -> str:
    return " ".join(word for word in text.split() if draw.random() >= share) or text


def run_ours(
    texts: Path, systems: Sequence[str], metrics: Sequence[str], trials: int, results: Path
) -> None:
    """Evaluate twice: with nothing counted, and with everything counted."""
    output = results / "ours"
    shutil.rmtree(output, ignore_errors=True)
    command = [str(PIPELINE), "evaluate", "--trials", str(trials), "--output", str(output)]
    command += ["--source", str(texts / "zh.txt"), "--reference", str(texts / "en.txt")]
    command += [part for name in metrics for part in ("--metric", name)]
    command += [p for name in systems for p in ("--hypothesis", f"{name}={texts / name}.txt")]
    for state in ("nothing counted", "everything counted"):
        _save(results / f"ours, {state}.json", _measured(command)[1], None)


def run_sacrebleu(
    texts: Path, systems: Sequence[str], metrics: Sequence[str], trials: int, results: Path
) -> None:
    """Test every baseline against the systems after it, except those done before."""
    for number, baseline in enumerate(systems[:-1]):
        path = results / f"sacrebleu, {baseline}.json"
        if path.exists():
            continue
        files = [str(texts / f"{name}.txt") for name in systems[number:]]
        command = [
            sys.executable,
            "-m",
            "sacrebleu",
            str(texts / "en.txt"),
            "-i",
            *files,
            "-m",
            *metrics,
        ]
        command += ["--paired-ar", "--paired-ar-n", str(trials), "--format", "json"]
        text, usage = _measured(command)
        _save(path, usage, json.loads(text))
        print(f"{path.stem}: {usage.processor:.0f} processor seconds", file=sys.stderr, flush=True)


def run_sacrebleu_once(
    texts: Path, systems: Sequence[str], metrics: Sequence[str], trials: int, results: Path
) -> None:
    """Test every baseline against the systems after it in one process."""
    task = {
        "metrics": metrics,
        "reference": str(texts / "en.txt"),
        "systems": [str(texts / f"{name}.txt") for name in systems],
        "trials": trials,
    }
    text, usage = _measured([sys.executable, "-c", ONCE, json.dumps(task)])
    for number, (name, answer) in enumerate(zip(systems, json.loads(text), strict=False)):
        _save(results / f"sacrebleu, {name}.json", usage if not number else Usage(0, 0, 0), answer)


def _measured(command: Sequence[str]) -> tuple[str, Usage]:
    """Run a process to its end; return its output and what it took. Raises SystemExit."""
    begun = time.perf_counter()
    together = processor = 0.0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        number, status, used = os.wait4(process.pid, os.WNOHANG)
        while not number:
            together = max(together, family_megabytes(process.pid))
            processor = max(processor, family_seconds(process.pid))
            time.sleep(LOOK_SECONDS)
            number, status, used = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - begun
        if status:
            raise SystemExit(f"{' '.join(command[:2])} failed: {os.waitstatus_to_exitcode(status)}")
        output.seek(0)
        text = output.read()
    # a server of processes is nobody's child at the end, so that nobody waits for it
    processor = max(processor, used.ru_utime + used.ru_stime)
    return text, Usage(wall, processor, used.ru_maxrss / 1024, together)


def _save(path: Path, usage: Usage, answer: object) -> None:
    path.write_text(json.dumps({"usage": asdict(usage), "answer": answer}), encoding="utf-8")


def print_tables(systems: Sequence[str], metrics: Sequence[str], results: Path) -> None:
    """Print what each program took, and how far their scores, p-values and decisions agree."""
    peers = [json.loads(path.read_text(encoding="utf-8")) for path in results.glob("sacrebleu*")]
    size = len(systems)
    print("| program | pairs | wall s | processor s | largest process, MB | all together, MB |")
    print("|---|---:|---:|---:|---:|---:|")
    for path in sorted(results.glob("ours*.json"), reverse=True):
        usage = Usage(**json.loads(path.read_text(encoding="utf-8"))["usage"])
        _print_row(path.stem, size * (size - 1) // 2, usage)
    usages = [Usage(**peer["usage"]) for peer in peers]
    if usages:
        total = Usage(
            sum(usage.wall for usage in usages),
            sum(usage.processor for usage in usages),
            max(usage.megabytes for usage in usages),
            max(usage.together for usage in usages),
        )
        pairs = sum(len(peer["answer"]) - 1 for peer in peers)
        _print_row(f"sacrebleu, {len(peers)} of {size - 1} baselines", pairs, total)
    if (results / "ours").is_dir():
        _print_ranks(results / "ours")
        if peers:
            _print_agreement(metrics, results / "ours", [peer["answer"] for peer in peers])


def _print_row(name: str, pairs: int, usage: Usage) -> None:
    print(
        f"| {name} | {pairs} | {usage.wall:.1f} | {usage.processor:.1f} | {usage.megabytes:.0f} "
        f"| {usage.together or float('nan'):.0f} |"
    )


def _print_ranks(folder: Path) -> None:
    rows = _rows(folder / "scores.csv")
    for name in dict.fromkeys(row["metric"] for row in rows):
        ranks = sorted(int(row["rank"]) for row in rows if row["metric"] == name)
        print(f"{name}: ranks from {ranks[0]} to {ranks[-1]}, {len(set(ranks))} different ones")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _print_agreement(
    metrics: Sequence[str], folder: Path, answers: Sequence[list[dict[str, Any]]]
) -> None:
    """Print, for each metric, the largest differences and the decisions that differ."""
    ours = {
        (row["metric"], frozenset((row["a"], row["b"]))): float(row["p_value"])
        for row in _rows(folder / "comparisons.csv")
    }
    scores = {
        (row["metric"], row["system"]): float(row["score"]) for row in _rows(folder / "scores.csv")
    }
    print(
        "| metric | pairs | largest difference of a score | of a p-value "
        "| decisions that differ | after Holm |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for metric in metrics:
        pairs, apart = [], 0.0
        for baseline, *others in answers:
            first = _name(baseline)
            for row in (baseline, *others):
                found = row[LABELS[metric]]
                apart = max(apart, abs(found["score"] - scores[metric, _name(row)]))
            for row in others:
                p = ours[metric, frozenset((first, _name(row)))]
                pairs.append((first, _name(row), p, row[LABELS[metric]]["p_value"]))
        largest = max(abs(p - theirs) for _, _, p, theirs in pairs)
        differ = [row for row in pairs if (row[2] < SIGNIFICANCE) != (row[3] < SIGNIFICANCE)]
        corrected = zip(
            holm([row[2] for row in pairs]), holm([row[3] for row in pairs]), strict=True
        )
        after = sum((p < SIGNIFICANCE) != (theirs < SIGNIFICANCE) for p, theirs in corrected)
        print(
            f"| {metric} | {len(pairs)} | {apart:.2g} | {largest:.4f} | {len(differ)} | {after} |"
        )
        for a, b, p, theirs in differ:
            print(f"  {metric}: {a} and {b}: p {p:.4f}, sacreBLEU {theirs:.4f}")


def _name(row: dict[str, Any]) -> str:
    return Path(str(row["system"]).removeprefix("Baseline: ")).stem


if __name__ == "__main__":
    main()
