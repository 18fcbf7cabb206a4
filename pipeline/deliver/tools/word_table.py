"""The sentences of a run as a table in a Word document, Chinese beside English, to correct there.

A comment says what to check; an editor's sentences are grey.
"""

from collections.abc import Iterator, Sequence

from pipeline.deliver.english.word_parts import (
    ROOT,
    commented,
    comments_part,
    paragraph,
    run,
    section,
    word_package,
)
from pipeline.deliver.rows import ExportRow
from pipeline.input.exchange.xml_file import xml_text

_WIDTHS = (1500, 4900, 6058, 1500)
"""Of the columns, in twentieths of a point: A4 across with margins of an inch."""
_NAMES = ("Id", "Chinese", "English", "State")
_GREY = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>'


def export_word_table(rows: Sequence[ExportRow]) -> bytes:
    """Return the bytes of the document."""
    doubtful = [row for row in rows if row.doubts]
    comments = comments_part(
        [xml_text(f"{each.check}: {each.message}") for each in row.doubts] for row in doubtful
    )
    numbers = {id(row): number for number, row in enumerate(doubtful)}
    return word_package("Chinese and English to correct", _document(rows, numbers), comments)


def _document(rows: Sequence[ExportRow], numbers: dict[int, int]) -> Iterator[str]:
    yield ROOT.format("document") + "<w:body>"
    yield paragraph("Heading1", run("Chinese and English"))
    yield paragraph(
        "MachineNote",
        run(
            "Correct the column English, save the file, and give it to `pipeline memory import`. "
            "Leave the columns Id and Chinese as they are. To leave a change out, write needs "
            "review into State."
        ),
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    yield (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )
    head = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    yield f"<w:tr>{head}{_cells([run(name) for name in _NAMES], 'TableHead')}</w:tr>"
    for row in rows:
        english = _runs(row.en)
        if row.doubts:
            english = commented(english, numbers[id(row)])
        texts = [_runs(row.name), _runs(row.zh), english, run(row.state)]
        shade = _GREY if row.state == "editor" else ""
        yield f"<w:tr>{_cells(texts, 'TableText', shade)}</w:tr>"
    size = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    yield f"</w:tbl>{paragraph('TableEnd', '')}{section(size)}</w:body></w:document>"


def _cells(texts: Sequence[str], style: str, shade: str = "") -> str:
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f"{paragraph(style, text)}</w:tc>"
        for width, text in zip(_WIDTHS, texts, strict=True)
    )


def _runs(text: str) -> str:
    """Return a text as runs, with its line breaks between them."""
    lines = xml_text(text).replace("\r", "\n").split("\n")
    return "<w:r><w:br/></w:r>".join(run(line) if line else "" for line in lines)
