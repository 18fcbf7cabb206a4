"""Several translations of each sentence to the one that is taken.

sentences ─▶ Retranslator.hypotheses ─▶ lightest findings ─▶ best by consensus or estimator
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import WeightsError
from models.metrics.estimator import load_estimator, resolve_estimator
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
from models.specs import Seq2SeqSpec
from pipeline.check.checks import findings
from pipeline.check.severity import weight
from pipeline.config.sections import ChooseSection, RuntimeSection
from pipeline.errors import AlignmentError, ModelError
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


@dataclass(frozen=True, slots=True)
class Choosing:
    """How a config chooses: what of it belongs into keys, and how to wrap a translator."""

    settings: dict[str, Any]
    models: tuple[ResolvedModel | ResolvedScorer, ...]
    wrap: Callable[[Translator], Translator]


def prepare_choosing(
    section: ChooseSection,
    runtime: RuntimeSection,
    translator: ResolvedModel,
    glossary: Glossary,
    checks_key: object,
) -> Choosing | None:
    """Make a choice ready, without loading anything; None where the first one is taken.

    `checks_key` changes when the checks find something else in the same translation. Raises
    WeightsError if the estimator is not there, or the translator cannot be asked so.
    """
    if section.by == "first":
        return None
    if section.among == "draws" and translator.backend != "transformers":
        raise WeightsError(f"translate.choose.among: {_no_draws(translator)}")
    weigh = weighed_findings(glossary) if section.checked else None
    settings = _effective(section).model_dump(mode="json", exclude={"estimator"}) | {
        "version": CHOOSING_VERSION,
        "checks": checks_key if section.checked else None,
    }
    if section.estimator is None:
        return Choosing(settings, (), lambda own: _wrapped(own, section, by_consensus, weigh))
    spec = section.estimator
    resolved = resolve_estimator(
        spec,
        device=runtime.device,
        precision=runtime.precision,
        offline=runtime.offline,
        cache=runtime.cache,
        place="translate.choose.estimator",
    )
    # a translation model's precision is in the answer key; a metric's is here as well, as ever
    places = {"path", "revision", "backend", "device"}
    places |= {"precision"} if isinstance(spec, Seq2SeqSpec) else set()
    decisive = spec.model_dump(mode="json", exclude=places)
    settings["estimator"] = decisive | {"answer": resolved.answer_key}

    def wrap(own: Translator) -> Translator:
        estimator = load_estimator(
            spec, resolved, batch_tokens=runtime.batch_tokens, threads=runtime.threads
        )
        return _wrapped(own, section, by_estimate(estimator), weigh)

    return Choosing(settings, (resolved,), wrap)


def _no_draws(translator: ResolvedModel) -> str:
    if translator.backend == "endpoint":
        return (
            f"`among: draws` needs a model on this machine, but {translator.name} is behind a "
            "server; set "
            "among: beam, which asks the server repeatedly with different seeds"
        )
    return (
        f"`among: draws` needs transformers, but {translator.name} runs with "
        f"{translator.backend}; set "
        "translate.model.backend: transformers, or among: beam"
    )


def _effective(section: ChooseSection) -> ChooseSection:
    """Return the section with the settings of draws at their defaults where none are made."""
    if section.among == "draws":
        return section
    fields = ChooseSection.model_fields
    unused = ("temperature", "least_probability", "seed")
    return section.model_copy(update={name: fields[name].default for name in unused})


def _search(section: ChooseSection) -> Search:
    if section.among == "beam":
        return Search(count=section.of)
    sampling = Sampling(section.temperature, section.least_probability, section.seed)
    return Search(count=section.of, sampling=sampling)


def _wrapped(
    translator: Translator, section: ChooseSection, rate: Rate, weigh: Weigh | None
) -> ChoosingTranslator:
    if not isinstance(translator, Retranslator):
        raise ModelError(
            "translate.choose: this model gives only one translation per sentence; "
            "remove translate.choose"
        )
    return ChoosingTranslator(translator, _search(section), rate, weigh)
