"""JSON requests to a server: one deadline, a bounded answer, no redirects.

The only way out to a language model server: the list of models, translations, summaries and
judgements all go through `Connection.send`.
"""

import http.client
import io
import ipaddress
import json
import secrets
import socket
import ssl
import threading
import time
import urllib.request
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from models.prompted.address import is_local, without_secrets

_LOST = "it was closed before the answer was complete"


class ConnectionFailedError(Exception):
    """There is no answer: nobody listens, the deadline passed, or the answer is too long."""


class DeadlineError(ConnectionFailedError):
    """The whole answer did not arrive in time."""


class RedirectError(Exception):
    """The server points elsewhere; `target` is where, without user, password and query."""

    def __init__(self, target: str) -> None:
        super().__init__(f"the server redirects to {target}, and redirects are not followed")
        self.target = target


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status except a redirect."""

    status: int
    body: bytes
    retry_after: str | None = None

    def json(self) -> Any:
        """Parse the body. Raises ValueError if it is not JSON."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def mapping(self) -> Mapping[str, Any]:
        """Parse the body as a JSON object; empty if it is none."""
        try:
            value = self.json()
        except ValueError:
            return {}
        return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send as a form, with fields beside it."""

    name: str
    data: bytes
    fields: Mapping[str, str]


class Connection:
    """Requests to one server. Threads may share it; `abort` ends those under way."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._key = key
        self._local = is_local(base_url)
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._aborted = False
        # No handler for redirects or errors: every status comes back as it is.
        self._opener = urllib.request.OpenerDirector()
        # A proxy is for other machines.
        self._opener.add_handler(urllib.request.ProxyHandler({} if self._local else None))
        self._opener.add_handler(_PlainHandler(self))
        if urlsplit(base_url).scheme == "https":
            self._opener.add_handler(_SecureHandler(self))

    def send(self, path: str, body: object = None, *, seconds: float, most_bytes: int) -> Reply:
        """Send a GET, or a POST of a file or of a body as JSON, and return the whole answer.

        `seconds` are for everything, from the look-up of the name to the last byte. Raises
        DeadlineError, ConnectionFailedError (also for an answer of more than `most_bytes`), and
        RedirectError instead of following one.
        """
        headers = {"Authorization": f"Bearer {self._key}", "User-Agent": "yibao"}
        data = None
        if isinstance(body, Upload):
            headers["Content-Type"], data = _form(body)
        elif body is not None:
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.base_url}{path}", data, headers)
        try:
            with self._opener.open(request, timeout=seconds) as response:
                if 300 <= response.status < 400:
                    target = urljoin(request.full_url, response.headers.get("Location", ""))
                    raise RedirectError(without_secrets(target))
                content = _content(response, most_bytes)
                return Reply(response.status, content, response.headers.get("Retry-After"))
        except TimeoutError:
            raise DeadlineError(f"no complete answer within {seconds:g} s") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise DeadlineError(f"no complete answer within {seconds:g} s") from None
            if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
                reason = _LOST
            raise ConnectionFailedError(f"the connection failed ({reason})") from None

    def abort(self) -> None:
        """End all requests under way, and let none begin."""
        with self._lock:
            self._aborted = True
            for made in self._open:
                try:
                    made.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already closed

    def dial(self, address: tuple[str, int], deadline: float) -> socket.socket:
        """Connect to a host and port; a local address never leads to another machine."""
        reason: OSError = OSError(f"{address[0]} has no address")
        for *_, place in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
            where = (str(place[0]), int(place[1]))
            if self._local and not ipaddress.ip_address(where[0]).is_loopback:
                reason = OSError(f"{address[0]} is {where[0]}, another machine")
                continue
            try:
                return socket.create_connection(where, _left(deadline))
            except OSError as error:
                reason = error
        raise reason

    def watch(self, made: socket.socket) -> None:
        """Let `abort` close a socket. Raises OSError if it was called before."""
        with self._lock:
            if self._aborted:
                made.close()
                raise OSError("the run is ending")
            self._open.add(made)


def _form(upload: Upload) -> tuple[str, bytes]:
    """Return the content type and the body of a form with one file (RFC 7578)."""
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in upload.fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{upload.name}"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    )
    body = "".join([*parts, head]).encode() + upload.data + f"\r\n--{mark}--\r\n".encode()
    return f"multipart/form-data; boundary={mark}", body


def _content(response: http.client.HTTPResponse, most_bytes: int) -> bytes:
    """Read a body. Raises ConnectionFailedError if it is longer than allowed or breaks off."""
    content = b"" if (response.length or 0) > most_bytes else response.read(most_bytes + 1)
    if len(content) > most_bytes or (response.length or 0) > most_bytes:
        raise ConnectionFailedError(f"the answer has more than {most_bytes:,} bytes")
    if response.length:
        raise ConnectionFailedError(f"the connection failed ({_LOST})")
    return content


def _left(deadline: float) -> float:
    """Return the seconds until a deadline. Raises TimeoutError once it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class _Reader(io.RawIOBase):
    """Reads a socket until a deadline, which holds for all reads together."""

    def __init__(self, raw: socket.SocketIO, made: socket.socket, deadline: float) -> None:
        self._raw, self._socket, self._deadline = raw, made, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What `http.client` needs of a socket, with one deadline for all of it."""

    def __init__(self, made: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = made, deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self._deadline))
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        raw = self._socket.makefile(mode, buffering=0)  # type: ignore[call-overload]
        return io.BufferedReader(_Reader(raw, self._socket, self._deadline))

    def close(self) -> None:
        self._socket.close()


class _Timed(http.client.HTTPConnection):
    """A connection for one request; its timeout is a deadline for the whole request."""

    def __init__(self, host: str, *, owner: Connection, timeout: float, **settings: Any) -> None:
        super().__init__(host, timeout=timeout, **settings)
        self._deadline = time.monotonic() + timeout
        self._owner = owner
        self._create_connection = self._dial

    def _dial(self, address: tuple[str, int], *_: object) -> socket.socket:
        return self._owner.dial(address, self._deadline)

    def connect(self) -> None:
        super().connect()
        self._owner.watch(self.sock)
        self.sock: Any = _TimedSocket(self.sock, self._deadline)


class _TimedSecure(_Timed, http.client.HTTPSConnection):
    """The same over TLS."""


class _PlainHandler(urllib.request.HTTPHandler):
    def __init__(self, owner: Connection) -> None:
        super().__init__()
        self._owner = owner

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Timed, owner=self._owner), request)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, owner: Connection) -> None:
        super().__init__()
        self._owner = owner
        self._trust = ssl.create_default_context()

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        made = partial(_TimedSecure, owner=self._owner, context=self._trust)
        return self.do_open(made, request)
