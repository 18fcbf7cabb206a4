"""The bytes of a page of HTML or XHTML as text, whatever encoding it is in or says it is in."""

import re

from pipeline.errors import ConfigError
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    UnreadableError,
    checked_encoding,
    decoded,
    found_encoding,
)

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,30})[\"']")
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
_HEAD_BYTES = 8192
# Seven bits a byte, so that the text looks like ASCII.
_SEVEN_BITS = ("hz", "iso2022_jp", "iso2022_kr", "utf_7")


def markup_text(data: bytes) -> str:
    """Return the text of a page.

    A byte-order mark decides. Then come UTF-8, which no other encoding resembles and which XML is
    in unless it says otherwise; the encoding that the XML declaration or a meta tag names; and
    the Chinese encoding that fits. Raises UnreadableError where none of them does.
    """
    if data.startswith(_MARKS):
        return decoded(data, found_encoding(data[:SAMPLE_BYTES], is_whole=False))
    named = list(_named(data))
    if data.isascii() and b"\x00" not in data:
        codec = next((name for name in named if name in _SEVEN_BITS), "ascii")
        return decoded(data, codec)
    candidates = ["utf-8", *named] if b"\x00" not in data else []
    for codec in candidates:
        try:
            return decoded(data, codec)
        except UnreadableError:
            continue
    sample = data[:SAMPLE_BYTES]
    return decoded(data, found_encoding(sample, is_whole=len(data) <= SAMPLE_BYTES))


def _named(data: bytes) -> list[str]:
    """Return the codecs that the head of a page names, the XML declaration first."""
    head = data[:_HEAD_BYTES]
    names = [match.group(1) for pattern in (_DECLARATION, _META) for match in pattern.finditer(head)]
    codecs = []
    for name in names:
        try:
            codecs.append(checked_encoding(name.decode("ascii")))
        except ConfigError:
            continue
    return [codec for codec in codecs if not codec.startswith(("utf", "auto", "latin", "iso8859"))]
