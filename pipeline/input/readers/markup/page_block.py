"""A block of a web page, and blocks joined to one text of Markdown."""

from typing import NamedTuple

from lxml import html

from pipeline.input.readers.markup.captions import caption_mark


class PageBlock(NamedTuple):
    """A block of a page as Markdown; `plain` is its text alone, `linked` its characters in links.

    `parent` is the element in which it is beside other blocks. If `is_line`, no more than a line
    break parts it from the block before.
    """

    markdown: str
    plain: str
    linked: int
    parent: html.HtmlElement
    is_line: bool = False


def joined_blocks(blocks: list[PageBlock]) -> str:
    """Return blocks as one text of Markdown; the rows of one table are not parted."""
    pieces = []
    before = None
    for block in blocks:
        gap = "\n\n" if before is not None else ""
        if before is not None and before.parent is block.parent:
            if block.is_line:
                gap = "  \n"
            elif block.markdown[0] == "|" and before.markdown[0] == "|":
                gap = "\n"
        pieces += [gap, block.markdown]
        before = block
    return "".join(pieces) + ("\n" if pieces else "")


def marked(block: PageBlock, mark: str) -> PageBlock:
    """Return a block with a mark of Markdown before it, unless it has one that ends marks."""
    if not mark or block.markdown.startswith(("|", "![", "[^")):
        return block
    return block._replace(markdown=mark + block.markdown)


def as_link(block: PageBlock) -> PageBlock:
    """Return a block in a link; the headline or the caption of a story may be a link."""
    if block.markdown.startswith(("#", "![")):
        return block
    return block._replace(linked=len("".join(block.plain.split())))


def as_caption(block: PageBlock) -> PageBlock:
    """Return a block as a caption."""
    return block._replace(markdown=caption_mark(block.plain))
