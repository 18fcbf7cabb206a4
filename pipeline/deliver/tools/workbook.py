"""Excel workbooks (ECMA-376) of one sheet, such as the sentences of a run, a row each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pipeline.deliver.package import package_bytes
from pipeline.deliver.rows import ExportRow
from pipeline.errors import ConfigError
from pipeline.input.exchange.workbook import MOST_CHARACTERS, escaped
from pipeline.language.chinese import width
from pipeline.language.plural import plural

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = Path(__file__).with_name("sheet")
# formats of cells in styles.xml: 0 text that wraps, 1 a name of a column, 2 an editor's text on
# grey, 3 to check, 4 a text to fill in, 5 a number to fill in
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORMATS = {"editor": 2, "to check": 3}
_POINTS_OF_A_LINE = 17  # Chinese characters need more than Latin letters
_MOST_POINTS = 405
_TEXT_TO_FILL, _NUMBER_TO_FILL = 4, 5


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet, with its width in characters.

    A sheet with columns to fill in is locked elsewhere. `most` is the largest number that may be
    filled in, from 0; without it the column takes any text.
    """

    name: str
    width: int
    to_fill: bool = False
    most: int | None = None

    @property
    def form(self) -> int:
        """Number of the format of its cells."""
        if not self.to_fill:
            return 0
        return _TEXT_TO_FILL if self.most is None else _NUMBER_TO_FILL


_COLUMNS = (
    SheetColumn("Id", 16),
    SheetColumn("Chinese", 50),
    SheetColumn("English", 70),
    SheetColumn("State", 14),
    SheetColumn("To check", 50),
)


def export_workbook(rows: Sequence[ExportRow]) -> bytes:
    """Return the sentences of a run as a workbook, to correct there.

    Raises ConfigError if a text is too long for a cell.
    """
    cells = [
        (
            *(row.name, row.zh, row.en, row.state),
            "; ".join(f"{each.check}: {each.message}" for each in row.doubts)[:MOST_CHARACTERS],
        )
        for row in rows
    ]
    forms = [_FORMATS.get(row.state) for row in rows]
    return workbook_bytes(_COLUMNS, cells, forms)


def workbook_bytes(
    columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]], forms: Sequence[int | None] = ()
) -> bytes:
    """Return the bytes of a workbook; `forms` are formats of whole rows, None for that of columns.

    Raises ConfigError if a text is too long for a cell.
    """
    return package_bytes(
        (
            ("[Content_Types].xml", (_part("types.xml"),)),
            ("_rels/.rels", (_relations(("officeDocument", "xl/workbook.xml")),)),
            ("xl/workbook.xml", (_part("book.xml"),)),
            (
                "xl/_rels/workbook.xml.rels",
                (_relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),),
            ),
            ("xl/styles.xml", (_part("styles.xml"),)),
            ("xl/worksheets/sheet1.xml", _sheet(columns, rows, forms or [None] * len(rows))),
        )
    )


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _sheet(
    columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]], forms: Sequence[int | None]
) -> Iterator[str]:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    )
    yield _row(1, columns, [column.name for column in columns], [1] * len(columns))
    for number, (cells, form) in enumerate(zip(rows, forms, strict=True), start=2):
        used = [column.form if form is None else form for column in columns]
        yield _row(number, columns, cells, used)
    yield "</sheetData>"
    if any(column.to_fill for column in columns):
        yield '<sheetProtection sheet="1" formatColumns="0" formatRows="0" autoFilter="0"/>'
    last = len(rows) + 1
    yield f'<autoFilter ref="A1:{_LETTERS[len(columns) - 1]}{last}"/>'
    yield _limits(columns, last)
    yield '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'


def _limits(columns: Sequence[SheetColumn], last: int) -> str:
    """Return the rules for numbers that are filled in."""
    rules = "".join(
        '<dataValidation type="decimal" allowBlank="1" showErrorMessage="1" '
        f'errorTitle="{column.name}" error="Write a number from 0 to {column.most}." '
        f'sqref="{letter}2:{letter}{last}"><formula1>0</formula1>'
        f"<formula2>{column.most}</formula2></dataValidation>"
        for letter, column in zip(_LETTERS, columns, strict=False)
        if column.most is not None
    )
    return f"<dataValidations>{rules}</dataValidations>" if rules else ""


def _row(
    number: int, columns: Sequence[SheetColumn], cells: Sequence[str], forms: Sequence[int]
) -> str:
    for column, text in zip(columns, cells, strict=True):
        if len(text) > MOST_CHARACTERS:
            raise ConfigError(
                f"{cells[0]}: {column.name} has {plural(len(text), 'character')}, and a cell of a "
                f"workbook holds {MOST_CHARACTERS:,}; export to .xlf or .tsv"
            )
    written = "".join(
        _cell(f"{letter}{number}", text, form)
        for letter, text, form in zip(_LETTERS, cells, forms, strict=False)
    )
    lines = max(_lines(text, column.width) for column, text in zip(columns, cells, strict=True))
    height = min(_POINTS_OF_A_LINE * lines, _MOST_POINTS)
    return f'<row r="{number}" ht="{height}" customHeight="1">{written}</row>'


def _lines(text: str, room: int) -> int:
    """Return about how many lines a text takes in a cell; LibreOffice does not fit rows itself."""
    return sum(1 + width(line) // room for line in text.split("\n"))


def _cell(place: str, text: str, form: int) -> str:
    if not text and form == _NUMBER_TO_FILL:
        return f'<c r="{place}" s="{form}"/>'
    shown = escape(escaped(text), quote=False)
    return (
        f'<c r="{place}" s="{form}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
    )
