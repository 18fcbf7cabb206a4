"""The report as short Markdown for a terminal, a chat or a pull request, in the page's order."""

from collections.abc import Iterator, Sequence
from itertools import chain

from models.patterns import lazy
from pipeline.check.checks import LABELS
from pipeline.language.controls import visible
from pipeline.language.plural import plural
from pipeline.records import CorpusScore, Fact, SummarySentence
from pipeline.report.article import ReportArticle, ReportBlock, ReportSentence
from pipeline.report.changes import changes_line
from pipeline.report.highlights import REPAIRS
from pipeline.report.report import Report
from pipeline.report.tables import english_cells
from pipeline.report.vocabulary import describe_gaps

# Characters that Markdown or HTML would interpret: anywhere, and only at the start of a line.
_SPECIAL = lazy(r"([\\`*_\[\]<>|~&]|^[#+-])")


def markdown(report: Report) -> Iterator[str]:
    """Yield a report as Markdown in parts; text from documents is escaped."""
    sections = (
        f"# {_plain(report.title)}",
        "\n".join(f"- {_plain(sentence)}" for sentence in report.stands_out),
        _totals(report),
        _changes(report),
        _read_first(report),
        _confirm(report),
        _read_next(report),
        _metrics("Scores against references", report.details.corpus),
        _metrics("Summaries against reference summaries", report.summary_metrics),
        _checks(report),
        _repairs(report),
        _terms(report),
        _vocabulary(report),
        _failures(report),
    )
    texts = chain(
        map(visible, sections),
        (
            "".join(report.details.texts("markdown", story, _article_section))
            for story in report.articles
        ),
        (visible(_facts(report)),),
    )
    for number, section in enumerate(filter(None, texts)):
        yield f"\n\n{section}" if number else section
    yield "\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _totals(report: Report) -> str:
    totals = report.totals
    return (
        f"{plural(totals.articles, 'article')} · {plural(totals.sentences, 'sentence')} · "
        f"{plural(totals.source_chars, 'Chinese character')} · "
        f"{plural(totals.target_words, 'English word')} · {totals.failed:,} failed"
    )


def _changes(report: Report) -> str:
    if not report.details.changes:
        return ""
    lines = [
        f"- **{story.kind}** {_plain(story.title or story.id)} {_plain(story.title_en)}".rstrip()
        for story in report.details.changes.stories
    ]
    head = ["<!--changes-->\n## What is new\n", changes_line(report.details.changes), ""]
    return "\n".join([*head, *lines, "<!--/changes-->"])


def _read_first(report: Report) -> str:
    if not report.worst:
        return ""
    return "## Read these first\n\n" + "\n".join(_worst(sentence) for sentence in report.worst)


def _read_next(report: Report) -> str:
    if not report.unsure:
        return ""
    lines = [
        f"- `{sentence.anchor}` {_plain(sentence.source.text)}\n"
        f"  {_plain(sentence.translated.text)}\n"
        "  **expected to differ from a human translation by "
        f"{sentence.score.expected_error:.0f} %**"
        for sentence in report.unsure
    ]
    head = (
        "## Read these next\n\nThe checks found nothing here, but the model is least sure of them."
    )
    return "\n".join([f"{head}\n", *lines])


def _confirm(report: Report) -> str:
    if not report.confirm:
        return ""
    return "## Please confirm\n\n" + "\n".join(_worst(sentence) for sentence in report.confirm)


def _worst(sentence: ReportSentence) -> str:
    remarks = "; ".join(_plain(found.message) for found in sentence.score.findings)
    return (
        f"- `{sentence.anchor}` {_plain(sentence.source.text)}\n"
        f"  {_plain(sentence.translated.text) or '(empty)'}\n"
        f"  **{remarks}**"
    )


def _interval(metric: CorpusScore) -> str:
    if metric.low == metric.high:  # no resamples were drawn
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
    if not report.repairs:
        return ""
    rows = [
        f"| {REPAIRS.get(count.step, count.step)} | {count.sentences:,} |"
        for count in report.repairs
    ]
    head = "| what happened to flagged sentences | sentences |\n|---|---:|"
    return "\n".join(["## Repairs\n", head, *rows])


def _terms(report: Report) -> str:
    if not report.terms:
        return ""
    asked = sum(term.asked for term in report.terms)
    kept = sum(term.kept for term in report.terms)
    varied = [term for term in report.terms if len(term.forms) > 1]
    lines = [
        f"{kept:,} of {asked:,} glossary terms translated as required ({100 * kept / asked:.0f} %)."
    ]
    for term in varied:
        forms = ", ".join(f"{_plain(form)} {count:,}" for form, count in term.forms)
        lines.append(f"- {_plain(term.zh)} is translated in more than one way: {forms}")
    return "\n".join(["## Terms\n", *lines])


def _vocabulary(report: Report) -> str:
    if not report.vocabulary.unknown:
        return ""
    return f"## Unknown characters\n\n{_plain(describe_gaps(report.vocabulary))}"


def _failures(report: Report) -> str:
    if not report.details.failures:
        return ""
    rows = [
        f"- {_plain(failure.id)} ({_plain(failure.stage)}): {_plain(failure.reason)}; "
        f"{_plain(failure.advice)}"
        for failure in report.details.failures
    ]
    return "\n".join(["## Could not be finished\n", *rows])


def _article_section(reported: ReportArticle) -> Iterator[str]:
    title = " — ".join(_plain(text) for text in (reported.article.title, reported.title_en) if text)
    parts = [f"## {title or _plain(reported.article.id)}"]
    gists = (reported.summary.gist_en, reported.summary.gist_zh)
    if said := [f"**{_plain(line.text)}**{_unsupported(line)}" for line in gists if line]:
        parts.append("  \n".join(said))
    if reported.summary.en:
        parts.append(_summary(reported.summary.en))
    if reported.summary.zh:
        parts.append(_summary(reported.summary.zh))
    if reported.summary.facts:
        parts.append(_fact_table(reported.summary.facts))
    parts += [_table(block) for block in reported.blocks if block.kind == "table"]
    known = f", confidence {reported.score.confidence:.2f}" if reported.score.confidence else ""
    parts.append(
        f"{plural(len(reported.sentences), 'sentence')}, {reported.flagged:,} flagged{known}."
    )
    yield visible("\n\n".join(parts))


def _fact_table(facts: Sequence[Fact]) -> str:
    rows = [
        f"| {fact.kind} | {_plain(fact.en)} | {_plain(fact.zh)} | {fact.source} |" for fact in facts
    ]
    return "\n".join(["| | English | Chinese | sentence |", "|---|---|---|---|", *rows])


def _table(block: ReportBlock) -> str:
    """Return a table in English; a row without English is in Chinese."""
    rows = [list(map(_plain, english_cells(line))) for line in block.sentences]
    width = max(map(len, rows))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _summary(lines: tuple[SummarySentence, ...]) -> str:
    return "\n".join(
        f"- {_plain(sentence.text)} ({', '.join(sentence.sources)}){_unsupported(sentence)}"
        for sentence in lines
    )


def _unsupported(sentence: SummarySentence) -> str:
    problems = "; ".join(finding.message for finding in sentence.unsupported)
    return f" **not supported: {_plain(problems)}**" if problems else ""


def _facts(report: Report) -> str:
    if not report.details.facts:
        return ""
    return "---\n\n" + " · ".join(
        f"{_plain(name)}: {_plain(value)}" for name, value in report.details.facts.items()
    )
