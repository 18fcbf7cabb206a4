"""How many tokens the models of this process have read and written, to say what a run costs."""

import threading

_LOCK = threading.Lock()
_TOTALS = [0, 0]


def count_tokens(read: int, written: int) -> None:
    """Add the tokens of a batch, or those that a server reports. Threads may call it."""
    with _LOCK:
        _TOTALS[0] += read
        _TOTALS[1] += written


def counted_tokens() -> tuple[int, int]:
    """Return the tokens read and written since this process began."""
    return _TOTALS[0], _TOTALS[1]
