"""Titles that stand far from their text: which untitled text a title without one may belong to."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from pipeline.text.page import BODY, Story
from pipeline.text.scripts import is_han

_LEAST_SHARED = 2
_SHOWN_CHARS = 20
_REMEMBERED_CHARS = 2000


def reading_order(stories: Sequence[Story], ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Say of each story what is wrong with its layout: a title without text, text without a title.

    Where an untitled text (a label such as 案例 is no title) shares words with a title
    that has no text, both warnings name the other story.
    """
    warnings: list[tuple[str, ...]] = [()] * len(stories)
    if len(stories) < 2:
        return warnings
    alone = [i for i, story in enumerate(stories) if not story.is_page and story.has("title")]
    orphans = [i for i in alone if not stories[i].has_body]
    untitled = [i for i, story in enumerate(stories) if story.has_body and not story.has("title")]
    titles, texts = [_title(stories[i]) for i in orphans], [_body(stories[i]) for i in untitled]
    for orphan, title, match in zip(orphans, titles, matches(titles, texts), strict=True):
        warning = "reading_order: a title without text"
        if match is not None:
            owner = untitled[match]
            words = shared_words(title, texts[match])
            warning += f"; it may belong to {ids[owner]}, which also says '{words}'"
            warnings[owner] += (
                f"reading_order: text without a title; it may be '{title}' of {ids[orphan]}",
            )
        warnings[orphan] = (warning,)
    for index in untitled:
        if not warnings[index]:
            warnings[index] = (f"reading_order: text without a title{_label(stories[index])}",)
    return warnings


def _title(story: Story) -> str:
    return next(piece.text for piece in story.pieces if piece.kind == "title")


def _label(story: Story) -> str:
    if not story.has("heading"):
        return ""
    label = next(piece.text for piece in story.pieces if piece.kind == "heading")
    return f" (under '{label[:_SHOWN_CHARS]}')"


def _body(story: Story) -> str:
    return "\n".join(
        line.text for piece in story.pieces if piece.kind in BODY for line in piece.lines
    )


def matches(titles: Sequence[str], texts: Sequence[str]) -> list[int | None]:
    """Give for each title the place of the text that shares most of its pairs of characters.

    None where no text has at least two of them. A pair is two Han characters, or two
    Latin characters, next to each other.
    """
    wanted = {pair for title in titles for pair in _pairs(title)}
    where: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        for pair in wanted & _pairs(text):
            where.setdefault(pair, []).append(index)
    found: list[int | None] = []
    for title in titles:
        shared = Counter(index for pair in sorted(_pairs(title)) for index in where.get(pair, ()))
        best = max(shared, key=lambda index: (shared[index], -index), default=None)
        found.append(best if best is not None and shared[best] >= _LEAST_SHARED else None)
    return found


def shared_words(title: str, text: str) -> str:
    """Give the longest run of characters of the title that the text has too."""
    longest = ""
    for start in range(len(title)):
        end = start + len(longest) + 1
        while end <= len(title) and title[start:end] in text:
            longest = title[start:end]
            end += 1
    return longest.strip()


def _pairs(text: str) -> frozenset[str]:
    return _remembered_pairs(text) if len(text) <= _REMEMBERED_CHARS else _found_pairs(text)


@lru_cache(maxsize=256)
def _remembered_pairs(text: str) -> frozenset[str]:
    # the same beginnings are asked for every continuation of a page
    return _found_pairs(text)


def _found_pairs(text: str) -> frozenset[str]:
    return frozenset(
        left + right
        for left, right in pairwise(text)
        if (is_han(left) and is_han(right))
        or (left.isascii() and left.isalpha() and right.isalpha())
    )
