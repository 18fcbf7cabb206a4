"""Glossary of required translations: parse it, find its terms, verify translations.

# a comment
一网通办 ⇥ All Services on One Network | Yiwangtongban ⇥ a note for people
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.records import Span
from pipeline.text_file import read_needed


@dataclass(frozen=True, slots=True)
class Term:
    """A Chinese term, its required English (preferred form first), and a note."""

    zh: str
    english: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by their Chinese, and by its first character their lengths, the longest first."""

    terms: dict[str, Term]
    lengths: dict[str, tuple[int, ...]]

    def matches(self, text: str) -> Iterator[tuple[Span, Term]]:
        """Return the terms in a Chinese text: the longest at each place, without overlap.

        The time is linear in the text, however many terms there are.
        """
        at = 0
        while at < len(text):
            lengths = self.lengths.get(text[at], ())
            pieces = (text[at : at + length] for length in lengths)
            term = next((self.terms[piece] for piece in pieces if piece in self.terms), None)
            end = at + (len(term.zh) if term else 1)
            if term:
                yield Span(at, end), term
            at = end


def parse_glossary(text: str, *, name: str = "glossary") -> Glossary:
    """Return the glossary in `zh TAB en|variant TAB note` lines; # starts a comment line.

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
        elif cells[0] in terms_found:
            problems.append(
                f"{name}:{number}: {cells[0]} is given twice; keep one line and join with |"
            )
        else:
            terms_found[cells[0]] = Term(cells[0], english, cells[2] if cells[2:] else "")
    if problems:
        raise ConfigError(*problems)
    return make_glossary(tuple(terms_found.values()))


def read_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises ConfigError if it cannot be read or has bad lines."""
    text = read_needed(path)
    return parse_glossary(text, name=str(path))


def make_glossary(entries: tuple[Term, ...]) -> Glossary:
    """Return a glossary that finds the longest of its terms at each place."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        lengths[entry.zh[0]].add(len(entry.zh))
    longest_first = {first: tuple(sorted(own, reverse=True)) for first, own in lengths.items()}
    return Glossary({entry.zh: entry for entry in entries}, longest_first)


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
