"""The values that an evaluation reads and produces: frozen, plain, comparable.

EvaluationSet ─▶ Segment           what is translated, with its references
Output                             translations of one system, one line per segment
Evaluation ─▶ SetResult ─▶ SystemResult ─▶ MetricResult
                       └─▶ Comparison            two systems, one metric
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.protocols import ErrorSpan


@dataclass(frozen=True, slots=True)
class EvaluationSegment:
    """One unit of a test set; `document` is the id of its text, if known.

    `labels` are (name, value), such as ("domain", "news").
    """

    id: str
    source: str
    references: tuple[str, ...]
    document: str | None = None
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A test set with its name in the config."""

    name: str
    segments: tuple[EvaluationSegment, ...]

    @property
    def references_written(self) -> str:
        """Number of references as in a signature: a number, or `var`."""
        numbers = {len(segment.references) for segment in self.segments}
        return str(numbers.pop()) if len(numbers) == 1 else "var"


@dataclass(frozen=True, slots=True)
class Output:
    """Hypotheses of one system for a test set, in its order, with confidences if known."""

    name: str
    hypotheses: tuple[str, ...]
    confidences: tuple[float | None, ...] | None = None


NO_SCORE = "no score"
NO_NUMBER = "gave no number (NaN; float16 sometimes overflows)"
NO_ANSWER = "gave no readable answer"
NOT_RATED = "has no rating"


def score_text(value: float, digits: int) -> str:
    """Return a score as text, with the decimals of its metric; NaN is "no score"."""
    if math.isnan(value):
        return NO_SCORE
    return f"{value:.{digits}f}"


def delta_text(value: float, digits: int) -> str:
    """Return a signed difference of two scores as text, with more digits if it would read 0."""
    if math.isnan(value):
        return "–"
    digits = max(2, digits)
    while value and abs(value) < 0.5 * 10.0**-digits and digits < 9:
        digits += 1
    return f"{value:+.{digits}f}" if value else f"{0:.{digits}f}"


def unlike_texts(a: float, b: float, digits: int) -> tuple[str, str]:
    """Return two scores as text, with more digits if different scores would look equal."""
    while a != b and f"{a:.{digits}f}" == f"{b:.{digits}f}" and digits < 9:
        digits += 1
    return score_text(a, digits), score_text(b, digits)


def p_text(value: float, significance: float) -> str:
    """Return a p-value as text: four digits, never 0 or rounded across the significance level."""
    if value < 0.0001 <= significance:
        return "< 0.0001"
    digits = 4 if value >= 0.0001 else 7
    while (round(value, digits) < significance) != (value < significance) and digits < 15:
        digits += 1
    return f"{value:.{digits}f}"


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A system's score on a set; `low` and `high` bound the middle 95 % of the resamples.

    Both are NaN without resamples or with fewer than two scored segments. `rank` is 1 + the number
    of significantly better systems, so several systems may share it. `group` numbers clusters:
    every system of a group is significantly better than every system of the next. `sentences`
    holds the scores of the segments, `digits` the number of meaningful decimals, `truncated` the
    indexes of segments whose end the metric did not read, and `spans` the errors found in each
    hypothesis (empty if the metric looks for none). `silence` explains a missing score in words.

    A segment without a score is NaN in `sentences` and left out of `score`. A system without any
    scored segment has the score NaN, and neither rank nor group.
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
        """True if any segment has a score."""
        return not math.isnan(self.score)

    @property
    def has_interval(self) -> bool:
        """True if there are resamples to bound the score."""
        return self.has_score and not math.isnan(self.low)

    @property
    def unread(self) -> frozenset[int]:
        """Indexes of segments without a score; empty if only documents or systems have one."""
        gaps = frozenset(at for at, value in enumerate(self.sentences) if math.isnan(value))
        return frozenset() if self.has_score and len(gaps) == len(self.sentences) else gaps

    @property
    def place(self) -> tuple[bool, float]:
        """A sort key: best score first, systems without a score last."""
        return not self.has_score, (self.score if self.lower_is_better else -self.score) * (
            self.has_score or 0.0
        )

    def text(self, value: float) -> str:
        """Return a score of this metric as text."""
        return score_text(value, self.digits)

    def ranked(self, between: str) -> str:
        """Return the score, its interval and the rank with a dot, or "no score"."""
        return f"{self.with_interval(between)} {self.rank}." if self.has_score else NO_SCORE

    def with_interval(self, between: str) -> str:
        """Return the score with its interval, if any, in brackets."""
        if not self.has_interval:
            return self.text(self.score)
        between = f" {between.strip()} " if self.low < 0 else between
        return f"{self.text(self.score)} ({self.text(self.low)}{between}{self.text(self.high)})"


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system on one set: its output, its scores, and the checks that flagged each segment."""

    output: Output
    metrics: tuple[MetricResult, ...]
    checks: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """Name of the system in the config."""
        return self.output.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems under a metric; `delta` is B's score minus A's.

    Only segments with a score for both systems count. `p_adjusted` is corrected after Holm for all
    pairs of the set under that metric. `digits` are those of the metric.
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
        """Return the name of the significantly better system, or None."""
        if self.p_adjusted >= significance or self.delta == 0:
            return None
        return self.b if (self.delta > 0) != self.lower_is_better else self.a

    def verdict(self, significance: float) -> str:
        """Return in words which system is better."""
        if self.delta == 0:
            return "equal"
        better = self.better(significance)
        return "no significant difference" if better is None else f"{better} is better"


def is_better(
    comparisons: Sequence[Comparison], significance: float
) -> dict[tuple[str, str], bool]:
    """Return, for ordered pairs (a, b) of one metric, whether a is significantly better than b."""
    better = [(comparison, comparison.better(significance)) for comparison in comparisons]
    return {
        pair: winner == pair[0]
        for each, winner in better
        for pair in ((each.a, each.b), (each.b, each.a))
    }


@dataclass(frozen=True, slots=True)
class MetricAgreement:
    """How well a metric agrees with human scores on a set, by one statistic; more is better.

    `level` is what was compared: systems, segments or documents, `size` their number. `low` and
    `high` bound the middle 95 % of resamples of the segments; NaN without them. `rank` is 1 + the
    number of metrics that agree significantly better, None without a test. `epsilon` is the
    difference of scores up to which segments count as tied.
    """

    human: str
    metric: str
    statistic: str
    level: str
    value: float
    low: float
    high: float
    size: int
    rank: int | None = None
    epsilon: float | None = None


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """Two raters on the units that both judged: mean gap and Kendall's tau-b.

    Of one rater (`b` empty), the number of judgements and their mean, in `gap`.
    """

    human: str
    a: str
    b: str
    units: int
    gap: float
    tau: float


@dataclass(frozen=True, slots=True)
class CheckFlags:
    """Sentences that a check flagged, by system in the order of the set's result.

    `check` is "any" for all checks together. `ranks` are 1 + the number of systems with
    significantly fewer; `comparisons` are exact tests of every pair, corrected after Holm, and
    their `delta` is in percent of the sentences.
    """

    check: str
    counts: tuple[int, ...]
    ranks: tuple[int, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Scores of a part of a set: by metric, then by system, in the order of the set's result.

    `kind` says what the parts are: documents, a label such as `domain`, or kinds of sentences.
    """

    kind: str
    name: str
    members: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class SetResult:
    """All systems on one set, in the order of the config.

    `draws` are the trials or resamples of the paired test. `powerless`, if not empty, explains why
    no difference could have been significant. `agreements` and `raters` are about human scores,
    `checks` about what the checks found, "any" first, and `groups` about parts of the set.
    """

    set: EvaluationSet
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...]
    draws: int = 0
    powerless: str = ""
    agreements: tuple[MetricAgreement, ...] = ()
    raters: tuple[RaterAgreement, ...] = ()
    checks: tuple[CheckFlags, ...] = ()
    groups: tuple[GroupScore, ...] = ()

    @property
    def ordered(self) -> tuple[SystemResult, ...]:
        """The systems by the first metric, best first; those without a score last."""
        return tuple(sorted(self.systems, key=lambda system: system.metrics[0].place))

    def label(self, metric: str) -> str:
        """Return the name of a metric in reports; the checks have no other."""
        names = {each.metric: each.name for each in self.systems[0].metrics}
        return names.get(metric, metric)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything the renderers need."""

    title: str
    sets: tuple[SetResult, ...]
    test: str
    samples: int
    significance: float
    stands_out: tuple[str, ...] = ()
