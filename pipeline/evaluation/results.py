"""What an evaluation reads and finds: frozen, plain, comparable.

EvaluationSet ─▶ Segment           what is translated, with its references
Output                             what one system wrote for it, one line per segment
Evaluation ─▶ SetResult ─▶ SystemResult ─▶ MetricResult
                       └─▶ Comparison            two systems, one metric
"""

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


def score_text(value: float, digits: int) -> str:
    """Write a score with the digits behind the point that its metric has."""
    return f"{value:.{digits}f}"


def delta_text(value: float, digits: int) -> str:
    """Write a difference of two scores with its sign, and more finely than a score in percent."""
    return f"{value:+.{max(2, digits)}f}"


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A system's score on a set; `low` and `high` bound the middle 95 % of the resamples.

    `rank` is 1 + the number of systems that are significantly better, so systems that
    cannot be told apart may share it. `group` counts clusters: everybody in a group is
    significantly better than everybody in the next. `sentences` are the segments' scores.
    `digits` are those behind the point that mean something. `truncated` are the places of
    segments whose end the metric did not read, `spans` the errors that it found in each
    hypothesis (empty for a metric that looks for none).
    """

    metric: str
    name: str
    score: float
    low: float
    high: float
    signature: str
    lower_is_better: bool
    rank: int
    group: int
    sentences: tuple[float, ...]
    digits: int = 1
    truncated: frozenset[int] = frozenset()
    spans: tuple[tuple[ErrorSpan, ...], ...] = ()

    def text(self, value: float) -> str:
        """Write a score of this metric."""
        return score_text(value, self.digits)

    def with_interval(self, between: str) -> str:
        """Write the score and, in brackets, its interval."""
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
    """`a` against `b`: `delta` is a's score less b's; `p_adjusted` is Holm's, over the set.

    `digits` are the metric's.
    """

    a: str
    b: str
    metric: str
    delta: float
    p_value: float
    p_adjusted: float
    digits: int = 1


@dataclass(frozen=True, slots=True)
class SetResult:
    """All systems on one set, in the order of the config."""

    set: EvaluationSet
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything the renderers need."""

    title: str
    sets: tuple[SetResult, ...]
    test: str
    samples: int
    significance: float
    stands_out: tuple[str, ...] = ()
