"""How a config chooses among several translations: found before a run, loaded when needed."""

from dataclasses import dataclass
from typing import Any

from models.errors import WeightsError
from models.protocols import Sampling, Search, Translator
from models.resolved import ResolvedModel, ResolvedScorer
from pipeline.config.machine import RuntimeSection
from pipeline.config.sections import ChooseSection
from pipeline.engine.keys import changed_settings, decisive
from pipeline.language.glossary import Glossary
from pipeline.translate.rerank import (
    CHOOSING_VERSION,
    ChoosingTranslator,
    Rate,
    by_consensus,
    by_estimate,
    weighed_findings,
)


@dataclass(frozen=True, slots=True)
class Choosing:
    """How a config chooses: its settings, and the estimator that was found for it."""

    section: ChooseSection
    runtime: RuntimeSection
    estimator: ResolvedModel | ResolvedScorer | None
    glossary: Glossary
    checks: object
    """What changes when the checks find something else in the same translation."""

    @property
    def settings(self) -> dict[str, Any]:
        """What decides which translation is taken, for keys."""
        settings = changed_settings(self.section, {"estimator"}) | self.versions
        if self.section.estimator and self.estimator:
            settings["estimator"] = decisive(self.section.estimator, self.estimator)
        return settings

    @property
    def versions(self) -> dict[str, Any]:
        """The versions of the choice, and of the checks where they have a say."""
        checks = self.checks if self.section.checked else None
        return {"version": CHOOSING_VERSION, "checks": checks}

    @property
    def models(self) -> tuple[ResolvedModel | ResolvedScorer, ...]:
        """The estimator, if there is one."""
        return (self.estimator,) if self.estimator else ()

    def wrap(self, translator: Translator) -> ChoosingTranslator:
        """Load the estimator and let it choose among the answers of a translator."""
        weigh = weighed_findings(self.glossary) if self.section.checked else None
        return ChoosingTranslator(translator, _search(self.section), self._rate(), weigh)

    def _rate(self) -> Rate:
        if self.section.estimator is None or self.estimator is None:
            return by_consensus
        from models.metrics.estimator import load_estimator  # few runs have one

        estimator = load_estimator(self.section.estimator, self.estimator, self.runtime.machine)
        return by_estimate(estimator)


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
    estimator = None
    if section.estimator is not None:
        from models.metrics.estimator import resolve_estimator

        estimator = resolve_estimator(section.estimator, runtime.machine)
    return Choosing(_effective(section), runtime, estimator, glossary, checks_key)


def _no_draws(translator: ResolvedModel) -> str:
    if translator.backend == "endpoint":
        return (
            f"`among: draws` needs a model on this machine, but {translator.name} is behind a "
            "server; set among: beam, which asks the server repeatedly with different seeds"
        )
    return (
        f"`among: draws` needs transformers, but {translator.name} runs with {translator.backend}; "
        "set translate.model.backend: transformers, or among: beam"
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
