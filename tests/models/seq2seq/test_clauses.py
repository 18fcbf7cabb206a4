"""Cutting what is too long for a model."""

import pytest

from models.seq2seq.clauses import fitting_parts

TEXTS = (
    "",
    "上",
    "今年上海的经济合作。" * 30,
    "人口为1,234,567人，增长3.5%，其中，城市人口更多；农村较少。" * 9,
    "字" * 1000,
    "more people live here " * 40,
    "“发展是我们共同的目标。”他说，" * 20,
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("longest", [1, 7, 40])
def test_parts_joined_are_the_text_and_each_fits(text: str, longest: int) -> None:
    parts, _ = fitting_parts(text, lambda part: len(part) <= longest)
    assert "".join(parts) == text
    assert all(len(part) <= longest for part in parts)


def test_cuts_fall_behind_clauses_and_never_inside_a_number() -> None:
    parts, broken = fitting_parts(TEXTS[3], lambda part: len(part) <= 40)
    assert not broken
    assert all(part[-1] in "，；。" for part in parts)
    assert not any(part.startswith(tuple("0123456789")) and "," in part[:4] for part in parts)


def test_a_cut_inside_a_clause_is_told() -> None:
    assert fitting_parts("字" * 50, lambda part: len(part) <= 40)[1]
    assert not fitting_parts("字，" * 50, lambda part: len(part) <= 40)[1]


def test_one_character_that_does_not_fit_is_given_back() -> None:
    assert fitting_parts("字字", lambda part: False) == (["字", "字"], True)
