"""Lines of a page: the text of each without Markdown's marks, and its place.

These marks are left out: `#` around a heading, `>`, `-` `*` `+` before an item, `**` around bold
text, a backtick around code, `*` or `_` around a whole line, a backslash before a mark or at the
end of a line that others follow, the target of a link, the rules below the rows of a table, the
fence of a code block, `![…](…)` around the description of an image, and the LaTeX that OCR engines
put around numbers:
`$9 5 \\%$` is 95%.
Everything else is in exactly one line, at its true place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from models.patterns import lazy
from pipeline.language.chinese import has_word, width
from pipeline.language.numbers.publication_dates import is_date
from pipeline.records import Span
from pipeline.segment.line_kinds import is_caption, is_credit, line_kind

Mark = Literal[
    "plain", "heading", "item", "table", "image", "formula", "furniture", "caption", "speech"
]
"""Kind of line by its Markdown marks; `plain` if it has none; `speech` is said in a subtitle."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `text` is the document at `spans`, joined."""

    text: str
    spans: tuple[Span, ...]
    mark: Mark = "plain"
    level: int = 0
    """Level of a heading; 1 is the highest."""
    after_gap: bool = False
    """True if a blank line precedes it."""
    is_bold: bool = False
    ends_hard: bool = False
    """True if it ends with two spaces, Markdown's sign for a line break."""
    indent: int = 0
    """Width of its indentation, in columns."""


_FENCE = lazy(r"(?:```|~~~)[^`\n]*$")
_TABLE_RULE = frozenset("|-: \t+=_—–") | frozenset(map(chr, range(0x2500, 0x2580)))
_RULE_SIGNS = frozenset("-=_—–─━═┄┈")
_BARS = "|│┃║"
_HEADING = lazy(r"(#{1,6})[ \t\u3000]+(?=\S)|(#{1,6})(?=[^\s#\x00-\x7f][^#\n]*$)")
_ITEM = lazy(r"([-*+])[ \t]+(?=\S)(?![^\n]{1,24}[ \t]\1[ \t]*$)")
"""The mark of an item; a line between two such marks has them as ornaments: - 完 -."""
_QUOTE = lazy(r"(?:>[ \t]?)+(?=[^>])")
_IMAGE = lazy(r"!\[([^\]\n]{0,400})\]\([^()\n]{0,2000}\)$")
_IMAGE_WORD = lazy(r"[\[【（(]\s*(?:图片?|照片|配图|插图)\s?\d{0,3}\s*[\]】）)]$")
"""What is left of a picture in text copied from a page."""
_FRONT_MATTER = lazy(
    r"---[ \t]*\n[A-Za-z_][\w-]*:[^\n]*\n"
    r"(?:(?:[A-Za-z_][\w-]*:|[ \t]|- |#)[^\n]*\n|\n(?=[A-Za-z_][\w-]*:)){0,60}"
    r"(?:---|\.\.\.)[ \t]*(?:\n|$)"
    r"|\+\+\+[ \t]*\n(?:(?:[\w.-]+ *=|\[|[ \t]|#|\])[^\n]*\n|\n){1,60}\+\+\+[ \t]*(?:\n|$)"
)
"""Facts in YAML or TOML."""
_FACT = lazy(
    r"(?m)^(?P<key>[Tt]itle|[Dd]ate|[Pp]ublished|pubDate|[Aa]uthor)(?::| *=)[ \t]*(?P<quote>[\"']?)"
    r"(?P<value>[^\n\"']*[^\s\"'])(?P=quote)[ \t]*$"
)
_DAY_WITH_TIME = lazy(r"\d{4}-\d{1,2}-\d{1,2}(?=[T ]\d{1,2}:)")
_HEADED = lazy(r"(?m)^(?:#[ \t]+\S|={3,}[ \t]*$)")
_STAR = lazy(r"(?<=[^\s*])\*(?=[，。、；：！？）”》,.;:!?)|\s]|$)")
_TAG_ONLY = lazy(r"(?:</?[A-Za-z][^<>\n]{0,400}>|<!--[^\n]{0,400}?-->|\s)++$")
_MARKUP = lazy(
    r"(?P<bold>(?<!\*)\*\*)(?=[^\s*，。、；：！？）」』”])"
    r"(?:[^*\n]|\*(?!\*)){1,400}?(?<=\S)(?P<unbold>\*\*(?!\*))"
    r"|(?<![`\\])(?P<code>`)(?!`)[^`\n]{1,400}(?P<uncode>`)(?!`)"
    r"|!\[[^\]\[\n]{0,400}\]\((?P<picture>[^()\n]{0,2000}\))"
    r"|(?<!!)\[(?=[^\]\[\n]{1,200}\]\((?:(?:https?:|mailto:|/|\.|#)[^()\s]{0,1000}"
    r"|[\w%./-]{1,100}\.[A-Za-z]{2,5}(?:[?#][^()\s]{0,300})?)\))"
    r"|\\(?=[-\\`*_{}\[\]()#+.!|<>~$\"'^@&=?/%,;:])"
)
_HTML_TABLE = lazy(r"<(?:table|tr|td|th)\b", re.IGNORECASE)
_LATEX_NUMBER = lazy(
    r"\$(?=[^$\n]{0,60}(?:\\[%~,;&#]|\d [\d.])[^$\n]{0,60}\$)(?:[\d.,:/+%~\-\s]|\\[%~,;&#]){1,80}\$"
)
_FORMULA_ENDS = {
    "$$": lazy(r"\n[ \t]*\$\$[ \t]*(?:\n|\Z)"),
    "\\[": lazy(r"\n[ \t]*\\\][ \t]*(?:\n|\Z)"),
}
_FORMULA_CHARS = 2000
_LONGEST_UNDERLINED = 60
_OPEN_OR_ENDED = lazy(r"[。！？；，、：….,;:!?”’）)\]|\t]$|[|\t]")
_COLUMNS = lazy(r"\S(?: {2,}|\t|\u3000{2,})\S|[|｜¦│┃║].*[|｜¦│┃║]")
_LATEX_MARK = lazy(r"\\[,;~]|[$\\~]|\s+")
_CLOSING = lazy(r"[，。、；：！？”’）》」』】]{1,4}$")
"""What closes the sentence above, if a program cut a text after so many characters."""
_FOLLOWED = lazy(r"\s*\S")
_AROUND_CAPTION = lazy(r"^[▲△▼▽↑↓←→\s]+|[。.\s]+$")
_LINK_TARGET = lazy(r"\]\([^()\s]{0,1000}\)")


def page_lines(text: str) -> list[Line]:
    """Return the lines of a page that are not blank, in order.

    Linear in the text; a line may be of any length.
    """
    front = _FRONT_MATTER.match(text)
    lines: list[Line] = []
    if front:
        lines += _front_lines(text, _trimmed(text, *front.span()))
    gap = False
    closing = ""
    # an unclosed table must not swallow the rest of the page
    last_table = max(text.rfind("</table>"), text.rfind("</TABLE>"))
    for start, end in _raw_lines(text, front.end() if front else 0):
        place = _trimmed(text, start, end)
        left, right = place.start, place.end
        if left >= right or (text[left] == ">" and not text[left:right].strip("> \t")):
            gap = True
            continue
        if not _is_unwritten(text[left : min(right, left + 200)], lines):
            line = replace(
                _inside(text, left, right, closing) if closing else _line(text, start, left, right),
                after_gap=gap,
                ends_hard=text.startswith("  ", right, end) or text.endswith("\\", left, right),
            )
            if not gap and lines and lines[-1].mark == "plain" and _CLOSING.match(line.text):
                line = replace(line, mark="plain")
            if lines and lines[-1].mark == "caption" and _says_again(line, lines[-1], text):
                lines[-1] = _image_of(text, lines[-1])
                line = replace(line, mark="caption")
            if not gap and (level := _underlined(line.text, lines)):
                lines[-1] = replace(lines[-1], mark="heading", level=level)
            else:
                lines.append(line)
                gap = False
        closing = _closing(text, left, right, closing)
        if closing == "</table>" and right > last_table:
            closing = ""
    return _with_starred_note(text, lines) if "\n* " in text else lines


def _with_starred_note(text: str, lines: list[Line]) -> list[Line]:
    """Return lines in which the only item with a star is a note, if a star marks a word above."""
    starred = [
        place
        for place, line in enumerate(lines)
        if line.mark == "item" and text[line.spans[0].start - 2 : line.spans[0].start] == "* "
    ]
    if len(starred) == 1 and any(_STAR.search(line.text) for line in lines[: starred[0]]):
        item = lines[starred[0]]
        note = _written(text, item.spans[0].start - 2, item.spans[-1].end)
        lines[starred[0]] = replace(note, after_gap=item.after_gap, indent=item.indent)
    return lines


def _front_lines(text: str, front: Span) -> Iterator[Line]:
    """Yield the facts above a text: furniture, but its title and date if it has no other title."""
    place = front.start
    end = front.start if _HEADED.search(text, front.end) else front.end
    for fact in _FACT.finditer(text, front.start, end):
        is_title = fact["key"].lower() == "title"
        is_author = fact["key"].lower() == "author" and is_credit(fact["value"])
        is_day = is_title or is_author or is_date(fact["value"])
        with_time = None if is_day else _DAY_WITH_TIME.match(fact["value"])
        if is_day or with_time:
            start, end = fact.span("value")
            end = start + with_time.end() if with_time else end
            yield _furniture(text, place, start)
            span = (Span(start, end),)
            mark: Mark = "heading" if is_title else "plain"
            yield Line(text[start:end], span, mark, level=int(is_title), after_gap=True)
            place = end
    yield _furniture(text, place, front.end)


def _furniture(text: str, start: int, end: int) -> Line:
    place = _trimmed(text, start, end)
    return Line(text[place.start : place.end], (place,), "furniture", after_gap=True)


def _raw_lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    for raw in text[start:].splitlines(keepends=True):
        yield start, start + len(raw)
        start += len(raw)


def _trimmed(text: str, start: int, end: int) -> Span:
    raw = text[start:end]
    return Span(end - len(raw.lstrip()), start + len(raw.rstrip()))


def _is_unwritten(line: str, lines: list[Line]) -> bool:
    """True if the line is only markup: a code fence or the rule under a table's head."""
    if quote := _QUOTE.match(line):
        line = line[quote.end() :]
    if _FENCE.match(line):
        return True
    return is_rule(line) and bool(lines) and lines[-1].mark == "table"


def is_rule(line: str) -> bool:
    """True if a line only rules a table off: `---|---`, `+-----+`, `──┼──`."""
    may_be = line[:1] in _TABLE_RULE and line[-1:] in _TABLE_RULE  # most lines are text
    return may_be and _TABLE_RULE.issuperset(line) and not _RULE_SIGNS.isdisjoint(line)


def _underlined(rule: str, lines: list[Line]) -> int:
    """Return the level of the heading that a rule below the last line makes of it, or 0.

    Below the head of a table it makes none. A rule of dashes may also part two texts: the line is
    a heading if it stands alone, is short and has neither a stop nor the words of a credit or date.
    """
    if rule != rule[0] * len(rule) or rule[0] not in "=-" or not lines:
        return 0
    line = lines[-1]
    if line.mark != "plain" or len(line.text) > _LONGEST_UNDERLINED or _COLUMNS.search(line.text):
        return 0
    is_alone = line.after_gap or len(lines) == 1 or lines[-2].mark != "plain"
    if rule[0] == "=":
        return int(is_alone and line.text[-1] not in "。；，")
    is_title = is_alone and len(rule) > 2 and not _OPEN_OR_ENDED.search(line.text)
    return 2 if is_title and line_kind(line.text) is None else 0


def _closing(text: str, left: int, right: int, waiting: str) -> str:
    """Return the closing mark of the HTML table or formula that the next line is in, if any."""
    line = text[left:right].lower()
    if waiting:
        return "" if waiting in line else waiting
    if line in _FORMULA_ENDS and _FORMULA_ENDS[line].search(text, right, right + _FORMULA_CHARS):
        return "$$" if line == "$$" else "\\]"
    return "</table>" if line.startswith("<table") and "</table>" not in line else ""


def _inside(text: str, left: int, right: int, closing: str) -> Line:
    mark: Mark = "table" if closing == "</table>" else "formula"
    return Line(text[left:right], (Span(left, right),), mark=mark)


def _line(text: str, start: int, left: int, right: int) -> Line:
    indent = width(text[start : min(left, start + 80)].replace("\t", "    "))
    if quote := _QUOTE.match(text, left, right):
        left = quote.end()
    whole = text[left:right] if right - left <= 4000 else ""
    if image := _IMAGE.match(whole):
        return _image(text, left, right, image)
    if _IMAGE_WORD.match(whole):
        return Line(whole, (Span(left, right),), mark="image", indent=indent)
    start_of_line = text[left : min(right, left + 4000)]
    bar = start_of_line[:1]
    is_row = bar in _BARS and bar != "" and start_of_line.count(bar) > 1
    if is_row and not _HTML_TABLE.match(start_of_line):
        return replace(_written(text, left, right, is_row=True), mark="table", indent=indent)
    if _HTML_TABLE.match(start_of_line):
        return Line(text[left:right], (Span(left, right),), mark="table", indent=indent)
    is_bracketed = whole.startswith("\\[") and whole.endswith("\\]") and whole.isascii()
    if whole.startswith("$$") or is_bracketed or whole == "\\[":
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
    """Return an image, or its description as a caption if that is Chinese or several words.

    What a reader found at the edge of a page is furniture unless its words are of another kind.
    """
    words = image.group(1).strip()
    start = left + 2 + image.group(1).index(words)
    place = (Span(start, start + len(words)),)
    if text.endswith("(furniture)", left, right):
        # its words may say more: a date, a page number, an editor
        return Line(words, place, mark="plain" if line_kind(words) else "furniture")
    is_caption = text.endswith("(caption)", left, right)  # a short one may be the number of a table
    if words.isascii() or (len(words) < 4 and not is_caption):
        return Line(text[left:right], (Span(left, right),), mark="image")
    return Line(words, place, mark="caption")


def _says_again(line: Line, caption: Line, text: str) -> bool:
    """True if a line says what the description of the image above it says."""
    if line.mark not in ("plain", "caption") or text.startswith("](caption)", caption.spans[0].end):
        return False
    said, again = (_AROUND_CAPTION.sub("", each.text) for each in (caption, line))
    return said == again or (said in again and (line.mark == "caption" or is_caption(line.text)))


def _image_of(text: str, caption: Line) -> Line:
    """Return the whole image whose description was read as a caption."""
    start = text.rindex("![", 0, caption.spans[0].end)
    end = text.index(")", text.index("](", caption.spans[0].end)) + 1
    return replace(caption, text=text[start:end], spans=(Span(start, end),), mark="image")


def _written(text: str, left: int, right: int, *, is_row: bool = False) -> Line:
    """Return a line without the marks inside it: bold, links, backslashes.

    A row of a table keeps the backslash of a bar inside a cell.
    """
    hidden = sorted(_hidden(text, left, right))
    if is_row:
        hidden = [place for place in hidden if text[place[0] : place[1] + 1] != "\\|"]
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
    """Yield the places of characters that are Markdown's, not the newspaper's."""
    last = text[right - 1]
    if last == "\\" and right - left > 1 and _FOLLOWED.match(text, right):
        yield right - 1, right
    if text[left] in "*_" and last == text[left] and _is_wrapped(text[left:right]):
        yield left, left + 1
        yield right - 1, right
        left, right = left + 1, right - 1
    for number in _LATEX_NUMBER.finditer(text, left, right):
        yield from (mark.span() for mark in _LATEX_MARK.finditer(text, *number.span()))
    for match in _MARKUP.finditer(text, left, right):
        if match["picture"]:
            yield match.span()
        elif match.lastgroup:
            yield match.span("code" if match["code"] else "bold")
            yield match.span("uncode" if match["code"] else "unbold")
        else:
            yield match.start(), match.start() + 1
            if match.group() == "[" and (target := _LINK_TARGET.search(text, match.end(), right)):
                yield target.span()


def _is_wrapped(line: str) -> bool:
    return 4 < len(line) <= 400 and line.count(line[0]) == 2 and has_word(line)


def split_line(line: Line, offset: int) -> tuple[Line, Line]:
    """Split a line in two at an offset of its text."""
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
