"""A small OpenAI-compatible server over a local checkpoint, with faults on demand; for tests.

    python tests/chat_server.py FOLDER     writes its port to stdout and serves until it is killed

POST /faults takes a list of {"match": text in the prompt, "times": n, "fault": …, …}: the next n
requests with that text meet the fault. GET /requests gives the bodies of all requests so far.
"""

import json
import sys
import threading
import time
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


class Handler(BaseHTTPRequestHandler):
    """One request."""

    model: Model
    served: dict[str, Any]
    faults: list[dict[str, Any]]
    requests: list[dict[str, Any]]

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/requests":
            return self.reply(200, self.requests)
        if self.path == "/v1/models":
            if self.headers.get("Authorization") == "Bearer wrong":
                return self.reply(401, {"error": {"message": "wrong key"}})
            return self.reply(200, {"object": "list", "data": [self.served]})
        return self.reply(404, {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/faults":
            self.faults[:] = body
            self.requests.clear()
            return self.reply(200, {})
        self.requests.append(body)
        said = json.dumps(body.get("messages") or body.get("prompt"), ensure_ascii=False)
        for fault in self.faults:
            if fault["match"] in said and fault["times"] > 0:
                fault["times"] -= 1
                return self.fail(fault)
        if self.path == "/v1/chat/completions":
            return self.reply(200, self.chat_completion(body))
        if self.path == "/v1/completions":
            return self.reply(200, self.completion(body))
        return self.reply(404, {"error": {"message": "not found"}})

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
        match fault["fault"]:
            case "status":
                headers = fault.get("headers", {})
                self.reply(fault["status"], {"error": {"message": fault["message"]}}, headers)
            case "raw":
                self.reply_bytes(200, fault["body"].encode(), fault["type"], {})
            case "drop":
                self.close_connection = True
                self.connection.close()
            case "slow":
                time.sleep(fault["seconds"])
                self.reply(200, {})
            case "say":
                message = {"role": "assistant", "content": fault["text"]} | fault.get("more", {})
                choice = {"index": 0, "message": message, "finish_reason": fault["reason"]}
                self.reply(200, self.envelope({"model": "tiny"}, "chat.completion", choice))

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


def serve(folder: Path) -> None:
    """Serve a checkpoint under the name `tiny` until the process is ended."""
    Handler.model = Model(folder)
    Handler.served = {"id": "tiny", "object": "model", "created": 1, "root": folder.name}
    Handler.faults, Handler.requests = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
