"""The errors of this package; the pipeline shows them as a line, not a traceback."""

import difflib
from collections.abc import Collection
from itertools import islice

_MOST_CHOICES = 20


def closest(name: str, choices: Collection[str]) -> str | None:
    """Return the choice most like `name`, None if none is like it."""
    return next(iter(difflib.get_close_matches(name, choices, n=1)), None)


def suggest(name: str, choices: Collection[str], otherwise: str = "") -> str:
    """Return "did you mean …?" with the choice most like `name`.

    If none is like it, returns `otherwise`, or else the choices, at most 20 of them.
    """
    if close := closest(name, choices):
        return f"did you mean '{close}'?"
    more = f" and {len(choices) - _MOST_CHOICES:,} more" if len(choices) > _MOST_CHOICES else ""
    return otherwise or f"choose one of {', '.join(islice(choices, _MOST_CHOICES))}{more}"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its kind if it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class WeightsError(Exception):
    """Weights cannot be found, trusted, converted or run: where, what was found, what to do."""


class NoSummaryError(WeightsError):
    """A model wrote no summary of one article; the others are not affected."""


class ServerError(WeightsError):
    """A server answers nothing: no row is at fault, and no other row would fare better."""
