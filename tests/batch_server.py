"""A server with a Batch API as a process of its own, for tests.

    python -P tests/batch_server.py

It writes its port to stdout. A batch is done when it was asked for as often as POST /patience
said; POST /fate says how the next batch ends ("completed", "expired", "failed"). GET /counts
tells how many files, batches and single requests there were.
"""

import json
import re
import sys
from http.server import ThreadingHTTPServer
from typing import Any

from pipeline.testing import ChatHandler, Script

FILES: dict[str, str] = {}
BATCHES: dict[str, dict[str, Any]] = {}
STATE: dict[str, Any] = {"patience": 2, "fate": "completed", "single": 0, "lost": 0}


class BatchHandler(ChatHandler):
    """One request to the server."""

    model = Script(lambda messages: f"English of {len(messages[-1]['content'])}.")
    served = {"id": "tiny", "object": "model", "created": 1, "root": "script"}  # noqa: RUF012
    faults = []  # noqa: RUF012
    requests = []  # noqa: RUF012
    headers_seen = []  # noqa: RUF012
    listings = []  # noqa: RUF012

    def do_GET(self) -> None:  # noqa: N802
        """Answer with a batch, all batches, or a file."""
        if self.path == "/counts":
            counts = {"files": len(FILES), "batches": len(BATCHES), "single": STATE["single"]}
            return self.reply(200, counts)
        if match := re.fullmatch(r"/v1/batches/(\w+)", self.path):
            return self.reply(200, self.advanced(BATCHES[match[1]]))
        if self.path.startswith("/v1/batches?"):
            return self.reply(200, {"data": list(BATCHES.values())[::-1], "has_more": False})
        if match := re.fullmatch(r"/v1/files/(\w+)/content", self.path):
            return self.reply_bytes(200, FILES[match[1]].encode(), "application/jsonl", {})
        return super().do_GET()

    def do_POST(self) -> None:  # noqa: N802
        """Take a file, a batch of it, a single request, or what a test sets."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in ("/patience", "/fate", "/lost"):
            STATE[self.path[1:]] = json.loads(data)
            return self.reply(200, {})
        if self.path == "/v1/files":
            mark = self.headers["Content-Type"].split("boundary=")[1]
            assert b'name="purpose"\r\n\r\nbatch\r\n' in data
            part = data.split(f"--{mark}".encode())[2]
            name = f"file{len(FILES)}"
            FILES[name] = part.split(b"\r\n\r\n", 1)[1].decode().removesuffix("\r\n")
            return self.reply(200, {"id": name})
        if self.path == "/v1/batches":
            name, body = f"batch{len(BATCHES)}", json.loads(data)
            row = {"id": name, "status": "validating", "asked": 0, **body}
            BATCHES[name] = row | {"fate": STATE["fate"]}
            STATE["fate"] = "completed"
            if STATE["lost"]:  # the batch is made, and nobody hears of it
                STATE["lost"] = 0
                self.close_connection = True
                self.connection.close()
                return None
            return self.reply(200, BATCHES[name])
        STATE["single"] += 1
        return self.reply(200, self.chat_completion(json.loads(data)))

    def advanced(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Bring a batch forward each time somebody asks for it."""
        batch["asked"] += 1
        if batch["asked"] < STATE["patience"]:
            batch["status"] = "in_progress"
        elif batch["status"] in ("validating", "in_progress"):
            batch["status"] = batch["fate"]
            if batch["fate"] == "failed":
                batch["errors"] = {"data": [{"message": "the file has too many lines"}]}
            else:
                self.answer_file(batch)
        return batch

    def answer_file(self, batch: dict[str, Any]) -> None:
        """Answer every request, the last first; only half of them in a batch that expired."""
        lines = [json.loads(line) for line in FILES[batch["input_file_id"]].splitlines()]
        if batch["fate"] == "expired":
            lines = lines[: len(lines) // 2]
        rows = []
        for line in lines[::-1]:
            assert (line["method"], line["url"]) == ("POST", batch["endpoint"])
            response = {"status_code": 200, "body": self.chat_completion(line["body"])}
            rows.append({"custom_id": line["custom_id"], "response": response, "error": None})
        name = f"answers{batch['id']}"
        FILES[name] = "".join(json.dumps(row) + "\n" for row in rows)
        batch["output_file_id"] = name


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), BatchHandler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
