"""Places, peoples, organisations and people of the news: Chinese names and their English forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.data_file import data_rows
from pipeline.language.chinese import HAN
from pipeline.language.lookup import Lookup
from pipeline.language.patterns import compiled
from pipeline.language.sentence_cache import remembered
from pipeline.language.transliteration import CHARACTERS, FOREIGN
from pipeline.language.words import stands_apart
from pipeline.records import Span

_MOST_LOOKS = 5_000  # names of one text that are compared with the words around them

_SHORTEST_FORM = 3
"""Letters of a form that is also looked for by itself, less one: US is also a word."""
_DOTS = tuple("·•・‧")
_GOES_ON = FOREIGN - set("塔汉英古德班史康恩法加福提图沙密泰默基龙蒙米查")
"""Characters beside a transliterated name that belong to it."""


@lru_cache(maxsize=1)
def _guards() -> dict[str, str]:
    """Return the regular expressions by which a name that may only look like one is one."""
    return {
        name: pattern.replace("HAN", HAN).replace("NAME", name)
        for names, pattern in data_rows(__file__, "name_guards.tsv")
        for name in names.split()
    }


@dataclass(frozen=True, slots=True)
class KnownName:
    """A Chinese name, its English forms, and a regular expression that finds any of them.

    It also finds names of something else (South Korea for 朝鲜): those are no `name`.
    `whole` is the first form that is a whole word; None if all forms are beginnings of words
    (one form finds both Uganda and Ugandan).
    """

    zh: str
    forms: tuple[str, ...]
    finds: str
    flags: re.RegexFlag
    whole: str | None
    is_person: bool = False

    def is_in(self, text: str) -> bool:
        """True if an English text has a form of the name."""
        return self.written_in(text) is not None

    def written_in(self, text: str) -> str | None:
        """Return the first form of the name in an English text; None if it has none."""
        pattern = compiled(self.finds, self.flags)
        return next((match["name"] for match in pattern.finditer(text) if match["name"]), None)


@remembered
def known_names(text: str) -> Iterator[tuple[Span, KnownName]]:
    """Return the known names in a Chinese text: the longest at each place, without overlap.

    A name that is only parts of two words is none: 海地 (Haiti) in 沿海地区.
    """
    entries, lookup = _gazetteer()
    position = looks = 0
    for start in lookup.starts(text):
        name = _guarded(lookup, text, start) if start >= position else ""
        if not name:
            continue
        looks += 1
        entry, span = entries[name], Span(start, start + len(name))
        if looks > _MOST_LOOKS or _is_named(text, span, entry, follows=start == position):
            yield span, entry
        position = span.end


def _guarded(lookup: Lookup, text: str, start: int) -> str:
    """Return the longest name at a position that its guard lets through; empty if none."""
    for name in lookup.at(text, start):
        guard = _guards().get(name)
        if guard is None or compiled(guard).match(text, start):
            return name
    return ""


def _is_named(text: str, span: Span, entry: KnownName, *, follows: bool) -> bool:
    """True if a name in a text is one, and no part of words or of a longer name."""
    _, lookup = _gazetteer()
    return (
        stands_apart(text, span, whole=entry.is_person)
        and not _in_dotted_name(text, span, entry)
        and (follows or not _goes_on(text, span, span.start - 1))
        and not (_goes_on(text, span, span.end) and not any(lookup.at(text, span.end)))
    )


def _in_dotted_name(text: str, span: Span, entry: KnownName) -> bool:
    """True if the place is part of a person's name: 穆斯林·古尔斯."""
    behind, before = text[span.end : span.end + 1], text[max(0, span.start - 1) : span.start]
    return behind in _DOTS or (before in _DOTS and not entry.is_person)


def _goes_on(text: str, span: Span, position: int) -> bool:
    """True if a transliterated name goes on at a position beside it: 拉萨纳, 加的斯."""
    return text[position : position + 1] in _GOES_ON and CHARACTERS.issuperset(
        text[span.start : span.end]
    )


@lru_cache(maxsize=1)
def names_by_form() -> dict[str, frozenset[str]]:
    """Return the Chinese names of each whole English form, by the form in lower case."""
    named: dict[str, set[str]] = {}
    for entry in _gazetteer()[0].values():
        for form in entry.forms:
            if len(form) > _SHORTEST_FORM:
                named.setdefault(form.lower(), set()).add(entry.zh)
    return {form: frozenset(names) for form, names in named.items()}


@lru_cache(maxsize=1)
def known_people() -> frozenset[str]:
    """Return the Chinese people of the news whose names are written in pinyin."""
    return frozenset(zh for zh, english in _rows("persons.tsv") if not english)


def _rows(name: str) -> Iterator[tuple[str, str]]:
    """Yield the Chinese and the English of each row of a table; the English may be missing."""
    for zh, *english in data_rows(__file__, name):
        yield zh, english[0] if english else ""


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[dict[str, KnownName], Lookup]:
    entries = {zh: _entry(zh, english, is_person=False) for zh, english in _rows("gazetteer.tsv")}
    for zh, english in _rows("persons.tsv"):
        if english:
            entries[zh] = _entry(zh, english, is_person=True)
    return entries, Lookup(entries)


def _entry(zh: str, english: str, *, is_person: bool) -> KnownName:
    forms = tuple(form for form in english.split("|") if not form.startswith("!"))
    others = tuple(form[1:] for form in english.split("|") if form.startswith("!"))
    whole = next((form for form in forms if not form.endswith("*")), None)
    shown = tuple(form.rstrip("*") for form in forms)
    flags = re.IGNORECASE if _lower(forms + others) else re.NOFLAG
    return KnownName(zh, shown, _finds(forms, others), flags, whole, is_person)


def _finds(forms: tuple[str, ...], others: tuple[str, ...]) -> str:
    names = f"(?P<name>{'|'.join(map(_form, forms))})"
    parts = [*map(_form, others), names]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


def _form(form: str) -> str:
    return re.escape(form).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")


def _lower(forms: tuple[str, ...]) -> bool:
    """True if case may be ignored; False if a form is also a word (US, WHO, AP, X)."""
    return all(len(form.strip("*.")) > 4 for form in forms)
