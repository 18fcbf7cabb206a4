"""The parts of a Word document (ECMA-376): paragraphs, runs, comments, and the whole package."""

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from pathlib import Path

from pipeline.deliver.package import package_bytes

_PARTS = Path(__file__).with_name("word")
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{{}} xmlns:w="{_NAMESPACE}">'
"""How a part begins; `format` takes the name of its root."""


def word_package(title: str, document: Iterable[str], comments: Iterable[str]) -> bytes:
    """Return the bytes of a .docx file; `document` and `comments` are its parts, in pieces."""
    fixed = [(name, (part,)) for name, part in sorted(_fixed_parts(title))]
    return package_bytes((*fixed, ("word/document.xml", document), ("word/comments.xml", comments)))


def _fixed_parts(title: str) -> Iterator[tuple[str, str]]:
    """Yield the parts that every document has; the first of a package must be its types."""
    for name, text in _package_data():
        is_core = name == "docProps/core.xml"
        yield name, text.replace("TITLE", escape(title, quote=False)) if is_core else text


@cache
def _package_data() -> tuple[tuple[str, str], ...]:
    """Read the parts once: a run may write thousands of documents."""
    # package data has no names that begin with a dot or end in .rels
    names = {"types.xml": "[Content_Types].xml", "package.xml": "_rels/.rels"}
    files = [
        (path.relative_to(_PARTS).as_posix(), path.read_text(encoding="utf-8"))
        for path in _PARTS.rglob("*.xml")
    ]
    return tuple(
        (names.get(name, name.replace("relations.xml", "_rels/document.xml.rels")), text)
        for name, text in files
    )


def comments_part(comments: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield word/comments.xml; each comment is a few lines, and its id is its number from 0."""
    yield ROOT.format("comments")
    for number, lines in enumerate(comments):
        text = "".join(paragraph("CommentText", run(line)) for line in lines)
        yield f'<w:comment w:id="{number}" w:author="Yibao" w:initials="YB">{text}</w:comment>'
    yield "</w:comments>"


def commented(words: str, number: int) -> str:
    """Return runs with a comment at them."""
    return (
        f'<w:commentRangeStart w:id="{number}"/>{words}<w:commentRangeEnd w:id="{number}"/>'
        '<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr>'
        f'<w:commentReference w:id="{number}"/></w:r>'
    )


def section(page_size: str) -> str:
    """Return the end of the body: a page with margins of an inch and a page number."""
    return (
        f'<w:sectPr><w:footerReference xmlns:r="{_RELATIONS}" w:type="default" r:id="rId5"/>'
        f'{page_size}<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" '
        'w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    )


def paragraph(style: str, runs: str, space: str = "") -> str:
    """Return a paragraph; `space` is XML of its distance from others."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{space}</w:pPr>{runs}</w:p>'


def run(text: str, properties: str = "") -> str:
    """Return a run of text."""
    form = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{form}<w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'
