"""What a file of a translator's tool holds beside its Chinese: English, notes, codes, settings."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from models.patterns import lazy
from pipeline.input.accounts.account import Account, LeftOut, visible_chars
from pipeline.input.exchange.xml_file import CODES
from pipeline.input.readers.office.word_xml import local

_TRANSLATION, _NOTE = "a translation that the file has", "a note"
_SETTING = "a setting of the tool that wrote the file"
_READ = ""
_FILE = "a file inside the file"
_WHY = {
    "target": _TRANSLATION,
    "alt-trans": "a suggestion of the tool",
    "matches": "a suggestion of the tool",
    "historical-units": "an earlier version",
    "note": _NOTE,
    "notes": _NOTE,
    "comments": _NOTE,
    "seg-source": "a copy of the source, cut into sentences",
    "internal-file": _FILE,
}
_PO_FIELD = lazy(r'(?:(msgid_plural|msgid|msgctxt|msgstr)(?:\[\d+\])?)?\s*"(.*)"\s*$')
_PO_WHY = {
    "msgstr": _TRANSLATION,
    "msgid_plural": "the plural of a message",
    "msgctxt": "the context of a message",
}
_SHOWN_CHARS = 80


def with_xliff_texts(known: Account, root: etree._Element) -> Account:
    """Return the account of an XLIFF file with all its text but the sources, which it has."""
    return _with_others(known, _xliff_texts(root))


def _xliff_texts(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield why a text of an XLIFF file is not read, and the text."""
    whys = [_SETTING]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            whys.append(_why(element, whys[-1]))
            text = element.text
        else:
            whys.pop()
            text = element.tail
        if text and whys[-1] not in (_READ, _FILE):
            yield whys[-1], text


def _why(element: etree._Element, above: str) -> str:
    """Return why the text of an element is not read, from that of the element around it."""
    name, parent = local(element), element.getparent()
    if above == _READ:
        return "a code of the tool" if name in CODES else _READ
    if above != _SETTING:
        return above
    if name == "source" and parent is not None and local(parent) in ("trans-unit", "segment"):
        return _READ
    return _WHY.get(name, _SETTING)


def with_po_texts(known: Account, text: str) -> Account:
    """Return the account of a PO file with its translations, contexts and comments."""
    return _with_others(known, _po_texts(text))


def _po_texts(text: str) -> Iterator[tuple[str, str]]:
    """Yield why a string or comment of a PO file is not read, and the string."""
    name = ""
    for line in text.split("\n"):
        if line.startswith("#"):
            yield "a comment", line.lstrip("#.:,|~ ")
        elif match := _PO_FIELD.match(line.strip()):
            name = match[1] or name
            if why := _PO_WHY.get(name):
                yield why, match[2]


def _with_others(known: Account, texts: Iterable[tuple[str, str]]) -> Account:
    """Return an account with other texts set aside, one part for each reason."""
    held: dict[str, list[str]] = {}
    for why, text in texts:
        if text.strip():
            held.setdefault(why, []).append(text)
    parts = [
        LeftOut(
            "the file",
            why,
            " ".join(" ".join(own).split())[:_SHOWN_CHARS],
            sum(map(visible_chars, own)),
        )
        for why, own in held.items()
    ]
    more = sum(part.chars for part in parts)
    return replace(known, chars=known.chars + more, left_out=(*known.left_out, *parts))
