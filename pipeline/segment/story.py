"""Stories of a page and their blocks, while the page is being read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.surnames import is_name
from pipeline.records import BlockKind
from pipeline.segment.line_kinds import (
    REPORTER,
    is_desk_credit,
    is_photo_credit,
    is_source,
)
from pipeline.segment.lines import Line

_ROLE = rf"(?:{REPORTER}|作者|撰文|采写|文(?=\s*[/／:：]))"
_WRITER = lazy(rf"(?<![{HAN}]){_ROLE}[\s:：/／]*")
_GAP = lazy(r"[\s、,，/／]+")
_WORD = lazy(r"[^\s、,，/／:：（）()《|｜]+")
_DATELINE_WITHIN, _END_WITHIN = 120, 40
_DATELINE = lazy(
    rf"(?:本[报刊网台站社]|新华社|中新社|人民网|[{HAN}]{{1,8}}(?:报|社|网|台))[^，。；！？（(]{{0,24}}?"
    rf"(?:讯|电|消息)(?:\s*[（(](?P<in>[^）)]{{2,60}})[）)]|\s+(?={_ROLE}))"
)
_PEN_NAME = lazy(rf"(?!佚名|不详|未知|无名|匿名|综合|整理|报道)[{HAN}]{{2,4}}")
_AT_END = lazy(r"[（(](?P<in>[^（）()]{2,38})[）)]\s*$")
BODY: frozenset[str] = frozenset(("paragraph", "list_item", "table"))
"""Kinds of blocks that are body text."""
TRAILING = frozenset(("caption", "credit", "image", "furniture", "page_number", "section", "date"))
"""Kinds of blocks that may stand below the last story of a page."""


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
    return block.kind == "credit" and not any(is_other(block.text) for is_other in others)


def byline_of(blocks: Sequence[StoryBlock]) -> tuple[Line, int, int] | None:
    """Return the line that names who wrote a story, and where in it; None without one.

    That is the first byline, or else a line with the day of publication, the dateline of the
    first paragraph, or the brackets at the end of the last one that has them.
    """
    if credit := next(filter(is_byline, blocks), None):
        return credit.lines[0], 0, len(credit.text)
    for block in blocks:
        is_fact = block.kind == "date" or (block.kind == "credit" and is_source(block.text))
        if is_fact and (place := _writers(block.text)):
            return block.lines[0], *place
    told = [block for block in blocks if block.kind == "paragraph"]
    if not told:
        return None
    if place := _in_dateline(told[0].text):
        return told[0].lines[0], *place
    for line in (block.lines[-1] for block in reversed(told)):
        start = max(0, len(line.text) - _END_WITHIN)
        if place := _in_brackets(line.text, _AT_END.search(line.text, start)):
            return line, *place
    return None


def _in_dateline(text: str) -> tuple[int, int] | None:
    """Return where a dateline names reporters: 本报讯（记者 张三）, 本报讯 记者张三报道."""
    match = _DATELINE.match(text[:_DATELINE_WITHIN])
    if match is None:
        return None
    return _in_brackets(text, match) if match["in"] else _writers(text, match.end())


def _in_brackets(text: str, match: re.Match[str] | None) -> tuple[int, int] | None:
    if match is None or not re.search(REPORTER, match["in"]):
        return None
    who = match["in"]
    start = match.start("in") + len(who) - len(who.lstrip())
    return start, start + len(who.strip())


def _writers(text: str, start: int = 0) -> tuple[int, int] | None:
    """Return where a line names writers, from the role of the first to the last name."""
    role = _WRITER.search(text, start)
    if role is None or (start and role.start() > start):
        return None
    first, position, end = role.start(), role.end(), 0
    while word := _WORD.match(text, position):
        # right behind a role and its mark, a pen name is one too
        is_pen_name = role and not role[0][-1].isalnum() and _PEN_NAME.fullmatch(word[0])
        is_label = text[word.end() : word.end() + 1] in (":", "：")
        if not is_label and (is_name(word[0]) or is_pen_name):
            end, role = word.end(), None
            gap = _GAP.match(text, end)
            if gap is None:
                break
            position = gap.end()
        elif role := _WRITER.match(text, position):
            position = role.end()
        else:
            break
    return (first, end) if end else None


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
