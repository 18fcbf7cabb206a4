"""Several servers of one model as one: shared load, a limit on requests, a budget.

Each server gets more requests at a time while it answers and half as many when it is overloaded
(additive increase, multiplicative decrease: Chiu and Jain 1989). One that cannot be reached rests,
and its request goes to another one.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.errors import ServerError
from models.prompted.connection import Connection, ConnectionFailedError, DeadlineError, Reply
from models.prompted.specs import SpendingSpec
from models.runtime.tokens import count_tokens

REST_SECONDS = 30.0
_OVERLOADED = frozenset({429, 503, 529})


@dataclass(slots=True)
class _Server:
    connection: Connection
    limit: float
    running: int = 0
    rests_until: float = 0.0


class Fleet:
    """Sends requests like one `Connection`. Threads may share it."""

    def __init__(
        self,
        connections: Sequence[Connection],
        *,
        concurrency: int,
        requests_per_minute: int | None = None,
        budget: SpendingSpec | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = [_Server(connection, concurrency) for connection in connections]
        self._concurrency = concurrency
        self._pause = 60 / requests_per_minute if requests_per_minute else 0.0
        self._next_start = 0.0
        self._spending = Spending(budget) if budget else None
        self._clock = clock
        self._changed = threading.Condition()
        self._aborted = False

    def send(self, path: str, body: object = None, *, seconds: float, most_bytes: int) -> Reply:
        """Send a request to the least busy server; see `Connection.send`.

        Raises ServerError if the budget is spent.
        """
        failures: list[ConnectionFailedError] = []
        for _ in self._servers:
            server = self._take()
            reply: Reply | None = None
            try:
                reply = server.connection.send(path, body, seconds=seconds, most_bytes=most_bytes)
            except DeadlineError:
                raise  # it was reached and may still be working on it
            except ConnectionFailedError as error:
                failures.append(error)
            finally:
                self._give_back(server, reply, is_lost=len(failures) > 0 and reply is None)
            if reply is not None:
                self.note(reply)
                return reply
            if self._aborted:
                break
        raise failures[-1]

    def note(self, reply: Reply) -> None:
        """Count what an answer cost that came by another way, in a batch."""
        if reply.status < 400:
            read, written = reported_tokens(reply)
            count_tokens(read, written)
            if self._spending:
                self._spending.add(read, written)

    def abort(self) -> None:
        """End the requests under way."""
        self._aborted = True
        with self._changed:
            self._changed.notify_all()
        for server in self._servers:
            server.connection.abort()

    def _take(self) -> _Server:
        """Wait for a server that may have one more request, and for the minute's share."""
        if self._spending:
            self._spending.check()
        with self._changed:
            while True:
                now = self._clock()
                awake = [s for s in self._servers if s.rests_until <= now] or self._servers
                free = [server for server in awake if server.running < max(1, int(server.limit))]
                if (free and now >= self._next_start) or self._aborted:
                    break
                self._changed.wait(min(1.0, max(0.01, self._next_start - now)))
            server = min(free or awake, key=lambda server: server.running)
            server.running += 1
            self._next_start = max(now, self._next_start) + self._pause
            return server

    def _give_back(self, server: _Server, reply: Reply | None, *, is_lost: bool) -> None:
        with self._changed:
            server.running -= 1
            if is_lost:
                server.rests_until = self._clock() + REST_SECONDS
            elif reply is not None and reply.status in _OVERLOADED:
                server.limit = max(1.0, server.limit / 2)
            elif reply is not None:
                server.limit = min(float(self._concurrency), server.limit + 1 / server.limit)
            self._changed.notify_all()


@dataclass(slots=True)
class Spending:
    """Counts the tokens that servers report, and ends the run when the budget is spent."""

    budget: SpendingSpec
    read: int = 0
    written: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def money(self) -> float:
        """Return what the tokens cost so far."""
        budget = self.budget
        return (self.read * budget.price_input + self.written * budget.price_output) / 1e6

    def add(self, read: int, written: int) -> None:
        """Add the tokens of an answer."""
        with self._lock:
            self.read += read
            self.written += written

    def check(self) -> None:
        """Raise ServerError if the budget is spent. Requests under way still end."""
        budget, tokens = self.budget, self.read + self.written
        is_over = budget.tokens is not None and tokens >= budget.tokens
        if is_over or (budget.money is not None and self.money >= budget.money):
            raise ServerError(
                f"the budget is spent: {tokens:,} tokens, {self.money:.2f} of money; finished work "
                "is kept; raise 'spending' and run again to continue"
            )


def reported_tokens(reply: Reply) -> tuple[int, int]:
    """Return the tokens that a server says it has read and written for an answer."""
    usage = reply.mapping().get("usage")
    if not isinstance(usage, Mapping):
        return 0, 0
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
