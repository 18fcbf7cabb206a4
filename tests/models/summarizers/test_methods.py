"""Every method within its budget; news leaves out sentences that need another one."""

from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from models.load import load_picker
from models.specs import ExtractiveSpec
from models.summarizers.leaning import leans, rank_of_form

STORY = (
    "长江大桥5日正式通车，全长3公里，投资20亿元。",
    "这是全市第六座跨江大桥。",
    "他还表示，大桥将方便两岸居民出行。",
    "“以后过江不用坐船了。”居民李四说。",
    "大桥通车后，两岸车程由一小时缩短到十分钟。",
    "市里还将在明年新建两座大桥。",
    "图为大桥通车现场。",
)
METHODS = ("news", "lead", "lexrank", "textrank", "mmr", "pacsum")


def picked(article: Sequence[str] = STORY, headline: str = "", **spec: object) -> list[int]:
    settings = ExtractiveSpec.model_validate({"kind": "extractive", **spec})
    return load_picker(settings).pick(article, headline)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "budget", [{"sentences": 2}, {"characters": 50}, {"words": 45}, {"share": 0.4}]
)
def test_a_summary_keeps_to_its_budget(method: str, budget: dict[str, float]) -> None:
    indexes = picked(method=method, budget=budget)
    text = "".join(STORY[index] for index in indexes)
    whole = len("".join(STORY))
    assert indexes == sorted(indexes)
    assert indexes
    assert len(indexes) <= budget.get("sentences", 9)
    assert len(text) <= budget.get("characters", whole)
    assert len(text) <= budget.get("share", 1) * whole + 1


@pytest.mark.parametrize("method", METHODS)
def test_a_budget_that_no_sentence_fits_gives_the_best_sentence(method: str) -> None:
    assert len(picked(method=method, budget={"characters": 10})) == 1
    assert picked([], method=method) == []


def test_news_begins_with_the_lead_and_takes_no_sentence_that_leans() -> None:
    assert picked(sentences=1) == [0]
    assert set(picked(sentences=3)) <= {0, 4, 5}


def test_news_reads_the_headline() -> None:
    article = ["市里昨天召开了经济工作会议。", "小学明年一律免收午餐费用。"]
    assert picked(article, "小学免收午餐费用", sentences=1) == [1]


def test_lead_is_the_first_sentences() -> None:
    assert picked(method="lead", sentences=2) == [0, 1]


def test_mmr_takes_no_sentence_twice() -> None:
    article = ["长江大桥5日正式通车。", "长江大桥5日正式通车了。", "小学明年一律免收午餐费用。"]
    assert set(picked(article, method="mmr", sentences=2)) in ({0, 2}, {1, 2})


@pytest.mark.parametrize(
    "sentence",
    [
        "他还表示，项目将继续。",
        "张三同时强调，安全第一。",
        "这是第一次。",
        "此举受到欢迎。",
        "该市有三座桥。",
        "其产量居全国第一。",
        "对此，市长作了回应。",
        "為此，市府撥款三億元。",
        "但是，价格没有下降。",
        "在他看来，时机已到。",
        "受此影响，股价上涨。",
        "期间，大桥限行。",
        "计划明年完工，投资三亿元。",
        "希望尽快立法。",
        "参加此次活动，收获很大。",
        "This is new.",
        "However, prices fell.",
    ],
)
def test_a_sentence_that_leans_is_known(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    ("sentence", "rank"),
    [
        ("李四说：“头发终于可以剪了！", 1),
        ("以后过江不用坐船了。”居民李四说。", 1),
        ("李四说：“不用坐船了。”", 0),
        ("工作报告摘要（约6000字。", 3),
        ("工作报告摘要约6000字）。", 3),
        ("工作报告（摘要）约6000字。", 0),
    ],
)
def test_half_of_a_quotation_or_a_bracket_comes_late(sentence: str, rank: int) -> None:
    assert rank_of_form(sentence) == rank


@pytest.mark.parametrize(
    "sentence",
    [
        "省实验中学5日开学。",
        "他山之石可以攻玉。",
        "那曲市5日下雪。",
        "计划生育政策5日调整。",
        "希望工程5日启动。",
        "参加会议的代表，5日到达。",
        "受台风影响，列车停运。",
        "鲁迅的作品展出。",
        "张三表示，项目将继续。",
        "The bridge opened.",
    ],
)
def test_a_sentence_of_its_own_is_known(sentence: str) -> None:
    assert not leans(sentence)


@pytest.mark.parametrize(
    ("sentence", "rank"),
    [
        ("大桥通车了。", 0),
        ("“大桥通车了。”", 1),
        ("大桥何时通车？", 1),
        ("这是大桥。", 2),
        ("大桥通车", 3),
        ("图为大桥通车现场。", 3),
        ("李四（右）在大桥上（4月21日摄）。", 3),
    ],
)
def test_forms_are_ranked(sentence: str, rank: int) -> None:
    assert rank_of_form(sentence) == rank


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget": {}},
        {"budget": {"sentences": 2, "words": 90}},
        {"budget": {"sentences": 2}, "sentences": 2},
        {"budget": {"share": 2}},
    ],
)
def test_a_budget_is_one_number(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExtractiveSpec.model_validate({"kind": "extractive", **wrong})


def test_a_sentence_that_repeats_adds_less_than_one_with_other_facts() -> None:
    article = [
        "长江大桥5日在武汉通车，全长3公里。",
        "长江大桥全长3公里，5日在武汉通车了。",
        "过江时间由45分钟缩短为10分钟，票价不变。",
    ]
    assert picked(article, sentences=2) == [0, 2]


def test_an_item_of_a_list_stands_for_nothing_without_its_start() -> None:
    article = ["免去：", "孙德胜的市发展委员会主任职务；", "吴秀英的市教育局局长职务。"]
    standing = "市人大常委会5日通过了任免名单，共五人。"
    assert picked([standing, *article], sentences=3) == [0]
    named = ["任命：", "刘芳为市教育局局长；", "马志强为市水务局局长。", *article]
    assert picked(named, sentences=3) == [2]


def test_of_like_sentences_the_surer_translation_is_picked() -> None:
    article = ["全市去年新建小学十二所。", "全市去年新建中学十二所。"]
    picker = load_picker(ExtractiveSpec(kind="extractive", sentences=1))
    assert picker.pick(article, confidences=(0.3, 0.9)) == [1]
    assert picker.pick(article, confidences=(0.9, 0.3)) == [0]
