"""The report as one page that opens anywhere: no network, no font, no script needed to read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.check.checks import LABELS
from pipeline.check.numbers import ledger
from pipeline.records import Finding, Span
from pipeline.report.highlights import RUNGS
from pipeline.report.page import page_parts
from pipeline.report.plots import (
    confidence_by_length,
    confidence_histogram,
    findings_by_check,
    reliability_plot,
)
from pipeline.report.report import Report
from pipeline.report.vocabulary import unknown_characters

_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text and the findings that point at it."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> str:
        """The gravest severity of the findings."""
        return min((found.severity for found in self.findings), key=_RANK.__getitem__)

    @property
    def message(self) -> str:
        """What the findings say, in one line."""
        return "; ".join(found.message for found in self.findings)


def html(report: Report) -> Iterator[str]:
    """Render a report as one self-contained page, piece by piece.

    Everything that comes from documents is escaped. The page forbids itself any network
    access and any script but its own (Content-Security-Policy). Without JavaScript all
    is readable and linked; with it, counterparts light up, and search and filter work.
    """
    known = list(zip(report.lengths, report.confidences, strict=True))
    return page_parts(
        "report.html.jinja",
        scripts=("keys.js", "report.js"),
        styles=("report.css",),
        report=report,
        labels=LABELS,
        unknown_characters=unknown_characters,
        rung_labels=RUNGS,
        ledger=ledger,
        found_checks=[count for count in report.checks if count.flagged],
        histogram=confidence_histogram([confidence for _, confidence in known]),
        by_length=confidence_by_length(known),
        by_check=findings_by_check([(count.check, count.flagged) for count in report.checks]),
        reliable=reliability_plot(
            [(each.expected, each.found, each.segments) for each in report.reliability.bins]
            if report.reliability
            else []
        ),
        source_pieces=_source_pieces,
        target_pieces=_target_pieces,
    )


def _source_pieces(text: str, findings: Sequence[Finding]) -> list[Piece]:
    return pieces(text, [(found.source_span, found) for found in findings])


def _target_pieces(text: str, findings: Sequence[Finding]) -> list[Piece]:
    return pieces(text, [(found.translation_span, found) for found in findings])


def pieces(text: str, placed: Sequence[tuple[Span | None, Finding]]) -> list[Piece]:
    """Cut a text where findings begin and end; the pieces together are the text.

    A finding about the whole text marks nothing: its message beneath says enough.
    """
    spans = [
        (span, found)
        for span, found in placed
        if span is not None and span.start < span.end and span.end - span.start < len(text)
    ]
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in (span.start, span.end))})
    edges = [edge for edge in edges if 0 <= edge <= len(text)]
    return [
        Piece(
            text[start:end],
            tuple(found for span, found in spans if span.start <= start and end <= span.end),
        )
        for start, end in pairwise(edges)
    ]
