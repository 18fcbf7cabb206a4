"""A Word document in English: styles, pictures, tables, links and notes stay as they are."""

import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from models.patterns import lazy
from pipeline.deliver.in_place.slots import Pairs, Slot, fill, in_english
from pipeline.language.chinese import is_chinese

_PARTS = lazy(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\d*\.xml")
_OTHER_PARTS = lazy(r"word/(?:comments|charts/|diagrams/data)[^/]*\.xml")
"""Their Chinese is not translated."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARKS = ("b", "i", "u", "em", "highlight", "shd", "rStyle", "vertAlign")
_OFF = ("0", "false", "off", "none", "nil", "clear")
_GONE = frozenset(("del", "moveFrom"))


def english_word(stream: IO[bytes], max_bytes: int, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a document with English in place of its sentences, and the Chinese left.

    Raises UnreadableError if it is no package that can be read.
    """
    # lxml takes time to import, and only this format needs it
    from lxml import etree

    from pipeline.deliver.in_place.word_numbers import write_numbers
    from pipeline.input.readers.packages import opened_package, xml_root

    written = io.BytesIO()
    with opened_package(stream, max_bytes) as package, zipfile.ZipFile(written, "w") as copy:
        roots = {
            name: xml_root(package.read(name), name, "open it in Word and save it again")
            for name in sorted(package.namelist(), key=lambda name: "document" not in name)
            if _PARTS.fullmatch(name)
        }
        if (main := roots.get("word/document.xml")) is not None:
            write_numbers(package, main)
        elements: list[Any] = []
        slots: list[Slot] = []
        for root in roots.values():
            for element, slot in _slots(root, slots[-1].block + 1 if slots else 0):
                elements.append(element)
                slots.append(slot)
        texts, left = fill(slots, pairs)
        for element, text in zip(elements, texts, strict=True):
            if element.text != text:
                element.text = text
                element.set(_SPACE, "preserve")
        for root in roots.values():
            left += _described(root, pairs)
        for name in filter(_OTHER_PARTS.fullmatch, package.namelist()):
            part = xml_root(package.read(name), name, "open it in Word and save it again")
            text = " ".join(
                piece for item in part.iter("{*}t", "{*}v") for piece in item.itertext()
            )
            left += [f"{name}: {text}"] if is_chinese(text) else []
        for entry in package.infolist():
            data = package.read(entry)
            if entry.filename in roots:
                data = etree.tostring(
                    roots[entry.filename], xml_declaration=True, encoding="UTF-8", standalone=True
                )
            copy.writestr(entry, data)
    return written.getvalue(), left


def _slots(root: Any, block: int) -> Iterator[tuple[Any, Slot]]:
    """Yield the texts of a part with their paragraphs and links; readings of ruby become empty."""
    numbers: dict[Any, int] = {}
    links: dict[Any, int] = {}
    fields: list[bool] = []
    for element in root.iter(f"{_WORD}t", f"{_WORD}fldChar", f"{_WORD}p"):
        if element.tag == f"{_WORD}p":
            numbers[element] = block + len(numbers)
            fields.clear()
            continue
        if element.tag == f"{_WORD}fldChar":
            kind = element.get(f"{_WORD}fldCharType")
            if kind == "begin":
                fields.append(False)
            elif fields and kind == "separate":
                fields[-1] = True
            elif fields:
                fields.pop()
            continue
        above = {
            each.tag.rpartition("}")[2]: each for each in reversed(list(element.iterancestors()))
        }
        # the result of a field inside the instruction of another is not shown
        if above.keys() & _GONE or "p" not in above or not all(fields):
            continue
        if "rt" in above:
            element.text = ""
            continue
        holder = above.get("hyperlink")
        link = None if holder is None else links.setdefault(holder, len(links) + 1)
        if link is None and any(fields):
            link = links.setdefault(("field", numbers[above["p"]]), len(links) + 1)
        yield element, Slot(element.text or "", numbers[above["p"]], link, _is_marked(above["r"]))


def _is_marked(run: Any) -> bool:
    """True if a run is bold, in italics or the like by its own properties."""
    properties = run.find(f"{_WORD}rPr")
    marks = () if properties is None else (properties.find(f"{_WORD}{name}") for name in _MARKS)
    return any(m is not None and m.get(f"{_WORD}val") not in _OFF for m in marks)


def _described(root: Any, pairs: Pairs) -> list[str]:
    """Put English in place of the descriptions of pictures; return the Chinese left."""
    elements = [
        (element, name)
        for element in root.iter("{*}docPr")
        for name in ("descr", "title")
        if element.get(name)
    ]
    texts = in_english([element.get(name) for element, name in elements], pairs)
    for (element, name), (_, english) in zip(elements, texts, strict=True):
        element.set(name, english)
    return [english for _, english in texts if is_chinese(english)]
