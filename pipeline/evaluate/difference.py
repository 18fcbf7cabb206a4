"""Two systems compared sentence by sentence: which words changed, and in which groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import isnan

import numpy

from pipeline.evaluate.gates import MeasuredOutput, check_comparable, measured_groups
from pipeline.evaluate.significance import DEFAULT_TEST, PairedTest
from pipeline.evaluate.words import NgramDifference, ngram_differences

WordStretches = tuple[tuple[str, bool], ...]
"""Stretches of a text, each with True if the other text differs there."""


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric of two systems; `delta` is b minus a.

    A segment without a score for one system is left out for both; `left_out` counts them. If no
    segment remains, a, b and delta are NaN.
    """

    metric: str
    a: float
    b: float
    delta: float
    p_value: float
    lower_is_better: bool
    signature: str
    digits: int = 1
    left_out: int = 0

    @property
    def gain(self) -> float:
        """Points by which b is better than a; negative if it is worse."""
        return -self.delta if self.lower_is_better else self.delta


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group of sentences under the first metric; `delta` is b minus a."""

    name: str
    sentences: int
    a: float
    b: float
    delta: float
    p_value: float


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence that became better or worse; `delta` is b minus a under the first metric."""

    id: str
    source: str
    reference: str
    a: str
    b: str
    delta: float
    words_a: WordStretches
    words_b: WordStretches


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything `pipeline compare` shows; b is judged against a.

    `ngrams_a` are the n-grams that a gets right more often, `ngrams_b` the reverse.
    """

    a: str
    b: str
    set: str
    segments: int
    equal: int
    changes: tuple[MetricChange, ...]
    groups: tuple[GroupChange, ...]
    improved: tuple[SentenceChange, ...]
    worsened: tuple[SentenceChange, ...]
    ngrams_a: tuple[NgramDifference, ...] = ()
    ngrams_b: tuple[NgramDifference, ...] = ()

    def worse(self, significance: float) -> list[MetricChange]:
        """Return the metrics in which b is significantly worse."""
        return [
            change for change in self.changes if change.gain < 0 and change.p_value < significance
        ]


def difference(
    a: Sequence[MeasuredOutput],
    b: Sequence[MeasuredOutput],
    *,
    samples: int = 5,
    test: PairedTest = DEFAULT_TEST,
) -> Difference:
    """Compare two systems on one set; both sequences have the same metrics in the same order.

    p-values are those of `test`. The result holds the `samples` sentences that gained most and
    lost most. Raises ConfigError if segments or signatures differ, because such scores must not
    be compared.
    """
    for one, other in zip(a, b, strict=True):
        check_comparable(one, other)
    first_a, first_b = a[0], b[0]
    improved, worsened = _sentences(first_a, first_b, samples)
    texts = first_a.output.hypotheses, first_b.output.hypotheses
    ngrams_a, ngrams_b = ngram_differences(first_a.set, *texts)
    return Difference(
        a=first_a.output.name,
        b=first_b.output.name,
        set=first_a.set.name,
        segments=len(first_a.set.segments),
        equal=sum(left == right for left, right in zip(*texts, strict=True)),
        changes=tuple(_changes(a, b, test)),
        groups=tuple(_groups(first_a, first_b, test)),
        improved=improved,
        worsened=worsened,
        ngrams_a=tuple(ngrams_a),
        ngrams_b=tuple(ngrams_b),
    )


def _changes(
    a: Sequence[MeasuredOutput], b: Sequence[MeasuredOutput], test: PairedTest
) -> list[MetricChange]:
    both = [x.shared(y) for x, y in zip(a, b, strict=True)]
    p_values = test.p_values([(x.table, y.table, x.metric.corpus) for x, y in both])
    return [
        MetricChange(
            metric=x.metric.label,
            a=x.score,
            b=y.score,
            delta=y.score - x.score,
            p_value=p_value,
            lower_is_better=x.metric.lower_is_better,
            signature=x.signature,
            digits=x.metric.digits,
            left_out=int(numpy.isnan(x.metric.sentence(x.table)).sum()),
        )
        for (x, y), p_value in zip(both, p_values, strict=True)
    ]


def _groups(a: MeasuredOutput, b: MeasuredOutput, test: PairedTest) -> list[GroupChange]:
    return [
        GroupChange(
            group.name, len(group.members), old.score, new.score, delta, old.p_value(new, test)
        )
        for group, old, new in measured_groups(a, b)
        for delta in [new.score - old.score]
        if not isnan(delta)  # no segment of the group has a score for both
    ]


def _sentences(
    a: MeasuredOutput, b: MeasuredOutput, samples: int
) -> tuple[tuple[SentenceChange, ...], tuple[SentenceChange, ...]]:
    """Return the sentences that gained most and those that lost most, by sentence score."""
    sign = -1.0 if a.metric.lower_is_better else 1.0
    gains = sign * (b.metric.sentence(b.table) - a.metric.sentence(a.table))
    known = numpy.flatnonzero(~numpy.isnan(gains)).tolist()
    order = sorted(known, key=lambda at: (-gains[at], at))
    improved = [at for at in order[:samples] if gains[at] > 0]
    worsened = [at for at in order[::-1][:samples] if gains[at] < 0]
    return (
        tuple(_sentence(a, b, at, float(sign * gains[at])) for at in improved),
        tuple(_sentence(a, b, at, float(sign * gains[at])) for at in worsened),
    )


def _sentence(a: MeasuredOutput, b: MeasuredOutput, at: int, delta: float) -> SentenceChange:
    segment = a.set.segments[at]
    left, right = a.output.hypotheses[at], b.output.hypotheses[at]
    words_a, words_b = word_differences(left, right)
    reference = segment.references[0] if segment.references else ""
    return SentenceChange(
        segment.id, segment.source, reference, left, right, delta, words_a, words_b
    )


def word_differences(a: str, b: str) -> tuple[WordStretches, WordStretches]:
    """Split two texts into stretches of shared words and of words that only one has.

    Joined with spaces, the stretches of a text are the text with its white space folded.
    """
    left, right = a.split(), b.split()
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple((" ".join(left[i:j]), tag != "equal") for tag, i, j, _, _ in blocks if j > i),
        tuple((" ".join(right[i:j]), tag != "equal") for tag, _, _, i, j in blocks if j > i),
    )
