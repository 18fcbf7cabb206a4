"""Follow a long call and stop it: a small value that is passed down to the model.

caller ─Control─▶ translator ─▶ workers ─▶ decoder: reports progress, checks for a stop
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace


class StoppedError(Exception):
    """The answer is no longer wanted: another worker failed, or the caller gave up."""


def _ignore(count: int) -> None:
    """Do nothing: the caller does not follow the call."""


@dataclass(frozen=True, slots=True)
class Control:
    """How a caller follows and stops a call.

    `progress` is called with the number of inputs answered since the last time, by one thread at
    a time; inputs of a batch that is run again are reported again. The call ends at its next step
    once any of the `stops` is set.
    """

    progress: Callable[[int], None] = _ignore
    stops: tuple[threading.Event, ...] = ()

    def check(self) -> None:
        """Raise StoppedError if the answer is no longer wanted."""
        if any(stop.is_set() for stop in self.stops):
            raise StoppedError

    def for_threads(self, stop: threading.Event) -> "Control":
        """Return a control for several threads, which `stop` ends as well."""
        lock = threading.Lock()

        def report(count: int) -> None:
            with lock:
                self.progress(count)

        return replace(self, progress=report, stops=(*self.stops, stop))


NO_CONTROL = Control()
"""For a call that nobody follows or stops."""
