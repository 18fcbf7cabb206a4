"""What must stand letter for letter: found, verified, restored; and names by stand-ins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.checks import findings
from pipeline.check.named.codes import protected_spans, restored, unprotected
from pipeline.language.glossary import parse_glossary
from pipeline.records import Finding, Span
from pipeline.translate.missing import wanted_names
from pipeline.translate.placeholders import Masked, Wanted, masked, unmasked

# Chinese, what must be kept, English that keeps it, English that does not
KEPT = [
    ("见https://www.jinshan.gov.cn/news?id=3。", "https://www.jinshan.gov.cn/news?id=3", "here"),
    ("登录www.12306.cn购票", "www.12306.cn", "www. 12306 .com"),
    ("联系news@jinshan.gov.cn投稿", "news@jinshan.gov.cn", "news@jinshan.gov"),
    ("执行GB/T 19001-2016标准", "GB/T 19001-2016", "GB/T 19001-2015"),
    ("通过ISO 9001:2015认证", "ISO 9001:2015", "ISO 9001"),
    ("A股600519上涨", "600519", "600,519"),
    ("股票代码：000858", "000858", "858"),
    ("附件report_2023.pdf", "report_2023.pdf", "report_2023"),
    ("话题#MeToo引发讨论", "#MeToo", "me too"),
    ("歼击机J-20首飞", "J-20", "J-10"),
    ("乘坐G7012次列车", "G7012", "G7021"),
]


@pytest.mark.parametrize(("source", "written", "wrong"), KEPT)
def test_a_string_must_stand_letter_for_letter(source: str, written: str, wrong: str) -> None:
    [span] = protected_spans(source)
    assert source[span.start : span.end] == written
    assert unprotected(source, f"This is {written}.") == []
    [found] = unprotected(source, f"This is {wrong}.")
    assert (found.check, found.severity, found.source_span) == ("names", "error", span)


@pytest.mark.parametrize(
    ("source", "spoilt", "right"),
    [
        ("执行GB/T 19001-2016", "under GB / T 19001 - 2016 .", "under GB/T 19001-2016 ."),
        ("A股600519", "A-share 600,519 rose", "A-share 600519 rose"),
        ("见www.jinshan.gov.cn。", "See WWW. Jinshan. gov. cn.", "See www.jinshan.gov.cn."),
        ("话题#MeToo", "the topic MeToo", "the topic #MeToo"),
        ("附件a.pdf", "the file b.pdf", "the file b.pdf"),
    ],
)
def test_what_is_nearly_there_is_restored_and_nothing_is_guessed(
    source: str, spoilt: str, right: str
) -> None:
    assert restored(source, spoilt) == right


@given(st.text(max_size=40), st.text(max_size=40))
def test_restoring_is_done_once_and_never_adds_a_finding(source: str, translation: str) -> None:
    once = restored(source, translation)
    assert restored(source, once) == once
    assert len(unprotected(source, once)) <= len(unprotected(source, translation))


def test_latin_words_of_a_name_are_looked_for_whatever_their_case() -> None:
    source = "金山聚焦CAR-T细胞产品和AI技术。"
    [first, second] = findings(source, "Jinshan focuses on cell products and technology.")
    assert {
        source[f.source_span.start : f.source_span.end] for f in (first, second) if f.source_span
    } == {
        "CAR-T",
        "AI",
    }
    assert findings(source, "Jinshan focuses on CAR-T cell products and AI technology.") == []


LANGXIA, COUNCIL = Wanted(Span(0, 3), "Langxia Town"), Wanted(Span(4, 7), "State Council")


def test_a_stand_in_is_put_in_and_taken_out_again() -> None:
    mask = masked("廊下镇和国务院", [LANGXIA, COUNCIL], "names")
    assert mask is not None
    assert mask.text == "伦敦和东京"
    assert (
        unmasked("London and Tokyo agreed.", mask) == "Langxia Town and the State Council agreed."
    )
    assert unmasked("London's plan for the Tokyo", mask) == (
        "Langxia Town's plan for the State Council"
    )


def test_a_stand_in_said_in_another_way_is_refused() -> None:
    mask = masked("廊下镇", [LANGXIA], "names")
    assert mask is not None
    assert unmasked("The Japanese capital", mask) is None
    assert unmasked("A town", mask) == "A town"


def test_words_are_put_in_as_they_are_and_names_by_stand_ins() -> None:
    company = Wanted(Span(4, 8), "leading company")
    mask = masked("廊下镇的龙头企业", [LANGXIA, company], "mixed")
    assert mask is not None
    assert mask.text == "东京的 leading company"
    words = masked("廊下镇的龙头企业", [LANGXIA, company], "words")
    assert words == Masked("Langxia Town 的 leading company")


def test_a_source_that_names_all_stand_ins_is_left_alone() -> None:
    source = "廊下镇、东京、伦敦、巴黎、柏林、莫斯科、罗马、纽约"
    assert masked(source, [LANGXIA], "names") is None


def test_what_is_wanted_is_every_place_of_a_term_once_and_names_in_english() -> None:
    glossary = parse_glossary("廊下镇\tLangxia Town\n")
    source = "陈光明说，廊下镇和廊下镇在加拿大有CAR-T。"
    found: list[Finding] = findings(source, "They have something there.", glossary=glossary)
    assert [
        (source[w.span.start : w.span.end], w.english)
        for w in wanted_names(source, found, glossary)
    ] == [
        ("廊下镇", "Langxia Town"),
        ("廊下镇", "Langxia Town"),
        ("陈光明", "Chen Guangming"),
        ("加拿大", "Canada"),
        ("CAR-T", "CAR-T"),
    ]


def test_a_code_may_lose_its_hyphen_but_not_a_digit() -> None:
    assert unprotected("歼击机J-20首飞", "The J20 flew.") == []
    assert unprotected("歼击机J-20首飞", "The J-2 flew.") != []
    assert protected_spans("接种COVID-19疫苗，PM2.5和5G") == []
