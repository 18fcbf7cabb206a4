"""Several translations of each sentence to the one that is taken.

sentences ─▶ Retranslator.hypotheses ─▶ consensus or estimator ─▶ one Candidate each
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import WeightsError
from models.estimating import load_estimator, resolve_estimator
from models.metrics.load import ResolvedScorer
from models.protocols import (
    Candidate,
    QualityEstimator,
    Retranslator,
    Sampling,
    Search,
    Translator,
)
from models.resolved import ResolvedModel
from pipeline.config import ChooseSection, RuntimeSection
from pipeline.errors import AlignmentError, ModelError
from pipeline.text.consensus import expected_chrf

# Raise it when another translation is chosen of the same ones.
CHOOSING_VERSION = 1

Choice = Callable[[Sequence[str], Sequence[Sequence[Candidate]]], Sequence[int]]
"""(sources, the translations of each, at least one) to the place of the one that is taken."""


class ChoosingTranslator:
    """A Translator that takes one of several translations of another; as good as any in its laws.

    `hypotheses` are those of the model, unchosen: the repair ladder judges them itself.
    """

    def __init__(self, translator: Retranslator, search: Search, choice: Choice) -> None:
        self._translator = translator
        self._search = search
        self._choice = choice

    def translate(self, sentences: Sequence[str]) -> list[Candidate]:
        """Translate each distinct sentence once; the result has the input's order."""
        distinct = list(dict.fromkeys(sentences))
        found = self._translator.hypotheses(distinct, self._search)
        if len(found) != len(distinct) or not all(found):
            raise AlignmentError(
                f"{type(self._translator).__name__} returned hypotheses for "
                f"{sum(map(bool, found))} of {len(distinct)} sentences"
            )
        places = self._choice(distinct, found)
        chosen = {
            sentence: own[place]
            for sentence, own, place in zip(distinct, found, places, strict=True)
        }
        return [chosen[sentence] for sentence in sentences]

    def hypotheses(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Give the best translations of each sentence under a search, the best first."""
        return self._translator.hypotheses(sentences, search)


def by_consensus(sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]) -> list[int]:
    """Choose the translation that is most like all others of its sentence.

    Minimum Bayes risk with chrF (Eikema and Aziz 2020; Freitag et al. 2022), where each
    translation counts alike and one that comes twice counts twice; ties go to the first.
    """
    return [_best(expected_chrf([each.text for each in own])) for own in hypotheses]


def by_estimate(estimator: QualityEstimator) -> Choice:
    """Choose the translation that an estimator finds best; ties go to the first."""

    def choose(sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]) -> list[int]:
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
        return [_best([next(remaining) for _ in own]) for own in hypotheses]

    return choose


def _best(values: Sequence[float]) -> int:
    # rounded: copies of one text must not differ in the last digit
    rounded = [round(value, 9) for value in values]
    return rounded.index(max(rounded))


@dataclass(frozen=True, slots=True)
class Choosing:
    """How a config chooses: what of it belongs into keys, and how to wrap a translator."""

    settings: dict[str, Any]
    models: tuple[ResolvedModel | ResolvedScorer, ...]
    wrap: Callable[[Translator], Translator]


def prepare_choosing(
    section: ChooseSection, runtime: RuntimeSection, translator: ResolvedModel
) -> Choosing | None:
    """Make a choice ready, without loading anything; None where the first one is taken.

    Raises WeightsError if its estimator is not there, or the translator cannot be asked so.
    """
    if section.by == "first":
        return None
    if section.among == "draws" and translator.backend != "transformers":
        raise WeightsError(
            f"translate.choose.among: draws need transformers, and {translator.name} runs by "
            f"{translator.backend}; set translate.model.backend: transformers, or among: beam"
        )
    search = _search(section)
    settings = section.model_dump(mode="json", exclude={"estimator"}) | {
        "version": CHOOSING_VERSION
    }
    if section.estimator is None:
        return Choosing(settings, (), lambda own: _wrapped(own, search, by_consensus))
    spec = section.estimator
    resolved = resolve_estimator(
        spec,
        device=runtime.device,
        precision=runtime.precision,
        offline=runtime.offline,
        cache=runtime.cache,
    )
    decisive = spec.model_dump(mode="json", exclude={"path", "revision", "backend"})
    settings["estimator"] = decisive | {"answer": resolved.answer_key}

    def wrap(own: Translator) -> Translator:
        estimator = load_estimator(
            spec, resolved, batch_tokens=runtime.batch_tokens, threads=runtime.threads
        )
        return _wrapped(own, search, by_estimate(estimator))

    return Choosing(settings, (resolved,), wrap)


def _search(section: ChooseSection) -> Search:
    if section.among == "beam":
        return Search(count=section.of)
    sampling = Sampling(section.temperature, section.least_probability, section.seed)
    return Search(count=section.of, sampling=sampling)


def _wrapped(translator: Translator, search: Search, choice: Choice) -> ChoosingTranslator:
    if not isinstance(translator, Retranslator):
        raise ModelError(
            "translate.choose: this model gives one translation of a sentence and no more; "
            "leave translate.choose out"
        )
    return ChoosingTranslator(translator, search, choice)
