"""Claims of a summary that its article does not have: numbers, names, denials, directions."""

import pytest

from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.chinese import unsupported_chinese
from pipeline.check.support.english import unsupported_english
from pipeline.check.support.faithfulness import explained_share

TEXT = (
    "新华社上海3月5日电（记者王小明）上海市金山区4日宣布，全区23个重点项目总投资124亿元，同比增长8.3%。"
    "区长李国强表示，项目没有占用耕地，约1.2万名居民受益。德国巴斯夫公司参加了仪式。"
    "中国队以3比1战胜日本队，1500米决赛将于下午3点开始。"
)
ARTICLE = ArticleText(TEXT, "2023-03-05")
SUPPORTED = (
    "金山区23个项目投资124亿元。",
    "2023年3月4日，金山区宣布重点项目。",
    "3月5日宣布投资一百二十四亿元。",
    "约120亿元投资，增长8.3%。",
    "1.2万人受益，李国强说。",
    "巴斯夫参加仪式。",
    "中国队3:1战胜日本队。",
    "中国队以3-1获胜。",
    "12000名居民受益。",
    "两个消息：项目开工，居民受益。",
    "仪式在上海举行，新闻引起关注。",
    "上海市区长表示，项目具有重要意义，将推动经济社会全面发展。",
)
INVENTED = (
    ("金山区24个项目投资124亿元。", "24"),
    ("投资124万元。", "124万"),
    ("同比增长8.4%。", "8.4%"),
    ("6月7日宣布。", "6"),
    ("2019年宣布项目。", "2019"),
    ("中国队以3比2获胜。", "3比2"),
    ("金山区在第五届大会上宣布。", "五"),
    ("约1.5万名居民受益。", "1.5万"),
    ("124公里项目开工。", "124"),
    ("宝山区宣布重点项目。", "宝山区"),
    ("记者张伟报道，项目开工。", "张伟"),
    ("法国巴斯夫公司参加仪式。", "法国"),
    ("特朗普参加了仪式。", "特朗普"),
    ("浙江财经大学参加了仪式。", "浙江"),
    ("项目由NASA参与。", "NASA"),
    ("《金山日报》报道，项目开工。", "金山日报"),
    ("沙尔马诺夫参加了仪式。", "沙尔马诺夫"),
)


@pytest.mark.parametrize("line", SUPPORTED)
def test_what_the_article_says_is_supported(line: str) -> None:
    assert unsupported_chinese(line, ARTICLE) == []


@pytest.mark.parametrize(("line", "claim"), INVENTED)
def test_an_invented_number_or_name_is_found(line: str, claim: str) -> None:
    spans = [one.translation_span for one in unsupported_chinese(line, ARTICLE)]
    assert any(span and claim in line[span.start : span.end] for span in spans), spans


TURNED = (
    ("项目占用耕地。", "项目没有占用耕地，居民受益。", "negation"),
    ("项目不占用耕地，居民没有受益。", "项目占用耕地，居民受益。", "negation"),
    ("投资同比下降8.3%。", "投资同比增长8.3%。", "direction"),
)


@pytest.mark.parametrize(("line", "cited", "check"), TURNED)
def test_a_turned_claim_is_found(line: str, cited: str, check: str) -> None:
    assert check in [one.check for one in unsupported_chinese(line, ARTICLE, cited)]


def test_a_denial_that_was_cut_with_its_clause_is_no_fault() -> None:
    cited = "项目没有占用耕地，23个项目开工。"
    assert unsupported_chinese("23个项目开工。", ARTICLE, cited) == []


ENGLISH = "The district announced 23 projects worth 12.4 billion yuan, up 8.3%."
ENGLISH_LINES = (
    ("Jinshan announced 23 projects worth 12.4 billion yuan.", ""),
    ("District head Li Guoqiang said 12,000 residents would benefit.", ""),
    ("Jinshan announced 25 projects.", "25"),
    ("Jinshan announced projects worth 124 billion yuan.", "124 billion"),
    ("BASF of Germany attended.", ""),
    ("BASF of France attended.", "France"),
    ("Zhang Weiming announced 23 projects.", "Zhang Weiming"),
    ("Investment fell 8.3%.", "fell"),
    ("On September 4 the district announced 23 projects.", "September"),
    ("China's Jinshan announced 23 projects in March.", ""),
    ("The 23 projects did not grow.", "did not"),
    ("On March 5, 2023 the district announced 23 projects.", ""),
)


@pytest.mark.parametrize(("line", "claim"), ENGLISH_LINES)
def test_english_is_compared_with_the_chinese_article(line: str, claim: str) -> None:
    cited = "上海市金山区4日宣布，全区23个重点项目总投资124亿元，同比增长8.3%。"
    found = [
        line[one.translation_span.start : one.translation_span.end]
        for one in unsupported_english(line, ARTICLE, cited, ENGLISH)
        if one.translation_span
    ]
    assert bool(found) == bool(claim), found
    assert not claim or any(claim in one or one in claim for one in found)


def test_the_explained_share_is_of_the_words_of_the_line() -> None:
    assert explained_share("投资124亿元。", "总投资124亿元。") == 1.0
    assert explained_share("天气晴朗。", "总投资124亿元。") == 0.0
    assert explained_share("The investment grew.", "投资增长。") == 1.0
    assert explained_share("Weather stays sunny.", "投资增长。") < 0.5
