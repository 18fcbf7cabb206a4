"""XLIFF and PO files with English where a translation is missing; all else is kept as it is."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliver.in_place.slots import Pairs, Slot, fill
from pipeline.input.exchange.po import Message, po_messages, quoted
from pipeline.input.exchange.standing import is_unfinished
from pipeline.input.exchange.xliff import QUALIFIER, SUBSTATE, xliff_units
from pipeline.input.exchange.xml_file import parsed_bytes, text_of, xml_text
from pipeline.language.chinese import is_chinese


def english_xliff(data: bytes, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a file whose targets that are missing or not begun are filled, and the Chinese left.

    Locked units and those that somebody translated stay. Codes of a source have no place in the
    English, so its text is named too. Raises UnreadableError if it is no XLIFF.
    """
    # lxml takes time to import, and only this format needs it
    from lxml import etree

    root = parsed_bytes(data, "xliff", "XLIFF")
    units = [unit for unit in xliff_units(root) if _is_open(*unit)]
    slots = [Slot(text_of(source), number) for number, (_, source, _) in enumerate(units)]
    texts, _ = fill(slots, pairs)
    left = []
    for (unit, source, target), slot, text in zip(units, slots, texts, strict=True):
        if text == slot.text or is_chinese(text):
            left.append(" ".join(slot.text.split()))
            continue
        if len(source):
            left.append(f"without its codes: {' '.join(slot.text.split())}")
        space = source.tag.removesuffix("source")
        new = etree.Element(f"{space}target") if target is None else target
        if target is None:
            before = unit.find("{*}seg-source")
            (source if before is None else before).addnext(new)
        new[:] = []
        new.text = xml_text(text)
        if unit.tag == f"{space}segment":
            unit.set("state", "translated")
            unit.set("subState", SUBSTATE)
        else:
            new.set("state", "translated")
            new.set("state-qualifier", QUALIFIER)
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written, left


def _is_open(unit: Any, source: Any, target: Any) -> bool:
    """True if a unit waits for its translation."""
    holders = [unit, *unit.iterancestors()]
    if "no" in [each.get("translate") for each in holders] or not is_chinese(text_of(source)):
        return False
    stated = [each.get("state") for each in (unit, target) if each is not None]
    states = [state for state in stated if state]
    if states and not all(map(is_unfinished, states)):
        return False
    return not text_of(target).strip()


def english_po(source: str, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a file whose empty messages are filled, in UTF-8, and the Chinese left.

    Raises UnreadableError if it is no PO file.
    """
    messages = list(_open_messages(source))
    slots = [Slot(message.source, number) for number, message in enumerate(messages)]
    texts, left = fill(slots, pairs)
    lines = source.split("\n")
    for message, text in zip(messages, texts, strict=True):
        if not is_chinese(text):
            line = message.translation_line - 1
            start, mark, _ = lines[line].partition('""')
            lines[line] = start + quoted(text) if mark else lines[line]
    return "\n".join(lines).encode("utf-8", "replace"), left


def _open_messages(source: str) -> Iterator[Message]:
    for message in po_messages(source):
        if not message.translation and is_chinese(message.source):
            yield message
