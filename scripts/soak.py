"""Run thousands of short articles through every stage and see whether speed and memory stay flat.

    python scripts/soak.py --articles 20000 --output soak      the bundled model, greedy
    python scripts/soak.py --articles 20000 --fake             a translator that costs nothing
    python scripts/soak.py --articles 10000 --fake --nights --every 5      three nights

An article has a title and two sentences. The run uses one thread, and speed is measured in articles
per minute of processor time, so that others on the machine do not count. Writes soak.csv (a row a
minute and one where a stage begins: stage, speed, the most resident megabytes since the row before,
without those of mapped files) and soak.svg. The last lines say whether both are flat in each stage:
in its last third, memory is at most 5 % above that of the middle third, and speed at most 20 %
below it. After the stages the run writes its report, English files and digest, which is the phase
"report": it takes at most 40 MB and 2 kB an article more than the stages did. The exit code is 1 if
not. With --nights a night with the same articles follows, and one with 1 % of them changed.
"""

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

import psutil
import yaml

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data/samples/jinshan-2023-03-05.md"
REPORT_BASE, REPORT_EACH = 40, 2
"""Megabytes, and kilobytes an article, that the report may take beyond the stages."""
PLACES = "金山 青浦 松江 嘉定 奉贤 宝山 闵行 浦东".split()

LAST_STAGE, REPORT = "score", "report"
CHANGED = "1 % changed"
NIGHTS = ("first night", "unchanged", CHANGED)

# what a child process runs with --fake
FAKE = """
import sys
import pipeline.engine.translation.model
from models.protocols import Candidate
from pipeline.testing import FakeTranslator
class Fake(FakeTranslator):
    def answer(self, sentences):
        return [Candidate("A sentence of %d characters." % len(s), 0.5) for s in sentences]
pipeline.engine.translation.model.load_translator = lambda *a, **k: Fake()
from pipeline.__main__ import main
main()
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A measurement: minutes and processor minutes since the start, stage, its share, megabytes."""

    minutes: float
    worked: float
    stage: str
    done: float
    megabytes: float


def main() -> int:
    """Make the articles, run them, write what was measured, and say whether it is flat."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--output", type=Path, default=Path("soak"), help="a new folder")
    parser.add_argument("--fake", action="store_true", help="translate with a fake")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two rows")
    parser.add_argument("--nights", action="store_true", help="two more nights after the first")
    options = parser.parse_args()
    write_articles(options.output, options.articles)
    all_flat = True
    for night, name in enumerate(NIGHTS if options.nights else NIGHTS[:1], start=1):
        if name == CHANGED:
            change_articles(options.output / "articles.jsonl")
        moments = watch(options.output, night, fake=options.fake, every=options.every)
        ending = f"-{night}" if night > 1 else ""
        write_csv(options.output / f"soak{ending}.csv", moments, options.articles)
        (options.output / f"soak{ending}.svg").write_text(plot(moments), encoding="utf-8")
        text, is_flat = verdict(moments, options.articles)
        print(f"{name}: worked {60 * moments[-1].worked:.0f} s\n{text}")
        all_flat = all_flat and is_flat
    return 0 if all_flat else 1


def change_articles(path: Path) -> None:
    """Change one article in a hundred."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[::100] = [line.replace("今年以来", "上半年", 1) for line in lines[::100]]
    path.write_text("".join(lines), encoding="utf-8")


def write_articles(folder: Path, count: int) -> None:
    """Write JSON Lines with short articles, all different, and a config."""
    text = re.sub(r"\s+", "", SAMPLE.read_text(encoding="utf-8"))
    sentences = re.findall(r"[^。]{15,60}。", text)
    generator = random.Random(1)
    folder.mkdir(parents=True)
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            place, amount = generator.choice(PLACES), generator.randint(10, 9999)
            body = generator.choice(sentences).replace("金山", place)
            row = {
                "id": f"a{number}",
                "title": f"{place}{amount}个项目开工",
                "text": f"今年以来{place}有{amount}个项目开工，投资{3 * amount}亿元。{body}",
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    config = {
        "input": {"paths": ["articles.jsonl"]},
        "output": "runs/{date}",
        "runtime": {"device": "cpu"},
        "translate": {"quality": "fast"},
        "deliver": {"formats": ["md"]},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def watch(folder: Path, night: int, *, fake: bool, every: float) -> list[Moment]:
    """Run the config and measure it until it ends. Raises SystemExit if it fails."""
    program = ["-c", FAKE] if fake else ["-m", "pipeline"]
    day = f"2026-11-{night:02}"
    process = subprocess.Popen(
        [sys.executable, *program, "run", "--config", "config.yaml", "--quiet", "--date", day],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
    )
    seen = psutil.Process(process.pid)
    started, moments, most = time.monotonic(), list[Moment](), 0.0
    while True:
        try:
            process.wait(timeout=min(every, 0.5))
            break
        except subprocess.TimeoutExpired:
            stage, done = progress(folder / "runs" / day / "log.jsonl")
            minutes = (time.monotonic() - started) / 60
            worked = sum(seen.cpu_times()[:2]) / 60
            info = seen.memory_info()
            most = max(most, (info.rss - getattr(info, "shared", 0)) / 1e6)
            last = moments[-1] if moments else None
            if last and last.stage == stage and minutes - last.minutes < every / 60:
                continue
            moments.append(Moment(minutes, worked, stage, done, most))
            most = 0.0
            print(
                f"{minutes:7.1f} min, worked {worked:6.1f} min {stage:<10}{done:6.1%} "
                f"{moments[-1].megabytes:8.0f} MB",
                flush=True,
            )
    if process.returncode:
        raise SystemExit(f"the run ended with exit code {process.returncode}")
    if not moments:
        raise SystemExit("the run took less than half a second: give it more articles")
    if most:
        moments.append(Moment(minutes, worked, stage, done, most))
    return moments


def progress(log: Path) -> tuple[str, float]:
    """Return the stage that a run is in, and the share of it that is done.

    The report is what comes after the last stage; nobody knows its share.
    """
    stage, done = "start", 0.0
    if not log.exists():
        return stage, done
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - 200_000))
        for line in file.read().splitlines()[1:]:
            row = json.loads(line) if line.endswith(b"}") else {}
            if row.get("event") == "progress" and row.get("total"):
                stage, done = row["stage"], row["done"] / row["total"]
            elif row.get("event") == "stage":
                is_last = row["stage"] == LAST_STAGE
                stage, done = (REPORT, 0.0) if is_last else (row["stage"], 1.0)
    return stage, done


def rates(moments: list[Moment], articles: int) -> list[float]:
    """Return the articles per processor minute before each moment; 0 where a stage begins."""
    found = [0.0]
    for before, after in pairwise(moments):
        is_same = before.stage == after.stage
        share = max(0.0, after.done - before.done) if is_same else 0.0
        found.append(articles * share / max(after.worked - before.worked, 1e-9))
    return found


def write_csv(path: Path, moments: list[Moment], articles: int) -> None:
    """Write a row for each moment."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["minutes", "stage", "articles_per_processor_minute", "megabytes"])
        for moment, rate in zip(moments, rates(moments, articles), strict=True):
            row = (f"{moment.minutes:.2f}", moment.stage, f"{rate:.0f}", f"{moment.megabytes:.0f}")
            writer.writerow(row)


def verdict(moments: list[Moment], articles: int) -> tuple[str, bool]:
    """Return in words whether memory and speed are flat in each long stage; True if they are."""
    lines, is_flat = list[str](), True
    for stage in dict.fromkeys(moment.stage for moment in moments):
        if stage == REPORT:
            continue
        working = [moment for moment in moments if moment.stage == stage and moment.done < 1]
        third = len(working) // 3
        if third < 2:
            continue
        middle, last = working[third : 2 * third], working[-third:]
        memory = mean(m.megabytes for m in last) / mean(m.megabytes for m in middle)
        speeds = [
            (part[-1].done - part[0].done) / (part[-1].worked - part[0].worked)
            for part in (middle, last)
        ]
        speed = speeds[1] / speeds[0] if speeds[0] else 1.0
        holds = memory <= 1.05 and speed >= 0.8
        is_flat = is_flat and holds
        lines.append(
            f"{stage}: {'flat' if holds else 'NOT flat'}: memory {memory - 1:+.1%}, speed "
            f"{speed - 1:+.1%} from the middle to the last third"
        )
    if not lines:
        lines.append("stages: too short to tell: fewer than six measurements")
    if told := report_verdict(moments, articles):
        lines.append(told[0])
        is_flat = is_flat and told[1]
    return "\n".join(lines), is_flat


def report_verdict(moments: list[Moment], articles: int) -> tuple[str, bool] | None:
    """Return in words how much more the report took than the stages; None if it was not seen."""
    stages = [moment.megabytes for moment in moments if moment.stage != REPORT]
    report = [moment.megabytes for moment in moments if moment.stage == REPORT]
    if not stages or not report:
        return None
    more = max(report) - max(stages)
    holds = more <= REPORT_BASE + REPORT_EACH * articles / 1000
    return (
        f"report: {'holds' if holds else 'TOO MUCH'}: at most {max(report):.0f} MB, {more:+.0f} MB "
        f"to the stages, which is {1000 * more / articles:+.1f} kB an article",
        holds,
    )


def plot(moments: list[Moment]) -> str:
    """Return memory and speed over time as SVG, one above the other."""
    rows = (
        ("resident memory, MB", [moment.megabytes for moment in moments]),
        ("articles of 100 per processor minute and stage", [100 * r for r in rates(moments, 1)]),
    )
    end = max((moment.minutes for moment in moments), default=1.0)
    parts = []
    for number, (name, values) in enumerate(rows):
        top, base = max([*values, 1e-9]), 150 + 160 * number
        points = " ".join(
            f"{40 + 550 * moment.minutes / end:.1f},{base - 110 * value / top:.1f}"
            for moment, value in zip(moments, values, strict=True)
        )
        parts.append(
            f'<text x="40" y="{base - 120}">{name}; top {top:,.0f}; {end:.0f} minutes</text>'
            f'<polyline fill="none" stroke="#2f6690" stroke-width="2" points="{points}"/>'
            f'<path stroke="#999" d="M40 {base}H590"/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 330" '
        f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    sys.exit(main())
