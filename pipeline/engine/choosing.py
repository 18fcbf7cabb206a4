"""How a config chooses among several translations: found before a run, loaded when needed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.errors import WeightsError
from models.metrics.estimator import load_estimator, resolve_estimator
from models.metrics.load import ResolvedScorer
from models.protocols import Retranslator, Sampling, Search, Translator
from models.resolved import ResolvedModel
from models.specs import Seq2SeqSpec
from pipeline.config.sections import ChooseSection, RuntimeSection
from pipeline.errors import ModelError
from pipeline.language.glossary import Glossary
from pipeline.translate.rerank import (
    CHOOSING_VERSION,
    ChoosingTranslator,
    Rate,
    Weigh,
    by_consensus,
    by_estimate,
    weighed_findings,
)


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
            f"draws need a model on this machine, and {translator.name} is behind a server; set "
            "among: beam, for which the server is asked so often with other seeds"
        )
    return (
        f"draws need transformers, and {translator.name} runs by {translator.backend}; set "
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
            "translate.choose: this model gives one translation of a sentence and no more; "
            "leave translate.choose out"
        )
    return ChoosingTranslator(translator, _search(section), rate, weigh)
