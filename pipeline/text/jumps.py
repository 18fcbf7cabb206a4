"""Stories that go on elsewhere: 下转第2版 on one page, 上接第1版 on another, put together again."""

import re
from collections.abc import Sequence

from pipeline.text.orphans import matches
from pipeline.text.page import BODY, Piece, Story
from pipeline.text.scripts import is_finished
from pipeline.text.wording import is_jump_back

_TO = re.compile(r"下转|转第|转\s*[A-Z\d]")
_SHOWN_CHARS = 24
_COMPARED_CHARS = 2000
_MOST_OPEN = 40


def joined_stories(stories: Sequence[Story]) -> list[Story]:
    """Give the stories with every continuation put after its beginning, where both are there.

    The beginning is the story left open by a 下转 that shares most words with the
    continuation; one without a title belongs to the only one there is. A paragraph that
    the jump breaks is one again; the title over a continuation becomes a heading.
    """
    open_stories = [story for story in stories if _goes_on(story)]
    joined: list[Story] = []
    for story in stories:
        beginning = _beginning(story, open_stories)
        if beginning is None:
            joined.append(story)
        else:
            open_stories.remove(beginning)
            _append(beginning, story)
            if _goes_on(beginning):
                open_stories.append(beginning)
    return joined


def jump_warnings(stories: Sequence[Story]) -> list[tuple[str, ...]]:
    """Say of each story which of its ends is not on the page."""
    found: list[tuple[str, ...]] = []
    for story in stories:
        warnings = []
        jumps = [piece.text for piece in story.pieces if piece.kind == "jump"]
        if jumps and is_jump_back(jumps[0]):
            warnings.append(
                f"jump: the beginning is elsewhere ('{jumps[0].strip()[:_SHOWN_CHARS]}')"
            )
        if _goes_on(story):
            warnings.append(f"jump: the end is elsewhere ('{jumps[-1].strip()[:_SHOWN_CHARS]}')")
        found.append(tuple(warnings))
    return found


def _goes_on(story: Story) -> bool:
    """Say whether the story is told up to a 下转 that nothing continues."""
    jumps = [piece.text for piece in story.pieces if piece.kind == "jump"]
    return story.has_body and bool(jumps) and bool(_TO.search(jumps[-1]))


def _beginning(story: Story, candidates: Sequence[Story]) -> Story | None:
    jump = next((piece for piece in story.pieces if piece.kind == "jump"), None)
    if jump is None or not is_jump_back(jump.text):
        return None
    # the nearest ones, so that a page of nothing but jumps takes no time
    candidates = [other for other in candidates[-_MOST_OPEN:] if other is not story]
    if not candidates:
        return None
    if len(candidates) == 1 and not story.has("title"):
        return candidates[0]
    [best] = matches([_told(story)], [_told(candidate) for candidate in candidates])
    return None if best is None else candidates[best]


def _told(story: Story) -> str:
    """What a story is known by: its titles and the beginning of its text."""
    lines = [
        line.text
        for piece in story.pieces
        if piece.kind in ("title", "subtitle", "heading", *BODY)
        for line in piece.lines
    ]
    return "\n".join(lines)[:_COMPARED_CHARS]


def _append(beginning: Story, story: Story) -> None:
    pieces = [
        Piece("heading", piece.lines) if piece.kind in ("title", "subtitle") else piece
        for piece in story.pieces
    ]
    last = max(i for i, piece in enumerate(beginning.pieces) if piece.kind in BODY)
    first = next((i for i, piece in enumerate(pieces) if piece.kind in BODY), None)
    if first is not None and _is_broken(beginning.pieces[last], pieces[first]):
        whole = (*beginning.pieces[last].lines, *pieces.pop(first).lines)
        beginning.pieces[last] = Piece("paragraph", whole)
    beginning.pieces.extend(pieces)


def _is_broken(left: Piece, right: Piece) -> bool:
    is_prose = left.kind == right.kind == "paragraph"
    return is_prose and not is_finished(left.lines[-1].text)
