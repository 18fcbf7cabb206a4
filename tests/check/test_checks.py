"""Checks: each finds what it is for, in its place, and leaves good translations alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.checks import CHECKS, LABELS, Check, checks_version, findings
from pipeline.check.negation import negation
from pipeline.check.terms import terms
from pipeline.check.truncated import truncated
from pipeline.check.untranslated import untranslated
from pipeline.errors import ConfigError
from pipeline.language.glossary import Term, make_glossary, parse_glossary
from pipeline.records import Span

# (check, Chinese, wrong English, right English)
TABLE = [
    ("empty", "优化营商环境。", ".", "Improving the business environment."),
    ("untranslated", "金山严管市场。", "Jinshan 严管 the market.", "Jinshan regulates the market."),
    (
        "copied",
        "金山如画,文旅胜地。",
        "金山如画，文旅胜地。".replace("，", ","),
        "Jinshan is pretty.",
    ),
    (
        "repetition",
        "市政府发布了方案。",
        "The plan of the city of the city of the city was released.",
        "The city released the plan.",
    ),
    ("repetition", "他们来了。", "They came came.", "They came."),
    ("repetition", "1.1.1 本办法施行。", "1.1.1 It came came.", "1.1.1 This law is in force."),
    ("repetition", "2月25日签约。", "Signed on February 25, 25.", "Signed on February 25."),
    ("repetition", "打响“金”字招牌。", 'The "Qing"""""" brand.', 'The "gold" brand.'),
    (
        "length",
        "当前,金山已集聚科济制药等细胞治疗产业上下游的领军企业。",
        "Jinshan has companies.",
        "Jinshan has brought together leading companies of the cell therapy industry.",
    ),
    (
        "coverage",
        "图书馆延长了开放时间。学生们希望学校能提供更多的座位和免费的网络。",
        "The library has extended its opening hours.",
        "The library has extended its opening hours. Students hope that the school can offer more "
        "seats and free internet.",
    ),
    ("question", "这是为什么？", "This is the reason.", "Why is that?"),
    ("question", "这就是原因。", "Is this the reason?", "This is the reason."),
    ("quotes", "他说：“我来。”", 'He said: "I will come.', 'He said: "I will come."'),
    ("quotes", "项目（一期）完成。", "The project (phase one is done.", "Phase one is done."),
    (
        "truncated",
        "同时,金山提倡温度执法。",
        "At the same time,",
        "Jinshan enforces the law warmly.",
    ),
    (
        "negation",
        "政府没有批准这项计划。",
        "The government approved the plan.",
        "It was not approved.",
    ),
    ("negation", "他同意了。", "He did not agree.", "He agreed."),
    (
        "direction",
        "价格同比下降5%。",
        "Prices rose 5% year on year.",
        "Prices fell 5% on the year.",
    ),
    ("chatter", "他同意了。", "Here is the translation: He agreed.", "He agreed."),
    ("chatter", "他同意了。", "I'm sorry, but I cannot help with that.", "He agreed."),
    ("language", "他同意了。", "Он согласился.", "He agreed."),
    (
        "language",
        "今天上午他在会上同意了这项建议。",
        "esta mañana aceptó la propuesta durante una reunión con otros",
        "He agreed to the proposal this morning.",
    ),
    (
        "language",
        "中国出口同比增长，贸易顺差大幅扩大，外汇储备稳定。",
        "zhongguo de chukou zengzhang le, maoyi shuncha kuoda le",
        "China exports rise sharply year-on-year, trade surplus widens, foreign exchange "
        "reserves remain stable",
    ),
    ("repetition", "市政府发布了方案。", "The plan to-to-to-to-to went.", "The plan went out."),
    (
        "repetition",
        "细胞治疗产业已成为未来产业发展的重大趋势。",
        "The development of the city and the development of the city is the city of development.",
        "The cell therapy industry has become a major trend in the development of future "
        "industries.",
    ),
    ("numbers", "投资124亿元。", "It invested 124 billion yuan.", "It invested 12.4 billion yuan."),
]


@pytest.mark.parametrize(("check", "source", "wrong", "right"), TABLE)
def test_a_check_finds_its_error_and_nothing_in_the_right_version(
    check: str, source: str, wrong: str, right: str
) -> None:
    assert check in {found.check for found in findings(source, wrong)}
    assert findings(source, right) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_is_a_row_and_a_file_of_the_same_name(check: Check) -> None:
    assert check.run.__name__ == check.name
    assert check.run.__module__ == f"pipeline.check.{check.name}"
    assert check.label


def test_a_row_tells_the_severity_of_every_finding() -> None:
    severities = {check.name: check.severity for check in CHECKS}
    for _, source, wrong, _ in TABLE:
        for found in findings(source, wrong):
            assert severities[found.check] in (None, found.severity)


def test_the_version_of_the_checks_follows_from_the_rows() -> None:
    """Whoever changes it has every score and repaired translation made again: on purpose only."""
    assert checks_version() == "b24109a8"
    bumped = [replace(CHECKS[0], version=CHECKS[0].version + 1), *CHECKS[1:]]
    assert len({checks_version(rows) for rows in (CHECKS, bumped, CHECKS[1:])}) == 3
    assert checks_version(CHECKS[::-1]) == checks_version()


@pytest.mark.parametrize("flags", [(), ("refused",)])
def test_an_empty_or_copied_translation_has_no_other_finding_than_a_refusal(
    flags: tuple[str, ...],
) -> None:
    refusal = ["chatter"] if flags else []
    for translation, check in (("", "empty"), ("投资124亿元。", "copied")):
        found = findings("投资124亿元。", translation, flags=flags)
        assert [each.check for each in found] == [check, *refusal]


def test_marks_of_vertical_print_ask_and_end_as_ordinary_ones_do() -> None:
    assert findings("有家長問︓﹃何時開課︖﹄", 'A parent asked, "When does it open?"') == []
    [found] = findings("有家長問︓﹃何時開課︖﹄", "A parent asked when it opens.")
    assert found.check == "question"


def test_a_rare_character_is_chinese_too() -> None:
    [found] = findings("𠮷野家开业了。", "The 𠮷 shop opened.")
    assert (found.check, found.severity) == ("untranslated", "error")
    assert found.source_span == Span(0, 1)


FINE = [
    ("非洲未来不仅需要资金。", "Africa's future needs more than money; it needs people as well."),
    ("人民币上涨。", "The renminbi rose."),
    ("很好，很好，很好。", "Good, good, good."),
    ("听起来像叮，叮，叮。", "It sounds like ding, ding, ding."),
    ("如果宇宙是空的，如果宇宙是空的，", "If the universe is empty, if the universe is empty,"),
    ("美国表示反对。", "The United States states its opposition."),
    ("他曾经去过那里。", "He had had a look at it."),
    ("a) 优化环境。", "a) Improving the environment."),
    ("“我们先走，", '"We shall go first,'),
    ("他不得不走。", "He had to leave."),
    ("", ""),
    ("——", "—"),
]


@pytest.mark.parametrize(("source", "translation"), FINE)
def test_a_good_translation_raises_no_alarm(source: str, translation: str) -> None:
    assert [found for found in findings(source, translation) if found.severity != "info"] == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_finding_has_a_known_name_and_lies_inside_its_texts(
    source: str, translation: str
) -> None:
    for found in findings(source, translation):
        assert found.check in LABELS
        assert found.message
        for span, text in ((found.source_span, source), (found.translation_span, translation)):
            assert span is None or 0 <= span.start < span.end <= len(text)


@given(st.text(alphabet="的一是不了人我在有他", min_size=2, max_size=30))
def test_a_copied_source_is_always_found_and_alone(source: str) -> None:
    assert [found.check for found in findings(source, source)] == ["copied"]


def test_each_run_of_chinese_is_one_finding_with_its_place_on_both_sides() -> None:
    source, translation = "金山严管市场。", "Jinshan 严管 the 市场."
    found = untranslated(source, translation)
    assert [
        translation[f.translation_span.start : f.translation_span.end]
        for f in found
        if f.translation_span
    ] == ["严管", "市场"]
    assert [source[f.source_span.start : f.source_span.end] for f in found if f.source_span] == [
        "严管",
        "市场",
    ]


def test_chinese_in_brackets_after_english_is_only_a_remark() -> None:
    [found] = untranslated("人民币", "the Renminbi (人民币) rose")
    assert found.severity == "info"


def test_what_the_model_says_of_itself_is_a_finding() -> None:
    [found] = truncated("很长的句子。", "A long sentence.", flags=("truncated",))
    assert found.severity == "error"
    assert truncated("很长的句子。", "A long sentence.", flags=("not_chinese",)) == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("他无法出席。", "He was unable to attend."),
        ("公司拒绝回应，未作说明。", "The company refused to explain."),
        ("这并非偶然。", "This is no accident."),
        ("不锈钢价格上涨。", "Stainless steel prices rose."),
    ],
)
def test_a_denial_may_take_any_english_form(source: str, translation: str) -> None:
    assert negation(source, translation) == []


GLOSSARY = parse_glossary(
    "\ufeff# comment\n\n金山\tJinshan\n"
    "金山医院\tJinshan Hospital|Hospital of Jinshan\ta note\n龙头企业\tleading company\n"
)


def test_the_longest_term_wins_and_is_not_asked_for_in_parts() -> None:
    assert [term.zh for _, term in GLOSSARY.matches("金山医院在金山")] == ["金山医院", "金山"]


@pytest.mark.parametrize(
    ("source", "translation", "missing"),
    [
        ("金山医院", "the hospital of Jinshan", []),
        ("金山医院", "the Golden Mountain hospital", ["金山医院"]),
        ("龙头企业", "Leading-company's", []),
        ("金山和金山", "the mountain", ["金山"]),
        ("金山", "Jinshanite", ["金山"]),
    ],
)
def test_a_term_is_found_in_any_form_and_missed_once(
    source: str, translation: str, missing: list[str]
) -> None:
    found = terms(source, translation, GLOSSARY)
    assert [
        source[f.source_span.start : f.source_span.end] for f in found if f.source_span
    ] == missing


def test_every_bad_line_of_a_glossary_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse_glossary("金山\n金山\tJinshan\n金山\tGold Mountain\n", name="terms.tsv")
    assert [problem.split(":")[:2] for problem in error.value.problems] == [
        ["terms.tsv", "1"],
        ["terms.tsv", "3"],
    ]


def test_an_empty_glossary_finds_nothing() -> None:
    assert terms("金山", "x", make_glossary(())) == []
    assert make_glossary((Term("甲", ("A",)),)).terms["甲"].english == ("A",)


def test_the_shipped_glossary_can_be_read(request: pytest.FixtureRequest) -> None:
    path = request.config.rootpath / "pipeline/starter/glossary.tsv"
    glossary = parse_glossary(path.read_text(encoding="utf-8"), name=path.name)
    assert sum(bool(term.english) for term in glossary.terms.values()) >= 115
    assert glossary.terms["政治局"].english == ("Political Bureau", "Politburo")
