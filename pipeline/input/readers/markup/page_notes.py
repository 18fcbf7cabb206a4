"""Notes of web pages and books: how elements name them, and the number that one begins with."""

from functools import lru_cache

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.inline import LAST_DIGITS

# Calibre numbers the classes that differ in their style: footnote1.
_NOTES = lazy(r"\b(?:footnotes?|endnotes?|rearnotes?|doc-footnote|doc-endnote)\d{0,3}\b")
# A number with a mark or a blank behind it; a bare one counts only if the id of the note says so.
NOTE_NUMBER = lazy(
    r"\s*(?:[\[［（(〔【](\d{1,3}|[ivx]{1,6}|[*†‡])[\]］）)〕】][.、:：]?|([*†‡①-⑳])|(\d{1,3})(?:[\]］）).、:：](?!\d)|(?=\s)))\s*"
)
_BARE_NUMBER = lazy(r"\s*(\d{1,3})(?![\d.,%年月日时个家人次万亿千百])")
_LINKED_MARK = lazy(r"[\[［（(〔]?(?:\d{1,3}|[ivx]{1,6}|[*†‡①-⑳])[\]］）)〕]?")
NOTE_ID = lazy(r"(?:user-content-)?(?:fn|_?ftn|_?edn|cite_note|footnote|endnote)[-_:.]?[\w-]*\d")
# The number of a note in a line of its own, as Calibre writes it: `[←1]`.
NOTE_LABEL = lazy(r"[\[［][←↑↩]?\s*(\d{1,3}|[*†‡])[\]］]$")


def begins_with_back_link(element: html.HtmlElement) -> bool:
    """True if a paragraph begins with a number that leads back to the text, as a note does."""
    if element.tag not in ("p", "div", "li") or not len(element) or (element.text or "").strip():
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
    if "note" not in "".join(element.values()):
        return False
    kind = element.get("epub:type") or element.get("{http://www.idpf.org/2007/ops}type")
    return _names_note(f"{kind or ''} {element.get('role') or ''} {element.get('class') or ''}")


@lru_cache(maxsize=1000)
def _names_note(named: str) -> bool:
    return _NOTES.search(named) is not None


def note_name(text: str, element: html.HtmlElement, number: str = "") -> tuple[str, int]:
    """Return the name of a note and where its text begins; `number` is that of its item."""
    own = NOTE_NUMBER.match(text)
    name = own[own.lastindex or 0] if own else number or "1"
    if own is None and not number and (digits := LAST_DIGITS.search(element.get("id") or "")):
        name = digits[0]
        bare = _BARE_NUMBER.match(text)
        own = bare if bare and bare[1] == name else None
    return name, own.end() if own else 0
