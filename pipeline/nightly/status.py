"""How far a run is, read by another process from its manifest and its log."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.engine.manifest import LastRun, read_last_run
from pipeline.engine.plan import DOCUMENTS, STAGES
from pipeline.engine.store import Store
from pipeline.errors import ConfigError, StoreError
from pipeline.language.plural import plural
from pipeline.nightly.past_runs import PastRun, past_runs
from pipeline.records import Failure
from pipeline.storage import followed

_TAIL_BYTES = 4_000_000
"""How much of the end of a log is read; the events of a run's stages are in it."""
_COUNTED = lazy(r"([\d,]+) (\w+)")


@dataclass(frozen=True, slots=True)
class StageStatus:
    """How far one stage is. `done` and `total` are shards; for `read`, `done` counts documents."""

    stage: str
    state: str
    done: float = 0
    total: int | None = None
    share: float | None = None
    seconds: float | None = None
    count: int | None = None
    counted: str = ""
    """What `count` counts: sentences or documents."""
    per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run, running or ended; `totals` and `quality` are those of its report once it is done."""

    folder: str
    run: str
    state: str
    exit_code: int | None
    started: str
    finished: str | None
    stages: tuple[StageStatus, ...]
    failures: int
    totals: dict[str, int]
    quality: dict[str, Any]
    changes: dict[str, int]
    gates: tuple[dict[str, Any], ...]
    reason: str = ""
    """Why it failed or was interrupted."""
    hooks: tuple[dict[str, Any], ...] = ()
    """The hooks that were called at its end, each with its `problem` if it failed."""


def find_run(folder: Path) -> Path:
    """Return a run folder: this one, or the run in it that is going on, or that began last.

    Raises ConfigError if there is none.
    """
    folder = followed(folder)
    if (folder / "manifest.json").is_file():
        return folder
    runs = past_runs(folder)
    if not runs:
        raise ConfigError(f"{folder}: not a run folder, and there is no run in it")
    # the clock may have been set back since a run that has ended
    return max(runs, key=lambda run: (run.state == "running", run.facts.started)).folder


def run_status(folder: Path) -> RunStatus:
    """Return how far a run is. Raises StoreError if it is no run."""
    facts = read_last_run(folder)
    events = [row for row in _tail(folder / "log.jsonl") if row.get("run") == facts.run_id]
    state = PastRun(folder, facts).state
    is_over = state in ("done", "failed", "interrupted")
    stages = _stages(events, facts, is_over=is_over)
    has_report = state == "done" and facts.until == "report"
    return RunStatus(
        folder=str(folder),
        run=facts.run_id,
        state=state,
        exit_code=facts.exit_code,
        started=facts.started,
        finished=facts.finished,
        stages=tuple(stages),
        failures=_lines(folder) if state == "done" else _failures_so_far(folder, facts),
        # without a report of its own a run has those of the one before it in its manifest
        totals=facts.totals if has_report else {},
        quality=facts.quality if has_report else {},
        changes=facts.changes if has_report else {},
        gates=tuple(facts.gates),
        reason=_reason(events, state),
        hooks=tuple(facts.hooks),
    )


def _tail(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events at the end of a log; a line that is being written is left out."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def _stages(
    events: list[dict[str, Any]], facts: LastRun, *, is_over: bool
) -> Iterator[StageStatus]:
    """Yield every stage with what the events say of it last."""
    known: dict[str, StageStatus] = {}
    for row in events:
        name = str(row.get("stage", ""))
        if row["event"] == "progress" and "done" in row:
            known[name] = _under_way(row)
        elif row["event"] == "stage":
            known[name] = _finished(row, known.get(name))
    if "segment" in known:
        known.pop("read", None)
    wanted = ["read", *(stage.name for stage in STAGES)]
    for name in wanted:
        if name in known:
            status = known[name]
            stopped = is_over and status.state == "running"
            yield replace(status, state="stopped", seconds_left=None) if stopped else status
        elif name != "read" and not is_over:
            yield StageStatus(name, "waiting")
    if facts.status == "done" and facts.until == "report":
        yield StageStatus("report", "done")
    elif not is_over:
        is_next = all(stage.name in known for stage in STAGES) and all(
            status.state == "done" for status in known.values()
        )
        yield StageStatus("report", "running" if is_next else "waiting")


def _under_way(row: dict[str, Any]) -> StageStatus:
    done, total, seconds = float(row["done"]), row.get("total"), float(row["seconds"])
    share = done / total if total else None
    match = _COUNTED.match(str(row.get("note", "")))
    count = int(match[1].replace(",", "")) if match else None
    passed = (datetime.now(UTC) - datetime.fromisoformat(row["time"])).total_seconds()
    left = seconds * (1 / share - 1) - passed if share else None
    return StageStatus(
        stage=row["stage"],
        state="running",
        done=done,
        total=total,
        share=None if share is None else round(share, 4),
        seconds=seconds,
        count=count,
        counted=match[2] if match else "",
        per_second=round(count / seconds, 2) if count and seconds else None,
        seconds_left=None if left is None else round(max(0.0, left), 1),
    )


def _finished(row: dict[str, Any], last: StageStatus | None) -> StageStatus:
    count = row.get("translated", 0) + row.get("remembered", 0)
    return StageStatus(
        stage=row["stage"],
        state="done",
        done=row["shards"],
        total=row["shards"],
        share=1.0,
        seconds=row["seconds"],
        count=row.get("documents") if "documents" in row else count or None,
        counted="documents" if "documents" in row else "sentences",
        per_second=round(count / row["seconds"], 2) if count and row["seconds"] else None,
        seconds_left=0.0,
    )


def _failures_so_far(folder: Path, facts: LastRun) -> int:
    """Count what failed in the shards of a run that has not finished."""
    store, found = Store(folder), set[Failure]()
    for table in (DOCUMENTS, *(stage.writes for stage in STAGES)):
        for key in facts.tables.get(table, ()):
            try:
                found.update(store.read_failures(table, key))
            except StoreError:
                continue  # written or removed at this moment
    return len(found)


def _lines(folder: Path) -> int:
    try:
        with (folder / "failures.jsonl").open("rb") as file:
            return sum(1 for _ in file)
    except OSError:
        return 0


def _reason(events: list[dict[str, Any]], state: str) -> str:
    if state == "done":
        return ""
    reasons = [row["message"] for row in events if row["event"] in ("failed", "interrupted")]
    killed = "its process ended before the run was finished; run it again to continue"
    return reasons[-1] if reasons else killed if state == "interrupted" else ""


def status_values(status: RunStatus) -> dict[str, Any]:
    """Return a status as plain values."""
    return asdict(status)


def status_lines(status: RunStatus) -> Iterator[str]:
    """Yield a status as lines of text."""
    code = "" if status.exit_code is None else f", exit code {status.exit_code}"
    yield f"{status.folder}: {status.state}{code} (run {status.run}, started {status.started})"
    if status.reason:
        yield f"  {status.reason}"
    for stage in status.stages:
        yield f"  {stage.stage:<10}{stage.state:<9}{'; '.join(_facts(stage))}".rstrip()
    if status.totals:
        totals = status.totals
        named = (plural(totals.get(f"{name}s", 0), name) for name in ("article", "sentence"))
        counts = (f"{totals.get(name, 0):,} {name}" for name in ("flagged", "repaired"))
        yield "  " + ", ".join((*named, *counts))
    error = status.quality.get("expected_error")
    if error is not None:
        yield f"  expected error {error:.1f} of 100"
    if status.changes:
        yield "  stories: " + ", ".join(
            f"{count:,} {kind}" for kind, count in status.changes.items()
        )
    for gate in status.gates:
        yield f"  gate {'passed' if gate['passed'] else 'FAILED'}: {gate['message']}"
    for hook in status.hooks:
        if problem := hook.get("problem"):
            yield f"  notify.{hook.get('hook')} FAILED: {problem}"
    yield f"  {plural(status.failures, 'failure')}"


def _facts(stage: StageStatus) -> Iterator[str]:
    if stage.state in ("running", "stopped") and stage.share is not None:
        yield f"{stage.share:.0%} of {plural(stage.total or 0, 'shard')}"
    elif stage.state == "done" and stage.total is not None:
        yield plural(stage.total, "shard")
    if stage.count is not None:
        yield plural(int(stage.count), stage.counted.removesuffix("s"))
    if stage.per_second is not None:
        yield f"{stage.per_second:,.1f} {stage.counted} per second"
    if stage.state == "running" and stage.seconds_left is not None:
        yield f"about {_time(stage.seconds_left)} left"
    elif stage.seconds is not None:
        yield f"{stage.seconds:,.1f} s"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
