"""A small OpenAI-compatible server with faults on demand; for tests.

    python tests/chat_server.py            answers every prompt with "An answer." (no torch)
    python tests/chat_server.py FOLDER     answers with the checkpoint in FOLDER

It writes its port to stdout and serves until it is killed; `tests.servers` starts it.

POST /faults takes a list of {"match": text in the prompt, "times": n, "fault": …, …}: the next n
requests with that text meet the fault (see `Handler.fail`). "times": -1 is every request, and
"match": "/models" is the list of models. GET /requests returns the bodies of all requests so far,
GET /listings the number of requests for the list of models, and GET /headers the headers of all.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Model:
    """Greedy decoding, step by step, without our own code: the answers to compare with."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(1)
        self.torch = torch
        self.model: Any = AutoModelForCausalLM.from_pretrained(str(folder))
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        self.lock = threading.Lock()

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        ids: list[int] = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, enable_thinking=False, return_dict=False
        )
        return ids

    def plain(self, prompt: str) -> list[int]:
        ids: list[int] = self.tokenizer(prompt)["input_ids"]
        return ids

    def answer(self, ids: list[int], body: dict[str, Any]) -> tuple[str, list[float], str]:
        torch, written, scores = self.torch, list[int](), list[float]()
        generator = torch.Generator().manual_seed(int(body.get("seed") or 0))
        with self.lock, torch.inference_mode():
            while len(written) < body["max_tokens"]:
                logits = self.model(torch.tensor([[*ids, *written]])).logits[0, -1].float()
                chances = logits.log_softmax(dim=-1)
                if body["temperature"]:
                    warm = (logits / body["temperature"]).softmax(dim=-1)
                    token = int(torch.multinomial(warm, 1, generator=generator))
                else:
                    token = int(chances.argmax())
                written.append(token)
                scores.append(float(chances[token]))
                if token == self.tokenizer.eos_token_id:
                    break
        ended = written[-1] == self.tokenizer.eos_token_id
        text = self.tokenizer.decode(written, skip_special_tokens=True)
        return text, scores, "stop" if ended else "length"


class Script:
    """Answer every prompt alike, token probabilities included; needs no weights."""

    text = "An answer."

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        return []

    def plain(self, prompt: str) -> list[int]:
        return []

    def answer(self, ids: list[int], body: dict[str, Any]) -> tuple[str, list[float], str]:
        return self.text, [-0.1, -0.1, -0.1], "stop"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    model: Model | Script
    served: dict[str, Any]
    faults: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    headers_seen: list[dict[str, str]]
    listings: list[str]
    lock = threading.Lock()

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
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
        text, scores, reason = self.model.answer(self.model.chat(body["messages"]), body)
        content = [{"token": "", "logprob": each, "top_logprobs": []} for each in scores]
        logprobs = {"content": content} if body.get("logprobs") else None
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": logprobs}
        return self.envelope(body, "chat.completion", choice)

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        text, scores, reason = self.model.answer(self.model.plain(body["prompt"]), body)
        logprobs = {"token_logprobs": scores} if body.get("logprobs") else None
        choice = {"index": 0, "text": text, "finish_reason": reason, "logprobs": logprobs}
        return self.envelope(body, "text_completion", choice)

    def envelope(self, body: dict[str, Any], kind: str, choice: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": "x",
            "object": kind,
            "created": int(time.time()),
            "model": body["model"],
            "choices": [choice],
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
        self.reply_bytes(status, json.dumps(value).encode(), "application/json", headers or {})

    def reply_bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
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


def serve(folder: Path | None) -> None:
    """Serve a checkpoint, or a script, under the name `tiny` until the process is ended."""
    Handler.model = Model(folder) if folder else Script()
    root = folder.name if folder else "script"
    Handler.served = {"id": "tiny", "object": "model", "created": 1, "root": root}
    Handler.faults, Handler.requests, Handler.headers_seen, Handler.listings = [], [], [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
