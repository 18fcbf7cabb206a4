"""Gates: lowest scores, and largest drops against another run, system or evaluation.

A failed gate names the groups of sentences that fell, because "sentences with numbers fell by
4.1" helps more than "chrF++ fell by 0.7".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy

from pipeline.config.gate_rule import GateRule
from pipeline.errors import ConfigError
from pipeline.evaluate.groups import SegmentGroup, segment_groups
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import Metric, corpus_score
from pipeline.evaluate.results import (
    EvaluationSet,
    Output,
    delta_text,
    p_text,
    score_text,
    unlike_texts,
)
from pipeline.evaluate.significance import DEFAULT_TEST, PairedTest
from pipeline.evaluate.verdict import GateVerdict

SMALLEST_GROUP = 5
"""Groups with fewer sentences are ignored."""


@dataclass(frozen=True, slots=True)
class MeasuredOutput:
    """The counts of one system under one metric on one set."""

    metric: Metric
    set: EvaluationSet
    output: Output
    table: Matrix

    @property
    def score(self) -> float:
        """Score of all segments together."""
        return corpus_score(self.metric, self.table)

    @property
    def signature(self) -> str:
        """Signature of the score, as sacreBLEU writes it; equal signatures are comparable."""
        return self.metric.signature(self.set.references_written, 0)

    def text(self, value: float) -> str:
        """Return a score or a difference as text, with enough digits for a gate."""
        return score_text(value, max(2, self.metric.digits))

    def difference(self, value: float) -> str:
        """Return the size of a difference as text, with more digits if it would read 0."""
        return delta_text(abs(value), self.metric.digits).removeprefix("+")

    def shared(self, other: "MeasuredOutput") -> tuple["MeasuredOutput", "MeasuredOutput"]:
        """Return both, with a count of 0 for segments that lack a score in either."""
        own, its = self.metric.shared(self.table, other.table)
        return replace(self, table=own), replace(other, table=its)

    def part(self, members: Sequence[int]) -> "MeasuredOutput":
        """Return the same with the counts of some segments only."""
        return replace(self, table=self.table[numpy.array(members, dtype=int)])

    def p_value(self, other: "MeasuredOutput", test: PairedTest) -> float:
        """Return the p-value of the difference between both."""
        [value] = test.p_values([(self.table, other.table, self.metric.corpus)])
        return value


def judge(
    rule: GateRule,
    own: MeasuredOutput,
    against: MeasuredOutput | None,
    test: PairedTest = DEFAULT_TEST,
) -> list[GateVerdict]:
    """Judge one rule; `against` is measured on the same set with the same metric.

    The p-values in the messages are those of `test`. Raises ConfigError if the two differ in
    segments or signature and cannot be compared.
    """
    verdicts = []
    label, score = own.metric.label, own.score
    where = f"{own.set.name}: {label}"
    finding = f"{where} of {own.output.name} is {own.text(score)}"
    if isnan(score):  # NaN passes no rule
        finding = f"{where} {own.metric.silence} for {own.output.name}"
    for name, bound, word in (("min", rule.min, "least"), ("max", rule.max, "most")):
        if bound is not None:
            passed = score >= bound if name == "min" else score <= bound
            message = f"{finding}, at {word} {bound:g} is wanted"
            verdicts.append(GateVerdict(f"{where} {name} {bound:g}", passed, message))
    if rule.max_drop is not None and against is not None:
        verdicts.append(_drop(rule.max_drop, own, against, test))
    return verdicts


def check_comparable(own: MeasuredOutput, against: MeasuredOutput) -> None:
    """Raise ConfigError unless both have the same segments and the same signature."""
    if own.set.segments != against.set.segments:
        raise ConfigError(
            f"{own.set.name}: {own.output.name} and {against.output.name} have other segments"
        )
    if (own.metric.name, own.metric.answer) != (against.metric.name, against.metric.answer):
        raise ConfigError(
            f"{own.set.name}: {own.metric.label} of {own.output.name} and {against.output.name} "
            "have different signatures and cannot be compared"
        )


def _drop(
    max_drop: float, own: MeasuredOutput, against: MeasuredOutput, test: PairedTest
) -> GateVerdict:
    check_comparable(own, against)
    own, against = own.shared(against)
    sign = -1 if own.metric.lower_is_better else 1
    drop = sign * (against.score - own.score)
    p_value = against.p_value(own, test)
    where = f"{own.set.name}: {own.metric.label}"
    if isnan(drop):
        message = f"{own.output.name} and {against.output.name} share no segment with a score"
        return GateVerdict(f"{where} max_drop {max_drop:g}", False, f"{where}: {message}")
    way = "worse" if drop > 0 else "better"
    mine, theirs = unlike_texts(own.score, against.score, max(2, own.metric.digits))
    message = (
        f"{where} of {own.output.name} is {mine}, {own.difference(drop)} {way} than "
        f"{against.output.name} ({theirs}, {_p(p_value, test)}); {max_drop:g} worse is allowed"
    )
    passed = drop <= max_drop
    details = () if passed else tuple(fallen_groups(own, against, test))
    return GateVerdict(f"{where} max_drop {max_drop:g}", passed, message, details)


def _p(value: float, test: PairedTest) -> str:
    text = p_text(value, test.significance)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def fallen_groups(
    own: MeasuredOutput, against: MeasuredOutput, test: PairedTest = DEFAULT_TEST, *, most: int = 6
) -> list[str]:
    """Return lines about the groups of sentences that fell, largest drop first, with p-values."""
    sign = -1 if own.metric.lower_is_better else 1
    fallen = [
        (sign * (old.score - new.score), group, old, new)
        for group, old, new in measured_groups(against, own)
    ]
    fallen = sorted((row for row in fallen if row[0] > 0), key=lambda row: -row[0])
    return [
        f"{group.name} ({len(group.members):,}) fell by {own.difference(drop)}, "
        f"from {own.text(old.score)} to {own.text(new.score)} ({_p(old.p_value(new, test), test)})"
        for drop, group, old, new in fallen[:most]
    ]


def measured_groups(
    old: MeasuredOutput, new: MeasuredOutput
) -> Iterator[tuple[SegmentGroup, MeasuredOutput, MeasuredOutput]]:
    """Yield the groups with enough sentences, and both outputs on them."""
    old, new = old.shared(new)
    for group in segment_groups(old.set, old.output.confidences):
        if len(group.members) >= SMALLEST_GROUP:
            yield group, old.part(group.members), new.part(group.members)
