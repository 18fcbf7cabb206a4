"""Stories continued on another page (下转第2版 … 上接第1版), joined again."""

import re
from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.chinese import is_finished
from pipeline.language.numbers.chinese_amounts import amount
from pipeline.segment.line_kinds import is_jump_back
from pipeline.segment.shared_words import matches
from pipeline.segment.story import BODY, Story, StoryBlock

_TO = lazy(r"下转|转第|转\s*[A-Z\d]")
_FOLIO = lazy(
    r"(?P<part>[A-Z特])?\s*0*(?P<number>[0-9]{1,3})(?![0-9])|(?P<written>[一二三四五六七八九十]{1,3})\s*版"
)
_FILE_OF_PAGE = lazy(r"(?:^|[-_ ])[A-Z][0-9]{1,2}$|第?[0-9]{1,3}版|第[一二三四五六七八九十]{1,3}版")
_SHOWN_CHARS = 24
_COMPARED_CHARS = 2000
_MOST_OPEN = 40


def joined_stories(stories: Sequence[Story]) -> list[Story]:
    """Return the stories with every continuation appended to its beginning, if both are present.

    The beginning is a story that ends with 下转. If pages have printed numbers, it is the only
    story for which each end names the other's page; a story that names a different page is never
    chosen. Otherwise it is the story that shares most words with the continuation, and for a
    continuation without a title the only candidate. A paragraph that the jump broke is joined.
    The title above a continuation becomes a heading; a title given beside the text is dropped if
    it repeats the first title.
    """
    open_stories = [story for story in stories if _goes_on(story)]
    joined: list[Story] = []
    for story in stories:
        beginning = _beginning(story, open_stories)
        if beginning is None:
            joined.append(story)
            continue
        _append(beginning, story)
        # a story that was appended is no longer open; the one before it may still be
        open_stories = [
            other
            for other in open_stories
            if other is not story and (other is not beginning or _goes_on(beginning))
        ]
    return joined


def jump_warnings(stories: Sequence[Story]) -> list[tuple[str, ...]]:
    """Return warnings for each story whose beginning or end is missing."""
    found: list[tuple[str, ...]] = []
    for story in stories:
        warnings = []
        jumps = [block.text for block in story.blocks if block.kind == "jump"]
        if jumps and is_jump_back(jumps[0]):
            warnings.append(
                f"jump: the beginning is elsewhere ('{jumps[0].strip()[:_SHOWN_CHARS]}')"
            )
        if _goes_on(story):
            warnings.append(f"jump: the end is elsewhere ('{jumps[-1].strip()[:_SHOWN_CHARS]}')")
        found.append(tuple(warnings))
    return found


def _goes_on(story: Story) -> bool:
    """True if the story ends with a 下转 that has no continuation yet."""
    last = next((block for block in reversed(story.blocks) if block.kind == "jump"), None)
    return last is not None and bool(_TO.search(last.text)) and story.has_body


def _beginning(story: Story, candidates: Sequence[Story]) -> Story | None:
    jump = next((block for block in story.blocks if block.kind == "jump"), None)
    if jump is None or not is_jump_back(jump.text):
        return None
    # only the nearest ones, so that a page full of jumps stays fast
    candidates = [
        other
        for other in candidates[-_MOST_OPEN:]
        if other is not story and _pages_agree(other, story, jump) is not False
    ]
    surely = [other for other in candidates if _pages_agree(other, story, jump)]
    if len(surely) == 1:
        return surely[0]
    candidates = surely or candidates
    if not candidates:
        return None
    if len(candidates) == 1 and not story.has("title"):
        return candidates[0]
    [best] = matches([_told(story)], [_told(candidate) for candidate in candidates])
    return None if best is None else candidates[best]


def _pages_agree(beginning: Story, story: Story, back: StoryBlock) -> bool | None:
    """True if both ends name each other's page; None if a page number is unknown."""
    onward = next(block for block in reversed(beginning.blocks) if block.kind == "jump")
    told = (
        _is_same_page(folio(onward.text), story.folio),
        _is_same_page(folio(back.text), beginning.folio),
    )
    return False if False in told else None if None in told else True


def _is_same_page(left: str | None, right: str | None) -> bool | None:
    """True if two page numbers agree; 3 may be A3, because a section omits its letter."""
    if left is None or right is None:
        return None
    if left.isdecimal() == right.isdecimal():
        return left == right
    return re.sub(r"[^0-9]", "", left) == re.sub(r"[^0-9]", "", right)


def folio(text: str) -> str | None:
    """Return the page that a folio line or jump names, such as 2 or A3; None without one.

    >>> folio("第02版：要闻"), folio("（上接A03版）"), folio("下转第十二版")
    ('2', 'A3', '12')
    """
    found = _FOLIO.search(text)
    if found is None:
        return None
    if found["written"]:
        return str(amount(found["written"]))
    return f"{found['part'] or ''}{found['number']}"


def folio_of_file(stem: str) -> str | None:
    """Return the page in a file name such as A03 or 第2版; None for other names."""
    found = _FILE_OF_PAGE.search(stem)
    return folio(found.group()) if found else None


def _told(story: Story) -> str:
    """Return the titles of a story and the beginning of its text, for comparison."""
    told = ""
    for block in story.blocks:
        if len(told) >= _COMPARED_CHARS:
            break
        if block.kind in ("title", "subtitle", "heading", *BODY):
            told += "\n".join(line.text for line in block.lines) + "\n"
    return told[:_COMPARED_CHARS]


def _append(beginning: Story, story: Story) -> None:
    titles = {block.text for block in beginning.blocks if block.kind == "title"}
    blocks = [
        StoryBlock("heading", block.lines) if block.kind in ("title", "subtitle") else block
        for block in story.blocks
        if block.lines[0].spans or block.text not in titles
    ]
    places = range(len(beginning.blocks) - 1, -1, -1)
    last = next(i for i in places if beginning.blocks[i].kind in BODY)
    first = next((i for i, block in enumerate(blocks) if block.kind in BODY), None)
    if first is not None and _is_broken(beginning.blocks[last], blocks[first]):
        whole = (*beginning.blocks[last].lines, *blocks.pop(first).lines)
        beginning.blocks[last] = StoryBlock("paragraph", whole)
    beginning.blocks.extend(blocks)
    beginning.more += [story, *story.more]
    beginning.folio = story.folio


def _is_broken(left: StoryBlock, right: StoryBlock) -> bool:
    is_prose = left.kind == right.kind == "paragraph"
    return is_prose and not is_finished(left.lines[-1].text)
