"""XLIFF and PO files with English where a translation is missing; all else is kept as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.deliver.in_place.slots import Pairs, Slot, fill
from pipeline.input.exchange.po import Message, po_messages, quoted
from pipeline.input.exchange.standing import is_unfinished
from pipeline.input.exchange.xliff import (
    QUALIFIER,
    SDL,
    SUBSTATE,
    is_to_translate,
    segment_marks,
    segment_text,
    xliff_units,
)
from pipeline.input.exchange.xml_file import parsed_bytes, text_of, xml_text
from pipeline.language.chinese import is_chinese


@dataclass(frozen=True, slots=True)
class _OpenText:
    """A unit of XLIFF that waits for its translation, or a segment of it by its `mid`."""

    unit: Any
    source: Any
    mid: str = ""


def english_xliff(data: bytes, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a file whose targets that are missing or not begun are filled, and the Chinese left.

    Locked units and those that somebody translated stay. Codes of a source have no place in the
    English, so its text is named too. Raises UnreadableError if it is no XLIFF.
    """
    # lxml takes time to import, and only this format needs it
    from lxml import etree

    root = parsed_bytes(data, "xliff", "XLIFF")
    parts = [part for unit, source, _ in xliff_units(root) for part in _open_parts(unit, source)]
    units = {id(part.unit): number for number, part in enumerate(parts)}
    slots = [Slot(segment_text(part.source), units[id(part.unit)]) for part in parts]
    texts, _ = fill(slots, pairs)
    left = []
    for part, slot, text in zip(parts, slots, texts, strict=True):
        if text == slot.text or is_chinese(text):
            left.append(" ".join(slot.text.split()))
            continue
        if len(part.source) or text_of(part.source).strip() != slot.text:
            left.append(f"without its codes: {' '.join(slot.text.split())}")
        _write(part, xml_text(text.strip() if part.mid else text))
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written, left


def _open_parts(unit: Any, source: Any) -> Iterator[_OpenText]:
    """Yield the parts of a unit that wait for their translation.

    Tools that cut a unit into segments (`mrk`) read only those in its target.
    """
    if not is_to_translate(unit):
        return
    target = unit.find("{*}target")
    marks = segment_marks(unit.find("{*}seg-source"))
    if not marks:
        if is_chinese(text_of(source)) and _is_open(unit, target):
            yield _OpenText(unit, source)
        return
    written = segment_marks(target)
    for mid, mark in marks.items():
        is_begun = text_of(written.get(mid)).strip() or (not written and text_of(target).strip())
        if not is_begun and is_chinese(text_of(mark)):
            yield _OpenText(unit, mark, mid)


def _is_open(unit: Any, target: Any) -> bool:
    stated = [each.get("state") for each in (unit, target) if each is not None]
    states = [state for state in stated if state]
    if states and not all(map(is_unfinished, states)):
        return False
    return not text_of(target).strip()


def _write(part: _OpenText, text: str) -> None:
    """Write the English of a unit, or of a segment of it, and that a machine made it."""
    unit = part.unit
    space = unit.tag.rpartition("}")[0]
    space += "}" if space else ""
    target = unit.find("{*}target")
    if target is None:
        target = unit.makeelement(f"{space}target")
        before = unit.find("{*}seg-source")
        (unit.find("{*}source") if before is None else before).addnext(target)
    place = segment_marks(target).get(part.mid) if part.mid else target
    if place is None:
        if not len(target):
            target.text = None
        place = target.makeelement(f"{space}mrk", {"mtype": "seg", "mid": part.mid})
        target.append(place)
    place[:] = []
    place.text = text
    own = [each for each in unit.iter(f"{{{SDL}}}seg") if each.get("id") == part.mid]
    if own:
        own[0].set("conf", "Draft")
    elif unit.tag == f"{space}segment":
        unit.set("state", "translated")
        unit.set("subState", SUBSTATE)
    else:
        target.set("state", "translated")
        target.set("state-qualifier", QUALIFIER)


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
