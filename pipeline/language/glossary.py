"""Glossary of required translations: parse it, find its terms, verify translations.

# a comment
一网通办 ⇥ All Services on One Network | Yiwangtongban ⇥ a note for people
教育部 ⇥ Ministry of Education
教育部门 教育部长 ⇥ - ⇥ longer words, in which no term is looked for
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import ConfigError
from pipeline.language.english_words import EnglishWords
from pipeline.language.lookup import Lookup
from pipeline.language.variants import simple_characters
from pipeline.language.words import rest_of_word
from pipeline.records import Span

_HIDDEN = "-"

_MOST_LOOKS = 5_000  # terms of one text that are compared with the words around them
_SAME_KIND = frozenset("市县区省镇乡村人们化性者型类界部局院所里上中的")
"""What a longer word may add to a term of two characters: 上海市 is 上海."""


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
    """Terms by their Chinese, and by their plain Chinese, which texts are searched for.

    Plain is in simplified characters and small letters of half width, whatever the glossary is
    written in; so is the text in which terms are looked for.
    """

    terms: dict[str, Term]
    plain: dict[str, Term]
    lookup: Lookup

    def matches(self, text: str) -> Iterator[tuple[Span, Term]]:
        """Return the terms in a Chinese text: the longest at each place, without overlap.

        Script, width and case make no difference. A term within a longer word is none: 市 (city)
        in 城市, 人民 (people) in 人民币; nor is one within an entry without English.
        """
        plain = _plain(text)
        position = looks = 0
        for start in self.lookup.starts(plain):
            if start < position:
                continue
            for zh in self.lookup.at(plain, start):
                span = Span(start, start + len(zh))
                looks += 1
                term = self.plain[zh]
                if looks > _MOST_LOOKS or not term.english or _is_whole(plain, span):
                    if term.english:
                        yield span, term
                    position = span.end
                    break


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
    plain: dict[str, Term] = {}
    for entry in entries:
        zh = _plain(entry.zh)
        known = plain.get(zh)
        forms = tuple(dict.fromkeys((*known.english, *entry.english))) if known else ()
        plain[zh] = replace(known, english=forms) if known else entry
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
    """Return a text in one script, width and case, character for character."""
    text = simple_characters(text)
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
