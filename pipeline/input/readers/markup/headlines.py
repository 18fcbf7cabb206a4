"""The headline of a web page: which block it is, by the page's title or by its own look."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.captions import is_caption
from pipeline.input.readers.markup.inline import on_one_line
from pipeline.input.readers.markup.numbers import is_numbered
from pipeline.input.readers.markup.page_block import PageBlock
from pipeline.input.readers.markup.tree import CELL
from pipeline.language.chinese import HAN
from pipeline.language.numbers.publication_dates import has_day

_TITLE_END = lazy(r"\s*[-_—–|｜·丨«»:：(（\[【<>＿－]")
_NEAR_ELEMENTS = 3
SHORT = 24
STOP = lazy("[。！？；]")
_GOES_ON = lazy("[。！？；]|[：:，]$")
_TITLE_START = lazy(r"[-_—–|｜丨:：]\s*$")
_TITLE_WITHIN = 12
_LEAST_TITLE, _LEAST_HEADING = 4, 2
_LONGEST_HEADLINE, _LEAST_LINE, _MOST_LINES_BELOW = 60, 6, 2
_TOLD = lazy("[。；]")
_HEADLINE_NAME = lazy(
    r"(?:^|[\s_-])(?:(?:news|art(?:icle)?|arc|cont(?:ent)?|big|main|doc|info|show|text|page|detail|d|m)[_-]?)?"
    r"(?:tit(?:le)?|biaoti|bt|headline|zhuti)[_-]?\d{0,2}(?=$|\s)",
    re.IGNORECASE,
)
_BOLD = lazy(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_LARGE = lazy(r"\s*(?:[4-7]|\+[1-4])\s*$")
_SITE = lazy(
    r"(?:[报報]|电子版|電子版|数字[报報]|网|網|网站|首页|主页|热线|在线|频道|论坛|简讯|快讯|要闻|新闻|新聞|正文|详情|详细页|文章页面?|副刊|周刊|專刊|专刊)$"
    r"|^(?:欢迎|歡迎|无标题|無標題|未命名|新建|Untitled|New Page|index|\d{1,3}$)"
    r"|\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}",
    re.IGNORECASE,
)
"""A title that names the newspaper, its day, a section or nothing at all."""
_ISSUE = r"(?:版|[\d〇零一二三四五六七八九十百]\s*期|星期|周[一二三四五六日刊])"
_FOLIO = lazy(
    r"第?\s*[A-Z]?[\d〇零一二三四五六七八九十]{1,3}\s*版"
    rf"(?:\s*[：:·|｜\s]\s*[{HAN}]{{1,8}})?$"
)
_TELEPHONE = lazy(r"\d{3,7}|\d{3,4}-\d{7,8}")
_NAMES_WRITER = lazy("[来來]源|[记記]者|作者")
_MASTHEAD = lazy(rf"\d{{4}}\s*[年./-]\s*\d{{1,2}}.*{_ISSUE}|{_ISSUE}.*\d{{4}}\s*[年./-]")


def page_title(blocks: Sequence[PageBlock], title: str) -> str:
    """Return the title of a story: that of the page, without the newspaper's name beside it."""
    place = title_place(blocks, title)
    return title if place is None else blocks[place].plain


def names_site(text: str) -> bool:
    """True if a text is the name of a newspaper, a site, a section or a day, no headline."""
    return _SITE.search(text) is not None


def names_headline(blocks: Sequence[PageBlock], title: str) -> bool:
    """True if a title of a page has the headline of its story in it."""
    return title_place(blocks, title) is not None


def has_own_headline(story: Sequence[PageBlock], title: str) -> bool:
    """True if a story opens with a headline that a page's title does not name.

    It is the only heading of its rank, or a short line below the name of a newspaper or a section.
    """
    first = story[0].plain
    if not story[0].markdown.startswith("#"):
        is_line = len(first) <= SHORT and not STOP.search(first) and not story[0].linked
        return is_line and story[0].markdown == first and _SITE.search(title) is not None
    return _count_of_rank(story, f"{story[0].markdown.partition(' ')[0]} ") == 1


def _count_of_rank(blocks: Sequence[PageBlock], rank: str) -> int:
    return sum(block.markdown.startswith(rank) for block in blocks)


def marked_headline(tree: html.HtmlElement, blocks: Sequence[PageBlock], title: str) -> str | None:
    """Return the line above the text that the page marks as its headline, or None.

    That is the only heading of its rank, a line in an element of such a name, or a bold line. A
    bold line is one only if the title of the page is no headline (the name of a newspaper, or the
    first words of the line), or if the day of the page stands below it.
    """
    above = list(takewhile(lambda block: not _TOLD.search(block.plain), blocks[:_TITLE_WITHIN]))
    headings = [b for b in above if b.markdown.startswith("#") and _SITE.search(b.plain) is None]
    if headings:
        rank = f"{headings[0].markdown.partition(' ')[0]} "
        is_only = not title or _SITE.search(title) or _count_of_rank(blocks, rank) == 1
        is_headline = len(headings) == 1 and is_only and not is_numbered(headings[0].plain)
        return headings[0].plain if is_headline else None
    lines = {block.plain for block in above if _may_be_headline(block)}
    bold = None
    for element in tree.iter("*") if lines else ():
        named = element.get("class") or element.get("id")
        is_marked = named is not None and _HEADLINE_NAME.search(named) is not None
        if not is_marked and (bold or not _is_bold(element)):
            continue
        text = on_one_line("".join(map(str, element.itertext())))
        if text not in lines:
            continue
        if is_marked:
            return text
        bold = text
    if (
        bold is None
        or not title
        or _SITE.search(title)
        or bold.startswith(title)
        or bold.endswith(title)
    ):
        return bold
    below = takewhile(lambda block: block.plain != bold, reversed(above))
    return bold if any(has_day(block.plain) for block in below) else None


def _may_be_headline(block: PageBlock) -> bool:
    text = block.plain
    is_line = not block.linked and block.markdown == text
    return is_line and _LEAST_TITLE <= len(text) <= _LONGEST_HEADLINE and not _SITE.search(text)


def _is_bold(element: html.HtmlElement) -> bool:
    if element.tag == "font":
        return _LARGE.match(element.get("size") or "") is not None
    is_bold = element.tag in ("b", "strong", "big", "th")
    return is_bold or _BOLD.search(element.get("style") or "") is not None


def from_title(blocks: list[PageBlock], title: str) -> list[PageBlock]:
    """Return blocks from the title on, with dates and tables above it below it, without its copies.

    The other short ones above it are menus and mastheads. A page for phones repeats its title.
    """
    place = title_place(blocks, title) or 0
    before = [b for b in blocks[:place] if not _is_masthead(b, title)]
    rest = blocks[place:]
    rows = [block for block in before if block.markdown.startswith("|")]
    others = [block for block in before if block not in rows]
    if any(STOP.search(b.plain) for b in before) or any(len(b.plain) > SHORT for b in others):
        return [*before, *rest]
    lines = [
        b
        for b in before
        if b in rows
        or (re.search(r"\d", b.plain) and not b.linked and not _TELEPHONE.fullmatch(b.plain))
        or is_caption_beside(b, rest[0])
    ]
    lines = list({block.markdown: block for block in lines}.values())
    kicker = [b for b in before[-1:] if b not in lines]
    if kicker and not has_line_above([*before, *rest[:1]], len(before)):
        kicker = []
    own = [b for n, b in enumerate(rest[1:]) if n >= _TITLE_WITHIN or b.plain != rest[0].plain]
    below = _lines_below(rest[0], own) if lines else 0
    return [*rest[:1], *kicker, *own[:below], *lines, *own[below:]]


def is_caption_beside(block: PageBlock, headline: PageBlock) -> bool:
    """True if a block is the caption of a picture that stands beside a headline."""
    return is_caption(block.markdown) and not near(block.parent).isdisjoint(near(headline.parent))


def _lines_below(headline: PageBlock, blocks: Sequence[PageBlock]) -> int:
    """Return how many lines right below a headline, beside it in one table, belong to it."""
    own = near(headline.parent)
    headings = sum(1 for _ in takewhile(lambda block: block.markdown.startswith("#"), blocks))
    if headings > 1 or (headings and blocks[0].plain.startswith("——")):
        return headings if headings <= _MOST_LINES_BELOW else 0
    for count, block in enumerate(blocks):
        is_line = len(block.plain) <= SHORT and not _GOES_ON.search(block.plain)
        is_plain = block.markdown == block.plain and not has_day(block.plain)
        if not (is_line and is_plain) or own.isdisjoint(near(block.parent)):
            return count if count <= _MOST_LINES_BELOW else 0
    return 0


def _is_masthead(block: PageBlock, title: str) -> bool:
    """True if a block is the name of a newspaper or a site that the page's title has too.

    So is a row of a table, or of links, with such a name, its day and its page.
    """
    text = block.plain
    if text in title and (names_site(text) or _is_in_title(block, title)):
        return True
    is_menu = block.linked > 0 and not _NAMES_WRITER.search(text)
    is_row = (block.markdown.startswith("|") or is_menu) and not STOP.search(text)
    return is_row and _MASTHEAD.search(text) is not None


def has_line_above(blocks: Sequence[PageBlock], place: int) -> bool:
    """True if a line of the story is above its headline: beside it in one element or table."""
    if not place or blocks[place - 1].linked or STOP.search(blocks[place - 1].plain):
        return False
    line, headline = blocks[place - 1], blocks[place]
    if _are_in_two_cells(line.parent, headline.parent):
        return False
    above, own = (set(islice(upwards(block.parent), _NEAR_ELEMENTS)) for block in (line, headline))
    if not above.isdisjoint(own):
        return True
    # both in the body of the page, where the name of the site may stand too
    is_line = _SITE.search(line.plain) is None and len(line.plain) >= _LEAST_LINE
    depths = [sum(1 for _ in upwards(block.parent)) for block in (line, headline)]
    return is_line and min(depths) == 0 and max(depths) < _NEAR_ELEMENTS


def _are_in_two_cells(element: html.HtmlElement, other: html.HtmlElement) -> bool:
    """True if two elements are in cells that stand side by side in a layout.

    An element that is a row of such cells stands for a line that is one of them.
    """
    chains = list(upwards(element)), list(upwards(other))
    return any(
        cell.get(CELL) is not None and cell not in beside and cell.getparent() in beside
        for chain, beside in (chains, chains[::-1])
        for cell in chain
    )


def title_place(blocks: Sequence[PageBlock], title: str) -> int | None:
    """Return where the headline of a story is: a block that the page's title begins or ends with.

    The name of the newspaper and a date may be on the other side.
    """
    places = [n for n, block in enumerate(blocks[:_TITLE_WITHIN]) if _is_in_title(block, title)]
    # the name of a site may stand above the headline and be in the title too
    return max(places, key=lambda n: _headline_rank(blocks[n]), default=None)


def _headline_rank(block: PageBlock) -> tuple[bool, bool, int]:
    # the list of the stories of a page may link to this one too
    return not block.linked, block.markdown.startswith("#"), len(block.plain)


def _is_in_title(block: PageBlock, title: str) -> bool:
    text = block.plain
    is_heading = block.markdown.startswith("#")
    if _FOLIO.match(text):
        return False
    if is_heading and len(title) >= _LEAST_TITLE and text.startswith(title):
        return True
    if len(text) < (_LEAST_HEADING if is_heading else _LEAST_TITLE) or text not in title:
        return False
    if len(text) < len(title) and _SITE.search(text):
        return False
    if title.startswith(text):
        return len(text) == len(title) or _TITLE_END.match(title[len(text) :]) is not None
    is_end = title.endswith(text) and not block.linked
    return is_end and _TITLE_START.search(title[: -len(text)]) is not None


def upwards(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield an element and those around it, up to the body of the page."""
    above: html.HtmlElement | None = element
    while above is not None and above.tag != "body":
        yield above
        above = above.getparent()


def near(element: html.HtmlElement) -> set[html.HtmlElement]:
    """Return an element and the next ones around it."""
    return set(islice(upwards(element), _NEAR_ELEMENTS))
