"""Every kind of number a newspaper has, said rightly and said wrongly in English."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.numbers import numbers
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.chinese_amounts import amount
from pipeline.language.numbers.english import english_quantities
from pipeline.translate.amounts import corrected

# kind, Chinese, English that says the same, English that does not
KINDS = [
    ("余", "裁军400余万人", "cut its forces by over four million", "cut its forces by over 400"),
    ("余", "300余人到场", "more than 300 people came", "more than 3,000 people came"),
    ("余", "百余家企业", "more than 100 companies", "more than 300 companies"),
    ("余", "投入十余亿元", "over a billion yuan was spent", "over 10 billion yuan was spent"),
    ("多", "6000多万人受灾", "more than 60 million people suffered", "more than 6,000 suffered"),
    ("多", "二十多万名学生", "over 200,000 students", "over 20,000 students"),
    ("多", "1.3亿多吨", "more than 130 million tons", "more than 13 million tons"),
    ("近", "近3万人", "nearly 30,000 people", "nearly 3,000 people"),
    ("近", "近百万人", "nearly a million people", "nearly 10 million people"),
    ("约", "约1850万元", "about 18.5 million yuan", "about 1.85 million yuan"),
    ("几", "十几个人", "a dozen people", None),
    ("几", "几十万人", "hundreds of thousands of people", None),
    ("几", "好几千人", "several thousand people", None),
    ("半", "两年半", "two and a half years", "three and a half years"),
    ("半", "半数以上", "above 50%", None),
    ("半", "半年后", "six months later", None),
    ("半", "半小时", "30 minutes", None),
    ("半", "上半年增长5%", "grew 5% in the first half", "grew 15% in the first half"),
    (
        "成",
        "八成以上的企业",
        "more than 80 percent of the companies",
        "more than 8 percent of them",
    ),
    ("成", "七八成的人", "70 to 80 percent of people", None),
    ("成", "下降两成半", "down 25 percent", "down 65 percent"),
    ("折", "打八折", "20 percent off", None),
    ("个百分点", "提高1.5个百分点", "rose 1.5 percentage points", "rose 15 percentage points"),
    ("百分之", "百分之十二点五", "12.5 percent", "12.6 percent"),
    ("百分之", "千分之三", "0.3 percent", "0.7 percent"),
    ("百分之", "税率为5‰", "a tax rate of 0.5 percent", "a tax rate of 0.6 percent"),
    ("百分之", "百分之百的把握", "100 percent sure", None),
    ("fraction", "三分之二的居民", "two-thirds of the residents", None),
    ("fraction", "五十分之一的预算", "one-fiftieth of the budget", None),
    ("fraction", "约占2/3", "about two-thirds", None),
    ("fraction", "四分之三", "75 percent", "95 percent"),
    ("multiple", "产量翻一番", "output doubled", None),
    ("multiple", "产量翻两番", "output quadrupled", None),
    ("multiple", "增长1.5倍", "grew by 150 percent", "grew by 190 percent"),
    ("multiple", "是去年的三倍", "three times that of last year", "four times that of last year"),
    ("multiple", "增加一倍", "doubled", None),
    ("range", "2—3个月", "two to three months", "two to five months"),
    ("range", "五六十人", "50 to 60 people", "150 to 160 people"),
    ("range", "十七八岁", "17 or 18 years old", "27 or 28 years old"),
    ("range", "三四百家", "three to four hundred", None),
    ("range", "1至2万元", "10,000 to 20,000 yuan", "100,000 to 200,000 yuan"),
    ("range", "增长20%~30%", "grew by 20 to 30 percent", "grew by 20 to 90 percent"),
    ("ordinal", "第二十一届", "the 21st", "the 22nd"),
    ("ordinal", "第3次", "the third time", "the fifth time"),
    ("ordinal", "第一百场比赛", "the hundredth match", "the 200th match"),
    ("date", "2月25日", "Feb. 25", "Feb. 15"),
    ("date", "2023年3月5日", "5 March 2023", "5 May 2023"),
    ("date", "2023-03-05", "March 5, 2023", "March 6, 2023"),
    ("date", "二〇二三年十二月", "December 2023", "December 2013"),
    ("date", "九月二十五号", "September 25th", "September 15th"),
    ("date", "5月至9月中", "From May to mid-September", "From May to mid-October"),
    ("date", "今年以来", "since the beginning of this year", None),
    ("date", "“7.19洪灾”", "the flood of July 19", None),
    ("date", "正月十五", "the 15th day of the first lunar month", None),
    ("decade", "20世纪90年代", "the 1990s", "the 1980s"),
    ("decade", "上世纪七十年代末", "the late 1970s", "the late 1960s"),
    ("decade", "18世纪的信", "a letter from the 1700s", "a letter from the 1600s"),
    ("decade", "21世纪初", "the early 2000s", None),
    ("decade", "90后青年", "young people born in the 1990s", "young people born in the 1980s"),
    ("weekday", "星期三开会", "meets on Wednesday", "meets on Thursday"),
    ("weekday", "周日闭馆", "closed on Sundays", "closed on Mondays"),
    ("time", "下午3点半", "at 3:30 p.m.", "at 5:30 p.m."),
    ("time", "15时40分", "3:40 p.m.", "3:14 p.m."),
    ("time", "晚上八点一刻", "at 8:15 p.m.", None),
    ("time", "零时起", "from midnight", None),
    ("age", "年仅18岁", "only 18 years old", "only 8 years old"),
    ("age", "八十五岁高龄", "aged 85", "aged 58"),
    ("money", "3元5角", "3.5 yuan", "3.8 yuan"),
    ("money", "票价5角", "50 cents a ticket", "80 cents a ticket"),
    ("money", "285亿港元", "HK$28.5 billion", "HK$2.85 billion"),
    ("money", "1.2亿美元", "$120 million", "120 million yuan"),
    ("money", "百万元", "a million yuan", None),
    ("measure", "七点五万亩", "5,000 hectares", "50,000 hectares"),
    ("measure", "亩产破千斤", "over 500 kilograms per mu", None),
    ("measure", "300里路", "150 kilometers", "300,000 kilometers"),
    ("measure", "长5公里", "5 kilometers long", "5 meters long"),
    ("measure", "历时3天", "lasted three days", "lasted three months"),
    ("人次", "接待游客36.5万人次", "received 365,000 visits", "received 36,500 visits"),
    ("score", "以3比1获胜", "won 3-1", "won 3-2"),
    ("score", "21：17", "21-17", "21-19"),
    ("score", "0比0战平", "a goalless draw", None),
    ("score", "2比0", "two-nil", None),
    ("name", "第一财经记者", "a Yicai reporter", None),
    ("name", "五一假期去三亚", "to Sanya for the May Day holiday", None),
    ("name", "双11购物节", "Singles' Day", None),
    ("name", "3D打印", "three-dimensional printing", None),
    ("name", "二十面体", "icosahedron", None),
    ("name", "5G网络", "the 5G network", None),
    ("name", "北京时间", "Beijing time (GMT+8)", None),
    ("name", "Ⅱ型糖尿病", "type 2 diabetes", None),
    ("name", "四部委联合发布", "the ministry and three other ministries", None),
    ("余", "370 多亿美元", "more than $37 billion", "more than $370 billion"),
    ("comma", "5，000多年", "more than 5,000 years", "more than 50,000 years"),
    ("成", "近7成的人", "nearly 70% of people", "nearly 17% of people"),
    ("range", "600至850亿千瓦时", "60 to 85 billion kilowatt hours", "6 to 85 billion"),
    ("range", "三到十万的罚款", "a fine of 30,000 to 100,000", None),
    ("date", "2018财年", "fiscal year 18", None),
    ("time", "用时1分57秒79", "in 1:57.79", "in 1:58.79"),
    ("large", "11万7015辆", "117,015 units", "107,015 units"),
    ("comma", "从543 000降至287 000", "from 543,000 to 287,000", "from 543 to 287"),
    ("decade", "过去三百年", "the past three centuries", None),
    ("decade", "过去25年", "over a quarter-century", None),
    ("decade", "三十五年中", "for three and a half decades", None),
    ("date", "9·11恐怖袭击", "the attacks of September 11, 2001", None),
    ("decade", "本世纪初", "the early 2000s", None),
    ("money", "80日元兑1美元", "80 yen per dollar", "90 yen per dollar"),
    ("name", "上午11点(UTC+1)", "at 11:00 (UTC+1)", None),
    ("decade", "两个世纪", "two centuries", None),
    ("date", "2019-2020年", "in 2019–20", "in 2019–21"),
    ("fraction", "最后三分之一", "the last third", None),
    ("fraction", "六分之一的患者", "1 out of 6 patients", None),
    ("fraction", "0.31/10万", "0.31/100,000", "0.31/10,000"),
    ("multiple", "150万人", "a million and a half people", None),
    ("多", "3000多亿美元", "a $300+ billion impact", "a $30+ billion impact"),
    ("measure", "2.64至3.17万个碱基", "26.4 to 31.7 kilobases", "2.64 to 3.17 kilobases"),
    ("name", "COVID-19可能加重", "COVID-19 may get worse", None),
    ("ordinal", "第 49 届超级碗", "Super Bowl XLIX", None),
    ("ordinal", "第33届超级碗", "Super Bowl XXXIII", "Super Bowl 32"),
    ("measure", "22392平方公里", "22,392 km2", "22,392 km"),
    ("comma", "多达40 , 000名居民", "as many as 40,000 residents", "as many as 40 residents"),
    ("decimal", "打击率是0.280", "batted .280", "batted .380"),
    ("one", "1小时后", "an hour later", None),
    ("one", "退一万步说", "at the very least", None),
]


@pytest.mark.parametrize(("kind", "source", "right", "wrong"), KINDS)
def test_each_kind_is_understood_and_its_change_is_found(
    kind: str, source: str, right: str, wrong: str | None
) -> None:
    assert numbers(source, right) == []
    assert wrong is None or numbers(source, wrong)


@given(st.integers(min_value=1, max_value=9999), st.sampled_from("余多"))
def test_a_vague_amount_is_worth_what_it_says_with_the_word_inside_or_behind(
    value: int, about: str
) -> None:
    for text in (f"{value}{about}万人", f"{value}万{about}人"):
        assert next(iter(chinese_quantities(text))).value == value * 10**4


def spoken(value: int) -> str:
    """Write 0 to 99,999,999 in Chinese characters, as a schoolbook does."""
    if value >= 10_000:
        rest = value % 10_000
        zero = "零" if 0 < rest < 1000 else ""
        return spoken(value // 10_000) + "万" + zero + (spoken(rest) if rest else "")
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = value // unit, value % unit
        if digit:
            text += "零一二三四五六七八九"[digit] + name
        elif text and value and not text.endswith("零"):
            text += "零"
    return text or "零"


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_number_written_in_characters_has_its_value(value: int) -> None:
    assert amount(spoken(value)) == value
    assert numbers(f"共{spoken(value)}人", f"{value:,} people") == []


@given(st.integers(min_value=1, max_value=9999), st.integers(min_value=0, max_value=9))
def test_a_decimal_amount_agrees_in_both_languages(whole: int, tenths: int) -> None:
    source = f"投资{whole}.{tenths}亿元"
    millions = whole * 100 + tenths * 10
    assert numbers(source, f"an investment of {millions:,} million yuan") == []
    assert numbers(source, f"an investment of {10 * millions:,} million yuan")


@given(
    st.text(alphabet="一两三十百千万亿余多几半成折分之第点比年月日%0123456789./:-—，", max_size=24)
)
def test_any_heap_of_numbers_is_read_inside_the_text_and_without_overlap(text: str) -> None:
    spans = [quantity.span for quantity in chinese_quantities(text)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(quantity.values for quantity in chinese_quantities(text))


@given(st.text(alphabet="0123456789.,/-%$ amillionhudredtsyfvw", max_size=40))
def test_any_heap_of_english_numbers_is_read_inside_the_text(text: str) -> None:
    spans = [quantity.span for quantity in english_quantities(text)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize("source", ["受灾6000多万人", "受灾6000余万人", "受灾370 多万人"])
def test_a_right_vague_amount_is_never_corrected(source: str) -> None:
    digits = int("".join(each for each in source if each.isdigit()))
    assert corrected(source, f"more than {digits * 10_000:,} people") is None
    assert Fraction(digits * 10_000) in next(iter(chinese_quantities(source))).values
