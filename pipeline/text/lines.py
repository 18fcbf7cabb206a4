"""Lines of a page: what is written on each, without Markdown's marks, and where.

Markdown's own characters carry no news and are left out of every line: `#` before and
after a heading, `>`, `-` `*` `+` before an item, `**` around bold, a `*` or `_` around a
whole line, a backslash before a mark or at the end, the target of a link, the rule under
a table's head, the fence of a code block, `![…](…)` around words that describe an image.
Everything else is in exactly one line, at its true place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.records import Span
from pipeline.text.scripts import has_word, width

Mark = Literal["plain", "heading", "item", "table", "image", "formula", "furniture", "caption"]
"""What Markdown says of a line; `plain` when it says nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is written on one line. `text` is the document at `spans`, put together."""

    text: str
    spans: tuple[Span, ...]
    mark: Mark = "plain"
    level: int = 0
    """Of a heading: 1 is the highest."""
    after_gap: bool = False
    """A blank line stands before it."""
    is_bold: bool = False
    ends_hard: bool = False
    """Two blanks or a backslash at the end: Markdown's sign for a new line."""
    indent: int = 0
    """Columns left blank before it."""


_FENCE = re.compile(r"(?:```|~~~)[^`\n]*$")
_TABLE_RULE = frozenset("|-: \t")
_HEADING = re.compile(r"(#{1,6})[ \t\u3000]+(?=\S)|(#{1,6})(?=[^\s#\x00-\x7f][^#\n]*$)")
_ITEM = re.compile(r"[-*+][ \t]+(?=\S)")
_QUOTE = re.compile(r"(?:>[ \t]?)+(?=[^>])")
_IMAGE = re.compile(r"!\[([^\]\n]{0,400})\]\([^()\n]{0,2000}\)$")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?:[A-Za-z_][\w-]*:[^\n]*\n|[ \t]+[^\n]*\n){1,40}---[ \t]*(?:\n|$)"
)
_TAG_ONLY = re.compile(r"(?:</?[A-Za-z][^<>\n]{0,400}>|<!--[^\n]{0,400}?-->|\s)+$")
_MARKUP = re.compile(
    r"(?P<bold>\*\*)(?=\S)(?:[^*\n]|\*(?!\*)){1,400}?(?<=\S)(?P<unbold>\*\*)"
    r"|(?<!!)\[(?=[^\]\[\n]{1,200}\]\((?:https?:|mailto:|/|\.|#)[^()\s]{0,1000}\))"
    r"|\\(?=[-\\`*_{}\[\]()#+.!|>~$])"
)
_LINK_TARGET = re.compile(r"\]\([^()\s]{0,1000}\)")


def page_lines(text: str) -> list[Line]:
    """Give the lines of a page that have something written on them, in order.

    Linear in the text; a line may be of any length.
    """
    front = _FRONT_MATTER.match(text)
    lines: list[Line] = []
    if front:
        lines.append(Line(front.group().rstrip(), (_trimmed(text, *front.span()),), "furniture"))
    gap = False
    table_end = ""
    for start, end in _raw_lines(text, front.end() if front else 0):
        place = _trimmed(text, start, end)
        left, right = place.start, place.end
        if left >= right:
            gap = True
            continue
        if not _is_unwritten(text[left : min(right, left + 200)], lines):
            line = replace(
                _html_table(text, left, right) if table_end else _line(text, start, left, right),
                after_gap=gap,
                ends_hard=text[right:end].startswith("  "),
            )
            if line.text == "=" * len(line.text) and lines and _underlines(lines[-1], gap):
                lines[-1] = replace(lines[-1], mark="heading", level=1)
            else:
                lines.append(line)
                gap = False
        table_end = _table_end(text, left, right, table_end)
    return lines


def _raw_lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    for raw in text[start:].splitlines(keepends=True):
        yield start, start + len(raw)
        start += len(raw)


def _trimmed(text: str, start: int, end: int) -> Span:
    raw = text[start:end]
    return Span(end - len(raw.lstrip()), start + len(raw.rstrip()))


def _is_unwritten(line: str, lines: list[Line]) -> bool:
    """Say whether the line is markup and nothing else: a fence, the rule under a table's head."""
    if _FENCE.match(line):
        return True
    is_rule = "|" in line and "-" in line and _TABLE_RULE.issuperset(line)
    return is_rule and bool(lines) and lines[-1].mark == "table"


def _underlines(line: Line, gap: bool) -> bool:
    return not gap and line.mark == "plain" and len(line.text) <= 60


def _table_end(text: str, left: int, right: int, waiting: str) -> str:
    """Give the tag that closes the HTML table the next line is in, if it is in one."""
    line = text[left:right].lower()
    if waiting:
        return "" if waiting in line else waiting
    return "</table>" if line.startswith("<table") and "</table>" not in line else ""


def _html_table(text: str, left: int, right: int) -> Line:
    return Line(text[left:right], (Span(left, right),), mark="table")


def _line(text: str, start: int, left: int, right: int) -> Line:
    indent = width(text[start : min(left, start + 80)].replace("\t", "    "))
    if quote := _QUOTE.match(text, left, right):
        left = quote.end()
    whole = text[left:right] if right - left <= 4000 else ""
    if image := _IMAGE.match(whole):
        return _image(text, left, right, image)
    if whole[:6].lower() == "<table" or (whole[:1] == "|" and whole.count("|") > 1):
        return Line(whole, (Span(left, right),), mark="table", indent=indent)
    if whole.startswith("$$"):
        return Line(whole, (Span(left, right),), mark="formula", indent=indent)
    if whole and (_TAG_ONLY.match(whole) or not has_word(whole)):
        return Line(whole, (Span(left, right),), mark="furniture", indent=indent)
    if heading := _HEADING.match(text, left, right):
        level = len(heading.group(1) or heading.group(2))
        return replace(
            _written(text, heading.end(), _heading_end(text, right)), level=level, mark="heading"
        )
    if item := _ITEM.match(text, left, right):
        return replace(_written(text, item.end(), right), mark="item", indent=indent)
    return replace(_written(text, left, right), indent=indent)


def _heading_end(text: str, right: int) -> int:
    closing = re.search(r"[ \t]+#{1,6}$", text[max(0, right - 12) : right])
    return right - len(closing.group()) if closing else right


def _image(text: str, left: int, right: int, image: re.Match[str]) -> Line:
    """An image; the words that describe it are a caption when they are Chinese or several."""
    words = image.group(1).strip()
    if len(words) < 4 or words.isascii():
        return Line(text[left:right], (Span(left, right),), mark="image")
    start = left + 2 + image.group(1).index(words)
    return Line(words, (Span(start, start + len(words)),), mark="caption")


def _written(text: str, left: int, right: int) -> Line:
    """Take the marks inside a line away: bold, links, backslashes."""
    hidden = sorted(_hidden(text, left, right))
    is_bold = bool(hidden) and hidden[0] == (left, left + 2) and hidden[-1] == (right - 2, right)
    spans: list[Span] = []
    position = left
    for start, end in (*hidden, (right, right)):
        if position < start:
            spans.append(Span(position, start))
        position = max(position, end)
    written = "".join(text[span.start : span.end] for span in spans)
    if not written.strip():
        return Line(text[left:right], (Span(left, right),), mark="furniture")
    return Line(written, tuple(spans), is_bold=is_bold)


def _hidden(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """Places of the characters of a line that are Markdown's, not the newspaper's."""
    last = text[right - 1]
    if last == "\\" and right - left > 1:
        yield right - 1, right
    if text[left] in "*_" and last == text[left] and _is_wrapped(text[left:right]):
        yield left, left + 1
        yield right - 1, right
        left, right = left + 1, right - 1
    for match in _MARKUP.finditer(text, left, right):
        if match.lastgroup:
            yield match.span("bold")
            yield match.span("unbold")
        else:
            yield match.start(), match.start() + 1
            if match.group() == "[" and (target := _LINK_TARGET.search(text, match.end(), right)):
                yield target.span()


def _is_wrapped(line: str) -> bool:
    return 4 < len(line) <= 400 and line.count(line[0]) == 2 and has_word(line)


def split_line(line: Line, offset: int) -> tuple[Line, Line]:
    """Cut a line in two at an offset of its text."""
    left: list[Span] = []
    right: list[Span] = []
    position = 0
    for span in line.spans:
        middle = min(max(span.start, span.start + offset - position), span.end)
        if span.start < middle:
            left.append(Span(span.start, middle))
        if middle < span.end:
            right.append(Span(middle, span.end))
        position += span.end - span.start
    return (
        replace(line, text=line.text[:offset], spans=tuple(left)),
        replace(line, text=line.text[offset:], spans=tuple(right), after_gap=False),
    )
