"""What a run tells: lines and a progress bar on stderr, and log.jsonl in the run folder."""

import json
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from models.errors import WeightsError
from pipeline.console import unescaped
from pipeline.errors import PipelineError
from pipeline.language.controls import visible
from pipeline.signals import MESSAGE, stop_code
from pipeline.storage import open_to_append

LogFormat = Literal["text", "json"]
_LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Task(Protocol):
    """Something under way that can say how far it is."""

    def update(self, done: float, note: str = "") -> None:
        """Say how many of the task's units are done."""
        ...


class Journal:
    """Tells a person on stderr what happens, and a machine in log.jsonl.

    `verbosity`: 0 errors only, 1 also warnings and progress, 2 also every window.
    `run_id` is in every event and in the manifest; it begins with the time in UTC.
    """

    def __init__(self, log_format: LogFormat = "text", verbosity: int = 1) -> None:
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self._format = log_format
        self._threshold = (_LEVELS["error"], _LEVELS["info"], _LEVELS["debug"])[min(verbosity, 2)]
        self._file: IO[str] | None = None
        self._started = time.monotonic()
        self._has_ended = False

    @contextmanager
    def recording(self, folder: Path, name: str = "log") -> Iterator[None]:
        """Append every event to `folder`/log.jsonl, or another name, while inside."""
        self._file = open_to_append(folder / f"{name}.jsonl")
        try:
            yield
        finally:
            self._close()

    def debug(self, event: str, message: str, **fields: Any) -> None:
        """Note a detail."""
        self._write("debug", event, message, fields)

    def info(self, event: str, message: str, **fields: Any) -> None:
        """Note a step."""
        self._write("info", event, message, fields)

    def warning(self, event: str, message: str, **fields: Any) -> None:
        """Note something a person should know of."""
        self._write("warning", event, message, fields)

    def error(self, event: str, message: str, **fields: Any) -> None:
        """Note what went wrong."""
        self._write("error", event, message, fields)

    def end(self, status: str, exit_code: int, reason: str = "") -> None:
        """Log how the run ended, once: why it failed, then the final event.

        Only machines read this: text on stderr has the stages before and main's line after it.
        """
        if self._has_ended:
            return
        self._has_ended = True
        level = "warning" if status == "interrupted" else "error" if exit_code else "info"
        if reason:
            self._write(level, status, reason, {}, is_for_people=False)
        fields = {
            "status": status,
            "exit_code": exit_code,
            "seconds": round(time.monotonic() - self._started, 3),
        }
        message = f"{status}, exit code {exit_code}"
        self._write(level, "ended", message, fields, is_for_people=False)

    def end_with(self, error: BaseException) -> tuple[str, int]:
        """Log that `error` ended the run; return its status and exit code.

        The traceback is logged as a detail.
        """
        code = exit_code(error)
        status = "interrupted" if is_stop(error) else "failed"
        if not self._has_ended and status == "failed":
            self.debug("traceback", "".join(traceback.format_exception(error)).rstrip())
        self.end(status, code, MESSAGE if status == "interrupted" else failure_text(error))
        return status, code

    @contextmanager
    def task(self, title: str, total: int | None) -> Iterator[Task]:
        """Show progress over `total` units: a bar with time left on a terminal, else lines."""
        if self._threshold > _LEVELS["info"]:
            yield _Silent()
        elif self._format == "text" and sys.stderr.isatty():
            with _bar(title, total) as bar:
                yield bar
        else:
            yield _Lines(self, title, total)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file:
            with suppress(OSError):
                file.close()

    def _write(
        self,
        level: str,
        event: str,
        message: str,
        fields: dict[str, Any],
        *,
        is_for_people: bool = True,
    ) -> None:
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self.run_id,
            "level": level,
            "event": event,
            "message": message,
            **fields,
        }
        line = visible(json.dumps(row, ensure_ascii=False, default=str))
        self._record(line)
        if _LEVELS[level] < self._threshold:
            return
        if self._format == "json":
            sys.stderr.write(line + "\n")
        elif is_for_people:
            # while a bar moves, rich stands in for stderr and takes escape codes for its own
            mark = "" if level in ("debug", "info") else f"{level}: "
            sys.stderr.write(visible(mark + message) + "\n")

    def _record(self, line: str) -> None:
        """Append a line to log.jsonl. A full disk ends the log, not the run."""
        if not self._file:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            name = self._file.name
            self._close()
            self.warning("log", f"{name}: cannot be written: {error.strerror}; it ends here")


def is_stop(error: BaseException) -> bool:
    """Return whether a signal ended the work; a library may have turned it into its own error."""
    return isinstance(error, KeyboardInterrupt) or stop_code() is not None


def exit_code(error: BaseException) -> int:
    """Return the exit code of a run that an error ended."""
    if is_stop(error):
        return stop_code() or 130
    return error.exit_code if isinstance(error, PipelineError) else 1


def failure_text(error: BaseException) -> str:
    """Return what a person reads of an error: its own words, or the kind of an unforeseen one."""
    is_foreseen = isinstance(error, PipelineError | WeightsError)
    return str(error) if is_foreseen else f"{type(error).__name__}: {error}"


Watch = Callable[[str, int], AbstractContextManager[Task]]
"""Opens a task, by its title and number of units; `Journal.task` is one."""


@contextmanager
def unwatched(title: str, total: int) -> Iterator[Task]:
    """Show no progress."""
    yield _Silent()


class _Silent:
    def update(self, done: float, note: str = "") -> None:
        """Say nothing."""


class _Lines:
    """Progress for a log file: a line at most every ten seconds."""

    def __init__(self, journal: Journal, title: str, total: int | None) -> None:
        self._journal = journal
        self._title = title
        self._total = total
        self._start = self._last = time.monotonic()

    def update(self, done: float, note: str = "") -> None:
        """Write a line if the last one is old enough; of the end the stage's own line tells."""
        now = time.monotonic()
        if now - self._last < 10 or (self._total and done >= self._total):
            return
        self._last = now
        share = f"{int(100 * done / self._total)}%" if self._total else f"{done:.0f}"
        left = ""
        if self._total and done:
            seconds = (now - self._start) * (self._total / done - 1)
            left = f"about {max(1, round(seconds))} s left"
        text = ", ".join(part for part in (f"{share} {note}".rstrip(), left) if part)
        self._journal.info("progress", f"{self._title:<10} {text}")


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Task]:
    # rich costs a tenth of a second to import: only a terminal pays it
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    console = Console(file=unescaped(sys.stderr), stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        identifier = progress.add_task(title, total=total, note="")

        class Bar:
            def update(self, done: float, note: str = "") -> None:
                """Move the bar."""
                progress.update(identifier, completed=done, note=note)

        yield Bar()
