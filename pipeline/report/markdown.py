"""The report for a terminal, a chat or a pull request: short Markdown, same order as the page."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from pipeline.language.controls import visible
from pipeline.language.plural import plural
from pipeline.records import CorpusScore, SummarySentence
from pipeline.report.highlights import LABELS, RUNGS
from pipeline.report.report import Report
from pipeline.report.story import Line, Story
from pipeline.report.vocabulary import unknown_characters

# What Markdown or HTML would act on: anywhere, and at the start of a line only.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&]|^[#+-])")


def markdown(report: Report) -> Iterator[str]:
    """Render a report as Markdown, piece by piece; text from documents is escaped."""
    sections = (
        f"# {_plain(report.title)}",
        "\n".join(f"- {_plain(sentence)}" for sentence in report.stands_out),
        _totals(report),
        _read_first(report),
        _read_next(report),
        _metrics("Scores against references", report.metrics),
        _metrics("Summaries against reference summaries", report.summary_metrics),
        _checks(report),
        _repairs(report),
        _terms(report),
        _vocabulary(report),
        _failures(report),
    )
    told = chain(sections, (_story(story) for story in report.stories), (_facts(report),))
    for number, section in enumerate(visible(section) for section in told if section):
        yield f"\n\n{section}" if number else section
    yield "\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _totals(report: Report) -> str:
    totals = report.totals
    return (
        f"{plural(totals.articles, 'article')} · {plural(totals.sentences, 'sentence')} · "
        f"{plural(totals.source_chars, 'Chinese character')} · "
        f"{plural(totals.target_words, 'English word')} · "
        f"{totals.failed:,} failed"
    )


def _read_first(report: Report) -> str:
    if not report.worst:
        return ""
    return "## Read these first\n\n" + "\n".join(_worst(line) for line in report.worst)


def _read_next(report: Report) -> str:
    if not report.unsure:
        return ""
    return (
        "## Then these\n\nThe checks found no fault here, but the model is least sure of these.\n\n"
        + (
            "\n".join(
                f"- `{line.anchor}` {_plain(line.source.text)}\n  {_plain(line.translated.text)}\n"
                f"  **expected error {line.score.expected_error:.0f} of 100**"
                for line in report.unsure
            )
        )
    )


def _worst(line: Line) -> str:
    remarks = "; ".join(_plain(found.message) for found in line.score.findings)
    return (
        f"- `{line.anchor}` {_plain(line.source.text)}\n"
        f"  {_plain(line.translated.text) or '(empty)'}\n"
        f"  **{remarks}**"
    )


def _interval(metric: CorpusScore) -> str:
    if metric.low == metric.high:  # nothing was resampled
        return "—"
    return f"{metric.low:.1f} – {metric.high:.1f}"


def _metrics(title: str, metrics: Sequence[CorpusScore]) -> str:
    if not metrics:
        return ""
    rows = [
        f"| {metric.name} | {metric.score:.1f} | {_interval(metric)} "
        f"| {metric.segments:,} | `{metric.signature}` |"
        for metric in metrics
    ]
    head = "| metric | score | 95 % interval | segments | signature |\n|---|---:|---:|---:|---|"
    return "\n".join([f"## {title}\n", head, *rows])


def _checks(report: Report) -> str:
    rows = [
        f"| {count.check} | {LABELS.get(count.check, '')} | {count.checked:,} | {count.flagged:,} |"
        for count in report.checks
    ]
    head = "| check | finds | checked | flagged |\n|---|---|---:|---:|"
    return "\n".join(["## Checks\n", head, *rows])


def _repairs(report: Report) -> str:
    if not report.rungs:
        return ""
    rows = [
        f"| {count.rung} | {RUNGS.get(count.rung, '')} | {count.sentences:,} |"
        for count in report.rungs
    ]
    return "\n".join(["## Repairs\n", "| rung | what | sentences |\n|---|---|---:|", *rows])


def _terms(report: Report) -> str:
    if not report.terms:
        return ""
    asked = sum(term.asked for term in report.terms)
    kept = sum(term.kept for term in report.terms)
    varied = [term for term in report.terms if len(term.forms) > 1]
    lines = [f"{kept:,} of {asked:,} glossary terms kept ({100 * kept / asked:.0f} %)."]
    for term in varied:
        forms = ", ".join(f"{_plain(form)} {count:,}" for form, count in term.forms)
        lines.append(f"- {_plain(term.zh)} is said in more than one way: {forms}")
    return "\n".join(["## Terms\n", *lines])


def _vocabulary(report: Report) -> str:
    if not report.vocabulary.unknown:
        return ""
    return f"## Unknown characters\n\n{_plain(unknown_characters(report.vocabulary))}"


def _failures(report: Report) -> str:
    if not report.failures:
        return ""
    rows = [
        f"- {_plain(failure.id)} ({_plain(failure.stage)}): {_plain(failure.reason)}; "
        f"{_plain(failure.advice)}"
        for failure in report.failures
    ]
    return "\n".join(["## Could not be finished\n", *rows])


def _story(story: Story) -> str:
    title = " — ".join(_plain(text) for text in (story.article.title, story.title_en) if text)
    parts = [f"## {title or _plain(story.article.id)}"]
    if story.summary.en:
        parts.append(_summary(story.summary.en))
    if story.summary.zh:
        parts.append(_summary(story.summary.zh))
    known = f", confidence {story.score.confidence:.2f}" if story.score.confidence else ""
    parts.append(f"{plural(len(story.lines), 'sentence')}, {story.flagged:,} flagged{known}.")
    return "\n\n".join(parts)


def _summary(lines: tuple[SummarySentence, ...]) -> str:
    return "\n".join(f"- {_plain(line.text)} ({', '.join(line.sources)})" for line in lines)


def _facts(report: Report) -> str:
    if not report.facts:
        return ""
    return "---\n\n" + " · ".join(
        f"{_plain(name)}: {_plain(value)}" for name, value in report.facts
    )
