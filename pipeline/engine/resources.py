"""What a config names: models, glossary, references, calibration. Each is found or read once."""

from concurrent.futures import Future
from functools import cached_property

from models.load import resolve_summarizer, resolve_translator
from models.protocols import Translator
from models.resolved import ResolvedModel, ResolvedScorer
from models.specs import ScorerSpec, SummarizerSpec, TranslatorSpec
from pipeline.config.sections import Config
from pipeline.input.needed import read_terms
from pipeline.input.references import read_references
from pipeline.language.glossary import Glossary, parse_glossary
from pipeline.score.expected_error import Expectation, find_calibration


class Resources:
    """Finds what a config names when somebody first asks for it, and keeps it. Loads no weights.

    `loaded` is the translator of a stage before, for the next stage that needs it; `loading` is the
    one that another thread loads. Every property raises WeightsError or ConfigError if what it
    finds is not there, or may not be used so.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.loaded: Translator | None = None
        self.loading: Future[Translator] | None = None

    @cached_property
    def translator(self) -> ResolvedModel:
        """The model of `translate.model`."""
        return self._translator(self.config.translate.model, "translate.model")

    @cached_property
    def fallback(self) -> ResolvedModel | None:
        """The model of `translate.repair.fallback`; None if no rung asks it."""
        repair = self.config.translate.repair
        if repair.fallback is None or not repair.enabled or "fallback" not in repair.rungs:
            return None
        return self._translator(repair.fallback, "translate.repair.fallback")

    @cached_property
    def summarizer(self) -> ResolvedModel:
        """The model of `summarize.model`."""
        return self._summarizer(self.config.summarize.model, "summarize.model")

    @cached_property
    def english_summarizer(self) -> ResolvedModel | None:
        """The model of `summarize.english_model`, if there is one."""
        spec = self.config.summarize.english_model
        return None if spec is None else self._summarizer(spec, "summarize.english_model")

    def _translator(self, spec: TranslatorSpec, place: str) -> ResolvedModel:
        return resolve_translator(spec, self.config.runtime.machine, place=place)

    def _summarizer(self, spec: SummarizerSpec, place: str) -> ResolvedModel:
        return resolve_summarizer(spec, self.config.runtime.machine, place=place)

    @cached_property
    def summary_judge(self) -> ResolvedScorer | None:
        """The model of `summarize.judge`, if there is one."""
        return self._scorer(self.config.summarize.judge)

    @cached_property
    def summary_scorer(self) -> ResolvedScorer | None:
        """The model of `score.summary_bertscore`, if there is one. The report loads it."""
        return self._scorer(self.config.score.summary_bertscore)

    def _scorer(self, spec: ScorerSpec | None) -> ResolvedScorer | None:
        if spec is None:
            return None
        from models.metrics.load import resolve_scorer  # few runs have it

        return resolve_scorer(spec, self.config.runtime.machine)

    @cached_property
    def terms(self) -> str:
        """The text of the glossary; empty if the config names none."""
        name = self.config.translate.glossary
        return "" if name is None else read_terms(name, "translate.glossary")

    @cached_property
    def glossary(self) -> Glossary:
        """The glossary; one without terms if the config names none."""
        return parse_glossary(self.terms, name=self.config.translate.glossary or "glossary")

    @cached_property
    def references(self) -> dict[str, str]:
        """English by `reference_key` of the Chinese, from `score.references`."""
        return read_references(self.config.score.references)

    @cached_property
    def expectation(self) -> Expectation:
        """The calibration of what `translate.model` writes, or why there is none."""
        choose, calibration = self.config.translate.choose, self.config.score.estimator.calibration
        if choose.by != "first":
            return Expectation(
                None, f"measured for the first answer of a search, not by {choose.by}"
            )
        if calibration == "off":
            return Expectation(None, "turned off (score.estimator.calibration)")
        return find_calibration(self.translator, calibration)
