"""Decide whether a retry is better than the translation before it: never if it loses something.

first: “Nearly seven of …”  numbers: 七成    retry: “Many of …”  no finding, no 七成: not taken
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.protocols import Candidate
from pipeline.check.findings.severity import weight
from pipeline.check.numbers import lost_numbers
from pipeline.check.text import WORD
from pipeline.records import Finding

_LEAST_LENGTH = 0.6
"""Words of a retry, as a share of those before; a loop or a comment may be cut further."""
_TOO_LONG = {"repetition", "length", "chatter", "untranslated"}
_UNTRANSLATED = {"empty": 2, "copied": 1}


@dataclass(frozen=True, slots=True)
class Judged:
    """A translation and what the checks find in it."""

    candidate: Candidate
    findings: tuple[Finding, ...]

    @property
    def emptiness(self) -> int:
        """2 if there is no translation, 1 if it is the source or a refusal, 0 for any other."""
        ranks = [_UNTRANSLATED.get(finding.check, 0) for finding in self.findings]
        return max([int(self.candidate.refused), *ranks])


def is_better(source: str, before: Judged, after: Judged, *, least_confidence: float) -> bool:
    """True if a retry has fewer faults, none of them new, and nothing is lost by it.

    Whatever translates is better than an empty text, a copy of the source or a refusal. Otherwise
    the findings must weigh less, each must be about what a finding before was about, every number
    of the source must remain that had a counterpart, right or wrong, and neither the text nor the
    model's confidence may shrink much (to `least_confidence` of what it was).
    """
    if before.emptiness != after.emptiness:
        return after.emptiness < before.emptiness
    return (
        before.emptiness == 0
        and weight(after.findings) < weight(before.findings)
        and not _is_less_sure(before.candidate, after.candidate, least_confidence)
        and all(_is_known(finding, before.findings) for finding in after.findings)
        and not _is_cut(before, after)
        and not lost_numbers(source, before.candidate.text, after.candidate.text)
    )


def _is_less_sure(before: Candidate, after: Candidate, least: float) -> bool:
    """True if a retry lost confidence; False for a server that reports none."""
    if after.confidence is None or before.confidence is None:
        return False
    return after.confidence < before.confidence * least


def _is_known(finding: Finding, before: Sequence[Finding]) -> bool:
    """True for a remark, and for a fault that the translation before had in the same place."""
    if finding.severity == "info":
        return True
    return any(
        other.check == finding.check
        and weight([finding]) <= weight([other])
        and _is_same_place(finding, other)
        for other in before
    )


def _is_same_place(one: Finding, other: Finding) -> bool:
    if one.source_span is None or other.source_span is None:
        return one.source_span == other.source_span
    return one.source_span.overlaps(other.source_span)


def _is_cut(before: Judged, after: Judged) -> bool:
    """True if a retry has far fewer words than a text that was not too long."""
    if any(finding.check in _TOO_LONG for finding in before.findings):
        return False
    words = [len(WORD.findall(judged.candidate.text)) for judged in (before, after)]
    return words[1] < _LEAST_LENGTH * words[0]
