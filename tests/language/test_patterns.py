"""Which characters the matches of a pattern may begin with, and what is read again."""

import pytest

from pipeline.language.patterns import first_characters
from pipeline.language.sentence_cache import remembered


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("公里|千米", "公千"),
        (r"米(?![粉线])|m(?![a-z])", "米m"),
        ("(?<!公)顷", "顷"),
        (r"US\$|\$", "U$"),
        ("[角毛]钱?", "角毛"),
        (r"(?i:miles?|mi)", "mM"),
        (r"(?:metric\s)?tons?", "mt"),
    ],
)
def test_the_first_characters_of_a_pattern(pattern: str, characters: str) -> None:
    assert first_characters(pattern) == frozenset(characters)


@pytest.mark.parametrize("pattern", [r"\d+", ".", "a*b", "[a-z]", "[^a]"])
def test_a_pattern_that_may_begin_with_anything(pattern: str) -> None:
    assert first_characters(pattern) is None


def test_a_sentence_is_read_once_and_a_long_text_as_far_as_it_is_asked_for() -> None:
    read: list[str] = []

    @remembered
    def characters(text: str) -> list[str]:
        read.append(text)
        return list(text)

    assert list(characters("上海")) == list(characters("上海")) == ["上", "海"]
    assert read == ["上海"]
    assert next(iter(characters("长" * 501))) == "长"
    assert next(iter(characters("长" * 501))) == "长"
    assert len(read) == 3
