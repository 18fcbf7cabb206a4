"""One article in the report's page: headline, summary, text, what to check."""

from collections.abc import Iterator, Mapping, Sequence

from models.patterns import lazy
from pipeline.input.places import source_name
from pipeline.language.numbers.list_markers import has_english_marker, leading_marker
from pipeline.language.plural import plural
from pipeline.language.variants import script
from pipeline.records import Summary, SummarySentence
from pipeline.report.article import ReportArticle, ReportBlock
from pipeline.report.passages.sentences import SentenceView, escaped, marked, remarks, sentence_view
from pipeline.report.tables import TableRow, table_rows

_STRETCH = 60  # blocks that the browser lays out together, only when they come into view
_WIDE = 4  # columns from which a table takes the whole width

_OTHER = lazy(r"(; it may (?:be .* of|belong to) )(\S+?)(?=\.$|, which)")
"""The id of another article in a note about the layout."""

Views = Mapping[str, SentenceView]
"""The sentences of an article by their anchors."""


def story_parts(story: ReportArticle) -> Iterator[str]:
    """Yield an article as HTML, in parts."""
    views: dict[str, SentenceView] = {}
    noted = 0
    for line in story.sentences:
        views[line.anchor] = view = sentence_view(line, noted + 1)
        noted += bool(view.number)
    parts, anchor = story.parts, escaped(story.anchor)
    yield (
        f'<article id="{anchor}" aria-labelledby="{anchor}-title" '
        f'data-id="{escaped(story.article.id)}">\n<header>\n'
        f'<h2 id="{anchor}-title" class="passage headline">{_headline(story, views)}</h2>\n'
    )
    yield "".join(_passage(block, views) for block in parts.opening)
    yield f"{_byline(story)}{_strip(views)}</header>\n{_summary(story, views)}"
    for start in range(0, len(parts.body), _STRETCH):
        stretch = parts.body[start : start + _STRETCH]
        passages = "".join(_passage(block, views) for block in stretch)
        yield f'<div class="stretch">\n{passages}</div>\n'
    yield from _notes(views, anchor)
    yield from _about(story)
    yield "</article>\n"


def _headline(story: ReportArticle, views: Views) -> str:
    headline = story.parts.headline
    if headline:
        lines = [views[line.anchor] for line in headline.sentences]
        english = "".join(f"{view.sentence('en')} " for view in lines)
        chinese = "".join(view.sentence("zh") for view in lines)
        return f'<span class="en">{english}</span><span class="zh" lang="zh">{chinese}</span>'
    given = story.article.title or story.article.id
    language = "" if story.title_en else ' lang="zh"'
    return (
        f'<span class="en"{language}>{escaped(story.title_en or given)}</span>'
        f'<span class="zh" lang="zh">{escaped(given)}</span>'
    )


def _byline(story: ReportArticle) -> str:
    facts = [
        f'<span lang="zh">{escaped(text)}</span>' if is_chinese else f"<span>{escaped(text)}</span>"
        for text, is_chinese in story.byline
    ]
    sources = [page.source for page in story.article.pages] or [story.article.source]
    facts.append(escaped(" → ".join(map(source_name, sources))))
    notes = "".join(
        f'<p class="remark">{_layout_note(warning)}</p>\n' for warning in story.article.warnings
    )
    return f'<p class="byline">{" · ".join(facts)}</p>\n{notes}'


def _layout_note(warning: str) -> str:
    """Return a warning about the layout without its code, as a sentence in HTML.

    What names another article becomes a link; the page's script gives it that one's headline.
    """
    code, _, words = warning.partition(": ")
    words = words if code.isidentifier() else warning
    note = escaped(f"{words[:1].upper()}{words[1:]}." if words else warning)
    return _OTHER.sub(r'\1<a data-story="\2">\2</a>', note)


def _strip(views: Views) -> str:
    if not views:
        return ""
    blocks = "".join(view.block_of_strip(n) for n, view in enumerate(views.values(), start=1))
    return f'<nav class="strip" aria-label="Sentences by what to check">{blocks}</nav>\n'


def _summary(story: ReportArticle, views: Views) -> str:
    value, anchor = story.summary, escaped(story.anchor)
    if value.repeats(story.article) or not (value.zh or value.en or value.gist_en or value.gist_zh):
        return ""
    english = _summary_lines(story, value.en, value.gist_en, "", views)
    chinese = _summary_lines(story, value.zh, value.gist_zh, "-zh", views)
    return (
        f'<section class="summary" aria-labelledby="{anchor}-summary">\n'
        f'<h3 id="{anchor}-summary"><span class="en">Summary</span>'
        '<span class="zh" lang="zh">摘要</span></h3>\n'
        f'<div class="passage">\n<div class="en">{english}</div>\n'
        f'<div class="zh" lang="zh">{chinese}</div>\n</div>\n{_facts(value, anchor)}</section>\n'
    )


def _summary_lines(
    story: ReportArticle,
    lines: Sequence[SummarySentence],
    gist: SummarySentence | None,
    ending: str,
    views: Views,
) -> str:
    """Return a summary in one language; `ending` is that of the anchors it leads to."""
    written = []
    for line in (*filter(None, (gist,)), *lines):
        anchors = [f"{story.anchor}-{source}" for source in line.sources]
        links = ["" if ending or a not in views else views[a].link() for a in anchors]
        unsupported = "".join(
            ' <span class="unsupported">The article does not say this: '
            f"{escaped(found.message)}</span>"
            for found in line.unsupported
        )
        if line is gist:
            links.insert(0, unsupported)
            written.append(f'<p class="gist">{escaped(line.text)}{"".join(links)}</p>')
            continue
        places = "".join(
            f" {_to_sentence(escaped(a) + ending)}{link}"
            for a, link in zip(anchors, links, strict=True)
        )
        written.append(f"<p>{escaped(line.text)}{unsupported}{places}</p>")
    return "".join(written)


def _to_sentence(anchor: str) -> str:
    return f'<a class="place" href="#{anchor}" aria-label="to the sentence">↓</a>'


def _facts(summary: Summary, anchor: str) -> str:
    if not summary.facts:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{fact.kind}</th><td>{escaped(fact.en)}</td>'
        f'<td lang="zh">{escaped(fact.zh)}</td>'
        f"<td>{_to_sentence(f'{anchor}-{escaped(fact.source)}')}</td></tr>\n"
        for fact in summary.facts
    )
    return (
        '<details class="facts"><summary>Key facts</summary><div class="scroll"><table>\n'
        f"{rows}</table></div></details>\n"
    )


def _passage(block: ReportBlock, views: Views) -> str:
    if block.kind == "table":
        return _table(block, views)
    is_heading = block.kind in ("title", "heading")
    tag, inner = ("h3", "span") if is_heading else ("div", "p")
    lines = [views[line.anchor] for line in block.sentences]
    english = " ".join([view.sentence("en") for view in lines])
    chinese = "".join([view.sentence("zh") for view in lines])
    marked = " marked" if block.kind == "list_item" and _has_marker(block) else ""
    return (
        f'<{tag} class="passage {block.kind}{marked}"><{inner} class="en">{english}</{inner}>'
        f'<{inner} class="zh" lang="zh">{chinese}</{inner}></{tag}>\n'
    )


def _has_marker(block: ReportBlock) -> bool:
    """True if an item shows a marker of its own, so that the page adds none."""
    first = block.sentences[0]
    return bool(leading_marker(first.source.text)[0]) or has_english_marker(first.translated.text)


def _table(block: ReportBlock, views: Views) -> str:
    chinese = table_rows(block, "zh")
    wide = " wide" if len(chinese[0].cells) > _WIDE else ""
    return (
        f'<div class="passage table{wide}">'
        f'<div class="en">{_cells(table_rows(block, "en"), "en", views)}</div>'
        f'<div class="zh" lang="zh">{_cells(chinese, "zh", views)}</div></div>\n'
    )


def _cells(rows: Sequence[TableRow], side: str, views: Views) -> str:
    made = "".join(
        _row(row, views[row.sentence.anchor], side, is_head=number == 0 and len(rows) > 1)
        for number, row in enumerate(rows)
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'
        f"{made}</table></div>\n"
    )


def _row(row: TableRow, view: SentenceView, side: str, *, is_head: bool) -> str:
    start = '<th scope="col"' if is_head else "<td"
    end = "</th>" if is_head else "</td>"
    language = ' lang="zh"' if row.is_left else ""
    cells = []
    for cell in row.cells:
        columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        number = ' class="number"' if cell.is_number else ""
        cells.append(f"{start}{columns}{number}{language}>{marked(cell.parts)}")
    link = view.link() if side == "en" else ""
    return f"<tr {view.attributes(side)}>{end.join(cells)}{link}{end}</tr>\n"


def _notes(views: Views, anchor: str) -> Iterator[str]:
    noted = [view for view in views.values() if view.number]
    if noted:
        yield f'<section class="doubts" aria-labelledby="{anchor}-doubts">\n'
        yield f'<h3 id="{anchor}-doubts">To check</h3>\n<ol>'
        yield "".join([view.note() for view in noted])
        yield "</ol>\n</section>\n"


def _about(story: ReportArticle) -> Iterator[str]:
    article, score = story.article, story.score
    facts = [
        plural(len(story.sentences), "sentence"),
        f"article {article.id} from {article.source}",
    ]
    if article.script in ("traditional", "mixed"):
        shown = "".join(line.source.text for line in story.sentences)
        if script(shown) == "simplified":
            facts.append(f"its {article.script} characters are shown as simplified ones")
    if score.confidence is not None:
        facts.append(f"the model's confidence {score.confidence:.2f}")
    facts += [f"{metric.name} {metric.value:.1f}" for metric in score.metrics]
    yield '<details class="more"><summary>About this article</summary>\n'
    yield f"<p>{escaped(' · '.join(facts))}</p>\n"
    if story.summary_metrics:
        values = [f"{metric.name} {metric.value:.1f}" for metric in story.summary_metrics]
        yield f"<p>{escaped(' · '.join(['Against the reference summary', *values]))}</p>\n"
    lines = "".join(remarks(line) for line in story.sentences if line.remarked)
    yield f"<ul>{lines}</ul>\n</details>\n" if lines else "</details>\n"
