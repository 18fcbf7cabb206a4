"""The report as JSON for programs: totals, metrics, checks, articles."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.records import Finding, MetricValue, SentenceScore, Span
from pipeline.report.article import ReportArticle
from pipeline.report.index import IndexEntry
from pipeline.report.report import Report


def report_json(report: Report) -> Iterator[str]:
    """Yield a report as JSON in parts: UTF-8 not escaped, one row of a list on each line."""
    value = {
        "title": report.title,
        "verdict": asdict(report.verdict),
        "totals": asdict(report.totals),
        "notes": list(report.details.notes),
        "metrics": [asdict(metric) for metric in report.details.corpus],
        "summary_metrics": [asdict(metric) for metric in report.summary_metrics],
        "checks": {
            count.check: {"checked": count.checked, "flagged": count.flagged}
            for count in report.checks
        },
        "vocabulary": asdict(report.vocabulary) | {"found": dict(report.vocabulary.found)},
        "repairs": {count.step: count.sentences for count in report.repairs},
        "terms": [asdict(term) | {"forms": dict(term.forms)} for term in report.terms],
        "expected_error": _expected_error(report),
        "changes": report.details.changes
        and asdict(report.details.changes) | {"counts": report.details.changes.counts},
        "date": report.details.date,
        "run": report.details.run,
        "input": list(report.details.input),
    }
    yield "{\n"
    for key, content in value.items():
        yield f" {_json(key)}: {_rows(content)},\n"
    yield ' "index": ['
    for number, entry in enumerate(report.index):
        yield f"{',' if number else ''}\n  {_json(_entry(entry))}"
    yield "\n ],\n" if report.index else "],\n"
    yield ' "articles": ['
    for number, reported in enumerate(report.articles):
        yield ",\n  " if number else "\n  "
        yield from report.details.texts("json", reported, _article)
    yield "\n ]\n}\n"


def _rows(value: object) -> str:
    """Return a list with one row on each line; indenting all of it would take far longer."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_json(row)}" for row in value) + "\n ]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _expected_error(report: Report) -> dict[str, Any] | None:
    if report.details.reliability is None:
        return None
    return {"mean": report.expected_error, **asdict(report.details.reliability)}


def _entry(entry: IndexEntry) -> dict[str, Any]:
    places = [
        {"article": place.article_id, "sentence": place.sentence_id} for place in entry.places
    ]
    return {"kind": entry.kind, "zh": entry.zh, "en": entry.en, "sentences": places}


def _article(reported: ReportArticle) -> Iterator[str]:
    score, pages = reported.score, reported.article.pages
    value = {
        "id": reported.article.id,
        "title": reported.article.title,
        "summaries": {
            "zh": [asdict(line) for line in reported.summary.zh],
            "en": [asdict(line) for line in reported.summary.en],
            "faithfulness": reported.summary.faithfulness,
        },
        "facts": [asdict(fact) for fact in reported.summary.facts],
        "scores": {
            "confidence": score.confidence,
            "metrics": _metrics(score.metrics),
            "summary": _metrics(reported.summary_metrics),
            "flagged": reported.flagged,
            "sentences": [_sentence(sentence) for sentence in score.sentences],
        },
    }
    gists = {"zh": reported.summary.gist_zh, "en": reported.summary.gist_en}
    if any(gists.values()):
        value["gist"] = {name: line and line.text for name, line in gists.items()}
        value["gist_unsupported"] = {
            name: [_finding(finding) for finding in line.unsupported] if line else []
            for name, line in gists.items()
        }
    if pages:
        value["pages"] = [asdict(page) for page in pages]
    yield _json(value)


def _sentence(sentence: SentenceScore) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "confidence": sentence.confidence,
        "expected_error": sentence.expected_error,
        "metrics": _metrics(sentence.metrics),
        "findings": [_finding(finding) for finding in sentence.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    # asdict takes ten times as long, and there may be 250,000 of them
    return {
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message,
        "source_span": _span(finding.source_span),
        "translation_span": _span(finding.translation_span),
    }


def _span(span: Span | None) -> dict[str, int] | None:
    return {"start": span.start, "end": span.end} if span else None


def _metrics(values: tuple[MetricValue, ...]) -> dict[str, float]:
    return {metric.name: metric.value for metric in values}
