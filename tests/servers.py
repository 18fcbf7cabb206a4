"""Start `tests/chat_server.py` in a process of its own, script its faults, read its requests."""

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
from typing import Any


@dataclass(frozen=True)
class ChatServer:
    """A running server. `folder` is its checkpoint, if it has one."""

    address: str
    folder: Path = Path()
    process: "subprocess.Popen[str] | None" = None

    @property
    def base_url(self) -> str:
        """What a config writes."""
        return f"{self.address}/v1"

    def meets(self, *faults: dict[str, Any]) -> None:
        """Forget earlier requests and faults, and meet the next requests with these faults."""
        body = json.dumps([{"match": "", "times": 1} | fault for fault in faults]).encode()
        urllib.request.urlopen(f"{self.address}/faults", data=body).close()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Bodies of the requests for an answer."""
        found: list[dict[str, Any]] = self._read("requests")
        return found

    @property
    def headers(self) -> list[dict[str, str]]:
        """Headers of all requests."""
        found: list[dict[str, str]] = self._read("headers")
        return found

    @property
    def listings(self) -> int:
        """Number of requests for the list of models."""
        found: int = self._read("listings")
        return found

    def asked(self, text: str) -> int:
        """Count the requests whose last message contains a text."""
        return sum(
            text in json.dumps(body["messages"][-1], ensure_ascii=False) for body in self.requests
        )

    def stop(self) -> None:
        """End the process: from now on nobody listens."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def _read(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.address}/{what}") as answer:
            return json.load(answer)


@contextmanager
def serving(folder: Path | None = None) -> Iterator[ChatServer]:
    """Run a server on a free port of this machine; without a checkpoint it needs no torch."""
    script = Path(__file__).with_name("chat_server.py")
    process = subprocess.Popen(
        [sys.executable, str(script), *([str(folder)] if folder else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    server = ChatServer(f"http://127.0.0.1:{port}", folder or Path(), process)
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
