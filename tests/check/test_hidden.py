"""Hidden characters: what turns or splits a text unseen is found, ordinary writing is not."""

import pytest

from pipeline.check.hidden import hidden
from pipeline.language.controls import visible, visible_line, visible_on_page

# text, severity of its finding, characters it names
HIDDEN = [
    ("He \u202ewent\u202c home.", "warning", "U+202E, U+202C"),
    ("\u2067x\u2069", "warning", "U+2067, U+2069"),
    ("12 \u200bpeople", "info", "U+200B"),
    ("a\u200dmi\ufefft", "info", "U+200D, U+FEFF"),
    ("x\U000e0041\U000e0042y", "info", "U+E0041, U+E0042"),
    ("bell\x07 and \x9b2J", "info", "U+0007, U+009B"),
]
ORDINARY = [
    "金山区有23个项目，总投资124亿元。",
    "It’s “fine” – 5 °C, naïve café\u00a0…\tand\nso on, co\u00adoperation",
    "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 👩🏽\u200d🚀 🏃\u200d➡\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "葛\U000e0100飾区 𠮷野家",
]


def test_a_character_inside_a_number_of_the_source_changes_nothing() -> None:
    assert hidden("盈利12\u200b亿元", "It earned 1.2 billion yuan.") == []
    assert hidden("好。", "12\u200b4 people") != []


@pytest.mark.parametrize(("text", "severity", "names"), HIDDEN)
def test_hidden_characters_are_found_on_both_sides(text: str, severity: str, names: str) -> None:
    [source] = hidden(text, "Fine.")
    assert (source.check, source.severity) == ("hidden", severity)
    assert source.message == f"hidden characters in the source: {names}"
    assert source.source_span is not None
    [translation] = hidden("好。", text)
    assert translation.message == f"hidden characters in the translation: {names}"
    assert translation.translation_span is not None


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_has_none(text: str) -> None:
    assert hidden(text, text) == []


def test_what_is_shown_has_no_control_characters() -> None:
    text = "a\tb\n\x1b[2J\x9b\u202e\ud842\r"
    assert visible(text) == "a\tb\n\\u001b[2J\\u009b\\u202e\\ud842\\u000d"
    assert visible(visible(text)) == visible(text)
    assert visible_line("a\tb\n") == "a\\u0009b\\u000a"
    assert visible_on_page(text) == "a\tb\n\\u001b[2J\\u009b\u202e\\ud842\r"
