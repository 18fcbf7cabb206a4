"""All sentences of an evaluation in one SQLite file, for one's own analysis.

segments  outputs  scores  checks  judged by `segment` (a number) and `system` (a name)

sqlite3 sentences.sqlite "SELECT system, avg(score) FROM scores WHERE metric = 'chrf' ..."
"""

import sqlite3
from math import isnan

from pipeline.evaluate.results import Evaluation, SetResult, SystemResult

_TABLES = """
CREATE TABLE segments (segment INTEGER PRIMARY KEY, "set" TEXT, id TEXT, document TEXT,
                       source TEXT, reference TEXT);
CREATE TABLE labels (segment INTEGER, name TEXT, value TEXT);
CREATE TABLE "references" (segment INTEGER, number INTEGER, text TEXT);
CREATE TABLE outputs (segment INTEGER, system TEXT, text TEXT, confidence REAL);
CREATE TABLE scores (segment INTEGER, system TEXT, metric TEXT, score REAL);
CREATE TABLE checks (segment INTEGER, system TEXT, "check" TEXT);
CREATE TABLE systems ("set" TEXT, system TEXT, metric TEXT, score REAL, low REAL, high REAL,
                      rank INTEGER, lower_is_better INTEGER, signature TEXT);
"""
_INDEXES = """
CREATE INDEX scores_by_segment ON scores (segment, system);
CREATE INDEX outputs_by_segment ON outputs (segment, system);
"""


def sentences_sqlite(evaluation: Evaluation) -> bytes:
    """Return a database with every segment, output, score and finding; NULL is missing."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(_TABLES)
        number = 0
        for result in evaluation.sets:
            _fill_segments(database, result, number)
            for system in result.systems:
                _fill_system(database, result.set.name, system, number)
            number += len(result.set.segments)
        database.executescript(_INDEXES)
        database.commit()
        return database.serialize()
    finally:
        database.close()


def _fill_segments(database: sqlite3.Connection, result: SetResult, start: int) -> None:
    segments = list(enumerate(result.set.segments, start=start + 1))
    database.executemany(
        "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                *(number, result.set.name, segment.id, segment.document, segment.source),
                segment.references[0] if segment.references else None,
            )
            for number, segment in segments
        ),
    )
    database.executemany(
        "INSERT INTO labels VALUES (?, ?, ?)",
        ((number, *label) for number, segment in segments for label in segment.labels),
    )
    database.executemany(
        'INSERT INTO "references" VALUES (?, ?, ?)',
        (
            (number, place, text)
            for number, segment in segments
            for place, text in enumerate(segment.references, start=1)
        ),
    )


def _fill_system(database: sqlite3.Connection, name: str, system: SystemResult, start: int) -> None:
    confidences = system.output.confidences or (None,) * len(system.output.hypotheses)
    database.executemany(
        "INSERT INTO outputs VALUES (?, ?, ?, ?)",
        (
            (number, system.name, text, confidence)
            for number, (text, confidence) in enumerate(
                zip(system.output.hypotheses, confidences, strict=True), start=start + 1
            )
        ),
    )
    database.executemany(
        "INSERT INTO checks VALUES (?, ?, ?)",
        (
            (number, system.name, check)
            for number, checks in enumerate(system.checks, start=start + 1)
            for check in checks
        ),
    )
    for metric in system.metrics:
        database.executemany(
            "INSERT INTO scores VALUES (?, ?, ?, ?)",
            (
                (number, system.name, metric.metric, _known(score))
                for number, score in enumerate(metric.sentences, start=start + 1)
            ),
        )
        database.execute(
            "INSERT INTO systems VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(name, system.name, metric.metric),
                *map(_known, (metric.score, metric.low, metric.high)),
                *(metric.rank, int(metric.lower_is_better), metric.signature),
            ),
        )


def _known(value: float) -> float | None:
    return None if isnan(value) else value
