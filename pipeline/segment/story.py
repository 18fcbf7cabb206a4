"""Blocks and stories of a page while it is read."""

from dataclasses import dataclass, field

from pipeline.records import BlockKind
from pipeline.segment.lines import Line

BODY: frozenset[str] = frozenset(("paragraph", "list_item", "table"))
"""Kinds of blocks that tell a story."""


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """A block of a story: its kind and its lines."""

    kind: BlockKind
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The first line."""
        return self.lines[0].text


@dataclass(slots=True)
class Story:
    """The blocks of a story while the page is read."""

    blocks: list[StoryBlock] = field(default_factory=list)
    is_page: bool = False
    """It is the page's own: masthead, folio lines, captions."""
    page: int = 0
    """Which page of an edition it begins on, from 0."""
    folio: str | None = None
    """The number that is printed on the page it has come to: 2, A3."""
    more: list["Story"] = field(default_factory=list)
    """What went on elsewhere and has been put after its own blocks."""

    def has(self, *kinds: BlockKind) -> bool:
        """Say whether a block of one of the kinds is in the story."""
        return any(block.kind in kinds for block in self.blocks)

    @property
    def has_body(self) -> bool:
        """Say whether the story is told."""
        return any(block.kind in BODY for block in self.blocks)
