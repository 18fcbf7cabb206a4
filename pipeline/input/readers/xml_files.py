"""Files of XML by their root: pages of OCR programs (ALTO, PAGE) and subtitles (TTML)."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from models.patterns import lazy
from pipeline.input.accounts.account import account
from pipeline.input.accounts.xml_files import xml_pieces
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import time_limit
from pipeline.input.readers.file_text import whole_bytes
from pipeline.input.readers.ocr.xml import alto_blocks, region_blocks
from pipeline.input.readers.office.word_xml import local
from pipeline.input.readers.packages import xml_root
from pipeline.input.readers.pages import page_document
from pipeline.records import Document

_ADVICE = "give ALTO, PAGE, TTML, XHTML, XLIFF or flat OpenDocument, or save its text as .txt"
_OTHER_COMMANDS = {
    "tmx": ("a translation memory (TMX)", "`pipeline memory import` or `pipeline check` read it"),
    "martif": ("a glossary (TBX)", "name it in translate.glossary"),
    "tbx": ("a glossary (TBX)", "name it in translate.glossary"),
    "TBX": ("a glossary (TBX)", "name it in translate.glossary"),
}
"""What roots say that hold no document, and who reads them."""
_SECONDS = lazy(r"(\d+(?:\.\d+)?)(ms|s|m|h)$")
_CLOCK = lazy(r"(\d{2,}:\d{2}:\d{2})(?:[.,](\d{1,3})|:\d+)?$")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def read_xml(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read a page of an OCR program or subtitles in XML."""
    data = whole_bytes(file, settings)
    with time_limit():
        root = xml_root(data, file.path.name, "export it again")
        blocks = _KINDS.get(local(root))
        if blocks is None:
            raise _refusal(local(root))
        text = cleaned("\n\n".join(filter(None, blocks(root))))
        settings.account(lambda: account(file.source, text, xml_pieces(root)))
    yield page_document(file, text)


def _refusal(name: str) -> UnreadableError:
    if name in _OTHER_COMMANDS:
        what, advice = _OTHER_COMMANDS[name]
        return UnreadableError(f"{what}, not a document", advice)
    return UnreadableError(f"XML of a kind that is not read: <{name}>", _ADVICE)


def _cues(root: etree._Element) -> Iterator[str]:
    """Yield the paragraphs of TTML as cues of SubRip, so that they are read as subtitles."""
    for cue in root.iter("{*}p"):
        lines = "".join(_spoken(cue)).split("\n")
        said = "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
        if said:
            yield f"{_time(cue.get('begin'))} --> {_time(cue.get('end'))}\n{said}"


def _spoken(element: etree._Element) -> Iterator[str]:
    yield (element.text or "").replace("\n", " ")
    for child in element:
        if local(child) == "br":
            yield "\n"
        elif local(child) != "metadata":
            yield from _spoken(child)
        yield (child.tail or "").replace("\n", " ")


def _time(written: str | None) -> str:
    """Return a time of TTML as SubRip writes it, `00:00:01,000`; frames are left out."""
    written = (written or "").strip()
    if clock := _CLOCK.match(written):
        return f"{clock[1]},{(clock[2] or '0').ljust(3, '0')}"
    offset = _SECONDS.match(written)
    total = round(float(offset[1]) * _UNITS[offset[2]] * 1000) if offset else 0
    seconds, rest = divmod(total, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{rest:03d}"


_KINDS: Mapping[str, Callable[[etree._Element], Iterator[str]]] = {
    "alto": alto_blocks,
    "PcGts": region_blocks,
    "tt": _cues,
}
