"""A Markdown file in English: its marks, links, pictures and code stay as they are."""

import re
from html import unescape

from models.patterns import lazy
from pipeline.deliver.in_place.slots import Pairs, Slot, fill, in_english
from pipeline.language.chinese import has_word, is_chinese

_LINE = lazy(
    r"(?P<mark>[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|[-*+][ \t]+|\d{1,3}[.)][ \t]+"
    r"|\[\^[^\]\n]+\]:[ \t]*)?)(?P<text>.*)",
    re.DOTALL,
)
_TOKEN = lazy(
    r"(!\[[^\]\n]*\]\([^)\n]*\)|\[\^[^\]\n]+\]|`[^`\n]*`|\*{1,3}|__|~~|\[(?=[^\]\n]*\]\()|\]\([^)\n]*\)"
    r"|<[A-Za-z/!][^<>\n]*>|(?<!\\)\||\{[#.][^{}\n]*\})"
)
_FENCE = lazy(r"[ \t]*(?:```|~~~)")
_ALT = lazy(r"!\[([^\]\n]*)\]\(")
_BLOCK_TAG = lazy(r"</?(?:t[dhr]|p|div|br|li|h[1-6]|center|caption|figcaption|hr)\b", re.IGNORECASE)
_ENTITY = lazy(
    r"&(?!lt;|gt;|amp;|#0*(?:38|60|62);)(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,30});"
)
"""A character by its name or number, but one that would be a mark of HTML."""
_AND = "\ue000"
"""Stands for &amp; while sentences are looked for: its name would be letters of a sentence."""
_MARKS = frozenset(("*", "**", "***", "__", "~~"))


def english_markdown(source: str, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a text with English in place of its sentences, in UTF-8, and the Chinese left."""
    pieces: list[str] = []
    slots: list[Slot] = []
    places: list[int] = []
    first: list[int] = []
    block = links = 0
    is_code = False
    for line_number, line in enumerate(source.split("\n")):
        if _FENCE.match(line):
            is_code = not is_code
        match = _LINE.match(line)
        if is_code or match is None or not has_word(match["text"]):
            pieces.append(line + "\n")
            block += 1
            continue
        block += bool(match["mark"])
        pieces.append(match["mark"])
        link: int | None = None
        marks: set[str] = set()
        for number, token in enumerate(_TOKEN.split(match["text"])):
            if number % 2 == 0 and token:
                text = _ENTITY.sub(lambda entity: unescape(entity[0]), token)
                text = text.replace("&amp;", _AND)
                slots.append(Slot(text, block, link, bool(marks), line_number))
                places.append(len(pieces))
                first += [len(pieces)] if number == 0 else []
            elif token == "[":
                links += 1
                link = links
            elif token.startswith("]("):
                link = None
            elif token == "|" or _BLOCK_TAG.match(token):
                block += 1
            elif token in _MARKS:
                marks ^= {token}
            pieces.append(token)
        pieces.append("\n")
    texts, left = fill(slots, pairs)
    for place, text in zip(places, texts, strict=True):
        pieces[place] = text.replace(_AND, "&amp;")
    for place in first:
        pieces[place] = pieces[place].lstrip()
    _drop_empty_marks(pieces)
    written = "".join(pieces).removesuffix("\n")
    for alt, english in in_english(_ALT.findall(written), pairs):
        written = written.replace(f"![{alt}](", f"![{english.replace(']', ')')}](")
        left += [english] if is_chinese(english) else []
    return written.encode("utf-8", "replace"), left


def _drop_empty_marks(pieces: list[str]) -> None:
    """Take out marks of bold and the like around no text; put blanks before the others."""
    opened: dict[str, int] = {}
    for place, piece in enumerate(pieces):
        if piece.endswith("\n"):
            opened.clear()
        elif piece in _MARKS:
            start = opened.pop(piece, None)
            if start is None:
                opened[piece] = place
            elif not "".join(pieces[start + 1 : place]).strip():
                pieces[start] = pieces[place] = ""
            elif pieces[start + 1].startswith(" "):
                pieces[start] = f" {piece}"
                pieces[start + 1] = pieces[start + 1].lstrip()
