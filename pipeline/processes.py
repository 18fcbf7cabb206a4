"""Several processes that call functions for this one, and end when it ends.

They begin as copies of a server that has loaded what they share, not as copies of this process: a
fork of one with threads (torch) may hang. Where there is no such server (Windows), they are new.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.context import BaseContext
from threading import Thread
from types import ModuleType
from typing import Any

from pipeline.errors import PipelineError

_LOST = (
    "a process that shares the work was killed; see whether the machine's memory suffices, and run "
    "it again"
)
_NO_WARNING = "ignore:resource_tracker:UserWarning"


class ProcessPool:
    """Up to `count` processes; `begin` is called in each first.

    `shared` are modules that their server loads before they are copied from it. They end after
    `close`, when nothing refers to the pool any more, or with this process.
    """

    def __init__(
        self, count: int, shared: Sequence[str], begin: Callable[[], None] | None = None
    ) -> None:
        from concurrent.futures import ProcessPoolExecutor  # few need it, and it takes 20 ms

        self._pool = ProcessPoolExecutor(
            count, mp_context=_context(shared), initializer=_begin, initargs=(begin,)
        )

    def submit(self, function: Callable[..., Any], *values: Any) -> Callable[[], Any]:
        """Begin a call and return a function that waits for its result.

        Both raise PipelineError if one of the processes was killed.
        """
        with _one_line(), _without_main():
            future = self._pool.submit(function, *values)
        return partial(_result, future)

    def close(self) -> None:
        """Drop calls that have not begun, and let the processes end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[Any]) -> Any:
    with _one_line():
        return future.result()


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except (BrokenExecutor, ConnectionError, EOFError):  # of a worker, or of their server
        raise PipelineError(_LOST) from None


def _context(shared: Sequence[str]) -> BaseContext:
    from multiprocessing import forkserver

    try:
        context = get_context("forkserver")
        context.set_forkserver_preload(list(shared))
        with _undisturbed():
            forkserver.ensure_running()
    except (ValueError, OSError):  # Windows has no such server; it needs a place for a socket
        return get_context("spawn")
    return context


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let what is started here never see Ctrl-C, which comes to a whole group of processes.

    Nor does it warn when it removes the locks of a process that had no time to do so.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    sys.warnoptions.append(_NO_WARNING)
    try:
        yield
    finally:
        sys.warnoptions.remove(_NO_WARNING)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the main module: a process would run it again, a script without a guard as a whole."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin(begin: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    if begin:
        begin()


def _end_with_parent() -> None:
    """End this process when its parent ends, which may have had no time to say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
