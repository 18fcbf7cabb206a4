"""A hub of one dataset on this machine, that speaks as much HTTP as `datasets` asks for."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

NAME = "nobody/news"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Serve the files of one commit; give the address and a list that fills with requests."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            asked.append(f"{self.command} {self.path}")

        def answer(self) -> None:
            """Answer with a file, the list of a folder, what the dataset is, or 404."""
            path, _, query = self.path.partition("?")
            own = f"/api/datasets/{NAME}"
            if found := re.match(rf"/datasets/{NAME}/resolve/{COMMIT}/(.+)", path):
                self.file(found[1])
            elif found := re.match(rf"{own}/tree/{COMMIT}/?(.*)", path):
                self.json(_entries(files, found[1], whole="recursive=true" in query.lower()))
            elif path in (own, f"{own}/revision/{COMMIT}"):
                names = [{"rfilename": name} for name in files]
                self.json({"id": NAME, "sha": COMMIT, "siblings": names})
            else:
                self.send({"X-Error-Code": "RepoNotFound"}, b"", 404)

        def file(self, name: str) -> None:
            if name not in files:
                self.send({"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, b"", 404)
                return
            data, status = files[name], 200
            headers = {"ETag": f'"{name.replace("/", "-")}"', "X-Repo-Commit": COMMIT}
            if found := re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
                start, end = int(found[1]), int(found[2] or len(data) - 1)
                headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
                data, status = data[start : end + 1], 206
            self.send(headers, data, status)

        def json(self, value: object) -> None:
            if value:
                self.send({"Content-Type": "application/json"}, json.dumps(value).encode(), 200)
            else:
                self.send({"X-Error-Code": "EntryNotFound"}, b"", 404)

        def send(self, headers: Mapping[str, str], body: bytes, status: int) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = answer  # noqa: N815 (names of the library)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def _entries(files: Mapping[str, bytes], folder: str, *, whole: bool) -> list[dict[str, object]]:
    """List a folder as the hub does: its files, and folders where not everything is wanted."""
    start = f"{folder}/" if folder else ""
    found: dict[str, dict[str, object]] = {}
    for name, data in files.items():
        if name.startswith(start):
            first, mark, _ = name.removeprefix(start).partition("/")
            if mark:
                found[start + first] = {"type": "directory", "path": start + first, "oid": first}
            if whole or not mark:
                found[name] = {"type": "file", "path": name, "size": len(data), "oid": name}
    return list(found.values())
