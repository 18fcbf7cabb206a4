"""XLIFF 1.2 and 2.x, in which CAT tools keep a translation: sources and targets, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.input.encodings import UnreadableError
from pipeline.input.open import read_plain

SUFFIXES = (".xlf", ".xliff", ".sdlxliff")
# what stands in these is a code of the tool that wrote the file, not text
_CODES = frozenset({"bpt", "ept", "it", "ph", "bx", "ex", "x", "cp"})


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
    root = _parsed(path)
    if _name(root) != "xliff":
        raise UnreadableError(f"XML, but <{_name(root)}> and not <xliff>", "export it as XLIFF")
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


def _parsed(path: Path) -> Any:
    # lxml takes time to import, and only this format needs it
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(read_plain(path), parser).getroottree()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not XML: {error.msg}", "export the file again") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}", "check the file") from None
    if tree.docinfo.internalDTD is not None:
        raise UnreadableError("XML with a DTD, which no translation needs", "export the file again")
    return tree.getroot()


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(_texts(element)).split())


def _texts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and _name(child) not in _CODES:
            yield from _texts(child)
        yield child.tail or ""
