"""Several translations of each sentence to the one that is taken.

requests ─▶ Translator.translate ─▶ lightest findings ─▶ best by consensus or estimator
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from models.protocols import BEST, Candidate, QualityEstimator, Request, Search, Translator
from models.runtime.control import NO_CONTROL, Control
from pipeline.ask import ask
from pipeline.check.checks import findings
from pipeline.check.findings.severity import weight
from pipeline.errors import AlignmentError
from pipeline.language.glossary import Glossary
from pipeline.translate.consensus import expected_chrf

# Raise it when another translation is chosen of the same ones.
CHOOSING_VERSION = 1

Rate = Callable[[Sequence[str], Sequence[Sequence[Candidate]]], Sequence[Sequence[float]]]
"""(sources, the translations of each) to a rating of every translation: higher is better."""

Weigh = Callable[[str, Candidate], float]
"""(source, translation) to the sum of its findings; see `pipeline.check.findings.severity`."""


@dataclass(frozen=True, slots=True)
class ChoosingTranslator:
    """A Translator that takes one of several translations by another one.

    It takes the one rated best, the first of equals; with `weigh` only among those whose findings
    weigh least. It chooses under BEST; any other search returns the model's own translations,
    which the repair ladder judges itself. Sentences are translated without context and terms.
    """

    translator: Translator
    search: Search
    rate: Rate
    weigh: Weigh | None = None
    context_sentences: ClassVar[int] = 0
    reads_terms: ClassVar[bool] = False

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each distinct sentence once; the result has the order of `requests`."""
        if search != BEST:
            return ask(self.translator, requests, search, control=control)
        distinct = list(dict.fromkeys(request.sentence for request in requests))
        asked = [Request(sentence) for sentence in distinct]
        answers = ask(self.translator, asked, self.search, control=control)
        if not all(answers):
            raise AlignmentError(
                f"{type(self.translator).__name__} returned translations for "
                f"{sum(map(bool, answers))} of {len(distinct)} sentences"
            )
        chosen = {
            sentence: self._best(sentence, candidates, ratings)
            for sentence, candidates, ratings in zip(
                distinct, answers, self.rate(distinct, answers), strict=True
            )
        }
        return [[chosen[request.sentence]] for request in requests]

    def _best(self, sentence: str, own: Sequence[Candidate], ratings: Sequence[float]) -> Candidate:
        weights = [self.weigh(sentence, each) if self.weigh else 0.0 for each in own]
        # rounded: copies of one text must not differ in the last digit
        keys = [
            (-weight, round(rating, 9)) for weight, rating in zip(weights, ratings, strict=True)
        ]
        return own[keys.index(max(keys))]


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
