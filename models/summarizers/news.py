"""What a headline would keep of a news story: a small model of terms, places and lengths.

News puts its substance first (Brandow, Mitze and Rau 1995; Nenkova 2005 on the strength of the
lead), and what matters is repeated. Every term gets the chance that a headline has it; the
expected F1 of a line against an unknown headline, and where the line is, make its score. The
eight weights of the terms are a logistic regression on the headlines of 247 news articles. Those
of places and density are the middle of the flat top of a grid on the same articles
(`scripts/measure_summaries.py --fit`); the sharpest peak was noise.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.patterns import lazy
from models.summarizers.similarity import terms

# Characters of a headline, more or less; what F1 compares the length of a line with.
HEADLINE_TERMS = 20
_FUNCTION = frozenset(
    "的了在是和与與及等也都还還就而但被把将將从從对對为為于於以这這那并讓让使向说說"
)
# Weights of the logit: of any term; per log of the sentences that have it; first seen in the
# first, the second, or the two sentences after; per function character; a digit; one character.
_TERM_WEIGHTS = (-5.4, 1.4, 3.2, 2.5, 1.0, -1.2, -0.1, -0.5)
_IN_HEADLINE = 3.0
# Weights of a line: expected F1, density, and coming from the first, second or third sentence.
_F1, _DENSITY = 1.0, 1.0
_PLACES = (0.15, 0.18, 0.06)
# What it costs to say no more than that something takes place or is over.
_EVENT = lazy(
    "举行|召开|进行|展开|拉开|打响|上演|挥拍|迎来|进入第|落幕|结束|(?:发布|公布|发表)[^，]*(?:报告|数据|业绩|状况|公告|消息|情况|声明)(?:$|，)"
)
_EVENT_COST = 0.08


@dataclass(frozen=True, slots=True)
class Topic:
    """The chance of each term of an article to be in its headline, 0 to 1."""

    chances: dict[str, float]

    def rate(self, line: str, place: int) -> float:
        """Score a line made of the sentence at index `place`; higher is better."""
        bag = terms(line)
        shared = sum(self.chances.get(term, 0.0) for term in bag)
        count = bag.total()
        near = _PLACES[place] if place < len(_PLACES) else 0.0
        f1 = 2 * shared / (count + HEADLINE_TERMS)
        event = _EVENT_COST * bool(_EVENT.search(line))
        return round(_F1 * f1 + _DENSITY * shared / (count + 5) + near - event, 9)


def topic(sentences: Sequence[str], headline: str = "") -> Topic:
    """Return what an article is about; a headline makes its terms likelier."""
    return _topic(tuple(sentences), headline)


@lru_cache(maxsize=1)  # an article is asked about for its sentences, its lines and its gist
def _topic(sentences: tuple[str, ...], headline: str) -> Topic:
    holding: Counter[str] = Counter()
    first: dict[str, int] = {}
    for place, sentence in enumerate(sentences):
        for term in terms(sentence):
            holding[term] += 1
            first.setdefault(term, place)
    wanted = terms(headline)
    return Topic(
        {
            term: _chance(term, count, first[term], in_headline=term in wanted)
            for term, count in holding.items()
        }
    )


def _chance(term: str, count: int, first: int, *, in_headline: bool) -> float:
    edges = (term[0] in _FUNCTION) + (term[-1] in _FUNCTION and term[-1] != term[0])
    return _likelihood(count, min(first, 4), edges, term[0].isdigit(), len(term) == 1, in_headline)


@lru_cache(maxsize=10_000)  # most terms have one of a few dozen such descriptions
def _likelihood(
    count: int, first: int, edges: int, is_digit: bool, is_single: bool, in_headline: bool
) -> float:
    base, repeated, *places, function, digit, single = _TERM_WEIGHTS
    logit = base + repeated * math.log(count)
    logit += (*places, places[-1], 0.0)[first]
    logit += function * edges + digit * is_digit + single * is_single
    logit += _IN_HEADLINE * in_headline
    return 1 / (1 + math.exp(-logit))
