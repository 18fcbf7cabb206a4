"""The script that compares searches: every setting once, and rows that count what they say."""

from collections.abc import Sequence

import pytest

from compare_decodings import FIRST, HEAD, arguments, line, measured, searches
from models.protocols import Candidate, Search

PAIRS = [("今天很好。", "It is good today."), ("他来了。", "He came."), ("好。", "Good.")]


class Scripted:
    """Gives the English of the pairs; with one beam a loop, with two nothing."""

    def hypotheses(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        english = dict(PAIRS)
        loop = "He came, came, came, came, came, came."
        texts = {1: dict.fromkeys(english, loop), 2: dict.fromkeys(english, "")}
        said = texts.get(search.beams or 0, english)
        return [[Candidate(said[each], 0.5)] for each in sentences]


@pytest.mark.parametrize(
    ("beams", "chrf", "loops", "empties"), [(4, 100.0, 0.0, 0.0), (2, 0.0, 0.0, 1.0)]
)
def test_a_row_counts_what_the_search_gave(
    beams: int, chrf: float, loops: float, empties: float
) -> None:
    row = measured(PAIRS, Scripted(), Search(1, beams))
    assert (row.chrf, row.loops, row.empties) == (chrf, loops, empties)
    assert row.speed > 0


def test_loops_are_those_that_the_check_calls_an_error() -> None:
    assert measured(PAIRS, Scripted(), Search(1, 1)).loops == 1.0


def test_every_setting_comes_once_and_one_differs_at_a_time() -> None:
    found = list(searches(arguments(["pairs.tsv"])))
    assert found[0] == FIRST
    assert len(found) == len(set(found)) == 7
    for each in found:
        own = (each.beams, each.length_penalty, each.no_repeat_ngram_size)
        first = (FIRST.beams, FIRST.length_penalty, FIRST.no_repeat_ngram_size)
        assert sum(a != b for a, b in zip(own, first, strict=True)) <= 1


def test_rows_stand_below_their_heads() -> None:
    written = line(measured(PAIRS, Scripted(), FIRST))
    assert len(written) == len(HEAD) + (len("100.00") - len("30.00"))
