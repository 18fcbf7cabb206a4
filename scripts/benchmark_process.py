"""Run a process to its end and say what it took; for scripts/benchmark.py."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

LOOK_SECONDS = 0.02


def child(command: list[str], text: str, threads: int | None) -> tuple[str, float, float]:
    """Run a process to its end: what it wrote, seconds, megabytes at its largest."""
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
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_megabytes(process.pid))
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - started
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command[:3])}: {errors.read()[-2000:]}")
        output.seek(0)
        return output.read(), seconds, peak


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
