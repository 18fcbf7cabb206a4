"""Limits on one input file, so that no file stops or starves the others.

They are far above what newspapers hold. A file beyond one of them becomes a Failure that names
the file, the limit and what to do; reading goes on with the next file.

    markup          100,000 elements in a web page, 1,000,000 tags in a DOCX, ODT or EPUB
                    2,000 attributes in a tag
    packed files    200 times their size, or 100 MB, once unpacked
    rows            `input.max_megabytes` each, over all lines of a quoted cell; 10,000 columns;
                    10,000 rows in one file that cannot be read; 1,000,000 blank lines in a row
    standard input  1,000 MB
    time            60 seconds to parse a page, a chapter or a Word document
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError

MOST_ELEMENTS = 100_000
MOST_TAGS = 1_000_000
MOST_ATTRIBUTES = 2_000
MOST_UNPACKED_TIMES = 200
LEAST_UNPACKED_BYTES = 100_000_000
MOST_COLUMNS = 10_000
MOST_BAD_ROWS = 10_000
MOST_BLANK_ROWS = 1_000_000
MOST_ROW_CHARS = 20_000_000
MOST_STDIN_BYTES = 1_000_000_000
MOST_SECONDS = 60.0

_MOST_NAIVE_ATTRIBUTES = 10 * MOST_ATTRIBUTES
_ADVICE = "open it in a browser and save its text"
_START = lazy(r"<[A-Za-z]")
# A tag as browsers read it: a `>` inside quotation marks does not end it. Every repetition is
# possessive, so the scan is linear.
_TAG = lazy(
    r"<[A-Za-z][^\s/>]*+"
    r"(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+)*+"
)
# An attribute whose value holds the end of a tag; without one, a tag ends at the next `>`.
_QUOTED_END = lazy(r"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")
_ATTRIBUTE = lazy(
    r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"
)


def too_many_blank_lines() -> UnreadableError:
    """Return the error of a file that has nothing but blank lines for a long way."""
    return UnreadableError(f"more than {MOST_BLANK_ROWS:,} blank lines in a row", "leave them out")


def too_large(what: str, most_bytes: int) -> UnreadableError:
    """Return the error of something that is larger than a limit that follows from the config."""
    return UnreadableError(
        f"{what} is larger than {most_bytes / 1e6:g} MB", "cut it or raise input.max_megabytes"
    )


def check_markup(source: str, most_elements: int = MOST_ELEMENTS) -> None:
    """Refuse HTML that a parser would take minutes for. Linear in the text.

    Raises UnreadableError for more than `most_elements` elements, or more than
    `MOST_ATTRIBUTES` attributes in one tag: parsers compare each with all before it.
    """
    elements = source.count("<")
    if elements > most_elements:
        elements = len(_START.findall(source))
    if elements > most_elements:
        raise UnreadableError(f"{elements:,} elements; at most {most_elements:,} are read", _ADVICE)
    if _has_long_tag(source):
        raise UnreadableError(
            f"a tag with more than {MOST_ATTRIBUTES:,} attributes", "remove the tag and try again"
        )


def _has_long_tag(source: str) -> bool:
    pieces = source.split(">")
    longest = max(map(len, pieces))
    if longest <= 2 * MOST_ATTRIBUTES and not _QUOTED_END.search(source):
        return False
    for match in _TAG.finditer(source):
        # an attribute takes two characters at least
        if match.end() - match.start() > 2 * MOST_ATTRIBUTES and (
            sum(1 for _ in _ATTRIBUTE.finditer(match[0])) > MOST_ATTRIBUTES
        ):
            return True
    # a quotation mark in a comment may hide a tag from the scan above
    if longest <= 2 * _MOST_NAIVE_ATTRIBUTES:
        return False
    return any(
        len(piece) > 2 * _MOST_NAIVE_ATTRIBUTES
        and len(piece[piece.rfind("<") :].split()) > _MOST_NAIVE_ATTRIBUTES
        for piece in pieces
        if "<" in piece
    )


@contextmanager
def time_limit(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Raise UnreadableError in a block that takes longer.

    It needs a signal of POSIX and the main thread; elsewhere the other limits must do. A call
    into C is interrupted only when it returns.
    """
    is_free = (
        hasattr(signal, "SIGALRM")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    )
    if not is_free:
        yield
        return
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TooSlow:
        raise UnreadableError(
            f"not read within {seconds:g} seconds", "save its text in a simpler format"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


class _TooSlow(BaseException):
    """Time is up. No `except Exception` of a library catches it."""


def _stop(signum: int, frame: object) -> None:
    raise _TooSlow
