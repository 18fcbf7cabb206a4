"""The blocks of a web page in order, as Markdown: headings, paragraphs, items, rows of tables."""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import pairwise

from lxml import html

from pipeline.input.readers.markup.captions import (
    ends_with_source,
    has_stop,
    has_words_behind,
    is_bold_line,
    is_centred_line,
    is_named_caption,
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
from pipeline.input.readers.markup.page_block import PageBlock, as_caption, as_link, marked
from pipeline.input.readers.markup.page_notes import (
    NOTE_ID,
    NOTE_LABEL,
    NOTE_NUMBER,
    LinkedMarks,
    begins_with_back_link,
    is_note,
    note_name,
    single_notes,
)
from pipeline.input.readers.raised import note_line, raised_mark
from pipeline.language.tables import markdown_row, row_texts

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    """p div section article main body header blockquote pre figure figcaption li ul ol dl dt dd
    address center form fieldset legend hr details summary aside hgroup dir menu listing xmp
    frameset table thead tbody tfoot tr td th caption html""".split()
) | frozenset(_HEADINGS)
_MAY_BE_NOTES = frozenset(("p", "div", "li"))
_MOST_BELOW_PICTURE, _LONGEST_CAPTION = 2, 100
_DEEPEST = 200


def page_blocks(tree: html.HtmlElement) -> list[PageBlock]:
    """Return the blocks of a page, without menus, forms and what is beside the story.

    A star that begins one paragraph alone marks a note; Markdown takes it for that of an item.
    """
    walk = _PageWalk(tree)
    blocks = walk.blocks(tree, 0)
    if walk.raised_marks:
        blocks = [_as_line_of_note(block, walk.raised_marks) for block in blocks]
    starred = [place for place, block in enumerate(blocks) if block.markdown.startswith("* ")]
    if len(starred) == 1:
        block = blocks[starred[0]]
        blocks[starred[0]] = block._replace(markdown=f"[*]{block.markdown[1:]}")
    return blocks


class _PageWalk:
    """A walk through the elements of a page, which knows which of them hold blocks."""

    def __init__(self, tree: html.HtmlElement) -> None:
        # lxml makes an element again whenever the last name of it is gone: they are kept
        self._elements = list(tree.iter())
        self._holders = {tree}
        self._is_in_notes = False
        self._single_notes: set[html.HtmlElement] = set()
        """Paragraphs that are each a note of those that one element holds."""
        self._links: list[html.HtmlElement] = []
        self.raised_marks: set[str] = set()
        self._below_picture = 0
        """Blocks that may still be the caption of the picture above."""
        self._title = " ".join((tree.findtext(".//title") or "").split())
        for element in reversed(self._elements):
            tag = element.tag
            if tag == "a":
                self._links.append(element)
            elif tag == "sup" and (text := element.text) and (mark := raised_mark(text)):
                self.raised_marks.add(mark)
            if tag not in _BLOCKS and len(element):
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
        is_shown = is_centred_line(text, element) or (is_beside and has_words_behind(text))
        is_below = is_first and is_shown and text not in self._title
        if is_below and is_bold_line(element) and not any(has_stop(b.plain) for b in into):
            is_below = ends_with_source(text)  # the headline of a story below a picture
        if is_source or is_below:
            for own in range(place if is_first else max(0, place - 1), place + 1):
                if into[own].markdown == into[own].plain:
                    into[own] = as_caption(into[own])
            # a source may follow below
            self._below_picture = 0 if is_source else 1
        else:
            is_short = is_first and len(text) <= _LONGEST_CAPTION
            self._below_picture = self._below_picture - 1 if is_short else 0

    def _block(self, element: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        tag = element.tag
        if tag in _MAY_BE_NOTES and (
            element in self._single_notes if self._is_in_notes else self._is_one_note(element)
        ):
            self._notes(element, depth, into)
        elif tag in ("p", "div", "section", "body") and not element.keys():
            self._walk(element, depth + 1, into)
        elif tag == "aside":
            if is_note(element) or self._is_marked(element):
                self._notes(element, depth, into)
        elif tag == "table":
            self._table(element, depth, into)
        elif tag in ("ol", "ul", "dir", "menu"):
            self._items(element, depth, into)
        elif tag in ("pre", "listing", "xmp"):
            into += _written_lines(element)
        elif tag == "a":
            into += map(as_link, self.blocks(element, depth + 1))
        elif is_note(element):
            self._notes(element, depth, into)
        elif tag == "figcaption" or is_named_caption(element):
            into += map(as_caption, self.blocks(element, depth + 1))
        else:
            start = len(into)
            self._walk(element, depth + 1, into)
            mark = "#" * _HEADINGS[tag] + " " if tag in _HEADINGS else ""
            mark = "- " if tag in ("dt", "dd", "li") else mark
            if mark and len(into) > start:
                into[start] = marked(into[start], mark)

    def _notes(
        self, element: html.HtmlElement, depth: int, into: list[PageBlock], number: str = ""
    ) -> None:
        """Add the notes that an element holds, or the element as one note with a number."""
        blocks: list[PageBlock] = []
        if len(element) > 1:
            self._single_notes |= single_notes(element)
        was_in_notes, self._is_in_notes = self._is_in_notes, True
        self._walk(element, depth + 1, blocks)
        self._is_in_notes = was_in_notes
        if len(blocks) == 1 and not blocks[0].markdown.startswith("[^"):  # so are most
            into += self._as_note(blocks, element, number)
        elif any(block.markdown.startswith("[^") for block in blocks):
            into += blocks
        elif blocks and (label := NOTE_LABEL.match(blocks[0].plain)):
            first, *more = blocks[1:]
            into += [first._replace(markdown=f"[^{label[1]}]: {first.plain}"), *more]
        else:
            starts = [n for n, block in enumerate(blocks) if n and NOTE_NUMBER.match(block.plain)]
            for start, end in pairwise((0, *starts, len(blocks))):
                into += self._as_note(blocks[start:end], element)

    def _as_note(
        self, blocks: list[PageBlock], element: html.HtmlElement, number: str = ""
    ) -> list[PageBlock]:
        """Return a note with Markdown's mark for one, its paragraphs as one.

        `number` is that of its item.
        """
        if not blocks or blocks[0].markdown[0] in "#|":
            return blocks
        first, more = blocks[0], blocks[1:]
        while more and more[0].markdown == more[0].plain:
            plain = f"{first.plain} {more[0].plain}"
            first = first._replace(plain=plain, linked=first.linked + more.pop(0).linked)
        name, start = note_name(first.plain, element, number, self._mark_of)
        written = f"[^{name}]: {first.plain[start:]}"
        return [PageBlock(written, first.plain, first.linked, first.parent), *more]

    def _is_one_note(self, element: html.HtmlElement) -> bool:
        """True if a paragraph is a note by its links, or one of those that an element holds."""
        if not self._links:
            return element in self._single_notes
        if not len(element):  # a link would be in it
            return False
        is_marked = bool(element.keys()) and element.tag == "p" and self._is_marked(element)
        return is_marked or begins_with_back_link(element)

    def _is_marked(self, element: html.HtmlElement) -> bool:
        """True if a mark leads to an element, and a link in it back to the mark."""
        return bool(self._links and element.get("id") and self._marks.lead_to(element))

    def _mark_of(self, name: str) -> str:
        return self._marks.of(name)

    @cached_property
    def _marks(self) -> LinkedMarks:
        return LinkedMarks(reversed(self._links))

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
            is_named = NOTE_ID.match(child.get("id") or "") or self._is_marked(child)
            if are_notes or is_named:
                note: list[PageBlock] = []
                self._walk(child, depth + 1, note)
                into += self._as_note(note, child, mark.rstrip(". "))
                continue
            start = len(into)
            self._walk(child, depth + 1, into)
            if len(into) > start:
                own = "" if is_numbered(into[start].plain) else mark
                into[start] = _as_item(into[start], own)

    def _table(self, table: html.HtmlElement, depth: int, into: list[PageBlock]) -> None:
        for caption in table.iterchildren("caption"):
            into += map(as_caption, self.blocks(caption, depth + 1))
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


def _as_item(block: PageBlock, number: str) -> PageBlock:
    """Return the first block of an item with its number; a heading stays one."""
    sign, _, text = block.markdown.partition(" ")
    if sign == "-" or not sign.strip("#"):
        is_counted = not number or is_numbered(text)
        return block if is_counted else block._replace(markdown=f"{sign} {number}{text}")
    return marked(block, f"- {number}")


def _in_cell(block: PageBlock) -> str:
    """Return a block as it is in a cell: an item without a number keeps its mark."""
    if block.markdown[0] == "|":
        return " ".join(filter(None, row_texts(block.markdown)))
    if block.markdown[0] != "-":
        return block.plain
    return block.markdown[2:] if is_numbered(block.markdown[2:]) else block.markdown


def _begun(text: str | None) -> InlineText:
    """Return the text of a block that begins; blanks at its start are not shown."""
    return InlineText([text] if text and not text.isspace() else [], [0])


def _add_text(text: str, parent: html.HtmlElement, into: list[PageBlock]) -> None:
    """Add a block of text without elements in it, as most paragraphs are."""
    if line := on_one_line(unescaped(text) if "&" in text else text):
        into.append(PageBlock(line, line, 0, parent))


def _add_lines(text: InlineText, parent: html.HtmlElement, into: list[PageBlock]) -> None:
    lines, is_line = text.lines(), False
    if len(lines) == 1:  # so are most
        if lines[0]:
            into.append(PageBlock(lines[0], lines[0], text.linked[0], parent))
        return
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


def _as_line_of_note(block: PageBlock, marks: Collection[str]) -> PageBlock:
    is_plain = block.markdown == block.plain
    note = note_line(block.plain, marks) if is_plain else ""
    return block._replace(markdown=note) if note else block
