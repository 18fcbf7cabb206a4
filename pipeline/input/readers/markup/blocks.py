"""The blocks of a web page in order, as Markdown: headings, paragraphs, items, rows of tables."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.captions import (
    caption_mark,
    ends_with_source,
    has_words_behind,
    is_picture_source,
)
from pipeline.input.readers.markup.cells import grid
from pipeline.input.readers.markup.inline import (
    LAST_DIGITS,
    LEFT_OUT,
    InlineText,
    add_element,
    on_one_line,
    unescaped,
)
from pipeline.input.readers.markup.numbers import is_numbered, item_marks
from pipeline.input.readers.markup.page_notes import (
    NOTE_ID,
    NOTE_LABEL,
    NOTE_NUMBER,
    begins_with_back_link,
    is_note,
    note_name,
)
from pipeline.language.tables import markdown_row, row_texts

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    """p div section article main body header blockquote pre figure figcaption li ul ol dl dt dd
    address center form fieldset legend hr details summary aside hgroup dir menu listing xmp
    frameset table thead tbody tfoot tr td th caption html""".split()
) | frozenset(_HEADINGS)
_CAPTION = lazy(
    r"(?:^|[\s_-])(?:caption|(?:pic|img|image|photo)[_-]?(?:caption|desc|note|info|text|title))"
    r"(?:$|[\s_-]text)|MsoCaption",
    re.IGNORECASE,
)
_MOST_BELOW_PICTURE, _LONGEST_CAPTION = 2, 100
_LONGEST_CENTRED = 40
_CENTRED = lazy(r"^center\b|text-align:\s*center", re.IGNORECASE)
_STOPS = lazy("[。！？；]")
_DEEPEST = 200


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


def page_blocks(tree: html.HtmlElement) -> list[PageBlock]:
    """Return the blocks of a page, without menus, forms and what is beside the story.

    A star that begins one paragraph alone marks a note; Markdown takes it for that of an item.
    """
    blocks = _PageWalk(tree).blocks(tree, 0)
    starred = [place for place, block in enumerate(blocks) if block.markdown.startswith("* ")]
    if len(starred) == 1:
        block = blocks[starred[0]]
        blocks[starred[0]] = block._replace(markdown=f"[*]{block.markdown[1:]}")
    return blocks


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


class _PageWalk:
    """A walk through the elements of a page, which knows which of them hold blocks."""

    def __init__(self, tree: html.HtmlElement) -> None:
        # lxml makes an element again whenever the last name of it is gone: they are kept
        self._elements = list(tree.iter())
        self._holders = {tree}
        self._is_in_notes = False
        self._below_picture = 0
        """Blocks that may still be the caption of the picture above."""
        self._title = " ".join((tree.findtext(".//title") or "").split())
        for element in reversed(self._elements):
            if element.tag not in _BLOCKS and len(element):
                for child in element:
                    if child.tag in _BLOCKS or child in self._holders:
                        self._holders.add(element)
                        break

    def blocks(self, element: html.HtmlElement, depth: int) -> list[PageBlock]:
        """Return the blocks below an element."""
        blocks: list[PageBlock] = []
        self._walk(element, depth, blocks)
        return blocks

    def _walk(self, element: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        """Add the blocks below an element; text beside blocks is a block of its own."""
        if not len(element):  # most paragraphs
            if (text := element.text) and not text.isspace():
                above = element.getparent()
                _add_text(text, element if above is None else above, into)
                if self._below_picture:
                    self._caption(into, len(into) - 1, element)
            return
        loose = _begun(element.text)
        has_blocks = False
        for child in element:
            tag = child.tag
            is_block = tag in _BLOCKS or (child in self._holders and tag not in LEFT_OUT)
            if not is_block or depth > _DEEPEST:
                add_element(child, loose)
                loose.add(child.tail)
                continue
            if loose.pieces or loose.has_picture:
                self._flush(loose, element, element, into)
                loose = InlineText()
            self._block(child, depth, into)
            has_blocks = True
            if (tail := child.tail) and not tail.isspace():
                loose = InlineText([tail])
        if loose.pieces or loose.has_picture:
            above = None if has_blocks else element.getparent()
            self._flush(loose, element, element if above is None else above, into)

    def _flush(
        self,
        text: InlineText,
        element: html.HtmlElement,
        parent: html.HtmlElement,
        into: list[PageBlock],
    ) -> None:
        """Add the lines of the text of an element; what is below a picture may be its caption."""
        if text.has_picture:
            self._below_picture = _MOST_BELOW_PICTURE
        if text.pieces:
            start = len(into)
            _add_lines(text, parent, into)
            for place in range(start, len(into)) if self._below_picture else ():
                self._caption(into, place, element, is_beside=text.has_picture)

    def _caption(
        self,
        into: list[PageBlock],
        place: int,
        element: html.HtmlElement,
        *,
        is_beside: bool = False,
    ) -> None:
        """Make a block below a picture its caption if it says where the picture is from.

        So is the sentence between them, and a centred line directly below it, but not the headline.
        A sentence in one paragraph with the picture is its caption if words without a stop end it.
        """
        if not self._below_picture:
            return
        is_first = self._below_picture == _MOST_BELOW_PICTURE
        text = into[place].plain
        is_source = is_picture_source(text, in_brackets=not is_first)
        is_shown = _is_centred_line(text, element) or (is_beside and has_words_behind(text))
        is_below = is_first and is_shown and text not in self._title
        if is_below and _is_bold(element) and not any(_STOPS.search(b.plain) for b in into):
            is_below = ends_with_source(text)  # the headline of a story below a picture
        if is_source or is_below:
            for own in range(place if is_first else max(0, place - 1), place + 1):
                if into[own].markdown == into[own].plain:
                    into[own] = _as_caption(into[own])
            # a source may follow below
            self._below_picture = 0 if is_source else 1
        else:
            is_short = is_first and len(text) <= _LONGEST_CAPTION
            self._below_picture = self._below_picture - 1 if is_short else 0

    def _block(self, element: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        tag = element.tag
        if not self._is_in_notes and begins_with_back_link(element):
            self._notes(element, depth, into)
        elif tag in ("p", "div", "section", "body") and not element.keys():
            self._walk(element, depth + 1, into)
        elif tag == "aside":
            if is_note(element):
                self._notes(element, depth, into)
        elif tag == "table":
            self._table(element, depth, into)
        elif tag in ("ol", "ul", "dir", "menu"):
            self._items(element, depth, into)
        elif tag in ("pre", "listing", "xmp"):
            into += _written_lines(element)
        elif tag == "a":
            into += map(_as_link, self.blocks(element, depth + 1))
        elif is_note(element):
            self._notes(element, depth, into)
        elif tag == "figcaption" or _is_caption(element):
            into += map(_as_caption, self.blocks(element, depth + 1))
        else:
            start = len(into)
            self._walk(element, depth + 1, into)
            mark = "#" * _HEADINGS[tag] + " " if tag in _HEADINGS else ""
            mark = "- " if tag in ("dt", "dd", "li") else mark
            if mark and len(into) > start:
                into[start] = _marked(into[start], mark)

    def _notes(
        self, element: html.HtmlElement, depth: int, into: list[PageBlock], number: str = ""
    ) -> None:
        """Add the notes that an element holds, or the element as one note with a number."""
        blocks: list[PageBlock] = []
        was_in_notes, self._is_in_notes = self._is_in_notes, True
        self._walk(element, depth + 1, blocks)
        self._is_in_notes = was_in_notes
        if any(block.markdown.startswith("[^") for block in blocks):
            into += blocks
        elif len(blocks) == 1:
            into += _as_note(blocks, element, number)
        elif blocks and (label := NOTE_LABEL.match(blocks[0].plain)):
            first, *more = blocks[1:]
            into += [first._replace(markdown=f"[^{label[1]}]: {first.plain}"), *more]
        else:
            starts = [n for n, block in enumerate(blocks) if n and NOTE_NUMBER.match(block.plain)]
            for start, end in pairwise((0, *starts, len(blocks))):
                into += _as_note(blocks[start:end], element)

    def _items(self, listing: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        marks = iter(item_marks(listing))
        are_notes = self._is_in_notes or is_note(listing)
        for child in listing:
            if child.tag != "li":
                if isinstance(child.tag, str) and child.tag not in LEFT_OUT:
                    self._block(child, depth + 1, into)
                continue
            mark = next(marks)
            if is_note(child) or (len(child) and begins_with_back_link(child)):
                has_number = LAST_DIGITS.search(child.get("id") or "") is not None
                self._notes(child, depth, into, "" if has_number else mark.rstrip(". "))
                continue
            if are_notes or NOTE_ID.match(child.get("id") or ""):
                note: list[PageBlock] = []
                self._walk(child, depth + 1, note)
                into += _as_note(note, child, mark.rstrip(". "))
                continue
            start = len(into)
            self._walk(child, depth + 1, into)
            if len(into) > start and not into[start].markdown.startswith(("- ", "|", "#", "![")):
                own = "" if is_numbered(into[start].plain) else mark
                into[start] = _marked(into[start], f"- {own}")

    def _table(self, table: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        for caption in table.iterchildren("caption"):
            into += map(_as_caption, self.blocks(caption, depth + 1))
        texts: dict[html.HtmlElement, PageBlock] = {}
        for row in grid(table):
            for cell in row:
                if cell is not None and cell not in texts:
                    texts[cell] = self._cell(cell, depth)
            words = [texts[cell].plain if cell is not None else "" for cell in row]
            cells = [texts[cell] for cell in dict.fromkeys(row) if cell is not None]
            if plain := "".join([cell.plain for cell in cells]):
                linked = sum([cell.linked for cell in cells])
                into.append(PageBlock(markdown_row(words), plain, linked, table))

    def _cell(self, cell: html.HtmlElement, depth: int) -> PageBlock:
        blocks = self.blocks(cell, depth + 1)
        text = " ".join(map(_in_cell, blocks))
        return PageBlock(text, text, sum([block.linked for block in blocks]), cell)


def _in_cell(block: PageBlock) -> str:
    """Return a block as it is in a cell: an item without a number keeps its mark."""
    if block.markdown[0] == "|":
        return " ".join(filter(None, row_texts(block.markdown)))
    if block.markdown[0] != "-":
        return block.plain
    return block.markdown[2:] if is_numbered(block.markdown[2:]) else block.markdown


def _begun(text: str | None) -> InlineText:
    """Return the text of a block that begins; blanks at its start are not shown."""
    return InlineText([text] if text and not text.isspace() else [])


def _add_text(text: str, parent: html.HtmlElement, into: list[PageBlock]) -> None:
    """Add a block of text without elements in it, as most paragraphs are."""
    if line := on_one_line(unescaped(text) if "&" in text else text):
        into.append(PageBlock(line, line, 0, parent))


def _add_lines(text: InlineText, parent: html.HtmlElement, into: list[PageBlock]) -> None:
    lines, is_line = text.lines(), False
    counts = text.linked + [0] * (len(lines) - len(text.linked))
    for line, linked in zip(lines, counts, strict=False):
        if line:
            into.append(PageBlock(line, line, linked, parent, is_line))
        is_line = bool(line)


def _written_lines(element: html.HtmlElement) -> Iterator[PageBlock]:
    """Yield text with the line breaks of its source, a block for each run of lines."""
    text = InlineText()
    text.add(element.text)
    for child in element:
        add_element(child, text)
        text.add(child.tail)
    written = "\n".join(
        line.rstrip() for line in "".join(text.pieces).replace("\x1e", "\n").split("\n")
    )
    for run in re.split(r"\n{2,}", written):
        if run.strip():
            yield PageBlock(run.strip("\n"), run.strip(), 0, element)


def _marked(block: PageBlock, mark: str) -> PageBlock:
    if not mark or block.markdown.startswith(("|", "![", "[^")):
        return block
    return block._replace(markdown=mark + block.markdown)


def _is_centred_line(text: str, element: html.HtmlElement) -> bool:
    """True if a line of one sentence, or with a source, is in the middle, as captions are."""
    if not ends_with_source(text) and (len(text) > _LONGEST_CENTRED or _STOPS.search(text[:-1])):
        return False
    look = f"{element.get('align') or ''} {element.get('style') or ''}"
    return element.tag == "center" or _CENTRED.search(look) is not None


def _is_caption(element: html.HtmlElement) -> bool:
    """True if a paragraph is named a caption; one around a picture holds more than its caption.

    In a list of terms, what is said of a picture is its caption.
    """
    if element.tag == "dd":
        term = element.getprevious()
        return term is not None and term.find(".//img") is not None and not _has_text(term)
    named = element.get("class")
    if named is None or element.tag not in ("p", "div", "td") or not _CAPTION.search(named):
        return False
    return next(element.iter("img", "figure", "table"), None) is None


def _is_bold(element: html.HtmlElement) -> bool:
    """True if all text of an element is bold or large."""
    inner = element[0] if len(element) == 1 and not (element.text or "").strip() else element
    return inner.tag in ("b", "strong", "big", "font") and not (inner.tail or "").strip()


def _has_text(element: html.HtmlElement) -> bool:
    return any(str(text).strip() for text in element.itertext())


def _as_link(block: PageBlock) -> PageBlock:
    """Return a block in a link; the headline or the caption of a story may be a link."""
    if block.markdown.startswith(("#", "![")):
        return block
    return block._replace(linked=len("".join(block.plain.split())))


def _as_caption(block: PageBlock) -> PageBlock:
    return block._replace(markdown=caption_mark(block.plain))


def _as_note(
    blocks: list[PageBlock], element: html.HtmlElement, number: str = ""
) -> list[PageBlock]:
    """Return a note with Markdown's mark for one, its paragraphs as one; `number` is its item's."""
    if not blocks or blocks[0].markdown[0] in "#|":
        return blocks
    first, *more = blocks
    while more and more[0].markdown == more[0].plain:
        plain = f"{first.plain} {more[0].plain}"
        first = first._replace(plain=plain, linked=first.linked + more.pop(0).linked)
    name, start = note_name(first.plain, element, number)
    written = f"[^{name}]: {first.plain[start:]}"
    return [PageBlock(written, first.plain, first.linked, first.parent), *more]
