"""Faults of runs in a series: retention, hooks that hang, pages that are read while written.

The run is `runs/{edition}`, and `runs/x` is a link to it, so that it is compared with a clean one.
"""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from faults import workspace
from faults.kills import LOOK_SECONDS, SIGNALS
from faults.program import Ended, Process
from faults.trial import Kind, Trial

OLD_RUNS = 6
HELD = "old-3"
"""The old run that another process holds."""


def _series(trial: Trial, **sections: Any) -> Path:
    """Turn the config of a trial into one of a series; return the folder of its runs."""
    path = trial.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config |= {"output": "runs/{edition}"} | sections
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    runs = trial.folder / "runs"
    runs.mkdir(exist_ok=True)
    (runs / "x").symlink_to("input", target_is_directory=True)
    return runs


def _retention(trial: Trial) -> Ended:
    """Send a signal while old runs are removed, one of which is still going on."""
    runs = _series(trial, keep={"runs": 1})
    for number in range(OLD_RUNS):
        folder = runs / f"old-{number}"
        (folder / "articles").mkdir(parents=True)
        for name in range(200):
            (folder / f"articles/{name}").write_text("x", encoding="utf-8")
        started = f"2020-01-0{number + 1}T00:00:00+00:00"
        values = {"tables": {}, "status": "failed", "exit_code": 1, "started": started}
        (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    trial.cleanup.enter_context(FileLock(runs / HELD / ".lock"))
    chosen, wait = trial.random.choice(SIGNALS), trial.random.random() * 0.1

    def meanwhile(process: Process) -> None:
        while process.poll() is None and (runs / "old-0").exists():
            time.sleep(LOOK_SECONDS)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.send_signal(chosen)

    trial.allowed = frozenset({0, 128 + chosen})
    ended = trial.run(meanwhile)
    if not (runs / HELD / "manifest.json").is_file():
        trial.problems.append(("lost", "a run that was going on was removed"))
    trial.run()  # what a killed process left half removed is gone after the next run
    left = [path.name for path in runs.glob("*old-*") if path.name != HELD]
    left += [path.name for path in runs.glob(".*.removed")]
    if left:
        trial.problems.append(("left over", ", ".join(left)))
    return ended


def _hooks(trial: Trial) -> Ended:
    """Notify a server that never answers, and a program that never ends."""
    silent = trial.cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    program = [sys.executable, "-c", "import time; time.sleep(600)"]
    _series(
        trial,
        notify={
            "webhook": {"url": url, "timeout_seconds": 1},
            "command": {"run": program, "timeout_seconds": 1},
        },
    )
    ended = trial.run()
    manifest = json.loads((workspace.run_folder(trial.folder) / "manifest.json").read_text())
    hooks = {hook["hook"]: hook["problem"] for hook in manifest["hooks"]}
    if not (hooks.keys() == {"webhook", "command"} and all(hooks.values())):
        trial.problems.append(("lost", f"the manifest does not name the hooks: {hooks}"))
    if any(hook["seconds"] > 1 for hook in manifest["hooks"]):
        trial.problems.append(("lost", f"a hook took longer than its deadline: {hooks}"))
    return ended


def _reading(trial: Trial) -> Ended:
    """Read the page over all runs, and what `latest` leads to, while they are written."""
    runs = _series(trial)
    trial.run()
    (trial.folder / "input/page0.md").touch()

    def meanwhile(process: Process) -> None:
        while process.poll() is None:
            page = (runs / "index.html").read_text(encoding="utf-8")
            if not page.endswith("</html>"):
                trial.problems.append(("lost", "the page was read half written"))
                return
            json.loads((runs / "latest/manifest.json").read_text(encoding="utf-8"))
            float((runs / "metrics.prom").read_text("utf-8").split()[-1])
            time.sleep(LOOK_SECONDS)

    return trial.run(meanwhile)


NIGHTS = (
    Kind("nights-retention", _retention, frozenset(), in_process=False),
    Kind("nights-hooks", _hooks, frozenset({0}), in_process=False),
    Kind("nights-reading", _reading, frozenset({0}), in_process=False),
)
