"""The report as one HTML page that needs no network, no fonts and no script to be read."""

from collections.abc import Iterator

from markupsafe import Markup

from pipeline.check.checks import LABELS
from pipeline.report.changes import changes_line, marked_text
from pipeline.report.highlights import REPAIRS
from pipeline.report.index import TITLES
from pipeline.report.page import page_parts
from pipeline.report.passages.sentences import WORDS, kinds
from pipeline.report.passages.story import story_parts
from pipeline.report.plots import (
    confidence_by_length,
    confidence_histogram,
    findings_by_check,
    reliability_plot,
)
from pipeline.report.report import Report
from pipeline.report.stated import browser_store
from pipeline.report.vocabulary import describe_gaps


def html(report: Report) -> Iterator[str]:
    """Yield a report as one self-contained page, in parts.

    Everything that comes from documents is escaped. A Content-Security-Policy blocks network
    access and foreign scripts. Without JavaScript everything can be read, the language can be
    chosen and all links work; with it, sentences can be searched, filtered and corrected.
    """
    known = list(zip(report.lengths, report.confidences, strict=True))
    return page_parts(
        "report.html.jinja",
        scripts=("keys.js", "corrections.js", "report.js"),
        styles=("base.css", "report.css"),
        report=report,
        words=WORDS,
        labels=LABELS,
        chips=_chips(report),
        store=browser_store(report.title, report.details.run, report.details.input),
        index_titles=TITLES,
        describe_gaps=describe_gaps,
        repair_labels=REPAIRS,
        kinds=lambda findings: Markup(kinds(findings)),
        story_parts=lambda story: map(Markup, report.details.texts("html", story, story_parts)),
        histogram=confidence_histogram([confidence for _, confidence in known]),
        by_length=confidence_by_length(known),
        by_check=findings_by_check([(count.check, count.flagged) for count in report.checks]),
        reliable=reliability_plot(
            [(bin.expected, bin.found, bin.segments) for bin in report.details.reliability.bins]
            if report.details.reliability
            else []
        ),
        changes_line=changes_line,
        marked_text=marked_text,
        story_anchors={entry.id: entry.anchor for entry in report.contents},
    )


def _chips(report: Report) -> list[tuple[str, str, str, int]]:
    """Return the filters: a check, its short name, what it finds, how many sentences."""
    chips = [
        (check, WORDS.get(check, check), LABELS.get(check, check), count)
        for check, count in report.doubts
    ]
    if report.to_confirm:
        asks = "sentences of an editor in which the checks find something"
        chips.append(("confirm", "to confirm", asks, report.to_confirm))
    return chips
