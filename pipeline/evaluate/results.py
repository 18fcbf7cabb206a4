"""What an evaluation reads and finds: frozen, plain, comparable.

EvaluationSet ─▶ Segment           what is translated, with its references
Output                             what one system wrote for it, one line per segment
Evaluation ─▶ SetResult ─▶ SystemResult ─▶ MetricResult
                       └─▶ Comparison            two systems, one metric
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.protocols import ErrorSpan


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit of a test set; `document` is the id of the text it is from, if known."""

    id: str
    source: str
    references: tuple[str, ...]
    document: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A test set under the name that the config gives it."""

    name: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A system's hypotheses for a test set, in its order; `confidences` if the system has any."""

    name: str
    hypotheses: tuple[str, ...]
    confidences: tuple[float | None, ...] | None = None


NO_SCORE = "no score"
NO_NUMBER = "gave no number (NaN; float16 sometimes overflows)"
NO_ANSWER = "gave no readable answer"


def score_text(value: float, digits: int) -> str:
    """Write a score with the digits behind the point that its metric has; NaN is no score."""
    if math.isnan(value):
        return NO_SCORE
    return f"{value:.{digits}f}"


def delta_text(value: float, digits: int) -> str:
    """Write a difference of two scores with its sign; with more digits where it would be 0."""
    if math.isnan(value):
        return "–"
    digits = max(2, digits)
    while value and abs(value) < 0.5 * 10.0**-digits and digits < 9:
        digits += 1
    return f"{value:+.{digits}f}" if value else f"{0:.{digits}f}"


def unlike_texts(a: float, b: float, digits: int) -> tuple[str, str]:
    """Write two scores, with more digits where two that differ would look the same."""
    while a != b and f"{a:.{digits}f}" == f"{b:.{digits}f}" and digits < 9:
        digits += 1
    return score_text(a, digits), score_text(b, digits)


def p_text(value: float, significance: float) -> str:
    """Write a p-value: four digits, never 0, never rounded across the significance level."""
    if value < 0.0001 <= significance:
        return "< 0.0001"
    digits = 4 if value >= 0.0001 else 7
    while (round(value, digits) < significance) != (value < significance) and digits < 15:
        digits += 1
    return f"{value:.{digits}f}"


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A system's score on a set; `low` and `high` bound the middle 95 % of the resamples.

    Both are NaN where nothing was resampled or fewer than two segments have a score.
    `rank` is 1 + the number of systems that are significantly better, so systems that
    cannot be told apart may share it. `group` counts clusters: everybody in a group is
    significantly better than everybody in the next. `sentences` are the segments' scores.
    `digits` are those behind the point that mean something. `truncated` are the places of
    segments whose end the metric did not read, `spans` the errors that it found in each
    hypothesis (empty for a metric that looks for none). `silence` says in words what happened
    where a segment has no score.

    A segment without a score is NaN in `sentences` and left out of `score`. A system without a
    single one has the score NaN, and neither rank nor group.
    """

    metric: str
    name: str
    score: float
    low: float
    high: float
    signature: str
    lower_is_better: bool
    rank: int | None
    group: int | None
    sentences: tuple[float, ...]
    digits: int = 1
    truncated: frozenset[int] = frozenset()
    spans: tuple[tuple[ErrorSpan, ...], ...] = ()
    silence: str = NO_NUMBER

    @property
    def has_score(self) -> bool:
        """Tell whether any segment has a score."""
        return not math.isnan(self.score)

    @property
    def has_interval(self) -> bool:
        """True if there are resamples to bound the score."""
        return self.has_score and not math.isnan(self.low)

    @property
    def unread(self) -> frozenset[int]:
        """The places of segments without a score."""
        return frozenset(at for at, value in enumerate(self.sentences) if math.isnan(value))

    def text(self, value: float) -> str:
        """Write a score of this metric."""
        return score_text(value, self.digits)

    def ranked(self, between: str) -> str:
        """Write the score, its interval and the rank with a dot; or that there is none."""
        return f"{self.with_interval(between)} {self.rank}." if self.has_score else NO_SCORE

    def with_interval(self, between: str) -> str:
        """Write the score and, in brackets, its interval if it has one."""
        if not self.has_interval:
            return self.text(self.score)
        return f"{self.text(self.score)} ({self.text(self.low)}{between}{self.text(self.high)})"


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system on one set: its text, its scores, what the checks found (per segment)."""

    output: Output
    metrics: tuple[MetricResult, ...]
    checks: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The name that the config gives the system."""
        return self.output.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems under a metric; `delta` is B's score less A's; `p_adjusted` is Holm's.

    The correction is for all pairs of the set under that metric. Both are of the segments that
    have a score for both. `digits` are the metric's.
    """

    a: str
    b: str
    metric: str
    delta: float
    p_value: float
    p_adjusted: float
    digits: int = 1
    lower_is_better: bool = False

    def better(self, significance: float) -> str | None:
        """Return the system that is significantly better, or None."""
        if self.p_adjusted >= significance or self.delta == 0:
            return None
        return self.b if (self.delta > 0) != self.lower_is_better else self.a

    def verdict(self, significance: float) -> str:
        """Say in words which is better."""
        if self.delta == 0:
            return "equal"
        better = self.better(significance)
        return "no significant difference" if better is None else f"{better} is better"


def is_better(
    comparisons: Sequence[Comparison], significance: float
) -> dict[tuple[str, str], bool]:
    """Tell for ordered pairs (a, b) of one metric whether a is significantly better than b."""
    better = [(each, each.better(significance)) for each in comparisons]
    return {
        pair: winner == pair[0]
        for each, winner in better
        for pair in ((each.a, each.b), (each.b, each.a))
    }


@dataclass(frozen=True, slots=True)
class SetResult:
    """All systems on one set, in the order of the config.

    `draws` are the trials or resamples of the paired test. `powerless` says why no difference
    could have been significant, where that is so.
    """

    set: EvaluationSet
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...]
    draws: int = 0
    powerless: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything the renderers need."""

    title: str
    sets: tuple[SetResult, ...]
    test: str
    samples: int
    significance: float
    stands_out: tuple[str, ...] = ()
