"""English words in any of their forms: is a term in a text, as a plural, a verb, with an accent?"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows, data_words

_POSSESSIVE = lazy(r"['’]s?(?![^\W_])")
_ARTICLE = lazy(r"\s*(?:the|an?)\s+", re.IGNORECASE)
_WORD = lazy(r"[^\W_]+")
_NO_ENDING = frozenset(data_words(__file__, "no_endings.txt"))
# One syllable that ends in one vowel and one consonant: an e follows it, if it is not doubled.
_SHORT = lazy(r"[^aeiouy]*[aeiouy][^aeiouywx]$")
_VOWEL = lazy(r"[aeiouy]")


class EnglishWords:
    """The words of an English text, to look for terms in any of their forms."""

    def __init__(self, text: str) -> None:
        self._words = [plain_form(word) for word in words_of(text)]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._words):
            self._places[word].append(place)

    def has(self, term: str) -> bool:
        """True if the text has the words of a term in a row.

        Case, accents, hyphens, an article before it, and the endings of words make no difference:
        communiqué is in "two communiques", development in "developing".
        """
        wanted = [plain_form(word) for word in words_of(_without_article(term))]
        if not wanted:
            return bool(self._words)
        length = len(wanted)
        return any(
            self._words[place : place + length] == wanted
            for place in self._places.get(wanted[0], ())
        )


def words_of(text: str) -> list[str]:
    """Return the words of an English text: small letters, no accents, no possessive ending."""
    plain = text.replace("’", "'")
    if plain.isascii():
        plain = plain.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return _WORD.findall(_POSSESSIVE.sub(" ", plain))


@lru_cache(maxsize=65536)
def plain_form(word: str) -> str:
    """Return what all forms of a word share: its stem, or the word if it has no ending.

    >>> plain_form("policies") == plain_form("policy"), plain_form("fishermen")
    (True, 'fisherman')
    >>> plain_form("advancing") == plain_form("advanced") == plain_form("advances")
    True
    """
    word = _irregular().get(word, word)
    if len(word) < 4 or word in _NO_ENDING or not word.isalpha():
        return word
    return _stem(_singular(word))


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    """Return the plain forms of words that no rule gives."""
    plain: dict[str, str] = {}
    for word, forms in data_rows(__file__, "irregular_words.tsv"):
        plain.update(dict.fromkeys(forms.split(), word))
    return plain


def _singular(word: str) -> str:
    if word.endswith("men") and len(word) > 5:
        return word[:-2] + "an"
    if re.search(r"(?:[lr]ys|cris|thes|bas|nos|[^aeiou]ps|mphas|as)es$", word) and word not in (
        "cases", "phases", "releases", "purchases", "diseases", "increases", "bases", "leases",
        "decreases", "databases", "phrases", "vases", "gases",
    ):  # fmt: skip
        return word[:-2] + "is"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _stem(word: str) -> str:
    if word in _NO_ENDING:
        return word
    for ending, shortest in (("ment", 5), ("ied", 2), ("ing", 2), ("ed", 2), ("ion", 5)):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= shortest and _VOWEL.search(root):
            if ending in ("ment", "ion"):
                return root.removesuffix("e")
            return root + "y" if ending == "ied" else _undoubled(root)
    if word.endswith("e") and not _SHORT.match(word[:-1]):
        return word[:-1]
    return word


def _undoubled(root: str) -> str:
    """Return the stem of a verb without -ing or -ed: plann is plan, mak is make."""
    if re.search(r"([bdgmnprt])\1$", root):
        return root[:-1]
    return root + "e" if _SHORT.match(root) else root.removesuffix("e")


def _without_article(term: str) -> str:
    article = _ARTICLE.match(term)
    return term[article.end() :] if article else term
