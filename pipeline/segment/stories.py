"""Stories of a page: which blocks belong together, and the kind of each among its neighbours.

A title starts a story. The page's own parts form a separate story: the masthead (title, page
number, date, desk credits), and captions and photo credits after the last story. The position of
an unmarked short line decides its kind:

    after a title, before its text              subtitle
    before a byline or dateline                 title of a new story
    before text                                 heading; in a story headed by a mere label,
                                                the label of the next
    beside a picture or before a photo credit   caption
"""

from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.chinese import is_han
from pipeline.records import BlockKind
from pipeline.segment.line_kinds import are_authors, is_jump_back, line_kind
from pipeline.segment.numbering import is_numbered
from pipeline.segment.paragraphs import LABEL, Paragraph
from pipeline.segment.parts.forms import is_file_number, is_letterhead
from pipeline.segment.parts.notes import names_notes
from pipeline.segment.parts.pages import OpenStory, PageIndex
from pipeline.segment.pictures import is_above_figure, is_below_picture, is_short_caption
from pipeline.segment.shared_words import matches
from pipeline.segment.story import BODY, TRAILING, Story, StoryBlock, gather_page

_LABEL_HAN = _LONGEST_NAME = 4
_KICKER_CHARS = 12
_KICKER_LONGER = 4
_CHAPTER = lazy(r"第\s?[一二三四五六七八九十百零〇\d]{1,5}\s?[章节回卷编部篇]")
_MOST_HEADINGS = 3
_SECTION_PARAGRAPHS = 4
_SECTION_CHARS = 600


def page_stories(paragraphs: Sequence[Paragraph]) -> list[Story]:
    """Return the stories of a page in reading order; the page's own story comes first."""
    page = PageIndex(paragraphs)
    stories = [Story(is_page=True)]
    state = OpenStory(is_first=True)
    for index, paragraph in enumerate(paragraphs):
        kind, starts = _placed(page, index, state)
        if starts:
            stories[-1].is_page = stories[-1].is_page or page.is_masthead(index, state)
            stories.append(Story())
            state = OpenStory(level=paragraph.level)
        stories[-1].blocks.append(StoryBlock(kind, paragraph.lines))
        state.read(kind, paragraph)
    gather_page(stories)
    return [story for story in stories if story.blocks]


def article_blocks(paragraphs: Sequence[Paragraph], *, has_title: bool) -> list[StoryBlock]:
    """Return the blocks of a text that is exactly one article, title included."""
    page = PageIndex(paragraphs)
    blocks: list[StoryBlock] = []
    for index, paragraph in enumerate(paragraphs):
        if paragraph.role == "heading" or paragraph.role == "short":  # noqa: PLR1714 (narrows the type)
            is_first = index < 8 and not any(block.kind in ("title", *BODY) for block in blocks)
            kind = _kind_in_article(page, index, is_first and not has_title)
            kind = _kind_below_title(page, index, blocks) or kind
        elif (
            blocks
            and blocks[-1].kind == "image"
            and is_below_picture(
                paragraphs[index : index + 3], has_body=any(b.kind in BODY for b in blocks)
            )
        ):
            kind = "caption"
        else:
            kind = paragraph.role
        blocks.append(StoryBlock(kind, paragraph.lines))
    return blocks


def _kind_below_title(
    page: PageIndex, index: int, blocks: Sequence[StoryBlock]
) -> BlockKind | None:
    """Return the kind of a line between a title and its text: who wrote it, a part of the title.

    A line is text if no more than a line break parts it from the text. None if it is none of these.
    """
    paragraph, following = page.paragraphs[index], page.at(index + 1)
    kinds = {block.kind for block in blocks}
    if "title" not in kinds or kinds & {"heading", *BODY}:
        return None
    is_above = index < page.last_body and not is_numbered(paragraph.text)
    may_be_author = paragraph.role == "short" or blocks[-1].kind == "subtitle"
    if is_above and may_be_author and _is_author(paragraph, following):
        return "credit"
    if blocks[-1].kind not in ("title", "subtitle"):
        below = page.at(page.shorts(index)[1])
        is_in_head = is_above and below is not None and below.role in ("credit", "date")
        return "subtitle" if is_in_head and paragraph.role == "short" else None
    if paragraph.text.startswith("——"):
        return "subtitle"
    if paragraph.role == "heading":
        is_signed = following is not None and following.role in ("credit", "date")
        is_stacked = is_above and (is_signed or page.opens_story(index + 1))
        return "subtitle" if is_stacked else None
    if is_above and following and _is_line_of(paragraph, following):
        return "paragraph"
    return "subtitle" if is_above and not page.is_form(index) else None


def _is_author(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """True if a line between a title and its text is a name; also a pen name above the date."""
    if are_authors(paragraph.text):
        return True
    is_short = len(paragraph.text) <= _LONGEST_NAME and all(map(is_han, paragraph.text))
    return is_short and following is not None and following.role == "date"


def _is_line_of(paragraph: Paragraph, following: Paragraph) -> bool:
    """True if a line break alone parts a line from the text below it."""
    is_tied = paragraph.lines[-1].ends_hard and not following.lines[0].after_gap
    return is_tied and following.role in BODY and not paragraph.lines[0].is_bold


def _kind_in_article(page: PageIndex, index: int, is_first: bool) -> BlockKind:
    paragraph, following = page.paragraphs[index], page.at(index + 1)
    if is_first and (index < page.last_body or paragraph.role == "heading"):
        is_headed = following is not None and following.role == "heading"
        return "subtitle" if is_headed and paragraph.role == "short" else "title"
    if paragraph.role == "heading":
        return "heading"
    if is_above_figure(paragraph, following):
        return "caption"
    is_above_text = following is not None and following.role in BODY
    return "heading" if is_above_text and not page.is_form(index) else "paragraph"


def _placed(page: PageIndex, index: int, state: OpenStory) -> tuple[BlockKind, bool]:
    """Return the kind of a paragraph, and whether a story starts with it."""
    paragraph = page.paragraphs[index]
    following = page.at(index + 1)
    match paragraph.role:
        case "heading":
            return _heading(page, index, state)
        case "short":
            return _short(page, index, state)
        case "section" if state.has_body and following and following.role in BODY:
            return "heading", False
        case "jump" if is_jump_back(paragraph.text) and (state.has_body or state.is_first):
            # the text below began on another page, so it does not belong to the story above
            return "jump", following is not None and following.role in BODY
        case "credit" | "paragraph" if state.last == "image" and is_below_picture(
            page.paragraphs[index : index + 3], has_body=state.has_body
        ):
            return "caption", False
        case "paragraph" | "list_item" | "table":
            return paragraph.role, state.is_first and not state.has_body and not state.has_title
        case _:
            return paragraph.role, False


def _heading(page: PageIndex, index: int, state: OpenStory) -> tuple[BlockKind, bool]:
    """Return the kind of a Markdown heading, and whether a story starts with it."""
    paragraph, following = page.paragraphs[index], page.at(index + 1)
    is_above_text = following is not None and following.role in BODY
    # a name such as 股市周报 above text and not above a title is the title itself
    is_title = is_above_text and paragraph.text.endswith("报")
    named = None if is_title else line_kind(paragraph.text)
    if named in ("page_number", "date", "furniture") or (named == "section" and not state.has_body):
        return named, False
    if state.has_body and names_notes(paragraph.text):
        return "heading", False
    is_stacked = state.last in ("title", "subtitle") and state.is_head
    if paragraph.level == page.top:
        if state.has_title and not page.opens_story(index + 1) and _is_section(page, index, state):
            return "heading", False
        if state.last == "subtitle" and not state.has_title:
            return "title", False
        is_stacked = is_stacked and not _CHAPTER.match(paragraph.text)
        return ("subtitle", False) if is_stacked else ("title", True)
    if following and following.role == "heading" and following.level == page.top:
        return "subtitle", True
    if is_stacked and (page.opens_story(index + 1) or not page.has_text(index)):
        return "subtitle", False
    if not page.has_text(index):
        is_orphan = index > page.last_body or _before_title(page, index)
        return ("title", True) if is_orphan else ("heading", False)
    if page.is_masthead(index, state) or _needs_story(state, paragraph):
        is_titled = page.opens_story(index + 1) or not is_label(paragraph.text)
        return ("title" if is_titled else "heading"), True
    if state.has_body and page.opens_story(index + 1):
        return "title", True
    return "heading", False


def _is_section(page: PageIndex, index: int, state: OpenStory) -> bool:
    """True if a heading of the highest rank is a section of the open story.

    A converter may give every heading the same rank. A section is then recognised by its number
    or, in a story with a byline or dateline, by text on the subject of the story's title.
    """
    if is_numbered(page.paragraphs[index].text):
        return True
    if not (page.is_one_rank and state.is_signed and state.has_body):
        return False
    told = ""
    for paragraph in page.paragraphs[index + 1 : index + 1 + _SECTION_PARAGRAPHS]:
        if paragraph.role == "heading":
            break
        told += paragraph.text if paragraph.role in BODY else ""
    return matches([state.title], [told[:_SECTION_CHARS]]) == [0]


def _needs_story(state: OpenStory, paragraph: Paragraph) -> bool:
    """True if there is no open titled story to which the heading could belong."""
    return not state.has_title and not (0 < state.level < paragraph.level)


def _before_title(page: PageIndex, index: int) -> bool:
    """True if there are only pictures between a heading and the next title."""
    for paragraph in page.paragraphs[index + 1 : index + 9]:
        if paragraph.role == "heading":
            return paragraph.level == page.top
        if paragraph.role not in TRAILING:
            return False
    return False


def _short(page: PageIndex, index: int, state: OpenStory) -> tuple[BlockKind, bool]:
    """Return the kind of an unmarked short line, and whether a story starts with it."""
    paragraph, (start, end) = page.paragraphs[index], page.shorts(index)
    following = page.at(end)
    if _is_caption(paragraph, following, state):
        return "caption", False
    if index > page.last_body:
        return _short_at_end(paragraph, state), False
    if is_letterhead(page.paragraphs[index : index + 3]):
        return "subtitle", True
    if state.last == "subtitle" and not state.has_title:
        return ("subtitle" if is_file_number(paragraph.text) else "title"), False
    if state.has_title and page.is_form(index):
        return "paragraph", False
    if state.is_head:
        return _short_in_head(page, index, state)
    if page.opens_story(end):
        if state.last == "subtitle" and not state.has_title:
            return "title", False
        return ("subtitle" if _is_kicker(page, start, end, index) else "title"), True
    if following and following.role == "heading":
        if following.level != page.top or end != index + 1:
            return "heading", False
        # above a numbered section there is no kicker, but the headline of all sections
        is_title = is_numbered(following.text) and not state.has_title
        return "title" if is_title else "subtitle", True
    if not (state.has_body or state.has_title or state.has_heading):
        return ("heading", True) if page.has_headings and page.top else ("title", True)
    kind, starts = _short_in_text(end - start, following, state, page.has_headings)
    return ("heading", False) if starts and is_numbered(paragraph.text) else (kind, starts)


def _short_in_head(page: PageIndex, index: int, state: OpenStory) -> tuple[BlockKind, bool]:
    """Return kind and start for a short line between a title and its text."""
    text = page.paragraphs[index].text
    if are_authors(text):
        return "credit", False
    if state.last in ("title", "subtitle") and not is_numbered(text):
        return "subtitle", False
    return "heading", page.is_masthead(index, state)


def _is_kicker(page: PageIndex, start: int, end: int, index: int) -> bool:
    """True if an unmarked line is the kicker above a headline, not the headline itself.

    The first of two or more lines is a kicker if it is clearly the longer one. A second line that
    starts with a dash is the subtitle of the headline.
    """
    if index != start or end - start < 2:
        return False
    first, second = page.paragraphs[index].text, page.paragraphs[index + 1].text
    if second.startswith(("—", "-", "–")):
        return False
    return len(first) >= _KICKER_CHARS and len(first) >= len(second) + _KICKER_LONGER


def _short_in_text(
    count: int, following: Paragraph | None, state: OpenStory, has_headings: bool
) -> tuple[BlockKind, bool]:
    """Return kind and start for one of `count` short lines in a row, in a story with text."""
    if count > _MOST_HEADINGS or not following or following.role not in BODY:
        return "paragraph", False
    if count > 1 and not has_headings and state.has_body:
        return "title", True
    is_labelled = state.has_heading and not state.has_title
    return "heading", is_labelled and state.has_body


def _short_at_end(paragraph: Paragraph, state: OpenStory) -> BlockKind:
    if state.last in ("caption", "image", "credit") and not LABEL.match(paragraph.text):
        return "caption"
    return "subtitle" if state.is_head and state.last in ("title", "subtitle") else "paragraph"


def _is_caption(paragraph: Paragraph, following: Paragraph | None, state: OpenStory) -> bool:
    if is_above_figure(paragraph, following):
        return True
    return state.last == "image" and is_short_caption(paragraph, following)


def is_label(text: str) -> bool:
    """True if a heading is a mere label, such as 案例 or FROM 金山, not a headline."""
    han = sum(map(is_han, text))
    return len(text) <= 24 and 0 < han <= _LABEL_HAN
