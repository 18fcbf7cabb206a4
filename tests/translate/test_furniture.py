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


# what a cell says from one day or hour to another, and what is no such span
SPANS = [
    ("11月6日8时至17时", "November 6, 8:00 to 17:00"),
    ("11月7日22时至次日5时", "November 7, 22:00 to 5:00 the next day"),
    ("晚上9时至次日凌晨1时", "9:00 p.m. to 1:00 a.m. the next day"),
    ("11月8日全天", "November 8, all day"),
    ("周六至周日全天", "Saturday to Sunday, all day"),
    ("3月5日—8日", "March 5 to March 8"),
    ("3月5日（周五）至8日（周一）", "Friday, March 5 to Monday, March 8"),
    ("2023年12月25日至2024年1月5日", "December 25, 2023 to January 5, 2024"),
    ("5月1日至3日9:00—21:00", "May 1 to May 3, 9:00 to 21:00"),
    ("每周一至周五 9:00—17:00", "Every Monday to Friday, 9:00 to 17:00"),
    ("下午2时30分至5时", "2:30 p.m. to 5:00 p.m."),
    ("上午10点—12点", "10:00 a.m. to 12:00"),
    ("上午8:30—11:30", "8:30 a.m. to 11:30 a.m."),
    ("晚上12时", "12:00 a.m."),
    ("中午12时", "12:00 p.m."),
    ("中午11时半", "11:30 a.m."),
    ("6月10日、11日晚7时", "June 10 and June 11, 7:00 p.m."),
    ("周六和周日全天", "Saturday and Sunday, all day"),
    ("星期一、三、五", None),
    ("3点至5点", None),
    ("1日至5日", None),
    ("1—9月", None),
    ("南至北", None),
    ("全天", None),
]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['kind']}-{case['zh']}")
def test_the_golden_lines_have_their_english(case: dict[str, str]) -> None:
    assert english_furniture(case["kind"], case["zh"]) == case["en"]


@pytest.mark.parametrize(("zh", "en"), SPANS)
def test_spans_of_days_and_hours_in_cells(zh: str, en: str | None) -> None:
    assert english_furniture("table", zh) == en


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
