"""Follow a long call and stop it: a small value that is passed down to the model.

caller ─Control─▶ translator ─▶ workers ─▶ decoder: reports progress and answers, checks for a stop
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any


class StoppedError(Exception):
    """The answer is no longer wanted: another worker failed, or the caller gave up."""


def _ignore(count: int) -> None:
    """Do nothing: the caller does not follow the call."""


def _ignore_answers(places: Sequence[int], answers: Sequence[Any]) -> None:
    """Do nothing: the caller waits for the end of the call."""


def _as_it_is(place: int, answer: Any) -> Any:
    """Return the answer itself."""
    return answer


@dataclass(frozen=True, slots=True)
class Control:
    """How a caller follows and stops a call.

    `progress` is called with the number of inputs answered since the last time, by one thread at
    a time; inputs of a batch that is run again are reported again. The call ends at its next step
    once any of the `stops` is set.

    `answered` is called likewise, with the places of inputs in the call and their answers, as soon
    as these are final: before the call returns, and it may fail after that. Inputs that are alike
    are answered at the place of the first. A model that answers all inputs together never calls
    it, and one that is not exact calls it only for whole batches: those that are left are cut
    into the same batches when they are asked by themselves.
    """

    progress: Callable[[int], None] = _ignore
    answered: Callable[[Sequence[int], Sequence[Any]], None] = _ignore_answers
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

        def answered(places: Sequence[int], answers: Sequence[Any]) -> None:
            with lock:
                self.answered(places, answers)

        return replace(self, progress=report, answered=answered, stops=(*self.stops, stop))

    def for_part(
        self, places: Sequence[int], change: Callable[[int, Any], Any] = _as_it_is
    ) -> "Control":
        """Return the control of a call that is asked only what is at these places.

        `change` gets a place in that call and its answer, and returns the answer in this one.
        """

        def answered(own: Sequence[int], answers: Sequence[Any]) -> None:
            changed = [change(place, answer) for place, answer in zip(own, answers, strict=True)]
            self.answered([places[place] for place in own], changed)

        return replace(self, answered=answered)


NO_CONTROL = Control()
"""For a call that nobody follows or stops."""
