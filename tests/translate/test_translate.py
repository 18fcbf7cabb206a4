from collections.abc import Sequence

import pytest

from models.protocols import BEST, Candidate, Request, Search
from models.runtime.control import NO_CONTROL, Control
from pipeline.errors import AlignmentError, ModelError
from pipeline.language.glossary import Term, make_glossary
from pipeline.records import Article, Block, BlockKind, Sentence, Span, TranslatedSentence
from pipeline.testing import EchoTranslator
from pipeline.translate.translate import translate
from tests.fakes import ShortTranslator

KINDS: tuple[BlockKind, ...] = ("title", "paragraph")


def _article(*blocks: tuple[BlockKind, str], cuts: tuple[int, ...] = ()) -> Article:
    made = tuple(
        Block(kind, (Sentence(f"s{n}", text, (Span(0, len(text)),), cuts),))
        for n, (kind, text) in enumerate(blocks, start=1)
    )
    return Article("a", "d", "d.md", "t", None, None, made)


def _one(kind: BlockKind, text: str) -> TranslatedSentence:
    [row] = translate([_article((kind, text))], translator=EchoTranslator(), kinds=KINDS)
    return row.sentences[0]


# kind, source, translation, origin, flags
CASES: list[tuple[BlockKind, str, str, str, tuple[str, ...]]] = [
    ("title", "湾区魅力", "English of 4 characters", "model", ()),
    ("paragraph", "金山CAR-T", "English of 7 characters.", "model", ()),
    ("paragraph", "FROM Jinshan", "FROM Jinshan", "copied", ("not_chinese",)),
    ("paragraph", "2023—2024", "2023—2024", "copied", ()),
    ("paragraph", "これは日本語です。", "これは日本語です。", "copied", ("not_chinese",)),
    ("paragraph", "서울 한국어 中文", "서울 한국어 中文", "copied", ("not_chinese",)),
    ("paragraph", "日本《すみれ》上映", "English of 9 characters.", "model", ()),
    ("date", "2023年3月5日 星期日", "Sunday, March 5, 2023", "rule", ()),
    ("page_number", "特21", "Special 21", "rule", ()),
    ("credit", "金燕玲摄", "Photo by Jin Yanling", "rule", ()),
    ("credit", "详见本报微信公众号", "", "none", ("no_rule",)),
    ("jump", "（下转第2版）", "Continued on page 2", "rule", ()),
    ("section", "国际新闻", "International News", "rule", ()),
    ("section", "夜光杯", "", "none", ("no_rule",)),
    ("table", "表一", "", "none", ()),
    ("caption", "华东无人机基地", "", "none", ()),
]


@pytest.mark.parametrize(("kind", "zh", "en", "origin", "flags"), CASES)
def test_each_kind_of_block_is_written_by_whom_it_should(
    kind: BlockKind, zh: str, en: str, origin: str, flags: tuple[str, ...]
) -> None:
    sentence = _one(kind, zh)
    assert (sentence.text, sentence.origin, sentence.flags) == (en, origin, flags)
    assert (sentence.confidence is not None) == (origin == "model")


class Saying(EchoTranslator):
    """Says the same whatever it is asked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [Candidate(self.text, 0.5) for _ in sentences]


# kind, source, what the model says, what is written
HEADINGS: list[tuple[BlockKind, str, str, str]] = [
    ("heading", "案例", "case", "Case"),
    ("title", "创时代新业", "to create a new business", "To create a new business"),
    ("subtitle", "电商：新机", "e-commerce: a chance", "E-commerce: a chance"),
    ("caption", "一幅画", "a painting", "A painting"),
    ("paragraph", "案例", "case", "case"),
    ("heading", "iPhone上市", "iPhone on sale", "iPhone on sale"),
    ("heading", "vivo发布新品", "vivo launches a phone", "vivo launches a phone"),
    ("heading", "见官网", "www.gov.cn is here", "www.gov.cn is here"),
    ("heading", "见官网", "http://www.gov.cn", "http://www.gov.cn"),
    ("heading", "见邮箱", "info@gov.cn is here", "info@gov.cn is here"),
    ("heading", "五条", "5 rules", "5 rules"),
    ("heading", "空", "", ""),
    ("title", "金价上涨", "gold rises.", "Gold rises"),
    ("title", "金价“上涨”", 'Gold "rises."', 'Gold "rises"'),
    ("title", "金价上涨。", "Gold rises.", "Gold rises."),
    ("title", "金价上涨？", "Does gold rise?", "Does gold rise?"),
    ("title", "金价上涨…", "Gold rises...", "Gold rises..."),
    ("subtitle", "经济增长2.5%", "The economy grows by 2.5%.", "The economy grows by 2.5%"),
    ("heading", "华为公司", "Huawei Co., Ltd.", "Huawei Co., Ltd."),
    ("heading", "中国与美国", "China and the U.S.", "China and the U.S."),
    ("title", "金价上涨 银价下跌", "Gold rises. Silver falls.", "Gold rises. Silver falls."),
    ("title", "王先生获奖", "Mr. Wang wins.", "Mr. Wang wins"),
    ("caption", "无人机基地", "a drone base.", "A drone base."),
    ("paragraph", "金价上涨", "Gold rises.", "Gold rises."),
]


@pytest.mark.parametrize(("kind", "source", "said", "written"), HEADINGS)
def test_a_heading_is_written_as_english_headings_are(
    kind: BlockKind, source: str, said: str, written: str
) -> None:
    kinds: tuple[BlockKind, ...] = ("heading", "title", "subtitle", "caption", "paragraph")
    [row] = translate([_article((kind, source))], translator=Saying(said), kinds=kinds)
    assert row.sentences[0].text == written


def test_all_sentences_go_to_the_model_in_one_call_and_come_back_in_place() -> None:
    echo = EchoTranslator()
    articles = [
        _article(("title", "一"), ("date", "2023年3月5日"), ("paragraph", "三三三")) for _ in "ab"
    ]
    rows = translate(articles, translator=echo, kinds=KINDS)
    assert echo.asked == [["一", "三三三", "一", "三三三"]]
    assert [s.id for s in rows[1].sentences] == ["s1", "s2", "s3"]
    assert rows[0].sentences[2].text == "English of 3 characters."


def test_the_parts_of_a_long_sentence_are_translated_apart_and_joined() -> None:
    echo = EchoTranslator()
    [row] = translate(
        [_article(("paragraph", "一二，三四五。"), cuts=(3,))], translator=echo, kinds=KINDS
    )
    assert echo.asked == [["一二，", "三四五。"]]
    assert row.sentences[0].text == "English of 3 characters. English of 4 characters."
    assert row.sentences[0].confidence == 0.5


def test_nothing_to_translate_is_no_error() -> None:
    assert translate([], translator=EchoTranslator(), kinds=KINDS) == []


def test_a_model_that_loses_a_sentence_is_caught() -> None:
    with pytest.raises(AlignmentError, match="ShortTranslator returned 0 translations for 1"):
        translate([_article(("title", "一"))], translator=ShortTranslator(), kinds=KINDS)


class Reader(EchoTranslator):
    """Reads two sentences of context and the terms."""

    context_sentences = 2
    reads_terms = True

    def __init__(self, reads_terms: bool = True) -> None:
        super().__init__()
        self.reads_terms = reads_terms
        self.requests: list[Request] = []

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        self.requests += requests
        return [[Candidate("x", 0.5)] for _ in requests]


def test_who_reads_context_gets_the_sentences_before_of_the_same_article_and_the_terms() -> None:
    reader = Reader()
    articles = [
        _article(
            ("title", "一"),
            ("date", "2023年"),
            ("paragraph", "二二，三三。"),
            ("paragraph", "四上海"),
        ),
        _article(("title", "五上海上海")),
    ]
    glossary = make_glossary((Term("上海", ("Shanghai", "SH")),))
    translate(articles, translator=reader, kinds=KINDS, glossary=glossary)
    term = (("上海", "Shanghai"),)
    assert reader.requests == [
        Request("一"),
        Request("二二，三三。", ("一",)),
        Request("四上海", ("一", "二二，三三。"), term),
        Request("五上海上海", (), term),
    ]


def test_the_parts_of_a_sentence_are_context_of_each_other_and_terms_are_left_out_if_unwanted() -> (
    None
):
    reader = Reader(reads_terms=False)
    glossary = make_glossary((Term("一二", ("one two",)),))
    articles = [_article(("paragraph", "一二，三四五。"), cuts=(3,))]
    translate(articles, translator=reader, kinds=KINDS, glossary=glossary)
    assert reader.requests == [Request("一二，"), Request("三四五。", ("一二，",))]


def test_an_unknown_confidence_stays_unknown() -> None:
    class Silent(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            return [Candidate("x", None) for _ in sentences]

    [row] = translate([_article(("paragraph", "一"))], translator=Silent(), kinds=KINDS)
    assert (row.sentences[0].text, row.sentences[0].confidence) == ("x", None)


def test_a_sentence_that_a_server_could_not_translate_fails_its_article_by_name() -> None:
    class Fails(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            return [Candidate("", None, failure="HTTP 500") for _ in sentences]

    with pytest.raises(
        ModelError, match="1 of 1 sentences have no translation, first '一': HTTP 5"
    ):
        translate([_article(("title", "一"))], translator=Fails(), kinds=KINDS)


# a row of a table, its English
ROWS = [
    (
        "| 镇名 | 总产量（万吨） | 12.5 |",
        "| English of 2 characters | English of 3 characters (10,000 tons) | 12.5 |",
    ),
    (
        "均价（元/公斤）\t（万吨）",
        "| English of 2 characters (yuan/kilogram) | English of 4 characters |",
    ),
    (
        "| 张三（队长） | 人口(单位：万人) | 投资（亿美元） |",
        "| English of 6 characters | English of 2 characters (10,000 people) "
        "| English of 2 characters (100 million US dollars) |",
    ),
    ("| 市民可免费参观。 |  | FROM |", "| English of 8 characters. |  | FROM |"),
    ("县名\t常住人口\t", "| English of 2 characters | English of 4 characters |  |"),
    ("甲县　　32.1　35.4", "| English of 2 characters | 32.1 | 35.4 |"),
    ("甲县    32.1  乙 县", "| English of 2 characters | 32.1 | English of 3 characters |"),
    ("│甲县│32.1│", "| English of 2 characters | 32.1 |"),
    ("| 社会｜新闻 | 1 |", "| English of 5 characters | 1 |"),
    ("| 1 | 2 |", "| 1 | 2 |"),
    ("白菜　１．２０　＋０．１５　—", "| English of 2 characters | 1.20 | +0.15 | — |"),
    ('东盟,"1,234,500",12.3%', "| English of 2 characters | 1,234,500 | 12.3% |"),
]


@pytest.mark.parametrize(("zh", "en"), ROWS)
def test_a_row_of_a_table_has_one_english_cell_for_each_chinese_one(zh: str, en: str) -> None:
    [row] = translate([_article(("table", zh))], translator=EchoTranslator(), kinds=["table"])
    assert row.sentences[0].text == en


def test_a_long_cell_is_translated_in_the_parts_that_segment_cut() -> None:
    article = _article(("table", "| 一二三四五六 | 七八九 |"), cuts=(5, 11))
    [row] = translate([article], translator=EchoTranslator(), kinds=["table"])
    english = "English of 3 characters. English of 3 characters. | English of 3 characters"
    assert row.sentences[0].text == f"| {english} |"


MARKED: list[tuple[BlockKind, str, str, str]] = [
    ("heading", "（二）落实责任", "落实责任", "(2) English of 4 characters"),
    ("list_item", "壹、省级资金。", "省级资金。", "1. English of 5 characters."),
    ("paragraph", "陆、海、空三军。", "陆、海、空三军。", "English of 8 characters."),
    ("list_item", "3、市局审核。", "市局审核。", "3. English of 5 characters."),
    ("list_item", "2）不得超过三天", "不得超过三天", "2) English of 6 characters."),
    ("paragraph", "②组织培训。", "组织培训。", "② English of 5 characters."),
    ("paragraph", "1、2022年增长。", "2022年增长。", "1. English of 8 characters."),
    ("paragraph", "101. 本办法施行。", "本办法施行。", "101. English of 6 characters."),
    ("paragraph", "360、百度回应。", "360、百度回应。", "English of 9 characters."),
    ("list_item", "1.1.1 本办法施行。", "本办法施行。", "1.1.1 English of 6 characters."),
    ("heading", "2.1 人员配备", "人员配备", "2.1 English of 4 characters"),
    ("paragraph", "2.3 亿元到位。", "2.3 亿元到位。", "English of 9 characters."),
    ("heading", "2 存在问题", "存在问题", "2 English of 4 characters"),
    ("heading", "3 人死亡", "3 人死亡", "English of 5 characters"),
    ("paragraph", "2 存在问题", "2 存在问题", "English of 6 characters."),
    ("list_item", "A. 甲类企业。", "甲类企业。", "A. English of 5 characters."),
    ("list_item", "b）负责监督。", "负责监督。", "b) English of 5 characters."),
    ("list_item", "（iv）负责监督。", "负责监督。", "(iv) English of 5 characters."),
    ("heading", "甲、适用范围", "适用范围", "A. English of 4 characters"),
    ("paragraph", "甲、乙双方。", "甲、乙双方。", "English of 6 characters."),
    ("paragraph", "AI、大数据。", "AI、大数据。", "English of 7 characters."),
    ("heading", "第二章　总则", "总则", "Chapter 2 English of 2 characters"),
    ("list_item", "第一百零一条 施行。", "施行。", "Article 101 English of 3 characters."),
    ("paragraph", "第一条线路开通。", "第一条线路开通。", "English of 8 characters."),
    ("title", "二、三产业融合", "二、三产业融合", "English of 7 characters"),
    ("paragraph", "3.5亿元到位。", "3.5亿元到位。", "English of 8 characters."),
    ("paragraph", "（三）款规定。", "（三）款规定。", "English of 7 characters."),
    ("paragraph", "一︑課室四間︔", "課室四間；", "1. English of 5 characters."),
    ("paragraph", "【1】修路三条", "修路三条", "[1] English of 4 characters."),
    ("list_item", "☒ 完成摸底", "完成摸底", "☒ English of 4 characters."),
    ("paragraph", "- 今年是哪一年？", "今年是哪一年？", "- English of 7 characters."),
    ("footnote", "[^①]: 不含农村。", "不含农村。", "[^①]: English of 5 characters."),
    ("footnote", "[2] 同上。", "同上。", "[2] English of 3 characters."),
    ("paragraph", "※　市民可来电。", "市民可来电。", "※ English of 6 characters."),
]


@pytest.mark.parametrize(("kind", "source", "asked", "written"), MARKED)
def test_the_marker_of_an_item_is_written_by_rule(
    kind: BlockKind, source: str, asked: str, written: str
) -> None:
    echo = EchoTranslator()
    [row] = translate([_article((kind, source))], translator=echo, kinds=[kind])
    assert echo.asked == [[asked]]
    assert row.sentences[0].text == written


@pytest.mark.parametrize(
    ("source", "said", "written"),
    [
        ("（二）落实责任。", "(2) Take charge.", "(2) Take charge."),
        ("3、市局审核。", "3) The bureau checks.", "3. The bureau checks."),
        ("3、增长3.5倍。", "3.5 times more.", "3. 3.5 times more."),
        ("[^1]: 同上。", "[1] The same.", "[^1]: The same."),
    ],
)
def test_a_model_that_writes_the_marker_too_does_not_double_it(
    source: str, said: str, written: str
) -> None:
    article = _article(("list_item", source))
    [row] = translate([article], translator=Saying(said), kinds=["list_item"])
    assert row.sentences[0].text == written


def test_the_credit_that_ends_a_caption_is_written_by_rule() -> None:
    block = Block(
        "caption",
        tuple(
            Sentence(f"s{n}", text, (Span(0, len(text)),))
            for n, text in enumerate(("农民在收割。", "何田 摄", "丰收"), start=1)
        ),
    )
    article = Article("a", "d", "d.md", "t", None, None, (block,))
    echo = EchoTranslator()
    [row] = translate([article], translator=echo, kinds=["caption"])
    assert [each.text for each in row.sentences][1] == "Photo by He Tian"
    assert [each.origin for each in row.sentences] == ["model", "rule", "model"]


def test_markers_in_cells_are_written_by_rule() -> None:
    echo = EchoTranslator()
    article = _article(("table", "| 一、修路三条 | 1.1 绿化 | 一、二年级 | 12 |"))
    [row] = translate([article], translator=echo, kinds=["table"])
    assert echo.asked == [["修路三条", "绿化", "一、二年级"]]
    cells = ["1. English of 4 characters", "1.1 English of 2 characters", "English of 5 characters"]
    assert row.sentences[0].text == f"| {' | '.join(cells)} | 12 |"


def test_dates_in_cells_are_written_by_rule() -> None:
    echo = EchoTranslator()
    rows = ("| 5月1日上午10时 | 市民广场 | 3点 |", "| 2024年5月 | 周三 |")
    article = _article(*(("table", row) for row in rows))
    [row] = translate([article], translator=echo, kinds=["table"])
    assert echo.asked == [["市民广场", "3点"]]
    assert [(each.text, each.origin) for each in row.sentences] == [
        ("| May 1, 10:00 a.m. | English of 4 characters | English of 2 characters |", "model"),
        ("| May 2024 | Wednesday |", "rule"),
    ]


def test_words_of_tables_in_cells_are_written_by_rule() -> None:
    echo = EchoTranslator()
    rows = ("| 名次 | 球队 | 金额（万元） |", "| 1 | 合　计 | 320 |")
    [row] = translate(
        [_article(*(("table", row) for row in rows))], translator=echo, kinds=["table"]
    )
    assert echo.asked == [["球队"]]
    assert [(each.text, each.origin) for each in row.sentences] == [
        ("| Rank | English of 2 characters | Amount (10,000 yuan) |", "model"),
        ("| 1 | Total | 320 |", "rule"),
    ]


def test_a_cell_that_is_a_term_has_the_english_of_the_glossary() -> None:
    glossary = make_glossary((Term("名次", ("Placing",)), Term("甲队", ("Team Jia", "Jia"))))
    rows = _article(("table", "| 名次 | 甲队 | 甲队队员 |"))
    [row] = translate([rows], translator=EchoTranslator(), kinds=["table"], glossary=glossary)
    assert row.sentences[0].text == "| Placing | Team Jia | English of 4 characters |"


# source, what the model is asked, what it says, what is written
NOTE_MARKS = [
    ("水质②好转。", "水质[2]好转。", "Quality[2] is better.", "Quality② is better."),
    ("数据[①]为准。", "数据[1]为准。", "The data [1] are right.", "The data [①] are right."),
    ("共230人③。", "共230人[3]。", "There were 230.", "There were 230③."),
    ("100家[3]，3万人[4]。", "100家[3]，3万人[4]。", "100 and 30,000[4].", "100 and 30,000[3][4]."),
    (
        "一是①绿地；②公交。",
        "一是[1]绿地；[2]公交。",
        "First,[1]parks;[2]bus.",
        "First, ① parks; ② bus.",
    ),
    (
        "气温偏低*，要防冻。",
        "气温偏低[*]，要防冻。",
        "It is cold[*]; beware.",
        "It is cold*; beware.",
    ),
    ("更新*启动。", "更新[*]启动。", "Renewal starts.", "Renewal starts*."),
]


@pytest.mark.parametrize(("source", "asked", "said", "written"), NOTE_MARKS)
def test_marks_of_notes_are_no_figures_and_none_is_lost(
    source: str, asked: str, said: str, written: str
) -> None:
    class Noting(Saying):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            self.asked.append(list(sentences))
            return super().answer(sentences)

    translator = Noting(said)
    [row] = translate([_article(("paragraph", source))], translator=translator, kinds=["paragraph"])
    assert (translator.asked, row.sentences[0].text) == ([[asked]], written)


POWERS = [
    ("约10⁶人。", "About 106 people.", "About 10⁶ people."),
    ("面积4×10⁴m²，含CO₂。", "It has 4×104m2 and CO2.", "It has 4×10⁴m² and CO₂."),
    ("透射率10⁻³。", "A rate of 10−3.", "A rate of 10⁻³."),
    ("共10⁶人。", "In all 1,106 people.", "In all 1,106 people."),
    ("10⁶与106。", "106 and 106.", "106 and 106."),
]


@pytest.mark.parametrize(("source", "said", "written"), POWERS)
def test_powers_and_indices_are_those_of_the_source(source: str, said: str, written: str) -> None:
    article = _article(("paragraph", source))
    [row] = translate([article], translator=Saying(said), kinds=["paragraph"])
    assert row.sentences[0].text == written


def test_a_bar_in_the_english_of_a_cell_adds_no_column() -> None:
    article = _article(("table", "| 甲 | 乙 |"))
    [row] = translate([article], translator=Saying("one | two"), kinds=["table"])
    assert row.sentences[0].text == "| One ／ two | One ／ two |"
