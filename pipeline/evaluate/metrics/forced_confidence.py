"""How sure a translation model is of any system's hypotheses, as a metric without references.

spec ─▶ found, identified ─▶ Metric ─▶ (a segment must be scored) ─▶ made to write each hypothesis
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.metrics.calibration import CALIBRATION, ErrorMap, floored_mean, read_calibration
from models.protocols import Segment, SegmentScore
from models.resolved import ResolvedModel
from models.seq2seq.forced_decoding import BatchScorer, translation_scorer
from models.specs import GivenConfidenceSpec
from pipeline.config.sections import MachineSection
from pipeline.engine.plan import digest
from pipeline.errors import ModelError
from pipeline.evaluate.metrics.metrics import Metric, mean_metric

# Raise it when the score changes for the same weights.
GIVEN_VERSION = 1


def resolve_given(spec: GivenConfidenceSpec, runtime: MachineSection) -> ResolvedModel:
    """Find the model, in float32 unless the spec says otherwise: a score is no machine's business.

    Raises WeightsError where it is not there or cannot run so.
    """
    return resolve_translator(
        spec.model,
        device=runtime.device,
        precision="float32",
        offline=runtime.offline,
        cache=runtime.cache,
        place="model",
    )


def given_metric(name: str, spec: GivenConfidenceSpec, runtime: MachineSection) -> Metric:
    """Find the model. Its weights are loaded when the first segment must be scored.

    Raises ModelError, also later from `statistics`, with the place of the metric in the config.
    """
    place = f"trained_metrics.{name}"
    try:
        resolved = resolve_given(spec, runtime)
        error_map = _error_map(resolved) if spec.scale == "expected_error" else None
    except WeightsError as error:
        raise ModelError(f"{place}: {error}") from None

    @cache
    def loaded() -> BatchScorer:
        return translation_scorer(
            load_translator(
                spec.model, resolved, batch_tokens=runtime.batch_tokens, threads=runtime.threads
            )
        )

    def score(segments: Sequence[Segment]) -> Sequence[SegmentScore]:
        pairs = [(each.source, each.hypothesis) for each in segments]
        try:
            scores = loaded().score(pairs)
        except WeightsError as error:
            raise ModelError(f"{place}: {error}") from None
        rows = []
        for (source, hypothesis), own in zip(pairs, scores, strict=True):
            value = floored_mean(own.log_probabilities)
            if error_map is not None:
                value = error_map.expected_error(source, hypothesis, value)
            rows.append(SegmentScore(value, own.source_truncated or own.target_truncated))
        return rows

    model = spec.model.model_dump(mode="json", exclude={"device", "precision"})
    known = [spec.scale, resolved.answer_key, GIVEN_VERSION]
    known += [asdict(error_map)] if error_map else []
    parts = ("confidence", f"model:{resolved.name}", f"weights:{resolved.identity[:12]}")
    unit = f"{spec.scale}:{error_map.unit}" if error_map else spec.scale
    made = mean_metric(
        name,
        name,
        score,
        answer=f"confidence {digest([known, model])}",
        signature="|".join([*parts, "refs:no", unit, f"version:{GIVEN_VERSION}"]),
        lower_is_better=error_map is not None,
        needs_references=False,
        digits=2,
    )
    return replace(made, release=loaded.cache_clear)


def _error_map(resolved: ResolvedModel) -> ErrorMap:
    path = resolved.folder / CALIBRATION if resolved.folder else None
    advice = "make one with scripts/calibrate_confidence.py --mqm, or take scale: log_probability"
    if path is None or not path.is_file():
        raise WeightsError(f"{resolved.name}: has no {CALIBRATION}; {advice}")
    found = read_calibration(path, resolved.identity).given
    if found is None:
        raise WeightsError(f"{path}: was not made for given translations; {advice}")
    return found
