"""A server of S3 (moto) as a process of its own, with a bucket `yibao`, for tests.

    python -P tests/s3_server.py [FOLDER]

It writes its port to stdout. The files of FOLDER are in the bucket from the start. POST /faults
with a list such as ["503", "slow", "drop", "half"]: each of the next requests but one meets one of
them: an overloaded server, an answer after a second, a connection that is closed without an answer
before anything is done, or after the server has done what it was asked. GET /counts returns the
number of requests by method.
"""

import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

COUNTS: Counter[str] = Counter()
FAULTS: list[str] = []
_BUSY = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"


class Faulty:
    """Counts requests, and lets some of them fail."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside
        self._number = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path in ("/counts", "/faults"):
            if path == "/faults":
                FAULTS[:] = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
                COUNTS.clear()
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(COUNTS | {"left": len(FAULTS)}).encode()]
        COUNTS[environ["REQUEST_METHOD"]] += 1
        self._number += 1
        fault = FAULTS.pop() if FAULTS and self._number % 2 else ""
        if fault == "503":
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("503 Slow Down", [("Content-Type", "application/xml")])
            return [_BUSY]
        if fault == "slow":
            time.sleep(1)
        if fault == "half":
            list(self._inside(environ, lambda *_: None))
        if fault in ("drop", "half"):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        answer: Iterable[bytes] = self._inside(environ, start)
        return answer


def main() -> None:
    """Serve until the process is ended."""
    backends: BackendDict[Any] = s3_backends
    backend = backends["123456789012"]["global"]
    backend.create_bucket("yibao", "us-east-1")
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        for path in folder.rglob("*"):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                backend.put_object("yibao", name, path.read_bytes())
    application = Faulty(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
