"""The parts of a Word file as XML, and the names in them."""

import posixpath
import zipfile
from collections.abc import Iterator

from lxml import etree

from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.packages import xml_root

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = b"http://purl.oclc.org/ooxml/"
# The ISO standard's strict names, and the names that Word itself writes.
_TRANSITIONAL = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"drawingml/2006/"),
)
_BASE = b"http://schemas.openxmlformats.org/"
_NOT_WORD = (
    ("xl/", "a spreadsheet", "save its text as .csv"),
    ("ppt/", "a presentation", "save its text as .docx or .txt"),
    ("Index/Document.iwa", "an Apple Pages document", "export it as Word (.docx)"),
)


class WordPackage:
    """The parts of a Word file: the main one, and those it names by type or id."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = {name.lower(): name for name in package.namelist()}
        self.main = self._main()
        self._relations = self._read_relations(self.main)

    def _main(self) -> str:
        for _, (kind, target) in self._read_relations("").items():
            is_other = target.lower().startswith(("xl/", "ppt/"))
            if kind == "officeDocument" and self._has(target) and not is_other:
                return target
        for name, what, advice in _NOT_WORD:
            if any(part.startswith(name.lower()) for part in self._names):
                raise UnreadableError(f"{what}, not a Word document", advice)
        if self._has("word/document.xml"):
            return "word/document.xml"
        raise UnreadableError(
            "not a Word document: it has no text part", "open it in Word and save it as DOCX"
        )

    def _has(self, name: str) -> bool:
        return name.lower() in self._names

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part by id: (last word of its type, name of the target)."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self._has(place):
            return {}
        found = {}
        for relation in self.read(place):
            if relation.get("TargetMode") != "External" and relation.get("Target"):
                written = relation.get("Target", "").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/", folder, written))
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def read(self, name: str) -> etree._Element:
        """Return the root of a part. Raises UnreadableError where it is no XML."""
        return xml_root(usual_names(self.data(name)), name, "open it in Word and save it again")

    def data(self, name: str) -> bytes:
        """Return the bytes of a part."""
        return self._package.read(self._names[name.lower()])

    def parts(self, kind: str) -> Iterator[etree._Element]:
        """Yield the parts of a type, such as footnotes or header, each once.

        A part that the file holds but does not name is taken by its usual name.
        """
        named = dict.fromkeys(target for type, target in self._relations.values() if type == kind)
        usual = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        for name in named or ([usual] if self._has(usual) else []):
            if self._has(name):
                yield self.read(name)

    def target(self, relation: str | None) -> str | None:
        """Return the name of the part that the main part names by an id; None if it is not here."""
        _, name = self._relations.get(relation or "", ("", ""))
        return name if name and self._has(name) else None


def usual_names(part: bytes) -> bytes:
    """Return a part of a Word file with the names that Word itself writes, not the strict ones."""
    if _STRICT in part:
        for strict, usual in _TRANSITIONAL:
            part = part.replace(strict, _BASE + usual)
    return part


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """Return an attribute of Word's; None without the element or the attribute."""
    return None if element is None else element.get(WORD + name)


def is_on(element: etree._Element | None) -> bool:
    """True if a switch such as w:vanish is on; one without a value is."""
    return element is not None and value(element) not in ("0", "false", "off", "none")
