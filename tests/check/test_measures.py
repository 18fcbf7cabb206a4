"""Units, currencies, percentage points, times of day and signs, said rightly and wrongly."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.check.amounts import pairs
from pipeline.check.amounts.pairs import equal
from pipeline.check.checks import findings
from pipeline.check.numbers import ledger, numbers
from pipeline.language.measures.chinese_clock import chinese_times
from pipeline.language.measures.english_clock import english_times
from pipeline.language.measures.measure import Measure
from pipeline.language.measures.read import with_chinese_measures, with_english_measures
from pipeline.language.measures.tables import Words, chinese_words, currencies, english_words
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Quantity
from pipeline.language.patterns import compiled

CASES = Path(__file__).with_name("measure_cases.tsv")
KINDS = ("units", "currencies", "percent-points", "clock", "sign", "newspaper", "converted")


def cases(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield Chinese, English, and the expected answer of the rows of a kind."""
    with CASES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] == kind:
                yield row["zh"], row["en"], row["expected"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_of_numbers_knows_right_from_wrong(kind: str) -> None:
    wrong = [
        (zh, en, expected)
        for zh, en, expected in cases(kind)
        if bool(numbers(zh, en)) is not (expected == "finding")
    ]
    assert wrong == []


def names(text: str, *, is_chinese: bool) -> list[str]:
    """Return the name of the first unit of each number."""
    read = chinese_quantities(text) if is_chinese else english_quantities(text)
    give = with_chinese_measures if is_chinese else with_english_measures
    return [one.measures[0].name for one in give(text, list(read)) if one.measures]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("300万千瓦", "kilowatts"),
        ("20亿千瓦时", "kilowatt-hours"),
        ("120平方公里", "square kilometers"),
        ("3000立方米", "cubic meters"),
        ("5公斤", "kilograms"),
        ("5斤", "jin"),
        ("200海里", "nautical miles"),
        ("5克拉", "carats"),
        ("5克", "grams"),
        ("华氏98度", "degrees Fahrenheit"),
        ("38℃", "degrees Celsius"),
        ("新台币300万元", "New Taiwan dollar"),
        ("港币100万元", "Hong Kong dollar"),
        ("￥58", "yuan"),
        ("5个百分点", "percentage points"),
        ("25个基点", "basis points"),
        ("5‰", "per mille"),
    ],
)
def test_the_longest_chinese_word_is_the_unit(text: str, unit: str) -> None:
    assert names(text, is_chinese=True) == [unit]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3 million kW", "kilowatts"),
        ("2 kilowatt-hours", "kilowatt-hours"),
        ("120 sq km", "square kilometers"),
        ("a 5-km run", "kilometers"),
        ("20 °F", "degrees Fahrenheit"),
        ("HK$5 million", "Hong Kong dollar"),
        ("NT$5", "New Taiwan dollar"),
        ("US$5", "US dollar"),
        ("5 per cent", "percent"),
        ("5 percentage points", "percentage points"),
        ("a 2-point rise", "percentage points"),
        ("25 bps", "basis points"),
        ("80 km/h", "kilometers an hour"),
    ],
)
def test_the_longest_english_word_is_the_unit(text: str, unit: str) -> None:
    assert names(text, is_chinese=False)[0] == unit


def test_a_number_in_a_range_has_the_unit_of_the_next() -> None:
    assert names("5至10公里", is_chinese=True) == ["kilometers", "kilometers"]
    assert names("5 to 10 miles", is_chinese=False) == ["miles", "miles"]


@pytest.mark.parametrize(
    "text", ["2023年", "3月5日", "三个人", "5名学生", "20世纪80年代", "第三名"]
)
def test_dates_and_measure_words_are_no_units(text: str) -> None:
    assert names(text, is_chinese=True) == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("下午3点半", "15:30"),
        ("凌晨12点", "0:00"),
        ("中午1点", "13:00"),
        ("夜里2点", "2:00"),
        ("晚上12点", "0:00"),
        ("差一刻九点", "8:45"),
        ("晚上十点四十五分", "22:45"),
        ("20时30分", "20:30"),
    ],
)
def test_a_chinese_time_of_day(text: str, time: str) -> None:
    assert [one.written for one in chinese_times(text)] == [time]


@pytest.mark.parametrize(
    "text", ["三点五亿元", "百分点", "3点建议", "3:2获胜", "以21:15获胜", "8小时"]
)
def test_what_is_no_sure_chinese_time(text: str) -> None:
    assert [one for one in chinese_times(text) if one.is_sure] == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12 a.m.", "0:00"),
        ("12:30 p.m.", "12:30"),
        ("half past eight in the evening", "20:30"),
        ("a quarter to nine a.m.", "8:45"),
        ("1530 hours", "15:30"),
        ("nine o'clock on Monday evening", "21:00"),
    ],
)
def test_an_english_time_of_day(text: str, time: str) -> None:
    assert [one.written for one in english_times(text)] == [time]


@pytest.mark.parametrize(
    "text", ["10 to 15 people", "3.45 million", "five to ten years", "won 21-15", "5 in the team"]
)
def test_what_is_no_english_time(text: str) -> None:
    assert english_times(text) == []


def test_a_changed_unit_and_a_lost_sign_are_errors() -> None:
    for source, translation, said in (
        ("全长50公里。", "It is 50 miles long.", "50 is in kilometers, “50” in miles"),
        ("气温零下5度。", "It is 5 degrees.", "5 is below zero in the source, “5” has no sign"),
        (
            "下午2点半开会。",
            "It meets at 2:50 p.m.",
            "下午2点半 (14:30) in the source, “2:50 p.m.”",
        ),
    ):
        (finding,) = findings(source, translation)
        assert finding.severity == "error"
        assert said in finding.message


def _rows(words: Words) -> set[tuple[str, Measure]]:
    return {row for rows in (*words.by_first.values(), words.any_first) for row in rows}


def test_every_row_of_the_tables_is_sound() -> None:
    for words in (chinese_words(), english_words()):
        for pattern, measure in _rows(words):
            assert measure.size > 0, measure
            assert not compiled(pattern).match(""), measure
    assert {row.measure.size for row in currencies()} == {1, Fraction(1, 10), Fraction(1, 100)}
    assert all(row.worth > 0 for row in currencies())


def test_units_of_one_name_have_one_dimension() -> None:
    dimensions: dict[str, set[str]] = {}
    for _, measure in _rows(chinese_words()):
        dimensions.setdefault(measure.name, set()).add(measure.dimension)
    several = {name: found for name, found in dimensions.items() if len(found) > 1}
    assert set(several) <= {"nautical miles"}


def test_a_line_of_numbers_with_units_is_compared_in_bounded_time() -> None:
    many = 190
    source = "".join(f"{number}度，" for number in range(1, many))
    translation = ", ".join(f"{number + 1000} degrees" for number in range(1, many))
    assert numbers(source, translation)


def test_amounts_are_compared_only_with_those_that_may_be_equal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0

    def counted(one: Quantity, other: Quantity) -> bool:
        nonlocal compared
        compared += 1
        return equal(one, other)

    monkeypatch.setattr(pairs, "equal", counted)
    source = "，".join(f"{number}公里" for number in range(100, 150))
    for unit in ("km", "miles"):
        compared = 0
        numbers(source, ", ".join(f"{number} {unit}" for number in range(300, 350)))
        assert compared < 100


@pytest.mark.parametrize(
    ("source", "translation"),
    [("两两千百九％", "noon"), ("，", "0100\nhundred (p.m."), ("亿" * 40 + "公里", "5 miles")],
)
def test_odd_runs_of_numerals_cost_no_traceback(source: str, translation: str) -> None:
    for entry in ledger(source, translation):
        assert entry.verdict


def test_a_rate_divides_the_sizes() -> None:
    measures = with_chinese_measures("时速36公里", chinese_quantities("时速36公里"))[0].measures
    rate = next(one for one in measures if one.is_rate)
    assert rate == Measure(rate.name, "length/time", Fraction(24000), "metric")
