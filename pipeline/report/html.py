"""The report as one HTML page that needs no network, no fonts and no script to be read."""

import json
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from pipeline.check.checks import LABELS
from pipeline.check.numbers import ledger
from pipeline.input.places import source_name
from pipeline.language.controls import visible_on_page
from pipeline.records import Finding
from pipeline.report.article import ReportArticle, ReportSentence, State
from pipeline.report.changes import changes_line, marked_text
from pipeline.report.highlights import REPAIRS
from pipeline.report.index import TITLES
from pipeline.report.marks import MarkedText, marked_texts
from pipeline.report.page import page_parts
from pipeline.report.plots import (
    confidence_by_length,
    confidence_histogram,
    findings_by_check,
    reliability_plot,
)
from pipeline.report.report import Report
from pipeline.report.stated import browser_store
from pipeline.report.tables import table_rows
from pipeline.report.vocabulary import describe_gaps

STATES: dict[State, str] = {
    "sound": "nothing found",
    "warning": "check this",
    "error": "probably wrong",
    "confirm": "please confirm",
    "editor": "corrected by an editor",
    "left": "in Chinese",
}

WORDS = {
    "empty": "no English",
    "negation": "denials",
    "direction": "up or down",
    "untranslated": "Chinese left",
    "copied": "not translated",
    "repetition": "repeated words",
    "length": "too short or long",
    "coverage": "left out or added",
    "question": "questions",
    "quotes": "quotation marks",
    "truncated": "breaks off",
    "chatter": "notes of the model",
    "language": "another language",
    "terms": "glossary terms",
    "hidden": "hidden characters",
}
"""Checks by a short name for a reader, where their own name is not one."""


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
        states=STATES,
        words=WORDS,
        labels=LABELS,
        chips=_chips(report),
        store=browser_store(report.title, report.run, report.input),
        numbered=_numbered,
        raw_texts=_raw_texts,
        index_titles=TITLES,
        layout_note=_layout_note,
        source_name=source_name,
        describe_gaps=describe_gaps,
        repair_labels=REPAIRS,
        ledger=ledger,
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


def _numbered(story: ReportArticle) -> dict[str, int]:
    """Number the sentences with something to check, by their anchors."""
    return {line.anchor: number for number, line in enumerate(story.doubted, start=1)}


def _raw_texts(line: ReportSentence) -> Markup:
    """Return both texts as JSON in attributes, where what the page shows is not the text."""
    zh, en = line.source.text, line.translated.text
    if en and not any("|" in text or visible_on_page(text) != text for text in (zh, en)):
        return Markup()
    return Markup(' data-zh="{}" data-en="{}"').format(json.dumps(zh), json.dumps(en))


def _layout_note(warning: str) -> str:
    """Return a warning about the layout without its code, as a sentence."""
    code, _, words = warning.partition(": ")
    words = words if code.isidentifier() else warning
    return f"{words[:1].upper()}{words[1:]}." if words else warning


def _marked_source(text: str, findings: Sequence[Finding]) -> tuple[MarkedText, ...]:
    return marked_texts(text, [(found.source_span, found) for found in findings])


def _marked_translation(text: str, findings: Sequence[Finding]) -> tuple[MarkedText, ...]:
    return marked_texts(text, [(found.translation_span, found) for found in findings])
