"""The command line called in this process, with streams of any encoding."""

import io
import sys
from dataclasses import dataclass

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


def call(*arguments: str, encoding: str = "utf-8") -> Answer:
    """Call `pipeline ARGUMENTS` in the current folder."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n") for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["pipeline", *arguments])
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as end:
            main()
    written = [stream.buffer.getvalue() for stream in streams]  # type: ignore[attr-defined]
    assert isinstance(end.value.code, int)
    assert b"Traceback" not in written[1], written[1].decode(encoding)
    return Answer(end.value.code, *written)
