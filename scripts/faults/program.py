"""Start the command line in a process of its own and say how it ended."""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from faults.workspace import ROOT

LIMIT_SECONDS = 300
OUT_OF_TIME = 124

Process = subprocess.Popen[bytes]
Meanwhile = Callable[[Process], None]
"""What is done while a run goes on; called as soon as its process has started to import."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; `exit_code` is 128 and the number if a signal ended it."""

    exit_code: int
    output: str


Runner = Callable[[Path, Meanwhile | None, int | None], Ended]
"""Runs the config in a folder. The number limits the size of each file in bytes."""


def run_program(folder: Path, meanwhile: Meanwhile | None, file_bytes: int | None) -> Ended:
    """Run the program as its entry point does; kill it after LIMIT_SECONDS (exit code 124)."""
    read, write = os.pipe()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _program(write, file_bytes), "run", "--config", "config.yaml"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[write],
        )
        os.close(write)
        with os.fdopen(read, "rb") as ready:
            ready.read(1)
        try:
            if meanwhile:
                meanwhile(process)
            wait_for(process)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return Ended(OUT_OF_TIME, _text(output))
        code = process.returncode
        return Ended(code if code >= 0 else 128 - code, _text(output))


def wait_for(process: Process) -> None:
    """Wait for the end of a process, a second LIMIT_SECONDS times. Raises TimeoutExpired.

    Where this process is stopped together with the other one, that time does not count.
    """
    for second in range(LIMIT_SECONDS):
        try:
            process.wait(1)
            return
        except subprocess.TimeoutExpired:
            if second == LIMIT_SECONDS - 1:
                raise


def _program(ready: int, file_bytes: int | None) -> str:
    """Return the entry point as a program that first sets its limit and reports its start."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["pipeline"].split(":")
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({file_bytes}, {file_bytes}));"
    return (
        f"import os, resource, sys; {limit if file_bytes is not None else ''}"
        f" os.write({ready}, b'.'); os.close({ready}); "
        f"from {module} import {function}; sys.exit({function}())"
    )


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode("utf-8", "replace")
