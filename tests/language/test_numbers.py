"""Numbers: read the same amount from both languages, and tell when they differ."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.amounts.pairs import power_of_ten, rounded
from pipeline.check.numbers import ledger, numbers
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.chinese_amounts import amount
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import plain
from pipeline.translate.amounts import corrected

AMOUNTS = [
    ("三百五十", 350),
    ("一千零一", 1001),
    ("二十", 20),
    ("十五", 15),
    ("三千五百万", 35_000_000),
    ("一亿两千万", 120_000_000),
    ("1.2亿", 120_000_000),
    ("1亿2000万", 120_000_000),
    ("3,850", 3850),
    ("5万", 50_000),
    ("三点五", Fraction(7, 2)),
    ("二万五千", 25_000),
    ("9000亿", 900_000_000_000),
    ("两万亿", 2_000_000_000_000),
]


@pytest.mark.parametrize(("written", "value"), AMOUNTS)
def test_a_chinese_amount_has_its_value(written: str, value: Fraction) -> None:
    assert amount(written) == value


# (Chinese, English) pairs that say the same: no finding at all.
SAME = [
    ("总投资额124亿元", "a total investment of 12.4 billion yuan"),
    ("提前2—3个月", "two to three months early"),
    ("２０２３年３月５日", "March 5, 2023"),
    ("增长百分之三十", "grew by 30 percent"),
    ("占85.5%", "accounts for 85.5%"),
    ("二〇二三年", "in 2023"),
    ("20世纪90年代", "in the 1990s"),
    ("上世纪80年代", "in the 1980s"),
    ("下午3点", "at 15:00"),
    ("晚上9点半", "at 9:30 in the evening"),
    ("约三分之一", "about one-third"),
    ("三成以上的人", "more than 30 percent of people"),
    ("9.1万人", "91,000 people"),
    ("5至10万人", "50,000 to 100,000 people"),
    ("超1000万千瓦", "more than 10 million kilowatts"),
    ("二十五岁", "twenty-five years old"),
    ("1.5亿人", "150 million people"),
    ("一百五十人", "a hundred and fifty people"),
    ("250万人", "two and a half million people"),
    ("第3000场", "the 3,000th match"),
    ("数百人受伤", "hundreds were injured"),
    ("过去二十年", "the past two decades"),
    ("第一财经报道", "Yicai reported"),
    ("他去三亚过五一", "he spent May Day in Sanya"),
    ("共建一带一路", "building the Belt and Road together"),
    ("星期三和周五", "on Wednesday and Friday"),
    ("十四五规划", "the 14th Five-Year Plan"),
    ("新冠疫情", "the COVID-19 epidemic"),
    ("第四季度", "in the fourth quarter"),
    ("三轮谈判", "three rounds of talks"),
    ("中美两国", "China and the United States"),
    ("一些人一直在等", "some people have been waiting"),
    ("12月31日24时", "24:00 on December 31"),
    ("他可能5月来", "he may come in May"),
    ("2023年和2023年底", "in 2023 and at its end"),
    ("累计确诊4178027例", "4.18 million confirmed cases"),
    ("五分之一的人", "one in five people"),
    ("五分之一的人", "a fifth of the people"),
    ("二十多个基地", "two dozen bases"),
    ("25万种花", "a quarter of a million flowers"),
    ("50万个部分", "half a million parts"),
    ("两年半的时间", "two and a half years"),
    ("三维空间", "3D space"),
    ("百分之一的人", "1 per cent of the people"),
    ("上午9:30左右", "at about 9.30 a.m."),
    ("11:00开始", "began around 11 a.m."),
    ("二十岁左右", "in their twenties"),
    ("产值翻一番", "output doubled"),
    ("增长2倍", "tripled"),
    ("启程日期为5月", "the departure date is May."),
    ("种植150亩水稻", "grew 10 hectares of rice"),
    ("重3000斤", "weighing 1,500 kilograms"),
    ("提高2个百分点", "rose 2 percentage points"),
]


@pytest.mark.parametrize(("source", "translation"), SAME)
def test_equal_numbers_raise_no_alarm(source: str, translation: str) -> None:
    assert numbers(source, translation) == []


# (Chinese, English, where in the Chinese, where in the English, words of the message)
DIFFERENT = [
    ("投资124亿元", "124 billion yuan", "124亿", "124 billion", "10 times too large"),
    ("90亿人次", "90 billion trips", "90亿", "90 billion", "10 times too large"),
    ("3000万元", "3 million yuan", "3000万", "3 million", "10 times too small"),
    ("2月25日", "February 15", "25", "15", "“15” in the translation"),
    ("增长30%", "grew by 19%", "30%", "19%", "30% in the source"),
    ("330多座", "more than 340", "330", "340", "330 in the source"),
    ("三百人到场", "many people came", "三百", None, "三百 (300) is not in the translation"),
    ("很多人到场", "400 people came", None, "400", "no matching number in the source"),
    ("三轮谈判", "four rounds of talks", "三", "four", "三 (3) in the source"),
    ("五个月后", "six months later", "五", "six", "“six” in the translation"),
]


@pytest.mark.parametrize(("source", "translation", "there", "here", "message"), DIFFERENT)
def test_a_wrong_number_is_found_in_its_place(
    source: str, translation: str, there: str | None, here: str | None, message: str
) -> None:
    [finding] = numbers(source, translation)
    left, right = finding.source_span, finding.translation_span
    assert (source[left.start : left.end] if left else None) == there
    assert (translation[right.start : right.end] if right else None) == here
    assert message in finding.message


# (Chinese, English, verdicts in order)
LEDGERS = [
    ("23个项目投资124亿元", "23 projects, 124 billion yuan", ["kept", "wrong power of ten"]),
    ("投资5亿元", "an investment of $500 million", ["unit changed"]),
    ("投资5亿美元", "an investment of $500 million", ["kept"]),
    ("2月25日来了300人", "15 people came in February", ["kept", "missing", "wrong value"]),
    ("很多人", "400 people", ["extra"]),
    ("没有数字", "no figure", []),
]


@pytest.mark.parametrize(("source", "translation", "verdicts"), LEDGERS)
def test_the_ledger_has_a_verdict_for_every_number(
    source: str, translation: str, verdicts: list[str]
) -> None:
    assert [entry.verdict for entry in ledger(source, translation)] == verdicts


@pytest.mark.parametrize(
    ("exact", "written", "same"),
    [
        (4_178_027, 4_180_000, True),
        (4_178_027, 4_200_000, True),
        (4_178_027, 4_170_000, False),
        (4_178_027, 4_000_000, False),
        (2023, 2020, False),
        (3850, 3900, False),
        (41_780, 41_800, True),
        (40_000, 41_000, False),
    ],
)
def test_only_large_numbers_may_be_rounded(exact: int, written: int, same: bool) -> None:
    assert rounded(Fraction(exact), Fraction(written)) is same


@pytest.mark.parametrize(
    ("source", "translation", "right"),
    [
        ("投资124亿元", "It cost 124 billion yuan.", "It cost 12.4 billion yuan."),
        ("9000名学生", "He had 900 students.", "He had 9,000 students."),
        ("90亿人次，3000万元", "3 million yuan, 90 billion", "30 million yuan, 9 billion"),
        ("投资124亿元", "It cost 12.4 billion yuan.", None),
        ("投资124亿元", "It cost 13 billion yuan.", None),
    ],
)
def test_a_wrong_power_of_ten_and_nothing_else_is_corrected(
    source: str, translation: str, right: str | None
) -> None:
    assert corrected(source, translation) == right


@given(st.integers(min_value=11, max_value=9999), st.sampled_from([-2, -1, 1, 2]))
def test_whatever_was_corrected_has_the_value_of_the_source(value: int, power: int) -> None:
    source = f"约{value}亿元"
    wrong = f"about {value * 10 ** (8 + power):,} yuan"
    right = corrected(source, wrong)
    assert right is not None
    assert numbers(source, right) == []


@given(st.integers(min_value=0, max_value=10**13))
def test_any_integer_agrees_with_itself_in_digits(value: int) -> None:
    assert numbers(f"共有{value}个", f"There are {value:,} of them") == []


@given(st.integers(min_value=13, max_value=9999), st.sampled_from([("万", 10**4), ("亿", 10**8)]))
def test_a_myriad_taken_for_a_western_unit_is_always_found(
    value: int, unit: tuple[str, int]
) -> None:
    source = f"约{value}{unit[0]}元"
    assert numbers(source, f"about {value * unit[1]:,} yuan") == []
    [finding] = numbers(source, f"about {value * unit[1] * 10:,} yuan")
    assert "10 times too large" in finding.message


@given(st.text(alphabet="一二三十百千万亿零0123456789.,%年月第 两几成分之点-—", max_size=20))
def test_any_heap_of_numerals_is_read_without_error_and_in_place(text: str) -> None:
    for quantity in chinese_quantities(text):
        assert 0 <= quantity.span.start < quantity.span.end <= len(text)


NUMBER_WORDS = "one two twenty hundred million half third and a 5 2.5 % to May - th 1990s k dozen"


@given(st.lists(st.sampled_from(NUMBER_WORDS.split()), max_size=10))
def test_any_heap_of_number_words_is_read_without_error_and_in_place(words: list[str]) -> None:
    text = " ".join(words)
    for quantity in english_quantities(text):
        assert 0 <= quantity.span.start < quantity.span.end <= len(text)


def test_an_empty_translation_is_left_to_its_own_check() -> None:
    assert numbers("共有23个项目", "  ") == []


@pytest.mark.parametrize(
    ("right", "wrong", "power"), [(5, 50, 1), (50, 5, -1), (124, 124_000, 3), (5, 5, 0), (5, 7, 0)]
)
def test_a_power_of_ten_is_recognised(right: int, wrong: int, power: int) -> None:
    assert power_of_ten(Fraction(right), Fraction(wrong)) == power


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(12_400_000_000), "12.4 billion"),
        (Fraction(3850), "3,850"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 2), "0.5"),
        (Fraction(2_000_000), "2 million"),
    ],
)
def test_a_value_is_written_for_an_english_reader(value: Fraction, words: str) -> None:
    assert plain(value) == words
