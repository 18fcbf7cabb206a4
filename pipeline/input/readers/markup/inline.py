"""The text of a paragraph of HTML on one line, as a reader of the page sees it."""

import html as entities
import re
import unicodedata
from dataclasses import dataclass, field

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.latex import formula_picture, latex_text
from pipeline.input.readers.markup.math_ml import math_ml_text
from pipeline.input.readers.raised import (
    OPENING_BRACKETS,
    RAISED,
    lowered_text,
    note_mark,
    raised_text,
)
from pipeline.language.chinese import is_han

LEFT_OUT = frozenset(
    """script style noscript noframes template nav footer aside head rt rp rtc svg select option
    button textarea input audio video object iframe frame map""".split()
)
"""Elements whose text is not part of what is told."""

STRUCK = frozenset(("del", "s", "strike"))
_ENDS_WITH_NUMBER = lazy(r"\d[^\s\d，。；]{0,4}$")
_SPECIAL = frozenset(("sup", "sub", "math", "img", "q"))
_BREAK = "\x1e"
_COPIES = frozenset(("katex-html", "MathJax_Preview"))
_DRAWN = frozenset(("MathJax", "MathJax_SVG", "MathJax_CHTML", "mjx-chtml"))
_STYLES = frozenset("sup sub b strong i em font span u a".split())
_BLANKS = lazy(r"[ \t\r\n\f\v\xa0]+")
_HELD_NOTE = "data-wr-footernote"
"""Attribute in which books of WeRead keep a note."""
_BACK_LINK = lazy(r"[↩↑^◎⤴⬆←↵\ufe0e\ufe0f\s]+")
_BACK_WORDS = lazy(r"\s*[\[［(（【]?(?:返回|(?:返回|回到?)(?:正文|原文|文中|上文))[\]］)）】]?\s*")
_NOTE_WORDS = lazy(r"foot-?note|noteref|(?:^| )注(?: |$)")
LAST_DIGITS = lazy(r"\d{1,4}$")
"""The number of a note, in its id."""
_BACK_NAMES = lazy(r"back-?link|footnote-?back|reversefootnote|data-footnote-backref")
_ENTITY = lazy(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_BEFORE_CHARS = 40
BREAK_MARKS = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))
"""Table that takes out the marks of where a word may be broken."""
_LONGEST_MARK = 8
_LONGEST_BACK_LINK = 12
_WIDE_MARKS = frozenset("，。、；：？！（）《》〈〉「」『』【】")
_DEEPEST = 200
_FRACTION_LINES = ("/", "⁄", "∕")


@dataclass(slots=True)
class InlineText:
    """Pieces of text in order; `linked` counts the characters in links, for each line.

    `has_picture` is true if a picture that is no character is among them.
    """

    pieces: list[str] = field(default_factory=list)
    linked: list[int] = field(default_factory=lambda: [0])
    has_picture: bool = False

    def add(self, text: str | None) -> None:
        """Add text as the page has it."""
        if text:
            self.pieces.append(text)

    def lines(self) -> list[str]:
        """Return the lines between line breaks; one without text is empty."""
        text = "".join(self.pieces) if len(self.pieces) > 1 else self.pieces[0]
        if "&" in text:
            text = unescaped(text)
        if _BREAK not in text:
            return [on_one_line(text)]
        return [on_one_line(part) for part in text.split(_BREAK)]


def add_element(element: html.HtmlElement, into: InlineText, depth: int = 0) -> None:
    """Add the text of an inline element, without what follows it."""
    tag = element.tag
    if tag in _SPECIAL and depth <= _DEEPEST:
        into.add(_special(element, tag, into))
        return
    if tag == "input" and element.get("type") == "checkbox" and _is_in_item(element):
        into.add("☐ " if element.get("checked") is None else "☒ ")
    if tag == "script" and is_formula(element):
        into.add(latex_text(element.text or ""))
    if not isinstance(tag, str) or tag in LEFT_OUT or depth > _DEEPEST:
        return
    if tag in STRUCK and is_replaced(element):
        return
    if tag == "br":
        into.pieces.append(_BREAK)
        into.linked.append(0)
    elif (formula := _drawn_formula(element)) is not None:
        into.add(formula)
    elif tag == "a" and len(element) and (mark := _drawn_mark(element)):
        into.add(mark)
    else:
        start = len(into.pieces)
        into.add(element.text)
        for child in element:
            add_element(child, into, depth + 1)
            into.add(child.tail)
        if note := (element.get(_HELD_NOTE) or "").strip():
            into.add(f"[{note}]")
        if tag == "a":
            _end_link(element, into, start)


def _is_in_item(element: html.HtmlElement) -> bool:
    """True if a box is that of a task in a list, not one of a form."""
    return next(element.iterancestors("li"), None) is not None


def is_replaced(element: html.HtmlElement) -> bool:
    """True if what is struck out has something else in its place right beside it.

    That is an insertion, as in a tracked change, or another number: <s>80</s>60元.
    """
    after, before = element.getnext(), element.getprevious()
    if after is not None and after.tag == "ins" and not (element.tail or "").strip():
        return True
    if before is not None and before.tag == "ins" and not (before.tail or "").strip():
        return True
    above = element.getparent()
    ahead = before.tail if before is not None else above.text if above is not None else ""
    return is_struck_number(ahead or "", element.xpath("string()"), element.tail or "")


def is_struck_number(before: str, struck: str, after: str) -> bool:
    """True if text struck out is a number right beside another one: 80 in 8060元, 5 in 35件.

    >>> is_struck_number("现价", "80元", "60元"), is_struck_number("共", "80元", "，")
    (True, False)
    """
    has_new = after[:1].isdigit() and _ENDS_WITH_NUMBER.search(struck) is not None
    return has_new or (struck[:1].isdigit() and before[-1:].isdigit())


def is_back_link(element: html.HtmlElement) -> bool:
    """True if an element holds the links from a note back to the text, as wikis write them.

    So does a link to a place on the page with words that say so: 返回正文.
    """
    named = element.get("class")
    if named is not None and _BACK_NAMES.search(named):
        return True
    return (
        element.tag == "a"
        and "#" in (element.get("href") or "")
        and _BACK_WORDS.fullmatch("".join(map(str, element.itertext()))) is not None
    )


def unescaped(text: str) -> str:
    """Return text with the entities in it decoded, for pages that were escaped twice.

    >>> unescaped("A&amp;B &ldquo;好&rdquo;")
    'A&B “好”'
    """
    return _ENTITY.sub(lambda match: entities.unescape(match[0]), text)


def element_text(element: html.HtmlElement) -> str:
    """Return the text of an element on one line."""
    text = InlineText([element.text or ""])
    for child in element:
        add_element(child, text)
        text.add(child.tail)
    return " ".join(filter(None, text.lines()))


def _end_link(link: html.HtmlElement, into: InlineText, start: int) -> None:
    """Count the text of a link; leave out an arrow back to the text from a note, and its target."""
    if link.get("name") is not None and link.get("href") is None:
        if link.text == "\xa0":
            del into.pieces[start:]
        return
    text = "".join(into.pieces[start:])
    is_arrow = text and _BACK_LINK.fullmatch(text) and text.strip()
    if is_arrow or ("回" in text and len(text) <= _LONGEST_BACK_LINK and is_back_link(link)):
        del into.pieces[start:]
    else:
        parts = text.split(_BREAK)
        for line, part in enumerate(parts, len(into.linked) - len(parts)):
            into.linked[line] += len("".join(part.split()))


def _special(element: html.HtmlElement, tag: str, into: InlineText) -> str:
    """Return the text of an element that is not simply its letters."""
    if tag == "math":
        return _formula(element)
    if tag == "img":
        alt = (element.get("alt") or "").strip()
        if (formula := formula_picture(element.attrib)) is not None:
            return "" if _is_copy(element) else formula
        if "footnote" in (element.get("class") or "") and len(alt) > 1:
            return f"[{alt}]"  # Chinese reading apps show the note when the mark is touched
        if len(alt) == 1 and is_han(alt) and not _stands_alone(element):
            return alt  # a character that the page's font lacked
        into.has_picture = True
        return ""
    if tag == "sup" and (number := _linked_number(element)):
        before = into.pieces[-1] if into.pieces else ""
        if before[-1:] in OPENING_BRACKETS:
            return note_mark(number, before, _text_after(element))
        return f"[{number}]"
    inner = element_text(element)
    if tag == "q":
        return f"“{inner}”"
    if tag == "sub":
        return lowered_text(inner)
    if _is_above_fraction_line(element):
        return inner.strip().translate(RAISED)
    before = on_one_line("".join(into.pieces[-4:])[-_BEFORE_CHARS:])
    is_note = len(element) > 0 and next(element.iter("a"), None) is not None
    is_note = is_note or _is_all_of_link(element)
    return raised_text(inner, before, _text_after(element), is_note=is_note)


def _is_all_of_link(element: html.HtmlElement) -> bool:
    """True if raised text is all that a link to a place on the page holds: the mark of a note."""
    link = element.getparent()
    if link is None or link.tag != "a" or len(link) > 1 or element.tail or link.text:
        return False
    return "#" in (link.get("href") or "")


def _is_above_fraction_line(element: html.HtmlElement) -> bool:
    """True if raised text is the upper part of a fraction: ¹/₃."""
    below = element.getnext()
    is_line = (element.tail or "").strip() in _FRACTION_LINES
    return is_line and below is not None and below.tag == "sub"


def _text_after(element: html.HtmlElement) -> str:
    """Return the beginning of the text behind an element, also if both are in elements of style."""
    own: html.HtmlElement | None = element
    while own is not None and not own.tail and own.getnext() is None and own.tag in _STYLES:
        own = own.getparent()
    if own is None or own.tag not in _STYLES:
        return ""
    following = own.getnext()
    return str(own.tail or (following.text if following is not None else "") or "")[:4]


def _is_copy(image: html.HtmlElement) -> bool:
    """True if the picture of a formula is right behind the formula itself, as on wikis."""
    before = image.getprevious()
    return (
        before is not None
        and not (before.tail or "").strip()
        and next(before.iter("math"), None) is not None
    )


def _stands_alone(image: html.HtmlElement) -> bool:
    """True if a picture is a figure, or all that a link holds, as the mark of a note is."""
    parent = image.getparent()
    if parent is None or parent.tag != "a":
        return parent is not None and parent.tag in ("figure", "picture")
    return not "".join(map(str, parent.itertext())).strip()


def _drawn_mark(link: html.HtmlElement) -> str:
    """Return the mark of a note for a link that is a picture alone, as books of 多看 have them.

    It has the number of its note: the last digits of its name, or else its place in the list.
    """
    picture = link[0] if link[0].tag == "img" else link.find(".//img")
    _, _, name = (link.get("href") or "").partition("#")
    if picture is None or not name or "".join(link.itertext()).strip():
        return ""
    words = " ".join((*link.values(), picture.get("class") or "", picture.get("alt") or ""))
    if _NOTE_WORDS.search(words) is None:
        return ""
    if digits := LAST_DIGITS.search(name):
        return f"[{digits[0]}]"
    for item in link.getroottree().iter("li"):
        if item.get("id") == name:
            return f"[{1 + sum(1 for _ in item.itersiblings('li', preceding=True))}]"
    return ""


def _linked_number(element: html.HtmlElement) -> str:
    """Return the number that is all an element holds, if it is a link: the mark of a note."""
    link = element[0] if len(element) == 1 else None
    if link is None or link.tag != "a" or element.text or link.tail or len(link):
        return ""
    number = link.text or ""
    return number if number.isdecimal() and len(number) <= _LONGEST_MARK else ""


def _drawn_formula(element: html.HtmlElement) -> str | None:
    """Return the text of an element that a script drew a formula in; None for other elements.

    Copies of formulas and links back from notes have none.
    """
    name = element.get("class") or ""
    if name in _COPIES or (name and _BACK_NAMES.search(name)):
        return ""
    if element.tag != "mjx-container" and name not in _DRAWN:
        return None
    if (math := element.find(".//math")) is not None:
        return _formula(math)
    source = element.getnext()
    is_source = source is not None and source.tag == "script"
    return latex_text(source.text or "") if is_source else None


def is_formula(script: html.HtmlElement) -> bool:
    """True if a script holds a formula for MathJax that is not drawn before it."""
    if not (script.get("type") or "").startswith("math/tex"):
        return False
    before = script.getprevious()
    if before is None or (before.tail or "").strip():
        return True
    name = before.get("class") or ""
    return name in _COPIES or not name.startswith(("MathJax", "mjx"))


def _formula(element: html.HtmlElement) -> str:
    """Return the text of a formula in MathML, from the TeX that it names or from its parts."""
    for note in element.iter("annotation"):
        if "tex" in (note.get("encoding") or "").lower():
            return latex_text(str(note.text or ""))
    return math_ml_text(element).strip()


def on_one_line(text: str) -> str:
    """Return text with blanks in a row made one; a line break between Chinese is none.

    Marks that only allow a word to be broken are left out.
    """
    text = text.strip()
    # of most texts this is known in a tenth of the time; the only printable blank is " "
    if text.isprintable() and "  " not in text:
        return text
    return _BLANKS.sub(_blank, text.translate(BREAK_MARKS)).strip()


def _blank(match: re.Match[str]) -> str:
    if "\n" not in match[0] or "\xa0" in match[0]:
        return " "
    text, start, end = match.string, match.start(), match.end()
    if not start or end == len(text):
        return " "
    before, after = text[start - 1], text[end]
    if before in _WIDE_MARKS or after in _WIDE_MARKS:
        return ""
    return "" if _is_wide(before) and _is_wide(after) else " "


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" or character in "—…“”"
