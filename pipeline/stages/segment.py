"""Stage 1, segment: documents become articles of blocks of sentences, each at its true place."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from pipeline.records import Article, Block, Document, Script, Sentence, Span
from pipeline.text.jumps import joined_stories, jump_warnings
from pipeline.text.lines import Line, page_lines
from pipeline.text.orphans import reading_order
from pipeline.text.page import (
    BODY,
    Piece,
    Story,
    article_pieces,
    byline,
    page_stories,
)
from pipeline.text.parts import page_parts
from pipeline.text.passages import passage, sentence_places
from pipeline.text.sentences import cuts
from pipeline.text.variants import ConvertTo, converted, script
from pipeline.text.wording import dateline_byline

_TITLE_CHARS = 40
_SPLIT = frozenset(("paragraph", "list_item", "caption", "footnote"))
_JOINED_WITH_BLANK = frozenset(("date", "credit"))


def segment(
    documents: Sequence[Document],
    *,
    join_broken_paragraphs: bool,
    max_sentence_chars: int,
    convert_to: ConvertTo = "as_written",
) -> list[tuple[Article, ...]]:
    """Cut each document into its articles; one row per document, in the same order.

    Layout `article` gives exactly one article with the document's id, layout `page` as
    many as are found, `{id}.1`, `{id}.2` …, none where nothing is written. Every
    character that is neither blank nor Markdown's (`pipeline.text.lines` lists what is) is
    in exactly one sentence, and `document.text` at a sentence's spans is its text, but for
    a blank between two pieces: where Latin meets Latin, and between the lines of a date
    or a credit. A sentence longer than `max_sentence_chars` has cuts. With `convert_to`
    the text is in other characters, one for one: places stay true. Pages in traditional
    characters are understood as simplified ones are, and keep theirs.
    """
    return [
        tuple(
            _articles(
                replace(
                    document,
                    text=converted(document.text, convert_to),
                    title=document.title and converted(document.title, convert_to),
                ),
                join_broken_paragraphs,
                max_sentence_chars,
                script(document.text),
                convert_to,
            )
        )
        for document in documents
    ]


def _articles(
    document: Document, join: bool, max_chars: int, own_script: Script, convert_to: ConvertTo
) -> list[Article]:
    now = own_script if convert_to == "as_written" else convert_to
    is_read_as_is = now in ("simplified", "unknown")
    # the words a page is known by (记者, 摄影) are listed in simplified characters only
    read = document.text if is_read_as_is else converted(document.text, "simplified")
    parts = page_parts(page_lines(read), join_broken_paragraphs=join)
    if document.layout == "article":
        pieces = article_pieces(parts, has_title=document.title is not None)
        title = document.title if document.title and document.title.strip() else None
        if title and pieces and _same(_written(document.text, pieces[0].lines[0]), title):
            # the text repeats the title given beside it: one title block, with its place
            pieces[0] = Piece("title", pieces[0].lines)
            title = None
        return [
            replace(
                _article(document, document.id, pieces, max_chars, given_title=title),
                script=own_script,
            )
        ]
    stories = page_stories(parts)
    if join:
        stories = joined_stories(stories)
    ids = [f"{document.id}.{number}" for number in range(1, len(stories) + 1)]
    written = stories if is_read_as_is else [_as_written(document.text, story) for story in stories]
    warnings = [
        order + jumps
        for order, jumps in zip(reading_order(written, ids), jump_warnings(written), strict=True)
    ]
    articles = [
        _article(document, article_id, story.pieces, max_chars, warnings=warned)
        for article_id, story, warned in zip(ids, stories, warnings, strict=True)
    ]
    # the date in the masthead is that of every story of the page
    page_date = articles[0].date if articles and stories[0].is_page else None
    return [
        replace(article, date=article.date or page_date, script=own_script) for article in articles
    ]


def _same(left: str, right: str) -> bool:
    return "".join(left.split()) == "".join(right.split())


def _article(
    document: Document,
    article_id: str,
    pieces: Sequence[Piece],
    max_chars: int,
    *,
    given_title: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Article:
    numbers = count(1)
    blocks: list[Block] = []
    if given_title:
        text = " ".join(given_title.split())
        sentence = Sentence(f"s{next(numbers)}", text, (), cuts(text, max_chars))
        blocks.append(Block("title", (sentence,)))
    for piece in pieces:
        sentences = tuple(
            Sentence(f"s{next(numbers)}", text, spans, cuts(text, max_chars))
            for text, spans in _sentences(document.text, piece)
        )
        blocks.append(Block(piece.kind, sentences))
    return Article(
        id=article_id,
        document_id=document.id,
        source=document.source,
        title=_title(blocks) or article_id,
        date=document.date or _date(blocks),
        byline=_byline(document.text, pieces),
        blocks=tuple(blocks),
        warnings=warnings,
        reference=document.reference,
        reference_summary=document.reference_summary,
    )


def _sentences(document: str, piece: Piece) -> list[tuple[str, tuple[Span, ...]]]:
    """Give the sentences of a block: of prose each one, of a table its rows, else the whole."""
    if piece.kind == "table":
        return [(_written(document, line), line.spans) for line in piece.lines]
    joint = " " if piece.kind in _JOINED_WITH_BLANK else ""
    whole = passage(document, (line.spans for line in piece.lines), joint=joint)
    if piece.kind in _SPLIT:
        return sentence_places(whole)
    start = len(whole.text) - len(whole.text.lstrip())
    text = whole.text.strip()
    return [(text, whole.places(Span(start, start + len(text))))]


def _title(blocks: Sequence[Block]) -> str:
    """Give the title, else the first heading, else the first sentence, shortened."""
    for kinds in (("title",), ("heading",), tuple(BODY), ()):
        for block in blocks:
            if block.kind in kinds or not kinds:
                text = block.sentences[0].text
                return text if len(text) <= _TITLE_CHARS else text[: _TITLE_CHARS - 1] + "…"
    return ""


def _date(blocks: Sequence[Block]) -> str | None:
    return next((block.sentences[0].text for block in blocks if block.kind == "date"), None)


def _byline(document: str, pieces: Sequence[Piece]) -> str | None:
    """Give who wrote, from the first byline, else from a dateline."""
    if credit := byline(pieces):
        return _written(document, credit.lines[0])
    first = next((piece for piece in pieces if piece.kind == "paragraph"), None)
    place = dateline_byline(first.text) if first else None
    return _written(document, first.lines[0])[slice(*place)] if first and place else None


def _written(document: str, line: Line) -> str:
    """Give a line in the document's own characters."""
    return "".join(document[span.start : span.end] for span in line.spans)


def _as_written(document: str, story: Story) -> Story:
    pieces = [
        Piece(p.kind, tuple(replace(line, text=_written(document, line)) for line in p.lines))
        for p in story.pieces
    ]
    return replace(story, pieces=pieces)
