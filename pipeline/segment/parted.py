"""Text whose characters an OCR engine parted: by line breaks, as in columns, or by blanks.

Of text set in columns, every character may be on a line of its own; of text set wide there may be
a blank between all characters: `市 民 卡 可 乘 地 铁`.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.patterns import lazy
from pipeline.language.chinese import han_characters, is_han
from pipeline.records import Span
from pipeline.segment.lines import Line

_LEAST_LINES, _LEAST_LINES_OF_ANOTHER = 6, 3
_LEAST_HAN = 0.4
_BLANK = lazy(
    r"(?<=[^\sA-Za-z\d])[ \xa0](?=\S)|(?<=\S)[ \xa0](?=[^\sA-Za-z\d])"
    r"|(?<![A-Za-z\d]{2})(?<=\S)[ \xa0](?=\S(?![A-Za-z\d]))"
)
"""A single blank, but not one between Latin words or numbers of several characters."""
_CLAUSE_MARK = lazy("[，。、；：,;:]")
_WIDE_GAP = lazy(r"\S[ \xa0]{2,}\S")
_LEAST_PARTS = 8
_LEAST_SINGLE = 0.8


def with_columns_joined(lines: Sequence[Line]) -> list[Line]:
    """Return lines in which runs of single characters, without a gap, are one line each.

    The first has six characters or more. Digits and marks among them are part of the text, not
    page numbers. Linear in the lines.
    """
    joined: list[Line] = []
    least = _LEAST_LINES
    start = 0
    while start < len(lines):
        end = start
        while (
            end < len(lines) and _is_one(lines[end]) and (end == start or not lines[end].after_gap)
        ):
            end += 1
        run = lines[start:end]
        if len(run) >= least and sum(is_han(line.text) for line in run) >= _LEAST_HAN * len(run):
            joined.append(_as_one(run))
            least = _LEAST_LINES_OF_ANOTHER
        else:
            end = max(end, start + 1)
            joined += lines[start:end]
        start = end
    return joined


def _is_one(line: Line) -> bool:
    return len(line.text) == 1 and line.mark in ("plain", "furniture")


def _as_one(run: Sequence[Line]) -> Line:
    return replace(
        run[0],
        text="".join(line.text for line in run),
        spans=tuple(span for line in run for span in line.spans),
        mark="plain",
    )


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
    # figures of one digit in a table look alike, but only figures between wider gaps are such
    is_text = 2 * len(han_characters(line.text)) >= len(parts) or _WIDE_GAP.search(line.text)
    return bool(is_text) and single >= _LEAST_SINGLE * len(parts)


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
