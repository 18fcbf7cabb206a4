import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.furniture import english_date, english_furniture

DATES = [
    ("2023年3月5日\n星期日", "Sunday, March 5, 2023"),
    ("2023年3月5日", "March 5, 2023"),
    ("2023年3月", "March 2023"),
    ("二〇二三年十二月二十五日 周三", "Wednesday, December 25, 2023"),
    ("2024-02-29", "February 29, 2024"),
    ("星期三", "Wednesday"),
    ("2023年2月30日", None),
    ("2023年13月1日", None),
    ("农历二月十四", None),
    ("2023年3月5日 农历二月十四", None),
    ("明天", None),
    ("", None),
]
PAGES = [
    ("特21", "Special 21"),
    ("第01版", "Page 01"),
    ("A12", "A12"),
    ("第十二版", "Page 12"),
    ("3版", "Page 3"),
    ("版面", None),
]
CREDITS = [
    ("撰文 / 屠瑜 陈佳华", "Text: Tu Yu, Chen Jiahua"),
    ("编辑 / 钱滢珠", "Editor: Qian Yingzhu"),
    ("视觉：邵晓艳", "Visuals: Shao Xiaoyan"),
    ("本报记者 欧阳明 通讯员 李雷", "Staff reporter: Ouyang Ming; Correspondent: Li Lei"),
    ("金燕玲摄", "Photo by Jin Yanling"),
    ("新华社记者 张三 摄", "Photo by Zhang San"),
    ("金山区供图", "Photo courtesy of Jinshan District"),
    ("新华社发", None),
    ("扫码看视频", None),
]


@pytest.mark.parametrize(("zh", "en"), DATES)
def test_dates(zh: str, en: str | None) -> None:
    assert english_furniture("date", zh) == en


@pytest.mark.parametrize(("zh", "en"), PAGES)
def test_page_numbers(zh: str, en: str | None) -> None:
    assert english_furniture("page_number", zh) == en


@pytest.mark.parametrize(("zh", "en"), CREDITS)
def test_credits(zh: str, en: str | None) -> None:
    assert english_furniture("credit", zh) == en


@given(st.dates())
def test_every_day_of_the_calendar_is_written(day: object) -> None:
    from datetime import date

    assert isinstance(day, date)
    if day.year >= 1000 and day.year < 3000:
        english = english_date(f"{day.year}年{day.month}月{day.day}日")
        assert english == f"{day:%B} {day.day}, {day.year}"


@given(st.sampled_from(["date", "page_number", "credit", "paragraph"]), st.text(max_size=30))
def test_no_text_breaks_a_rule(kind: str, text: str) -> None:
    english_furniture(kind, text)
