"""Names, places, organisations, amounts and dates of sentences, with their English."""

import pytest

from pipeline.check.mentions import mentions

MENTIONS = (
    ("金山区有23个项目。", "", "place 金山区 = Jinshan District; amount 23个 = 23"),
    ("上海浦东新区", "", "place 上海 = Shanghai; place 浦东 = Pudong"),
    ("总投资额124亿元", "", "amount 124亿元 = 12.4 billion yuan"),
    ("其中外资2.4亿美元", "", "amount 2.4亿美元 = 240 million US dollars"),
    ("增长6.2%", "", "amount 6.2% = 6.2%"),
    ("百分之五的人", "", "amount 百分之五 = 5%"),
    ("占三分之二", "", "amount 三分之二 = 2/3"),
    ("农田5万亩", "", "amount 5万亩 = 50,000 mu"),
    ("面积12万平方公里", "", "amount 12万平方公里 = 120,000 square kilometers"),
    ("气温零下5摄氏度", "", "amount 5摄氏度 = −5 degrees Celsius"),
    ("区长刘健表示", "", "person 刘健 = Liu Jian"),
    ("英国首相斯塔默", "", "place 英国 = United Kingdom; person 斯塔默 = Starmer"),
    ("约翰·史密斯说", "John Smith said", "person 约翰·史密斯 = John Smith"),
    ("总理约翰·霍华德说", "Prime Minister John Howard", "person 约翰·霍华德 = John Howard"),
    (
        "国家发改委",
        "",
        "organisation 国家发展和改革委员会 = National Development and Reform Commission",
    ),
    ("欧盟和华为", "", "organisation 欧盟 = EU; organisation 华为 = Huawei"),
    ("2023年3月5日", "", "date 2023年3月5日 = March 5, 2023"),
    ("二〇二三年十二月二十五日", "", "date 二〇二三年十二月二十五日 = December 25, 2023"),
    ("2008 年 5 月", "", "date 2008年5月 = May 2008"),
    ("五月一日起", "", "date 五月一日 = May 1"),
    ("國務院總理李強", "", "organisation 国务院 = State Council; person 李强 = Li Qiang"),
    ("夜间10点以后，上午9点30分", "", ""),
    ("股指下跌10点，晚8点", "", "amount 10 = 10 points"),
    ("新冠疫情中的中美关系", "", ""),
    ("第23届，2020年代，三五个人", "", ""),
    ("今天天气很好。", "", ""),
    ("", "", ""),
)


@pytest.mark.parametrize(("zh", "en", "expected"), MENTIONS)
def test_what_a_sentence_names(zh: str, en: str, expected: str) -> None:
    found = "; ".join(f"{one.kind} {one.zh} = {one.en}" for one in mentions(zh, en))
    assert found == expected
