"""Several translations of each sentence to the one that is taken.

sentences ─▶ Retranslator.hypotheses ─▶ lightest findings ─▶ best by consensus or estimator
"""

from collections.abc import Callable, Sequence

from models.protocols import (
    Candidate,
    QualityEstimator,
    Retranslator,
    Search,
)
from pipeline.check.checks import findings
from pipeline.check.severity import weight
from pipeline.errors import AlignmentError
from pipeline.language.glossary import Glossary
from pipeline.translate.consensus import expected_chrf

# Raise it when another translation is chosen of the same ones.
CHOOSING_VERSION = 1

Rate = Callable[[Sequence[str], Sequence[Sequence[Candidate]]], Sequence[Sequence[float]]]
"""(sources, the translations of each) to a rating of every translation: higher is better."""

Weigh = Callable[[str, Candidate], float]
"""(source, translation) to what the findings in it weigh; see `pipeline.check.severity`."""


class ChoosingTranslator:
    """A Translator that takes one of several translations of another; as good as any in its laws.

    The best rated is taken, the first of equals; with `weigh` only among those whose findings
    weigh least. `hypotheses` are those of the model, unchosen: the repair ladder judges them
    itself.
    """

    def __init__(
        self, translator: Retranslator, search: Search, rate: Rate, weigh: Weigh | None = None
    ) -> None:
        self._translator = translator
        self._search = search
        self._rate = rate
        self._weigh = weigh

    def translate(self, sentences: Sequence[str]) -> list[Candidate]:
        """Translate each distinct sentence once; the result has the input's order."""
        distinct = list(dict.fromkeys(sentences))
        found = self._translator.hypotheses(distinct, self._search)
        if len(found) != len(distinct) or not all(found):
            raise AlignmentError(
                f"{type(self._translator).__name__} returned hypotheses for "
                f"{sum(map(bool, found))} of {len(distinct)} sentences"
            )
        chosen = {
            sentence: self._best(sentence, own, ratings)
            for sentence, own, ratings in zip(
                distinct, found, self._rate(distinct, found), strict=True
            )
        }
        return [chosen[sentence] for sentence in sentences]

    def _best(self, sentence: str, own: Sequence[Candidate], ratings: Sequence[float]) -> Candidate:
        weights = [self._weigh(sentence, each) if self._weigh else 0.0 for each in own]
        # rounded: copies of one text must not differ in the last digit
        keys = [
            (-weight, round(rating, 9)) for weight, rating in zip(weights, ratings, strict=True)
        ]
        return own[keys.index(max(keys))]

    def hypotheses(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Give the best translations of each sentence under a search, the best first."""
        return self._translator.hypotheses(sentences, search)


def by_consensus(
    sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]
) -> list[list[float]]:
    """Rate a translation by how much it is like all others of its sentence.

    Minimum Bayes risk with chrF (Eikema and Aziz 2020; Freitag et al. 2022), where each
    translation counts alike and one that comes twice counts twice.
    """
    return [expected_chrf([each.text for each in own]) for own in hypotheses]


def by_estimate(estimator: QualityEstimator) -> Rate:
    """Rate translations by an estimator."""

    def rate(
        sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]
    ) -> list[list[float]]:
        pairs = [
            (source, each.text)
            for source, own in zip(sources, hypotheses, strict=True)
            for each in own
        ]
        estimates = estimator.estimate(pairs)
        if len(estimates) != len(pairs):
            raise AlignmentError(
                f"{type(estimator).__name__} returned {len(estimates)} estimates "
                f"for {len(pairs)} translations"
            )
        remaining = iter(estimates)
        return [[next(remaining) for _ in own] for own in hypotheses]

    return rate


def weighed_findings(glossary: Glossary) -> Weigh:
    """Weigh what the checks find, as the repair ladder does."""

    def weigh(source: str, candidate: Candidate) -> float:
        own = findings(source, candidate.text, glossary=glossary, flags=candidate.flags)
        return weight(own)

    return weigh
