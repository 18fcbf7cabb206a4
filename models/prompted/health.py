"""A circuit breaker: a server that keeps failing is not asked again and again."""

import threading
from collections.abc import Callable

from models.errors import ServerError

# So many prompts must fail in a row before a test question decides.
MOST_FAILURES = 3


class ServerHealth:
    """What the requests to one server have in common. Threads share it.

    Prompts may fail because of themselves, so failures alone do not end a run: a test question
    that fails as well does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._error: ServerError | None = None
        self._ended = threading.Event()

    def check(self) -> None:
        """Raise ServerError if the server is known to be down."""
        if self._ended.is_set():
            raise self._error or ServerError("the run is ending")

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than the run goes on."""
        self._ended.wait(seconds)

    def succeed(self) -> None:
        """Note an answer: failures are counted from here."""
        self._failures = 0

    def fail(self, server: str, problem: str, test: Callable[[], bool], *, at_once: bool) -> None:
        """Note a prompt that failed for good.

        `test` asks the test question, `at_once` already for the first failure. Raises
        ServerError if the server is down; the error begins with `server`.
        """
        with self._lock:
            self.check()
            self._failures += 1
            if self._failures < MOST_FAILURES and not at_once:
                return
            if test():
                self._failures = 0
                return
            how = "does not answer" if at_once else "keeps failing"
            raise ServerError(
                f"{server} {how} ({problem}); finished work is kept; run again when it works"
            )

    def end(self, error: ServerError | None = None) -> None:
        """Let no request begin and no wait go on; `error` is what the other threads raise."""
        self._error = self._error or error
        self._ended.set()
