"""Text set in columns, of which an OCR engine wrote every character on a line of its own."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.language.chinese import is_han
from pipeline.segment.lines import Line

_LEAST_LINES, _LEAST_LINES_OF_ANOTHER = 6, 3
_LEAST_HAN = 0.4


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
