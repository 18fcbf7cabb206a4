"""Our side of benchmark.py: `pipeline run` over lines, in a process of its own."""

import json
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from benchmark_process import child

LINES_IN_ARTICLE = 10


@dataclass(frozen=True, slots=True)
class Run:
    """One run: a text for every line, seconds, megabytes, begin and end of translating."""

    texts: list[str]
    seconds: float
    peak_megabytes: float
    begin: float
    end: float


def run_of(lines: list[str], settings: dict[str, Any]) -> Run:
    """Run `pipeline run` over the lines, ten to an article, in an empty folder."""
    with tempfile.TemporaryDirectory(dir=settings["work"]) as aside:
        folder = Path(aside)
        (folder / "news.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in articles(lines)), encoding="utf-8"
        )
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump(config(folder, settings)), encoding="utf-8")
        program = [sys.executable, "-c", "from pipeline.cli import main; raise SystemExit(main())"]
        changes = [part for each in settings["set"] for part in ("--set", each)]
        command = [*program, "run", "-q", "--config", str(path), *changes]
        _, seconds, peak = child(command, "", None, settings["timeout"])
        begin, end = translating((folder / "run/log.jsonl").read_text(encoding="utf-8"))
        if len(lines) > 1:
            print(f"  stages: {stage_seconds(folder / 'run')}", file=sys.stderr)
        return Run(written(folder / "run", len(lines)), seconds, peak, begin, end)


def articles(lines: list[str]) -> list[dict[str, str]]:
    """Return the rows of an input file: every line a paragraph."""
    return [
        {"id": f"a{start:06}", "text": "\n\n".join(lines[start : start + LINES_IN_ARTICLE])}
        for start in range(0, len(lines), LINES_IN_ARTICLE)
    ]


def config(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a run over news.jsonl in `folder`."""
    model = {
        "kind": "seq2seq",
        "path": settings["folder"],
        "beams": settings["beams"],
        "max_target_tokens": settings["length"],
        "backend": settings.get("backend", "ctranslate2"),
        "shortlist": settings["shortlist"],
    }
    return {
        "input": {"paths": [str(folder / "news.jsonl")]},
        "output": str(folder / "run"),
        "runtime": {
            "device": settings["device"],
            "threads": settings["threads"],
            "cache": settings["cache"],
            "precision": settings.get("precision", "auto"),
        },
        "segment": {"join_broken_paragraphs": False},
        "translate": {"model": model, "repair": {"enabled": settings["repair"]}},
        "summarize": {"model": {"kind": "extractive"}},
    }


def translating(log: str) -> tuple[float, float]:
    """Find when a run translated, in its log.jsonl: seconds since 1970.

    From the end of the first window to the end of the stage, so that loading the model is left
    out, and with it one window of many; in a run of one window from the stage before.
    """
    segmented = ended = 0.0
    windows: list[float] = []
    for row in map(json.loads, log.splitlines()):
        at = datetime.fromisoformat(row["time"]).timestamp()
        match row["event"], row.get("stage"):
            case "window", _:
                windows.append(at)
            case "stage", "segment":
                segmented = at
            case "stage", "translate":
                ended = at
    return (windows[0] if len(windows) > 1 else segmented), ended


def stage_seconds(run: Path) -> str:
    """Tell the seconds of every stage, loading included, from a run's manifest."""
    seconds = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["seconds"]
    return ", ".join(f"{stage} {value:.2f} s" for stage, value in seconds.items())


def written(run: Path, count: int) -> list[str]:
    """Read the English of every line: block by block, for a line was a paragraph."""
    translations: dict[str, dict[str, str]] = {}
    for shard in (run / "translations").glob("*.jsonl"):
        for row in map(json.loads, shard.read_text(encoding="utf-8").splitlines()):
            own = {sentence["id"]: sentence["text"] for sentence in row["sentences"]}
            translations[row["article_id"]] = own
    found = [
        json.loads(line)
        for shard in (run / "articles").glob("*.jsonl")
        for line in shard.read_text(encoding="utf-8").splitlines()
    ]
    texts = [
        " ".join(translations[article["id"]][each["id"]] for each in block["sentences"])
        for article in sorted(found, key=lambda article: str(article["id"]))
        for block in article["blocks"]
    ]
    if len(texts) != count:
        print(f"ours: {len(texts)} blocks for {count} lines; no chrF", file=sys.stderr)
    return texts
