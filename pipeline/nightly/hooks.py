"""Tell others how a run ended: by a command, a webhook or mail. A hook never fails the run.

All hooks work at the same time, each in a thread, and the run waits for each no longer than its
deadline: a server that never answers, a name that is never resolved, a program that hangs.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from models.prompted.address import without_secrets
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
    waiting = list[DeadlinedCall]()
    if (command := notify.command) is not None:
        program = Program(command, values, body)
        limit = command.timeout_seconds
        waiting.append(DeadlinedCall("command", limit, program.run, stop=program.stop))
    if (webhook := notify.webhook) is not None:
        from pipeline.nightly.webhook import call_webhook  # few runs have one

        call = lambda: call_webhook(webhook, body, offline=offline)  # noqa: E731 (one line a hook)
        waiting.append(DeadlinedCall("webhook", webhook.timeout_seconds, call))
    if (mail := notify.mail) is not None:
        from pipeline.nightly.mail import send_mail  # few runs have one

        call = lambda: send_mail(mail, values, body)  # noqa: E731
        waiting.append(DeadlinedCall("mail", mail.timeout_seconds, call))
    return [call.result() for call in waiting]


def hook_lines(notify: NotifySection) -> Iterator[str]:
    """Yield a line for each hook, with what will keep it from working here. Calls nobody."""
    if (command := notify.command) is not None:
        is_there = shutil.which(command.run[0]) is not None
        yield f"command {command.run[0]}{'' if is_there else ': no such program'}"
    if (webhook := notify.webhook) is not None:
        address = without_secrets(webhook.url) if webhook.url else f"in {webhook.url_variable}"
        yield f"webhook {address}{_unset(webhook.url_variable, webhook.token_variable)}"
    if (mail := notify.mail) is not None:
        place = f"{mail.server}:{mail.port} ({mail.security})"
        yield f"mail by {place} to {', '.join(mail.to)}{_unset(mail.password_variable)}"


def _unset(*names: str | None) -> str:
    missing = [name for name in names if name and not os.environ.get(name, "").strip()]
    return f": not set here: {', '.join(missing)}" if missing else ""


class Program:
    """A program that gets the event; both its thread and the run may end it at its deadline.

    On a busy machine its thread may be late, and the run would leave the program behind.
    """

    def __init__(self, hook: CommandHook, values: Mapping[str, Any], body: str) -> None:
        self._hook, self._body = hook, body
        facts = {name: values.get(name) for name in ("event", "exit_code", "run", "folder")}
        self._variables = {f"YIBAO_{name.upper()}": str(value) for name, value in facts.items()}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def run(self) -> None:
        """Start the program, give it the event, and wait until its deadline.

        Raises HookError if it cannot be started, fails or is not finished in time.
        """
        hook, said = self._hook, _LastWords()
        process = self._start(said.end)
        with process:  # closes its streams, and waits for the end of one that is stopped
            try:
                process.communicate(self._body.encode(), timeout=hook.timeout_seconds)
            except subprocess.TimeoutExpired:
                self.stop()
        if self._is_stopped and process.returncode:
            raise HookError(f"{hook.run[0]}: stopped after {hook.timeout_seconds:g} seconds")
        if process.returncode:
            code = process.returncode
            raise HookError(f"{hook.run[0]}: ended with exit code {code}{said.line()}")

    def _start(self, errors: int) -> "subprocess.Popen[bytes]":
        try:
            process = subprocess.Popen(
                self._hook.run,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=os.environ | self._variables,
                start_new_session=True,
            )
        except OSError as error:
            reason = f"cannot be started: {error.strerror}"
            raise HookError(f"{self._hook.run[0]}: {reason}") from None
        finally:
            os.close(errors)
        with self._lock:
            self._process = process
        if self._is_stopped:  # while it was being started
            _kill(process)
        return process

    def stop(self) -> None:
        """End the program and all that it started, also if it is only being started."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process is not None:
            _kill(process)


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
