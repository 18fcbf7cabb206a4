"""The report as one HTML page that needs no network, no fonts and no script to be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.check.checks import LABELS
from pipeline.check.numbers import ledger
from pipeline.records import Finding, Span
from pipeline.report.highlights import REPAIRS
from pipeline.report.page import page_parts
from pipeline.report.plots import (
    confidence_by_length,
    confidence_histogram,
    findings_by_check,
    reliability_plot,
)
from pipeline.report.report import Report
from pipeline.report.vocabulary import describe_gaps

_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A stretch of a text and the findings about it."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> str:
        """Highest severity among the findings."""
        return min((found.severity for found in self.findings), key=_RANK.__getitem__)

    @property
    def message(self) -> str:
        """Messages of the findings, in one line."""
        return "; ".join(found.message for found in self.findings)


def html(report: Report) -> Iterator[str]:
    """Yield a report as one self-contained page, in parts.

    Everything that comes from documents is escaped. A Content-Security-Policy blocks network
    access and foreign scripts. Without JavaScript everything can be read and all links work;
    with it, sentence and translation light up together, and search and filter work.
    """
    known = list(zip(report.lengths, report.confidences, strict=True))
    return page_parts(
        "report.html.jinja",
        scripts=("keys.js", "report.js"),
        styles=("report.css",),
        report=report,
        labels=LABELS,
        describe_gaps=describe_gaps,
        repair_labels=REPAIRS,
        ledger=ledger,
        found_checks=[count for count in report.checks if count.flagged],
        histogram=confidence_histogram([confidence for _, confidence in known]),
        by_length=confidence_by_length(known),
        by_check=findings_by_check([(count.check, count.flagged) for count in report.checks]),
        reliable=reliability_plot(
            [(bin.expected, bin.found, bin.segments) for bin in report.reliability.bins]
            if report.reliability
            else []
        ),
        marked_source=_marked_source,
        marked_translation=_marked_translation,
    )


def _marked_source(text: str, findings: Sequence[Finding]) -> list[MarkedText]:
    return marked_texts(text, [(found.source_span, found) for found in findings])


def _marked_translation(text: str, findings: Sequence[Finding]) -> list[MarkedText]:
    return marked_texts(text, [(found.translation_span, found) for found in findings])


def marked_texts(text: str, placed: Sequence[tuple[Span | None, Finding]]) -> list[MarkedText]:
    """Cut a text where findings begin and end; joined, the parts are the text.

    A finding about the whole text marks nothing: the message below it is enough.
    """
    spans = [
        (span, found)
        for span, found in placed
        if span is not None and span.start < span.end and span.end - span.start < len(text)
    ]
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in (span.start, span.end))})
    edges = [edge for edge in edges if 0 <= edge <= len(text)]
    return [
        MarkedText(
            text[start:end],
            tuple(found for span, found in spans if span.start <= start and end <= span.end),
        )
        for start, end in pairwise(edges)
    ]
