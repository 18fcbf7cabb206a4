"""Numbers in words and digits, as the specs of another reader of numbers have them."""

from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.english import english_quantities

LINES = Path(__file__).with_name("number_specs.tsv").read_text(encoding="utf-8").splitlines()[2:]
SPECS = [tuple(line.split("\t")) for line in LINES]


@pytest.mark.parametrize(("language", "text", "values"), SPECS)
def test_a_number_has_the_value_of_the_spec(language: str, text: str, values: str) -> None:
    read = chinese_quantities if language == "zh" else english_quantities
    readings = {value for one in read(text) for value in (*one.values, *one.loose)}
    assert {Fraction(value) for value in values.split()} <= readings
