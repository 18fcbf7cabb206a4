"""English for words that are all of a cell: a model turns 名次 into Famous and 合计 into a verb."""

from collections.abc import Mapping
from functools import cache

from models.patterns import lazy
from pipeline.data_file import data_rows

_DURATION = lazy(r"(?:(\d+)\s*小[时時])?\s*(?:(\d+)\s*分钟?)?\s*(?:(\d+(?:\.\d+)?)\s*秒)?")
_UNITS = ("hour", "minute", "second")


def english_cell(cell: str) -> str | None:
    """Return the English of a word of tables, also one set wide, or a duration; else None.

    >>> english_cell("名次"), english_cell("合　计"), english_cell("单位")
    ('Rank', 'Total', None)
    >>> english_cell("2小时18分35秒"), english_cell("1分2.5秒"), english_cell("5分")
    ('2 hours 18 minutes 35 seconds', '1 minute 2.5 seconds', None)
    """
    return _words().get("".join(cell.split())) or _duration(cell)


def _duration(cell: str) -> str | None:
    """Return a duration in two units or three; 5分 alone may be points."""
    found = _DURATION.fullmatch(cell) if cell[:1].isdecimal() else None
    written = zip(found.groups() if found else (), _UNITS, strict=False)
    parts = [(number, unit) for number, unit in written if number]
    if len(parts) < 2:
        return None
    return " ".join(f"{number} {unit}{'' if number == '1' else 's'}" for number, unit in parts)


@cache
def _words() -> Mapping[str, str]:
    return dict(data_rows(__file__, "cells.tsv"))
