"""A sentence longer than a model can read, in parts that it can."""

import re
from collections.abc import Callable

from models.patterns import lazy

# Behind a clause mark and its closing quotes, not inside a number.
_CLAUSE_END = lazy(r"[。！？；：，、!?;:,…][”’」』）》)\"']*(?!\d)")
_BLANK = lazy(r"\s+")


def fitting_parts(text: str, fits: Callable[[str], bool]) -> tuple[list[str], bool]:
    """Cut a text until every part fits; also whether a cut fell inside a clause.

    Cuts fall behind the clause mark nearest to the middle, else at a blank, else (and that is
    inside a clause) in the middle. The parts joined are the text; a single character is given
    back whether it fits or not.
    """
    if fits(text) or len(text) < 2:
        return [text], False
    middle = len(text) // 2
    places = _inner(_CLAUSE_END, text) or _inner(_BLANK, text)
    cut = min(places, key=lambda place: abs(place - middle)) if places else middle
    first, broken = fitting_parts(text[:cut], fits)
    second, also_broken = fitting_parts(text[cut:], fits)
    return [*first, *second], broken or also_broken or not places


def _inner(pattern: re.Pattern[str], text: str) -> list[int]:
    return [found.end() for found in pattern.finditer(text) if found.end() < len(text)]
