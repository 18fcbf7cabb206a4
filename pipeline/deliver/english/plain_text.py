"""An English edition as plain text: a line for every paragraph, a blank line between them."""

from collections.abc import Iterator

from pipeline.deliver.english.reading import (
    EnglishArticle,
    EnglishBlock,
    EnglishEdition,
    EnglishText,
)


def edition_text(edition: EnglishEdition) -> Iterator[str]:
    """Yield an edition as plain text; [?1] is a note of doubt, [1] one of the text."""
    for number, part in enumerate(_parts(edition)):
        yield f"\n\n{part}" if number else part
    yield "\n"


def _parts(edition: EnglishEdition) -> Iterator[str]:
    if edition.title:
        yield edition.title
        yield " ".join(edition.notes)
    if len(edition.contents) > 1:
        yield "\n".join(
            ["Contents", *(f"{n}. {title}" for n, title in enumerate(edition.contents, start=1))]
        )
    for article in edition.articles:
        if edition.title:
            yield "* * *"
        yield from _article(article, is_alone=not edition.title)
    if edition.missing:
        yield "* * *"
        yield "\n".join(["Not in this edition", *(f"- {line}" for line in edition.missing)])


def _article(article: EnglishArticle, *, is_alone: bool) -> Iterator[str]:
    yield from map(_block, article.opening)
    if is_alone:
        yield " ".join(article.notes)
    if article.summary:
        yield "\n".join(["Summary", *article.summary])
    yield from map(_block, article.body)
    if article.doubts:
        notes = (f"[?{d.number}] {d.advice} Chinese: {d.chinese}" for d in article.doubts)
        yield "\n".join(["To check", *notes])


def _block(block: EnglishBlock) -> str:
    if block.kind == "table":
        return "\n".join("\t".join(map(_text, row)) for row in block.rows)
    words = " ".join(map(_text, block.sentences))
    return f"- {words}" if block.kind == "list_item" and not block.has_marker else words


def _text(text: EnglishText) -> str:
    words = f"[not translated: {text.text}]" if text.is_chinese else text.text
    return f"{words} [?{text.doubt.number}]" if text.doubt else words
