"""Glossary of required translations: parse it, find its terms, verify translations.

# a comment
一网通办 ⇥ All Services on One Network | Yiwangtongban ⇥ a note for people
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.language.english_words import EnglishWords
from pipeline.language.lookup import Lookup
from pipeline.language.words import rest_of_word
from pipeline.records import Span
from pipeline.text_file import read_needed

_MOST_LOOKS = 5_000
"""Terms of one text that are compared with the words around them."""
_SAME_KIND = frozenset("市县区省镇乡村人们化性者型类界部局院所里上中的")
"""What a longer word may add to a term of two characters: 上海市 is 上海."""


@dataclass(frozen=True, slots=True)
class Term:
    """A Chinese term, its required English (preferred form first), and a note."""

    zh: str
    english: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by their Chinese, and by their plain Chinese, which texts are searched for."""

    terms: dict[str, Term]
    plain: dict[str, Term]
    lookup: Lookup

    def matches(self, text: str) -> Iterator[tuple[Span, Term]]:
        """Return the terms in a Chinese text: the longest at each place, without overlap.

        Width and case of letters make no difference. A term within a longer word is none: 市 (city)
        in 城市, 人民 (people) in 人民币.
        """
        plain = _plain(text)
        position = looks = 0
        for start in self.lookup.starts(plain):
            if start < position:
                continue
            for zh in self.lookup.at(plain, start):
                span = Span(start, start + len(zh))
                looks += 1
                if looks > _MOST_LOOKS or _is_whole(plain, span):
                    yield span, self.plain[zh]
                    position = span.end
                    break


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
    plain = {_plain(entry.zh): entry for entry in entries}
    return Glossary({entry.zh: entry for entry in entries}, plain, Lookup(plain))


def kept_terms(source: str, translation: str, glossary: Glossary) -> dict[str, bool]:
    """Return, for each term of the source by its Chinese, whether the translation has it."""
    asked = {term.zh: term for _, term in glossary.matches(source)}
    if not asked:
        return {}
    words = EnglishWords(translation)
    return {zh: any(map(words.has, term.english)) for zh, term in asked.items()}


def said_form(translation: str, term: Term) -> str | None:
    """Return the first form of a term that occurs in the translation."""
    words = EnglishWords(translation)
    return next((form for form in term.english if words.has(form)), None)


def _plain(text: str) -> str:
    """Return a text with letters of one width and case, character for character."""
    lower = text.lower()
    if len(lower) == len(text) and unicodedata.is_normalized("NFKC", text):
        return lower
    narrow = (unicodedata.normalize("NFKC", one).lower() for one in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(narrow, text, strict=True))


def _is_whole(text: str, span: Span) -> bool:
    """True if a term is a word or words of the text, or a longer word is one of its kind."""
    rest = rest_of_word(text, span)
    if rest is None:
        return False
    length = span.end - span.start
    more = "".join(rest)
    return not more or length > 2 or (length == 2 and "" in rest and more in _SAME_KIND)
