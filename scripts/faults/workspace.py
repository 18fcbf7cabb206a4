"""Folders, configs and inputs of a small run, and what a fault left of it.

NAME/                 one folder for each trial, the working directory of its runs
  config.yaml         small windows and shards: many moments between two writes
  input/page0.md …
  runs/memory.sqlite  the translation memory
  runs/x/             the run folder
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data/samples/jinshan-2023-03-05.md"
PAGES = 4
PARAGRAPHS = 1
TABLES = ("articles", "translations", "summaries", "scores")
REPORTS = ("report.html", "report.md", "report.json")
MODEL_NAME = "chaos"
TERM = ("金山", "Goldenhill")
"""A term that the bundled model never writes: its sentences go up the ladder to the fallback."""


def write_input(folder: Path) -> None:
    """Write the pages: long paragraphs of the sample, a few on each page."""
    blocks = SAMPLE.read_text(encoding="utf-8").split("\n\n")
    long = [block for block in blocks if 60 <= len(block) <= 200]
    (folder / "input").mkdir(parents=True)
    for number in range(PAGES):
        body = long[PARAGRAPHS * number :][:PARAGRAPHS]
        text = "\n\n".join([f"# 金山区第{number + 1}次报道", *body])
        page(folder, number).write_text(text + "\n", encoding="utf-8")


def page(folder: Path, number: int) -> Path:
    """Return the path of one input page."""
    return folder / f"input/page{number}.md"


def write_config(folder: Path, setting: str, port: int = 0) -> None:
    """Write the config of a setting: `plain`, or a server as the `model` or as the `fallback`."""
    bundled = {"kind": "seq2seq", "path": "bundled:zh-en", "beams": 1}
    server = {
        "kind": "endpoint",
        "base_url": f"http://127.0.0.1:{port}/v1",
        "model": MODEL_NAME,
        "timeout_seconds": 2,
        "retries": 1,
        "concurrency": 2,
        "logprobs": False,
    }
    repair: dict[str, Any] = {"enabled": setting != "model"}
    if setting == "fallback":
        repair |= {"rungs": ["fallback"], "fallback": server}
    model = server if setting == "model" else bundled
    config = {
        "input": {"paths": ["input"]},
        "output": "runs/x",
        "runtime": {"device": "cpu", "threads": 1, "shard_size": 1, "batch_tokens": 256},
        "translate": {"model": model, "repair": repair, "glossary": "glossary.tsv"},
        "summarize": {"model": {"kind": "extractive", "sentences": 1}},
    }
    (folder / "glossary.tsv").write_text("\t".join(TERM) + "\n", encoding="utf-8")
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def run_folder(folder: Path) -> Path:
    """Return the run folder of a trial."""
    return folder / "runs/x"


def memory_file(folder: Path) -> Path:
    """Return the translation memory of a trial."""
    return folder / "runs/memory.sqlite"


def shards(folder: Path, table: str) -> list[Path]:
    """Return the shards of a table, without lists of failures."""
    files = sorted((run_folder(folder) / table).glob("[0-9a-f]*.jsonl"))
    return [file for file in files if not file.name.endswith(".failures.jsonl")]


def remove_later(folder: Path, table: str) -> None:
    """Delete all that is made after a table, so that the next run has to read this table."""
    for later in TABLES[TABLES.index(table) + 1 :]:
        shutil.rmtree(run_folder(folder) / later)
    for name in REPORTS:
        (run_folder(folder) / name).unlink()


def differences(clean: Path, folder: Path) -> list[str]:
    """Return what of a clean run's tables and report is missing or different in another run."""
    found = [f"manifest: other {part}" for part in _other_parts(clean, folder)]
    for file in _lasting_files(run_folder(clean)):
        name = file.relative_to(run_folder(clean))
        other = run_folder(folder) / name
        if not other.is_file():
            found.append(f"{name}: missing")
        elif _content(other) != _content(file):
            found.append(f"{name}: different")
    if (run_folder(folder) / "failures.jsonl").exists():
        found.append("failures.jsonl: there are failures")
    return found


def _content(file: Path) -> bytes:
    """Return the bytes of a file; of a report without the name of its run, which nights change."""
    lines = file.read_bytes().splitlines(keepends=True)
    is_report = file.name == "report.json"
    return b"".join(line for line in lines if not (is_report and line.startswith(b' "run": ')))


def _other_parts(clean: Path, folder: Path) -> Iterator[str]:
    expected, manifest = (_manifest(path) for path in (clean, folder))
    yield from (key for key in ("tables", "totals", "status") if expected[key] != manifest.get(key))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        values = json.loads((run_folder(folder) / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def stage_seconds(folder: Path) -> dict[str, float]:
    """Return how long each stage of a clean run took, with `import`, `ladder` and `report`."""
    run = run_folder(folder)
    scored = max(file.stat().st_mtime for file in shards(folder, "scores"))
    seconds: dict[str, float] = dict(_manifest(folder)["seconds"])
    seconds["import"] = (run / ".lock").stat().st_mtime - (folder / "config.yaml").stat().st_mtime
    seconds["ladder"] = seconds["translate"] / 2
    seconds["report"] = (run / "report.json").stat().st_mtime - scored
    return {stage: max(taken, 0.02) for stage, taken in seconds.items()}


def _lasting_files(run: Path) -> list[Path]:
    tables = [file for table in TABLES for file in sorted((run / table).rglob("*.jsonl"))]
    return [*tables, run / "report.json"]


def leftovers(folder: Path) -> list[str]:
    """Return half-written files that lie in a run folder."""
    return [str(file.relative_to(folder)) for file in sorted(folder.rglob("*.partial"))]
