"""An English edition as a Word document (ECMA-376), with a comment at every doubt.

The bytes depend on the edition alone: the parts have no clock in them.
"""

import io
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from pipeline.deliver.english.reading import (
    Doubt,
    EnglishArticle,
    EnglishBlock,
    EnglishEdition,
    EnglishText,
)

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest date of a ZIP file
_PARTS = Path(__file__).with_name("word")
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ROOT = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{{}} xmlns:w="{_NAMESPACE}">'
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
_PAGE_WIDTH = 9026
"""Width of the text in twentieths of a point: A4 with margins of an inch."""


def edition_word(edition: EnglishEdition) -> bytes:
    """Return an edition as the bytes of a .docx file."""
    writer = _Writer(is_alone=not edition.title)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in sorted(_fixed_parts(edition)):
            _add(archive, name, iter((part,)))
        _add(archive, "word/document.xml", writer.document(edition))
        _add(archive, "word/comments.xml", writer.comments())
    return stream.getvalue()


def _add(archive: zipfile.ZipFile, name: str, parts: Iterator[str]) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every machine
    with archive.open(entry, mode="w") as file:
        for part in parts:
            file.write(part.encode("utf-8"))


def _fixed_parts(edition: EnglishEdition) -> Iterator[tuple[str, str]]:
    """Yield the parts that every document has; the first of a package must be its types."""
    for path in _PARTS.rglob("*.xml"):
        name = path.relative_to(_PARTS).as_posix()
        text = path.read_text(encoding="utf-8")
        if name == "docProps/core.xml":
            title = edition.title or next((article.title for article in edition.articles), "")
            text = text.replace("TITLE", _escaped(title))
        # package data has no names that begin with a dot or end in .rels
        names = {"types.xml": "[Content_Types].xml", "package.xml": "_rels/.rels"}
        yield names.get(name, name.replace("relations.xml", "_rels/document.xml.rels")), text


class _Writer:
    """Writes the text of a document and collects its comments, which are a part of their own."""

    def __init__(self, *, is_alone: bool) -> None:
        self._title, self._heading = ("Title", "Heading1") if is_alone else ("Heading1", "Heading2")
        self._is_alone = is_alone
        self._doubts: list[Doubt] = []

    def document(self, edition: EnglishEdition) -> Iterator[str]:
        """Yield word/document.xml in parts."""
        yield _ROOT.format("document") + "<w:body>"
        if edition.title:
            yield _paragraph("Title", _run(edition.title))
            yield _paragraph("MachineNote", _run(" ".join(edition.notes)))
        if len(edition.contents) > 1:
            yield from _contents(edition.contents)
        for number, article in enumerate(edition.articles, start=1):
            yield from self._article(article, number)
        if edition.missing:
            yield _paragraph("Heading1", _run("Not in this edition"))
            yield from (_paragraph("ListBullet", _run(line)) for line in edition.missing)
        yield (
            '<w:sectPr><w:footerReference xmlns:r="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships" w:type="default" r:id="rId5"/>'
            '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" '
            'w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/>'
            "</w:sectPr></w:body></w:document>"
        )

    def comments(self) -> Iterator[str]:
        """Yield word/comments.xml in parts, after the document."""
        yield _ROOT.format("comments")
        for number, doubt in enumerate(self._doubts):
            yield (
                f'<w:comment w:id="{number}" w:author="Yibao" w:initials="YB">'
                f"{_paragraph('CommentText', _run(doubt.advice))}"
                f"{_paragraph('CommentText', _run(f'Chinese: {doubt.chinese}'))}</w:comment>"
            )
        yield "</w:comments>"

    def _article(self, article: EnglishArticle, number: int) -> Iterator[str]:
        # the space above an article is above the line over its headline, if it has one
        has_kicker = article.opening[0].kind == "subtitle"
        for place, block in enumerate(article.opening):
            style = "Kicker" if place == 0 and has_kicker else ""
            yield self._block(block, number, style, _NO_SPACE if has_kicker else "")
        if self._is_alone:
            yield _paragraph("MachineNote", _run(" ".join(article.notes)))
        if article.summary:
            yield _paragraph("Summary", _run("Summary", '<w:b/><w:i w:val="0"/>'))
        yield from (_paragraph("Summary", _run(line)) for line in article.summary)
        for block in article.body:
            yield self._block(block, number)

    def _block(
        self, block: EnglishBlock, number: int, style: str = "", title_space: str = ""
    ) -> str:
        if block.kind == "table":
            return self._table(block)
        runs = _run(" ").join(map(self._text, block.sentences))
        if block.kind == "title":
            mark = f'<w:bookmarkStart w:id="{number}" w:name="a{number}"/>'
            runs = f'{mark}{runs}<w:bookmarkEnd w:id="{number}"/>'
            return _paragraph(self._title, runs, title_space)
        if block.kind == "heading":
            return _paragraph(self._heading, runs)
        if block.kind == "list_item" and block.has_marker:
            style = "List"
        return _paragraph(style or _STYLES.get(block.kind, "BodyText"), runs)

    def _table(self, block: EnglishBlock) -> str:
        width = _PAGE_WIDTH // max(block.width, 1)
        columns = f'<w:gridCol w:w="{width}"/>' * block.width
        rows = "".join(
            self._row(row, block.width, is_head=number == 0 and len(block.rows) > 1)
            for number, row in enumerate(block.rows)
        )
        # a paragraph keeps a table apart from the one after it
        return f"{_TABLE}{columns}</w:tblGrid>{rows}</w:tbl>{_paragraph('TableEnd', '')}"

    def _row(self, row: tuple[EnglishText, ...], width: int, *, is_head: bool) -> str:
        style = "TableHead" if is_head else "TableText"
        spans = [width] if len(row) == 1 else [1] * len(row)
        texts = [self._text(cell) for cell in row]
        if missing := width - sum(spans):
            # one cell for all of them, or a ragged table would grow with its square
            spans.append(missing)
            texts.append("")
        cells = "".join(
            f"<w:tc><w:tcPr>{_span(columns)}</w:tcPr>{_paragraph(style, text)}</w:tc>"
            for columns, text in zip(spans, texts, strict=True)
        )
        head = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else ""
        return f"<w:tr>{head}{cells}</w:tr>"

    def _text(self, text: EnglishText) -> str:
        words = _run(text.text)
        if text.is_chinese:
            words = _run(f"[not translated: {text.text}]", '<w:rStyle w:val="NotTranslated"/>')
        if text.doubt is None:
            return words
        number = len(self._doubts)
        self._doubts.append(text.doubt)
        return (
            f'<w:commentRangeStart w:id="{number}"/>{words}<w:commentRangeEnd w:id="{number}"/>'
            '<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr>'
            f'<w:commentReference w:id="{number}"/></w:r>'
        )


def _span(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""


def _contents(titles: tuple[str, ...]) -> Iterator[str]:
    """Yield a table of contents that Word can update, filled in already."""
    yield _paragraph("ContentsHeading", _run("Contents"))
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        ' TOC \\o "1-1" \\n \\h \\z </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for number, title in enumerate(titles, start=1):
        link = f'<w:hyperlink w:anchor="a{number}" w:history="1">{_run(title)}</w:hyperlink>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(titles) else ""
        yield _paragraph("TOC1", f"{field if number == 1 else ''}{link}{end}")


def _paragraph(style: str, runs: str, space: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{space}</w:pPr>{runs}</w:p>'


def _run(text: str, properties: str = "") -> str:
    form = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{form}<w:t xml:space="preserve">{_escaped(text)}</w:t></w:r>'


def _escaped(text: str) -> str:
    return escape(text, quote=False)
