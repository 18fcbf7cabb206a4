"""The fake server of `pipeline.testing`, which misbehaves from the Nth answer on.

    python scripts/faults/chat.py PORT FAULT N

Port 0 takes any free port. The port is written to stdout. FAULT is `none` or a name in FAULTS.
An answer depends on the prompt alone.
"""

import hashlib
import json
import os
import re
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.testing import ChatHandler, Script

MODEL = "chaos"
HUGE_BYTES = 200_000_000
_NO_MESSAGES = (None, "a word", {"content": None}, {"content": 5}, {"content": [{"type": "text"}]})
_NO_ANSWERS: tuple[object, ...] = (
    *(None, [], {}, {"choices": None}, {"choices": []}, {"choices": [None]}),
    *({"choices": [{"index": 0, "message": message}]} for message in _NO_MESSAGES),
)
FAULTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "slow": lambda count: {"fault": "drip", "seconds": 0.3},
    "redirect": lambda count: {"fault": "redirect", "to": Handler.trap},
    "huge": lambda count: {"fault": "huge", "bytes": HUGE_BYTES},
    "null": lambda count: {
        "fault": "raw",
        "body": json.dumps(_NO_ANSWERS[count % len(_NO_ANSWERS)]),
    },
    "5xx": lambda count: {
        "fault": "status",
        "status": (500, 502, 503, 529)[count % 4],
        "message": "overloaded",
        "headers": {"Retry-After": "0"},
    },
    "closing": lambda count: {"fault": "half"},
    "gone": lambda count: os._exit(0),
}
"""What a request meets instead of an answer, by the number of answers so far."""


def say(messages: list[dict[str, str]]) -> str:
    """Return an English sentence that depends on the prompt alone.

    It has the numbers of the prompt and the term that is wanted, so that checks like it.
    """
    prompt = json.dumps(messages, ensure_ascii=False)
    digest = hashlib.sha256(prompt.encode()).hexdigest()
    numbers = re.findall(r"\d[\d.,]*\d|\d", prompt)
    words = ("people", "work", "in", "the", "city", "and", "report", "on", "new", "plans")
    chosen = [words[int(digit, 16) % len(words)] for digit in digest[:12]]
    return " ".join(["People of Goldenhill", *chosen, *numbers]) + "."


class Handler(ChatHandler):
    """Answers one request."""

    model = Script(say)
    served = {"id": MODEL, "object": "model", "root": MODEL}  # noqa: RUF012
    requests, headers_seen, listings = [], [], []
    fault = "none"
    healthy_answers = 0
    trap = ""

    def fault_for(self, meets: Callable[[str], bool]) -> dict[str, Any] | None:
        """Return the fault for prompts behind the healthy ones; the list of models has none."""
        count = len(self.requests)
        if not meets("") or self.fault == "none" or count <= self.healthy_answers:
            return None
        return FAULTS[self.fault](count)


class Trap(socketserver.StreamRequestHandler):
    """Notes that somebody came to where the redirect points."""

    def handle(self) -> None:
        """Leave a file."""
        Path("trapped").write_text("a redirect was followed", encoding="utf-8")


def main() -> None:
    """Serve until the process is killed."""
    port, Handler.fault, Handler.healthy_answers = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    trap = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    Handler.trap = f"http://127.0.0.1:{trap.server_address[1]}/v1/chat/completions"
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
