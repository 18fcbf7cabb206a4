"""Calls to the outside that may hang: each in a thread, and waited for until its deadline."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


class HookError(Exception):
    """A hook that did not do its work; the text says why, without any secret."""


@dataclass(frozen=True, slots=True)
class HookResult:
    """What came of one hook: `problem` is empty if it worked. `seconds` are what it took."""

    hook: str
    problem: str
    seconds: float


STOP_SECONDS = 5.0
"""How long a call that was stopped may take to end."""


class DeadlinedCall:
    """A call at work in a thread of its own, with a deadline; `stop` ends it from outside."""

    def __init__(
        self,
        name: str,
        deadline: float,
        function: Callable[[], None],
        *,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self._name, self._deadline, self._stop = name, deadline, stop
        self._problem: str | None = None
        self._seconds = deadline
        self._started = time.monotonic()
        # a daemon: a call that hangs does not keep the process alive
        self._thread = threading.Thread(target=self._work, args=(function,), daemon=True)
        self._thread.start()

    def _work(self, function: Callable[[], None]) -> None:
        started = time.monotonic()
        try:
            function()
            problem = ""
        except Exception as error:  # noqa: BLE001 - a hook never fails the run
            is_ours = isinstance(error, HookError)
            problem = str(error) if is_ours else f"{type(error).__name__}: {error}"
        self._seconds = time.monotonic() - started
        self._problem = problem

    def result(self) -> HookResult:
        """Wait until the deadline; return what came of the call."""
        self._thread.join(max(0.0, self._started + self._deadline - time.monotonic()))
        if self._stop is not None and self._thread.is_alive():
            self._stop()
            self._thread.join(STOP_SECONDS)
        problem = self._problem
        if problem is None:
            problem = f"no end after {self._deadline:g} seconds"
        return HookResult(self._name, problem, round(min(self._seconds, self._deadline), 3))
