"""The result of segment as a tree in the terminal: documents, articles, blocks, sentences."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from pipeline.input.places import pages_text, places, source_name
from pipeline.language.plural import plural
from pipeline.records import Article, Block, Sentence
from pipeline.report.visible_text import VisibleText

_MOST_OPEN = 30
_MARGIN = 24  # columns reserved for the branches of the tree and the sentence count
_STRONG = frozenset(("title", "subtitle", "heading"))
_PROSE = frozenset(("paragraph", "list_item"))


def print_outline(console: Console, articles: Sequence[Article]) -> None:
    """Print a tree of documents, articles and blocks, one line per block.

    If there are more than thirty articles, each gets one line; `pipeline show RUN ARTICLE` prints
    the blocks of one.
    """
    is_open = len(articles) <= _MOST_OPEN
    for document, group in groupby(articles, key=lambda article: article.document_id):
        document_articles = list(group)
        where = (
            f"edition, from {document_articles[0].source}"
            if document_articles[0].pages
            else document_articles[0].source
        )
        tree = Tree(VisibleText(f"{document}  {where}", style="bold"))
        for article in document_articles:
            branch = tree.add(_article_line(article))
            for warning in article.warnings:
                branch.add(VisibleText(f"! {warning}", style="yellow"))
            for block in article.blocks if is_open else ():
                branch.add(_block_line(block, console.width - _MARGIN))
        console.print(tree)
    console.print(VisibleText(_totals(articles), style="dim"))


def print_article_outline(console: Console, article: Article) -> None:
    """Print a whole article: every sentence with its id and its place in the file."""
    tree = Tree(_article_line(article))
    for warning in article.warnings:
        tree.add(VisibleText(f"! {warning}", style="yellow"))
    for block in article.blocks:
        branch = tree.add(VisibleText(block.kind, style=_style(block)))
        for sentence in block.sentences:
            branch.add(_sentence_line(article, sentence))
    console.print(tree)


def _article_line(article: Article) -> Text:
    facts = [article.byline, article.date, article.script if article.script != "unknown" else None]
    line = VisibleText.assemble((article.id, "cyan"), "  ", (article.title, "bold"))
    if len(article.pages) > 1:
        facts.append(pages_text(article))
    known = " · ".join(fact for fact in facts if fact)
    return line.append(f"  {known}", style="dim") if known else line


def _block_line(block: Block, columns: int) -> Text:
    count = len(block.sentences)
    text = "".join(sentence.text for sentence in block.sentences)
    line = VisibleText.assemble((f"{block.kind:<12}", "dim"), (text, _style(block)))
    line.truncate(max(columns, 2 * _MARGIN), overflow="ellipsis")
    return line.append(f"  {count} sentences", style="dim") if count > 1 else line


def _sentence_line(article: Article, sentence: Sentence) -> Text:
    pieces = [
        # the page is named only if there are several
        f"{source_name(source)} {span.start}–{span.end}"
        if len(article.pages) > 1
        else f"{span.start}–{span.end}"
        for source, span in places(article, sentence)
    ]
    where = " + ".join(pieces) or "given"
    line = VisibleText.assemble((f"{sentence.id:<5}", "cyan"), (f"{where}  ", "dim"))
    edges = (0, *sentence.cuts, len(sentence.text))
    document_articles = [sentence.text[a:b] for a, b in pairwise(edges)]
    return line.append(" ⏐ ".join(document_articles))


def _style(block: Block) -> str:
    return "bold" if block.kind in _STRONG else "" if block.kind in _PROSE else "dim"


def _totals(articles: Sequence[Article]) -> str:
    blocks = Counter(block.kind for article in articles for block in article.blocks)
    sentences = sum(len(b.sentences) for article in articles for b in article.blocks)
    kinds = ", ".join(f"{count} {kind}" for kind, count in blocks.most_common())
    warned = sum(bool(article.warnings) for article in articles)
    return (
        f"{plural(len(articles), 'article')}, {plural(sentences, 'sentence')}, {warned:,} with "
        f"warnings; blocks: {kinds}"
    )
