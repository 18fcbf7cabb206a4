"""A page that is cut into stories: what follows each of its paragraphs, and the open story."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import BlockKind
from pipeline.segment.line_kinds import is_desk_credit, line_kind
from pipeline.segment.paragraphs import Paragraph, is_signature
from pipeline.segment.parts.forms import is_form_line
from pipeline.segment.story import BODY


@dataclass(slots=True)
class OpenStory:
    """What is known about the open story, so that no block is read twice."""

    level: int = 0
    has_title: bool = False
    has_heading: bool = False
    has_body: bool = False
    has_page_number: bool = False
    has_desk_credit: bool = False
    is_signed: bool = False
    """True if a byline or a dateline opens it."""
    title: str = ""
    is_first: bool = False
    last: BlockKind | None = None

    def read(self, kind: BlockKind, paragraph: Paragraph) -> None:
        """Record the next block of the story."""
        self.is_signed = self.is_signed or (not self.has_body and is_signature(paragraph))
        self.title += paragraph.text if kind == "title" else ""
        self.has_title = self.has_title or kind == "title"
        self.has_heading = self.has_heading or kind == "heading"
        self.has_body = self.has_body or kind in BODY
        self.has_page_number = self.has_page_number or kind == "page_number"
        self.has_desk_credit = self.has_desk_credit or (
            kind == "credit" and is_desk_credit(paragraph.text)
        )
        self.last = kind

    @property
    def is_head(self) -> bool:
        """True if the story has a title and no text yet."""
        return self.has_title and not self.has_body and not self.has_heading


class PageIndex:
    """The paragraphs of a page, with an index of what follows each of them."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        marked = [number for number, own in enumerate(paragraphs) if own.role == "heading"]
        named = [number for number in marked if _names_page(paragraphs[number : number + 2])]
        titles = [number for number in marked if number not in named] or marked
        levels = [paragraphs[number].level for number in titles]
        self.has_headings = bool(levels)
        self.is_one_rank = len(set(levels)) == 1
        self.top = _title_level(paragraphs, min(levels, default=0))
        self.last_body = max(
            (i for i, paragraph in enumerate(paragraphs) if paragraph.role in BODY), default=-1
        )
        tops = [number for number in marked if paragraphs[number].level == self.top]
        self.last_top = max(tops, default=-1)
        self._short_start = list(range(len(paragraphs)))
        self._short_end = list(range(len(paragraphs) + 1))
        for index in range(1, len(paragraphs)):
            if paragraphs[index].role == paragraphs[index - 1].role == "short":
                self._short_start[index] = self._short_start[index - 1]
        self._has_text = [False] * len(paragraphs)
        text_from = [False] * 8
        for index in range(len(paragraphs) - 1, -1, -1):
            paragraph = paragraphs[index]
            if paragraph.role == "short":
                self._short_end[index] = self._short_end[index + 1]
            if paragraph.role == "heading":
                self._has_text[index] = text_from[paragraph.level]
                # text under a heading also counts for higher headings, and ends lower ones
                for level in range(1, 8):
                    text_from[level] = text_from[paragraph.level] and level < paragraph.level
            elif paragraph.role in BODY:
                text_from = [True] * 8

    def at(self, index: int) -> Paragraph | None:
        """Return the paragraph at an index; None beyond the end."""
        return self.paragraphs[index] if index < len(self.paragraphs) else None

    def shorts(self, index: int) -> tuple[int, int]:
        """Return start and end (exclusive) of the run of short lines around an index."""
        return self._short_start[index], self._short_end[index]

    def is_form(self, index: int) -> bool:
        """True if a short line is one of a form."""
        start, end = self.shorts(index)
        return is_form_line(self.paragraphs[start:end], index - start)

    def has_text(self, index: int) -> bool:
        """True if a heading has text before the next heading of its rank."""
        return self._has_text[index]

    def opens_story(self, index: int) -> bool:
        """True if a byline or dateline at the index shows that a story starts there."""
        paragraph = self.at(index)
        if paragraph is None or not is_signature(paragraph):
            return False
        return paragraph.role != "credit" or index < self.last_body

    def is_masthead(self, index: int, state: OpenStory) -> bool:
        """True if the open story is the masthead: title and page number, no text."""
        if not (state.is_head and state.has_page_number):
            return False
        return index < self.last_top or state.has_desk_credit or self.opens_story(index + 1)


def _names_page(heading: Sequence[Paragraph]) -> bool:
    """True if a heading is a folio line or names a section: no title, and not above text."""
    own, *following = heading
    kind = line_kind(own.text)
    return kind == "page_number" or (
        kind in ("date", "furniture", "section") and not any(p.role in BODY for p in following)
    )


def _title_level(paragraphs: Sequence[Paragraph], highest: int) -> int:
    """Return the heading level of titles: the highest, or 0 if unmarked text precedes all."""
    if highest > 1:
        for paragraph in paragraphs:
            if paragraph.role == "heading":
                break
            if paragraph.role in BODY or paragraph.role == "short":
                return 0
    return highest
