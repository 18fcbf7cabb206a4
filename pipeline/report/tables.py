"""Tables of articles as rows of cells, in which findings are marked."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from models.patterns import lazy
from pipeline.language.tables import is_across, row_cells, row_texts
from pipeline.records import Finding, Span
from pipeline.report.article import ReportBlock, ReportSentence
from pipeline.report.marks import MarkedText, cut_at_marks

_NUMBER = lazy(r"[\s\d.,:/%％‰+\-−–±()]*\d[\s\d.,:/%％‰+\-−–±()]*")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: its text in parts, and how many columns it takes."""

    parts: tuple[MarkedText, ...]
    columns: int = 1

    @property
    def text(self) -> str:
        """Text of the cell."""
        return "".join(part.text for part in self.parts)

    @property
    def is_number(self) -> bool:
        """True if the cell is a number, which is set to the right."""
        return bool(_NUMBER.fullmatch(self.text))


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table in one language; `is_left` if it stayed in Chinese."""

    sentence: ReportSentence
    cells: tuple[TableCell, ...]
    is_left: bool = False


def table_rows(block: ReportBlock, side: str) -> tuple[TableRow, ...]:
    """Return the rows of a table block; `side` is `zh` or `en`.

    English that is not a row of cells (an editor's) is one cell as wide as the table. A row without
    English has the Chinese cells.
    """
    width = 1
    if side == "en" and not all(line.translated.text[:1] in "|" for line in block.sentences):
        width = max(len(row_cells(line.source.text)) for line in block.sentences)
    return tuple(_row(line, side, width) for line in block.sentences)


def english_cells(line: ReportSentence) -> list[str]:
    """Return the texts of the cells of a row in English, in Chinese if there is none."""
    text = line.translated.text
    return [text] if text and not text.startswith("|") else row_texts(text or line.source.text)


def _row(line: ReportSentence, side: str, width: int) -> TableRow:
    findings = line.score.findings
    if side == "en" and line.translated.text:
        text, spans = line.translated.text, [found.translation_span for found in findings]
        if not text.startswith("|"):
            cell = TableCell(cut_at_marks(text, list(zip(spans, findings, strict=True))), width)
            return TableRow(line, (cell,))
    else:
        text, spans = line.source.text, [found.source_span for found in findings]
    if side == "en" and not line.translated.text:
        spans = [None] * len(spans)
    cells = row_cells(text)
    inside = _marks_by_cell(cells, len(text), list(zip(spans, findings, strict=True)))
    parts = (
        cut_at_marks(text[cell.start : cell.end], marks)
        for cell, marks in zip(cells, inside, strict=True)
    )
    is_left = side == "en" and not line.translated.text
    made = tuple(map(TableCell, parts))
    if is_across(line.source.text) and len({cell.text for cell in made}) == 1:
        made = (TableCell(made[0].parts, len(made)),)
    return TableRow(line, made, is_left)


_Mark = tuple[Span | None, Finding]


def _marks_by_cell(
    cells: Sequence[Span], length: int, placed: Sequence[_Mark]
) -> list[list[_Mark]]:
    """Return the marks in each cell; of a finding across several cells, its part in each of them.

    A finding about the whole row, which has so many characters, marks nothing.
    """
    marks: list[list[_Mark]] = [[] for _ in cells]
    starts, ends = [cell.start for cell in cells], [cell.end for cell in cells]
    for span, finding in placed:
        if span is None or span.end - span.start >= length:
            continue
        for number in range(bisect_right(ends, span.start), bisect_left(starts, span.end)):
            cell = cells[number]
            start, end = max(span.start, cell.start), min(span.end, cell.end)
            marks[number].append((Span(start - cell.start, end - cell.start), finding))
    return marks
