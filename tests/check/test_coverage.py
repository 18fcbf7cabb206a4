"""The check of omissions and additions: what it finds, and what it leaves alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.check.checks import findings
from pipeline.check.coverage import coverage
from pipeline.check.text import MOST_CHARS
from pipeline.cli import cli
from pipeline.language.lexicon import chinese_usage, counterparts, english_usage

HOSPITAL = (
    "新医院将于明年春天开放，届时周边居民看病更加方便，原有的旧门诊楼将改建为养老院。",
    "The new hospital will open next spring, the residents nearby will see a doctor more easily, "
    "and the old outpatient building will become a nursing home.",
)
FLOOD = (
    "连日暴雨引发洪水，数千名村民被迫离开家园，救援人员正在用船运送食品和饮用水。",
    "Days of heavy rain have caused floods, thousands of villagers had to leave their homes, and "
    "rescue workers are bringing food and drinking water by boat.",
)
TRADE = (
    "两国领导人在会谈中讨论了贸易和气候问题，并同意扩大青年交流，会后还共同参观了博物馆。",
    "The leaders of the two countries discussed trade and climate in their talks, agreed to expand "
    "exchanges of young people, and visited a museum together afterwards.",
)
ENERGY = (
    "专家认为，太阳能电池的价格还会继续下降，普通家庭很快就能在屋顶上安装这种设备。",
    "Experts believe that the price of solar cells will keep falling and that ordinary families "
    "will soon be able to install this equipment on their roofs.",
)
LIBRARY = (
    "图书馆延长了开放时间。学生们希望学校能提供更多的座位和免费的网络。",
    "The library has extended its opening hours. Students hope that the school can offer more "
    "seats and free internet.",
)
FACTORY = (
    "工厂上个月发生火灾，消防员用了六个小时才扑灭大火，所幸没有人员伤亡。",
    "A fire broke out in the factory last month; it took firefighters six hours to put it out, "
    "and luckily nobody was hurt.",
)
GOOD = (HOSPITAL, FLOOD, TRADE, ENERGY, LIBRARY, FACTORY)

SHORT_HOSPITAL = "The new hospital will open next spring."

# (source, translation with a clause left out, characters that the finding must show)
OMISSIONS = [
    (
        "周一，科学家宣布发明了一种可以给细胞分类的工具。这种芯片可以用普通打印机制造，每片价格约为一美分。",
        "On Monday, scientists announced that they had invented a tool that can classify cells.",
        "芯片",
    ),
    (
        "过量饮酒可能导致肝脏损伤，甚至会导致失明和死亡。饮用非法生产的酒类时，潜在的危险性更大。",
        "Drinking too much may damage the liver and even cause blindness and death.",
        "非法生产",
    ),
    (HOSPITAL[0], SHORT_HOSPITAL, "门诊楼"),
    (FLOOD[0], "Days of heavy rain caused floods, and villagers had to leave.", "救援人员"),
    (
        TRADE[0],
        "The leaders of the two countries visited a museum together afterwards.",
        "贸易和气候",
    ),
    (ENERGY[0], "Experts believe that the price of solar cells will keep falling.", "家庭"),
    (LIBRARY[0], "The library has extended its opening hours.", "学生"),
    (FACTORY[0], "A fire broke out in the factory last month.", "扑灭"),
]
ADDITIONS = [
    (
        HOSPITAL[0],
        HOSPITAL[1] + " The mayor promised cheaper bread to every teacher and farmer.",
        "mayor promised cheaper bread",
    ),
    (
        FLOOD[0],
        FLOOD[1][:-1] + ", while the stock market reached a record high on strong bank profits.",
        "market reached",
    ),
    (
        LIBRARY[0],
        "The library has extended its opening hours. Police arrested three thieves near the "
        "railway bridge. Students hope that the school can offer more seats and free internet.",
        "arrested",
    ),
]


@pytest.mark.parametrize(("source", "translation", "shown"), OMISSIONS)
def test_a_clause_left_out_is_shown_in_the_source(
    source: str, translation: str, shown: str
) -> None:
    [finding] = coverage(source, translation)
    assert (finding.severity, finding.translation_span) == ("warning", None)
    assert finding.source_span
    assert shown in source[finding.source_span.start : finding.source_span.end]


@pytest.mark.parametrize(("source", "translation", "shown"), ADDITIONS)
def test_an_addition_is_shown_in_the_english(source: str, translation: str, shown: str) -> None:
    [finding] = coverage(source, translation)
    assert (finding.severity, finding.source_span) == ("warning", None)
    assert finding.translation_span
    span = finding.translation_span
    assert shown in translation[span.start : span.end]


@pytest.mark.parametrize(("source", "translation"), GOOD)
def test_a_whole_translation_has_no_finding(source: str, translation: str) -> None:
    assert findings(source, translation) == []


FREE = [
    ("长三角一体化。", "Integration of the Yangtze River Delta."),
    ("腊月二十三过小年。", "The Little New Year is on the 23rd day of the twelfth lunar month."),
    ("全社会都要学习宣传贯彻党的十九大精神。", "All of society must study and carry out the "
     "guiding principles of the 19th National Congress of the Communist Party of China."),
    ("会议由中国人民政治协商会议全国委员会（CPPCC）主办，为期三天。", "The CPPCC held the "
     "meeting, which took three days."),
    ("根据《Fray Bartolomé de las Casas》，西班牙人杀害了许多居民。", "According to Fray "
     "Bartolomé de las Casas, the Spanish killed many inhabitants."),
    ("合同金额为壹拾万零叁佰贰拾元整，由买方支付。", "The buyer pays the contract price of RMB "
     "100,320."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "translation"), FREE)
def test_short_sources_names_and_numbers_are_left_alone(source: str, translation: str) -> None:
    assert coverage(source, translation) == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("", ""),
        ("。" * 20, "..."),
        (HOSPITAL[0], ""),
        (HOSPITAL[0], "Он согласился."),
        (HOSPITAL[0], "新医院将于明年春天开放。"),
        (HOSPITAL[0] * MOST_CHARS, "The new hospital."),
        (HOSPITAL[0], "The new hospital. " * MOST_CHARS),
    ],
)
def test_texts_that_it_cannot_judge_have_no_finding(source: str, translation: str) -> None:
    assert [each.source_span for each in coverage(source, translation)] in ([], [None])


def test_traditional_characters_have_the_same_finding() -> None:
    traditional = "新醫院將於明年春天開放，屆時周邊居民看病更加方便，原有的舊門診樓將改建為養老院。"
    translation = SHORT_HOSPITAL
    [simple] = [f for f in findings(HOSPITAL[0], translation) if f.check == "coverage"]
    [other] = [f for f in findings(traditional, translation) if f.check == "coverage"]
    assert other.source_span == simple.source_span


def test_the_lexicon_knows_the_words_of_both_languages() -> None:
    assert {"economic", "economy"} <= counterparts("经济")
    for word in ("经济", "下子", "一个"):
        assert bool(chinese_usage(word)) == bool(counterparts(word))
        assert all(english_usage(stem) for stem in counterparts(word))


def test_the_command_names_a_clause_left_out(tmp_path: Path) -> None:
    source, translation = tmp_path / "zh.txt", tmp_path / "en.txt"
    source.write_text(f"{HOSPITAL[0]}\n{FLOOD[0]}\n", encoding="utf-8")
    translation.write_text(f"{SHORT_HOSPITAL}\n{FLOOD[1]}\n", encoding="utf-8")
    files = ["--source", str(source), "--translation", str(translation)]
    answer = CliRunner().invoke(cli, ["check", *files, "--format", "json"])
    first, second = json.loads(answer.stdout)["sentences"]
    [finding] = [each for each in first["findings"] if each["check"] == "coverage"]
    assert finding["message"].startswith("left out, it seems")
    assert second["findings"] == []
