"""Scores of parts of a set: by document, by label, by length and content of the Chinese."""

from collections.abc import Iterator, Sequence

import numpy

from pipeline.evaluate.groups import SegmentGroup, segment_groups
from pipeline.evaluate.metrics.metrics import corpus_score
from pipeline.evaluate.pairwise import MetricColumn
from pipeline.evaluate.results import EvaluationSet, GroupScore

DOCUMENT, SENTENCE = "document", "sentences"
"""Names of the kinds of groups that need no label."""


def kinds_of_groups(test_set: EvaluationSet) -> Iterator[tuple[str, list[SegmentGroup]]]:
    """Yield kinds of groups: documents, each label, and sentences by length and content.

    A kind with one group is left out.
    """
    segments = test_set.segments
    kinds = {DOCUMENT: [segment.document for segment in segments]}
    for name in dict.fromkeys(name for segment in segments for name, _ in segment.labels):
        kinds[name] = [dict(segment.labels).get(name) for segment in segments]
    for kind, values in kinds.items():
        members: dict[str, list[int]] = {}
        for row, value in enumerate(values):
            if value:
                members.setdefault(value, []).append(row)
        if len(members) > 1:
            yield kind, [SegmentGroup(value, tuple(rows)) for value, rows in members.items()]
    yield SENTENCE, segment_groups(test_set)


def group_scores(test_set: EvaluationSet, columns: Sequence[MetricColumn]) -> Iterator[GroupScore]:
    """Yield the scores of every group under every metric and system; NaN without a score."""
    for kind, groups in kinds_of_groups(test_set):
        for group in groups:
            rows = numpy.array(group.members, dtype=int)
            yield GroupScore(
                kind,
                group.name,
                group.members,
                tuple(
                    tuple(corpus_score(column.metric, table[rows]) for table in column.tables)
                    for column in columns
                ),
            )
