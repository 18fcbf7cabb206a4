"""Word, OpenDocument and EPUB files made of bare XML, as programs other than Word write them."""

import io
import zipfile
from collections.abc import Mapping

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def run(text: str, properties: str = "") -> str:
    """Return a run of Word with a text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    """Return a paragraph of Word; a text without tags becomes its run."""
    inner = content if content.startswith("<") or not content else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    """Return a paragraph of a list."""
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(text, listed)


def word_file(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """Return a Word file: a body, and other parts by name, with relations rId1, rId2 … to them."""
    written = {"document": f"<w:body>{body}</w:body>", **(parts or {})}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", _relations({"word/document.xml": "officeDocument"}))
        names = {}
        for name, content in written.items():
            kind = name.rstrip("0123456789")
            place = name if "." in name else f"{name}.xml"
            if "." not in name:
                content = f"<w:{kind} {_SPACES}>{content}</w:{kind}>"  # noqa: PLW2901
            package.writestr(f"word/{place}", content)
            names[place] = kind if "." not in name else "other"
        del names["document.xml"]
        package.writestr("word/_rels/document.xml.rels", _relations(names))
    return data.getvalue()


def _relations(targets: Mapping[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), start=1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{rows}</Relationships>'


def levels(*formats: tuple[str, str], start: int = 1, more: str = "") -> str:
    """Return the part numbering with one list, number 1, of (format, text) by level."""
    written = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, (format, text) in enumerate(formats)
    )
    return (
        f'<w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{more}'
    )


def epub_file(
    chapters: Mapping[str, bytes | str],
    *,
    manifest: str = "",
    spine: str | None = None,
    guide: str = "",
    others: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """Return a book of chapters by file name, in this order unless `spine` says another."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip")
        package.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>'
            for name in chapters
        )
        order = "".join(f'<itemref idref="{name}"/>' for name in chapters)
        package.writestr(
            "OEBPS/book.opf",
            f"<package><manifest>{items}{manifest}</manifest>"
            f"<spine>{order if spine is None else spine}</spine>{guide}</package>",
        )
        for name, content in chapters.items():
            package.writestr(f"OEBPS/{name}", content)
        for name, content in (others or {}).items():
            package.writestr(name, content)
    return data.getvalue()


_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
_OPEN_SPACES = " ".join(
    f'xmlns:{name}="{_OPEN}{space}:1.0"'
    for name, space in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
        ("draw", "drawing"), ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
OPEN_TYPE = "application/vnd.oasis.opendocument.text"


def open_file(
    body: str, styles: str = "", more: str = "", parts: Mapping[str, str] | None = None
) -> bytes:
    """Return an .odt: a body, the styles beside it, and the content of styles.xml."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><office:document-{{}} {_OPEN_SPACES}>'
    content = (
        f"{head.format('content')}<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), OPEN_TYPE)
        package.writestr("content.xml", content)
        package.writestr("styles.xml", f"{head.format('styles')}{more}</office:document-styles>")
        for name, text in (parts or {}).items():
            package.writestr(name, text)
    return data.getvalue()


def flat_open_file(body: str) -> bytes:
    """Return an .fodt, which is one file of XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_OPEN_SPACES} '
        f'office:mimetype="{OPEN_TYPE}"><office:body><office:text>{body}</office:text>'
        "</office:body></office:document>"
    ).encode()
