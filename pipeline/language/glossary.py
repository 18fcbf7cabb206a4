"""Glossary of required translations: parse it, find its terms, verify translations.

# a comment
一网通办 ⇥ All Services on One Network | Yiwangtongban ⇥ a note for people
教育部 ⇥ Ministry of Education
教育部门 教育部长 ⇥ - ⇥ longer words, in which no term is looked for
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import ConfigError
from pipeline.language.variants import simple_characters
from pipeline.records import Span

_HIDDEN = "-"


@dataclass(frozen=True, slots=True)
class Term:
    """A Chinese term, its required English (preferred form first), and a note.

    Without English it is a longer word in which no other term is looked for.
    """

    zh: str
    english: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by their Chinese, and how the longest one at a place is found.

    `simple_terms` and their `lengths` by first character, the longest first, are in simplified
    characters of half width, whatever the glossary is written in; so is the text in which they are
    looked for.
    """

    terms: dict[str, Term]
    simple_terms: dict[str, Term]
    lengths: dict[str, tuple[int, ...]]

    def matches(self, text: str) -> Iterator[tuple[Span, Term]]:
        """Return the terms in a Chinese text: the longest at each place, without overlap.

        The text may be in simplified or traditional characters, like the glossary. The time is
        linear in the text, however many terms there are.
        """
        text = simple_characters(text)
        start = 0
        while start < len(text):
            lengths = self.lengths.get(text[start], ())
            pieces = (text[start : start + length] for length in lengths)
            zh = next((piece for piece in pieces if piece in self.simple_terms), "")
            end = start + (len(zh) or 1)
            if zh and self.simple_terms[zh].english:
                yield Span(start, end), self.simple_terms[zh]
            start = end


def parse_glossary(text: str, *, name: str = "glossary") -> Glossary:
    """Return the glossary in `zh TAB en|variant TAB note` lines; # starts a comment line.

    The Chinese of a line with `-` for English are words, separated by blanks, that hide the terms
    inside them.

    Raises ConfigError, which lists every bad line as `name:line: problem`.
    """
    terms_found: dict[str, Term] = {}
    problems: list[str] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        english = (
            tuple(form.strip() for form in cells[1].split("|") if form.strip()) if cells[1:] else ()
        )
        if not cells[0] or not english:
            problems.append(
                f"{name}:{number}: expected Chinese, a tab, English; found {line.strip()[:40]!r}"
            )
            continue
        is_hidden = english == (_HIDDEN,)
        for zh in cells[0].split() if is_hidden else cells[:1]:
            if zh in terms_found:
                problems.append(
                    f"{name}:{number}: {zh} is given twice; keep one line and join with |"
                )
            note = cells[2] if cells[2:] else ""
            terms_found.setdefault(zh, Term(zh, () if is_hidden else english, note))
    if problems:
        raise ConfigError(*problems)
    return make_glossary(tuple(terms_found.values()))


def make_glossary(entries: tuple[Term, ...]) -> Glossary:
    """Return a glossary that finds the longest of its terms at each place.

    A term that is given in both scripts has the English of both.
    """
    simple: dict[str, Term] = {}
    for entry in entries:
        zh = simple_characters(entry.zh)
        known = simple.get(zh)
        forms = tuple(dict.fromkeys((*known.english, *entry.english))) if known else ()
        simple[zh] = replace(known, english=forms) if known else entry
    lengths: dict[str, set[int]] = defaultdict(set)
    for zh in simple:
        lengths[zh[0]].add(len(zh))
    longest_first = {first: tuple(sorted(own, reverse=True)) for first, own in lengths.items()}
    return Glossary({entry.zh: entry for entry in entries}, simple, longest_first)


def kept_terms(source: str, translation: str, glossary: Glossary) -> dict[str, bool]:
    """Return, for each term of the source by its Chinese, whether the translation has it."""
    spoken = _folded(translation)
    asked = {term.zh: term for _, term in glossary.matches(source)}
    return {zh: any(_says(spoken, form) for form in term.english) for zh, term in asked.items()}


def said_form(translation: str, term: Term) -> str | None:
    """Return the first form of a term that occurs in the translation."""
    spoken = _folded(translation)
    return next((form for form in term.english if _says(spoken, form)), None)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower().replace("’s ", " ").replace("'s ", " ")))


def _says(spoken: str, form: str) -> bool:
    wanted = re.sub(r"^(?:the|an?) ", "", _folded(form))
    if not wanted:
        return bool(spoken)
    words = f" {spoken} "  # words have one space between them
    return any(f" {wanted}{ending} " in words for ending in ("", "s", "es"))
