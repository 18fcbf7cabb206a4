"""A plot of the page as a file for a paper: SVG with its styles inside, or PDF.

The PDF writer knows what the plots are made of: line, rect, circle, polyline and text. It uses the
fonts that every PDF reader has: Helvetica, and STSong-Light for Chinese names.
"""

import re
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

_COLOURS = ("a3241c", "2f6690", "6b7f2a", "8a5a00", "6d4c8d", "1f7a70", "b0527d", "5c5c5c")
_INK, _SOFT, _GRID, _ACCENT = "1c1a17", "6b655c", "ddd8cf", "a3241c"

_STYLE = (
    f".label{{font:12px Helvetica,Arial,sans-serif;fill:#{_INK}}}.small{{font-size:10px;"
    f"fill:#{_SOFT}}}.strong{{font-weight:bold}}.end{{text-anchor:end}}.middle{{text-anchor:middle}}"
    f".grid{{stroke:#{_GRID}}}.cut{{stroke:#{_INK}}}.whisker{{stroke:var(--own,#{_SOFT});"
    f"stroke-width:1.5}}.line{{fill:none;stroke:var(--own);stroke-width:2}}"
    f".point,.fill,.half{{fill:var(--own,#{_SOFT})}}.half{{opacity:.4}}"
    f".median{{stroke:#{_INK};stroke-width:1.5}}.first{{--own:#{_ACCENT}}}"
    + "".join(f".c{at}{{--own:#{colour}}}" for at, colour in enumerate(_COLOURS))
)

# Widths of Helvetica's characters from blank to tilde, in thousandths of the size (Adobe, AFM).
_WIDTHS = tuple(
    int(width)
    for width in (
        "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 "
        "556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 "
        "556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 "
        "556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 "
        "500 500 500 334 260 334 584"
    ).split()
)


def svg_file(plot: str) -> str:
    """Return a plot as an SVG file."""
    # `str`, because Markup escapes what it is given
    body = str(plot).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return body.replace(">", f"><style>{_STYLE}</style>", 1) + "\n"


def pdf_file(plot: str) -> bytes:
    """Return a plot as a PDF file of one page with its size in points."""
    root = ElementTree.fromstring(plot)
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    drawn = f"1 0 0 -1 0 {height:g} cm\n" + "\n".join(_drawn(root)) + "\n"
    stream = zlib.compress(drawn.encode("latin-1"))
    fonts = " ".join(f"/F{number} {number + 4} 0 R" for number in (1, 2, 3))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:g} {height:g}] /Contents 4 0 R "
            f"/Resources << /Font << {fonts} >> /ExtGState << /G << /ca 0.4 >> /N << /ca 1 >> >> "
            ">> >>"
        ).encode(),
        f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        + stream
        + b"\nendstream",
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        b"/DescendantFonts [8 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 9 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 "
        b"/Descent -120 /CapHeight 880 /StemV 93 /FontBBox [-25 -254 1000 880] >>",
    ]
    return _written(objects)


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _written(objects: list[bytes]) -> bytes:
    data, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        data
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
            f"startxref\n{len(data)}\n%%EOF\n"
        ).encode()
    )


def _drawn(root: ElementTree.Element) -> Iterator[str]:
    """Yield the operators of a plot; y runs downwards, as in SVG."""
    for element in root.iter():
        kinds = element.get("class", "").split()
        at = {name: float(v) for name, v in element.attrib.items() if re.fullmatch(r"-?[\d.]+", v)}
        match element.tag.rpartition("}")[2]:
            case "line":
                width = 1.5 if {"whisker", "median"} & set(kinds) else 0.75
                yield f"{_colour(kinds)} RG {width} w {at['x1']:g} {at['y1']:g} m"
                yield f"{at['x2']:g} {at['y2']:g} l S"
            case "rect":
                alpha = "/G gs" if "half" in kinds else "/N gs"
                yield f"{alpha} {_colour(kinds)} rg {at['x']:g} {at['y']:g}"
                yield f"{at['width']:g} {at['height']:g} re f /N gs"
            case "circle":
                yield f"{_colour(kinds)} rg " + _circle(at["cx"], at["cy"], at["r"])
            case "polyline":
                points = [pair.replace(",", " ") for pair in element.get("points", "").split()]
                if points:
                    steps = " ".join(f"{point} l" for point in points[1:])
                    yield f"{_colour(kinds)} RG 2 w {points[0]} m {steps} S"
            case "text":
                yield _text(element.text or "", at["x"], at["y"], kinds)


def _colour(kinds: list[str]) -> str:
    """Return the colour of a class as three numbers."""
    if "grid" in kinds:
        code = _GRID
    elif {"median", "cut"} & set(kinds):
        code = _INK
    elif "first" in kinds:
        code = _ACCENT
    else:
        own = next((kind for kind in kinds if re.fullmatch(r"c\d", kind)), "")
        code = _COLOURS[int(own[1])] if own else _SOFT
    return " ".join(f"{int(code[at : at + 2], 16) / 255:.3f}" for at in (0, 2, 4))


def _circle(x: float, y: float, r: float) -> str:
    k = 0.5523 * r  # four Bézier curves
    return (
        f"{x + r:g} {y:g} m {x + r:g} {y + k:g} {x + k:g} {y + r:g} {x:g} {y + r:g} c "
        f"{x - k:g} {y + r:g} {x - r:g} {y + k:g} {x - r:g} {y:g} c "
        f"{x - r:g} {y - k:g} {x - k:g} {y - r:g} {x:g} {y - r:g} c "
        f"{x + k:g} {y - r:g} {x + r:g} {y - k:g} {x + r:g} {y:g} c f"
    )


def _text(text: str, x: float, y: float, kinds: list[str]) -> str:
    size = 10 if {"small", "count"} & set(kinds) else 12
    text = text.replace("−", "-")
    try:
        data, font = text.encode("cp1252"), 2 if "strong" in kinds else 1
        width = sum(_WIDTHS[c - 32] if 32 <= c < 127 else 556 for c in data) * size / 1000
    except UnicodeEncodeError:
        data, font, width = text.encode("utf-16-be"), 3, float(len(text) * size)
    shift = width if "end" in kinds else width / 2 if "middle" in kinds else 0.0
    colour = _SOFT if "small" in kinds else _INK
    fill = " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (0, 2, 4))
    return f"BT {fill} rg /F{font} {size} Tf 1 0 0 -1 {x - shift:g} {y:g} Tm <{data.hex()}> Tj ET"
