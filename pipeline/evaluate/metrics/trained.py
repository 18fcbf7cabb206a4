"""Trained metrics of a config: COMET, XCOMET, MetricX, BERTScore, a language model as judge.

spec ─▶ resolved files ─▶ Metric ─▶ (at the first segment) ─▶ loaded ─▶ released
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

from models.errors import WeightsError, suggest
from models.metrics.load import load_scorer, resolve_scorer
from models.metrics.metric_check import check_scorer
from models.prompted.specs import EndpointSpec
from models.protocols import Segment, SegmentScore, SegmentScorer
from models.resolved import ResolvedModel, ResolvedScorer
from models.specs import (
    GivenConfidenceSpec,
    LanguageJudgeSpec,
    MetricXSpec,
    ScorerSpec,
    TrainedMetricSpec,
)
from pipeline.config.file import load_section
from pipeline.config.machine import MachineSection
from pipeline.engine.keys import decisive, digest
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.metrics.forced_confidence import given_metric, resolve_given
from pipeline.evaluate.metrics.metrics import Metric, MetricName, mean_metric, metric
from pipeline.evaluate.metrics.model_scores import load_when_scoring
from pipeline.evaluate.results import NO_ANSWER, NO_NUMBER


def trained_metric(
    name: str,
    spec: TrainedMetricSpec,
    runtime: MachineSection,
    *,
    place: str | None = None,
    resolved: ResolvedScorer | None = None,
) -> Metric:
    """Return a trained metric, whose weights are loaded when the first segment is scored.

    Scores are on the metric's own scale. `resolved` has its weights if they were found already.
    Raises ModelError, also later from `statistics`, with the metric's place in the config, if the
    weights are missing, damaged or too large.
    """
    if isinstance(spec, GivenConfidenceSpec):
        return given_metric(name, spec, runtime)
    place = place or f"trained_metrics.{name}"
    resolved = resolved or resolve_metric(place, spec, runtime)
    load = partial(load_scorer, spec, resolved, runtime.machine)
    score, release = load_when_scoring(load, _score, place=place, device=resolved.device)
    scored = mean_metric(
        name,
        name,
        score,
        answer=f"{spec.kind} {digest(_decisive(spec, resolved))}",
        signature=resolved.signature,
        lower_is_better=not resolved.higher_is_better,
        needs_references=resolved.needs_reference,
        digits=2 if isinstance(spec, MetricXSpec | LanguageJudgeSpec) else 4,
    )
    # weights on this machine repeat an unreadable answer; a server may only have been busy
    served = isinstance(spec, LanguageJudgeSpec) and isinstance(spec.model, EndpointSpec)
    silence = NO_ANSWER if isinstance(spec, LanguageJudgeSpec) else NO_NUMBER
    return replace(scored, release=release, asks_again=served, silence=silence)


def _score(scorer: SegmentScorer, segments: Sequence[Segment]) -> Sequence[SegmentScore]:
    return scorer.score(segments)


def resolve_metric(place: str, spec: ScorerSpec, runtime: MachineSection) -> ResolvedScorer:
    """Find the files of a metric. Raises ModelError, beginning with `place`, if it cannot run."""
    try:
        return resolve_scorer(spec, runtime.machine)
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None


def metric_model(
    name: str, spec: TrainedMetricSpec, runtime: MachineSection
) -> ResolvedScorer | ResolvedModel:
    """Find the model of a trained metric without loading it. Raises ModelError if it cannot run."""
    place = f"trained_metrics.{name}"
    if not isinstance(spec, GivenConfidenceSpec):
        return resolve_metric(place, spec, runtime)
    try:
        return resolve_given(spec, runtime)
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None


def _decisive(spec: ScorerSpec, resolved: ResolvedScorer) -> dict[str, Any]:
    """Return the settings that affect scores; for a judge also its model and retries."""
    if not isinstance(spec, LanguageJudgeSpec) or resolved.judge is None:
        return decisive(spec, resolved)
    model = decisive(spec.model, resolved.judge)
    return {"model": model, "retries": spec.retries, "answer": resolved.answer_key}


def chosen_metrics(names: Sequence[str], config: EvaluationConfig | None) -> list[Metric]:
    """Return metrics by name: those of sacreBLEU, ROUGE, and the trained metrics of a config.

    Raises ConfigError for an unknown name, and ModelError if weights are missing.
    """
    trained = config.trained_metrics if config else {}
    runtime = config.runtime if config else MachineSection()
    known = (*get_args(MetricName), *trained)
    found = []
    for name in names:
        if name in trained:
            found.append(trained_metric(name, trained[name], runtime))
        elif name in known:
            model = config.spbleu_model if config else None
            found.append(metric(cast(MetricName, name), spbleu_model=model))
        else:
            raise ConfigError(
                f"metric '{name}': {suggest(name, known)}; a trained one must be in "
                "trained_metrics of a --config"
            )
    return found


def available_metrics(config: EvaluationConfig, say: Callable[[str], None]) -> list[Metric]:
    """Return the metrics of a config; spBLEU without its tokenizer is left out with a line.

    Raises ConfigError if no metric remains, a gate needs the missing one, or `spbleu_model` is
    wrong, and ModelError if weights are missing.
    """
    names = list(config.all_metrics)
    is_optional = config.spbleu_model is None and "spbleu" not in config.gate
    if is_optional and "spbleu" in names and names != ["spbleu"]:
        try:
            metric("spbleu")
        except ConfigError as error:
            say(f"warning: spBLEU is left out: {error}")
            names.remove("spbleu")
    return chosen_metrics(names, config)


def check_metric(name: str, file: Path) -> list[str]:
    """Check the checksums, loading and canary of a trained metric; return the results as lines.

    Raises ConfigError for an unknown name, and ModelError at the first problem.
    """
    config = load_section(file, EvaluationConfig)
    spec, runtime = config.trained_metrics.get(name), config.runtime
    if spec is None:
        names = ", ".join(config.trained_metrics) or "none"
        raise ConfigError(f"{file}: '{name}' is not one of its trained_metrics: {names}")
    if isinstance(spec, GivenConfidenceSpec):
        raise ConfigError(
            f"trained_metrics.{name}: is a translation model; run `pipeline models check` with "
            "the model's name"
        )
    try:
        return check_scorer(spec, runtime.machine)
    except WeightsError as error:
        raise ModelError(f"trained_metrics.{name}: {error}") from None
