"""Text of which an OCR engine wrote a blank between all characters: `市 民 卡 可 乘 地 铁`."""

from collections.abc import Sequence
from dataclasses import replace

from models.patterns import lazy
from pipeline.language.chinese import han_characters
from pipeline.records import Span
from pipeline.segment.lines import Line

_BLANK = lazy(
    r"(?<=[^\sA-Za-z\d])[ \xa0](?=\S)|(?<=\S)[ \xa0](?=[^\sA-Za-z\d])"
    r"|(?<![A-Za-z\d]{2})(?<=\S)[ \xa0](?=\S(?![A-Za-z\d]))"
)
"""A single blank, but not one between Latin words or numbers of several characters."""
_CLAUSE_MARK = lazy("[，。、；：,;:]")
_LEAST_PARTS = 8
_LEAST_SINGLE = 0.8


def with_blanks_closed(lines: Sequence[Line]) -> list[Line]:
    """Return lines without the blanks between single characters, if a page is written so.

    It is if a line with a clause mark has eight parts or more, nearly all single characters.
    Blanks between Latin words stay, and so do wider gaps. Linear in the lines.
    """
    if not any(_CLAUSE_MARK.search(line.text) and _is_spaced(line, _LEAST_PARTS) for line in lines):
        return list(lines)
    return [_closed(line) if _is_spaced(line, 2) else line for line in lines]


def _is_spaced(line: Line, least: int) -> bool:
    """True if nearly all parts of a line have one letter, digit or Han character, or none."""
    if line.mark not in ("plain", "heading", "item") or len(line.spans) != 1:
        return False
    parts = line.text.split()
    if len(parts) < least:
        return False
    single = sum(sum(map(str.isalnum, part)) < 2 for part in parts)
    has_han = 2 * len(han_characters(line.text)) >= len(parts)
    return has_han and single >= _LEAST_SINGLE * len(parts)


def _closed(line: Line) -> Line:
    start = line.spans[0].start
    blanks = [match.span() for match in _BLANK.finditer(line.text)]
    edges = [0, *(edge for blank in blanks for edge in blank), len(line.text)]
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    return replace(
        line,
        text="".join(line.text[left:right] for left, right in pieces),
        spans=tuple(Span(start + left, start + right) for left, right in pieces),
    )
