"""One spelling for a name in an article, and one finding for a fault."""

import pytest

from pipeline.check.checks import findings
from pipeline.check.named.consistency import two_spellings

ARTICLE = [
    ("记者王建国报道。", "Wang Jianguo reports."),
    ("王建国说，天气很好。", "The weather is good, Jianguo Wang said."),
    ("王建国表示满意。", "Wang Jianguo was satisfied."),
]


def test_a_name_that_is_spelled_two_ways_is_found_where_it_is_rarer() -> None:
    [(number, finding)] = two_spellings(ARTICLE)
    assert number == 1
    assert finding.check == "names"
    assert (
        finding.message == "王建国 is spelled two ways in the article: Wang Jianguo, Jianguo Wang"
    )
    assert finding.translation_span
    span = finding.translation_span
    assert ARTICLE[1][1][span.start : span.end] == "Jianguo Wang"


@pytest.mark.parametrize(
    "second",
    [
        ("王建国说，天气很好。", "The weather is good, Wang Jianguo said."),
        ("王建国说，天气很好。", "The weather is good, Wang said."),
        ("王建国说，天气很好。", "The weather is good, he said."),
        ("王建国说，天气很好。", "The weather is good, Wang Jian-guo said."),
        ("李建国说，天气很好。", "The weather is good, Li Jianguo said."),
    ],
)
def test_one_spelling_a_short_form_and_another_person_are_no_finding(
    second: tuple[str, str],
) -> None:
    assert list(two_spellings([ARTICLE[0], second])) == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("校园内禁止吸烟。", "Smoking is allowed on campus."),
        ("会议下午3点开始。", "The meeting starts at 3 a.m."),
        ("上海队输给了北京队。", "Shanghai beat Beijing."),
        ("该法案未获通过。", "The bill was passed."),
    ],
)
def test_one_fault_is_one_finding(source: str, translation: str) -> None:
    assert len(findings(source, translation)) == 1


def test_two_faults_are_two_findings() -> None:
    found = findings("出口下降3.2%。", "Exports rose 32 percent.")
    assert [one.check for one in found] == ["numbers", "direction"]
