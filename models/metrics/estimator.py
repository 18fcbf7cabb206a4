"""Quality of a translation without a reference: from spec to estimator in two steps.

spec ─resolve_estimator─▶ ResolvedModel or ResolvedScorer ─load_estimator─▶ QualityEstimator

A translation model scores the translation (`models.seq2seq.forced_decoding`); CometKiwi, XCOMET and
MetricX read both sides (`models.metrics`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.metrics.load import load_scorer, resolve_scorer
from models.protocols import QualityEstimator, Segment, SegmentScorer
from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.machine import MACHINE, Machine
from models.seq2seq.forced_decoding import translation_scorer
from models.specs import CometSpec, JudgeSpec, MetricXSpec


@dataclass(frozen=True, slots=True)
class ScorerEstimator:
    """A trained metric as a QualityEstimator; the sign of an error metric is reversed."""

    scorer: SegmentScorer

    def estimate(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Estimate each pair; the result has the same length and order."""
        sign = 1.0 if self.scorer.higher_is_better else -1.0
        segments = [Segment(source, translation) for source, translation in pairs]
        return [sign * each.score for each in self.scorer.score(segments)]


def resolve_estimator(
    spec: JudgeSpec, machine: Machine = MACHINE
) -> ResolvedModel | ResolvedScorer:
    """Find the files of an estimator; `precision` applies to a translation model.

    Raises WeightsError if it is missing, cannot run so, or needs references.
    """
    place = "translate.choose.estimator"
    if not isinstance(spec, CometSpec | MetricXSpec):
        return resolve_translator(spec, machine, place=place)
    try:
        resolved = resolve_scorer(spec, machine)
    except WeightsError as error:
        raise WeightsError(f"{place}: {error}") from None
    if resolved.needs_reference:
        raise WeightsError(
            f"{place}: {spec.path}: compares with references, but there are none "
            "here; use CometKiwi, or set reference_free: true if the model supports it"
        )
    return resolved


def load_estimator(
    spec: JudgeSpec, resolved: ResolvedModel | ResolvedScorer, machine: Machine = MACHINE
) -> QualityEstimator:
    """Load an estimator (slow). Raises WeightsError if that fails."""
    if isinstance(spec, CometSpec | MetricXSpec):
        if not isinstance(resolved, ResolvedScorer):
            raise TypeError(f"{type(resolved).__name__} is not what {spec.kind} resolves to")
        return ScorerEstimator(load_scorer(spec, resolved, machine))
    if not isinstance(resolved, ResolvedModel):
        raise TypeError(f"{type(resolved).__name__} is not what {spec.kind} resolves to")
    return translation_scorer(load_translator(spec, resolved, machine))
