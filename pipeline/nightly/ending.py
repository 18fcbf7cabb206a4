"""What follows a run: its pointers, the page over all runs, old runs, and who hears of it.

None of it can fail the run: what goes wrong is a warning.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.bucket import run_folder
from pipeline.config.sections import Config
from pipeline.engine.journal import Journal
from pipeline.engine.manifest import Manifest, started_manifest
from pipeline.engine.store import Store
from pipeline.errors import StoreError
from pipeline.exit_codes import how_it_ends
from pipeline.language.plural import plural
from pipeline.nightly.history import write_index
from pipeline.nightly.hooks import event_of, run_hooks
from pipeline.nightly.metrics_file import METRICS, metrics_text
from pipeline.nightly.past_runs import date_of, latest_name
from pipeline.nightly.retention import remove_old_runs
from pipeline.nightly.traces import send_traces
from pipeline.storage import LATEST, holding_series, point, sweep_series, write_atomically


def follow_up(
    config: Config,
    manifest: Manifest,
    journal: Journal,
    *,
    reason: str = "",
    is_whole: bool = False,
) -> None:
    """Do all that follows a run whose manifest says how it ended.

    `reason` is why it failed. `is_whole` if it made everything of its whole input, so that shards
    which it does not use are old ones.
    """
    folder = run_folder(config.output)
    text = metrics_text(manifest, time.time())
    with _warning(journal):
        write_atomically(folder / METRICS, text)
    with _warning(journal):
        if config.keep and is_whole and manifest.exit_code in (0, 3):
            removed = Store(folder).remove_all_but(manifest.tables)
            if removed:
                journal.debug("swept", f"removed {plural(removed, 'shard')} of earlier settings")
    if config.series:
        with _warning(journal), holding_series(folder.parent):
            _keep_series(config, manifest, journal, text)
    if problem := send_traces(config, manifest):
        journal.warning("traces", f"runtime.traces: {problem}")
    _notify(config, manifest, journal, reason)


def announce_failure(config: Config, journal: Journal, error: BaseException) -> None:
    """Call the hooks for a run that could not even begin: another one holds its folder."""
    manifest = started_manifest(config, None, journal.run_id)
    manifest.status, manifest.exit_code, reason = how_it_ends(error)
    _notify(config, manifest, journal, reason)


@contextmanager
def _warning(journal: Journal) -> Iterator[None]:
    """Turn an error of the disk into a warning."""
    try:
        yield
    except (StoreError, OSError) as error:
        journal.warning("follow_up", f"after the run: {error}")


def _keep_series(config: Config, manifest: Manifest, journal: Journal, metrics: str) -> None:
    """Move `latest`, remove old runs, write the page over all runs and the last metrics.

    Where one of them fails, the others are done.
    """
    folder = run_folder(config.output)
    with _warning(journal):
        sweep_series(folder.parent)
    is_finished = manifest.status == "done" and manifest.until == "report"
    with _warning(journal):
        if is_finished and not _is_older(config, latest_name(folder.parent)):
            point(folder.parent / LATEST, folder.name)
    with _warning(journal):
        today = datetime.now().astimezone().date()
        for name in remove_old_runs(config, today):
            journal.info("removed", f"removed    {folder.parent / name}: older than keep says")
    with _warning(journal):
        write_index(folder.parent)
    with _warning(journal):
        write_atomically(folder.parent / METRICS, metrics)


def _is_older(config: Config, latest: str) -> bool:
    """True if this run makes up for a night before that of the latest run."""
    date = config.series.date if config.series else None
    if date is None or not latest or latest == Path(config.output).name:
        return False
    return date < date_of(latest)


def _notify(config: Config, manifest: Manifest, journal: Journal, reason: str) -> None:
    """Call the hooks; name in log and manifest the ones that failed."""
    event = event_of(manifest.status, manifest.exit_code or 0)
    if event is None:
        return
    values = event_values(config, manifest, event, reason)
    offline = config.runtime.offline
    for result in run_hooks(config.notify, values, offline=offline):
        manifest.hooks.append(asdict(result))
        fields = {"hook": result.hook, "seconds": result.seconds}
        if result.problem:
            journal.warning("notify", f"notify.{result.hook}: {result.problem}", **fields)
        else:
            journal.debug("notify", f"notify.{result.hook}: sent", **fields)


def event_values(
    config: Config, manifest: Manifest, event: str, reason: str = ""
) -> dict[str, Any]:
    """Return the event as hooks get it; docs/operate/notifications.md describes every key."""
    folder = run_folder(config.output).absolute()
    report = folder / "report.html"
    return {
        "event": event,
        "text": _sentence(manifest, folder.name, event, reason),
        "run": manifest.run_id,
        "folder": str(folder),
        "report": str(report) if manifest.status == "done" and report.is_file() else None,
        "status": manifest.status,
        "exit_code": manifest.exit_code,
        "reason": reason or None,
        "started": manifest.started,
        "finished": manifest.finished,
        "totals": manifest.totals,
        "quality": manifest.quality,
        "changes": manifest.changes,
        "gates": manifest.gates,
    }


def _sentence(manifest: Manifest, name: str, event: str, reason: str) -> str:
    """Return in one sentence how a run ended."""
    if event == "failure":
        return f"{name}: {manifest.status} with exit code {manifest.exit_code}: {reason}"
    totals: Mapping[str, int] = manifest.totals
    counts = ", ".join(plural(totals.get(f"{noun}s", 0), noun) for noun in ("article", "sentence"))
    more = f"; {totals['failed']:,} failed" if totals.get("failed") else ""
    if event == "gate":
        failed = ", ".join(gate["name"] for gate in manifest.gates if not gate["passed"])
        more += f"; gate failed: {failed}"
    return f"{name}: {counts}{more}"
