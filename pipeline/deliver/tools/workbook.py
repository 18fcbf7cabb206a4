"""The sentences of a run as an Excel workbook (ECMA-376): a row each, to correct there."""

from collections.abc import Iterator, Sequence
from html import escape

from pipeline.deliver.package import package_bytes
from pipeline.deliver.rows import ExportRow
from pipeline.errors import ConfigError
from pipeline.input.exchange.workbook import MOST_CHARACTERS, escaped
from pipeline.language.plural import plural

_COLUMNS = (("Id", 16), ("Chinese", 50), ("English", 70), ("State", 14), ("To check", 50))
"""Names of the columns, and their widths in characters."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    "</Types>"
)
_BOOK = (
    f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sentences" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
# formats of cells: 0 text that wraps, 1 a name of a column, 2 an editor's text on grey, 3 to check
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="4"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7E6E6"/></patternFill></fill><fill>'
    '<patternFill patternType="solid"><fgColor rgb="FFFFF2CC"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4">'
    + "".join(
        f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        for font, fill in ((0, 0), (1, 0), (0, 2), (0, 3))
    )
    + "</cellXfs></styleSheet>"
)
_FORMATS = {"editor": 2, "to check": 3}


def export_workbook(rows: Sequence[ExportRow]) -> bytes:
    """Return the bytes of the workbook. Raises ConfigError if a text is too long for a cell."""
    return package_bytes(
        (
            ("[Content_Types].xml", (_TYPES,)),
            ("_rels/.rels", (_relations(("officeDocument", "xl/workbook.xml")),)),
            ("xl/workbook.xml", (_BOOK,)),
            (
                "xl/_rels/workbook.xml.rels",
                (_relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),),
            ),
            ("xl/styles.xml", (_STYLES,)),
            ("xl/worksheets/sheet1.xml", _sheet(rows)),
        )
    )


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _sheet(rows: Sequence[ExportRow]) -> Iterator[str]:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, (_, width) in enumerate(_COLUMNS, start=1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )
    yield _row(1, [name for name, _ in _COLUMNS], 1)
    for number, row in enumerate(rows, start=2):
        doubts = "; ".join(f"{each.check}: {each.message}" for each in row.doubts)
        cells = [row.name, row.zh, row.en, row.state, doubts[:MOST_CHARACTERS]]
        yield _row(number, cells, _FORMATS.get(row.state, 0))
    yield f'</sheetData><autoFilter ref="A1:E{len(rows) + 1}"/></worksheet>'


def _row(number: int, cells: Sequence[str], form: int) -> str:
    for name, text in zip(_COLUMNS, cells, strict=True):
        if len(text) > MOST_CHARACTERS:
            raise ConfigError(
                f"{cells[0]}: {name[0]} has {plural(len(text), 'character')}, and a cell of a "
                f"workbook holds {MOST_CHARACTERS:,}; export to .xlf or .tsv"
            )
    written = "".join(
        f'<c r="{letter}{number}" s="{form}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(escaped(text), quote=False)}</t></is></c>"
        for letter, text in zip("ABCDE", cells, strict=True)
    )
    return f'<row r="{number}">{written}</row>'
