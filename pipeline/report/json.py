"""The report for programs: totals, metrics, checks, articles."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.records import MetricValue, SentenceScore
from pipeline.report.report import Report
from pipeline.report.story import Story


def report_json(report: Report) -> Iterator[str]:
    """Render a report as JSON, UTF-8 not escaped, piece by piece: a row of a list on each line."""
    value = {
        "totals": asdict(report.totals),
        "metrics": [asdict(metric) for metric in report.metrics],
        "summary_metrics": [asdict(metric) for metric in report.summary_metrics],
        "checks": {
            count.check: {"checked": count.checked, "flagged": count.flagged}
            for count in report.checks
        },
        "vocabulary": asdict(report.vocabulary) | {"found": dict(report.vocabulary.found)},
        "repairs": {count.rung: count.sentences for count in report.rungs},
        "terms": [asdict(term) | {"forms": dict(term.forms)} for term in report.terms],
        "expected_error": _expected_error(report),
    }
    yield "{\n"
    for key, own in value.items():
        yield f" {_json(key)}: {_rows(own)},\n"
    yield ' "articles": ['
    for number, story in enumerate(report.stories):
        yield (",\n  " if number else "\n  ") + _json(_article(story))
    yield "\n ]\n}\n"


def _rows(value: object) -> str:
    """Write a list with a row on each line: indenting all would take many times as long."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_json(row)}" for row in value) + "\n ]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _expected_error(report: Report) -> dict[str, Any] | None:
    if report.reliability is None:
        return None
    return {"mean": report.expected_error, **asdict(report.reliability)}


def _article(story: Story) -> dict[str, Any]:
    score, pages = story.score, story.article.pages
    value = {
        "id": story.article.id,
        "title": story.article.title,
        "summaries": {
            "zh": [asdict(line) for line in story.summary.zh],
            "en": [asdict(line) for line in story.summary.en],
        },
        "scores": {
            "confidence": score.confidence,
            "metrics": _metrics(score.metrics),
            "summary": _metrics(story.summary_metrics),
            "flagged": story.flagged,
            "sentences": [_sentence(sentence) for sentence in score.sentences],
        },
    }
    return value | {"pages": [asdict(page) for page in pages]} if pages else value


def _sentence(sentence: SentenceScore) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "confidence": sentence.confidence,
        "expected_error": sentence.expected_error,
        "metrics": _metrics(sentence.metrics),
        "findings": [asdict(finding) for finding in sentence.findings],
    }


def _metrics(values: tuple[MetricValue, ...]) -> dict[str, float]:
    return {metric.name: metric.value for metric in values}
