"""XLIFF 1.2 and 2.x, in which CAT tools keep a translation: sources and targets, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.standing import is_unfinished
from pipeline.input.exchange.xml_file import language_of, parsed, text_of

SUFFIXES = (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff")
QUALIFIER = "mt-suggestion"
"""In XLIFF 1.2 it stands beside a state that an export wrote, and CAT tools take it away."""
SUBSTATE = "yibao:machine"
"""The same in XLIFF 2.x."""
SDL = "http://sdl.com/FileTypes/SdlXliff/1.0"
_MEMOQ = "MQXliff"
# Phrase writes its codes as text: {1}, {b>bold<b}.
_PHRASE_CODE = lazy(r"\{(?:\d+|[a-z]+\d*)>|<(?:\d+|[a-z]+\d*)\}|\{\d+\}")


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

    Alternatives that a tool proposes (`alt-trans`, `matches`) are no segments, nor is text that
    is not to be translated and has no English. Raises UnreadableError as `parsed` does, or if the
    file is not from Chinese into English.
    """
    for unit, chinese, english in xliff_units(parsed(path, "xliff", "XLIFF")):
        if not segment_text(english) and not is_to_translate(unit):
            continue
        is_new = unit.tag.endswith("}segment") or unit.tag == "segment"
        holder = unit.getparent() if is_new else unit
        identifier = holder.get("name") or holder.get("resname") or holder.get("id") or ""
        line, states = int(unit.sourceline or 0), _states(unit, english)
        whole = [("", segment_text(chinese), segment_text(english))]
        for mid, zh, en in _segments(unit) or whole:
            state = states.get(mid, "") or (next(iter(states.values()), "") if not mid else "")
            yield XliffPair(line, zh, en, identifier, state if is_unfinished(state) else "")


def _states(unit: Any, english: Any) -> dict[str, str]:
    """Return the states of the segments of a unit by their `mid`, or its own by an empty name.

    Trados and memoQ have attributes of their own, and so has Phrase, for which 0 is unconfirmed.
    """
    stated = {} if english is None else {**unit.attrib, **english.attrib}
    if stated.get("state-qualifier") == QUALIFIER or stated.get("subState") == SUBSTATE:
        return {}
    segments = {each.get("id"): each.get("conf") or "" for each in unit.iter(f"{{{SDL}}}seg")}
    if segments:
        return segments
    own = stated.get("state") or stated.get(f"{{{_MEMOQ}}}status") or ""
    confirmed = next((v for k, v in stated.items() if k.endswith("}confirmed")), "")
    return {"": "unconfirmed" if confirmed == "0" else own}


def is_to_translate(unit: Any) -> bool:
    """True unless a unit, or what it is in, says that its text stays as it is."""
    return "no" not in (each.get("translate") for each in (unit, *unit.iterancestors()))


def segment_text(element: Any) -> str:
    """Return the text of a source, a target or a segment of them, without the tools' codes."""
    text = text_of(element).strip()
    if _PHRASE_CODE.search(text) and any(
        "memsource.com/" in (uri or "") for uri in element.nsmap.values()
    ):
        return _PHRASE_CODE.sub("", text)
    return text


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
        if chinese is not None and segment_text(chinese):
            yield unit, chinese, english


def segment_marks(side: Any) -> dict[str, Any]:
    """Return the segments of a side of a unit of 1.2 that a tool has cut, by their `mid`."""
    marks = () if side is None else side.iter("{*}mrk")
    return {mark.get("mid") or "": mark for mark in marks if mark.get("mtype") == "seg"}


def _segments(unit: Any) -> list[tuple[str, str, str]]:
    """Return `mid`, source and target of the segments of a unit that a tool has cut into them."""
    chinese, english = (
        {mid: segment_text(mark) for mid, mark in segment_marks(unit.find(name)).items()}
        for name in ("{*}seg-source", "{*}target")
    )
    if len(chinese) < 2 or chinese.keys() != english.keys():
        return []
    return [(mid, zh, english[mid]) for mid, zh in chinese.items() if zh]
