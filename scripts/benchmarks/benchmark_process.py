"""Run a process to its end and say what it took; for benchmark.py."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

LOOK_SECONDS = 0.02


class ProcessError(SystemExit):
    """A process failed or took too long: which, and the end of what it said."""


def child(
    command: list[str], text: str, threads: int | None, timeout_seconds: float | None = None
) -> tuple[str, float, float]:
    """Run a process to its end: what it wrote, seconds, megabytes at its largest.

    Raises ProcessError where it fails, or has not ended in time: then it is killed.
    """
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
    ):
        given.write(text)
        given.seek(0)
        process = subprocess.Popen(
            command, stdin=given, stdout=output, stderr=errors, env=environment
        )
        try:
            peak = watched_to_its_end(process, timeout_seconds)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        seconds = time.perf_counter() - started
        if process.returncode:
            errors.seek(0)
            raise ProcessError(f"{' '.join(command[:3])}:\n{errors.read()[-2000:]}")
        output.seek(0)
        return output.read(), seconds, peak


def watched_to_its_end(process: "subprocess.Popen[bytes]", timeout_seconds: float | None) -> float:
    """Wait for a process; megabytes at its largest. Raises ProcessError where it takes too long."""
    started = time.perf_counter()
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, peak_megabytes(process.pid))
        if timeout_seconds and time.perf_counter() - started > timeout_seconds:
            raise ProcessError(f"not done after {timeout_seconds:g} s; it was ended")
        time.sleep(LOOK_SECONDS)
    return peak


def peak_megabytes(identifier: int) -> float:
    """Look up the largest resident size of a running process so far (Linux); 0 if it has ended.

    Its rusage would not do: that begins with the size of this process, which it was copied from.
    """
    try:
        status = Path(f"/proc/{identifier}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def family_megabytes(identifier: int) -> float:
    """Look up what a process and all its descendants hold now (Linux, proportional set size).

    A page that several of them share counts once; 0 if they have ended.
    """
    return sum(_proportional(number) for number in _family(identifier)) / 1024


def family_seconds(identifier: int) -> float:
    """Look up the processor seconds of a process and its descendants so far (Linux).

    Those that ended count where their parents waited for them.
    """
    ticks = sum(sum(map(int, _stat(number)[11:15])) for number in _family(identifier))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(identifier: int) -> list[str]:
    """Return the fields of a process behind its name; none if it has ended."""
    try:
        text = Path(f"/proc/{identifier}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _family(identifier: int) -> Iterator[int]:
    yield identifier
    for path in Path(f"/proc/{identifier}/task").glob("*/children"):
        try:
            children = path.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child_identifier in children:
            yield from _family(int(child_identifier))


def _proportional(identifier: int) -> int:
    try:
        rollup = Path(f"/proc/{identifier}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:"), 0)
