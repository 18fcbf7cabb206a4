"""Searches for numbers in words: a pattern and what its matches express, run one by one."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from pipeline.language.numbers.quantity import Kind, Quantity, Strength
from pipeline.records import Span


@dataclass(frozen=True, slots=True)
class NumberSearch:
    """A pattern, what its matches express, and strings one of which every match has.

    The strings are in lower case. They spare most texts the search.
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Iterable[Quantity]]
    needs: tuple[str, ...] = ()


def number_search(
    pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterable[Quantity]], needs: str = ""
) -> NumberSearch:
    """Return a search; `needs` are strings, apart by `|`, one of which every match has."""
    return NumberSearch(pattern, read, tuple(needs.split("|")) if needs else ())


def search_all(
    searches: Iterable[NumberSearch], text: str, taken: list[bool]
) -> Iterator[Quantity]:
    """Yield every quantity of matches with characters not yet `taken`, and mark them taken.

    A match without a quantity takes nothing.
    """
    lower = text.lower()
    for search in searches:
        for needed in search.needs:
            if needed in lower:
                break
        else:
            if search.needs:
                continue
        for match in search.pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                for quantity in search.read(match):
                    taken[start:end] = [True] * (end - start)
                    yield quantity


def quantity(
    match: re.Match[str],
    *values: int | Fraction,
    group: int | str = 0,
    kind: Kind = "",
    strength: Strength = Strength.LIKELY,
    loose: Iterable[int | Fraction] = (),
) -> Quantity:
    """Return the quantity of a group of a match."""
    return Quantity(
        tuple(map(Fraction, values)),
        Span(*match.span(group)),
        strength,
        kind,
        tuple(map(Fraction, loose)),
    )


def per_cent(share: Fraction) -> tuple[Fraction, ...]:
    """Return a share in per cent as people write it: 2/3 as 66.7, 66 or 67."""
    exact = share * 100
    if exact.denominator == 1:
        return (exact,)
    rounded = {Fraction(round(exact * 10), 10), Fraction(round(exact)), Fraction(int(exact))}
    return (exact, *sorted(rounded), Fraction(round(share * 100), 100))
