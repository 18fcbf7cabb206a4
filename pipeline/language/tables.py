"""Rows of tables in text: where their cells are, and a row written from its cells."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from models.patterns import lazy
from pipeline.language.chinese import HAN, width
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.records import Span

_BARS = tuple(lazy(rf"(?<!\\){mark}") for mark in (r"\|", "[│┃║]", "[｜¦]"))
_WIDE_PARTS = (lazy(r"\t"), lazy(r"[ \u2002\u2003\xa0]{2,}|\u3000+|[ \xa0]*\u3000[ \xa0]*"))
LEADERS = lazy(r"(?:…{2,}|[.·]{3,})(?=[ \u3000]*[\w（(])")
"""Dots that lead from one cell to the next: 东镇……3.2."""
_COMMAS = (lazy(r"(?<!\d),|,(?!\d{3}(?!\d))"), lazy("，"), lazy("[;；]"))
_ANY_COMMA = lazy(",")
_BLANKS = lazy(r"[ \xa0]+")
_QUOTED = lazy(r'(?:(?<=^)|(?<=[,，;；]))\s*"[^"\n]*"(?=\s*(?:[,，;；]|$))')
"""A cell in quotation marks, as spreadsheets write one with commas in it: `"1,234"`."""
_LEAST_ACROSS = 8
_SPREAD = lazy(
    rf"(?<!\S)[{HAN}](?P<gap>\u3000{{1,2}}| {{2,4}})(?![一二三四五六七八九十])[{HAN}](?![^\s：:])"
)
"""Two characters as wide as three or four: 张　伟, 黄  瓜."""
HEADS = frozenset(
    "姓名 职务 单位 地点 时间 项目 内容 备注 序号 日期 合计 总计 小计 名称 品名 品种 价格 数量 "
    "金额 电话 科目 班级 年龄 性别 地址 学校 名次 产量 面积 人数 地区 分工".split()
)
"""Words at the head of a column, which may be spread: 姓　名."""
_CELL_OF_WORDS = lazy(r"\s+\S\S")
_SINGLE = lazy(r"\S(?!\S)")
_GAP = lazy(r"[ \u3000]{2,}|\u3000")


def row_cells(row: str) -> tuple[Span, ...]:
    """Return the places of the cells of a row, without the blanks around them, in order.

    The cells of a row of Markdown stand between bars (`|`); those of a row of plain text between
    bars, tabs, two or more blanks, ideographic blanks, leaders (……), commas or single blanks,
    whichever of these comes first in this list and is in the row; of several kinds of commas, the
    most frequent.
    Between commas, a cell may be in quotation marks. The comma of 1,204 parts no cells.

    >>> row = "| 镇名 | 总产量 |"
    >>> [row[cell.start : cell.end] for cell in row_cells(row)]
    ['镇名', '总产量']
    """
    start, end = _inside(row, 0, len(row))
    found = ([match.start() for match in bar.finditer(row, start, end)] for bar in _BARS)
    if bars := next(filter(None, found), None):
        edges = [-1, *bars, len(row)]
        pieces = [(left + 1, right) for left, right in pairwise(edges)]
        if bars[0] == start:
            del pieces[0]
        if bars[-1] == end - 1 and len(pieces) > 1:
            del pieces[-1]
    elif "\t" in row[start:end]:  # tabs at the ends are beside empty cells
        pieces = list(_between(row, 0, len(row)))
    else:
        pieces = list(_between(row, start, end))
    return tuple(Span(*_inside(row, left, right)) for left, right in pieces)


def row_texts(row: str) -> list[str]:
    """Return the texts of the cells of a row (see `row_cells`); `\\|` is a bar inside a cell."""
    return [row[cell.start : cell.end].replace("\\|", "|") for cell in row_cells(row)]


def is_across(row: str) -> bool:
    """True if a row is one text that spans all columns, such as a note: it is in every cell.

    >>> is_across("| 注：假日照常发车。 | 注：假日照常发车。 |"), is_across("| 晴 | 晴 |")
    (True, False)
    """
    cells = row_texts(row)
    return len(cells) > 1 and len(set(cells)) == 1 and len(cells[0]) >= _LEAST_ACROSS


def markdown_row(cells: Iterable[str]) -> str:
    """Return a row of a Markdown table; a bar or line break inside a cell is replaced.

    >>> markdown_row(["镇名", "a|b"])
    '| 镇名 | a／b |'
    """
    written = (" ".join(cell.replace("\\|", "|").replace("|", "／").split()) for cell in cells)
    return f"| {' | '.join(written)} |"


def spaced_names(row: str) -> tuple[Span, ...]:
    """Return the places of names and labels of two characters with blanks between these.

    Only of labels such as 姓　名, of a name at the start, or in a row whose other cells are parted
    by wider gaps.

    >>> [span.end for span in spaced_names("一等奖　　张　伟　　东镇")]
    [8]
    """
    if "\u3000" not in row and "  " not in row:
        return ()
    spread = list(_SPREAD.finditer(row))
    if not spread:
        return ()
    inner = {match.span("gap") for match in spread}
    start, end = _inside(row, 0, len(row))
    outer = [gap[0] for gap in _GAP.finditer(row, start, end) if gap.span() not in inner]
    has_wide = any(len(gap) > 1 for gap in outer)
    found = []
    for match in spread:
        own, gap = match[0][0] + match[0][-1], match["gap"]
        is_narrow = bool(outer) and width(gap) + 2 <= min(map(width, outer))
        is_first = match.start() == start and own[0] in COMMON_SURNAMES and gap == "\u3000"
        is_name = is_first and _CELL_OF_WORDS.match(row, match.end()) is not None
        if own not in HEADS and _is_among_single(row, match):
            continue
        if own in HEADS or is_narrow or is_name or (gap == "\u3000" and has_wide):
            found.append(Span(*match.span()))
    return tuple(found)


def _is_among_single(row: str, spread: re.Match[str]) -> bool:
    """True if two characters and a third one stand equally far apart: each is a cell."""
    gap = spread["gap"]
    before, after = row[: spread.start()], row[spread.end() :]
    sides = []
    if after.startswith(gap):
        sides.append(after.removeprefix(gap))
    if before.endswith(gap):
        sides.append(before.removesuffix(gap)[::-1])
    return any(map(_SINGLE.match, sides))


def quoted_cells(row: str) -> tuple[Span, ...]:
    """Return the places of cells in quotation marks between commas; a comma in one parts nothing.

    >>> [span.end for span in quoted_cells('东盟,"1,234","987"')]
    [10, 16]
    """
    return tuple(Span(*match.span()) for match in _QUOTED.finditer(row)) if '"' in row else ()


def _between(row: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a row without bars."""
    mark = _mark(row, start, end)
    if mark is None:
        yield start, end
        return
    quoted = quoted_cells(row) if mark in (*_COMMAS, _ANY_COMMA) else ()
    whole = (*spaced_names(row), *quoted)
    left = start
    edges = [match.span() for match in mark.finditer(row, start, end)]
    for right, following in (*edges, (end, end)):
        if any(cell.start < right < cell.end for cell in whole):
            continue
        is_quoted = any(left <= cell.start and cell.end <= right for cell in quoted)
        yield (
            (row.index('"', left) + 1, row.rindex('"', left, right)) if is_quoted else (left, right)
        )
        left = following


def _mark(row: str, start: int, end: int) -> re.Pattern[str] | None:
    """Return what parts the cells of a row without bars; None if nothing does."""
    if wide := next((mark for mark in _WIDE_PARTS if mark.search(row, start, end)), None):
        return wide
    if LEADERS.search(row, start, end):
        return LEADERS
    counts = [sum(1 for _ in mark.finditer(row, start, end)) for mark in _COMMAS]
    most = counts.index(max(counts))
    if most == 0 and "," in row[start:end] and (counts[0] or not _BLANKS.search(row, start, end)):
        return _ANY_COMMA
    if counts[most]:
        return _COMMAS[most]
    return _BLANKS if _BLANKS.search(row, start, end) else None


def _inside(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a stretch of text without the blanks around it."""
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return left, max(left, start + len(piece.rstrip()))
