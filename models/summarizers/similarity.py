"""What sentences share: their terms, how similar two of them are, and which one is central."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from operator import add

import numpy as np
from numpy.typing import NDArray

from models.patterns import lazy

Similarities = NDArray[np.float64]

# As pipeline.language.chinese has it, which this package must not import; a test compares them.
HAN_SET = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
HAN = lazy(f"[{HAN_SET}]")
LETTERS = rf"[^\W_{HAN_SET}]+"
HAN_RUN_OR_WORD = lazy(rf"({HAN.pattern}+)|({LETTERS}(?:[-'’.]{LETTERS})*)")

# Chance of following an edge of the graph instead of jumping anywhere; both papers use it.
DAMPING = 0.85
TOLERANCE = 1e-10
COLUMNS_AT_ONCE = 20_000


@lru_cache(maxsize=1024)  # an article's sentences are asked about by every part of a method
def terms(sentence: str) -> Counter[str]:
    """Count what a sentence is about: pairs of Chinese characters, and words of the rest.

    Whoever asks must not change the counter.

    Character bigrams stand in for words, which Chinese does not separate; they do as well
    in retrieval and need no segmenter (Nie et al. 2000, "On the use of words and n-grams
    for Chinese information retrieval").
    """
    found: list[str] = []
    for run, word in HAN_RUN_OR_WORD.findall(sentence):
        if len(run) > 1:
            found += map(add, run, run[1:])
        else:
            found.append(run or word.lower())
    return Counter(found)


def cosines(bags: Sequence[Counter[str]]) -> Similarities:
    """Return the tf-idf cosine of every two sentences, (count, count), zero on the diagonal.

    The similarity of Erkan and Radev 2004, section 3. The frequency of a term is counted
    over the article itself; one is added so that a term found everywhere still counts.
    """
    vocabulary = {term: place for place, term in enumerate(sorted(set().union(*bags)))}
    # a wide table is made in blocks of columns, so that memory stays bounded
    blocks = range(0, max(1, len(vocabulary)), COLUMNS_AT_ONCE)
    squares = np.zeros((len(bags), 1))
    for first in blocks:
        squares += (_weighted(bags, vocabulary, first) ** 2).sum(axis=1, keepdims=True)
    lengths = np.sqrt(squares)
    similarity: Similarities = np.zeros((len(bags), len(bags)))
    for first in blocks:
        unit = _weighted(bags, vocabulary, first) / np.where(lengths > 0, lengths, 1)
        similarity += unit @ unit.T
    np.fill_diagonal(similarity, 0)
    return similarity


def cosine_of(
    first: Counter[str], second: Counter[str], holding: Counter[str], count: int
) -> float:
    """Return the tf-idf cosine of two of `count` sentences, of which `holding` have each term."""
    one, other = (
        {term: times * math.log(1 + count / holding[term]) for term, times in bag.items()}
        for bag in (first, second)
    )
    shared = sum(weight * other[term] for term, weight in one.items() if term in other)
    return shared / (math.hypot(*one.values()) * math.hypot(*other.values())) if shared else 0.0


def _weighted(bags: Sequence[Counter[str]], vocabulary: dict[str, int], first: int) -> Similarities:
    """Return the tf-idf weights of the terms from column `first` on, a block of columns."""
    width = min(COLUMNS_AT_ONCE, len(vocabulary) - first)
    counts = np.zeros((len(bags), width))
    for row, bag in enumerate(bags):
        for term, count in bag.items():
            column = vocabulary[term] - first
            if 0 <= column < width:
                counts[row, column] = count
    holding = np.maximum((counts > 0).sum(axis=0), 1)
    weighted: Similarities = counts * np.log(1 + len(bags) / holding)
    return weighted


def overlaps(bags: Sequence[Counter[str]]) -> Similarities:
    """Return the shared terms of every two sentences over the logs of their lengths.

    The similarity of Mihalcea and Tarau 2004, section 4.1. One is added to the lengths,
    because the log of a single term is zero.
    """
    similarity: Similarities = np.zeros((len(bags), len(bags)))
    for row, first in enumerate(bags):
        for column in range(row):
            second = bags[column]
            shared = len(first.keys() & second.keys())
            if shared:
                length = math.log(1 + first.total()) + math.log(1 + second.total())
                similarity[row, column] = similarity[column, row] = shared / length
    return similarity


def centrality(graph: Similarities) -> Similarities:
    """Rank the nodes of a weighted graph by PageRank's power iteration; the ranks add up to 1.

    Continuous LexRank (Erkan and Radev 2004, section 3.3) and weighted TextRank (Mihalcea
    and Tarau 2004, section 2.2) differ only in the graph. A node without edges jumps anywhere.
    """
    count = len(graph)
    if count == 0:
        return np.zeros(0)
    leaving = graph.sum(axis=1, keepdims=True)
    steps = np.where(leaving > 0, graph / np.where(leaving > 0, leaving, 1), 1 / count)
    ranks: Similarities = np.full(count, 1 / count)
    change = 1.0
    # The change shrinks by DAMPING at least in every step, so this ends.
    while change > TOLERANCE:
        following: Similarities = DAMPING * (steps.T @ ranks) + (1 - DAMPING) / count
        change = float(np.abs(following - ranks).sum())
        ranks = following
    return ranks
