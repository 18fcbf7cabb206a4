"""Batches of requests that a server answers within a day, at half price (OpenAI's Batch API).

requests ─▶ a file (POST /files) ─▶ a batch of it (POST /batches) ─▶ asked for until it is done
─▶ the file of its answers, in any order

A batch is known by a digest of its requests. A run that was killed finds the batch it made, by a
note in the cache folder or in the server's list, and waits for that one: nothing is paid twice.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from models.errors import ServerError
from models.files import remove_file, write_whole
from models.prompted.completion import error_message
from models.prompted.connection import ConnectionFailedError, RedirectError, Reply, Upload
from models.prompted.limits import Fleet
from models.prompted.specs import ServerSpec
from models.runtime.control import Control

MOST_ANSWER_BYTES = 2 * 10**9
_MARK = "yibao"  # the key of a batch's metadata that has the digest of its requests
_LIST_PAGES = 10
_RUNNING = frozenset({"validating", "in_progress", "finalizing"})
_USABLE = _RUNNING | {"completed"}
_ENDED = frozenset({"failed", "expired", "cancelling", "cancelled"})
_MOST_LOST = 20  # answers in a row without which the server counts as gone


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of one server. `pause` waits for seconds, less if the run is ending."""

    connection: Fleet
    spec: ServerSpec
    cache: Path
    pause: Callable[[float], object]
    path: str
    """Where each request goes, such as /chat/completions."""

    def answer(self, bodies: Sequence[Mapping[str, Any]], control: Control) -> list[Reply | None]:
        """Have requests answered; None for one that was not, for instance in time.

        Raises ServerError if the server refuses the batch, is gone, or takes too long; the next
        run then waits for the same batch.
        """
        settings = self.spec.batch
        assert settings is not None
        lines = [self._line(number, body) for number, body in enumerate(bodies)]
        starts = range(0, len(lines), settings.requests)
        parts = [lines[start : start + settings.requests] for start in starts]
        names = [self._started(part) for part in parts]  # all at once: they wait side by side
        replies: dict[str, Reply] = {}
        for part, name in zip(parts, names, strict=True):
            batch = self._awaited(name, control)
            for kind in ("output_file_id", "error_file_id"):
                if file := batch.get(kind):
                    replies |= self._answers(str(file))
            remove_file(self._note(part))
        return [replies.get(str(number)) for number in range(len(bodies))]

    def _line(self, number: int, body: Mapping[str, Any]) -> str:
        row = {"custom_id": str(number), "method": "POST", "url": f"/v1{self.path}", "body": body}
        return json.dumps(row, ensure_ascii=False, sort_keys=True)

    def _started(self, lines: Sequence[str]) -> str:
        """Return the batch of these requests that an earlier run made, or make it."""
        if known := self._known(lines):
            return known
        data = "\n".join(lines).encode("utf-8", "replace") + b"\n"
        file = self._object("/files", Upload("yibao.jsonl", data, {"purpose": "batch"}))
        body = {
            "input_file_id": file["id"],
            "endpoint": f"/v1{self.path}",
            "completion_window": "24h",
            "metadata": {_MARK: _digest(lines)},
        }
        name = self._made(body, lines)
        write_whole(self._note(lines), name)
        return name

    def _made(self, body: Mapping[str, Any], lines: Sequence[str]) -> str:
        """Make a batch; if the answer is lost, look whether it was made before it is paid twice."""
        reply: Reply | str = ""
        for attempt in range(_MOST_LOST):
            reply = self._attempt("/batches", body)
            if isinstance(reply, Reply):
                return str(self._identified("/batches", reply)["id"])
            self.pause(_pause_seconds(attempt))
            if known := self._known(lines):
                return known
        self._fail(f"{reply}, {_MOST_LOST} times")

    def _known(self, lines: Sequence[str]) -> str:
        """Find the batch of these requests that may still be used; empty if there is none."""
        note = self._note(lines)
        if note.is_file():
            reply = self._sent(f"/batches/{note.read_text(encoding='utf-8').strip()}")
            if reply.status < 400 and _is_usable(batch := reply.mapping()):
                return str(batch["id"])
        after = ""
        for _ in range(_LIST_PAGES):  # a run may be killed before it makes its note
            reply = self._sent(f"/batches?limit=100{after}")
            listed = reply.mapping().get("data") if reply.status < 400 else None
            batches = [row for row in listed or [] if isinstance(row, Mapping)]
            for batch in batches:
                if batch.get("metadata") == {_MARK: _digest(lines)} and _is_usable(batch):
                    return str(batch["id"])
            if not batches or not reply.mapping().get("has_more"):
                break
            after = f"&after={batches[-1].get('id')}"
        return ""

    def _note(self, lines: Sequence[str]) -> Path:
        server = hashlib.sha256(self.spec.base_url.encode()).hexdigest()[:8]
        return self.cache / "batches" / f"{server}-{_digest(lines)}"

    def _awaited(self, name: str, control: Control) -> Mapping[str, Any]:
        """Ask for a batch until it has ended. Raises ServerError if it failed or takes too long."""
        settings = self.spec.batch
        assert settings is not None
        deadline = time.monotonic() + settings.hours * 3600
        while True:
            batch = self._object(f"/batches/{name}")
            status = batch.get("status")
            if status == "completed" or (status in _ENDED and batch.get("output_file_id")):
                return batch
            if status not in _RUNNING | {"cancelling"}:
                self._fail(f"the batch {name} {_reason(batch)}")
            if time.monotonic() >= deadline:
                self._fail(f"the batch {name} is not done after {settings.hours:g} hours")
            self._wait(settings.poll_seconds, control)

    def _wait(self, seconds: float, control: Control) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            control.progress(0)  # hears that the run is to stop
            control.check()
            self.pause(min(1.0, left))

    def _answers(self, file: str) -> dict[str, Reply]:
        reply = self._sent(f"/files/{file}/content", most_bytes=MOST_ANSWER_BYTES)
        if reply.status >= 400:
            self._fail(f"the answers {file}: HTTP {reply.status}: {error_message(reply)}")
        answers = {}
        for line in reply.body.decode("utf-8", "replace").split("\n"):
            try:
                row = json.loads(line) if line.strip() else {}
            except ValueError:
                continue  # whoever asked it gets no answer
            answer = row.get("response") if isinstance(row, dict) else None
            if isinstance(answer, dict) and isinstance(answer.get("status_code"), int):
                body = json.dumps(answer.get("body"), ensure_ascii=False).encode("utf-8", "replace")
                answers[str(row.get("custom_id"))] = Reply(answer["status_code"], body)
        for own in answers.values():
            self.connection.note(own)
        return answers

    def _object(self, path: str, body: object = None) -> Mapping[str, Any]:
        return self._identified(path, self._sent(path, body))

    def _identified(self, path: str, reply: Reply) -> Mapping[str, Any]:
        """Return what the server answers. Raises ServerError if it has no id."""
        value = reply.mapping() if reply.status < 400 else {}
        if not isinstance(value.get("id"), str):
            problem = f"HTTP {reply.status}: {error_message(reply)}".rstrip(": ")
            self._fail(f"{path.split('/')[1]}: {problem}; does it have a Batch API?")
        return value

    def _sent(self, path: str, body: object = None, most_bytes: int = 2**24) -> Reply:
        """Send a request, again and again while the server is overloaded or cannot be reached."""
        reply: Reply | str = ""
        for attempt in range(_MOST_LOST):
            reply = self._attempt(path, body, most_bytes)
            if isinstance(reply, Reply):
                return reply
            self.pause(_pause_seconds(attempt))
        self._fail(f"{reply}, {_MOST_LOST} times")

    def _attempt(self, path: str, body: object, most_bytes: int = 2**24) -> Reply | str:
        """Send a request once; return the problem if it may help to send it again."""
        try:
            reply = self.connection.send(
                path, body, seconds=self.spec.timeout_seconds, most_bytes=most_bytes
            )
        except RedirectError as error:
            self._fail(str(error))
        except ConnectionFailedError as error:
            return str(error)
        return f"HTTP {reply.status}" if reply.status == 429 or reply.status >= 500 else reply

    def _fail(self, problem: str) -> NoReturn:
        raise ServerError(
            f"{self.spec.base_url}: {problem}; finished work is kept; run again to continue"
        )


def _pause_seconds(attempt: int) -> float:
    return min(30.0, 0.5 * 2.0**attempt)


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:32]


def _is_usable(batch: Mapping[str, Any]) -> bool:
    return isinstance(batch.get("id"), str) and batch.get("status") in _USABLE


def _reason(batch: Mapping[str, Any]) -> str:
    """Say in words why a batch gave no answers."""
    errors = batch.get("errors")
    rows = errors.get("data") if isinstance(errors, Mapping) else None
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], Mapping) else {}
    message = str(first.get("message", "")).splitlines()
    return f"is {batch.get('status')}" + (f": {message[0][:200]}" if message else "")
