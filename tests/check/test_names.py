"""Names: what stands in the source in Latin letters or has a known English must survive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.names import names
from pipeline.language.gazetteer import known_names
from pipeline.language.spellings import folded

# (Chinese, English that lost it, English that kept it, what is lost)
TABLE = [
    ("CAR-T疗法获批。", "The therapy was approved.", "CAR T therapy was approved.", "CAR-T"),
    ("加拿大队获胜。", "The team won.", "The Canadians won.", "加拿大"),
    ("美国经济增长。", "The economy grew.", "The U.S. economy grew.", "美国"),
    ("陈光明说，他来。", "He will come, he said.", "Chen Guangming will come.", "陈光明"),
    (
        "详见https://a.cn/b?c=1。",
        "See https://a.cn/b.",
        "See https://a.cn/b?c=1.",
        "https://a.cn/b?c=1",
    ),
    ("联系info@a.cn", "Contact us.", "Contact info@a.cn", "info@a.cn"),
    ("道格·琼斯（Doug Jones）来了。", "The senator came.", "Doug Jones came.", "Doug Jones"),
    ("上海市浦东新区", "Pudong New Area", "Pudong New Area, Shanghai", "上海"),
]


@pytest.mark.parametrize(("source", "lost", "kept", "name"), TABLE)
def test_a_lost_name_is_found_in_its_place_and_a_kept_one_is_not(
    source: str, lost: str, kept: str, name: str
) -> None:
    [finding] = names(source, lost)
    assert finding.source_span is not None
    assert source[finding.source_span.start : finding.source_span.end] == name
    assert names(source, kept) == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("发展中国家的人口", "the population of developing countries"),
        ("今日本报讯", "Our report today"),
        ("西南非洲人民组织", "South West Africa People's Organization"),
        ("联合国教科文组织", "UNESCO"),
        ("速度为600km/h。", "The speed is 600 kilometres an hour."),
        ("加拿大和加拿大人", "Canada and its people"),
        ("皮特曼认为", "Pittman believes"),
        ("上海地区", "the Shanghai area"),
        ("金山", ""),
    ],
)
def test_what_only_looks_like_a_lost_name_raises_no_alarm(source: str, translation: str) -> None:
    assert names(source, translation) == []


@given(st.text(alphabet="上海地日本报中国家ABc-. @/:www", max_size=30), st.text(max_size=30))
def test_every_place_named_lies_in_the_source(source: str, translation: str) -> None:
    for found in names(source, translation):
        assert found.source_span is not None
        assert 0 <= found.source_span.start < found.source_span.end <= len(source)


def test_every_entry_of_the_gazetteer_is_found_by_its_own_name_and_forms() -> None:
    for zh in ("美国", "苏格兰", "黑龙江", "新冠", "以色列"):
        [(span, entry)] = list(known_names(f"在{zh}，"))
        assert (span.start, entry.zh) == (1, zh)
        assert entry.is_in(f"in {entry.forms[0]} now")


def test_folding_leaves_letters_and_digits() -> None:
    assert folded("Las Cañitas, CAR-T 3") == "lascanitascart3"
