"""XML of OCR programs, ALTO and PAGE, as the blocks of a page in their reading order.

ALTO: https://www.loc.gov/standards/alto/   PAGE: https://github.com/PRImA-Research-Lab/PAGE-XML

The lines of a block are one paragraph, until a line begins further in than the others behind the
end of a sentence. Vertical lines are read from the right, and a word that a hyphen parts is whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.markup.captions import caption_mark
from pipeline.input.readers.office.word_xml import local
from pipeline.language.chinese import is_finished, needs_space
from pipeline.language.tables import markdown_row

_SOFT_HYPHEN = "\u00ad"
_HYPHENS = ("-", "‐", "¬", "⸗", _SOFT_HYPHEN)
_HEADINGS = frozenset(("heading", "title", "headline", "headings"))
_NOTES = frozenset(("footnote", "footnote-continued", "endnote"))
_CUSTOM_TYPE = lazy(r"structure\s*\{[^}]*\btype:\s*([\w-]+)")
_CUSTOM_INDEX = lazy(r"readingOrder\s*\{[^}]*\bindex:\s*(\d{1,6})")
_POINT = lazy(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
_TALL = 2
_INDENT = 0.8
_MOST_SPAN = 100
_LONGEST_NUMBER = 5


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text and its box (left, top, width, height); None if the file has none."""

    text: str
    box: tuple[float, float, float, float] | None = None


def alto_blocks(root: etree._Element) -> Iterator[str]:
    """Yield the blocks of an ALTO file as Markdown."""
    labels = {
        tag.get("ID"): (tag.get("LABEL") or tag.get("TYPE") or "").lower()
        for tag in root.iter("{*}StructureTag", "{*}LayoutTag", "{*}RoleTag")
    }
    named = [ref.get("REF", "") for ref in root.iter("{*}ElementRef")]
    blocks = list(root.iter("{*}TextBlock"))
    for block in _in_order(blocks, named or _chain(blocks), "ID"):
        kinds = {labels.get(name, "") for name in (block.get("TAGREFS") or "").split()}
        yield from _written([_alto_line(line) for line in block.iter("{*}TextLine")], kinds)


def region_blocks(root: etree._Element) -> Iterator[str]:
    """Yield the regions of a PAGE file as Markdown."""
    regions = [
        region
        for region in root.iter("{*}TextRegion", "{*}TableRegion")
        if next(region.iterancestors("{*}TableRegion"), None) is None
    ]
    order = next(root.iter("{*}ReadingOrder"), None)
    named = [] if order is None else list(_references(order))
    carried = ""
    for region in _in_order(regions, named, "id"):
        kind = _CUSTOM_TYPE.search(region.get("custom") or "")
        kinds = {(kind[1] if kind else region.get("type") or "").lower()}
        if local(region) == "TableRegion":
            yield _table(region)
            continue
        lines = _page_lines(region)
        if "drop-capital" in kinds:  # the large first letter of the next region
            carried += "".join(line.text for line in lines)
            continue
        first, *more = list(_written(lines, kinds)) or [""]
        yield from (f"{carried}{first}", *more)
        carried = ""
    yield carried


def _chain(blocks: Sequence[etree._Element]) -> list[str]:
    """Return the ids of blocks in the order in which each names the next (`IDNEXT`)."""
    following = {b.get("ID", ""): b.get("IDNEXT", "") for b in blocks}
    later = set(following.values()) - {""}
    order: dict[str, None] = {}
    for start in (name for name in following if name not in later) if later else ():
        name = start
        while name in following and name not in order:
            order[name] = None
            name = following[name]
    return list(order)


def _references(order: etree._Element) -> Iterator[str]:
    """Yield the ids of regions that a reading order names, groups in groups by their index."""
    for part in sorted(order, key=lambda part: _number(part, "index")):
        if reference := part.get("regionRef"):
            yield reference
        yield from _references(part)


def _in_order(
    blocks: Sequence[etree._Element], named: Iterable[str], key: str
) -> list[etree._Element]:
    """Return blocks in the order of the ids that name them or what they are in, then the rest."""
    places = {name: number for number, name in reversed([*enumerate(named)])}

    def place(block: etree._Element) -> int:
        own = (block, *block.iterancestors())
        return next((places[e.get(key, "")] for e in own if e.get(key, "") in places), len(places))

    return sorted(blocks, key=place)


def _alto_line(line: etree._Element) -> _Line:
    text = ""
    for part in line:
        if local(part) == "HYP":
            text += _SOFT_HYPHEN
        elif local(part) == "String":
            text = with_word(text, part.get("CONTENT") or "")
    numbers = [line.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    try:
        left, top, width, height = (float(number or "") for number in numbers)
    except ValueError:
        return _Line(text)
    return _Line(text, (left, top, width, height))


def _page_lines(region: etree._Element) -> list[_Line]:
    """Return the lines of a region; of one without lines, those of its text."""
    lines = [part for part in region if local(part) == "TextLine"]
    numbers = [_CUSTOM_INDEX.search(line.get("custom") or "") for line in lines]
    if all(numbers):
        order = [int(number[1]) for number in numbers if number]
        lines = [line for _, line in sorted(zip(order, lines, strict=True), key=lambda p: p[0])]
    read = [_Line(_page_text(line), _box(line)) for line in lines]
    if not any(line.text for line in read):
        read = [_Line(text) for text in _unicode(region).split("\n")]
    return [line for line in read if line.text.strip()]


def _page_text(line: etree._Element) -> str:
    """Return the text of a line of PAGE, from its words or their signs if it has none itself."""
    if text := _unicode(line):
        return " ".join(text.split("\n"))
    text = ""
    for part in line:
        if local(part) == "Word":
            text = with_word(text, _page_text(part))
        elif local(part) == "Glyph":
            text += _page_text(part)
    return text


def _unicode(element: etree._Element) -> str:
    """Return the best of the texts that an element has: that with the lowest index."""
    texts = [part for part in element if local(part) == "TextEquiv"]
    if not texts:
        return ""
    best = min(texts, key=lambda text: _number(text, "index"))
    kinds = {local(part): "".join(part.itertext()) for part in best}
    return (kinds.get("Unicode") or kinds.get("PlainText") or "").strip()


def _box(line: etree._Element) -> tuple[float, float, float, float] | None:
    coordinates = next((part.get("points") or "" for part in line if local(part) == "Coords"), "")
    points = list(_POINT.finditer(coordinates))
    if not points:
        return None
    across, down = ([float(point[axis]) for point in points] for axis in (1, 2))
    return min(across), min(down), max(across) - min(across), max(down) - min(down)


def _table(region: etree._Element) -> str:
    """Return a table of PAGE as rows; a cell that spans several is in each of them."""
    cells: dict[tuple[int, int], str] = {}
    for part in region.iter("{*}TableCell", "{*}TextRegion"):
        role = next(part.iter("{*}TableCellRole"), None)
        own = part if role is None else role
        row, column, rows, columns = (
            _number(own, *names)
            for names in (("row", "rowIndex"), ("col", "columnIndex"), ("rowSpan",), ("colSpan",))
        )
        text = " ".join(_written(_page_lines(part), set()))
        for down in range(min(max(rows, 1), _MOST_SPAN)):
            for across in range(min(max(columns, 1), _MOST_SPAN)):
                cells.setdefault((row + down, column + across), text)
    width = max((column for _, column in cells), default=-1) + 1
    return "\n".join(
        markdown_row(cells.get((row, column), "") for column in range(width))
        for row in sorted({row for row, _ in cells})
    )


def _number(element: etree._Element, *names: str) -> int:
    written = next((value for name in names if (value := element.get(name))), "0")
    return int(written) if written.isdecimal() and len(written) < _LONGEST_NUMBER else 0


def _written(lines: Sequence[_Line], kinds: set[str]) -> Iterator[str]:
    """Yield the paragraphs of lines with the mark of their kind."""
    for number, text in enumerate(_paragraphs(_from_right(lines))):
        if kinds & _HEADINGS:
            yield f"# {text}"
        elif "caption" in kinds:
            yield caption_mark(text)
        elif kinds & _NOTES and not number:
            yield f"[^1]: {text}"
        else:
            yield text


def _from_right(lines: Sequence[_Line]) -> Sequence[_Line]:
    """Return vertical lines from right to left, in which they are read, if they come otherwise."""
    boxes = [line.box for line in lines if line.box is not None]
    if len(boxes) < len(lines) or len(boxes) < _TALL:
        return lines
    is_vertical = all(height > _TALL * width for _, _, width, height in boxes)
    is_rising = all(one[0] < other[0] for one, other in pairwise(boxes))
    return lines[::-1] if is_vertical and is_rising else lines


def _paragraphs(lines: Sequence[_Line]) -> Iterator[str]:
    text = ""
    insets = [_inset(line) for line in lines]
    margin = min((inset for inset, _ in filter(None, insets)), default=0.0)
    for line, inset in zip(lines, insets, strict=True):
        is_inside = inset is not None and inset[0] - margin > _INDENT * inset[1]
        if text and is_finished(text) and (is_inside or line.text.startswith("\u3000")):
            yield text.rstrip(_SOFT_HYPHEN)
            text = ""
        text = _joined(text, line.text.strip())
    if text:
        yield text.rstrip(_SOFT_HYPHEN)


def _inset(line: _Line) -> tuple[float, float] | None:
    """Return where a line begins in the direction of its text, and the size of a sign."""
    if line.box is None:
        return None
    left, top, width, height = line.box
    return (top, width) if height > _TALL * width else (left, height)


def with_word(text: str, word: str) -> str:
    """Return text with the next word of its line; words of Chinese have no blank between them.

    >>> with_word("接载", "人次"), with_word("金山区", "GDP"), with_word("接载", "3000")
    ('接载人次', '金山区 GDP', '接载3000')
    """
    edges = text[-1:], word[:1]
    has_letter = any(edge.isascii() and edge.isalpha() for edge in edges)
    is_parted = all(edge.isalnum() for edge in edges) and has_letter
    return f"{text} {word}" if is_parted or needs_space(text, word) else text + word


def _joined(left: str, right: str) -> str:
    """Return two lines as one; a hyphen may part a word between them."""
    if not left or not right:
        return left + right
    if left.endswith(_SOFT_HYPHEN):
        return left[:-1] + right
    if left.endswith(_HYPHENS) and left[-2:-1].isalpha() and right[0].islower():
        return left[:-1] + right
    return f"{left} {right}" if needs_space(left, right) else left + right
