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
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pipeline.config.night_sections import CommandHook, Event, NotifySection
from pipeline.nightly.deadline import DeadlinedCall, HookError, HookResult

_LAST_BYTES = 4096
_PATIENCE_SECONDS = 0.2


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
        from pipeline.nightly.webhook import call_webhook  # few runs have one

        call = lambda: call_webhook(webhook, body, offline=offline)  # noqa: E731 (one line a hook)
        calls.append(("webhook", webhook.timeout_seconds, call))
    if (mail := notify.mail) is not None:
        from pipeline.nightly.mail import send_mail  # few runs have one

        calls.append(("mail", mail.timeout_seconds, lambda: send_mail(mail, values, body)))
    waiting = [DeadlinedCall(name, deadline, function) for name, deadline, function in calls]
    return [call.result() for call in waiting]


def _run(hook: CommandHook, values: Mapping[str, Any], body: str) -> None:
    """Start the program, give it the event, and wait until its deadline.

    Raises HookError if it cannot be started, fails or is not finished in time.
    """
    facts = {name: values.get(name) for name in ("event", "exit_code", "run", "folder")}
    variables = {f"YIBAO_{name.upper()}": str(value) for name, value in facts.items()}
    said = _LastWords()
    try:
        process = subprocess.Popen(
            hook.run,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said.end,
            env=os.environ | variables,
            start_new_session=True,
        )
    except OSError as error:
        raise HookError(f"{hook.run[0]}: cannot be started: {error.strerror}") from None
    finally:
        os.close(said.end)
    with process:  # closes its streams, and waits for the end of one that is stopped
        try:
            # before the deadline of the run: the program is gone when the run continues
            process.communicate(body.encode(), timeout=0.95 * hook.timeout_seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            limit = f"{hook.timeout_seconds:g} seconds"
            raise HookError(f"{hook.run[0]}: stopped after {limit}") from None
    if process.returncode:
        raise HookError(f"{hook.run[0]}: ended with exit code {process.returncode}{said.line()}")


class _LastWords:
    """What a program says last on its errors; read while it runs, because it may never stop.

    It may leave a program behind that holds the stream open, so nobody waits for its end.
    """

    def __init__(self) -> None:
        reader, self.end = os.pipe()
        self._text = b""
        self._thread = threading.Thread(target=self._read, args=(reader,), daemon=True)
        self._thread.start()

    def _read(self, reader: int) -> None:
        with open(reader, "rb", buffering=0) as stream:
            while part := stream.read(1 << 16):
                self._text = (self._text + part)[-_LAST_BYTES:]

    def line(self) -> str:
        """Return the last line behind a colon; empty if it said nothing."""
        self._thread.join(_PATIENCE_SECONDS)
        words = self._text.decode("utf-8", "replace").strip().splitlines()
        return f": {words[-1][:200]}" if words else ""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program and all that it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
