"""English for the unit in brackets at the end of a cell: 产量（万吨） is in 10,000 tons."""

from collections.abc import Mapping
from functools import cache

from models.patterns import lazy
from pipeline.data_file import data_rows

_SCALES = {
    "": "",
    "百": "100 ",
    "千": "1,000 ",
    "万": "10,000 ",
    "百万": "million ",
    "千万": "10 million ",
    "亿": "100 million ",
    "十亿": "billion ",
    "百亿": "10 billion ",
    "千亿": "100 billion ",
    "万亿": "trillion ",
}
_AT_END = lazy(
    r"[（(]\s*(?:单位\s*[：:]\s*)?(?P<scale>[百千]?万亿?|[十百千]?亿|[百千])?(?P<unit>[^（）()/／\s\d]{1,5}?)"
    r"(?:\s*[/／]\s*(?P<per>[^（）()/／\s\d]{1,4}))?\s*[)）]\s*$"
)


def unit_at_end(cell: str) -> tuple[int, str] | None:
    """Return where the unit of a cell begins, and its English in brackets; None without one.

    >>> unit_at_end("产量（万吨）"), unit_at_end("均价（元/公斤）"), unit_at_end("张三（队长）")
    ((2, '(10,000 tons)'), (2, '(yuan/kilogram)'), None)
    """
    match = _AT_END.search(cell)
    start = len(cell[: match.start()].rstrip()) if match else 0
    if match is None or not start:
        return None
    scale, unit = _SCALES.get(match["scale"] or ""), _units().get(match["unit"])
    per = _units().get(match["per"]) if match["per"] else ("", "")
    if scale is None or unit is None or per is None:
        return None
    return start, f"({scale}{unit[0]}{'/' if per[1] else ''}{per[1]})"


@cache
def _units() -> Mapping[str, tuple[str, str]]:
    return {zh: (many, one) for zh, many, one in data_rows(__file__, "units.tsv")}
