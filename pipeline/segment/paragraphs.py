"""Parts of a page: its lines put together again where column, page or scan had broken them.

Two laws decide, both about print rather than words. A line that was wrapped is full: the
first word of the next line would not have fitted on it. A paragraph that a column or page
breaks in the middle of a sentence has no stop at its end, and what follows opens nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Literal

from pipeline.language.chinese import is_finished, is_han, width
from pipeline.language.surnames import are_names
from pipeline.records import BlockKind
from pipeline.segment.breaks import LEAST, seam
from pipeline.segment.line_kinds import (
    has_year,
    is_bare_role,
    is_dateline,
    is_desk_credit,
    is_photo_credit,
    jump_at_end,
    jump_at_start,
    wording,
)
from pipeline.segment.lines import Line, split_line

Role = BlockKind | Literal["short"]
"""`short`: a line without a stop, of which only the neighbours tell whether it is a title,
heading, label or caption."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block before it is known what it is among its neighbours."""

    role: Role
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The first line: what the part is known by."""
        return self.lines[0].text

    @property
    def level(self) -> int:
        """Of a Markdown heading; 0 of all else."""
        return self.lines[0].level if self.role == "heading" else 0


_SHORT_COLUMNS = 64
_SHORT_WITH_COMMA_COLUMNS = 50
_WRAP_COLUMNS = range(16, 131)
_LINE_CHARS = 400
_SLACK = 4
_HEADLINE_COLUMNS = 90
_ENDS_PROSE = re.compile(r"。|[，、；：,:;！？…—]$")
_MAY_STAND_BETWEEN = frozenset(("image", "caption", "page_number", "furniture", "date"))
_MAX_BETWEEN = 6
_OPEN_END = re.compile(r"[，、,]$")
_CLAUSE_MARK = re.compile(r"[，。；！？,;]")
_COMMA = re.compile(r"[，；,;]")
_INNER_STOP = re.compile(r"[。！？][”’」』）]*[^。！？”’」』）\s]")
_SIGNED = re.compile(r"[）)]$")
_STARTS_ANEW = re.compile(
    r"[　]{2}|\d{1,2}[.、]|[（(]?[一二三四五六七八九十]{1,3}[、）)]|[（(【①-⑳■●◆□▲★•]"
    r"|此外|另外|同时|据悉|据了解|据介绍|据统计|然而|不过|但是|目前|近日|日前|昨日|昨天|今天|今年|去年|近年来"
    r"|接下来|下一步|随后|未来|为此|对此|值得一提|与此同时|记者|编者按|问[：:]|答[：:]"
)


def page_parts(lines: Sequence[Line], *, join_broken_paragraphs: bool) -> list[Part]:
    """Put the lines of a page together to parts, in order. Linear in the lines."""
    parts: list[Part] = []
    for group in _groups(lines):
        parts.extend(_parts_of_group(group, join_broken_paragraphs))
    parts = [piece for part in _together(parts) for piece in _without_jumps(part)]
    parts = list(_with_headlines(parts))
    return _without_breaks(parts) if join_broken_paragraphs else parts


def _with_headlines(parts: Sequence[Part]) -> Iterator[Part]:
    """Take a long line without a stop for a title where a byline or dateline follows it."""
    for part, following in zip_longest(parts, parts[1:]):
        is_headline = (
            following is not None
            and part.role == "paragraph"
            and len(part.lines) == 1
            and len(part.text) <= _HEADLINE_COLUMNS
            and not _ENDS_PROSE.search(part.text)
            and _COMMA.search(part.text) is not None
            and width(part.text) <= _HEADLINE_COLUMNS
            and not is_dateline(part.text)
            and _opens_story(following)
        )
        yield replace(part, role="short") if is_headline else part


def _opens_story(part: Part) -> bool:
    if part.role == "credit":
        return not is_photo_credit(part.text) and not is_desk_credit(part.text)
    return part.role == "paragraph" and is_dateline(part.text)


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that follow each other without a gap or a change of Markdown's mark."""
    group: list[Line] = []
    for line in lines:
        if group and (line.after_gap or line.mark != "plain" or group[-1].mark != "plain"):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _parts_of_group(group: list[Line], unwrap: bool) -> Iterator[Part]:
    if group[0].mark != "plain":
        yield Part(_marked_role(group[0]), (group[0],))
        return
    roles = [wording(line.text) for line in group]
    joins = _joins(group, roles) if unwrap and len(group) > 1 else [False] * len(group)
    chain: list[Line] = []
    role: BlockKind | None = None
    for line, line_role, joined in zip(group, roles, joins, strict=True):
        role = role if chain else line_role
        chain.append(line)
        if not joined:
            yield Part(role or _plain_role(chain), tuple(chain))
            chain = []


def _marked_role(line: Line) -> BlockKind:
    match line.mark:
        case "item":
            found = wording(line.text)
            return found if found in ("jump", "credit") else "list_item"
        case "heading" | "table" | "image" | "formula" | "furniture" | "caption":
            return line.mark
        case "plain":
            raise ValueError("a plain line has no role of its own")


def _plain_role(lines: Sequence[Line]) -> Role:
    line = lines[0]
    if len(lines) > 1 or len(line.text) > _SHORT_COLUMNS or width(line.text) > _SHORT_COLUMNS:
        return "paragraph"
    if line.is_bold and not line.text.endswith(("。", "；", "，")):
        return "short"
    if is_finished(line.text) or re.search(r"。|[，、,：:]$", line.text):
        return "paragraph"
    if _COMMA.search(line.text) and width(line.text) > _SHORT_WITH_COMMA_COLUMNS:
        return "paragraph"
    return "short"


def _joins(group: list[Line], roles: Sequence[BlockKind | None]) -> list[bool]:
    """Say of each line of a group whether the next one continues it."""
    widths = [_columns(line) for line in group]
    finished = [is_finished(line.text) for line in group]
    longest = _measure(widths)
    full = [
        columns + _first_word(after.text) > longest - _SLACK
        for columns, after in zip(widths, group[1:], strict=False)
    ]
    is_wrapped = _is_wrapped(group, roles, longest, list(zip(full, finished, strict=False)))
    margin = min(line.indent for line in group)
    joins = [False] * len(group)
    for index, after in enumerate(group[1:]):
        line = group[index]
        if roles[index] and not (index and joins[index - 1]):
            continue
        is_open = not finished[index] and (
            (is_wrapped and full[index]) or bool(_OPEN_END.search(line.text))
        )
        if roles[index + 1] and not (is_open and is_wrapped and len(group) > 3):
            continue
        if after.indent <= margin or not (finished[index] or is_wrapped):
            joins[index] = is_open or (is_wrapped and full[index])
    return joins


def _measure(widths: Sequence[int]) -> int:
    """Give the width of the column: the greatest that two lines have, near enough."""
    falling = sorted(widths, reverse=True)
    pairs = pairwise(falling)
    return next((wide for wide, next_wide in pairs if wide - next_wide <= _SLACK), falling[0])


def _columns(line: Line) -> int:
    return line.indent + width(line.text) if len(line.text) <= _LINE_CHARS else 10**6


def _is_wrapped(
    group: list[Line],
    roles: Sequence[BlockKind | None],
    longest: int,
    ends: list[tuple[bool, bool]],
) -> bool:
    """Say whether a group is prose in lines of equal length; `ends`: (is full, has a stop)."""
    if longest not in _WRAP_COLUMNS or not any(_CLAUSE_MARK.search(line.text) for line in group):
        return False
    # lines neither full nor with a mark are titles standing over the prose
    prose = [
        (is_full, has_stop)
        for (is_full, has_stop), line, role in zip(ends, group, roles, strict=False)
        if role is None and (is_full or _CLAUSE_MARK.search(line.text))
    ]
    broken = sum(is_full and not has_stop for is_full, has_stop in prose)
    if len(prose) == 1 and len(group) == 2:
        return broken == 1 and longest >= 24 and is_finished(group[1].text)
    return len(prose) > 0 and broken >= 0.4 * len(prose)


def _first_word(text: str) -> int:
    """Columns of what may not be parted from the start of a line."""
    if not text or is_han(text[0]):
        return 2
    match = re.match(r"[A-Za-z0-9.,'%-]{1,24}", text)
    return width(match.group()) + 1 if match else 4


def _together(parts: Sequence[Part]) -> list[Part]:
    """Put the rows of a table, the lines of a date, a role and its names into one part."""
    chains: list[list[Part]] = []
    for part in parts:
        if chains and _belongs(chains[-1], part):
            chains[-1].append(part)
        else:
            chains.append([part])
    return [_as_one(chain) for chain in chains]


def _as_one(chain: Sequence[Part]) -> Part:
    lines = tuple(line for part in chain for line in part.lines)
    return chain[0] if len(chain) == 1 else replace(chain[0], lines=lines)


def _belongs(chain: Sequence[Part], part: Part) -> bool:
    first = chain[0]
    if first.role == "table":
        return part.role == "table" and not part.lines[0].after_gap
    if first.role == "date" and part.role == "date":
        return len(chain) < 4 and not has_year(part.text)
    is_role = first.role == "credit" and len(chain) == 1 and is_bare_role(first.text)
    return is_role and part.role == "short" and are_names(part.text)


def _without_jumps(part: Part) -> Iterator[Part]:
    """Take 下转第2版 from the end of a paragraph, and 上接第1版 from its start."""
    if part.role != "paragraph":
        yield part
        return
    lines = list(part.lines)
    if start := jump_at_start(lines[0].text):
        jump, lines[0] = split_line(lines[0], start)
        yield Part("jump", (jump,))
    end = jump_at_end(lines[-1].text)
    if 0 < end < len(lines[-1].text):
        lines[-1], jump = split_line(lines[-1], end)
        yield Part("paragraph", tuple(lines))
        yield Part("jump", (jump,))
    else:
        yield Part("paragraph", tuple(lines))


def _without_breaks(parts: Sequence[Part]) -> list[Part]:
    """Join paragraphs broken in a sentence; a picture between the halves comes after them."""
    if _is_one_sentence_a_line(parts):
        return list(parts)
    chains: list[list[Part]] = []
    last: list[Part] | None = None
    between = 0
    for part in parts:
        if last and part.role == "paragraph" and _continues(last[-1], part):
            last.append(part)
            between = 0
            continue
        chains.append([part])
        if part.role == "paragraph":
            last, between = chains[-1], 0
        elif _may_stand_between(part) and between < _MAX_BETWEEN:
            between += 1
        else:
            last = None
    return [_as_one(chain) for chain in chains]


def _may_stand_between(part: Part) -> bool:
    """Say whether a paragraph may go on after the part; after a byline it does not."""
    if part.role == "credit":
        return is_photo_credit(part.text)
    return part.role in _MAY_STAND_BETWEEN


def _is_one_sentence_a_line(parts: Sequence[Part]) -> bool:
    """Say whether the lines are sentences of a list or corpus, which nothing has broken."""
    prose = [part for part in parts if part.role == "paragraph"]
    if len(prose) < 8:
        return False
    told = sum(bool(_INNER_STOP.search(line.text)) for part in prose for line in part.lines)
    return told < 0.25 * len(prose)


def _continues(before: Part, part: Part) -> bool:
    """Say whether a paragraph goes on in the next: one lacks its end, the other a start."""
    end = before.lines[-1].text
    if is_finished(end) or _SIGNED.search(end) or end.endswith(("：", ":")):
        return False
    if width(end[-_SHORT_COLUMNS:]) < 40 and not _CLAUSE_MARK.search(end):
        return False
    line = part.lines[0]
    if line.indent >= 4 or _STARTS_ANEW.match(line.text) or is_dateline(line.text):
        return False
    if not (is_han(end[-1]) or end[-1] in "，、,—”’》" or not line.text[0].isupper()):
        return False
    # of two paragraphs in full, one may merely have lost its stop
    return bool(_OPEN_END.search(end)) or seam(end, line.text) >= LEAST
