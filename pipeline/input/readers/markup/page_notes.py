"""Notes of web pages and books: how elements name them, and the number that one begins with."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.inline import LAST_DIGITS

# Calibre numbers the classes that differ in their style: footnote1.
_NOTES = lazy(r"\b(?:footnotes?|endnotes?|rearnotes?|doc-footnote|doc-endnote|references)\d{0,3}\b")
# A number with a mark or a blank behind it; a bare one counts only if the id of the note says so.
NOTE_NUMBER = lazy(
    r"\s*(?:[\[［（(〔【﹝](\d{1,3}|[ivx]{1,6}|[*†‡]{1,3})[\]］）)〕】﹞][.、:：]?|([*†‡]{1,3}|[①-⑳])|(\d{1,3})(?:[\]］）).、:：](?!\d)|(?=\s)))\s*"
)
_BARE_NUMBER = lazy(r"\s*(\d{1,3})(?![\d.,%年月日时个家人次万亿千百])")
_LINKED_MARK = lazy(
    r"[\[［（(〔【﹝]?(?P<mark>(?:注\s?)?\d{1,3}|[ivx]{1,6}|[*†‡]{1,3}|[①-⑳])[\]］）)〕】﹞]?"
)
NOTE_ID = lazy(r"(?:user-content-)?(?:fn|_?ftn|_?edn|cite_note|footnote|endnote)[-_:.]?[\w-]*\d")
_LONGEST_PAGE = 12
# The number of a note in a line of its own, as Calibre writes it: `[←1]`.
NOTE_LABEL = lazy(r"[\[［][←↑↩]?\s*(\d{1,3}|[*†‡])[\]］]$")


def begins_with_back_link(element: html.HtmlElement) -> bool:
    """True if a paragraph begins with a number that leads back to the text, as a note does."""
    if not len(element) or (element.text or "").strip():
        return False
    link = element[0]
    if link.tag in ("sup", "span") and len(link) == 1 and not link.text:
        link = link[0]
    if link.tag != "a" or "#" not in (link.get("href") or ""):
        return False
    number = _LINKED_MARK.fullmatch("".join(map(str, link.itertext())).strip())
    return number is not None and bool((element[0].tail or "").strip())


def is_note(element: html.HtmlElement) -> bool:
    """True if an element is named as a note, by its type, its role or its class."""
    named = "".join(element.values())
    if "note" not in named and "references" not in named:
        return False
    kind = element.get("epub:type") or element.get("{http://www.idpf.org/2007/ops}type")
    return _names_note(f"{kind or ''} {element.get('role') or ''} {element.get('class') or ''}")


@lru_cache(maxsize=1000)
def _names_note(named: str) -> bool:
    return _NOTES.search(named) is not None


def is_page_break(element: html.HtmlElement) -> bool:
    """True if an element is the place, or the number, of a page of the printed book."""
    named = f"{element.get('epub:type') or ''} {element.get('role') or ''}"
    return "pagebreak" in named and len("".join(map(str, element.itertext()))) <= _LONGEST_PAGE


def single_notes(element: html.HtmlElement) -> set[html.HtmlElement]:
    """Return the paragraphs of an element that are a note each, if it holds more than one."""
    notes = {
        child
        for child in element.iterchildren("p", "div")
        if begins_with_back_link(child) or NOTE_ID.match(child.get("id") or "")
    }
    return notes if len(notes) > 1 else set()


class LinkedMarks:
    """The marks of the notes of a page as its text has them, from its links in order."""

    def __init__(self, links: Iterable[html.HtmlElement]) -> None:
        self._found: dict[str, tuple[str, html.HtmlElement]] = {}
        for link in links:
            _, _, name = (link.get("href") or "").partition("#")
            if name and name not in self._found:
                text = "".join(map(str, link.itertext())) if len(link) else link.text or ""
                if mark := _LINKED_MARK.fullmatch(text.strip()):
                    self._found[name] = mark["mark"], link

    def of(self, name: str) -> str:
        """Return the mark that leads to the id of a note; empty if none does."""
        return self._found[name][0] if name in self._found else ""

    def lead_to(self, element: html.HtmlElement) -> bool:
        """True if a mark leads to an element, and a link in it back to the mark."""
        if (found := self._found.get(element.get("id") or "")) is None:
            return False
        places = [
            p.get(key)
            for p in (found[1], *islice(found[1].iterancestors(), 2))
            for key in ("id", "name")
        ]
        targets = ((a.get("href") or "").partition("#")[2] for a in element.iter("a"))
        return any(target and target in places for target in targets)


def note_name(
    text: str, element: html.HtmlElement, number: str, mark_of: Callable[[str], str]
) -> tuple[str, int]:
    """Return the name of a note and where its text begins; `number` is that of its item.

    A note that does not begin with its number has the mark that leads to its id, by `mark_of`.
    """
    own = NOTE_NUMBER.match(text)
    if own:
        return own[own.lastindex or 0], own.end()
    named = element.get("id") or next(
        (e.get("id") or "" for e in element.iterfind(".//*[@id]")), ""
    )
    digits = LAST_DIGITS.search(named)
    name = mark_of(named) or number or (digits[0] if digits else "")
    bare = None if number else _BARE_NUMBER.match(text)
    return name or "1", bare.end() if bare and bare[1] == name else 0
