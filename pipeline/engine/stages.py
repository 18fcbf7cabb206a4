"""From a config to the steps of a run: one builder for each stage. Nothing heavy is loaded.

This is the one place where stage functions, models and the memory are put together. The functions
are imported when a step is loaded: a night with nothing to do imports none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

from models.errors import WeightsError
from models.load import load_picker, load_summarizer, load_translator
from models.prompted.specs import PromptedSpec
from models.protocols import Candidate, Request, SegmentScorer, Summarizer, Translator
from models.resolved import ResolvedModel
from models.specs import ExtractiveSpec, TranslatorSpec
from pipeline.ask import ask_best
from pipeline.check.checks import CHECKS_VERSION
from pipeline.config.machine import RuntimeSection
from pipeline.config.sections import Config
from pipeline.config.summarize_section import SummarizeSection
from pipeline.engine.choosing import Choosing, prepare_choosing
from pipeline.engine.keys import changed_settings, decisive, digest, spoken_name
from pipeline.engine.licences import refuse_licences
from pipeline.engine.older_keys import older_memory_keys
from pipeline.engine.plan import (
    SCORE,
    SEGMENT,
    SUMMARIZE,
    TRANSLATE,
    Plan,
    Stage,
    StageFunction,
    Step,
    Tools,
    wanted_stages,
)
from pipeline.engine.resources import Resources
from pipeline.engine.windows import remembered_chars, window_bytes
from pipeline.errors import ConfigError, ModelError, PipelineError
from pipeline.language.glossary import Glossary
from pipeline.memory.memory import RememberingTranslator
from pipeline.score.expected_error import expected_error
from pipeline.score.score import score
from pipeline.summarize.summarize import EnglishFrom, SummarizeArticles, summarize
from pipeline.translate.repair import Ladder, repair

# Bump this when the repair ladder changes; the checks have a version of their own.
REPAIR_VERSION = 10


def make_plan(config: Config, until: str = "report", *, in_spite_of_problems: bool = False) -> Plan:
    """Make every stage up to one ready. Models are found, and files read, once for all of them.

    Raises ModelError or ConfigError for the first stage that cannot run, unless the plan is to be
    made in spite of it.
    """
    resources = Resources(config)
    steps: list[Step] = []
    problems: dict[str, PipelineError] = {}
    for stage in wanted_stages(until):
        try:
            steps.append(prepare_step(stage, resources))
        except PipelineError as error:
            if not in_spite_of_problems:
                raise
            problems[stage.name] = error
    return Plan(resources, tuple(steps), problems)


def prepare(stage: Stage, config: Config) -> Step:
    """Make one stage ready by itself; see `prepare_step`."""
    return prepare_step(stage, Resources(config))


def prepare_step(stage: Stage, resources: Resources) -> Step:
    """Make a stage ready: find its models and files, load nothing heavy.

    Raises ModelError or ConfigError if something it needs is not there, or may not be used.
    """
    try:
        step = _BUILDERS[stage](resources)
    except WeightsError as error:
        raise ModelError(str(error)) from None
    place = "score.summary_bertscore" if stage == SCORE else stage.name
    refuse_licences(place, step.models, resources.config.licences)
    return step


def load_first_translator(resources: Resources) -> Translator:
    """Load the model of `translate.model`, without memory. Raises ModelError if that fails."""
    config = resources.config
    try:
        refuse_licences(TRANSLATE.name, [resources.translator], config.licences)
        return _Translation(config.translate.model, resources.translator, config.runtime).load()
    except WeightsError as error:
        raise ModelError(str(error)) from None


def _segment_step(resources: Resources) -> Step:
    section = resources.config.segment

    def load(tools: Tools) -> StageFunction:
        from pipeline.segment.segment import segment

        return partial(segment, **section.model_dump(mode="json"))

    return Step(SEGMENT, changed_settings(section), (), load)


@dataclass(frozen=True, slots=True)
class _Translation:
    """A translation model that was found, and how one of its answers is chosen."""

    spec: TranslatorSpec
    resolved: ResolvedModel
    runtime: RuntimeSection
    choosing: Choosing | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What decides a sentence's translation."""
        own = decisive(self.spec, self.resolved)
        return own | {"choose": self.choosing.settings} if self.choosing else own

    def load(self) -> Translator:
        """Load the model. Raises WeightsError if that fails."""
        loaded = load_translator(
            self.spec,
            self.resolved,
            batch_tokens=self.runtime.batch_tokens,
            threads=self.runtime.threads,
        )
        return self.choosing.wrap(loaded) if self.choosing else loaded

    def remember(
        self, translator: Translator, tools: Tools, *, is_retry: bool
    ) -> RememberingTranslator:
        """Put the memory in front of the loaded model."""
        key = digest(self.settings)
        if tools.memory:
            tools.memory.take_over(older_memory_keys(self.spec, self.resolved, self.choosing), key)
            tools.memory.name(key, spoken_name(self.spec, self.resolved))
        return RememberingTranslator(
            translator,
            memory=tools.memory,
            model=key,
            window_chars=remembered_chars(
                self.runtime,
                self.resolved,
                is_retry=is_retry,
                choices=self.choosing.section.of if self.choosing else 1,
            ),
            reuse=tools.reuse,
        )


_WITH_KEYS_OF_THEIR_OWN = ("model", "choose", "glossary", "repair", "quality")


def _translate_step(resources: Resources) -> Step:
    config = resources.config
    section, repair = config.translate, config.translate.repair
    resolved, terms = resources.translator, digest(resources.terms)
    fallback = _fallback(resources)
    first = _Translation(section.model, resolved, config.runtime, _choosing(resources))
    settings = changed_settings(section, _WITH_KEYS_OF_THEIR_OWN) | {"model": first.settings}
    if isinstance(section.model, PromptedSpec) and section.model.glossary_in_prompt:
        settings["terms"] = terms
    if repair.enabled:
        settings["repair"] = changed_settings(repair, {"fallback"}) | {
            "version": REPAIR_VERSION,
            "checks": CHECKS_VERSION,
            "fallback": [fallback.settings] if fallback else [],
            "glossary": terms,
        }
    models = (resolved, *([fallback.resolved] if fallback else []))
    return Step(
        TRANSLATE,
        settings,
        (*models, *(first.choosing.models if first.choosing else ())),
        partial(_load_translate, resources, first, fallback),
        bytes_at_once=window_bytes(config.runtime, resolved),
    )


def _fallback(resources: Resources) -> _Translation | None:
    spec, resolved = resources.config.translate.repair.fallback, resources.fallback
    if spec is None or resolved is None:
        return None
    return _Translation(spec, resolved, resources.config.runtime)


def _choosing(resources: Resources) -> Choosing | None:
    config = resources.config
    model = config.translate.model
    choosing = prepare_choosing(
        config.translate.choose,
        config.runtime,
        resources.translator,
        resources.glossary,
        [REPAIR_VERSION, CHECKS_VERSION, digest(resources.terms)],
    )
    if choosing is not None and isinstance(model, PromptedSpec) and model.context_sentences:
        raise ConfigError(
            "translate.choose: several translations per sentence need a prompt without context; "
            "set "
            "translate.model.context_sentences: 0, or translate.choose.by: first"
        )
    return choosing


def _load_translate(
    resources: Resources, first: _Translation, fallback: _Translation | None, tools: Tools
) -> StageFunction:
    from pipeline.translate.translate import translate

    config, glossary = resources.config, resources.glossary
    section = config.translate
    translator = first.load()
    if _picks_lines(config.summarize):
        resources.loaded = translator
    return partial(
        translate,
        translator=first.remember(translator, tools, is_retry=False).reporting(tools.progress),
        kinds=section.kinds,
        ladder=_ladder(config, fallback, glossary, tools),
        retranslator=first.remember(translator, tools, is_retry=True),
        corrections=tools.corrections,
        glossary=glossary,
    )


def _ladder(
    config: Config, fallback: _Translation | None, glossary: Glossary, tools: Tools
) -> Ladder | None:
    """Return the repair ladder of a config; None if flagged sentences are not retried."""
    repair = config.translate.repair
    if not repair.enabled:
        return None
    return Ladder(
        rungs=repair.rungs,
        least_confidence=repair.least_confidence,
        glossary=glossary,
        # loaded when a sentence needs it, and then kept
        fallback=cache(lambda: fallback.remember(fallback.load(), tools, is_retry=True))
        if fallback
        else None,
    )


def _summarize_step(resources: Resources) -> Step:
    section, runtime = resources.config.summarize, resources.config.runtime
    models = [(section.model, resources.summarizer)]
    if section.english_model and resources.english_summarizer:
        models.append((section.english_model, resources.english_summarizer))

    def load(tools: Tools) -> StageFunction:
        from pipeline.summarize.support import summarize_supported

        sizes: dict[str, Any] = {"batch_tokens": runtime.batch_tokens, "threads": runtime.threads}
        loaded = [load_summarizer(spec, resolved, **sizes) for spec, resolved in models]
        return partial(
            summarize_supported,
            write=_summary_writer(resources, loaded, tools),
            unsupported=section.unsupported,
            load_judge=_summary_judge(resources),
        )

    # What translates the lines is in the key of the translations, which the stage reads.
    settings = changed_settings(section, {"model", "english_model", "judge", "digest"}) | {
        "models": [decisive(spec, resolved) for spec, resolved in models],
    }
    judge = resources.summary_judge
    if section.judge and judge:
        settings["judge"] = {"answer": judge.answer_key, "retries": section.judge.retries}
    used = (*(resolved for _, resolved in models), *((judge,) if judge else ()))
    return Step(SUMMARIZE, settings, used, load)


def _summary_writer(
    resources: Resources, loaded: Sequence[Summarizer], tools: Tools
) -> SummarizeArticles:
    """Return what writes summaries with the loaded models."""
    from pipeline.summarize.news import summarize_news

    section = resources.config.summarize
    english = loaded[1] if len(loaded) > 1 else None
    written: EnglishFrom = "chinese" if section.strategy == "direct" else "model"
    write_english: SummarizeArticles | None = None
    if english:
        write_english = partial(
            summarize, summarizer=english, languages=("en",), english_from=written
        )
    shared: dict[str, Any] = {
        "languages": section.languages,
        "translate_lines": partial(_translate_lines, _line_translator(resources, tools)),
    }
    if isinstance(section.model, ExtractiveSpec) and not section.model.quotes_the_article:
        return partial(
            summarize_news,
            picker=load_picker(section.model),
            compress=section.model.compress,
            write_english=write_english,
            glossary=resources.glossary,
            **shared,
        )
    return partial(
        summarize,
        summarizer=loaded[0],
        english_summarizer=english,
        english_from=section.english_from,
        **shared,
    )


def _summary_judge(resources: Resources) -> Callable[[], SegmentScorer] | None:
    """Return what loads the judge of summaries when a line is first judged."""
    spec, resolved = resources.config.summarize.judge, resources.summary_judge
    if spec is None or resolved is None:
        return None
    from models.metrics.load import load_scorer  # few runs have it

    runtime = resources.config.runtime
    sizes: dict[str, Any] = {"batch_tokens": runtime.batch_tokens, "threads": runtime.threads}
    return cache(partial(load_scorer, spec, resolved, **sizes))


def _picks_lines(section: SummarizeSection) -> bool:
    """True if summaries load no model but, for the English of their lines, the translator."""
    others = (section.english_model, section.judge)
    return isinstance(section.model, ExtractiveSpec) and not any(others)


LineTranslator = Callable[[], tuple[Translator, Ladder | None]]


def _line_translator(resources: Resources, tools: Tools) -> LineTranslator:
    """Return a function that gives the run's translator, loaded once a line needs it."""
    config = resources.config
    loaded, resources.loaded = resources.loaded, None

    @cache
    def load() -> tuple[Translator, Ladder | None]:
        first = _Translation(
            config.translate.model, resources.translator, config.runtime, _choosing(resources)
        )
        translator = first.remember(loaded or first.load(), tools, is_retry=True)
        return translator, _ladder(config, _fallback(resources), resources.glossary, tools)

    return load


def _translate_lines(load: LineTranslator, texts: Sequence[str]) -> list[Candidate]:
    """Translate the lines of summaries as sentences of an article are; repairs included."""
    translator, ladder = load()
    requests = [Request(text) for text in texts]
    first = ask_best(translator, requests)
    if ladder is None or any(candidate.failure for candidate in first):
        return first
    repaired = repair(requests, first, translator=translator, ladder=ladder)
    return [row.candidate for row in repaired]


def _score_step(resources: Resources) -> Step:
    section = resources.config.score
    references, glossary = resources.references, resources.glossary
    # Summaries are scored for the report; of the estimator its map counts, not where that is.
    settings = changed_settings(section, {"summary_metrics", "summary_bertscore", "estimator"}) | {
        "references": digest(references),
        "checks": CHECKS_VERSION,
        "glossary": digest(resources.terms),
    }
    error_map = resources.expectation.error_map
    if error_map is not None:
        settings["expected_error"] = digest(asdict(error_map))

    def load(tools: Tools) -> StageFunction:
        return partial(
            score,
            metrics=section.metrics,
            references=references,
            glossary=glossary,
            expected_error=expected_error(error_map) if error_map else None,
        )

    try:
        scorer = resources.summary_scorer
    except WeightsError as error:
        raise ModelError(f"score.summary_bertscore: {error}") from None
    return Step(SCORE, settings, (scorer,) if scorer else (), load)


_BUILDERS: dict[Stage, Callable[[Resources], Step]] = {
    SEGMENT: _segment_step,
    TRANSLATE: _translate_step,
    SUMMARIZE: _summarize_step,
    SCORE: _score_step,
}
