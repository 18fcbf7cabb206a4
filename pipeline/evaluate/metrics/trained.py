"""A trained metric of a config as a row of the table: COMET, XCOMET, MetricX, BERTScore, a judge.

spec ─▶ found, identified ─▶ Metric ─▶ (a segment must be scored) ─▶ loaded, kept ─▶ released
"""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from models.errors import WeightsError
from models.metrics.checking import check_scorer
from models.metrics.load import ResolvedScorer, load_scorer, resolve_scorer
from models.prompted.specs import EndpointSpec
from models.protocols import Segment, SegmentScore, SegmentScorer
from models.resolved import ResolvedModel
from models.specs import (
    GivenConfidenceSpec,
    LanguageJudgeSpec,
    MetricXSpec,
    ScorerSpec,
    TrainedMetricSpec,
)
from pipeline.config.file import load_section
from pipeline.config.sections import LicencesSection, MachineSection
from pipeline.engine.keys import decisive
from pipeline.engine.licences import refuse_licences
from pipeline.engine.plan import digest
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.metrics.forced_confidence import given_metric, resolve_given
from pipeline.evaluate.metrics.metrics import Metric, MetricName, mean_metric, metric
from pipeline.evaluate.results import NO_ANSWER, NO_NUMBER


def trained_metric(
    name: str,
    spec: TrainedMetricSpec,
    runtime: MachineSection,
    *,
    place: str | None = None,
    licences: LicencesSection | None = None,
) -> Metric:
    """Find a trained metric. Its weights are loaded when the first segment must be scored.

    Scores are on the metric's own scale. Raises ConfigError where `licences` does not let a run
    use the weights (an evaluation asks nobody: it publishes no text). Raises ModelError, also
    later from `statistics`, with the metric's place in the config: it is not there, damaged, or
    too large.
    """
    if isinstance(spec, GivenConfidenceSpec):
        return given_metric(name, spec, runtime)
    place = place or f"trained_metrics.{name}"
    resolved = resolve_metric(place, spec, runtime)
    if licences is not None:
        refuse_licences(place, [resolved], licences)

    @cache
    def loaded() -> SegmentScorer:
        return load_scorer(
            spec, resolved, batch_tokens=runtime.batch_tokens, threads=runtime.threads
        )

    def score(segments: Sequence[Segment]) -> Sequence[SegmentScore]:
        try:
            return loaded().score(segments)
        except WeightsError as error:
            raise ModelError(f"{place}: {error}") from None
        except MemoryError:
            raise ModelError(
                f"{place}: out of memory on {resolved.device.name}, even with one segment at a "
                "time; use a smaller checkpoint, bfloat16, or runtime.device: cpu"
            ) from None

    made = mean_metric(
        name,
        name,
        score,
        answer=f"{spec.kind} {digest(_decisive(spec, resolved))}",
        signature=resolved.signature,
        lower_is_better=not resolved.higher_is_better,
        needs_references=resolved.needs_reference,
        digits=2 if isinstance(spec, MetricXSpec | LanguageJudgeSpec) else 4,
    )
    # weights here give the same unreadable answer for ever; a server may only have been busy
    served = isinstance(spec, LanguageJudgeSpec) and isinstance(spec.model, EndpointSpec)
    silence = NO_ANSWER if isinstance(spec, LanguageJudgeSpec) else NO_NUMBER
    return replace(made, release=loaded.cache_clear, asks_again=served, silence=silence)


def resolve_metric(place: str, spec: ScorerSpec, runtime: MachineSection) -> ResolvedScorer:
    """Find a metric's files. Raises ModelError, with its place in the config, if it cannot run."""
    try:
        return resolve_scorer(
            spec, device=runtime.device, offline=runtime.offline, cache=runtime.cache
        )
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None


def metric_model(
    name: str, spec: TrainedMetricSpec, runtime: MachineSection
) -> ResolvedScorer | ResolvedModel:
    """Find the model of a trained metric; loads nothing. Raises ModelError if it cannot run."""
    place = f"trained_metrics.{name}"
    if not isinstance(spec, GivenConfidenceSpec):
        return resolve_metric(place, spec, runtime)
    try:
        return resolve_given(spec, runtime)
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None


def _decisive(spec: ScorerSpec, resolved: ResolvedScorer) -> dict[str, Any]:
    """Return what decides the scores; of a judge also its model's settings and the retries."""
    if not isinstance(spec, LanguageJudgeSpec) or resolved.judge is None:
        return decisive(spec, resolved)
    model = decisive(spec.model, resolved.judge)
    return {"model": model, "retries": spec.retries, "answer": resolved.answer_key}


def chosen_metrics(names: Sequence[str], config: EvaluationConfig | None) -> list[Metric]:
    """Return metrics by name: sacreBLEU's and ROUGE, and the trained ones of a config.

    Raises ConfigError for a name that is neither, ModelError for weights that are not there.
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
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there is {', '.join(known)}"
            raise ConfigError(
                f"metric '{name}': {hint}; a trained one must be in trained_metrics of a --config"
            )
    return found


def check_metric(name: str, file: Path) -> list[str]:
    """Check a trained metric of a config: checksums, loading, canary; what was found, in lines.

    Raises ConfigError for a name that is none, ModelError at the first thing that is wrong.
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
        return check_scorer(
            spec, device=runtime.device, offline=runtime.offline, cache=runtime.cache
        )
    except WeightsError as error:
        raise ModelError(f"trained_metrics.{name}: {error}") from None
