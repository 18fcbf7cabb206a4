"""Groups of sentences by likely difficulty: length, numbers, names, low confidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.patterns import lazy
from pipeline.evaluate.results import EvaluationSet
from pipeline.language.numbers.chinese import chinese_quantities

LENGTHS = ((1, 10), (10, 20), (20, 40), (40, 60), (60, 90), (90, 10**9))
"""Edges of the length groups, in characters of the source."""

_NAME = lazy(r"(?<=[a-z,;] )[A-Z][a-z]+(?: [A-Z][a-z]+)+|(?<=[a-z,;] )[A-Z][a-z]{2,}")


@dataclass(frozen=True, slots=True)
class SegmentGroup:
    """A named group of segments; `members` are indexes into the set, ascending."""

    name: str
    members: tuple[int, ...]


def segment_groups(
    test_set: EvaluationSet, confidences: Sequence[float | None] | None = None
) -> list[SegmentGroup]:
    """Return groups of a set's segments; a segment is in several groups, no group is empty.

    The groups are by length of the source, by numbers in the source, by names in a reference
    (capitals inside a sentence), and by quarters of the model's confidence if it is known.
    """
    sources = ["".join(segment.source.split()) for segment in test_set.segments]
    has_number = [bool(chinese_quantities(source)) for source in sources]
    has_name = [any(map(_NAME.search, segment.references)) for segment in test_set.segments]
    found = [
        SegmentGroup(
            length_name(low, high),
            tuple(at for at, source in enumerate(sources) if low <= len(source) < high),
        )
        for low, high in LENGTHS
    ]
    found += _halves("sentences with numbers", "sentences without numbers", has_number)
    if any(segment.references for segment in test_set.segments):
        found += _halves("sentences with names", "sentences without names", has_name)
    if confidences is not None:
        found += _quarters(confidences)
    return [group for group in found if group.members]


def length_name(low: int, high: int) -> str:
    """Return the name of a length group."""
    return f"sentences of {f'{low}–{high - 1}' if high < 10**9 else f'{low}+'} characters"


def _halves(yes: str, no: str, flags: Sequence[bool]) -> list[SegmentGroup]:
    return [
        SegmentGroup(yes, tuple(at for at, flag in enumerate(flags) if flag)),
        SegmentGroup(no, tuple(at for at, flag in enumerate(flags) if not flag)),
    ]


def _quarters(confidences: Sequence[float | None]) -> list[SegmentGroup]:
    known = sorted((value, at) for at, value in enumerate(confidences) if value is not None)
    if len(known) < 8:
        return []
    names = ("least sure quarter", "less sure quarter", "surer quarter", "surest quarter")
    size = len(known) / 4
    return [
        SegmentGroup(
            name, tuple(sorted(at for _, at in known[round(n * size) : round((n + 1) * size)]))
        )
        for n, name in enumerate(names)
    ]
