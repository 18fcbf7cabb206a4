"""What a run tells: lines and a progress bar on stderr, and log.jsonl in the run folder."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from pipeline.store import reporting

LogFormat = Literal["text", "json"]
_LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Task(Protocol):
    """Something under way that can say how far it is."""

    def update(self, done: float, note: str = "") -> None:
        """Say how many of the task's units are done."""
        ...


class Journal:
    """Tells a person on stderr what happens, and a machine in log.jsonl.

    `verbosity`: 0 warnings and errors only, 1 also progress, 2 also every window.
    """

    def __init__(self, log_format: LogFormat = "text", verbosity: int = 1) -> None:
        self._format = log_format
        self._threshold = 2 - min(verbosity, 2)
        self._file: IO[str] | None = None

    @contextmanager
    def recording(self, folder: Path) -> Iterator[None]:
        """Append every event to `folder`/log.jsonl while inside."""
        path = folder / "log.jsonl"
        with reporting(path, "written"):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
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

    def _write(self, level: str, event: str, message: str, fields: dict[str, Any]) -> None:
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": level,
            "event": event,
            "message": message,
            **fields,
        }
        line = json.dumps(row, ensure_ascii=False, default=str)
        if self._file:
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                # a full disk stops what must be written, not the notes about it
                name = self._file.name
                self._close()
                self.warning("log", f"{name}: cannot be written: {error.strerror}; it ends here")
        if _LEVELS[level] >= self._threshold:
            mark = "" if level in ("debug", "info") else f"{level}: "
            sys.stderr.write((line if self._format == "json" else mark + message) + "\n")


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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        identifier = progress.add_task(title, total=total, note="")

        class Bar:
            def update(self, done: float, note: str = "") -> None:
                """Move the bar."""
                progress.update(identifier, completed=done, note=note)

        yield Bar()
