"""English for words that are all of a cell: a model turns 名次 into Famous and 合计 into a verb."""

from collections.abc import Mapping
from functools import cache

from pipeline.data_file import data_rows


def english_cell(cell: str) -> str | None:
    """Return the English of a word of tables, also one set wide; None for any other cell.

    >>> english_cell("名次"), english_cell("合　计"), english_cell("单位")
    ('Rank', 'Total', None)
    """
    return _words().get("".join(cell.split()))


@cache
def _words() -> Mapping[str, str]:
    return dict(data_rows(__file__, "cells.tsv"))
