"""The texts of an XML file of an OCR program or of subtitles, line by line."""

from collections.abc import Iterator

from lxml import etree

from pipeline.input.accounts.account import Piece
from pipeline.input.readers.office.word_xml import local

_FACTS = frozenset(("Metadata", "Description", "Styles", "Tags", "head", "metadata", "Labels"))
_PARTS = frozenset(("Word", "Glyph"))


def xml_pieces(root: etree._Element) -> Iterator[Piece]:
    """Yield the lines of an ALTO, PAGE or TTML file; what is there twice is a copy."""
    number = 0
    for element in root.iter("*"):
        if local(element) == "TextLine":
            number += 1
        if local(element) == "TextLine" and (words := element.findall("{*}String")):
            yield Piece(f"line {number}", "".join(word.get("CONTENT") or "" for word in words))
        if text := (element.text or "").strip():
            yield Piece(f"line {number}", text, _why(element))
        if tail := (element.tail or "").strip():
            above = element.getparent()
            yield Piece(f"line {number}", tail, "" if above is None else _why(above))


def _why(element: etree._Element) -> str:
    """Return why a reader may leave out the text of an element; empty if it may not."""
    around = [element, *element.iterancestors()]
    if any(local(above) in _FACTS for above in around):
        return "facts about the file"
    text = next((above for above in around if local(above) == "TextEquiv"), None)
    owner = None if text is None else text.getparent()
    if text is None or owner is None:
        return ""
    others = [part for part in owner if local(part) == "TextEquiv"]
    if text is not min(others, key=lambda other: (other.get("index") or "0").zfill(9)):
        return "another reading of the same line"
    if local(element) == "PlainText" and text.find("{*}Unicode") is not None:
        return "another reading of the same line"
    below = [part for part in owner.iter("{*}TextEquiv") if part.getparent() is not owner]
    is_region = local(owner) == "TextRegion" and any(
        "".join(map(str, part.itertext())).strip() for part in below
    )
    above = (part for part in around if local(part) in ("TextLine", *_PARTS) and part is not owner)
    has_own = any(part.find("{*}TextEquiv") is not None for part in above)
    return "a copy of its lines" if is_region or has_own else ""
