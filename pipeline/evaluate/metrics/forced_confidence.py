"""The confidence of a translation model in any system's hypotheses, without references.

spec ─▶ resolved model ─▶ Metric ─▶ (at the first segment) ─▶ forced decoding of each hypothesis
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.metrics.calibration import CALIBRATION, ErrorMap, floored_mean, read_calibration
from models.protocols import Segment, SegmentScore
from models.resolved import ResolvedModel
from models.seq2seq.forced_decoding import BatchScorer, translation_scorer
from models.specs import GivenConfidenceSpec
from pipeline.config.machine import MachineSection
from pipeline.engine.keys import changed_settings, digest
from pipeline.errors import ModelError
from pipeline.evaluate.metrics.metrics import Metric, mean_metric
from pipeline.evaluate.metrics.model_scores import load_when_scoring

# Bump this when the score changes for the same weights.
GIVEN_VERSION = 1


def resolve_given(spec: GivenConfidenceSpec, runtime: MachineSection) -> ResolvedModel:
    """Find the model; it runs in float32 so that scores do not depend on the machine.

    A precision in the spec overrides that. Raises WeightsError if the model is missing or cannot
    run so.
    """
    machine = replace(runtime.machine, precision="float32")
    return resolve_translator(spec.model, machine, place="model")


def given_metric(name: str, spec: GivenConfidenceSpec, runtime: MachineSection) -> Metric:
    """Return the metric of a model, whose weights are loaded when the first segment is scored.

    Raises ModelError, also later from `statistics`, with the place of the metric in the config.
    """
    place = f"trained_metrics.{name}"
    try:
        resolved = resolve_given(spec, runtime)
        error_map = _error_map(resolved) if spec.scale == "expected_error" else None
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None

    def load() -> BatchScorer:
        return translation_scorer(load_translator(spec.model, resolved, runtime.machine))

    score, release = load_when_scoring(
        load, partial(_score, error_map), place=place, device=resolved.device
    )
    model = changed_settings(spec.model, {"device", "precision"})
    known = [spec.scale, resolved.answer_key, GIVEN_VERSION]
    known += [asdict(error_map)] if error_map else []
    parts = ("confidence", f"model:{resolved.name}", f"weights:{resolved.identity[:12]}")
    unit = f"{spec.scale}:{error_map.unit}" if error_map else spec.scale
    scored = mean_metric(
        name,
        name,
        score,
        answer=f"confidence {digest([known, model])}",
        signature="|".join([*parts, "refs:no", unit, f"version:{GIVEN_VERSION}"]),
        lower_is_better=error_map is not None,
        needs_references=False,
        digits=2,
    )
    return replace(scored, release=release)


def _score(
    error_map: ErrorMap | None, scorer: BatchScorer, segments: Sequence[Segment]
) -> list[SegmentScore]:
    """Score segments by log-probability, or by expected error where an error map is given."""
    pairs = [(segment.source, segment.hypothesis) for segment in segments]
    rows = []
    for (source, hypothesis), score in zip(pairs, scorer.score(pairs), strict=True):
        value = floored_mean(score.log_probabilities)
        if error_map is not None:
            value = error_map.expected_error(source, hypothesis, value)
        rows.append(SegmentScore(value, score.source_truncated or score.target_truncated))
    return rows


def _error_map(resolved: ResolvedModel) -> ErrorMap:
    path = resolved.folder / CALIBRATION if resolved.folder else None
    advice = "make one with scripts/calibrate_confidence.py --mqm, or take scale: log_probability"
    if path is None or not path.is_file():
        raise WeightsError(f"{resolved.name}: has no {CALIBRATION}; {advice}")
    found = read_calibration(path, resolved.identity).given
    if found is None:
        raise WeightsError(f"{path}: was not made for given translations; {advice}")
    return found
