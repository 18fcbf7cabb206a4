"""A web page or a piece of HTML as a tree that holds what a reader of the page sees."""

import html as entities
import re
from collections.abc import Iterator

from lxml import etree, html

from models.patterns import lazy
from pipeline.input.limits import check_markup
from pipeline.input.readers.markup.cells import ITEM_MARK, is_layout, table_rows_of
from pipeline.input.readers.markup.page_notes import is_note, is_page_break
from pipeline.input.readers.markup.sheets import apply_sheets

_DECLARATION = lazy(r"^\s*<\?xml[^>]{0,200}\?>")
_CDATA = lazy(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HIDDEN = lazy(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DISPLAY = lazy(r"display\s*:\s*(inline|inline-block|block)\s*(?:;|!|$)", re.IGNORECASE)
_DIVISIONS = frozenset(("div", "p", "section"))
_IN_LINES = frozenset(("span", "a", "b", "strong", "i", "em", "font", "label", "small", "cite"))
_STYLED = etree.XPath("//@hidden/.. | //@style/..")
# lxml.html looks in a table of classes for every element that it makes, which takes a tenth of the
# time of reading a page
_ELEMENT_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_STOP = lazy("[。！？]")
_FOR_OTHERS = ("noscript", "noframes")
_NOTICE = lazy("javascript|脚本|腳本|浏览器|瀏覽器", re.IGNORECASE)
_MOST_IN_NOTICE = 2
_NOTE = lazy("note")
_ADVERT = lazy(r"\s*(?:广告|廣告|推广|推廣)")
_TABLE_PARTS = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"))
_LABEL = lazy(r"[^\s：:。！？，](?:[^：:。！？，\n]{0,6}[^\s：:。！？，])?\s?[：:]")
_LABEL_AND_TEXT = _PICTURE_AND_TEXT = 2
_LONGEST = 100
CAPTION = "caption"
"""The class of a cell with the caption of the picture above it."""
CELL = "data-cell"
"""The attribute of a division that is one of several cells beside each other."""


def page_tree(source: str | bytes, sheet: str = "") -> html.HtmlElement | None:
    """Return the tree of a page; None where there is none. `sheet` is a style sheet outside it.

    Comments are left out, and so are hidden parts, unless most sentences of the page are in
    them. The page of an `iframe srcdoc` stands in its place. The text of CDATA sections is text,
    and tables that only lay out the page are divisions, as are boxes in a story. Raises
    UnreadableError beyond a limit of `limits`.
    """
    tree = _parsed(source)
    if tree is None:
        return None
    for frame in list(tree.iter("iframe")):
        _open_frame(frame)
    if b"pagebreak" in source if isinstance(source, bytes) else "pagebreak" in source:
        for element in [own for own in tree.iter("*") if is_page_break(own)]:
            _drop(element)
    apply_sheets(tree, sheet)
    _show_hidden_story(tree)
    for aside in tree.iter("aside"):
        if _is_in_story(aside):
            aside.tag = "div"
    tables = list(tree.iter("table"))
    inner = [next(table.iterancestors("table"), None) is not None for table in tables]
    for table, is_inner in zip(tables, inner, strict=True):
        if is_layout(table, is_inner=is_inner):
            if is_inner:
                _mark_caption(table)
            _unwrap(table)
    return tree


def _show_hidden_story(tree: html.HtmlElement) -> None:
    """Drop hidden parts, and show those that hold most sentences."""
    styled = [element for element in _STYLED(tree) if not _is_of_picture(element)]
    for element in styled:
        if display := _DISPLAY.search(element.get("style") or ""):
            _display(element, display[1].lower())
    unshown = [
        *tree.iter(*_FOR_OTHERS),
        # a note that is shown when its mark is touched is text
        *(e for e in styled if e.tag not in _FOR_OTHERS and _is_hidden(e) and not is_note(e)),
    ]
    sentences = max(_sentences(tree), 1) if unshown else 0
    for element in unshown:
        own = _sentences(element)
        if element.tag in _FOR_OTHERS:
            is_notice = own <= _MOST_IN_NOTICE and _NOTICE.search("".join(_texts(element)))
            if own and 2 * own >= sentences and not is_notice:
                element.tag = "div"
                if not len(element) and "<" in (element.text or ""):  # read as text, not as tags
                    _open(element, element.text or "")
        elif 2 * own <= sentences:
            _drop(element)
        else:
            element.attrib.pop("hidden", None)
            element.attrib.pop("style", None)


def _is_of_picture(element: html.HtmlElement) -> bool:
    """True if an element holds the formula that the picture beside it shows, as wikis write it."""
    picture = element.getnext()
    return picture is not None and picture.tag == "img" and element.find("math") is not None


def _display(element: html.HtmlElement, display: str) -> None:
    """Make a division in a line a span, and a span that is a block a division."""
    if element.tag in _DIVISIONS:
        if display == "inline" or (display == "inline-block" and _is_beside_text(element)):
            element.tag = "span"
    elif display == "block" and element.tag in _IN_LINES and not _is_alone(element):
        if element.tag == "a":  # what is in a link stays a link
            link = html.Element("a")
            link.text, element.text = element.text, None
            link.extend(list(element))
            element.append(link)
        element.tag = "div"


def _is_beside_text(element: html.HtmlElement) -> bool:
    before = element.getprevious()
    above = element.getparent()
    text = before.tail if before is not None else above.text if above is not None else ""
    return bool((text or "").strip() or (element.tail or "").strip())


def _is_alone(element: html.HtmlElement) -> bool:
    """True if an element holds all there is in the element around it."""
    above = element.getparent()
    return above is None or (len(above) == 1 and not (above.text or element.tail or "").strip())


def _is_in_story(aside: html.HtmlElement) -> bool:
    """True if an `aside` with sentences, not of links, is right beside a paragraph of a story."""
    if _NOTE.search(" ".join(aside.values())) or not _sentences(aside):
        return False
    text = "".join(map(str, aside.itertext()))
    links = "".join(str(text) for link in aside.iter("a") for text in link.itertext())
    beside = (aside.getprevious(), aside.getnext())
    is_told = any(e is not None and e.tag == "p" and _sentences(e) for e in beside)
    return is_told and 2 * len(links) < len(text) and not _ADVERT.match(text)


def with_cdata_as_text(source: str) -> str:
    """Return a page in which the text of CDATA sections is written as other text is."""
    if "<![CDATA[" not in source:
        return source
    return _CDATA.sub(lambda match: entities.escape(match[1]), source)


def frame_sources(source: str) -> list[str]:
    """Return the pages that the frames of a page show, in order."""
    tree = _parsed(source)
    frames = tree.iter("frame", "iframe") if tree is not None else ()
    return [address for frame in frames if (address := (frame.get("src") or "").strip())]


def _parsed(source: str | bytes) -> html.HtmlElement | None:
    if not source.strip():
        return None
    if isinstance(source, bytes):  # Latin-1 leaves every byte a character: markup stays markup
        check_markup(source.decode("latin-1"))
    else:
        source = _DECLARATION.sub("", source)
        source = with_cdata_as_text(source)
        check_markup(source)
    parser = etree.HTMLParser(recover=True, huge_tree=False, no_network=True, remove_comments=True)
    parser.set_element_class_lookup(_ELEMENT_CLASS)
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _sentences(element: html.HtmlElement) -> int:
    return sum(len(_STOP.findall(text)) for text in _texts(element))


def _texts(element: html.HtmlElement) -> Iterator[str]:
    """Yield the texts below an element that are no scripts or style sheets."""
    for child in element.iter("*"):
        if child.tag not in ("script", "style", "template") and child.text:
            yield child.text
        if child is not element and child.tail:
            yield child.tail


def _is_hidden(element: html.HtmlElement) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (
        style is not None and _HIDDEN.search(style) is not None
    )


def _open_frame(frame: html.HtmlElement) -> None:
    """Put the page that a frame holds in its `srcdoc` where the frame is."""
    for child in list(frame):
        frame.remove(child)
    _open(frame, frame.get("srcdoc") or "")


def _open(element: html.HtmlElement, source: str) -> None:
    """Put a page in the place of an element without children, which becomes a division."""
    inner = _parsed(source)
    body = inner.find("body") if inner is not None else None
    element.text = None
    if body is not None:
        element.tag = "div"
        element.attrib.clear()
        element.text = body.text
        element.extend(list(body))


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _unwrap(table: html.HtmlElement) -> None:
    """Make the cells of a table that is only layout divisions, and so its rows and itself."""
    # the table goes last: its parts are found by it
    for element in reversed(list(table.iter(*_TABLE_PARTS))):
        if _table_of(element) is table:
            if element.tag == "tr" and len(element) > 1:
                _join_label(element)
                for cell in element if len(element) > 1 else ():
                    cell.set(CELL, "")
            element.tag = "div"


def _mark_caption(table: html.HtmlElement) -> None:
    """Mark what stands below a picture in a table of these two as its caption.

    An indented text is a paragraph, and a line without a stop may be the headline, unless the
    text of the story flows around the table.
    """
    rows = list(table_rows_of(table))
    if len(rows) != _PICTURE_AND_TEXT or any(len(row) != 1 for row in rows):
        return
    picture, cell = rows[0][0], rows[1][0]
    text = "".join(map(str, cell.itertext())) if cell.find(".//img") is None else ""
    is_told = _STOP.search(text) or (table.get("align") or "").lower() in ("left", "right")
    if not is_told or text.lstrip(" \t\r\n\f")[:1] in "\u3000\xa0" or len(text.strip()) > _LONGEST:
        return
    if picture.find(".//img") is not None and not any(str(t).strip() for t in picture.itertext()):
        for element in (cell, *cell.iter("p", "div")):
            element.set("class", CAPTION)


def _join_label(row: html.HtmlElement) -> None:
    """Put a label such as 记者： before the words in the cell beside it."""
    label, told = row[0], row[1]
    text = "".join(map(str, label.itertext())).strip() if len(row) == _LABEL_AND_TEXT else ""
    is_label = _LABEL.fullmatch(text) or ITEM_MARK.fullmatch(text)
    if not is_label or next(label.iter("a", "img", "br"), None) is not None:
        return
    while not (told.text or "").strip() and len(told) and told[0].tag in _DIVISIONS:
        told = told[0]
    if (told.text or "").strip():
        told.text = text + (told.text or "").lstrip()
        row.remove(label)


def _table_of(element: html.HtmlElement) -> html.HtmlElement:
    above = element
    while above.tag != "table" and above.getparent() is not None:
        above = above.getparent()
    return above
