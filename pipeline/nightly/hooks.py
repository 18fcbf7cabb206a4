"""Tell others how a run ended: by a command, a webhook or mail. A hook never fails the run.

All hooks work at the same time, each in a thread, and the run waits for each no longer than its
deadline: a server that never answers, a name that is never resolved, a program that hangs.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipeline.config.night_sections import CommandHook, Event, NotifySection
from pipeline.nightly.mail import send_mail
from pipeline.nightly.webhook import HookError, call_webhook


@dataclass(frozen=True, slots=True)
class HookResult:
    """What came of one hook: `problem` is empty if it worked. `seconds` are what it took."""

    hook: str
    problem: str
    seconds: float


def event_of(status: str, exit_code: int) -> Event | None:
    """Return which event an end is; None if a person stopped the run."""
    if exit_code == 128 + signal.SIGINT:
        return None
    if status == "done" and exit_code in (0, 3):
        return "finish"
    return "gate" if status == "done" and exit_code == 4 else "failure"


def run_hooks(
    notify: NotifySection, values: Mapping[str, Any], *, offline: bool
) -> list[HookResult]:
    """Call every hook that wants the event of `values`, all at once. Raises nothing."""
    if values["event"] not in notify.on:
        return []
    body = json.dumps(values, ensure_ascii=False, indent=1)
    calls: list[tuple[str, float, Callable[[], None]]] = []
    if (command := notify.command) is not None:
        calls.append(("command", command.timeout_seconds, lambda: _run(command, values, body)))
    if (webhook := notify.webhook) is not None:
        call = lambda: call_webhook(webhook, body, offline=offline)  # noqa: E731 (one line a hook)
        calls.append(("webhook", webhook.timeout_seconds, call))
    if (mail := notify.mail) is not None:
        calls.append(("mail", mail.timeout_seconds, lambda: send_mail(mail, values, body)))
    started = time.monotonic()
    waiting = [_Call(name, deadline, function) for name, deadline, function in calls]
    return [call.result(started) for call in waiting]


class _Call:
    """A hook at work in a thread of its own."""

    def __init__(self, name: str, deadline: float, function: Callable[[], None]) -> None:
        self._name, self._deadline = name, deadline
        self._problem: str | None = None
        self._seconds = deadline
        # a daemon: a hook that hangs does not keep the process alive
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

    def result(self, started: float) -> HookResult:
        """Wait until the deadline, counted from `started`; return what came of the hook."""
        self._thread.join(max(0.0, started + self._deadline - time.monotonic()))
        problem = self._problem
        if problem is None:
            problem = f"no end after {self._deadline:g} seconds"
        return HookResult(self._name, problem, round(min(self._seconds, self._deadline), 3))


def _run(hook: CommandHook, values: Mapping[str, Any], body: str) -> None:
    """Start the program, give it the event, and wait until its deadline.

    Raises HookError if it cannot be started, fails or is not finished in time.
    """
    facts = {name: values.get(name) for name in ("event", "exit_code", "run", "folder")}
    variables = {f"YIBAO_{name.upper()}": str(value) for name, value in facts.items()}
    try:
        process = subprocess.Popen(
            hook.run,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | variables,
            start_new_session=True,
        )
    except OSError as error:
        raise HookError(f"{hook.run[0]}: cannot be started: {error.strerror}") from None
    with process:  # closes its streams, and waits for the end of one that is stopped
        try:
            # before the deadline of the run: the program is gone when the run continues
            _, said = process.communicate(body.encode(), timeout=0.95 * hook.timeout_seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            limit = f"{hook.timeout_seconds:g} seconds"
            raise HookError(f"{hook.run[0]}: stopped after {limit}") from None
    if process.returncode:
        words = said.decode("utf-8", "replace").strip().splitlines()
        reason = f": {words[-1][:200]}" if words else ""
        raise HookError(f"{hook.run[0]}: ended with exit code {process.returncode}{reason}")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program and all that it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
