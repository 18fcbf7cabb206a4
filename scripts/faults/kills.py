"""Signals at a random moment of every stage."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from faults import workspace
from faults.program import Ended, Process
from faults.trial import Kind, Trial

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LOOK_SECONDS = 0.003
# Python itself answers a signal that comes before the first module of ours is there.
EARLIEST_SECONDS = 0.05

Reached = Callable[[Path], bool]


def kill(stage: str, reached: Reached) -> Callable[[Trial], Ended]:
    """Return a fault that sends a signal at a random moment after a stage was reached."""

    def inject(trial: Trial) -> Ended:
        chosen = trial.random.choice(SIGNALS)
        wait = trial.random.random() * 1.2 * workspace.stage_seconds(trial.clean)[stage]

        def meanwhile(process: Process) -> None:
            while process.poll() is None and not reached(trial.folder):
                time.sleep(LOOK_SECONDS)
            try:
                process.wait(EARLIEST_SECONDS * (stage == "import") + wait)
            except subprocess.TimeoutExpired:
                process.send_signal(chosen)

        trial.allowed = frozenset({0, 128 + chosen})  # 0: it had ended before
        return trial.run(meanwhile)

    return inject


def _started(folder: Path) -> bool:
    return (workspace.run_folder(folder) / ".lock").exists()


def _made(table: str) -> Reached:
    return lambda folder: len(workspace.shards(folder, table)) >= workspace.PAGES


def _on_the_ladder(folder: Path) -> bool:
    """True if the memory has answers of more than the first search."""
    file = workspace.memory_file(folder)
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0.01)) as connection:
            rows = connection.execute("SELECT COUNT(DISTINCT model) FROM translations").fetchone()
    except sqlite3.Error:
        return False
    return bool(rows[0] > 1)


KILLS = tuple(
    Kind(f"kill-{stage}", kill(stage, reached), frozenset(), in_process=False)
    for stage, reached in (
        ("import", lambda folder: True),
        ("segment", _started),
        ("translate", _made("articles")),
        ("ladder", _on_the_ladder),
        ("summarize", _made("translations")),
        ("score", _made("summaries")),
        ("report", _made("scores")),
    )
)
