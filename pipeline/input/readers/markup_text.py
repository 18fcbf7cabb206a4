"""The bytes of a page of HTML or XHTML as text, whatever encoding it is in or says it is in."""

import re

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    checked_encoding,
    decoded,
    found_encoding,
    reads_as_chinese,
)

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,30})[\"']")
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
_HEAD_BYTES = 8192
_SUBSET = lazy(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<!DOCTYPE[^\[>]{0,500}\[(?P<inner>[^\]]{0,20000})\]", re.I
)
_ENTITY = lazy(r"<!ENTITY\s+(?P<name>[\w.-]{1,60})\s+[\"'](?P<text>[^\"'<]{0,60})[\"']\s*>")
_REFERENCE = lazy(r"&([A-Za-z_][\w.-]{0,59});")
# Seven bits a byte, so that the text looks like ASCII.
_SEVEN_BITS = ("hz", "iso2022_jp", "iso2022_kr", "utf-7")


def markup_text(data: bytes) -> str:
    """Return the text of a page.

    A byte-order mark decides. Then come UTF-8, which no other encoding resembles and which XML is
    in unless it says otherwise; the encoding that the XML declaration or a meta tag names, if the
    text is Chinese in it; and the Chinese encoding that fits. Raises UnreadableError where none
    of them does.
    """
    return _with_own_entities(_text(data))


def _text(data: bytes) -> str:
    if not data.startswith(_MARKS) and b"\x00" not in data and not data.isascii():
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return decoded(data, _encoding(data))


def _encoding(data: bytes) -> str:
    """Return the encoding of a page that is not UTF-8 without a mark."""
    is_whole = len(data) <= SAMPLE_BYTES
    sample = data[:SAMPLE_BYTES]
    if data.startswith(_MARKS):
        return found_encoding(sample, is_whole=is_whole)
    named = list(_named(data))
    if b"\x00" not in data:
        if data.isascii():
            return next((codec for codec in named if codec in _SEVEN_BITS), "ascii")
        for codec in named:
            if reads_as_chinese(sample, codec, is_whole=is_whole) and _decodes(data, codec):
                return codec
    try:
        return found_encoding(sample, is_whole=is_whole)
    except UnreadableError:
        fitting = next((codec for codec in named if _decodes(data, codec)), None)
        if fitting is None or b"\x00" in data:
            raise
        return fitting


def _with_own_entities(text: str) -> str:
    """Return a page with the entities that its DOCTYPE defines in place, and without these.

    A parser of HTML knows only those of HTML. Entities that name others are left out.
    """
    subset = _SUBSET.match(text)
    if subset is None:
        return text
    own = {
        match["name"]: match["text"]
        for match in _ENTITY.finditer(subset["inner"])
        if "&" not in match["text"].replace("&#", "")
    }
    text = text[: subset.start("inner") - 1] + text[subset.end("inner") + 1 :]
    return _REFERENCE.sub(lambda match: own.get(match[1], match[0]), text) if own else text


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _named(data: bytes) -> list[str]:
    """Return the codecs that the head of a page names, the XML declaration first."""
    head = data[:_HEAD_BYTES]
    names = [
        match.group(1) for pattern in (_DECLARATION, _META) for match in pattern.finditer(head)
    ]
    codecs = []
    for name in names:
        try:
            codecs.append(checked_encoding(name.decode("ascii")))
        except ConfigError:
            continue
    return codecs
