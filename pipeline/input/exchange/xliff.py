"""XLIFF 1.2 and 2.x, in which CAT tools keep a translation: sources and targets, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.standing import is_unfinished
from pipeline.input.exchange.xml_file import language_of, parsed, text_of

SUFFIXES = (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff")
QUALIFIER = "mt-suggestion"
"""In XLIFF 1.2 it stands beside a state that an export wrote, and CAT tools take it away."""
SUBSTATE = "yibao:machine"
"""The same in XLIFF 2.x."""


@dataclass(frozen=True, slots=True)
class XliffPair:
    """A segment of a file: its line, source and target (empty if it has none), its unit's id.

    `unfinished` is the state of a target that a translator marked as not to be used yet.
    """

    line: int
    source: str
    target: str
    identifier: str = ""
    unfinished: str = ""


def xliff_pairs(path: Path) -> Iterator[XliffPair]:
    """Yield the segments whose source is Chinese and whose target is English.

    Alternatives that a tool proposes (`alt-trans`, `matches`) are no segments. Raises
    UnreadableError as `parsed` does, or if the file is not from Chinese into English.
    """
    for unit, chinese, english in xliff_units(parsed(path, "xliff", "XLIFF")):
        is_new = unit.tag.endswith("}segment") or unit.tag == "segment"
        holder = unit.getparent() if is_new else unit
        identifier = holder.get("name") or holder.get("resname") or holder.get("id") or ""
        stated = {} if english is None else {**unit.attrib, **english.attrib}
        is_ours = stated.get("state-qualifier") == QUALIFIER or stated.get("subState") == SUBSTATE
        state = "" if is_ours else stated.get("state", "")
        unfinished, line = state if is_unfinished(state) else "", int(unit.sourceline or 0)
        whole = (text_of(chinese).strip(), text_of(english).strip())
        for zh, en in _segments(unit) or [whole]:
            yield XliffPair(line, zh, en, identifier, unfinished)


def xliff_units(root: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (unit of 1.2 or segment of 2.x, its source, its target or None), if it has text.

    Raises UnreadableError if the file is not from Chinese into English.
    """
    file = root.find("{*}file")
    inner = {} if file is None else file.attrib
    languages = {
        "source": (root.get("srcLang") or inner.get("source-language"), "zh", "Chinese"),
        "target": (root.get("trgLang") or inner.get("target-language"), "en", "English"),
    }
    for side, (code, wanted, name) in languages.items():
        if code and language_of(code) != wanted:
            reason = f"its {side} language is '{code}', not {name}"
            raise UnreadableError(reason, "export zh to en")
    # 1.2 has <trans-unit>, 2.x <segment> in a <unit>; both hold <source> and <target>
    for unit in root.iter("{*}trans-unit", "{*}segment"):
        chinese, english = unit.find("{*}source"), unit.find("{*}target")
        if chinese is not None and text_of(chinese).strip():
            yield unit, chinese, english


def _segments(unit: Any) -> list[tuple[str, str]]:
    """Return the segments of a unit of 1.2 that a tool has cut into several: by their `mid`."""
    sides = []
    for name in ("seg-source", "target"):
        side = unit.find(f"{{*}}{name}")
        marks = [] if side is None else side.iter("{*}mrk")
        sides.append({m.get("mid"): text_of(m).strip() for m in marks if m.get("mtype") == "seg"})
    chinese, english = sides
    if len(chinese) < 2 or chinese.keys() != english.keys():
        return []
    return [(zh, english[mid]) for mid, zh in chinese.items() if zh]
