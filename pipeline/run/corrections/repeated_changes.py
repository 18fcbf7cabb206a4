"""Glossary entries that an editor's corrections suggest: what they replaced again and again.

欢迎来到金山。  Welcome to Golden Mountain. ─▶ Welcome to Jinshan.
金山在发展。    Golden Mountain grows.      ─▶ Jinshan grows.         金山 = Jinshan
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.sentence_key import pairing_key
from pipeline.language.words import likeliest_words

_LEAST = 2  # sentences in which the same words must be replaced
_MOST_WORDS = 5  # English words of a term
_MOST_CHARS = 8  # Chinese characters of a term
_WORD = lazy(r"[^\W_]+(?:['’.-][^\W_]+)*")
_RUN = lazy(f"[{HAN}]+")
_SMALL = frozenset(
    "a an the of in on at to for and or is are was were be by with as it its".split()
)

Corrected = tuple[str, str, str]
"""A Chinese sentence, its English before an editor changed it, and after."""


@dataclass(frozen=True, slots=True)
class ProposedTerm:
    """A Chinese term, its new English, what it replaces, and in how many sentences."""

    zh: str
    en: str
    before: str
    sentences: int


def proposed_terms(corrections: Sequence[Corrected]) -> list[ProposedTerm]:
    """Return the terms whose English was replaced by the same words in at least two sentences.

    The Chinese of a term is the longest run of whole words that all these sentences have and no
    other corrected sentence has. Where there is none, or there are two, nothing is proposed.
    """
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for zh, before, after in corrections:
        for old, new in _replaced(before, after):
            groups.setdefault((old, new), {})[pairing_key(zh)] = zh
    every = {pairing_key(zh): zh for zh, _, _ in corrections}
    terms: dict[str, ProposedTerm] = {}
    often_first = sorted(groups.items(), key=lambda group: (-len(group[1]), -len(group[0][1])))
    for (old, new), sentences in often_first:
        others = [zh for key, zh in every.items() if key not in sentences]
        zh = _common_words(list(sentences.values()), others)
        if len(sentences) >= _LEAST and zh and zh not in terms:
            terms[zh] = ProposedTerm(zh, new, old, len(sentences))
    return sorted(terms.values(), key=lambda term: (-term.sentences, term.zh))


def terms_text(terms: Sequence[ProposedTerm]) -> str:
    """Return terms as a glossary: Chinese, English and a note that says where it is from."""
    lines = [
        "# proposed from corrections; delete what is wrong, then name it in translate.glossary"
    ]
    lines += [
        f"{term.zh}\t{term.en}\tinstead of “{term.before}” in {term.sentences} sentences"
        for term in terms
    ]
    return "\n".join(lines) + "\n"


def _replaced(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the words that an editor replaced, and those in their place.

    Two changes with one word between them are one change too: "One net pass" may have become
    "All Services on One Network".
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    codes = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    changes = [code[1:] for code in codes if code[0] != "equal"]
    joined = [
        (i, j, k, m) for (i, end, k, _), (start, j, _, m) in pairwise(changes) if start - end == 1
    ]
    for i, j, k, m in (*changes, *joined):
        is_short = 0 < j - i <= _MOST_WORDS and 0 < m - k <= _MOST_WORDS
        if is_short and not _SMALL.issuperset(word.lower() for word in new[k:m]):
            yield " ".join(old[i:j]), " ".join(new[k:m])


def _common_words(sentences: Sequence[str], others: Sequence[str]) -> str:
    """Return the longest run of whole words in all sentences and in no other; "" if not one."""
    first, *rest = sentences
    shared = {
        run
        for run in _runs(first)
        if all(run in zh for zh in rest) and not any(run in zh for zh in others)
    }
    longest = max(map(len, shared), default=0)
    found = [run for run in shared if len(run) == longest]
    return found[0] if len(found) == 1 else ""


def _runs(sentence: str) -> Iterator[str]:
    """Yield every run of whole words of two characters or more, up to the longest term."""
    for match in _RUN.finditer(sentence):
        words = likeliest_words(match[0])
        for number, (start, _) in enumerate(words):
            for _, end in words[number:]:
                if 2 <= end - start <= _MOST_CHARS:
                    yield match[0][start:end]
