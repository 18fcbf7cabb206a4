"""From a config to the steps of a run: one builder for each stage. Nothing heavy is loaded.

This is the one place where stage functions, models and the memory are put together. The functions
are imported when a step is loaded: a night with nothing to do imports none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache, partial
from typing import Any

from models.errors import WeightsError
from models.load import load_picker, load_summarizer
from models.prompted.specs import PromptedSpec
from models.protocols import Candidate, Request, SegmentScorer, Summarizer, Translator
from models.specs import ExtractiveSpec
from pipeline.ask import ask_best
from pipeline.check.checks import CHECKS_VERSION
from pipeline.check.findings.several import Checker
from pipeline.config.sections import Config
from pipeline.config.summarize_section import SummarizeSection
from pipeline.engine.keys import changed_settings, decisive, digest
from pipeline.engine.licences import refuse_licences
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
from pipeline.engine.translation.model import (
    REPAIR_VERSION,
    FoundTranslator,
    find_choosing,
    find_fallback,
)
from pipeline.engine.translation.windows import window_bytes
from pipeline.errors import ModelError, PipelineError
from pipeline.score.expected_error import expected_error
from pipeline.score.score import score
from pipeline.summarize.summarize import EnglishFrom, SummarizeArticles, summarize
from pipeline.translate.ladder import Ladder, repair


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


def _segment_step(resources: Resources) -> Step:
    section = resources.config.segment

    def load(tools: Tools) -> StageFunction:
        from pipeline.segment.segment import segment

        return partial(segment, **section.model_dump(mode="json"))

    return Step(SEGMENT, changed_settings(section), (), load)


_WITH_KEYS_OF_THEIR_OWN = ("model", "choose", "glossary", "repair", "quality")


def _translate_step(resources: Resources) -> Step:
    config = resources.config
    section, repair = config.translate, config.translate.repair
    resolved, terms = resources.translator, digest(resources.terms)
    fallback = find_fallback(resources)
    first = FoundTranslator(section.model, resolved, config.runtime, find_choosing(resources))
    settings = changed_settings(section, _WITH_KEYS_OF_THEIR_OWN) | {"model": first.settings}
    is_asked = isinstance(section.model, PromptedSpec) and section.model.glossary_in_prompt
    if is_asked or "table" in section.kinds:  # a cell that is a term has its English
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


def _load_translate(
    resources: Resources, first: FoundTranslator, fallback: FoundTranslator | None, tools: Tools
) -> StageFunction:
    from pipeline.translate.translate import translate

    config, glossary = resources.config, resources.glossary
    section = config.translate
    translator = first.load(resources.loading)
    resources.loading = None
    if _picks_lines(config.summarize):
        resources.loaded = translator
    return partial(
        translate,
        translator=first.remember(translator, tools, is_retry=False).reporting(tools.progress),
        kinds=section.kinds,
        ladder=_ladder(resources, fallback, tools),
        retranslator=first.remember(translator, tools, is_retry=True),
        corrections=tools.corrections,
        glossary=glossary,
    )


def _ladder(resources: Resources, fallback: FoundTranslator | None, tools: Tools) -> Ladder | None:
    """Return the repair ladder of a config; None if flagged sentences are not retried."""
    config, glossary = resources.config, resources.glossary
    repair = config.translate.repair
    if not repair.enabled:
        return None
    runtime, is_on_cpu = config.runtime, resources.translator.device.kind == "cpu"
    return Ladder(
        rungs=repair.rungs,
        least_confidence=repair.least_confidence,
        glossary=glossary,
        # loaded when a sentence needs it, and then kept
        fallback=cache(lambda: fallback.remember(fallback.load(), tools, is_retry=True))
        if fallback
        else None,
        # on a CPU the translator keeps the cores busy
        checker=None if is_on_cpu else Checker(glossary, runtime.machine.thread_count),
    )


def _summarize_step(resources: Resources) -> Step:
    section, machine = resources.config.summarize, resources.config.runtime.machine
    models = [(section.model, resources.summarizer)]
    if section.english_model and resources.english_summarizer:
        models.append((section.english_model, resources.english_summarizer))

    def load(tools: Tools) -> StageFunction:
        from pipeline.summarize.support import summarize_supported

        loaded = [load_summarizer(spec, resolved, machine) for spec, resolved in models]
        return partial(
            summarize_supported,
            write=_summary_writer(resources, loaded, tools),
            unsupported=section.unsupported,
            load_judge=_summary_judge(resources),
        )

    # What translates the lines is in the key of the translations, which the stage reads.
    settings = changed_settings(section, {"model", "english_model", "judge", "digest"}) | {
        "models": [decisive(spec, resolved) for spec, resolved in models]
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

    return cache(partial(load_scorer, spec, resolved, resources.config.runtime.machine))


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
        first = FoundTranslator(
            config.translate.model, resources.translator, config.runtime, find_choosing(resources)
        )
        translator = first.remember(loaded or first.load(), tools, is_retry=True)
        return translator, _ladder(resources, find_fallback(resources), tools)

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
            checker=Checker(glossary, resources.config.runtime.machine.thread_count),
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
