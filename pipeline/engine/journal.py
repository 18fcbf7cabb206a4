"""What a run tells: lines and a progress bar on stderr, and log.jsonl in the run folder."""

import json
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from pipeline.console import unescaped
from pipeline.exit_codes import how_it_ends
from pipeline.language.controls import visible
from pipeline.storage import open_to_append

LogFormat = Literal["text", "json"]
_NOTED_EVERY_SECONDS = 2.0
_LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Task(Protocol):
    """Something under way that can say how far it is."""

    def update(self, done: float, note: str = "") -> None:
        """Show how many of the task's units are done."""


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

    @property
    def has_ended(self) -> bool:
        """True if the final event is written."""
        return self._has_ended

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
        status, code, reason = how_it_ends(error)
        if not self._has_ended and status == "failed":
            self.debug("traceback", "".join(traceback.format_exception(error)).rstrip())
        self.end(status, code, reason)
        return status, code

    @contextmanager
    def task(self, title: str, total: int | None) -> Iterator[Task]:
        """Show progress over `total` units: a bar with time left on a terminal, else lines."""
        progress = _Progress(self, title, total)
        if self._threshold > _LEVELS["info"]:
            yield progress
        elif self._format == "text" and sys.stderr.isatty():
            with _bar(title, total) as bar:
                yield _Both(bar, progress)
        else:
            yield _Both(_Lines(self, title, total), progress)

    def note_progress(self, message: str, **fields: Any) -> None:
        """Write how far a task is to log.jsonl only, for `pipeline status`."""
        self._record(self._row("debug", "progress", message, fields))

    def show_progress(self, message: str, **fields: Any) -> None:
        """Write how far a task is to stderr only."""
        self._write("info", "progress", message, fields, is_recorded=False)

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
        is_recorded: bool = True,
    ) -> None:
        line = self._row(level, event, message, fields)
        if is_recorded:
            self._record(line)
        if _LEVELS[level] < self._threshold:
            return
        if self._format == "json":
            sys.stderr.write(line + "\n")
        elif is_for_people:
            # while a bar moves, rich stands in for stderr and takes escape codes for its own
            mark = "" if level in ("debug", "info") else f"{level}: "
            sys.stderr.write(visible(mark + message) + "\n")

    def _row(self, level: str, event: str, message: str, fields: dict[str, Any]) -> str:
        """Return an event as a line of JSON; docs/operate/logs.md describes its keys."""
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self.run_id,
            "level": level,
            "event": event,
            "message": message,
            **fields,
        }
        return visible(json.dumps(row, ensure_ascii=False, default=str))

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


Watch = Callable[[str, int], AbstractContextManager[Task]]
"""Opens a task, by its title and number of units; `Journal.task` is one."""


@contextmanager
def unwatched(title: str, total: int) -> Iterator[Task]:
    """Show no progress."""
    yield _Silent()


@dataclass(frozen=True, slots=True)
class _Both:
    """Shows progress to a person and notes it for programs."""

    shown: Task
    noted: Task

    def update(self, done: float, note: str = "") -> None:
        """Pass on how far it is."""
        self.shown.update(done, note)
        self.noted.update(done, note)


class _Progress:
    """Progress for programs: an event at the start, and then at most every two seconds."""

    def __init__(self, journal: Journal, title: str, total: int | None) -> None:
        self._journal, self._title, self._total = journal, title, total
        self._start = self._last = time.monotonic()
        self._write(0, "")

    def update(self, done: float, note: str = "") -> None:
        """Write an event if the last one is old enough."""
        if time.monotonic() - self._last >= _NOTED_EVERY_SECONDS:
            self._last = time.monotonic()
            self._write(done, note)

    def _write(self, done: float, note: str) -> None:
        self._journal.note_progress(
            f"{self._title:<10} {done:.4g} of {self._total or '?'} {note}".rstrip(),
            stage=self._title,
            done=round(done, 4),
            total=self._total,
            note=note,
            seconds=round(time.monotonic() - self._start, 3),
        )


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
        self._journal.show_progress(f"{self._title:<10} {text}", stage=self._title)


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
