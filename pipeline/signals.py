"""Signals that stop the program: Ctrl-C, SIGTERM, SIGHUP. It ends with 128 and the number."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

_NUMBERS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_PATIENCE_SECONDS = 1.0
"""`timeout` and some shells send a signal twice: what follows so soon is the same wish."""

MESSAGE = "interrupted; finished work is kept, run it again to continue"


class _State:
    """The signal that stops this process, and when the last one came."""

    number: int | None = None
    seconds = 0.0
    is_shielded = False


def stop_code() -> int | None:
    """Return the exit code of the signal that came: 130, 143 or 129; None if none came."""
    return None if _State.number is None else 128 + _State.number


def raise_if_stopped() -> None:
    """Raise KeyboardInterrupt if a signal came and a library swallowed its exception."""
    if _State.number is not None and not _State.is_shielded:
        raise KeyboardInterrupt


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """End the process at once when a signal comes while inside: imports cannot be unwound."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        with suppress(Exception):
            sys.stderr.write("interrupted\n")
            sys.stderr.flush()
        os._exit(128 + number)

    with _handling(leave):
        yield


@contextmanager
def stopping() -> Iterator[None]:
    """Raise KeyboardInterrupt in the main thread when a signal comes while inside."""

    def stop(number: int, frame: FrameType | None) -> None:
        moment = time.monotonic()
        is_first = _State.number is None
        _State.number = _State.number or number
        is_echo = not is_first and moment - _State.seconds < _PATIENCE_SECONDS
        if not (is_echo or _State.is_shielded):
            _State.seconds = moment
            raise KeyboardInterrupt

    _State.number = None
    with _handling(stop):
        yield


@contextmanager
def shielded() -> Iterator[None]:
    """Finish what is inside even if a signal comes; it counts all the same."""
    before, _State.is_shielded = _State.is_shielded, True
    try:
        yield
    finally:
        _State.is_shielded = before


@contextmanager
def keeping_handlers() -> Iterator[None]:
    """Undo what a library inside does to the handlers of the signals that stop the program."""
    before = {number: signal.getsignal(number) for number in _NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _handling(handler: Any) -> Iterator[None]:
    """Handle the signals that the caller of this process did not ask to ignore (nohup, `&`)."""
    wanted = [number for number in _NUMBERS if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in wanted}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
