"""Start the servers of tests in processes of their own, script them, read their counts."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.testing import FakeServer


@dataclass(frozen=True)
class CountingServer:
    """A server on this machine that counts its requests and takes settings."""

    address: str

    def set(self, name: str, value: object) -> None:
        """Send a setting of the server, as JSON."""
        data = json.dumps(value).encode()
        urllib.request.urlopen(f"{self.address}/{name}", data=data).close()

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of requests by kind."""
        with urllib.request.urlopen(f"{self.address}/counts") as answer:
            counts: dict[str, int] = json.load(answer)
        return counts


@contextmanager
def counting(script: str) -> Iterator[CountingServer]:
    """Run `tests/SCRIPT` on a free port of this machine."""
    process, port = _start(script)
    try:
        yield CountingServer(f"http://127.0.0.1:{port}")
    finally:
        _stop(process)


def _start(script: str, *arguments: str) -> tuple["subprocess.Popen[str]", str]:
    """Start a server that prints its port; return the process and the port."""
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name(script)), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@dataclass(frozen=True)
class ChatServer(FakeServer):
    """A server in a process of its own. `folder` is its checkpoint, if it has one."""

    folder: Path = Path()
    process: "subprocess.Popen[str] | None" = None

    def stop(self) -> None:
        """End the process: from now on nobody listens."""
        if self.process is not None:
            _stop(self.process)


@contextmanager
def serving(folder: Path | None = None, *, certificate: Path | None = None) -> Iterator[ChatServer]:
    """Run a server on a free port of this machine; without a checkpoint it needs no torch.

    With a `certificate` (and its key, in one PEM file) it speaks https.
    """
    tls = ["--tls", str(certificate)] if certificate else []
    process, port = _start("chat_server.py", *([str(folder)] if folder else []), *tls)
    scheme = "https" if certificate else "http"
    server = ChatServer(f"{scheme}://127.0.0.1:{port}", folder or Path(), process)
    try:
        yield server
    finally:
        server.stop()


def unused_address() -> str:
    """Return an address of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
