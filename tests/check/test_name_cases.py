"""Names by kind: places within words, people, public bodies, foreign names."""

import csv
from pathlib import Path

import pytest

from pipeline.check.checks import findings
from pipeline.check.names import names
from pipeline.language.spellings import spellings, syllable_splits, wade_giles
from pipeline.language.transliteration import likeness
from pipeline.language.words import rest_of_word
from pipeline.records import Span

FOLDER = Path(__file__).parent
KINDS = (
    "place-in-word", "places", "names", "persons-titles", "organisations", "foreign-names"
)  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


CASES = [
    *_rows(FOLDER / "names.tsv"),
    *(row for row in _rows(FOLDER / "cases.tsv") if row["kind"] in KINDS and "不" not in row["zh"]),
]


@pytest.mark.parametrize("kind", sorted({case["kind"] for case in CASES}))
def test_a_wrong_name_is_found_and_a_right_one_is_not(kind: str) -> None:
    wrong = []
    for case in (case for case in CASES if case["kind"] == kind):
        found = [one for one in findings(case["zh"], case["en"]) if one.check != "length"]
        has_places = all(one.source_span or one.translation_span for one in found)
        if bool(found) != (case["expected"] == "finding") or not has_places:
            wrong.append((case, [one.message for one in found]))
    assert wrong == []


def test_a_traditional_source_is_read_like_a_simplified_one() -> None:
    assert names("記者李曉明報導，沿海地區經濟發展。", "Li Xiaoming reports on the coast.") == []
    [finding] = names("記者李曉明報導。", "Zhang Wei reports.")
    assert finding.source_span == Span(2, 5)


def test_a_person_who_is_another_in_the_translation_is_one_finding_on_both_sides() -> None:
    [finding] = names("记者李晓明报道。", "Reporter Li Xiaoliang reports.")
    assert finding.message == "李晓明 is Li Xiaoming; the translation has “Li Xiaoliang”"
    assert (finding.source_span, finding.translation_span) == (Span(2, 5), Span(9, 21))


def test_a_body_that_is_another_in_the_translation_is_named() -> None:
    [finding] = names("商务部发布公告。", "The Ministry of Finance issued a notice.")
    assert "Ministry of Commerce" in finding.message
    assert "Ministry of Finance" in finding.message


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("王建国", "wangjianguo"),
        ("王建国", "jianguowang"),
        ("王建国", "wangchienkuo"),
        ("吕燕", "lvyan"),
        ("吕燕", "lyuyan"),
        ("曾志伟", "tsangchihwei"),
        ("欧阳修", "ouyangxiu"),
        ("单田芳", "shantianfang"),
    ],
)
def test_a_name_has_the_spellings_of_the_press(name: str, written: str) -> None:
    assert written in spellings(name)


def test_a_surname_is_read_as_surnames_are() -> None:
    assert "dantianfang" not in spellings("单田芳")
    assert "cengqinghong" not in spellings("曾庆红")


def test_wade_giles_and_syllables() -> None:
    assert [wade_giles(one) for one in ("jian", "guo", "xue", "zhi", "rong")] == [
        "chien", "kuo", "hsueh", "chih", "jung",
    ]  # fmt: skip
    assert syllable_splits("xian") == (("xian",),)
    assert syllable_splits("smith") == ()


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("史密斯", "Smith"),
        ("特朗普", "Trump’s"),
        ("阿不都热合曼", "Abdurahman"),
        ("穆罕默德", "Mohammed"),
        ("弗拉基米尔", "Vladimir"),
    ],
)
def test_a_transliteration_is_like_its_name_and_not_like_another(
    chinese: str, english: str
) -> None:
    assert likeness(chinese, english) > 0.8
    assert likeness(chinese, "Gonzalez") < 0.5


def test_what_a_longer_word_adds() -> None:
    assert rest_of_word("在上海市", Span(1, 3)) == ("", "市")
    assert rest_of_word("其中国有企业", Span(1, 3)) is None
    assert rest_of_word("海地发生地震", Span(0, 2)) == ("", "")
