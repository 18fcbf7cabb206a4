"""Articles in the terminal: source beside translation, summaries, warnings."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from pipeline.input.places import pages_text
from pipeline.records import Article, Score, SentenceScore, Summary, SummarySentence, Translation
from pipeline.report.visible_text import VisibleText

_QUIET = frozenset({"credit", "date", "page_number", "furniture", "image", "section", "jump"})
_STRONG = frozenset({"title", "heading", "subtitle"})


def print_contents(
    console: Console,
    articles: Sequence[Article],
    translations: Sequence[Translation],
    scores: Sequence[Score],
) -> None:
    """Print one line per article: id, title in both languages, sentences, findings."""
    english = {t.article_id: {s.id: s.text for s in t.sentences} for t in translations}
    findings = {s.article_id: sum(len(x.findings) for x in s.sentences) for s in scores}
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column("article", no_wrap=True, overflow="ignore")  # ids are never cut
    # Chinese has no blanks: without folding, all behind the first line would be cut off
    table.add_column("title", ratio=1, overflow="fold")
    table.add_column("", ratio=1, overflow="fold")
    for column in ("sentences", "findings"):
        table.add_column(column, justify="right")
    for article in articles:
        first = next((s.id for s in article.sentences if s.text == article.title), "")
        table.add_row(
            VisibleText(article.id, style="cyan"),
            VisibleText(article.title),
            VisibleText(english.get(article.id, {}).get(first, "")),
            str(len(article.sentences)),
            str(findings.get(article.id, "")),
        )
    console.print(table)


def print_article(
    console: Console,
    article: Article,
    translation: Translation | None,
    summary: Summary | None,
    score: Score | None,
) -> None:
    """Print a whole article with its translation, summary and findings."""
    console.print(_head(article, score))
    if summary:
        for name, lines in (("摘要", summary.zh), ("Summary", summary.en)):
            if lines:
                console.print(Panel(Group(*map(_cited, lines)), title=name, title_align="left"))
    english = {s.id: s for s in translation.sentences} if translation else {}
    judged = {s.id: s for s in score.sentences} if score else {}
    table = Table(box=None, expand=True, padding=(0, 1, 1, 0), show_header=False)
    table.add_column(style="dim", width=16, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for block in article.blocks:
        style = "bold" if block.kind in _STRONG else "dim" if block.kind in _QUIET else ""
        for number, sentence in enumerate(block.sentences):
            target = english.get(sentence.id)
            label = f"{sentence.id:<4} {block.kind if not number else ''}"
            text = VisibleText(target.text if target else "", style=style)
            below = _warnings(judged.get(sentence.id), target.flags if target else ())
            if target and target.origin == "editor":
                below.append(VisibleText("corrected by an editor", style="green"))
            table.add_row(label[:16], VisibleText(sentence.text, style=style), Group(text, *below))
    console.print(table)


def _head(article: Article, score: Score | None) -> RenderableType:
    lines = [VisibleText(article.title, style="bold")]
    where = pages_text(article) if len(article.pages) > 1 else article.source
    facts = [article.date or "", article.byline or "", where]
    if score and score.confidence is not None:
        facts.append(f"confidence {score.confidence:.2f}")
    facts += [f"{value.name} {value.value:.1f}" for value in (score.metrics if score else ())]
    lines.append(VisibleText(" · ".join(fact for fact in facts if fact), style="dim"))
    lines += [VisibleText(f"! {warning}", style="yellow") for warning in article.warnings]
    return Panel(Group(*lines), title=VisibleText(article.id), title_align="left")


def _cited(line: SummarySentence) -> VisibleText:
    problems = "".join(f" ! not supported: {one.message}" for one in line.unsupported)
    return VisibleText(f"{line.text} [{', '.join(line.sources)}]{problems}")


def _warnings(score: SentenceScore | None, flags: Sequence[str]) -> list[VisibleText]:
    texts = [VisibleText(f"! {flag}", style="yellow") for flag in flags]
    if score:
        for finding in score.findings:
            style = "red" if finding.severity == "error" else "yellow"
            texts.append(VisibleText(f"! {finding.check}: {finding.message}", style=style))
    return texts
