"""Key facts: amounts with their units, in both languages, and people with names."""

import pytest

from pipeline.records import Sentence
from pipeline.summarize.facts import key_facts


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        ("大桥全长3.6公里。", "The bridge is 3.6km long.", ("3.6公里", "3.6km")),
        ("最高气温28℃。", "The highest is 28°C.", ("28℃", "28°C")),
        ("雨量80至120毫米。", "80 to 120mm of rain.", ("80至120毫米", "80 to 120mm")),
        ("车程缩短45分钟。", "The ride is 45 minutes to 10 less.", ("45分钟", "45 minutes")),
        ("火灾造成3人受伤。", "The fire hurt 3 people and a dog.", ("3人受伤", "3 people")),
        ("花了4个小时灭火。", "It took 4 hours to put it out.", ("4个小时", "4 hours")),
    ],
)
def test_an_amount_has_its_unit_and_no_word_more(
    zh: str, en: str, expected: tuple[str, str]
) -> None:
    facts = key_facts([Sentence("s1", zh, ())], {"s1": en})
    assert [(fact.zh, fact.en) for fact in facts if fact.kind == "how much"] == [expected]


@pytest.mark.parametrize(
    "zh", ["昨天上午9时30分大桥通车。", "凌晨3时15分老人去世。", "市民张阿姨说桥很方便。"]
)
def test_a_time_of_day_is_no_amount_and_a_form_of_address_no_name(zh: str) -> None:
    facts = key_facts([Sentence("s1", zh, ())], {"s1": ""})
    assert [fact for fact in facts if fact.kind in ("who", "how much")] == []
