"""An English edition as one clean HTML page without script, for reading and printing."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

from models.patterns import lazy
from pipeline.deliver.english.reading import (
    Doubt,
    EnglishArticle,
    EnglishBlock,
    EnglishEdition,
    EnglishText,
)

_CLASSES = {
    "subtitle": "subtitle",
    "date": "byline",
    "credit": "byline",
    "caption": "caption",
    "image": "caption",
    "footnote": "footnote",
    "formula": "formula",
}
_NUMBER = lazy(r"[\s\d.,:/%％‰+\-−–±()]*\d[\s\d.,:/%％‰+\-−–±()]*")


def edition_html(edition: EnglishEdition) -> Iterator[str]:
    """Yield an edition as one page, in parts; everything from documents is escaped."""
    first = edition.title or next((article.title for article in edition.articles), "")
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        f"<title>{escape(first)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
    )
    yield from _head(edition)
    for number, article in enumerate(edition.articles, start=1):
        yield from _article(article, number, 2 if edition.title else 1)
    if edition.missing:
        lines = "".join(f"<li>{escape(line)}</li>\n" for line in edition.missing)
        yield f'<section class="missing">\n<h2>Not in this edition</h2>\n<ul>\n{lines}</ul>\n'
        yield "</section>\n"
    yield "</main>\n</body>\n</html>\n"


def _head(edition: EnglishEdition) -> Iterator[str]:
    if edition.title:
        yield f"<header>\n<h1>{escape(edition.title)}</h1>\n{_notes(edition.notes)}</header>\n"
    if len(edition.contents) > 1:
        entries = enumerate(edition.contents, start=1)
        lines = "".join(f'<li><a href="#a{n}">{escape(title)}</a></li>\n' for n, title in entries)
        yield f'<nav aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ol>\n{lines}'
        yield "</ol>\n</nav>\n"


def _article(article: EnglishArticle, number: int, level: int) -> Iterator[str]:
    anchor = f"a{number}"
    yield f'<article id="{anchor}">\n'
    yield from (_block(block, anchor, level) for block in article.opening)
    if level == 1:
        yield _notes(article.notes)
    if article.summary:
        lines = "".join(f"<p>{escape(line)}</p>\n" for line in article.summary)
        yield '<section class="summary" aria-label="Summary">\n'
        yield f'<p class="label">Summary</p>\n{lines}</section>\n'
    yield from _body(article.body, anchor, level)
    if article.doubts:
        lines = "".join(_doubt(doubt, anchor) for doubt in article.doubts)
        yield f'<section class="doubts">\n<h{level + 1}>To check</h{level + 1}>\n<ol>\n{lines}'
        yield "</ol>\n</section>\n"
    yield "</article>\n"


def _body(blocks: Sequence[EnglishBlock], anchor: str, level: int) -> Iterator[str]:
    """Yield the blocks; items of a list that follow each other are one list."""
    in_list = False
    for block in blocks:
        if (block.kind == "list_item") != in_list:
            in_list = not in_list
            yield "<ul>\n" if in_list else "</ul>\n"
        yield _block(block, anchor, level)
    if in_list:
        yield "</ul>\n"


def _block(block: EnglishBlock, anchor: str, level: int) -> str:
    if block.kind == "table":
        return _table(block, anchor)
    words = " ".join(_text(text, anchor) for text in block.sentences)
    if block.kind == "list_item":
        return f"<li{' class=marked' if block.has_marker else ''}>{words}</li>\n"
    if block.kind in ("title", "heading"):
        tag = f"h{level if block.kind == 'title' else level + 1}"
        return f"<{tag}>{words}</{tag}>\n"
    name = _CLASSES.get(block.kind)
    return f'<p class="{name}">{words}</p>\n' if name else f"<p>{words}</p>\n"


def _table(block: EnglishBlock, anchor: str) -> str:
    rows, width = [], block.width
    for number, row in enumerate(block.rows):
        tag = "th" if number == 0 and len(block.rows) > 1 else "td"
        cells = [_cell(cell, tag, anchor) for cell in row]
        if len(row) == 1 and width > 1:
            cells = [cells[0].replace(">", f' colspan="{width}">', 1)]
        elif missing := width - len(row):
            # one cell for all of them, or a ragged table would grow with its square
            cells.append(
                f'<{tag} colspan="{missing}"></{tag}>' if missing > 1 else f"<{tag}></{tag}>"
            )
        rows.append(f"<tr>{''.join(cells)}</tr>\n")
    return f'<div class="scroll"><table>\n{"".join(rows)}</table></div>\n'


def _cell(cell: EnglishText, tag: str, anchor: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    number = ' class="number"' if _NUMBER.fullmatch(cell.text) else ""
    return f"<{tag}{scope}{number}>{_text(cell, anchor)}</{tag}>"


def _text(text: EnglishText, anchor: str) -> str:
    words = escape(text.text, quote=False)
    if text.is_chinese:
        words = f'<span class="left">[not translated: <span lang="zh">{words}</span>]</span>'
    if text.doubt is None:
        return words
    place = f"{anchor}-{text.doubt.number}"
    return (
        f'{words}<sup><a id="{place}" href="#{place}-note" '
        f'aria-label="note {text.doubt.number}">{text.doubt.number}</a></sup>'
    )


def _doubt(doubt: Doubt, anchor: str) -> str:
    place = f"{anchor}-{doubt.number}"
    return (
        f'<li id="{place}-note">{escape(doubt.advice, quote=False)} '
        f'<span lang="zh">{escape(doubt.chinese, quote=False)}</span> '
        f'<a href="#{place}" aria-label="back to the text">↩</a></li>\n'
    )


def _notes(notes: Sequence[str]) -> str:
    return f'<p class="machine">{escape(" ".join(notes), quote=False)}</p>\n' if notes else ""


@lru_cache(maxsize=1)
def _style() -> str:
    return Path(__file__).with_name("reading.css").read_text(encoding="utf-8")
