"""How far a run has come, for the progress bar and the log."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.engine.journal import Journal, Task
from pipeline.language.plural import plural
from pipeline.signals import raise_if_stopped


class RunCounter:
    """Counts the shards and sentences of one table after the other."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._task: Task | None = None
        self._made = self._making = self._remembered = self._translated = 0

    @contextmanager
    def counting(self, task: Task) -> Iterator[None]:
        """Begin at nothing, and show on a task what is counted meanwhile."""
        self._task = task
        self._made = self._making = self._remembered = self._translated = 0
        yield
        self._task = None

    @contextmanager
    def making(self, shards: int) -> Iterator[None]:
        """Count the shards that are made meanwhile."""
        self._making = shards
        yield
        self._made += shards
        self._show(self._made, "")

    def window(self, remembered: int, translated: int, share: float) -> None:
        """Count the sentences of a window; `share` of the shards being made is done.

        Raises KeyboardInterrupt if the run is to stop.
        """
        raise_if_stopped()
        self._remembered += remembered
        self._translated += translated
        sentences = self._remembered + self._translated
        done = self._made + self._making * share
        self._show(done, plural(sentences, "sentence") if sentences else "")
        if translated or remembered:
            self._journal.debug(
                "window",
                f"translated {plural(translated, 'sentence')}, {remembered} remembered",
                translated=translated,
                remembered=remembered,
            )

    def _show(self, done: float, text: str) -> None:
        if self._task is not None:
            self._task.update(done, text)

    @property
    def numbers(self) -> dict[str, int]:
        """The counted sentences, for the log; empty if there are none."""
        counts = {"translated": self._translated, "remembered": self._remembered}
        return counts if any(counts.values()) else {}

    def text(self) -> str:
        """Return the counted sentences for the line of a table; empty if there are none."""
        if not self._remembered + self._translated:
            return ""
        return (
            f"; {plural(self._translated, 'sentence')} translated, {self._remembered:,} remembered"
        )
