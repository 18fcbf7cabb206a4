"""Processes that share work: they end with the one they work for, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.processes import ProcessPool

ROOT = Path(__file__).parents[1]
# Two processes are busy when it says so; the script has no guard: a process must not run it again.
PROGRAM = """
import sys, time
from pipeline.processes import ProcessPool

pool = ProcessPool(2, [])
first = [pool.submit(time.sleep, 0.01) for _ in range(2)]
results = [pool.submit(time.sleep, 60) for _ in range(9)]
[wait() for wait in first]
print("busy", flush=True)
try:
    results[0]()
except KeyboardInterrupt:
    sys.exit(130)
finally:
    pool.close()
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_when_their_parent_is_killed(number: int, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(PROGRAM, encoding="utf-8")
    with started([sys.executable, str(script)]) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "busy\n"
        program.send_signal(number)
        assert program.wait(timeout=60) == -number
        assert ends(program.pid)
        assert program.stdout.read() == ""


def test_without_a_place_for_a_socket_processes_are_spawned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise OSError("no place for a socket")

    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", refuse)
    pool = ProcessPool(1, [])
    pid = pool.submit(os.getpid)()
    pool.close()
    assert pid != os.getpid()


def started(command: list[str]) -> "subprocess.Popen[str]":
    """Start a program in a session of its own."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_heed_interrupts,  # noqa: PLW1509 (pytest has no other thread here)
    )


def _heed_interrupts() -> None:
    """Undo what a shell does to a job in the background, which ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ends(session: int) -> bool:
    """Return True once no process of a session is left, False if one is there after a minute."""
    return waited(lambda: not members(session))


def waited(is_so: Callable[[], bool]) -> bool:
    """Wait up to a minute until something is so; return whether it is."""
    end = time.monotonic() + 60
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.02)
    return so


def members(session: int) -> dict[int, int]:
    """Return the parents of the processes of a session that still run, by their number."""
    parents = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = file.parent.name, file.read_text(encoding="utf-8").rsplit(")", 1)[1]
        except OSError:  # it ended
            continue
        state, parent, _, its_session = rest.split()[:4]
        if int(its_session) == session and state != "Z":
            parents[int(number)] = int(parent)
    return parents
