"""The segment stage: cut documents into articles, blocks and sentences with true offsets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePath

from pipeline.language.chinese import with_ordinary_marks
from pipeline.language.numbers.publication_dates import written_date
from pipeline.language.plural import plural
from pipeline.language.tables import row_texts
from pipeline.language.variants import ConvertTo, conversion, converted, script
from pipeline.records import (
    Article,
    Block,
    Document,
    Edition,
    Page,
    Script,
    Sentence,
    Span,
)
from pipeline.segment.continuations import folio, folio_of_file, joined_stories, jump_warnings
from pipeline.segment.lines import Line, page_lines
from pipeline.segment.offsets import join_text, joined_sentences
from pipeline.segment.orphans import reading_order
from pipeline.segment.paragraphs import Paragraph, page_paragraphs
from pipeline.segment.parted import with_blanks_closed, with_columns_joined
from pipeline.segment.sentences import cuts
from pipeline.segment.short_text import with_short_text
from pipeline.segment.stories import article_blocks, page_stories
from pipeline.segment.story import BODY, Story, StoryBlock, byline_of
from pipeline.segment.subtitles import is_subtitles, subtitle_lines
from pipeline.segment.text_tables import with_text_tables

_TITLE_CHARS = 40
_SPLIT = frozenset(("paragraph", "list_item", "caption", "footnote"))
_JOINED_WITH_BLANK = frozenset(("date", "credit", "formula"))


def segment(
    documents: Sequence[Document | Edition],
    *,
    join_broken_paragraphs: bool,
    max_sentence_chars: int,
    convert_to: ConvertTo = "as_written",
) -> list[tuple[Article, ...]]:
    """Cut each document into its articles; one row per document, in the same order.

    Layout `article` yields exactly one article with the document's id. Layout `page` yields all
    articles found, `{id}.1`, `{id}.2` …, or none for an empty page. Every character that is
    neither white space nor a Markdown mark (see `pipeline.segment.lines`) is in exactly one
    sentence. `document.text` at a sentence's spans is its text, except for a space between two
    spans: between Latin words, and between the lines of a date, credit or formula. A sentence
    longer than `max_sentence_chars` has cuts. `convert_to` replaces characters one for one, so
    offsets stay true. Pages in traditional characters are segmented like simplified ones and keep
    theirs.

    Each page of an edition yields the articles, with the ids, that it would yield alone. Only a
    story continued on another page becomes one article, under the id of its beginning.
    """
    return [
        tuple(_articles(document, join_broken_paragraphs, max_sentence_chars, convert_to))
        for document in documents
    ]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page, its offset in the text of its edition, and its stories."""

    page: Document
    start: int
    script: Script
    is_read_as_is: bool
    stories: list[Story]


def _articles(
    document: Document | Edition, join: bool, max_chars: int, convert_to: ConvertTo
) -> list[Article]:
    pages = document.pages if isinstance(document, Edition) else (document,)
    sheets: list[_Sheet] = []
    start = 0
    for number, page in enumerate(pages):
        sheets.append(_sheet(page, number, start, join, convert_to))
        start += len(page.text) + 1
    text = "\n".join(sheet.page.text for sheet in sheets)
    names: dict[int, str] = {}
    if isinstance(document, Edition):
        for sheet in sheets:
            names |= _names(sheet.page, sheet.stories)
            _note_folio(sheet)
    stories = [story for sheet in sheets for story in sheet.stories]
    if join:
        stories = joined_stories(stories)
    if not isinstance(document, Edition):
        names = _names(document, stories)
    warnings = _warnings(text, sheets, stories, names)
    articles = [
        _article(text, document.id, names[id(story)], story, sheets, max_chars, warned)
        for story, warned in zip(stories, warnings, strict=True)
    ]
    if isinstance(document, Edition):
        articles = [
            replace(article, pages=_pages(story, sheets))
            for article, story in zip(articles, stories, strict=True)
        ]
    # the date in the masthead holds for every story of the page
    dates = {
        story.page: article.date
        for story, article in zip(reversed(stories), reversed(articles), strict=True)
        if story.is_page
    }
    return [
        article if article.date else replace(article, date=dates.get(story.page))
        for story, article in zip(stories, articles, strict=True)
    ]


def _sheet(page: Document, number: int, start: int, join: bool, convert_to: ConvertTo) -> _Sheet:
    """Read a page and find its stories, with offsets into the whole edition."""
    own_script = script(page.text)
    convert_to = conversion(convert_to, page.text)
    page = replace(
        page,
        text=converted(page.text, convert_to),
        title=page.title and converted(page.title, convert_to),
    )
    now = own_script if convert_to == "as_written" else convert_to
    is_read_as_is = now in ("simplified", "unknown")
    # the words that identify lines (记者, 摄影) are listed in simplified characters only
    read = page.text if is_read_as_is else converted(page.text, "simplified")
    read = with_ordinary_marks(read)
    lines = subtitle_lines(read) if is_subtitles(read) else _lines_of_page(read)
    paragraphs = with_short_text(page_paragraphs(lines, join_broken_paragraphs=join))
    if page.layout == "article":
        stories = [Story(_blocks_of_article(page, paragraphs))]
    else:
        stories = page_stories(paragraphs)
    for story in stories:
        story.page = number
        if start:
            story.blocks = [_moved(block, start) for block in story.blocks]
    return _Sheet(page, start, own_script, is_read_as_is, stories)


def _lines_of_page(text: str) -> list[Line]:
    return with_text_tables(with_columns_joined(with_blanks_closed(page_lines(text))), text)


def _blocks_of_article(page: Document, paragraphs: Sequence[Paragraph]) -> list[StoryBlock]:
    """Return the blocks of a one-article text, preceded by a title given beside it."""
    title = " ".join((page.title or "").split())
    is_repeated = bool(title and paragraphs) and _same(
        _written(page.text, paragraphs[0].lines[0]), title
    )
    blocks = article_blocks(paragraphs, has_title=page.title is not None and not is_repeated)
    if len(blocks) == 1 and blocks[0].kind == "page_number" and page.text.strip().isdecimal():
        blocks = [replace(blocks[0], kind="paragraph")]  # a figure that is a whole text is text
    if blocks and is_repeated:
        # the text repeats the title given beside it: keep one title block, with its place
        blocks[0] = StoryBlock("title", blocks[0].lines)
    elif title:
        blocks.insert(0, StoryBlock("title", (Line(title, ()),)))
    return blocks


def _moved(block: StoryBlock, by: int) -> StoryBlock:
    lines = (
        replace(line, spans=tuple(Span(span.start + by, span.end + by) for span in line.spans))
        for line in block.lines
    )
    return StoryBlock(block.kind, tuple(lines))


def _names(page: Document, stories: Sequence[Story]) -> dict[int, str]:
    """Return the article id of each story, by the `id()` of the story object."""
    return {
        id(story): page.id if page.layout == "article" else f"{page.id}.{number}"
        for number, story in enumerate(stories, start=1)
    }


def _note_folio(sheet: _Sheet) -> None:
    """Set the folio of stories to the number printed on the page or in its file name."""
    printed = [p.text for story in sheet.stories for p in story.blocks if p.kind == "page_number"]
    known = {folio(text) for text in printed} or {folio_of_file(PurePath(sheet.page.source).stem)}
    for story in sheet.stories:
        story.folio = known.copy().pop() if len(known) == 1 else None


def _warnings(
    text: str, sheets: Sequence[_Sheet], stories: Sequence[Story], names: Mapping[int, str]
) -> list[tuple[str, ...]]:
    """Return warnings about the layout of each story, page by page."""
    written = [
        story if sheets[story.page].is_read_as_is else _as_written(text, story) for story in stories
    ]
    order: dict[int, tuple[str, ...]] = {}
    for number, sheet in enumerate(sheets):
        if sheet.page.layout == "page":
            own = [i for i, story in enumerate(stories) if story.page == number]
            ids = [names[id(stories[i])] for i in own]
            order |= zip(own, reading_order([written[i] for i in own], ids), strict=True)
    first = {story.page: number for number, story in reversed([*enumerate(stories)])}
    left_out = {first[story.page]: _left_out(sheets[story.page].page) for story in stories}
    return [
        left_out.get(i, ()) + order.get(i, ()) + jumps
        for i, jumps in enumerate(jump_warnings(written))
    ]


def _left_out(page: Document) -> tuple[str, ...]:
    """Return a warning that names what the reader of a page did not put into its text."""
    if not page.set_aside:
        return ()
    named = (
        f"{row.what}: {row.pieces:,}"
        + (f" ({plural(row.characters, 'character')})" if row.characters else "")
        for row in page.set_aside
    )
    return (f"set_aside: not in the text: {'; '.join(named)}",)


def _pages(story: Story, sheets: Sequence[_Sheet]) -> tuple[Page, ...]:
    """Return the pages of a story, in reading order."""
    own = dict.fromkeys((story.page, *(continuation.page for continuation in story.more)))
    return tuple(
        Page(sheet.page.source, sheet.start, sheet.start + len(sheet.page.text))
        for sheet in (sheets[number] for number in own)
    )


def _same(left: str, right: str) -> bool:
    return "".join(left.split()) == "".join(right.split())


def _article(
    text: str,
    document_id: str,
    article_id: str,
    story: Story,
    sheets: Sequence[_Sheet],
    max_chars: int,
    warnings: tuple[str, ...],
) -> Article:
    numbers = count(1)
    blocks: list[Block] = []
    for block in story.blocks:
        sentences = tuple(
            Sentence(f"s{next(numbers)}", written, spans, cuts(written, max_chars))
            for written, spans in _sentences(text, block)
        )
        blocks.append(Block(block.kind, sentences))
    page = sheets[story.page].page
    return Article(
        id=article_id,
        document_id=document_id,
        source=page.source,
        title=_title(blocks) or article_id,
        date=page.date or _date(blocks),
        byline=_byline(text, story.blocks),
        blocks=tuple(blocks),
        warnings=warnings,
        reference=_reference(
            [page, *(sheets[continuation.page].page for continuation in story.more)]
        ),
        reference_summary=page.reference_summary,
        script=sheets[story.page].script,
    )


def _reference(pages: Sequence[Document]) -> str | None:
    """Return the joined references of all pages of a story; None if one is missing."""
    references = [page.reference for page in pages if page.reference]
    return "\n".join(references) if len(references) == len(pages) else None


def _sentences(document: str, block: StoryBlock) -> list[tuple[str, tuple[Span, ...]]]:
    """Return the sentences of prose, the rows of a table, or any other block as a whole."""
    if not block.lines[0].spans:  # a title given beside the text
        return [(block.text, ())]
    if block.kind == "table":
        return [(_written(document, line), line.spans) for line in block.lines]
    separator = " " if block.kind in _JOINED_WITH_BLANK else ""
    whole = join_text(document, (line.spans for line in block.lines), separator=separator)
    if block.kind in _SPLIT:
        return joined_sentences(whole)
    start = len(whole.text) - len(whole.text.lstrip())
    text = whole.text.strip()
    return [(text, whole.places(Span(start, start + len(text))))]


def _title(blocks: Sequence[Block]) -> str:
    """Return the title, or else the first heading or sentence of the text, shortened."""
    for kinds in (("title",), ("heading", *BODY), ()):
        for block in blocks:
            if block.kind in kinds or not kinds:
                text = block.sentences[0].text
                if block.kind == "table":
                    text = next(filter(None, row_texts(text)), text)
                return text if len(text) <= _TITLE_CHARS else text[: _TITLE_CHARS - 1] + "…"
    return ""


def _date(blocks: Sequence[Block]) -> str | None:
    dates = (block.sentences[0].text for block in blocks if block.kind == "date")
    return next(map(written_date, dates), None)


def _byline(document: str, blocks: Sequence[StoryBlock]) -> str | None:
    if (found := byline_of(blocks)) is None:
        return None
    line, start, end = found
    return _written(document, line)[start:end]


def _written(document: str, line: Line) -> str:
    """Return a line in the characters of the document."""
    if not line.spans:
        return line.text
    return "".join(document[span.start : span.end] for span in line.spans)


def _as_written(document: str, story: Story) -> Story:
    blocks = [
        StoryBlock(p.kind, tuple(replace(line, text=_written(document, line)) for line in p.lines))
        for p in story.blocks
    ]
    return replace(story, blocks=blocks)
