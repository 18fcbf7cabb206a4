"""A run in one file: its sentences as a table or TMX, or its English articles for readers."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.deliver.english.html import edition_html
from pipeline.deliver.english.markdown import edition_markdown
from pipeline.deliver.english.plain_text import edition_text
from pipeline.deliver.english.reading import EnglishEdition
from pipeline.deliver.english.word_file import edition_word
from pipeline.deliver.rows import COLUMNS, ExportRow
from pipeline.deliver.tools.gettext import export_po
from pipeline.deliver.tools.word_table import export_word_table
from pipeline.deliver.tools.workbook import export_workbook
from pipeline.deliver.tools.xliff import export_xliff, export_xliff_2
from pipeline.input.exchange.tmx import Unit, tmx_text
from pipeline.input.pairs import table_text
from pipeline.input.spreadsheet import guard_cells
from pipeline.storage import rename, write_atomically, write_if_changed, writing_aside

Write = Callable[[Sequence[ExportRow], Path], None]


def export_tsv(rows: Sequence[ExportRow]) -> str:
    """Return a table with a header; tabs and line breaks inside a text become spaces."""
    names = _columns(rows)
    return table_text(names, [_values(row, names) for row in rows])


def export_csv(rows: Sequence[ExportRow]) -> str:
    """Return a table as spreadsheets want it: commas, quoted cells, a byte-order mark.

    A cell that looks like a formula gets an apostrophe before it, which the import removes.
    """
    names = _columns(rows)
    return csv_text(names, (_values(row, names) for row in rows))


def csv_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for spreadsheets; see `export_csv`."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(names)
    writer.writerows(map(guard_cells, rows))
    return "\ufeff" + stream.getvalue()


def export_jsonl(rows: Sequence[ExportRow]) -> str:
    """Return one JSON object a line, not escaped."""
    names = _columns(rows)
    values = (dict(zip(names, _values(row, names), strict=True)) for row in rows)
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _columns(rows: Sequence[ExportRow]) -> list[str]:
    """Give the names of the columns; `places` only where something was read as an edition."""
    names = list(COLUMNS)
    return names if any(row.places is not None for row in rows) else names[:-1]


def export_tmx(rows: Sequence[ExportRow]) -> str:
    """Return the translated sentences as TMX 1.4, flagged ones among them."""
    return tmx_text(
        Unit(
            row.name,
            row.zh,
            row.en,
            (("flags", row.flags),) if row.flags else (),
            tuple(f"{each.check}: {each.message}" for each in row.doubts),
        )
        for row in rows
        if row.en
    )


def _values(row: ExportRow, names: Sequence[str]) -> list[object]:
    values = (getattr(row, name) for name in names)
    # a text with NUL is binary to every program that reads it
    return [value.replace("\0", "") if isinstance(value, str) else value for value in values]


def _write_parquet(rows: Sequence[ExportRow], path: Path) -> None:
    # pyarrow takes time to import: only this format pays it
    from pyarrow import parquet, table

    columns = {name: [getattr(row, name) for row in rows] for name in _columns(rows)}
    with writing_aside(path) as aside:
        parquet.write_table(table(columns), aside)
        rename(aside, path)


def _write_text(text: Callable[[Sequence[ExportRow]], str | bytes]) -> Write:
    return lambda rows, path: write_atomically(path, text(rows))


def _write_edition(
    render: Callable[[EnglishEdition], bytes | Iterable[str]],
) -> Callable[..., None]:
    return lambda edition, path, write=write_if_changed: write(path, render(edition))


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """A row of `WRITERS`: `write` writes to a file whose name ends in `suffix`.

    It is given a list of `ExportRow` if it takes sentences; an `EnglishEdition` if articles, and
    optionally what writes the file.
    """

    name: str
    title: str
    suffix: str
    write: Callable[..., None]
    takes: Literal["sentences", "articles"] = "sentences"


WRITERS = (
    ExportWriter("tsv", "Tab-separated table", ".tsv", _write_text(export_tsv)),
    ExportWriter("csv", "Table for spreadsheets", ".csv", _write_text(export_csv)),
    ExportWriter("jsonl", "JSON Lines", ".jsonl", _write_text(export_jsonl)),
    ExportWriter("parquet", "Parquet", ".parquet", _write_parquet),
    ExportWriter("tmx", "TMX for translators' tools", ".tmx", _write_text(export_tmx)),
    ExportWriter("xliff", "XLIFF 1.2 for CAT tools", ".xlf", _write_text(export_xliff)),
    ExportWriter("xliff2", "XLIFF 2.1 for CAT tools", ".xliff", _write_text(export_xliff_2)),
    ExportWriter("po", "PO of GNU gettext", ".po", _write_text(export_po)),
    ExportWriter("xlsx", "Excel workbook", ".xlsx", _write_text(export_workbook)),
    ExportWriter(
        "bilingual", "Word table to correct", ".bilingual.docx", _write_text(export_word_table)
    ),
    ExportWriter("docx", "Word document", ".docx", _write_edition(edition_word), "articles"),
    ExportWriter("md", "Markdown", ".md", _write_edition(edition_markdown), "articles"),
    ExportWriter("html", "Web page", ".html", _write_edition(edition_html), "articles"),
    ExportWriter("txt", "Plain text", ".txt", _write_edition(edition_text), "articles"),
)
WRITER_OF = {writer.name: writer for writer in WRITERS}
