"""How far a long call is: an adapter says what it has answered, and who called may listen."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[int], None]
"""Called with how many more inputs are answered; by several threads, one at a time."""

_here = threading.local()


def answered(count: int) -> None:
    """Say that so many more inputs are answered; a batch that is run again says so again."""
    listener = current_listener()
    if listener is not None:
        listener(count)


def current_listener() -> Listener | None:
    """Give who listens to this thread."""
    listener: Listener | None = getattr(_here, "listener", None)
    return listener


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Let `listener` hear what this thread answers; what it raises is raised there."""
    before = current_listener()
    _here.listener = listener
    try:
        yield
    finally:
        _here.listener = before
