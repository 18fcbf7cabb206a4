"""Titles separated from their text: which untitled text may belong to a title without text."""

from collections.abc import Sequence

from pipeline.segment.shared_words import matches
from pipeline.segment.story import BODY, Story

_SHOWN_CHARS = 20
_MOST_COMPARED = 100
"""Most titles without text to compare; a page with more has no recognisable order."""
_COMPARED_CHARS = 80


def reading_order(stories: Sequence[Story], ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Return warnings about the layout of each story: title without text, text without title.

    If an untitled text shares words with a title without text, both warnings name the other
    story. A label such as 案例 is not a title.
    """
    warnings: list[tuple[str, ...]] = [()] * len(stories)
    if len(stories) < 2:
        return warnings
    alone = [i for i, story in enumerate(stories) if not story.is_page and story.has("title")]
    orphans = [i for i in alone if not stories[i].has_body]
    untitled = [i for i, story in enumerate(stories) if story.has_body and not story.has("title")]
    for orphan in orphans[_MOST_COMPARED:]:
        warnings[orphan] = ("reading_order: a title without text",)
    orphans = orphans[:_MOST_COMPARED]
    titles = [_title(stories[i])[:_COMPARED_CHARS] for i in orphans]
    texts = [_body(stories[i]) for i in untitled]
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
    return next(block.text for block in story.blocks if block.kind == "title")


def _label(story: Story) -> str:
    if not story.has("heading"):
        return ""
    label = next(block.text for block in story.blocks if block.kind == "heading")
    return f" (under '{label[:_SHOWN_CHARS]}')"


def _body(story: Story) -> str:
    return "\n".join(
        line.text for block in story.blocks if block.kind in BODY for line in block.lines
    )


def shared_words(title: str, text: str) -> str:
    """Return the longest run of characters of the title that also occurs in the text."""
    longest = ""
    for start in range(len(title)):
        end = start + len(longest) + 1
        while end <= len(title) and title[start:end] in text:
            longest = title[start:end]
            end += 1
    return longest.strip()
