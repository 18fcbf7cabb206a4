"""A server that answers like a language model, and misbehaves from the Nth answer on.

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
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MODEL = "chaos"
HUGE_BYTES = 200_000_000


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    fault = "none"
    healthy_answers = 0
    trap = ""
    answered = 0
    lock = threading.Lock()

    def log_message(self, *arguments: Any) -> None:
        """Write no log."""

    def do_GET(self) -> None:
        """List the model."""
        self.reply({"object": "list", "data": [{"id": MODEL, "object": "model", "root": MODEL}]})

    def do_POST(self) -> None:
        """Answer a prompt, or misbehave."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            type(self).answered += 1
            healthy = self.answered <= self.healthy_answers
        if healthy or self.fault == "none":
            self.reply(completion({"role": "assistant", "content": say(json.loads(body))}))
        else:
            with suppress(OSError):  # the client may go away
                FAULTS[self.fault](self)
            self.close_connection = True

    def reply(self, value: object, status: int = 200, **headers: str) -> None:
        """Send a JSON value."""
        content = json.dumps(value).encode()
        self.begin(len(content), status, **headers)
        self.wfile.write(content)

    def begin(self, length: int, status: int = 200, **headers: str) -> None:
        """Send the head of an answer."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


def say(body: dict[str, Any]) -> str:
    """Return an English sentence that depends on the prompt alone.

    It has the numbers of the prompt and the term that is wanted, so that checks like it.
    """
    prompt = json.dumps(body["messages"], ensure_ascii=False)
    digest = hashlib.sha256(prompt.encode()).hexdigest()
    numbers = re.findall(r"\d[\d.,]*\d|\d", prompt)
    words = ("people", "work", "in", "the", "city", "and", "report", "on", "new", "plans")
    chosen = [words[int(digit, 16) % len(words)] for digit in digest[:12]]
    return " ".join(["People of Goldenhill", *chosen, *numbers]) + "."


def completion(message: object) -> dict[str, Any]:
    """Return the answer to a request, around a message."""
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
    }


def drip(handler: Handler) -> None:
    """Send one byte at a time."""
    handler.begin(100_000)
    for _ in range(1000):
        handler.wfile.write(b" ")
        time.sleep(0.3)


def redirect(handler: Handler) -> None:
    """Send the client elsewhere."""
    handler.reply({}, 307, Location=handler.trap)


def answer_hugely(handler: Handler) -> None:
    """Send an answer that is too large."""
    start, end = json.dumps(completion({"role": "assistant", "content": "@"})).split("@")
    handler.begin(len(start) + HUGE_BYTES + len(end))
    handler.wfile.write(start.encode())
    for _ in range(HUGE_BYTES // 1_000_000):
        handler.wfile.write(b"x" * 1_000_000)
    handler.wfile.write(end.encode())


NULLS: tuple[object, ...] = (
    None,
    [],
    {},
    {"choices": None},
    {"choices": []},
    {"choices": [None]},
    completion(None),
    completion({"role": "assistant", "content": None}),
    completion({"role": "assistant", "content": 5}),
    completion({"role": "assistant", "content": [{"type": "text"}]}),
)


def answer_null(handler: Handler) -> None:
    """Send JSON that is no answer, another one each time."""
    handler.reply(NULLS[handler.answered % len(NULLS)])


def fail(handler: Handler) -> None:
    """Send an error of the server."""
    status = (500, 502, 503, 529)[handler.answered % 4]
    handler.reply({"error": {"message": "overloaded"}}, status, Retry_After="0")


def break_off(handler: Handler) -> None:
    """Close the connection in the middle of an answer."""
    handler.begin(1000)
    handler.wfile.write(b'{"choices": [{"mess')


def go_away(handler: Handler) -> None:
    """End the server."""
    os._exit(0)


FAULTS: dict[str, Callable[[Handler], None]] = {
    "slow": drip,
    "redirect": redirect,
    "huge": answer_hugely,
    "null": answer_null,
    "5xx": fail,
    "closing": break_off,
    "gone": go_away,
}


class Trap(socketserver.StreamRequestHandler):
    """Notes that somebody came to where the redirect points."""

    def handle(self) -> None:
        """Leave a file."""
        Path("trapped").write_text("a redirect was followed", encoding="utf-8")


def main() -> None:
    """Serve until the process is killed."""
    port, Handler.fault, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    Handler.healthy_answers = count
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
