"""Paragraphs of a page: lines joined again where a column, page or scan has broken them.

Two laws of print decide. A wrapped line is full: the first word of the next line would not have
fitted on it. A paragraph that was broken inside a sentence does not end with a full stop, and
what follows it does not start anything new.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from models.patterns import lazy
from pipeline.language.chinese import is_finished, is_han, width
from pipeline.language.numbers.publication_dates import has_year
from pipeline.language.surnames import are_names
from pipeline.records import BlockKind
from pipeline.segment.breaks import LEAST, seam
from pipeline.segment.line_kinds import (
    is_bare_role,
    is_credit,
    is_dateline,
    is_desk_credit,
    is_photo_credit,
    jump_at_end,
    jump_at_start,
    line_kind,
)
from pipeline.segment.lines import Line, split_line
from pipeline.segment.parts.notes import note_places
from pipeline.segment.wraps import CLAUSE_MARK, OPEN_END, hanging, line_joins, page_column

ParagraphRole = BlockKind | Literal["short"]
"""`short`: a line without a stop; only its neighbours show whether it is a title, heading, label
or caption."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of a page before its neighbours have settled its kind."""

    role: ParagraphRole
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Text of the first line."""
        return self.lines[0].text

    @property
    def level(self) -> int:
        """Level of a Markdown heading; 0 for everything else."""
        return self.lines[0].level if self.role == "heading" else 0


_SHORT_COLUMNS = 64
_SHORT_WITH_COMMA_COLUMNS = 50
_HEADLINE_COLUMNS = 90
_ENDS_PROSE = lazy(r"。|[，、；：,:;！？…—]$")
_MAY_STAND_BETWEEN = frozenset(("image", "caption", "page_number", "furniture", "date"))
_MAX_BETWEEN = 6
_LEAST_VERSE = 3
_LEAST_ITEMS = 2
_SHORT_END_COLUMNS = 32
LABEL = lazy(r"[^：:]{1,8}[：:].")
_COMMA = lazy(r"[，；,;]")
_INNER_STOP = lazy(r"[。！？][”’」』）]*[^。！？”’」』）\s]")
_SIGNED = lazy(
    r"[）)]$|(?:^|[。！？\s])(?:[文图]|摄影?|供图|(?:图片)?来源|图源)\s*[/／:：|｜]\s*[^，。；]{2,20}$"
)
_NUMBERED = lazy(
    r"[（(]?(?:\d{1,2}|[a-z])[.)．）、](?!\d)\s*\S|[①-⑳⑴-⒇]\s*\S|[（(]?[一二三四五六七八九十]{1,3}[、）)]\s*\S"
)
_STARTS_ANEW = lazy(
    r"[　]{2}|\d{1,2}[.、]|[（(]?[一二三四五六七八九十]{1,3}[、）)]|[（(【①-⑳■●◆□▲★•]"
    r"|此外|另外|同时|据悉|据了解|据介绍|据统计|然而|不过|但是|目前|近日|日前|昨日|昨天|今天|今年|去年|近年来"
    r"|接下来|下一步|随后|未来|为此|对此|值得一提|与此同时|记者|编者按|问[：:]|答[：:]"
)


def page_paragraphs(lines: Sequence[Line], *, join_broken_paragraphs: bool) -> list[Paragraph]:
    """Join the lines of a page into paragraphs, in order. Linear in the lines."""
    paragraphs: list[Paragraph] = []
    last: Line | None = None
    has_text, is_top = False, True
    groups = list(_groups(lines))
    column = page_column(groups) if join_broken_paragraphs else 0
    for group in groups:
        own = list(_paragraphs_of_group(group, join_broken_paragraphs, column, is_top))
        if has_text and _is_pair_of_lines(own):
            own[0] = replace(own[0], role="paragraph")
        is_top = is_top and not any(p.role in ("short", "paragraph", "heading") for p in own)
        has_text = has_text or any(paragraph.role == "paragraph" for paragraph in own)
        if last is not None and last.mark == "item" and last.ends_hard and _is_light(own[0]):
            # a line of the same item
            own[0] = replace(own[0], role="paragraph")
        paragraphs.extend(own)
        last = group[-1]
    paragraphs = _with_notes(_together(paragraphs))
    paragraphs = [cut for whole in paragraphs for cut in _without_jumps(whole)]
    paragraphs = list(_with_headlines(paragraphs))
    return _without_breaks(paragraphs) if join_broken_paragraphs else paragraphs


def _with_notes(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Make lines that begin with the mark of a note footnotes."""
    for place in note_places([(own.role, own.lines) for own in paragraphs]):
        paragraphs[place] = replace(paragraphs[place], role="footnote")
    return paragraphs


def _with_headlines(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Mark a long line without a stop as short if a byline or dateline follows: it is a title."""
    for paragraph, following in zip_longest(paragraphs, paragraphs[1:]):
        is_headline = (
            following is not None
            and paragraph.role == "paragraph"
            and len(paragraph.lines) == 1
            and len(paragraph.text) <= _HEADLINE_COLUMNS
            and not _ENDS_PROSE.search(paragraph.text)
            and _COMMA.search(paragraph.text) is not None
            and width(paragraph.text) <= _HEADLINE_COLUMNS
            and not is_dateline(paragraph.text)
            and is_signature(following)
        )
        yield replace(paragraph, role="short") if is_headline else paragraph


def is_signature(paragraph: Paragraph) -> bool:
    """True if it is a byline, or a paragraph with a dateline."""
    if paragraph.role == "credit":
        return not is_photo_credit(paragraph.text) and not is_desk_credit(paragraph.text)
    return paragraph.role == "paragraph" and is_dateline(paragraph.text)


def _continues_item(group: Sequence[Line], line: Line) -> bool:
    """True if a line is indented below the text of an item of Markdown, which it continues."""
    is_inside = group[0].mark == "item" and line.mark == "plain" and not group[-1].ends_hard
    return is_inside and line.indent > group[0].indent + 1 and not _NUMBERED.match(line.text)


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of plain lines, or of what is said, without a gap; other lines alone, an item
    with the lines that continue it."""
    group: list[Line] = []
    for line in lines:
        is_alike = group and line.mark == group[-1].mark and line.mark in ("plain", "speech")
        is_alike = is_alike or (bool(group) and _continues_item(group, line))
        if group and (line.after_gap or not is_alike):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _paragraphs_of_group(
    group: list[Line], unwrap: bool, column: int, is_top: bool
) -> Iterator[Paragraph]:
    if group[0].mark == "speech":
        yield Paragraph("paragraph", tuple(group))
        return
    if group[0].mark != "plain":
        yield Paragraph(_marked_role(group[0]), tuple(group))
        return
    roles = [line_kind(line.text) for line in group]
    joins = [False] * len(group)
    if unwrap and len(group) > 1:
        joins = line_joins(group, roles, column, may_be_titled=is_top)
    made: list[Paragraph] = []
    chain: list[Line] = []
    role: BlockKind | None = None
    below = hanging(group) if unwrap else ()
    for place, (line, line_role, joined) in enumerate(zip(group, roles, joins, strict=True)):
        role = role if chain else line_role
        role = role or ("list_item" if place in below else None)
        chain.append(line)
        if not joined:
            made.append(Paragraph(role or _plain_role(chain), tuple(chain)))
            chain = []
    yield from _with_items(_with_verses(made))


def _with_items(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Make short lines with numbers items where two or more follow each other without a gap.

    A short line between them that a line break parts from its item is text.
    """
    if len(paragraphs) < _LEAST_ITEMS:
        yield from paragraphs
        return
    numbered = [
        p.role in ("short", "paragraph", "list_item") and _NUMBERED.match(p.text) is not None
        for p in paragraphs
    ]
    heads = [
        n
        for n, p in enumerate(paragraphs)
        if numbered[n] or not (n and paragraphs[n - 1].lines[-1].ends_hard and p.role == "short")
    ]
    near = {
        n: any(numbered[other] for other in (*heads[max(0, at - 1) : at], *heads[at + 1 : at + 2]))
        for at, n in enumerate(heads)
    }
    has_items = any(numbered[n] and near[n] for n in heads)
    for place, paragraph in enumerate(paragraphs):
        if paragraph.role == "short" and near.get(place, has_items):
            is_item = numbered[place]
            if is_item or place not in near:
                yield replace(paragraph, role="list_item" if is_item else "paragraph")
                continue
        yield paragraph


def _with_verses(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Make short lines paragraphs that hard line breaks part, as in a verse or an address.

    Two lines may be a title and a subtitle, unless they are below text or say what they are
    (地点：…); so may lines above text, and bold ones.
    """
    start = len(paragraphs) - 1
    if start < 1:
        return list(paragraphs)
    # a short last line with a stop ends a list or a verse; a long one is the text below titles
    is_last = _is_light(paragraphs[-1]) or _is_short_end(paragraphs[-1])
    while start > 0 and paragraphs[start - 1].lines[-1].ends_hard and is_last:
        start -= 1
        is_last = _is_light(paragraphs[start])
    run = paragraphs[start:]
    is_verse = len(run) >= _LEAST_VERSE or (
        len(run) > 1
        and _is_light(run[-1])
        and (not _is_light(run[0]) or all(LABEL.match(line.text) for line in run))
    )
    if not is_verse:
        return list(paragraphs)
    lines = [replace(line, role="paragraph") if _is_light(line) else line for line in run]
    return [*paragraphs[:start], *lines]


def _is_pair_of_lines(paragraphs: Sequence[Paragraph]) -> bool:
    """True if a line break parts a short line from a short sentence, two lines of one paragraph."""
    if len(paragraphs) != 2 or not _is_light(paragraphs[0]):
        return False
    line = paragraphs[0].lines[-1]
    return line.ends_hard and not _STARTS_ANEW.match(line.text) and _is_short_end(paragraphs[1])


def _is_short_end(paragraph: Paragraph) -> bool:
    return (
        paragraph.role == "paragraph"
        and len(paragraph.lines) == 1
        and width(paragraph.text) <= _SHORT_END_COLUMNS
    )


def _is_light(paragraph: Paragraph) -> bool:
    return paragraph.role == "short" and not paragraph.lines[0].is_bold


def _marked_role(line: Line) -> BlockKind:
    match line.mark:
        case "item":
            found = line_kind(line.text)
            return found if found in ("jump", "credit") else "list_item"
        case "heading":
            return "credit" if line.level > 1 and is_credit(line.text) else "heading"
        case "table" | "image" | "formula" | "furniture" | "caption":
            return line.mark
        case "plain" | "speech":
            raise ValueError("a line of running text has no role of its own")


def _plain_role(lines: Sequence[Line]) -> ParagraphRole:
    line = lines[0]
    if len(lines) > 1 or len(line.text) > _SHORT_COLUMNS or width(line.text) > _SHORT_COLUMNS:
        return "paragraph"
    if line.is_bold and not line.text.endswith(("。", "；", "，")):
        return "short"
    if is_finished(line.text) or re.search(r"。|[，、,：:]$|^此致$", line.text):
        return "paragraph"
    if _COMMA.search(line.text) and width(line.text) > _SHORT_WITH_COMMA_COLUMNS:
        return "paragraph"
    return "short"


def _together(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Join the rows of a table, the lines of a formula or a date, and a role with its names."""
    chains: list[list[Paragraph]] = []
    for paragraph in paragraphs:
        if chains and _belongs(chains[-1], paragraph):
            chains[-1].append(paragraph)
        else:
            chains.append([paragraph])
    return [_as_one(chain) for chain in chains]


def _as_one(chain: Sequence[Paragraph]) -> Paragraph:
    lines = tuple(line for paragraph in chain for line in paragraph.lines)
    return chain[0] if len(chain) == 1 else replace(chain[0], lines=lines)


def _belongs(chain: Sequence[Paragraph], paragraph: Paragraph) -> bool:
    first = chain[0]
    if first.role == "table":
        return paragraph.role == "table" and not paragraph.lines[0].after_gap
    if first.role == "formula" and paragraph.role == "formula":
        return _is_open_formula(chain)
    if first.role == "date" and paragraph.role == "date":
        return len(chain) < 4 and not has_year(paragraph.text)
    is_role = first.role == "credit" and len(chain) == 1 and is_bare_role(first.text)
    return is_role and paragraph.role == "short" and are_names(paragraph.text)


def _is_open_formula(chain: Sequence[Paragraph]) -> bool:
    """True if the lines of a formula so far do not have the mark that closes it."""
    mark = chain[0].text[:2]
    closing = r"\]" if mark == r"\[" else mark
    written = "".join(paragraph.text for paragraph in chain)
    return closing not in written[2:]


def _without_jumps(paragraph: Paragraph) -> Iterator[Paragraph]:
    """Split 下转第2版 off the end of a paragraph, and 上接第1版 off its start."""
    if paragraph.role != "paragraph":
        yield paragraph
        return
    lines = list(paragraph.lines)
    if start := jump_at_start(lines[0].text):
        jump, lines[0] = split_line(lines[0], start)
        yield Paragraph("jump", (jump,))
    end = jump_at_end(lines[-1].text)
    if 0 < end < len(lines[-1].text):
        lines[-1], jump = split_line(lines[-1], end)
        yield Paragraph("paragraph", tuple(lines))
        yield Paragraph("jump", (jump,))
    else:
        yield Paragraph("paragraph", tuple(lines))


def _without_breaks(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Join paragraphs broken inside a sentence; a picture between the halves moves behind them."""
    if _is_one_sentence_a_line(paragraphs):
        return list(paragraphs)
    chains: list[list[Paragraph]] = []
    last: list[Paragraph] | None = None
    between = 0
    for paragraph in paragraphs:
        if last and paragraph.role == "paragraph" and _continues(last[-1], paragraph):
            last.append(paragraph)
            between = 0
            continue
        chains.append([paragraph])
        if paragraph.role == "paragraph":
            last, between = chains[-1], 0
        elif _may_stand_between(paragraph) and between < _MAX_BETWEEN:
            between += 1
        else:
            last = None
    return [_as_one(chain) for chain in chains]


def _may_stand_between(paragraph: Paragraph) -> bool:
    """True if a paragraph may continue after this one; it does not after a byline."""
    if paragraph.role == "credit":
        return is_photo_credit(paragraph.text) or is_desk_credit(paragraph.text)
    return paragraph.role in _MAY_STAND_BETWEEN


def _is_one_sentence_a_line(paragraphs: Sequence[Paragraph]) -> bool:
    """True if each line is a sentence of a list or corpus, so that no line is broken."""
    prose = [paragraph for paragraph in paragraphs if paragraph.role == "paragraph"]
    if len(prose) < 8:
        return False
    with_inner_stop = sum(
        bool(_INNER_STOP.search(line.text)) for paragraph in prose for line in paragraph.lines
    )
    return with_inner_stop < 0.25 * len(prose)


def _continues(before: Paragraph, paragraph: Paragraph) -> bool:
    """True if the next paragraph continues this one: one lacks an end, the other a start."""
    end = before.lines[-1].text
    if is_finished(end) or _SIGNED.search(end) or end.endswith(("：", ":")):
        return False
    if width(end[-_SHORT_COLUMNS:]) < 40 and not CLAUSE_MARK.search(end):
        return False
    line = paragraph.lines[0]
    if line.indent >= 4 or _STARTS_ANEW.match(line.text) or is_dateline(line.text):
        return False
    if not (is_han(end[-1]) or end[-1] in "，、,—”’》" or not line.text[0].isupper()):
        return False
    # the first of two complete paragraphs may merely have lost its stop
    return bool(OPEN_END.search(end)) or seam(end, line.text) >= LEAST
