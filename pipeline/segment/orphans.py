"""Titles that stand far from their text: which untitled text a title without one may belong to."""

from collections.abc import Sequence

from pipeline.segment.shared_words import matches
from pipeline.segment.story import BODY, Story

_SHOWN_CHARS = 20
_MOST_COMPARED = 100
"""Titles without a text whose words are looked for; a page with more has no order to tell."""
_COMPARED_CHARS = 80


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
    """Give the longest run of characters of the title that the text has too."""
    longest = ""
    for start in range(len(title)):
        end = start + len(longest) + 1
        while end <= len(title) and title[start:end] in text:
            longest = title[start:end]
            end += 1
    return longest.strip()
