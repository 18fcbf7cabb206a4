"""The text nodes of a web page or a chapter, each with its line and the reason to leave it out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from lxml import etree, html

from models.patterns import lazy
from pipeline.input.accounts.account import Piece, visible_chars
from pipeline.input.limits import check_markup
from pipeline.input.readers.markup.inline import STRUCK, is_back_link, is_formula, is_replaced
from pipeline.input.readers.markup.page_controls import controls_at_end
from pipeline.input.readers.markup.page_notes import is_page_break
from pipeline.input.readers.markup.sheets import apply_sheets
from pipeline.input.readers.markup.tree import with_cdata_as_text

_INLINE = frozenset(
    """a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr
    q rb rt rp ruby s samp small span strike strong sub sup time tt u var wbr
    button iframe math noscript object script select style svg template""".split()
)
"""Elements that do not end the paragraph they are in."""
_REASONS = {
    "head": "the head of the page",
    "script": "a script",
    "style": "a style sheet",
    "noscript": "shown only without scripts",
    "template": "a template of scripts",
    "nav": "a menu",
    "footer": "the foot of the page",
    "aside": "beside the story",
    "form": "a form",
    "button": "a button",
    "select": "a list to choose from",
    "option": "a list to choose from",
    "textarea": "a form",
    "rt": "a reading above a character",
    "rp": "a reading above a character",
    "svg": "a drawing",
    "math": "a formula",
    "iframe": "another page",
    "object": "another file",
}
_NAMES = lazy(
    r"(?:^|[\s_-])(?:comments?|pinglun|repl(?:y|ies)|related|recommend\w*|ranks?|ranking|hot)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of elements with what readers say or other stories."""
_DECLARATION = lazy(r"^\s*<\?xml[^>]{0,200}\?>")
_SHOWN = re.compile(rb">([^<]+)")
_MARKS = bytes(sign for sign in range(128) if not chr(sign).isalnum())
_NO_BREAK, _WIDE_BLANK = "\xa0".encode(), "\u3000".encode()
_OUTSIDE = "outside the story"
_SHORT = "a short text beside the story"
_SENTENCE_ENDS = "。！？；.!?"
_SHORT_CHARS, _LINKED = 15, 0.6
_DEEPEST = 250


def html_pieces(source: str | bytes, sheet: str = "") -> list[Piece]:
    """Return the texts of a page, paragraph by paragraph, without white space at their ends.

    `sheet` is a style sheet outside the page.

    Scripts, menus, hidden elements and the like have a reason; `beside_story` gives one to what is
    around the story of a page. Empty for a page that cannot be parsed.
    """
    text = _DECLARATION.sub("", source) if isinstance(source, str) else _decoded(source)
    if not text.strip():
        return []
    if isinstance(text, str):
        text = with_cdata_as_text(text)
    check_markup(text if isinstance(text, str) else text.decode("latin-1"))
    parser = html.HTMLParser(recover=True, huge_tree=False, no_network=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError):
        return []
    apply_sheets(tree, sheet)
    walk = _TextNodes()
    walk.add(tree, "", 0, is_link=False)
    return walk.pieces


def sami_pieces(source: str) -> list[Piece]:
    """Return the texts of subtitles in SAMI; what is above the first is no text of them."""
    head = source[: source.lower().find("<sync")]
    return [
        replace(piece, why="facts about the file") if piece.text in head else piece
        for piece in html_pieces(source)
    ]


def whole_body(page: bytes, text: str) -> str:
    """Return the text of the body of a page if all its letters are in `text`, in order; else ""."""
    start = page.find(b"<body")
    if start < 0:
        return ""
    shown = b"".join(_SHOWN.findall(page, start))
    if b"&" in shown:
        shown = unescape(shown.decode("utf-8", "replace")).encode("utf-8", "replace")
    if _bare(shown) != _bare(text.encode()):
        return ""
    return shown.decode("utf-8", "replace")


def _bare(text: bytes) -> bytes:
    """Return text in UTF-8 without the marks and blanks that readers add or leave out."""
    return text.translate(None, _MARKS).replace(_NO_BREAK, b"").replace(_WIDE_BLANK, b"")


def _decoded(source: bytes) -> str | bytes:
    """Return bytes as text where they are UTF-8; libxml2 takes them for Latin-1 otherwise."""
    try:
        return _DECLARATION.sub("", source.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return source


class _TextNodes:
    """Collects the text nodes of a page as pieces, each of them a paragraph.

    The nodes between two block elements are one piece; those with different reasons stay apart.
    """

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._held: dict[str, list[tuple[int, str, bool]]] = {}

    def add(self, element: html.HtmlElement, why: str, depth: int, *, is_link: bool) -> None:
        """Add the text nodes below an element in order."""
        tag = element.tag
        is_comment = not isinstance(tag, str)
        if not why:
            why = "a comment" if is_comment else _reason(element)
        is_link = is_link or tag == "a"
        is_block = not is_comment and tag not in _INLINE
        if is_block or tag == "br":
            self._end()
        if (text := element.text) and tag == "noframes" and "<" in text:  # a page read as text
            self.add(html.document_fromstring(f"<body>{text}"), why, depth + 1, is_link=is_link)
        elif text:
            self._hold(element, why, text, is_link=is_link)
        if depth >= _DEEPEST:
            below = "".join(str(text) for text in element.itertext())[len(text or "") :]
            self._hold(element, why, below, is_link=is_link)
        else:
            for child in element:
                self.add(child, why, depth + 1, is_link=is_link)
                if text := child.tail:
                    self._hold(element, why, text, is_link=is_link)
        if is_block:
            self._end()

    def _hold(self, element: html.HtmlElement, why: str, text: str, *, is_link: bool) -> None:
        if self._held or not text.isspace():
            line = element.sourceline or 0
            self._held.setdefault(why, []).append((line, text, is_link))

    def _end(self) -> None:
        """End a paragraph."""
        if not self._held:
            return
        for why, nodes in self._held.items():
            text = "".join([text for _, text, _ in nodes]).strip()
            written = [(line, part, is_link) for line, part, is_link in nodes if part.strip()]
            if written:
                links = "" if why or not _are_links(written) else "links"
                self.pieces.append(Piece(f"line {written[0][0]}", text, why or links))
        self._held = {}


def _are_links(nodes: Sequence[tuple[int, str, bool]]) -> bool:
    """True if text nodes are links, or a line of them with no more than signs and names between."""
    if all(is_link for *_, is_link in nodes):
        return True
    sizes = [(visible_chars(part), is_link) for _, part, is_link in nodes]
    linked = sum(size for size, is_link in sizes if is_link)
    is_sentence = any("。" in part for _, part, _ in nodes)
    return linked > _LINKED * sum(size for size, _ in sizes) and not is_sentence


def _reason(element: html.HtmlElement) -> str:
    if element.keys():
        style = "".join((element.get("style") or "").lower().split())
        is_hidden = element.get("hidden") is not None or "display:none" in style
        if is_hidden or "visibility:hidden" in style:
            return "hidden text"
        if is_back_link(element):
            return "a link back from a note"
        if is_page_break(element):
            return "the number of a page"
        if _NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return _OUTSIDE
    if element.tag in STRUCK and is_replaced(element):
        return "deleted by a tracked change" if element.tag == "del" else "struck out"
    if element.tag == "script" and is_formula(element):
        return "" if (element.text or "").strip().isalnum() else _REASONS["math"]
    return _REASONS.get(element.tag, "")


def beside_story(pieces: Sequence[Piece], story: str, notices: str = "") -> list[Piece]:
    """Give a reason to the pieces around a story, and to short ones inside it that are no sentence.

    What stands before the first piece of the story, or after its last one, is outside it, and so
    are the buttons and notices that its reader found.
    """
    letters = "".join(story.split())
    pieces = [part for piece in pieces for part in _without_controls(piece)]
    others = "".join(notices.split())

    def is_read(number: int) -> bool:
        return not pieces[number].why and "".join(pieces[number].text.split())[:40] in letters

    numbers = range(len(pieces))
    # a short piece at an end may be a word of the foot that the story has too
    sentences = [number for number in numbers if _is_sentence(pieces[number])]
    first = next(filter(is_read, sentences), next(filter(is_read, numbers), len(pieces)))
    last = next(filter(is_read, reversed(sentences)), first if first in numbers else -1)
    while last + 1 < len(pieces) and is_read(last + 1):
        last += 1
    return [
        piece
        if piece.why
        else Piece(
            piece.where,
            piece.text,
            _OUTSIDE
            if others and "".join(piece.text.split()) in others
            else _beside(piece, number, first, last),
        )
        for number, piece in enumerate(pieces)
    ]


def _without_controls(piece: Piece) -> list[Piece]:
    """Return a piece, and apart from it the controls that end it, which have their reason."""
    start = len(piece.text) if piece.why else controls_at_end(piece.text)
    if start == len(piece.text):
        return [piece]
    controls = replace(piece, text=piece.text[start:].strip(), why=_REASONS["button"])
    return [replace(piece, text=piece.text[:start]), controls]


def _beside(piece: Piece, number: int, first: int, last: int) -> str:
    if not first <= number <= last:
        return _OUTSIDE
    return "" if _is_sentence(piece) else _SHORT


def _is_sentence(piece: Piece) -> bool:
    return len(piece.text) > _SHORT_CHARS or piece.text[-1] in _SENTENCE_ENDS
