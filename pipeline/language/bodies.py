"""Public bodies: ministries, courts, banks, organisations, and words of their English names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.lookup import Lookup
from pipeline.language.patterns import compiled
from pipeline.language.sentence_cache import remembered
from pipeline.language.words import stands_apart
from pipeline.records import Span

_NOT_AFTER = lazy("门|队|分行|署|属")


@dataclass(frozen=True, slots=True)
class Body:
    """A body: its Chinese names, its usual English name, and regular expressions of what names it.

    `full` are its names, `any_form` also what it is about; a name of another body is no match of
    the group `own`.
    """

    zh: tuple[str, ...]
    english: str
    any_form: str
    full: str

    def is_in(self, text: str) -> bool:
        """True if an English text names the body, or what it is about."""
        return bool(self.places(text))

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return where an English text names the body, or what it is about."""
        pattern = compiled(self.any_form, re.IGNORECASE)
        return [match.span() for match in pattern.finditer(text) if match["own"]]

    def is_named_in(self, text: str) -> bool:
        """True if an English text has a name of the body."""
        return any(match["own"] for match in compiled(self.full).finditer(text))


@remembered
def known_bodies(text: str) -> Iterator[tuple[Span, Body]]:
    """Return the bodies in a Chinese text: the longest at each place, without overlap."""
    bodies, lookup = _table()
    position = 0
    for start in lookup.starts(text):
        name = next(lookup.at(text, start), "") if start >= position else ""
        span = Span(start, start + len(name))
        if name and not _NOT_AFTER.match(text, span.end) and stands_apart(text, span):
            yield span, bodies[name]
            position = span.end


@lru_cache(maxsize=1)
def all_bodies() -> tuple[Body, ...]:
    """Return every body of the table."""
    return tuple(dict.fromkeys(_table()[0].values()))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Body], Lookup]:
    bodies: dict[str, Body] = {}
    for zh, english in data_rows(__file__, "bodies.tsv"):
        listed = english.split("|")
        others = [form[1:] for form in listed if form.startswith("!")]
        forms = [form for form in listed if not form.startswith("!")]
        names = tuple(zh.split("|"))
        full = [form for form in forms if form is forms[0] or _is_full(form)]
        body = Body(names, forms[0], _any_of(forms, others), _any_of(full, others))
        bodies.update(dict.fromkeys(names, body))
    return bodies, Lookup(bodies)


def _is_full(form: str) -> bool:
    """True if a form names the body, not only what it is about."""
    return " " in form.strip("*") or (form.isupper() and len(form) > 3 and form.isalpha())


def _any_of(forms: list[str], others: list[str]) -> str:
    """Return a pattern for any of some forms; names of other bodies match without the group."""
    others_first = f"(?:{_either(others)})|" if others else ""
    return rf"(?<!\w)(?:{others_first}(?P<own>{_either(forms)}))(?!\w)"


def _either(forms: list[str]) -> str:
    return "|".join(re.escape(form).replace(r"\*", r"\w*").replace("'", "['’]") for form in forms)
