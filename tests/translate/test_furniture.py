"""What is no prose has English by rule: dates, folio lines, jumps, credits; or none at all."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.pinyin import pinyin_name
from pipeline.segment.line_kinds import line_kind
from pipeline.translate.rules.furniture import english_date, english_furniture
from pipeline.translate.rules.offices import office

GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "golden/furniture.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
KINDS = ["date", "page_number", "credit", "section", "jump", "paragraph"]
# family names that pypinyin reads as the word they also are, and names of other peoples
NAMES = [
    ("陈佳华", "Chen Jiahua"),
    ("欧阳明", "Ouyang Ming"),
    ("单田芳", "Shan Tianfang"),
    ("曾国藩", "Zeng Guofan"),
    ("解晓东", "Xie Xiaodong"),
    ("尉迟恭", "Yuchi Gong"),
    ("吕伟", "Lü Wei"),
    ("买买提·艾力", "Maimaiti Aili"),
    ("Joseph Smith", "Joseph Smith"),
]
OFFICES = [
    ("金山区", "Jinshan District"),
    ("上海市", "Shanghai"),
    ("上海博物馆", "Shanghai Museum"),
    ("金山区公安局", "Jinshan District Public Security Bureau"),
    ("受访者", "the interviewee"),
    ("美国", "the United States"),
    ("某神秘单位", None),
    ("区", None),
    ("", None),
]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['kind']}-{case['zh']}")
def test_the_golden_lines_have_their_english(case: dict[str, str]) -> None:
    assert english_furniture(case["kind"], case["zh"]) == case["en"]


def test_the_credits_that_have_english_are_known_as_credits_on_a_page() -> None:
    known = [case["zh"] for case in GOLDEN if case["kind"] == "credit" and case["en"]]
    assert len(known) > 100
    # a bare 综合报道 could be a headline; pages in traditional characters are read converted
    others = [text for text in known if line_kind(text) != "credit"]
    assert others == ["記者張三 攝影李四", "本报综合报道"]


@pytest.mark.parametrize(("zh", "en"), NAMES)
def test_names_in_pinyin(zh: str, en: str) -> None:
    assert pinyin_name(zh) == en


@pytest.mark.parametrize(("zh", "en"), OFFICES)
def test_offices(zh: str, en: str | None) -> None:
    assert office(zh) == en


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_every_day_of_the_calendar_is_written(day: date) -> None:
    english = english_date(f"{day.year}年{day.month}月{day.day}日")
    assert english == f"{day:%B} {day.day}, {day.year}"


WORDS = "本报记者张三李四摄文图编辑责供由提新华社发农历癸卯年二月十四日第版下转上接要闻星期"


@given(
    st.sampled_from(KINDS),
    st.one_of(st.text(max_size=30), st.text(WORDS + "/：: （）A03", max_size=16)),
)
def test_no_text_breaks_a_rule_and_english_has_no_chinese(kind: str, text: str) -> None:
    english = english_furniture(kind, text)
    assert english is None or (english == english.strip() != "" and not set(english) & set(WORDS))
