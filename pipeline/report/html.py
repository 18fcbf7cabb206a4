"""The report as one HTML page that needs no network, no fonts and no script to be read."""

from collections.abc import Iterator, Sequence

from pipeline.check.checks import LABELS
from pipeline.check.numbers import ledger
from pipeline.records import Finding
from pipeline.report.changes import changes_line, marked_text
from pipeline.report.highlights import REPAIRS
from pipeline.report.marks import MarkedText, marked_texts
from pipeline.report.page import page_parts
from pipeline.report.plots import (
    confidence_by_length,
    confidence_histogram,
    findings_by_check,
    reliability_plot,
)
from pipeline.report.report import Report
from pipeline.report.tables import table_rows
from pipeline.report.vocabulary import describe_gaps


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
        table_rows=table_rows,
        changes_line=changes_line,
        marked_text=marked_text,
        story_anchors={entry.id: entry.anchor for entry in report.contents},
        marked_source=_marked_source,
        marked_translation=_marked_translation,
    )


def _marked_source(text: str, findings: Sequence[Finding]) -> tuple[MarkedText, ...]:
    return marked_texts(text, [(found.source_span, found) for found in findings])


def _marked_translation(text: str, findings: Sequence[Finding]) -> tuple[MarkedText, ...]:
    return marked_texts(text, [(found.translation_span, found) for found in findings])
