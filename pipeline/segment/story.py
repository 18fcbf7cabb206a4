"""Stories of a page and their blocks, while the page is being read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.records import BlockKind
from pipeline.segment.line_kinds import is_credit, is_desk_credit, is_photo_credit, is_source
from pipeline.segment.lines import Line

BODY: frozenset[str] = frozenset(("paragraph", "list_item", "table"))
"""Kinds of blocks that are body text."""
TRAILING = frozenset(("caption", "credit", "image", "furniture", "page_number", "section", "date"))
"""Kinds of blocks that may belong to the page and not to its last story."""


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """A block of a story: its kind and its lines."""

    kind: BlockKind
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Text of the first line."""
        return self.lines[0].text


@dataclass(slots=True)
class Story:
    """One story of a page, or the parts that belong to the page itself."""

    blocks: list[StoryBlock] = field(default_factory=list)
    is_page: bool = False
    """True for the page's own parts: masthead, folio lines, captions."""
    page: int = 0
    """Index of the page of the edition on which it begins, from 0."""
    folio: str | None = None
    """Printed number of the page on which it currently ends, such as 2 or A3."""
    more: list["Story"] = field(default_factory=list)
    """Continuations from other pages, appended to its blocks."""

    def has(self, *kinds: BlockKind) -> bool:
        """True if the story has a block of one of these kinds."""
        return any(block.kind in kinds for block in self.blocks)

    @property
    def has_body(self) -> bool:
        """True if the story has body text."""
        return any(block.kind in BODY for block in self.blocks)


def is_byline(block: StoryBlock) -> bool:
    """True if a block is a credit that names the author."""
    others = (is_photo_credit, is_desk_credit, is_source)
    return (
        block.kind == "credit"
        and is_credit(block.text)
        and not any(is_other(block.text) for is_other in others)
    )


def byline(blocks: Sequence[StoryBlock]) -> StoryBlock | None:
    """Return the first credit that names the author; None without one."""
    return next((block for block in blocks if is_byline(block)), None)


def gather_page(stories: list[Story]) -> None:
    """Collect the page's own parts: its masthead, and the pictures after the last story."""
    heads = [story for story in stories if story.is_page and story.blocks]
    told = [story for story in stories if not story.is_page]
    if heads and any(story.has("title") for story in heads):
        own = heads[0]
        for story in heads[1:]:
            own.blocks.extend(story.blocks)
            story.blocks = []
        bodies = [story for story in told if story.has_body]
        if bodies:
            own.blocks.extend(_taken_from_end(bodies[-1]))
    elif heads and len(told) == 1:
        # the only story of the page gets the date and folio lines
        told[0].blocks[:0] = heads[0].blocks
        heads[0].blocks = []


def _taken_from_end(story: Story) -> list[StoryBlock]:
    end = len(story.blocks)
    while end and story.blocks[end - 1].kind in TRAILING and not is_byline(story.blocks[end - 1]):
        end -= 1
    taken = story.blocks[end:]
    del story.blocks[end:]
    return taken
