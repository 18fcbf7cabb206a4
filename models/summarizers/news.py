"""What a headline would keep of a news story: a small model of terms, places and lengths.

News puts its substance first (Brandow, Mitze and Rau 1995; Nenkova 2005 on the strength of the
lead), and what matters is repeated. Every term gets the chance that a headline has it; the
expected F1 of a line against an unknown headline, and where the line is, make its score. The
eight weights of the terms are a logistic regression on the headlines of 247 news articles. Those
of places and density are from a grid on the same articles (`scripts/measure_summaries.py --fit`).

A summary of several sentences is to say what the headline and the first paragraph would; its
sentences are picked one after the other by the expected F1 of all of them together, in which
every term counts once. Its weights are fitted to these articles without their first paragraphs.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from models.patterns import lazy
from models.summarizers.similarity import terms

# Characters of a headline, more or less; what F1 compares the length of a line with.
HEADLINE_TERMS = 20
_FUNCTION = frozenset(
    "的了在是和与與及等也都还還就而但被把将將从從对對为為于於以这這那并讓让使向说說"
)
# Weights of the logit: of any term; per log of the sentences that have it; first seen in the
# first, the second, or the two sentences after; per function character; a digit; one character.
# The first line is for headlines, the other one for headlines with first paragraphs.
_TERM_WEIGHTS = (-5.4, 1.4, 3.2, 2.5, 1.0, -1.2, -0.1, -0.5)
_LEAD_WEIGHTS = (-3.3, 1.9, 0.8, 0.5, 0.3, -0.9, 0.15, 1.0)
_IN_HEADLINE = 3.0
# Weights of a line: expected F1, density, and coming from the first, second or third sentence.
_F1, _DENSITY = 1.0, 1.0
_PLACES = (0.15, 0.18, 0.06)
# Of a summary: terms of headline and first paragraph, weights of the first three sentences.
# How much of a term counts that a cut made: a headline with the same cut has it too.
_SEAM = 0.5
_SUMMARY_TERMS = 80
_SUMMARY_PLACES = (0.06, 0.04, 0.02)
# Weight of the confidence of a sentence's translation: it decides between sentences of like gain.
_CONFIDENCE = 0.1
_LATE = 4
"""Place of the first sentence whose terms count as those of all after it."""
_About = tuple[int, int, int, bool, bool, bool]
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
        known = [self.chances[term] for term in bag if term in self.chances]
        shared, count = sum(known), bag.total() - _SEAM * (len(bag) - len(known))
        near = _PLACES[place] if place < len(_PLACES) else 0.0
        f1 = 2 * shared / (count + HEADLINE_TERMS)
        event = _EVENT_COST * bool(_EVENT.search(line))
        return round(_F1 * f1 + _DENSITY * shared / (count + 5) + near - event, 9)


def topic(sentences: Sequence[str], headline: str = "") -> Topic:
    """Return what an article is about; a headline makes its terms likelier."""
    return Topic(_chances(tuple(sentences), headline, _TERM_WEIGHTS))


def in_order_of_gain(
    sentences: Sequence[str],
    among: Sequence[int],
    headline: str = "",
    confidences: Sequence[float] = (),
) -> Iterator[int]:
    """Yield the sentences `among` those of an article, first the one that adds most to the others.

    Greedy selection by an expected F1 (Carbonell and Goldstein 1998 pick one by one, too).
    """
    chances = _chances(tuple(sentences), headline, _LEAD_WEIGHTS)
    bags = {index: terms(sentences[index]) for index in among}
    left = {index: {term: chances[term] for term in bag} for index, bag in bags.items()}
    sizes = {index: bag.total() for index, bag in bags.items()}
    extra = {
        index: sum(_SUMMARY_PLACES[index : index + 1])
        + _CONFIDENCE * sum(confidences[index : index + 1])
        for index in among
    }
    shared, size = 0.0, _SUMMARY_TERMS
    while left:
        scores = {
            index: 2 * (shared + sum(new.values())) / (size + sizes[index]) + extra[index]
            for index, new in left.items()
        }
        best = max(left, key=lambda index: (round(scores[index], 9), -index))
        yield best
        said = left.pop(best)
        shared, size = shared + sum(said.values()), size + sizes[best]
        left = {
            index: {term: chance for term, chance in new.items() if term not in said}
            for index, new in left.items()
        }


@lru_cache(maxsize=2)  # an article is asked about for its sentences, its lines and its gist
def _chances(
    sentences: tuple[str, ...], headline: str, weights: tuple[float, ...]
) -> dict[str, float]:
    chances: dict[str, float] = {}
    for about, alike in _described(sentences, headline).items():
        chances.update(dict.fromkeys(alike, _likelihood(weights, about)))
    return chances


@lru_cache(maxsize=1)
def _described(sentences: tuple[str, ...], headline: str) -> dict[_About, list[str]]:
    """Return the terms by what their chance depends on, as `_likelihood` reads it."""
    holding = Counter(chain.from_iterable(map(terms, sentences)))
    first: dict[str, int] = {}
    for place in range(min(len(sentences), _LATE))[::-1]:
        first.update(dict.fromkeys(terms(sentences[place]), place))
    wanted = terms(headline)
    described: defaultdict[_About, list[str]] = defaultdict(list)
    for term, count in holding.items():
        start, end = term[0], term[-1]
        about = (
            count,
            first.get(term, _LATE),
            (start in _FUNCTION) + (end in _FUNCTION and end != start),
            start.isdigit(),
            len(term) == 1,
            term in wanted,
        )
        described[about].append(term)
    return described


@lru_cache(maxsize=10_000)  # most terms have one of a few dozen such descriptions
def _likelihood(weights: tuple[float, ...], about: _About) -> float:
    count, first, edges, is_digit, is_single, in_headline = about
    base, repeated, *places, function, digit, single = weights
    logit = base + repeated * math.log(count)
    logit += (*places, places[-1], 0.0)[first]
    logit += function * edges + digit * is_digit + single * is_single
    logit += _IN_HEADLINE * in_headline
    return 1 / (1 + math.exp(-logit))
