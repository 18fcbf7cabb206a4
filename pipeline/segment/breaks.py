"""Whether a paragraph without a full stop was broken, or merely lost its stop.

The characters around the break decide: few sentences end with 的 or begin with 优势, many begin
with 此外 or 他. `breaks.tsv` has the log-odds of the last and first one and two characters, learnt
by `scripts/data/learn_breaks.py` from news (WMT17-20, News Commentary).
"""

from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.data_file import data_rows

Weights = Mapping[tuple[str, str], float]

LEAST = -4.0
"""Below this, paragraphs stay apart. It is low: a missed join harms more than a wrong one."""

_MOST = 3.0
"""Largest weight of one feature."""


def features(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Yield the features of a break: the end of the text before it, the start of the text after."""
    yield "end", left[-1:]
    yield "end", left[-2:]
    yield "start", right[:1]
    yield "start", right[:2]


def seam(left: str, right: str, weights: Weights | None = None) -> float:
    """Return the log-odds that one sentence was broken here, against two with a lost stop.

    >>> seam("充分发挥双方的技术创新优势和医疗资源", "优势，促进成果转化。") > LEAST
    True
    >>> seam("今年春耕面积进一步扩大，农户积极备耕", "但是，天气仍然有不确定性。") > LEAST
    False
    """
    known = _weights() if weights is None else weights
    values = (known.get(name, 0.0) for name in features(left, right))
    return sum(max(-_MOST, min(_MOST, value)) for value in values)


@cache
def _weights() -> Weights:
    rows = data_rows(__file__, "breaks.tsv")
    return {(where, characters): float(value) for where, characters, value in rows}
