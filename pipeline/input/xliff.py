"""XLIFF 1.2 and 2.x, in which CAT tools keep a translation: sources and targets, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.exchange import element_text, exchange_root

SUFFIXES = (".xlf", ".xliff", ".sdlxliff")


@dataclass(frozen=True, slots=True)
class XliffPair:
    """A segment of a file: its line, its source and its target, empty if it has none."""

    line: int
    source: str
    target: str


def xliff_pairs(path: Path) -> Iterator[XliffPair]:
    """Yield the segments whose source is Chinese and whose target is English.

    Alternatives that a tool proposes (`alt-trans`) are no segments. Raises UnreadableError if the
    file is no XML, is not XLIFF, defines entities, or is not from Chinese into English.
    """
    root = exchange_root(path, "xliff", "XLIFF")
    languages = root.find("{*}file")
    source = root.get("srcLang") or (
        languages.get("source-language") if languages is not None else ""
    )
    if source and not source.lower().startswith(("zh", "cmn", "chi")):
        raise UnreadableError(f"its source language is '{source}', not Chinese", "export zh to en")
    # 1.2 has <trans-unit>, 2.x <segment>; both hold <source> and <target>
    for unit in root.iter("{*}trans-unit", "{*}segment"):
        chinese, english = unit.find("{*}source"), unit.find("{*}target")
        if chinese is not None and (text := _text(chinese)):
            yield XliffPair(int(unit.sourceline or 0), text, _text(english))


def _text(element: Any) -> str:
    return "" if element is None else " ".join(element_text(element).split())
