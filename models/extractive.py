"""LexRank and TextRank: the most central sentences of an article; no weights."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.protocols import SummaryLine

Matrix = NDArray[np.float64]

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LETTERS = r"[^\W_\u3400-\u9fff\uf900-\ufaff]+"
HAN_RUN_OR_WORD = re.compile(rf"{HAN.pattern}+|{LETTERS}(?:[-'’.]{LETTERS})*")

# Chance of following an edge of the graph instead of jumping anywhere; both papers use it.
DAMPING = 0.85
# A sentence this like one already picked says nothing new.
DUPLICATE_SIMILARITY = 0.7
# Fewer terms than this make a fragment, picked only where there is nothing else.
LEAST_TERMS = 6
TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class ExtractiveSummarizer:
    """Picks `sentences` sentences of each article and gives them in reading order."""

    method: Literal["lexrank", "textrank"]
    sentences: int

    def summarize(self, articles: Sequence[Sequence[str]]) -> list[list[SummaryLine]]:
        """Pick the central sentences of each article; same length and order as `articles`.

        Fewer than asked for where an article has no more that differ; none where it is empty.
        """
        return [self._summarize(article) for article in articles]

    def _summarize(self, article: Sequence[str]) -> list[SummaryLine]:
        bags = [terms(sentence) for sentence in article]
        cosine = cosines(bags)
        graph = cosine if self.method == "lexrank" else overlaps(bags)
        picked: list[int] = []
        for index in _by_preference(bags, centrality(graph)):
            if len(picked) == self.sentences:
                break
            if all(cosine[index, other] < DUPLICATE_SIMILARITY for other in picked):
                picked.append(index)
        return [SummaryLine(article[index], (index,)) for index in sorted(picked)]


def terms(sentence: str) -> Counter[str]:
    """Count what a sentence is about: pairs of Chinese characters, and words of the rest.

    Character bigrams stand in for words, which Chinese does not separate; they do as well
    in retrieval and need no segmenter (Nie et al. 2000, "On the use of words and n-grams
    for Chinese information retrieval").
    """
    found: Counter[str] = Counter()
    for run in HAN_RUN_OR_WORD.findall(sentence):
        if HAN.match(run) and len(run) > 1:
            found.update(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found[run.lower()] += 1
    return found


def cosines(bags: Sequence[Counter[str]]) -> Matrix:
    """Give the tf-idf cosine of every two sentences, (count, count), zero on the diagonal.

    The similarity of Erkan and Radev 2004, section 3. The frequency of a term is counted
    over the article itself; one is added so that a term found everywhere still counts.
    """
    vocabulary = {term: place for place, term in enumerate(sorted(set().union(*bags)))}
    counts = np.zeros((len(bags), len(vocabulary)))
    for row, bag in enumerate(bags):
        for term, count in bag.items():
            counts[row, vocabulary[term]] = count
    holding = np.maximum((counts > 0).sum(axis=0), 1)
    weighted = counts * np.log(1 + len(bags) / holding)
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    unit = weighted / np.where(lengths > 0, lengths, 1)
    similarity: Matrix = unit @ unit.T
    np.fill_diagonal(similarity, 0)
    return similarity


def overlaps(bags: Sequence[Counter[str]]) -> Matrix:
    """Give the shared terms of every two sentences over the logs of their lengths.

    The similarity of Mihalcea and Tarau 2004, section 4.1. One is added to the lengths,
    because the log of a single term is zero.
    """
    similarity: Matrix = np.zeros((len(bags), len(bags)))
    for row, first in enumerate(bags):
        for column in range(row):
            second = bags[column]
            shared = len(first.keys() & second.keys())
            if shared:
                length = math.log(1 + first.total()) + math.log(1 + second.total())
                similarity[row, column] = similarity[column, row] = shared / length
    return similarity


def centrality(graph: Matrix) -> Matrix:
    """Rank the nodes of a weighted graph by PageRank's power iteration; the ranks add up to 1.

    Continuous LexRank (Erkan and Radev 2004, section 3.3) and weighted TextRank (Mihalcea
    and Tarau 2004, section 2.2) differ only in the graph. A node without edges jumps anywhere.
    """
    count = len(graph)
    if count == 0:
        return np.zeros(0)
    leaving = graph.sum(axis=1, keepdims=True)
    steps = np.where(leaving > 0, graph / np.where(leaving > 0, leaving, 1), 1 / count)
    ranks: Matrix = np.full(count, 1 / count)
    change = 1.0
    # The change shrinks by DAMPING at least in every step, so this ends.
    while change > TOLERANCE:
        following: Matrix = DAMPING * (steps.T @ ranks) + (1 - DAMPING) / count
        change = float(np.abs(following - ranks).sum())
        ranks = following
    return ranks


def _by_preference(bags: Sequence[Counter[str]], ranks: Matrix) -> list[int]:
    """Order the sentences that say something: no fragments first, then by rank, then by place.

    Ranks are rounded, so that the last digits of a matrix product decide nothing.
    """
    candidates = [index for index, bag in enumerate(bags) if bag]
    return sorted(
        candidates,
        key=lambda index: (
            bags[index].total() < LEAST_TERMS,
            -round(float(ranks[index]), 9),
            index,
        ),
    )
