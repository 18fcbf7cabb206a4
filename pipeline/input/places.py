"""Where a sentence stands: the file or row it is from, and its characters there."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePath

from pipeline.records import Article, Sentence, Span


def places(article: Article, sentence: Sentence) -> Iterator[tuple[str, Span]]:
    """Yield the source of each piece of a sentence, and its place in that source.

    Of an edition the spans count the characters of all its pages; here each counts those of
    its own page. A title given beside the text has no place.
    """
    for span in sentence.spans:
        page = next((p for p in article.pages if p.start <= span.start < p.end), None)
        if page is None:
            yield article.source, span
        else:
            yield page.source, Span(span.start - page.start, span.end - page.start)


def places_text(article: Article, sentence: Sentence) -> str:
    """Give the places as `news/A01.md:52-68,70-75 + news/A02.md:0-14`."""
    groups = groupby(places(article, sentence), key=lambda place: place[0])
    return " + ".join(
        f"{source}:" + ",".join(f"{span.start}-{span.end}" for _, span in pieces)
        for source, pieces in groups
    )


def source_name(source: str) -> str:
    """Give the last part of a source: `A01.md` of incoming/2023-03-05/A01.md."""
    return PurePath(source).name


def pages_text(article: Article) -> str:
    """Give the pages an article stands on, in the order it is read: `A01.md → A02.md`."""
    return " → ".join(source_name(page.source) for page in article.pages)
