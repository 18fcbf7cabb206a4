"""Which articles tell the same story: those that share most of the rare terms of their openings."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Set
from itertools import chain

from pipeline.language.variants import simplified_twin

_SAME = 0.5
"""Share of the terms of the shorter text that both texts have, from which they are one story."""
_LEAST_SHARED = 8
"""Terms that two texts of one story share at least."""
_MOST_HOLDERS = 50
"""A term that more texts have tells nothing, and is not looked up."""

Terms = frozenset[str]


def story_terms(text: str) -> Terms:
    """Return the pairs of characters of a text that letters or digits make."""
    plain = simplified_twin(text)
    pairs = (plain[place : place + 2] for place in range(len(plain) - 1))
    return frozenset(pair for pair in pairs if pair.isalnum())


def is_same(one: Set[Hashable], other: Set[Hashable]) -> bool:
    """True if two texts tell the same story."""
    shared = len(one & other)
    return shared >= _LEAST_SHARED and shared >= _SAME * min(len(one), len(other))


def same_stories(texts: Iterable[Terms]) -> list[list[int]]:
    """Group the texts that tell the same story, each group in order, groups by their first text.

    Of each text the numbers of its terms are kept: the terms themselves take twenty times as much.
    """
    numbers: dict[str, int] = {}
    kept: list[array[int]] = []
    holders: dict[int, list[int]] = defaultdict(list)
    group: list[int] = []
    members: dict[int, list[int]] = {}
    for number, text in enumerate(texts):
        terms = frozenset(numbers.setdefault(term, len(numbers)) for term in text)
        kept.append(array("I", terms))
        group.append(number)
        members[number] = [number]
        for other in _candidates(terms, holders):
            if group[other] != group[number] and is_same(terms, frozenset(kept[other])):
                old, new = sorted((group[other], group[number]), reverse=True)
                for one in members[old]:
                    group[one] = new
                members[new] += members.pop(old)
        for term in terms:
            if len(holders[term]) < _MOST_HOLDERS:
                holders[term].append(number)
    return [sorted(members[first]) for first in sorted(members)]


def _candidates(terms: Iterable[int], holders: dict[int, list[int]]) -> list[int]:
    """Return earlier texts that share enough of the terms that few texts have."""
    lists = (holders.get(term, ()) for term in terms)
    counts = Counter(chain.from_iterable(texts for texts in lists if len(texts) < _MOST_HOLDERS))
    return sorted(other for other, count in counts.items() if count >= _LEAST_SHARED)
