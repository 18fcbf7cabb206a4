"""The command line called in this process, with streams of any encoding."""

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and the bytes it wrote."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8")

    @property
    def messages(self) -> str:
        return self.stderr.decode("utf-8")


def call_in(folder: Path, *arguments: str) -> Answer:
    """Call `pipeline ARGUMENTS` in a folder, on a terminal of 120 columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "120")
        return call(*arguments)


def call(*arguments: str, encoding: str = "utf-8") -> Answer:
    """Call `pipeline ARGUMENTS` in the current folder."""
    written = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(data, encoding=encoding, newline="\n") for data in written]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["pipeline", *arguments])
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as end:
            main()
    stdout, stderr = (data.getvalue() for data in written)
    assert isinstance(end.value.code, int)
    assert b"Traceback" not in stderr, stderr.decode(encoding)
    return Answer(end.value.code, stdout, stderr)
