"""Divisions of China: provinces, cities, districts and counties, named with their kind (金山区).

A name without its kind may be an ordinary word (大同, 和平), so the kind must be there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.sentence_cache import remembered
from pipeline.language.words import stands_apart
from pipeline.records import Span

_LONGEST = 6  # characters of the longest name that is looked for


@remembered
def known_divisions(text: str) -> Iterator[tuple[Span, str]]:
    """Return the divisions in a Chinese text: each span, and the name without its kind."""
    divisions, kinds = _table()
    for match in kinds.finditer(text):
        for start in range(max(0, match.start() - _LONGEST), match.start() - 1):
            name = text[start : match.start()]
            if name in divisions[match[0]]:
                span = Span(start, match.end())
                if stands_apart(text, span):
                    yield span, name
                break


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, frozenset[str]], re.Pattern[str]]:
    rows = data_rows(__file__, "divisions.tsv")
    divisions = {kind: frozenset(names.split()) for kind, names in rows}
    return divisions, lazy("|".join(divisions))
