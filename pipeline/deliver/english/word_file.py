"""An English edition as a Word document (ECMA-376), with a comment at every doubt.

The bytes depend on the edition alone: the parts have no clock in them.
"""

from collections.abc import Iterator

from pipeline.deliver.english.reading import (
    Doubt,
    EnglishArticle,
    EnglishBlock,
    EnglishEdition,
    EnglishText,
)
from pipeline.deliver.english.word_parts import (
    ROOT,
    commented,
    comments_part,
    paragraph,
    run,
    section,
    word_package,
)

_STYLES = {
    "subtitle": "Subtitle",
    "date": "Byline",
    "credit": "Byline",
    "caption": "Caption",
    "image": "Caption",
    "footnote": "FootnoteText",
    "list_item": "ListBullet",
}
_TABLE = (
    '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
    '<w:tblLook w:val="0420" w:firstRow="1"/></w:tblPr><w:tblGrid>'
)
_NO_SPACE = '<w:spacing w:before="0"/>'
_PAGE_WIDTH = 9026  # width of the text in twentieths of a point: A4 with margins of an inch


def edition_word(edition: EnglishEdition) -> bytes:
    """Return an edition as the bytes of a .docx file."""
    writer = _Writer(is_alone=not edition.title)
    title = edition.title or next((article.title for article in edition.articles), "")
    return word_package(title, writer.document(edition), writer.comments())


class _Writer:
    """Writes the text of a document and collects its comments, which are a part of their own."""

    def __init__(self, *, is_alone: bool) -> None:
        self._title, self._heading = ("Title", "Heading1") if is_alone else ("Heading1", "Heading2")
        self._is_alone = is_alone
        self._doubts: list[Doubt] = []

    def document(self, edition: EnglishEdition) -> Iterator[str]:
        """Yield word/document.xml in parts."""
        yield ROOT.format("document") + "<w:body>"
        if edition.title:
            yield paragraph("Title", run(edition.title))
            yield paragraph("MachineNote", run(" ".join(edition.notes)))
        if len(edition.contents) > 1:
            yield from _contents(edition.contents)
        for number, article in enumerate(edition.articles, start=1):
            yield from self._article(article, number)
        if edition.missing:
            yield paragraph("Heading1", run("Not in this edition"))
            yield from (paragraph("ListBullet", run(line)) for line in edition.missing)
        yield section('<w:pgSz w:w="11906" w:h="16838"/>') + "</w:body></w:document>"

    def comments(self) -> Iterator[str]:
        """Yield word/comments.xml in parts, after the document."""
        return comments_part((each.advice, f"Chinese: {each.chinese}") for each in self._doubts)

    def _article(self, article: EnglishArticle, number: int) -> Iterator[str]:
        # the space above an article is above the line over its headline, if it has one
        has_kicker = article.opening[0].kind == "subtitle"
        for place, block in enumerate(article.opening):
            style = "Kicker" if place == 0 and has_kicker else ""
            yield self._block(block, number, style, _NO_SPACE if has_kicker else "")
        if self._is_alone:
            yield paragraph("MachineNote", run(" ".join(article.notes)))
        if article.summary:
            yield paragraph("Summary", run("Summary", '<w:b/><w:i w:val="0"/>'))
        yield from (paragraph("Summary", run(line)) for line in article.summary)
        for block in article.body:
            yield self._block(block, number)

    def _block(
        self, block: EnglishBlock, number: int, style: str = "", title_space: str = ""
    ) -> str:
        if block.kind == "table":
            return self._table(block)
        runs = run(" ").join(map(self._text, block.sentences))
        if block.kind == "title":
            mark = f'<w:bookmarkStart w:id="{number}" w:name="a{number}"/>'
            runs = f'{mark}{runs}<w:bookmarkEnd w:id="{number}"/>'
            return paragraph(self._title, runs, title_space)
        if block.kind == "heading":
            return paragraph(self._heading, runs)
        if block.kind == "list_item" and block.has_marker:
            style = "List"
        return paragraph(style or _STYLES.get(block.kind, "BodyText"), runs)

    def _table(self, block: EnglishBlock) -> str:
        width = block.width
        columns = f'<w:gridCol w:w="{_PAGE_WIDTH // max(width, 1)}"/>' * width
        rows = "".join(
            self._row(row, width, is_head=number == 0 and len(block.rows) > 1)
            for number, row in enumerate(block.rows)
        )
        # a paragraph keeps a table apart from the one after it
        return f"{_TABLE}{columns}</w:tblGrid>{rows}</w:tbl>{paragraph('TableEnd', '')}"

    def _row(self, row: tuple[EnglishText, ...], width: int, *, is_head: bool) -> str:
        style = "TableHead" if is_head else "TableText"
        spans = [width] if len(row) == 1 else [1] * len(row)
        texts = [self._text(cell) for cell in row]
        if missing := width - sum(spans):
            # one cell for all of them, or a ragged table would grow with its square
            spans.append(missing)
            texts.append("")
        cells = "".join(
            f"<w:tc><w:tcPr>{_span(columns)}</w:tcPr>{paragraph(style, text)}</w:tc>"
            for columns, text in zip(spans, texts, strict=True)
        )
        head = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else ""
        return f"<w:tr>{head}{cells}</w:tr>"

    def _text(self, text: EnglishText) -> str:
        words = run(text.text)
        if text.is_chinese:
            words = run(f"[not translated: {text.text}]", '<w:rStyle w:val="NotTranslated"/>')
        if text.doubt is None:
            return words
        number = len(self._doubts)
        self._doubts.append(text.doubt)
        return commented(words, number)


def _span(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""


def _contents(titles: tuple[str, ...]) -> Iterator[str]:
    """Yield a table of contents that Word can update, filled in already."""
    yield paragraph("ContentsHeading", run("Contents"))
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        ' TOC \\o "1-1" \\n \\h \\z </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for number, title in enumerate(titles, start=1):
        link = f'<w:hyperlink w:anchor="a{number}" w:history="1">{run(title)}</w:hyperlink>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(titles) else ""
        yield paragraph("TOC1", f"{field if number == 1 else ''}{link}{end}")
