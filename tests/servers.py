"""Start `tests/chat_server.py` in a process of its own, script its faults, read its requests."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.testing import FakeServer


@dataclass(frozen=True)
class ChatServer(FakeServer):
    """A server in a process of its own. `folder` is its checkpoint, if it has one."""

    folder: Path = Path()
    process: "subprocess.Popen[str] | None" = None

    def stop(self) -> None:
        """End the process: from now on nobody listens."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


@contextmanager
def serving(folder: Path | None = None, *, certificate: Path | None = None) -> Iterator[ChatServer]:
    """Run a server on a free port of this machine; without a checkpoint it needs no torch.

    With a `certificate` (and its key, in one PEM file) it speaks https.
    """
    script = Path(__file__).with_name("chat_server.py")
    tls = ["--tls", str(certificate)] if certificate else []
    process = subprocess.Popen(
        [sys.executable, "-P", str(script), *([str(folder)] if folder else []), *tls],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    scheme = "https" if certificate else "http"
    server = ChatServer(f"{scheme}://127.0.0.1:{port}", folder or Path(), process)
    try:
        yield server
    finally:
        server.stop()
        process.stdout.close()


def unused_address() -> str:
    """Return an address of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
