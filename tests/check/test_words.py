"""Opposites, denials and chatter: right and wrong cases of each, and the tables behind them."""

import re
from pathlib import Path

import pytest

from pipeline.check.chatter import chatter
from pipeline.check.checks import findings
from pipeline.check.direction import direction
from pipeline.check.negation import negation
from pipeline.check.words.denials import denials
from pipeline.check.words.opposites import Opposites, opposites
from pipeline.check.words.remarks import habits

FOLDER = Path(__file__).parent
CHECKS = {"direction": direction, "negation": negation, "chatter": chatter}


def read(name: str) -> list[list[str]]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [[name, *line.split("\t")] for line in lines]


CASES = [case for name in CHECKS for case in read(name)]


def _cases(check: str, column: int) -> list[tuple[str, str]]:
    return [(case[1], case[column]) for case in CASES if case[0] == check and case[column]]


@pytest.mark.parametrize("check", sorted({case[0] for case in CASES}))
def test_a_right_translation_raises_no_alarm(check: str) -> None:
    alarms = [case for case in _cases(check, 2) if CHECKS[check](*case)]
    assert alarms == []


@pytest.mark.parametrize("check", sorted({case[0] for case in CASES}))
def test_a_wrong_translation_is_found_with_its_place(check: str) -> None:
    missed = [case for case in _cases(check, 3) if not _is_found(check, *case)]
    assert missed == []


def _is_found(check: str, source: str, wrong: str) -> bool:
    """True if the first finding is of the check and has a place in one of the texts."""
    for found in CHECKS[check](source, wrong)[:1]:
        spans = ((found.source_span, source), (found.translation_span, wrong))
        places = [(span, text) for span, text in spans if span is not None]
        is_inside = all(0 <= span.start < span.end <= len(text) for span, text in places)
        return found.check == check and bool(places) and is_inside
    return False


def test_a_reversal_is_shown_on_both_sides() -> None:
    source, translation = "出口增长5%，進口下降3%。", "Exports fell 5% and imports rose 3%."
    found, *_ = direction(source, translation)
    assert found.severity == "error"
    assert found.source_span
    assert found.translation_span
    assert source[found.source_span.start : found.source_span.end] == "增长"
    assert translation[found.translation_span.start : found.translation_span.end] == "fell"


def test_a_nearly_that_became_more_than_is_a_warning() -> None:
    [found] = direction("近500人参加。", "More than 500 people took part.")
    assert found.severity == "warning"


@pytest.mark.parametrize(
    ("source", "translation"),
    [("约50人受伤。", "More than 50 people were injured."), ("超过50人", "about 50 people")],
)
def test_a_bound_gained_or_lost_is_a_remark(source: str, translation: str) -> None:
    [found] = direction(source, translation)
    assert found.severity == "info"
    assert found.message.endswith("another bound")


@pytest.mark.parametrize("pair", opposites(), ids=lambda pair: pair.name)
def test_a_pair_has_both_sides_in_both_languages_and_keys_that_find_them(pair: Opposites) -> None:
    for words in (pair.chinese, pair.english):
        assert {"a", "b"} <= set(words.pattern.groupindex)
    assert all(pair.keys)


def test_plain_chinese_words_are_found_only_with_their_keys() -> None:
    """A word of the table without shorthand contains a key of its pair."""
    file = Path(direction.__code__.co_filename).parent / "words" / "opposites.tsv"
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        name, side, _, _, chinese, *_ = line.split("\t")
        [pair] = [each for each in opposites() if each.name == name]
        for word in chinese.split():
            if side in "ab" and re.fullmatch(r"\w+", word):
                assert any(key in word for key in pair.keys), word


def test_no_row_of_denials_or_habits_matches_nothing() -> None:
    tables = denials()
    patterns = [tables.shapes, tables.denies, tables.twice, tables.carries]
    patterns += [habit.pattern for habit in habits()]
    assert not any(pattern.search("") for pattern in patterns)


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("不" * 300_000, "no " * 300_000),
        ("增长5%，" * 100_000, "fell 5% and " * 80_000),
        ("没有" * 200_000, "not without " * 80_000),
        ("不超过5人以上" * 60_000, "at least 5 or more " * 50_000),
        ("字" * 300_000, '{"' * 300_000),
        ("字" * 300_000, "Note " * 200_000),
    ],
    ids=["no", "rates", "double", "bounds", "json", "notes"],
)
def test_a_very_long_sentence_is_checked(source: str, translation: str) -> None:
    for check in CHECKS.values():
        assert isinstance(check(source, translation), list)


def test_findings_of_an_article_hold_the_new_check() -> None:
    found = findings("利润同比增长12%。", "Profit fell 12% year on year.")
    assert [finding.check for finding in found] == ["direction"]
