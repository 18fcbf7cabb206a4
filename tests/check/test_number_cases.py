"""Numbers of a newspaper said rightly and wrongly, by kind; no other check may fire either."""

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.checks import findings
from pipeline.check.numbers import ledger
from pipeline.cli import cli
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.english import english_quantities
from pipeline.language.variants import simplified_twin
from pipeline.translate.amounts import corrected

FOLDER = Path(__file__).parent


def read_cases(name: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a file of cases, by kind."""
    kinds: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            kinds[row["kind"]].append(row)
    return kinds


CASES = read_cases("number_cases.tsv")


@pytest.mark.parametrize("kind", CASES)
def test_every_case_of_a_kind_has_the_right_verdict(kind: str) -> None:
    wrong = []
    for row in CASES[kind]:
        found = findings(row["zh"], row["en"])
        is_right = {
            "finding": bool(found),
            "none": not found,
            "remark": all(one.severity != "error" for one in found),
        }[row["expected"]]
        if not is_right:
            wrong.append((row["zh"], row["en"], [one.message for one in found]))
    assert wrong == []


def test_every_kind_has_right_and_wrong_translations() -> None:
    for kind, rows in CASES.items():
        verdicts = {row["expected"] for row in rows}
        assert kind == "good-systems" or len(verdicts) > 1, kind


# Chinese, English, what the rule makes of it; None where a number is not fully understood.
CORRECTIONS = [
    ("投资12亿元", "It cost 12 billion yuan.", "It cost 1.2 billion yuan."),
    ("2、3万人", "2 to 30,000 people", None),
    ("2至3万人", "2 to 30,000 people", None),
    ("三、四万人", "3 or 40,000 people", None),
    ("增长两倍", "It doubled.", None),
    ("打八折", "80 percent off", None),
    ("3月5日", "May 3", None),
]


@pytest.mark.parametrize(("source", "translation", "right"), CORRECTIONS)
def test_only_what_is_fully_understood_is_corrected(
    source: str, translation: str, right: str | None
) -> None:
    assert corrected(source, translation) == right


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("預算3億元", ["3億"]),
        ("共伍佰萬圓整", ["伍佰萬"]),
        ("盈利12\u200b亿元", ["12\u200b亿"]),
        ("他⼗⼋岁", ["⼗⼋"]),
        ("２０２４．３．５", ["２０２４", "３", "５"]),
    ],
)
def test_spans_are_those_of_the_original_text(text: str, written: list[str]) -> None:
    spans = [one.span for one in chinese_quantities(text)]
    assert [text[span.start : span.end] for span in spans] == written


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("11月3日", ["month", "day"]),
        ("正月初三", ["lunar month", "lunar day"]),
        ("上世纪九十年代", ["decade"]),
        ("一季度", ["quarter"]),
        ("上半年", ["half-year"]),
        ("三分之二", ["share"]),
        ("增长两倍", ["times"]),
        ("打八折", ["discount"]),
        ("年过六旬", ["age"]),
        ("2024年", [""]),
    ],
)
def test_a_chinese_number_has_its_kind(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in chinese_quantities(text)] == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("November 3", ["month", "day"]),
        ("3 November 2024", ["day", "month", ""]),
        ("the third day of the first lunar month", ["lunar day", "lunar month"]),
        ("the 1990s", ["decade"]),
        ("in her nineties", ["age"]),
        ("the first quarter", ["quarter"]),
        ("a quarter of them", ["share"]),
        ("the second half of the year", ["half-year"]),
        ("it tripled", ["times"]),
        ("20% off", ["discount"]),
        ("the second meeting", [""]),
    ],
)
def test_an_english_number_has_its_kind(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in english_quantities(text)] == kinds


@given(st.integers(1, 12), st.integers(1, 28), st.integers(1, 12), st.integers(1, 28))
def test_a_date_matches_only_itself(month: int, day: int, other_month: int, other: int) -> None:
    names = "January February March April May June July August September October November December"
    source, translation = f"{month}月{day}日", f"{names.split()[other_month - 1]} {other}"
    verdicts = {entry.verdict for entry in ledger(source, translation)}
    assert (verdicts == {"kept"}) == ((month, day) == (other_month, other))


@given(st.integers(2, 9), st.integers(1, 8), st.integers(2, 9), st.integers(1, 8))
def test_a_fraction_matches_only_an_equal_one(whole: int, part: int, under: int, over: int) -> None:
    kept = all(
        entry.verdict == "kept"
        for entry in ledger(f"占{whole}分之{part}。", f"It is {over}/{under} of it.")
    )
    assert kept or Fraction(part, whole) != Fraction(over, under)


@given(st.text(alphabet="兩萬億壹佰元⼗一年月日\u200b12.半倍成折比之分", max_size=24))
def test_any_heap_of_characters_is_read_in_its_place(text: str) -> None:
    assert len(simplified_twin(text)) == len(text)
    for one in chinese_quantities(text):
        assert 0 <= one.span.start < one.span.end <= len(text)


def test_the_command_finds_a_wrong_date_and_passes_a_right_one(tmp_path: Path) -> None:
    source, target = tmp_path / "zh.txt", tmp_path / "en.txt"
    source.write_text("會議於11月3日舉行。\n三分之一的人反对。\n", encoding="utf-8")
    target.write_text("The meeting was held on March 11.\nPeople opposed it.\n", encoding="utf-8")
    arguments = ["check", "--source", str(source), "--translation", str(target)]
    wrong = CliRunner().invoke(cli, arguments)
    assert "2 with errors: numbers 2" in wrong.output
    assert "三分之一 (1/3) is not in the translation" in wrong.output
    target.write_text(
        "The meeting was held on November 3.\nA third of the people opposed it.\n", encoding="utf-8"
    )
    right = CliRunner().invoke(cli, arguments)
    assert right.exit_code == 0
    assert "0 with findings" in right.output
