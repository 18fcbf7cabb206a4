"""Datelines, bylines and clauses without facts leave a sentence; its facts and grammar stay."""

import re

import pytest

from pipeline.summarize.clauses import is_closed, shorter, with_wide_marks
from pipeline.summarize.compress import compress
from pipeline.summarize.datelines import headline_of_dateline, without_furniture

OPENINGS = (
    "本报讯（记者 张三）",
    "本报讯 （记者 李四 通讯员 王五）",
    "新华社北京1月1日电 记者 张三 ",
    "（新华社北京1月1日电 记者 张三）",
    "新华社上海3月5日专电（记者赵六、钱七）",
    "新华社河内9月25日电",
    "新华社伦敦2月18日新媒体专电（记者张三）",
    "（记者 张三）",
    "据新华社电 ",
    "中新网3月5日电 ",
    "本报北京1月1日电 （记者张三）",
    "中央社台北1日電（記者王大明）",
    "本報訊（記者 張三）",
    "【环球时报综合报道】",
    "人民网北京3月5日电 （记者 张三）",
    "■本报记者 张三 ",
    "新华社快讯：",
    "北京日报讯 ",
)


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_dateline_is_left_out(opening: str) -> None:
    assert without_furniture(f"{opening}大桥昨天通车。") == "大桥昨天通车。"


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        ("新华社北京10月6日电题：青春无悔——“好警嫂”获点赞", "青春无悔——“好警嫂”获点赞"),
        ("新华社日内瓦3月18日电 题：新一轮“战火”在即", "新一轮“战火”在即"),
        ("新华社福州9月13日电题：“高姐”学手语    新华社记者 沈汝发", "“高姐”学手语"),
        ("新华社北京1月1日电（记者张三）题：北京的冬天", "北京的冬天"),
        ("新华社开罗4月28日专电记者手记：“五一”在埃及", "记者手记：“五一”在埃及"),
        ("中新社北京1月1日电 题：经济怎么走？", "经济怎么走？"),
        ("新华社北京1月1日电 题：专家认为，经济向好。新的一年", ""),
        ("新华社北京1月1日电 新年音乐会在京举行。", ""),
        ("新华社北京1月1日电专题：", ""),
        ("大桥题：通车", ""),
    ],
)
def test_a_dateline_may_give_the_headline(line: str, headline: str) -> None:
    assert headline_of_dateline(line) == headline


@pytest.mark.parametrize("closing", ["（完）", "（本报记者 张三）", "（新华社北京电）"])
def test_a_closing_mark_is_left_out(closing: str) -> None:
    assert without_furniture(f"大桥昨天通车。{closing}") == "大桥昨天通车。"


@pytest.mark.parametrize("alone", ["新华社记者 王茜", "本报讯", "本报记者 张三"])
def test_nothing_is_left_of_a_byline(alone: str) -> None:
    assert without_furniture(alone) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "本报记者张三报道了此事。",
        "记者张三从现场看到大桥通车。",
        "文化馆今天开门。",
        "电影节开幕。",
        "电话费下调三成。",
        "本报将出版特刊。",
    ],
)
def test_a_sentence_about_reporters_stays(sentence: str) -> None:
    assert without_furniture(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("据了解，全市以项目建设为抓手，新增产值30亿元。", "全市新增产值30亿元。"),
        ("据英国媒体报道，飞机延误了三个小时。", "飞机延误了三个小时。"),
        ("记者5日从市教育局获悉，今年将新建幼儿园12所。", "今年将新建幼儿园12所。"),
        ("在区委的坚强领导下，小区装了电梯120部。", "小区装了电梯120部。"),
        ("全省按照中央部署，新建学校40所。", "全省新建学校40所。"),
        ("为深入贯彻落实上级部署，县里投入2亿元修路。", "县里投入2亿元修路。"),
        ("市里深入贯彻落实会议精神，新建公园3个。", "市里新建公园3个。"),
        ("张三（女）当选村主任，任期三年。", "张三当选村主任，任期三年。"),
        ("此外，全市还新建公园3个。", "全市还新建公园3个。"),
    ],
)
def test_a_clause_without_facts_is_cut(sentence: str, expected: str) -> None:
    assert compress(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "会议要求，要深入贯彻落实会议精神。",
        "他可以此为契机，学习新技术并完成考试。",
        "所以北京为主线，铁路向南延伸三百公里。",
        "价格（不含税）为每吨3000元。",
        "世界贸易组织（世贸组织）说，世贸组织将改革。",
        "“以人民为中心为指导，推动地方发展”是口号的内容之一。",
        "粮食产量达到1.2万吨，同比增长3%。",
        "据说。",
        "",
    ],
)
def test_what_carries_the_sentence_stays(sentence: str) -> None:
    assert compress(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("受台风影响，全市停课三天，2000名居民转移。", "全市停课三天，2000名居民转移"),
        ("大桥5日在武汉正式通车，全长3公里。", "大桥在武汉正式通车"),
        ("市长表示，明年将建成地铁两条。", "市长表示，明年将建成地铁两条"),
        ("由圣保利执教的智利队以1比0小胜对手，晋级半决赛。", "智利队以1比0小胜对手"),
        ("来自中国的雌性熊猫“美香”当天诞下两只幼崽。", "雌性熊猫“美香”诞下两只幼崽"),
        ("中国女篮在对抗赛第二站比赛中战胜新西兰队。", "中国女篮战胜新西兰队"),
        (
            "国务委员、公安部部长郭声琨25日在河内与苏林举行会谈，并共同主持中越第五次警务会议。",
            "郭声琨主持中越第五次警务会议",
        ),
        ("韩国队以6比0击败美国队，夺得男团金牌，收获首金。", "韩国队夺得男团金牌"),
        ("曾俊华25日表示，香港需要把握新机遇，发挥优势。", "曾俊华：香港需要把握新机遇"),
        ("旅游局决定于本月10日至11日举行首届单车节。", "旅游局决定举行首届单车节"),
        ("凭借五名球员的进球，皇家马德里大胜奥萨苏纳。", "皇家马德里大胜奥萨苏纳"),
        ("海外首座汉传寺庙——本焕寺21日落成并开光。", "海外首座汉传寺庙落成并开光"),
        ("自贸区改革向纵深推进，今年内，上海将推出负面清单。", "上海将推出负面清单"),
        ("国际足联一位新闻官30日告诉新华社记者，布拉特不来。", "国际足联一位新闻官：布拉特不来"),
        ("所长李强5日接受本报记者采访时说，该病可以预防。", "所长李强：该病可以预防"),
        ("最近他又拍了一个故事，73岁的张明用手机记录新疆。", "73岁的张明用手机记录新疆"),
        ("经检验检疫局检验合格，300千克樱桃销往台湾市场。", "300千克樱桃销往台湾市场"),
        ("中国法律协商组织（亚非法协）第54届年会将举行。", "中国法律协商组织第54届年会将举行"),
        ("造成6名学生死亡的明通小学踩踏事故案5日开庭。", "明通小学踩踏事故案开庭"),
        ("湖南省人民政府5日发布长江保护工作新规定。", "湖南省政府发布长江保护工作新规定"),
        ("由三家单位联合发起的《市场调研》在京发布。", "《市场调研》在京发布"),
        ("旅游分会举行签约仪式，聘请刘国梁为形象大使。", "旅游分会聘请刘国梁为形象大使"),
    ],
)
def test_shorter_sentences_are_whole_ones(sentence: str, expected: str) -> None:
    assert expected in list(shorter(sentence, 30))


@pytest.mark.parametrize(
    "sentence",
    [
        "市长表示，明年将建成地铁两条，总投资300亿元。",
        "随着气温升高，用电量达到历史最高。",
        "这不仅降低了成本，而且提高了产量。",
        "园区的试点项目，平均提前3个月开工。",
        "金山的“桩基先行”的试点项目，平均提前3个月开工。",
        "他说：“桥通了，路也修好了。”",
        "专家指出，“冬天，少出门，多喝水”是误解。",
        "在全国八百个产粮大县中，国家级贫困县超过百个。",
    ],
)
def test_no_sentence_is_cut_in_mid_air(sentence: str) -> None:
    for text in shorter(sentence, 60):
        assert is_closed(text)
        assert not re.search(r"(?:表示|指出|说：?|升高|成本|项目|县中)$", text)


@pytest.mark.parametrize(
    "sentence",
    [
        "未达标的企业将被依法处罚。",
        "3000万元以下的企业将获得补贴资金。",
        "东道主球队在没有主力的情况下战胜对手。",
        "部分受灾的村民已经领到救济粮食。",
    ],
)
def test_what_narrows_the_sentence_is_not_cut(sentence: str) -> None:
    kept = [text for text in shorter(sentence, 60) if len(text) < len(sentence) - 4]
    assert kept == []


def test_marks_of_ocr_are_read_as_chinese_ones() -> None:
    assert (
        with_wide_marks("当前,全市(郊区)有1,200户:稳定!") == "当前，全市（郊区）有1,200户：稳定！"
    )


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("智利队和乌拉圭队在国家体育场上演了一场大战。", "(?<!上)演了"),
        ("纪念二战的利帕纪念中心，日前在小村庄利帕重新开放。", "，开放"),
        ("小威廉姆斯将自己的大满贯胜场提升到308场。", "^大满贯"),
        ("中国名将薛晨两战两胜，提前锁定出线权。", "中国名提前"),
        ("随着治理工程推进，近5年来，北京市沙化土地减少了37万亩。", "年来$"),
        ("承接前一日的下跌惯性，上证综指以3138点低开。", "惯性$"),
        ("越来越多的农民正参与到考古发掘之中。", "^农民"),
        ("创业团队发起人陈德琳近日在海南说。", "说$"),
        ("最近他又拍了一位新疆老人的感人故事，很受欢迎。", "拍了感人"),
        ("目前两大银行都在为正式运营做准备，项目已开始酝酿。", "都正式运营"),
        ("随着多国申请加入这家新的银行。", "^随着"),
        ("农历羊年首个交易日，两市股指高开高走。", "交易日$"),
        ("原主任高某因骗取低保资金等问题，被开除党籍。", "问题$"),
        ("女单冠军是彭帅职业生涯的第一个巡回赛冠军。", "^第一个"),
        ("副组长陈欢3日表示，预计亚投行在12月底前可以满足开业条件。", "亚投行开业"),
        ("副组长陈欢3日表示，开业仪式定在明年1月中旬。", "陈欢开业"),
        ("香港已向筹备处表达，希望在香港设立办事处。", "表达$"),
        ("海牙国际法庭24日做出裁决，拒绝智利提出的主张。", "裁决$"),
        ("信息中介机构应当根据本机构风险管理能力，确定借款余额上限。", "能力$"),
        ("海外首座以高僧命名的寺庙——本焕寺21日在泰国落成。", "^寺庙——"),
        ("女子柔道78公斤级的中国名将选手于颂，是夺冠的大热门。", "于颂$"),
        ("谢毅教授凭借其在无机化学领域的杰出贡献获得表彰。", "其的"),
        ("皇马队依靠队长最后时刻的进球，以1比0战胜对手。", "进球$"),
        ("电力职工林委刚下早班，便匆忙赶回家吃饭。", "早班$"),
        ("儿童上幼儿园必须到指定的县妇幼保健院体检，引发质疑。", "^县妇幼"),
        ("老人存款达到1，000元，银行发来短信提醒。", "^000|达到1$"),
    ],
)
def test_no_shorter_sentence_is_broken(sentence: str, broken: str) -> None:
    assert not [text for text in shorter(sentence, 30) if re.search(broken, text)]
