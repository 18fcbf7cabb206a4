"""An English edition as Markdown, with footnotes for what is in doubt."""

import re
from collections.abc import Iterator, Sequence

from models.patterns import lazy
from pipeline.deliver.english.reading import (
    EnglishArticle,
    EnglishBlock,
    EnglishEdition,
    EnglishText,
)

# Characters that Markdown or HTML would interpret: anywhere, and only at the start of a line.
_SPECIAL = lazy(r"[\\`*_\[\]<>|~&$#]|^[+=-]")
_LIST_NUMBER = lazy(r"^(\d{1,9})([.)])(?=\s|$)")
_SMALL = frozenset(("subtitle", "date", "credit", "caption", "footnote", "image"))


def edition_markdown(edition: EnglishEdition) -> Iterator[str]:
    """Yield an edition as Markdown; whatever would be markup is escaped."""
    for number, part in enumerate(_parts(edition)):
        yield f"\n\n{part}" if number else part
    yield "\n"


def _parts(edition: EnglishEdition) -> Iterator[str]:
    if edition.title:
        yield f"# {_plain(edition.title)}"
        yield from _remarks(edition.notes)
    if len(edition.contents) > 1:
        yield "**Contents**"
        entries = enumerate(edition.contents, start=1)
        yield "\n".join(f"{n}. [{_plain(title)}](#a{n})" for n, title in entries)
    for number, article in enumerate(edition.articles, start=1):
        yield from _article(article, number, "##" if edition.title else "#", edition)
    if edition.missing:
        yield "## Not in this edition"
        yield "\n".join(f"- {_plain(line)}" for line in edition.missing)


def _article(
    article: EnglishArticle, number: int, level: str, edition: EnglishEdition
) -> Iterator[str]:
    scope = f"a{number}-" if edition.title else ""
    if edition.title:
        yield f'<a id="a{number}"></a>'
    for block in article.opening:
        yield _block(block, level, scope)
    if not edition.title:
        yield from _remarks(article.notes)
    if article.summary:
        yield "**Summary**"
        yield "\n".join(f"> {_plain(line)}" for line in article.summary)
    yield from _body(article.body, level, scope)
    for doubt in article.doubts:
        yield f"[^{scope}{doubt.number}]: {_plain(doubt.advice)} Chinese: {_plain(doubt.chinese)}"


def _body(blocks: Sequence[EnglishBlock], level: str, scope: str) -> Iterator[str]:
    """Yield the blocks; items of a list that follow each other are one list."""
    items: list[str] = []
    for block in blocks:
        if block.kind == "list_item" and not block.has_marker:
            items.append(f"- {_sentences(block, scope)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _block(block, level, scope)
    if items:
        yield "\n".join(items)


def _block(block: EnglishBlock, level: str, scope: str) -> str:
    if block.kind == "table":
        return _table(block, scope)
    text = _sentences(block, scope)
    if block.kind in ("title", "heading"):
        return f"{level if block.kind == 'title' else level + '#'} {text}"
    return f"*{text}*" if block.kind in _SMALL and text == text.strip() else text


def _table(block: EnglishBlock, scope: str) -> str:
    # Markdown reads a row with fewer cells as if the others were empty
    lines = [f"| {' | '.join(_text(cell, scope) for cell in row)} |" for row in block.rows]
    return "\n".join([lines[0], "|" + "---|" * block.width, *lines[1:]])


def _sentences(block: EnglishBlock, scope: str) -> str:
    # only the first sentence is at the start of a line
    first, *others = (_text(text, scope) for text in block.sentences)
    return " ".join([first, *others])


def _text(text: EnglishText, scope: str) -> str:
    words = _plain(text.text)
    words = f"\\[not translated: {words}\\]" if text.is_chinese else words
    return f"{words}[^{scope}{text.doubt.number}]" if text.doubt else words


def _remarks(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield f"*{_plain(' '.join(notes))}*"


def _plain(text: str) -> str:
    text = _SPECIAL.sub(_escaped, text)
    return _LIST_NUMBER.sub(r"\1\\\2", text) if text[:1].isdecimal() else text


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"
