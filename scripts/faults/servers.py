"""Servers that misbehave, as the translation model and as its fallback."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faults import chat, workspace
from faults.program import Ended
from faults.trial import Kind, Trial

# 0: the program asked again and went on; 1: the server is named; 3: articles are named as failed.
ENDS = frozenset({0, 1, 3})
MOST_HEALTHY = {"model": 12, "fallback": 3}
"""So many answers at most are right before the server misbehaves."""


@contextmanager
def serving(folder: Path, port: int = 0, fault: str = "none", healthy: int = 0) -> Iterator[int]:
    """Serve while inside; gives the port. A folder holds what the server notes."""
    process = subprocess.Popen(
        [sys.executable, str(Path(chat.__file__)), str(port), fault, str(healthy)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def misbehave(setting: str, fault: str) -> Callable[[Trial], Ended]:
    """Return a fault that runs with a server that misbehaves after some answers."""

    def inject(trial: Trial) -> Ended:
        healthy = trial.random.randint(0, MOST_HEALTHY[setting])
        with serving(trial.folder, 0, fault, healthy) as port:
            workspace.write_config(trial.folder, setting, port)
            trial.port = port
            ended = trial.run()
        if (trial.folder / "trapped").exists():
            trial.problems.append(("leaked", "a redirect was followed"))
        return ended

    return inject


def recover(trial: Trial) -> None:
    """Start a healthy server where the other one was."""
    trial.cleanup.enter_context(serving(trial.folder, trial.port))


SERVERS = tuple(
    Kind(
        f"server-{fault}" if setting == "model" else f"fallback-{fault}",
        misbehave(setting, fault),
        ENDS,
        setting=setting,
        in_process=False,
        afterwards=recover,
    )
    for setting in ("model", "fallback")
    for fault in chat.FAULTS
)
