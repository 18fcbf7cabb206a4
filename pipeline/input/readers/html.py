"""Web pages as Markdown: the story of a page without its menus, or all blocks of a chapter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from pipeline.input.encodings import UnreadableError
from pipeline.input.limits import check_markup

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        *_HEADINGS,
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "header",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "address",
        "center",
        "form",
        "fieldset",
        "td",
        "th",
        "hr",
    )
)
_LEFT_OUT = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "head",
        "rt",
        "rp",
        "svg",
        "math",
    )
)
_ENCODING = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MOST_DEEP = 200
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Webpage:
    """What was taken from a page; `text` is Markdown, `title` and `date` what the page says."""

    text: str
    title: str | None
    date: str | None


def declared_encoding(sample: bytes) -> str | None:
    """Give the encoding that a page's head names; None if it names none."""
    match = _ENCODING.search(sample[:4096])
    return match.group(1).decode("ascii") if match else None


def story(source: str) -> Webpage:
    """Take the story from a page with trafilatura: no menus, comments or advertisements.

    A page too short for it to judge gives all blocks outside `nav`, `footer` and `aside`.
    Raises UnreadableError for a page without text or beyond a limit of `limits`.
    """
    # trafilatura takes a fifth of a second to import, so only web pages pay it
    import trafilatura

    source = _DECLARATION.sub("", source)
    check_markup(source)
    try:
        text = trafilatura.extract(
            source, output_format="markdown", include_comments=False, include_tables=True
        )
        facts = trafilatura.extract_metadata(source)
    except (RecursionError, ValueError, etree.LxmlError) as error:
        raise UnreadableError(f"not a web page that can be read: {error}", _ADVICE) from error
    found = text or ""
    if "\n\n" not in found.strip():
        # too short for it: it gives the bare lines, without headings and tables
        blocks = blocks_text(source)
        found = blocks if len(blocks) >= len(found.strip()) else found
    if not found.strip():
        raise UnreadableError("a web page without text", "leave it out or save its text")
    title = " ".join((facts.title or "").split()) if facts else ""
    return Webpage(
        found if found.endswith("\n") else found + "\n",
        title if 0 < len(title) <= _LONGEST_TITLE else None,
        facts.date if facts else None,
    )


_ADVICE = "open it in a browser and save its text"


def blocks_text(source: str | bytes) -> str:
    """Give all blocks of a page as Markdown: headings, paragraphs, items, rows of tables."""
    tree = _tree(source)
    if tree is None:
        return ""
    lines = list(_lines(tree))
    return "\n\n".join(lines).replace("|\n\n|", "|\n|") + "\n" if lines else ""


def table_rows(source: str) -> list[str]:
    """Give the rows of an HTML table as rows of a Markdown table."""
    tree = _tree(source)
    return [] if tree is None else [_row(row) for row in tree.iter("tr") if _written(row)]


def _tree(source: str | bytes) -> html.HtmlElement | None:
    if not source.strip():
        return None
    if isinstance(source, bytes):  # Latin-1 leaves every byte a character: markup stays markup
        check_markup(source.decode("latin-1"))
    else:
        source = _DECLARATION.sub("", source)
        check_markup(source)
    parser = html.HTMLParser(recover=True, huge_tree=False, no_network=True, remove_comments=True)
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _lines(element: html.HtmlElement, depth: int = 0) -> Iterator[str]:
    """Blocks below an element in order; text beside blocks is a block of its own."""
    loose: list[str] = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _LEFT_OUT or not tag:
            loose.append(child.tail or "")
            continue
        if tag not in _BLOCKS:
            inner = _has_blocks(child)
            if not inner:
                loose.append("\n" if tag == "br" else _written(child))
                loose.append(child.tail or "")
                continue
        yield from _paragraphs(loose)
        yield from _block(child, tag, depth)
        loose = [child.tail or ""]
    yield from _paragraphs(loose)


def _block(element: html.HtmlElement, tag: str, depth: int) -> Iterator[str]:
    if tag == "tr":
        yield _row(element)
    elif depth >= _MOST_DEEP or not _has_blocks(element):
        mark = "#" * _HEADINGS[tag] + " " if tag in _HEADINGS else "- " if tag == "li" else ""
        pieces = [element.text or ""]
        for child in element:
            if child.tag == "br":
                pieces.append("\n")
            elif child.tag not in _LEFT_OUT:
                pieces.append(_written(child))
            pieces.append(child.tail or "")
        lines = list(_paragraphs(pieces))
        yield from (mark + line for line in lines)
    else:
        yield from _lines(element, depth + 1)


def _has_blocks(element: html.HtmlElement) -> bool:
    return any(child.tag in _BLOCKS for child in element.iterdescendants())


def _paragraphs(pieces: list[str]) -> Iterator[str]:
    """Text between line breaks, blanks in a row made one."""
    # a newline of the source is a blank; one that `br` put there is a piece of its own
    text = "".join(piece if piece == "\n" else _on_one_line(piece) for piece in pieces)
    for line in text.split("\n"):
        written = re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip()
        if written:
            yield written


def _on_one_line(piece: str) -> str:
    """Return a text with each newline and the blanks around it made one blank."""
    if "\n" not in piece:
        return piece
    first, *middle, last = piece.split("\n")
    return " ".join((first.rstrip(), *filter(None, map(str.strip, middle)), last.lstrip()))


def _row(row: html.HtmlElement) -> str:
    cells = [" ".join(_written(cell).split()) for cell in row if cell.tag in ("td", "th")]
    return "| " + " | ".join(cell.replace("|", "／") for cell in cells) + " |"


def _written(element: html.HtmlElement) -> str:
    return "".join(str(text) for text in element.itertext(with_tail=False))
