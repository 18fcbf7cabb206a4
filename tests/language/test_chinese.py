"""Han characters: one definition, with those beyond the basic plane and the zero of years."""

import pytest

from models.summarizers.similarity import HAN_SET, terms
from pipeline.language.chinese import HAN, is_chinese, is_han
from pipeline.score.rouge import tokens


def test_the_copy_in_models_is_the_same() -> None:
    assert HAN_SET == HAN


@pytest.mark.parametrize("character", "金\u3400𠮷〇\uf900\U00030000")
def test_a_rare_character_is_han_for_everybody(character: str) -> None:
    assert is_han(character)
    assert is_chinese(character)
    assert tokens(f"a{character}b") == ["a", character, "b"]
    assert set(terms(f"{character}金")) == {f"{character}金"}


@pytest.mark.parametrize("character", "aЖかカ한。\u4dc0")
def test_other_letters_and_marks_are_not(character: str) -> None:
    assert not is_han(character)
