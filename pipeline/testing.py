"""Fakes for tests of your own: a translator, a summarizer, and a server that speaks OpenAI's API.

They obey the same rules as real models, need no weights and no network, and load in milliseconds.

    from pipeline.testing import EchoTranslator, fake_server

    translate(articles, translator=EchoTranslator(), kinds=("paragraph",))

    with fake_server(lambda messages: "An answer.") as server:
        config = f"{{kind: endpoint, base_url: {server.base_url}, model: tiny}}"
        server.meets({"match": "长江", "fault": "status", "status": 503, "message": "busy"})
"""

import itertools
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from models.protocols import BEST, Candidate, Request, Search, SummaryLine, Translator
from models.runtime.control import NO_CONTROL, Control


class FakeTranslator:
    """A Translator that reads sentences alone; a subclass writes the best answer, and others."""

    context_sentences = 0
    reads_terms = False

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Return the best answer to each request, or what `search` gives."""
        sentences = [request.sentence for request in requests]
        if search == BEST:
            return [[best] for best in self.answer(sentences)]
        return self.search(sentences, search)

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        """Return the best answer to each sentence."""
        raise NotImplementedError

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Return other answers to each sentence; none unless a subclass writes some."""
        return [[] for _ in sentences]


class EchoTranslator(FakeTranslator):
    """Translates a sentence to its length; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        """Return a sentence that says how long the Chinese one is."""
        self.asked.append(list(sentences))
        return [Candidate(f"English of {len(s)} characters.", 0.5) for s in sentences]


class LeadSummarizer:
    """Takes the first sentence."""

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        """Return the first sentence of each article."""
        return [[SummaryLine(article[0], (0,))] if article else [] for article in articles]


def all_translations(
    translator: Translator, sentences: Sequence[str], search: Search
) -> list[list[Candidate]]:
    """Return all translations of each sentence under a search, without context."""
    return translator.translate([Request(sentence) for sentence in sentences], search)


def check_laws(translator: Translator, sentences: Sequence[str]) -> None:
    """Check that a translator obeys the laws of `models.protocols.Translator`.

    Give it sentences that the model can translate. Raises AssertionError that names the law.
    """
    asked = [*sentences, "", *sentences[:1], " \u200b\n"]
    kept = list(asked)
    together = all_translations(translator, asked, BEST)
    assert asked == kept, "the input is left unchanged"
    assert len(together) == len(asked), "the answer has the length of the input"
    assert all(len(answers) == 1 for answers in together), "BEST gives one translation"
    assert [together[place][0].text for place in (len(sentences), -1)] == ["", ""], (
        "a blank sentence is translated to the empty string"
    )
    alone = [all_translations(translator, [sentence], BEST)[0] for sentence in asked]
    assert alone == together, "an answer does not depend on the batch, nor on when it was asked"
    backwards = all_translations(translator, asked[::-1], BEST)
    assert backwards == together[::-1], "answers come in the order of the input"
    assert all_translations(translator, [], BEST) == [], "empty in, empty out"


class ChatModel(Protocol):
    """What a fake server asks: prompts become token ids, and ids an answer."""

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        """Return the ids of a chat."""

    def plain(self, prompt: str) -> list[int]:
        """Return the ids of a prompt."""

    def answer(self, ids: list[int], body: dict[str, Any]) -> tuple[str, list[float], str]:
        """Return text, log-probability of each token, and why the answer ended."""


class Script:
    """Answers with what a function makes of the messages; token probabilities included."""

    def __init__(self, write: Callable[[list[dict[str, str]]], str]) -> None:
        self._write = write
        self._messages: dict[int, list[dict[str, str]]] = {}
        self._numbers = itertools.count()

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        """Keep the messages; return their number."""
        number = next(self._numbers)
        self._messages[number] = messages
        return [number]

    def plain(self, prompt: str) -> list[int]:
        """Keep the prompt as one message; return its number."""
        return self.chat([{"role": "user", "content": prompt}])

    def answer(self, ids: list[int], body: dict[str, Any]) -> tuple[str, list[float], str]:
        """Return what the function writes."""
        return self._write(self._messages.pop(ids[0])), [-0.1, -0.1, -0.1], "stop"


class ChatHandler(BaseHTTPRequestHandler):
    """One request to a fake server."""

    model: ChatModel
    served: dict[str, Any]
    faults: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    headers_seen: list[dict[str, str]]
    listings: list[str]
    lock = threading.Lock()

    def log_message(self, *arguments: Any) -> None:
        """Log nothing."""
        pass

    def do_GET(self) -> None:
        """Answer with the list of models, or with what was asked so far."""
        if self.path == "/requests":
            return self.reply(200, self.requests)
        if self.path == "/headers":
            return self.reply(200, self.headers_seen)
        if self.path == "/listings":
            return self.reply(200, len(self.listings))
        self.headers_seen.append(dict(self.headers))
        if self.path == "/v1/models":
            self.listings.append(self.path)
            if fault := self.fault_for(lambda match: match == "/models"):
                return self.fail(fault)
            if self.headers.get("Authorization") == "Bearer wrong":
                return self.reply(401, {"error": {"message": "wrong key"}})
            return self.reply(200, {"object": "list", "data": [self.served]})
        return self.reply(404, {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        """Answer a prompt, or take new faults."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/faults":
            self.faults[:] = body
            for noted in (self.requests, self.headers_seen, self.listings):
                noted.clear()
            return self.reply(200, {})
        self.requests.append(body)
        self.headers_seen.append(dict(self.headers))
        said = json.dumps(body.get("messages") or body.get("prompt"), ensure_ascii=False)
        if fault := self.fault_for(lambda match: match in said):
            return self.fail(fault)
        if self.path == "/v1/chat/completions":
            return self.reply(200, self.chat_completion(body))
        if self.path == "/v1/completions":
            return self.reply(200, self.completion(body))
        return self.reply(404, {"error": {"message": "not found"}})

    def fault_for(self, meets: Callable[[str], bool]) -> dict[str, Any] | None:
        """Return the first fault whose "match" a request meets, and use it up."""
        with self.lock:
            for fault in self.faults:
                if meets(fault["match"]) and fault["times"]:
                    fault["times"] -= 1
                    return fault
        return None

    def chat_completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a chat."""
        text, scores, reason = self.model.answer(self.model.chat(body["messages"]), body)
        content = [{"token": "", "logprob": each, "top_logprobs": []} for each in scores]
        logprobs = {"content": content} if body.get("logprobs") else None
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": logprobs}
        return self.envelope(body, "chat.completion", choice)

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a plain prompt."""
        text, scores, reason = self.model.answer(self.model.plain(body["prompt"]), body)
        logprobs = {"token_logprobs": scores} if body.get("logprobs") else None
        choice = {"index": 0, "text": text, "finish_reason": reason, "logprobs": logprobs}
        return self.envelope(body, "text_completion", choice)

    def envelope(self, body: dict[str, Any], kind: str, choice: dict[str, Any]) -> dict[str, Any]:
        """Return what the API puts around an answer."""
        return {
            "id": "x",
            "object": kind,
            "created": int(time.time()),
            "model": body["model"],
            "choices": [choice],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }

    def fail(self, fault: dict[str, Any]) -> None:
        """Meet a request with a fault instead of an answer."""
        match fault["fault"]:
            case "status":
                headers = fault.get("headers", {})
                self.reply(fault["status"], {"error": {"message": fault["message"]}}, headers)
            case "redirect":
                self.reply(fault.get("status", 307), {}, {"Location": fault["to"]})
            case "raw":
                kind = fault.get("type", "application/json")
                self.reply_bytes(fault.get("status", 200), fault["body"].encode(), kind, {})
            case "drop":  # close without a word
                self.close_connection = True
                self.connection.close()
            case "half":  # close in the middle of an answer
                self.begin(1000)
                self.write(b'{"choices": [')
                self.close_connection = True
                self.connection.close()
            case "slow":
                time.sleep(fault["seconds"])
                self.reply(200, {})
            case "drip":  # one byte at a time, for as long as somebody reads
                self.begin(1_000_000)
                while self.write(b" "):
                    time.sleep(fault["seconds"])
            case "huge":
                size = fault["bytes"]
                self.begin(size)
                while size > 0 and self.write(b" " * min(size, 65_536)):
                    size -= 65_536
            case "say":
                message = {"role": "assistant", "content": fault["text"]} | fault.get("more", {})
                choice = {"index": 0, "message": message, "text": fault["text"]}
                choice["finish_reason"] = fault.get("reason", "stop")
                self.reply(200, self.envelope({"model": "tiny"}, "chat.completion", choice))

    def begin(self, length: int) -> None:
        """Send the head of an answer of so many bytes."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def write(self, data: bytes) -> bool:
        """Send a piece of an answer; False once the reader is gone."""
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            return False
        return True

    def reply(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        """Send a value as JSON."""
        self.reply_bytes(status, json.dumps(value).encode(), "application/json", headers or {})

    def reply_bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        """Send a whole answer of a media type."""
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked is gone: a test of patience


def make_server(model: ChatModel, name: str = "fake") -> ThreadingHTTPServer:
    """Return a server on a free port of this machine, not started; its one model is `tiny`.

    Besides OpenAI's paths it has four for tests. POST /faults takes a list of
    {"match": text in the prompt, "times": n, "fault": …, …}: the next n requests with that text
    meet the fault (see `ChatHandler.fail`). "times": -1 is every request, and "match": "/models" is
    the list of models. GET /requests returns the bodies of all requests so far, GET /listings the
    number of requests for the list of models, and GET /headers the headers of all.
    """
    served = {"id": "tiny", "object": "model", "created": 1, "root": name}
    state = {"model": model, "served": served, "lock": threading.Lock()}
    lists: dict[str, list[Any]] = {"faults": [], "requests": [], "headers_seen": [], "listings": []}
    handler = type("Handler", (ChatHandler,), {**state, **lists})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    return server


@dataclass(frozen=True)
class FakeServer:
    """A running server: its faults are scripted and its requests read here."""

    address: str

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
        bodies: list[dict[str, Any]] = self._read("requests")
        return bodies

    @property
    def headers(self) -> list[dict[str, str]]:
        """Headers of all requests."""
        headers: list[dict[str, str]] = self._read("headers")
        return headers

    @property
    def listings(self) -> int:
        """Number of requests for the list of models."""
        count: int = self._read("listings")
        return count

    def asked(self, text: str) -> int:
        """Count the requests whose last message contains a text."""
        return sum(
            text in json.dumps(body["messages"][-1], ensure_ascii=False) for body in self.requests
        )

    def _read(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.address}/{what}") as answer:
            return json.load(answer)


@contextmanager
def fake_server(write: Callable[[list[dict[str, str]]], str]) -> Iterator[FakeServer]:
    """Run a server in a thread; `write` gets the messages and returns the answer."""
    server = make_server(Script(write))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield FakeServer(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
