"""A gist is as terse as a headline; a line with more room keeps when, who says it and how much."""

import re

import pytest

from models.load import load_picker
from models.specs import ExtractiveSpec
from models.summarizers.news import topic
from pipeline.summarize.clauses import shorter
from pipeline.summarize.cuts import as_headlined
from pipeline.summarize.lines import chinese_summary
from tests.newspaper import article


def gist(*sentences: str) -> str:
    """Return the gist of an article of one paragraph a sentence."""
    rows = [("paragraph", sentence, "", None) for sentence in sentences]
    picker = load_picker(ExtractiveSpec(kind="extractive"))
    made = chinese_summary(article(rows), picker, cut=True)  # type: ignore[arg-type]
    return made.gist.text if made.gist else ""


@pytest.mark.parametrize(
    ("sentence", "left_out"),
    [
        ("国民议会5日投票通过新的情报工作法案。", "5日"),
        ("西南医院近日完成一例颅面部畸形假体置换手术。", "近日"),
        ("国会在首都批准了年度预算法案。", "了"),
        ("截至4日22时，班机事故共寻获40人。", "截至"),
        ("统计数据显示，世乒赛场馆人流总量达到94519人。", "显示"),
        ("在经过一年多的沉寂之后，丁俊晖终于找回了感觉。", "沉寂"),
        ("当地时间24日，总理李强会见欧盟委员会主席冯德莱恩。", "24日"),
    ],
)
def test_only_a_line_with_more_room_keeps_what_no_headline_has(
    sentence: str, left_out: str
) -> None:
    assert not [text for text in shorter(sentence, 30) if left_out in text]
    assert [text for text in shorter(sentence, 60) if left_out in text]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("苏格兰选手希金斯战胜英格兰选手大卫•吉尔伯特获得冠军。", "希金斯战胜吉尔伯特获得冠军"),
        ("领头羊苏泊尔杭州队客场战胜山东景芝酒业队。", "苏泊尔杭州队客场战胜山东景芝酒业队"),
        (
            "5位女科学家获得2015年度“世界杰出女科学家奖”。",
            "5位女科学家获得“世界杰出女科学家奖”",
        ),
        ("中石油实现净利润254.06亿元，同比降低62.7%。", "中石油实现净利润同比降低62.7%"),
        ("全行业寄递业务量累计完成1088亿件，同比增长4.2%。", "全行业寄递业务量同比增长4.2%"),
        ("踩踏事故案在盘龙区法院公开开庭审理。", "踩踏事故案开庭审理"),
    ],
)
def test_a_line_that_fits_may_still_lose_ranks_and_amounts(sentence: str, expected: str) -> None:
    texts = list(shorter(sentence, 30))
    assert expected in texts
    assert expected not in list(shorter(sentence, 60))


@pytest.mark.parametrize(
    "sentence",
    [
        "全国销售彩票308亿元，比上年同期减少21亿元。",
        "全行业寄递业务累计完成1088亿件，同比增长4.2%。",
        "球队再次夺得全国联赛的冠军。",
    ],
)
def test_what_changes_the_meaning_stays_where_there_is_room(sentence: str) -> None:
    assert sentence.rstrip("。") in list(shorter(sentence, 30))
    assert not [
        text for text in shorter(sentence, 30) if re.search("彩票比上年|完成同比|球队夺得", text)
    ]


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("费德勒终结了黑马威利斯的温网之旅。", "终结温网"),
        ("在西南经营了三十年餐馆的卞克说，食材换了。", "经营了卞克"),
        ("院长王坤强在春节期间私自驾驶急救车回家过年。", "王坤强回家"),
        ("男子在自家门口被点燃，警方已经展开调查。", "男子点燃"),
        ("中石油归属于本公司股东净利润降低六成。", "归属降低"),
        ("该协会致力于竹藤资源保护、开发与利用。", "致力开发"),
        ("冰雪旅游进入高峰期，一批新产品、新场景的推出，助力市场火热。", "一批推出"),
        ("总理李强在总书记、国务委员长金正恩陪同下，参访中央干部学校。", "^国务|下$"),
        ("总理李强在统筹部长卢胡特，交通部长布迪陪同下考察雅万高铁。", "卢胡特$"),
        ("沪深股市延续跌势，其中后者失而复得，跌幅超过1%。", "后者"),
        ("军方还表示，部队新控制了两个定居点。", "还：|还部队"),
        ("发言人随后表示，部队新控制了两个定居点。", "随后："),
        ("委员们讨论时说，完全赞成政府工作报告。", "时："),
    ],
)
def test_no_terse_line_is_broken(sentence: str, broken: str) -> None:
    assert not [text for text in shorter(sentence, 30) if re.search(broken, text)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "28日，国内黄金、白银的期货及现货商品收微涨。",
            "28日国内金银商品收微涨",
        ),
        ("国内大宗商品2日弱势盘整，跟踪其表现的指数收微跌。", "2日国内大宗商品弱势盘整"),
        ("10月6日，国内大宗商品近全线收涨，推动指数收涨。", "6日国内大宗商品近全线收涨"),
    ],
)
def test_a_daily_report_of_a_market_keeps_its_date(sentence: str, expected: str) -> None:
    assert gist(sentence, "数据显示，成交活跃。").startswith(expected)


def test_other_news_is_not_rewritten() -> None:
    sentence = "5日，国内首座跨江大桥在武汉通车，全长3公里。"
    assert as_headlined(sentence) == sentence
    assert "国内首座跨江大桥在武汉通车" in list(shorter(sentence, 30))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("天文专家表示，天宇将上演罕见的水星凌日。", "天文专家：天宇将上演罕见的水星凌日"),
        ("脸书公司宣布，将推出新的事实核查功能。", "脸书公司将推出新的事实核查功能"),
        ("扎克伯格宣布，他和妻子将捐出全部股份。", "扎克伯格宣布，他和妻子将捐出全部股份"),
    ],
)
def test_what_somebody_says_stands_behind_a_colon(sentence: str, expected: str) -> None:
    assert gist(sentence) == expected


def test_a_pair_that_a_cut_brought_together_costs_less_than_an_idle_word() -> None:
    subject = topic(["国会批准预算。", "议员欢迎。", "市民高兴。", "天气晴朗。", "的，地。"])
    lines = ("国会，预算", "国会预算", "国会，预算，的")
    apart, cut, idle = (subject.rate(line, 0) for line in lines)
    assert apart > cut > idle
