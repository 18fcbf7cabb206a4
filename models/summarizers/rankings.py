"""Orders of preference for the sentences of an article, by method."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from models.summarizers.leaning import follows_item, rank_of_form
from models.summarizers.news import in_order_of_gain
from models.summarizers.similarity import (
    Similarities,
    centrality,
    cosine_of,
    cosines,
    overlaps,
    terms,
)

# Fewer terms than this make a fragment, picked only where there is nothing else.
LEAST_TERMS = 6
# Share of relevance against novelty (Carbonell and Goldstein 1998, section 5).
_RELEVANCE = 0.7
# Weights of the sentences before and after; they add up to 1 (Zheng and Lapata 2019, section 3.3).
_BEFORE, _AFTER = -1.0, 2.0
# Similarities below this share of their range count against a sentence (section 3.4 there).
_THRESHOLD = 0.3


@dataclass(frozen=True)
class Text:
    """The sentences of an article that are compared, and what else is known of it.

    That is its headline, and the confidences of the translations of its sentences.
    """

    sentences: Sequence[str]
    headline: str = ""
    confidences: Sequence[float] = ()

    @cached_property
    def bags(self) -> list[Counter[str]]:
        """The terms of every sentence."""
        return [terms(sentence) for sentence in self.sentences]

    @cached_property
    def cosine(self) -> Similarities:
        """The tf-idf cosine of every two sentences."""
        return cosines(self.bags)

    @cached_property
    def holding(self) -> Counter[str]:
        """In how many sentences each term is."""
        return Counter(chain.from_iterable(self.bags))

    def likeness(self, first: int, second: int) -> float:
        """Return the tf-idf cosine of two sentences, without a table of all."""
        return cosine_of(self.bags[first], self.bags[second], self.holding, len(self.bags))


def lexrank(text: Text) -> list[int]:
    """Order by continuous LexRank (Erkan and Radev 2004)."""
    return _by_score(text, centrality(text.cosine))


def textrank(text: Text) -> list[int]:
    """Order by TextRank (Mihalcea and Tarau 2004)."""
    return _by_score(text, centrality(overlaps(text.bags)))


def lead(text: Text) -> list[int]:
    """Keep reading order; only empty sentences are left out."""
    return [index for index, bag in enumerate(text.bags) if bag]


def mmr(text: Text) -> list[int]:
    """Order by maximal marginal relevance to the headline, or to the whole article without one.

    Carbonell and Goldstein 1998, "The use of MMR, diversity-based reranking".
    """
    query = terms(text.headline) or sum(text.bags, Counter[str]())
    relevance = cosines([*text.bags, query])[-1][:-1]
    novelty = np.zeros(len(text.bags))
    left = lead(text)
    picked: list[int] = []
    while left:
        scores = _RELEVANCE * relevance - (1 - _RELEVANCE) * novelty
        best = _by_score(text, scores, left)[0]
        picked.append(best)
        left.remove(best)
        novelty = np.maximum(novelty, text.cosine[best])
    return picked


def pacsum(text: Text) -> list[int]:
    """Order by position-augmented centrality: what later sentences take up counts most.

    Zheng and Lapata 2019, "Sentence centrality revisited for unsupervised summarization", with
    tf-idf similarities.
    """
    count = len(text.bags)
    if count < 2:
        return _by_score(text, np.zeros(count))
    edges = text.cosine[~np.eye(count, dtype=bool)]
    low, high = float(edges.min()), float(edges.max())
    strong = np.maximum(text.cosine - (low + _THRESHOLD * (high - low)), 0)
    before, after = np.tril(strong, -1).sum(axis=1), np.triu(strong, 1).sum(axis=1)
    return _by_score(text, _BEFORE * before + _AFTER * after)


def news(text: Text) -> Iterator[int]:
    """Order by what they add to a summary; sentences that lean on another one are left out.

    Quotations and questions come last, and the rest only if there is nothing else.
    """
    forms = [
        max(rank_of_form(sentence), 2 * follows_item(before))
        for before, sentence in pairwise(("", *text.sentences))
    ]
    speaking = [index for index in lead(text) if text.bags[index].total() >= LEAST_TERMS]
    fit = next(
        filter(None, ([index for index in speaking if forms[index] < most] for most in (2, 3, 4))),
        lead(text),
    )
    for form in sorted({forms[index] for index in fit}):
        among = [index for index in fit if forms[index] == form]
        yield from in_order_of_gain(text.sentences, among, text.headline, text.confidences)


METHODS: dict[str, Callable[[Text], Iterable[int]]] = {
    "news": news,
    "lead": lead,
    "lexrank": lexrank,
    "textrank": textrank,
    "mmr": mmr,
    "pacsum": pacsum,
}


def _by_score(text: Text, scores: Similarities, among: Sequence[int] | None = None) -> list[int]:
    """Order the sentences that say something: no fragments first, then by score, then by place.

    Scores are rounded, so that the last digits of a matrix product decide nothing.
    """
    candidates = lead(text) if among is None else among
    return sorted(
        candidates,
        key=lambda index: (
            text.bags[index].total() < LEAST_TERMS,
            -round(float(scores[index]), 9),
            index,
        ),
    )
