"""Raised digits stay powers or become marks of notes; they never join the number before them."""

import pytest

from pipeline.input.readers.raised import lowered_text, raised_text


@pytest.mark.parametrize(
    ("before", "mark", "read"),
    [
        ("共10", "6", "⁶"),
        ("3×10", "8", "⁸"),
        ("10", "-3", "⁻³"),
        ("2", "10", "¹⁰"),
        ("面积20m", "2", "²"),
        ("人/km", "2", "²"),
        ("100平方米", "2", "²"),
        ("高3米", "3", "³"),
        ("R", "2", "²"),
        ("(x+1)", "3", "³"),
        ("Ca", "2+", "²⁺"),
        ("s", "-1", "⁻¹"),
        ("s", "–1", "⁻¹"),
        ("1923", "5", "[5]"),
        ("增长12%", "3", "[3]"),
        ("共35", "2", "[2]"),
        ("3.5", "2", "[2]"),
        ("GDP", "1", "[1]"),
        ("报告", "3", "[3]"),
        ("说。", "12", "[12]"),
        ("了", "1,2", "[1,2]"),
        ("", "1", "[1]"),
        ("证实", "[1]", "[1]"),
        ("证实", "〔1〕", "〔1〕"),
        ("证实", "①", "①"),
        ("19", "th", "th"),
        ("ABC", "TM", "™"),
        ("598.0", "b", "[b]"),
        ("金额（万元）", "a", "[a]"),
        ("", "a", "[a]"),
        ("x", "a", "a"),
        ("求x₁", "2", "²"),
        ("10", "－6", "⁻⁶"),
        ("10", "—6", "⁻⁶"),
        ("m", "２", "²"),
        ("Fe", "3＋", "³⁺"),
        ("e", "-kt", "^-kt"),
        ("a", "x+y", "^(x+y)"),
        ("10", "n/2", "^(n/2)"),
        ("2", "64-1", "^(64-1)"),
        ("n", "th", "th"),
        ("了", "1-3", "[1-3]"),
        ("排放CO₂", "1", "[1]"),
        ("300m", "2[1]", "²[1]"),
        ("25mm", "2(2)", "²(2)"),
        ("12%", "2†", "[2]†"),
        ("1899", "1)", "[1)]"),
        ("浓度为10", "-4.6", "^-4.6"),
        ("了", "1,a", "[1,a]"),
        ("星云", "TM", "™"),
        ("他", "说话了", "说话了"),
        ("长3km", "2，", "²，"),
        ("1923", "5。", "[5]。"),
    ],
)
def test_raised_text_is_a_power_or_a_note(before: str, mark: str, read: str) -> None:
    assert raised_text(mark, before) == read


def test_a_link_to_a_note_is_a_note_even_after_a_unit() -> None:
    assert raised_text("2", "20m", is_note=True) == "[2]"
    assert raised_text("*", "他", is_note=True) == "[*]"


@pytest.mark.parametrize(
    ("before", "mark", "after", "read"),
    [
        ("专家用", "14", "C法", "¹⁴"),
        ("", "235", "U", "²³⁵"),
        ("报告", "14", "CO", "[14]"),
        ("GDP", "2", "C区", "[2]"),
        ("", "*", " 注", "[*]"),
        ("4′15″", "*", " |", "*"),
    ],
)
def test_what_is_behind_raised_text_tells_an_isotope_and_a_note(
    before: str, mark: str, after: str, read: str
) -> None:
    assert raised_text(mark, before, after) == read


def test_lowered_digits_and_indices_stay_lowered() -> None:
    texts = {"2": "₂", "max": "max", "10": "₁₀", "水": "水", "n+1": "ₙ₊₁", "x": "ₓ", "A": "A"}
    assert {text: lowered_text(text) for text in texts} == texts
