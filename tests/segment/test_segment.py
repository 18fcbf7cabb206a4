"""Pages become articles, blocks and sentences: laws, golden fragments, one real page."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.language.variants import ConvertTo, converted
from pipeline.records import Article, BlockKind, Document, Layout
from pipeline.segment.segment import segment

TESTS = Path(__file__).parents[1]
DATA = TESTS.parent / "data"
REGRESSIONS: list[dict[str, Any]] = [
    case
    for line in (TESTS / "golden/regressions.jsonl").read_text(encoding="utf-8").splitlines()
    if "articles" in (case := json.loads(line))
]
MARKUP = frozenset("#*>|-:=_`~[]()!\\+/.<$")
PAGES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (TESTS / "golden/pages.jsonl").read_text(encoding="utf-8").splitlines()
]
ALPHABET = (
    "金山他说道一二03aB .。，！？!?；：“”\"'《》（）()【】…—\n\t　-#*_|`>[]\\$摄年月日版第记者"
    "上接下转記臺灣發"
)
CONVERSIONS: tuple[ConvertTo, ...] = get_args(ConvertTo)
TEXTS = st.one_of(st.text(alphabet=ALPHABET, max_size=80), st.text(max_size=80))


def articles(
    text: str,
    *,
    layout: Layout = "page",
    title: str | None = None,
    join: bool = True,
    max_chars: int = 200,
    convert_to: ConvertTo = "as_written",
) -> tuple[Article, ...]:
    document = Document("d", text, "d.md", layout, title)
    [row] = segment(
        [document],
        join_broken_paragraphs=join,
        max_sentence_chars=max_chars,
        convert_to=convert_to,
    )
    return row


def blocks(article: Article) -> list[list[str]]:
    return [[b.kind, "⏐".join(s.text for s in b.sentences)] for b in article.blocks]


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=500, deadline=None)
@example("0\t0\n\t0", False, "page", "as_written")
@given(TEXTS, st.booleans(), st.sampled_from(get_args(Layout)), st.sampled_from(CONVERSIONS))
def test_nothing_is_lost_or_found_twice_and_spans_are_true(
    text: str, join: bool, layout: Layout, convert_to: ConvertTo
) -> None:
    times = [0] * len(text)
    written = converted(text, convert_to)
    for article in articles(text, layout=layout, join=join, convert_to=convert_to):
        for block in article.blocks:
            assert block.kind in get_args(BlockKind)
            for sentence in block.sentences:
                pieces = [written[span.start : span.end] for span in sentence.spans]
                assert squeezed("".join(pieces)) == squeezed(sentence.text)
                # at the ends of a row of a table a tab stands beside an empty cell
                outer = "\t" if block.kind == "table" else ""
                assert sentence.text.strip(outer) == sentence.text.strip() != ""
                for span in sentence.spans:
                    for offset in range(span.start, span.end):
                        times[offset] += 1
    for offset, character in enumerate(text):
        assert times[offset] <= 1
        assert times[offset] == 1 or character.isspace() or character in MARKUP


@settings(max_examples=200, deadline=None)
@example("炟\ud800")
@given(st.text(alphabet=st.characters(exclude_characters="".join(MARKUP)), max_size=80))
def test_without_markup_every_written_character_is_in_a_sentence(text: str) -> None:
    found = [s.text for a in articles(text) for b in a.blocks for s in b.sentences]
    assert sorted(squeezed("".join(found))) == sorted(squeezed(text))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_ids_count_the_sentences_of_an_article_and_parts_fit(text: str) -> None:
    for number, article in enumerate(articles(text, max_chars=20), start=1):
        assert article.id == f"d.{number}"
        sentences = [sentence for block in article.blocks for sentence in block.sentences]
        assert [s.id for s in sentences] == [f"s{n}" for n in range(1, len(sentences) + 1)]
        for sentence in sentences:
            offsets = (0, *sentence.cuts, len(sentence.text))
            assert all(0 < end - start <= 20 for start, end in pairwise(offsets))


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_one_row_per_document_whatever_stands_beside_it(texts: list[str]) -> None:
    documents = [Document(f"d{n}", text, "d") for n, text in enumerate(texts)]
    together = segment(documents, join_broken_paragraphs=True, max_sentence_chars=200)
    alone = [
        segment([document], join_broken_paragraphs=True, max_sentence_chars=200)[0]
        for document in documents
    ]
    assert together == alone


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_an_article_stays_one_article(text: str) -> None:
    [article] = articles(text, layout="article")
    assert article.id == "d"


def test_a_short_line_above_the_heading_of_an_article_is_no_title() -> None:
    [article] = articles("离岛交通\n\n# 观光船复航\n\n昨日复航。\n", layout="article")
    assert article.title == "观光船复航"
    assert [kind for kind, _ in blocks(article)] == ["subtitle", "title", "paragraph"]


@pytest.mark.parametrize("case", REGRESSIONS, ids=lambda case: str(case["number"]))
def test_what_was_once_wrong_on_a_page_stays_right(case: dict[str, Any]) -> None:
    assert [blocks(article) for article in articles(case["text"])] == case["articles"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page["name"]))
def test_the_golden_pages_hold(page: dict[str, Any]) -> None:
    assert [blocks(article) for article in articles(page["text"])] == page["articles"]


def sample() -> tuple[str, tuple[Article, ...]]:
    text = (DATA / "samples/jinshan-2023-03-05.md").read_text(encoding="utf-8")
    return text, articles(text)


def test_every_block_and_sentence_of_the_sample_page_is_found() -> None:
    lines = (DATA / "references/jinshan-2023-03-05.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    _, found = sample()
    rows = {
        ("sentence" if block.kind == "paragraph" else block.kind, squeezed(sentence.text))
        for article in found
        for block in article.blocks
        for sentence in block.sentences
    }
    missing = [row["zh"] for row in gold if (row["kind"], squeezed(row["zh"])) not in rows]
    assert not missing
    assert sum(row["kind"] == "sentence" for row in gold) == 52
    assert len(rows) == len(gold) == 71


def test_the_broken_sentence_of_the_sample_page_is_traced_to_both_places() -> None:
    text, found = sample()
    [sentence] = [
        sentence
        for article in found
        for block in article.blocks
        for sentence in block.sentences
        if "医疗资源优势" in sentence.text
    ]
    first, second = sentence.spans
    assert text[first.start : first.end].endswith("医疗资源")
    assert text[second.start : second.end].startswith("优势")


def test_the_stray_title_of_the_sample_page_is_matched_with_its_story() -> None:
    _, found = sample()
    case, stray = found[1], found[-1]
    assert (case.title, stray.title) == ("案例", "产医合作谋共赢")
    [to_case], [to_title] = stray.warnings, case.warnings
    assert to_case.startswith("reading_order: ")
    assert f"belong to {case.id}, which also says '产医合作'" in to_case
    assert f"'产医合作谋共赢' of {stray.id}" in to_title


def test_title_date_and_byline_are_those_of_the_page() -> None:
    _, found = sample()
    assert [article.title for article in found] == [
        "聚天下英才 创时代新业",
        "案例",
        "FROM 金山",
        "湾区魅力 投资福地",
        "产医合作谋共赢",
    ]
    assert {article.date for article in found} == {"2023年3月5日 星期日"}
    assert found[0].byline == "撰文 / 屠瑜 陈佳华"


def test_a_byline_is_taken_from_a_dateline() -> None:
    [article] = articles("# 新线开通\n\n本报讯（记者 王五）昨天，新线开通。\n")
    assert article.byline == "记者 王五"


@pytest.mark.parametrize(
    ("line", "date", "byline"),
    [
        ("作者：罗青   2005-9-12 8:30:00   来源：东江日报", "2005-9-12", "作者：罗青"),
        ("江城商报 2006年3月21日 星期二 第2版 记者 周小川", "2006年3月21日", "记者 周小川"),
        ("2018-03-20阅读 356", "2018-03-20", None),
        ("2008-11-03　作者：刘畅　　来源：江报", "2008-11-03", "作者：刘畅"),
        ("生效日期：2012年5月1日 发布日期：2012年4月20日 来源：某局", "2012年4月20日", None),
        ("《江城晚报》 (2004年5月6日 第3版)", "2004年5月6日", None),
        ("【江城商报】2006年3月21日", "2006年3月21日", None),
        (
            "本报记者 常青《江河日报》（2022年06月03日 第 06 版）",
            "2022年06月03日",
            "本报记者 常青",
        ),
        ("2019-8-1 作者：佚名 来源：江城网", "2019-8-1", None),
        ("江南日报2018-06-30", "2018-06-30", None),
        ("乡音网 2015年9月20日讯 记者余音", "2015年9月20日", "记者余音"),
    ],
)
def test_a_line_of_facts_below_a_title_has_the_date_and_the_writer(
    line: str, date: str, byline: str | None
) -> None:
    [article] = articles(f"# 新线开通\n\n{line}\n\n昨天，新线开通。\n")
    assert blocks(article)[1] == ["date", line]
    assert (article.date, article.byline) == (date, byline)


@pytest.mark.parametrize(
    ("text", "byline"),
    [
        ("晨报讯（记者 孙一鸣）昨天，新线开通。\n\n（责任编辑：钱小满）", "记者 孙一鸣"),
        ("本报讯 记者王五报道：昨天，新线开通。", None),
        ("本报讯 记者王五 昨天，新线开通。", "记者王五"),
        ("昨天，新线开通。（实习生 马骏）", "实习生 马骏"),
        ("昨天，新线开通。（记者 马骏）\n\n注：票价未定。", "记者 马骏"),
        ("来源：江城网\n\n昨天，新线开通。", None),
    ],
)
def test_the_writer_is_who_reported_not_who_edited(text: str, byline: str | None) -> None:
    [article] = articles(f"# 新线开通\n\n{text}\n")
    assert article.byline == byline


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("陈默\n\n", "credit"),
        ("□ 晨雾\n\n", "credit"),
        ("晨雾\n\n2003年5月20日\n\n", "credit"),
        ("## 力争增长两成\n\n本报记者 林晓东\n\n", "subtitle"),
        ("——写在通车之际\n\n", "subtitle"),
        ("首日客流平稳  \n", "paragraph"),
        ("一、线路走向\n\n", "heading"),
    ],
)
def test_a_line_between_a_title_and_its_text(line: str, kind: str) -> None:
    text = f"# 新线开通\n\n{line}昨天，新线开通，首日客流平稳，没有发生拥挤，乘客普遍表示满意。\n"
    [article] = articles(text, layout="article")
    assert blocks(article)[1][0] == kind


def test_a_subtitle_may_stand_between_the_date_and_the_byline() -> None:
    head = "# 新线开通\n\nA03 民生\n\n2009年12月1日 星期二\n\n首日客流平稳\n\n本报记者 凌霄\n\n"
    [article] = articles(f"{head}昨天，新线开通，乘客满意。\n", layout="article")
    kinds = ["title", "page_number", "date", "subtitle", "credit", "paragraph"]
    assert [block.kind for block in article.blocks] == kinds


def test_a_sentence_about_a_picture_may_be_signed_with_a_pen_name() -> None:
    text = "# 田野\n\n老韩（左）在查看苗情。常青摄\n\n麦收时节，老韩又下了田。\n"
    [article] = articles(text)
    assert [block.kind for block in article.blocks] == ["title", "caption", "paragraph"]


@pytest.mark.parametrize("title", [None, "人数"])
def test_a_figure_that_is_a_whole_article_is_no_page_number(title: str | None) -> None:
    [article] = articles("40\n", layout="article", title=title)
    last = article.blocks[-1]
    assert (last.kind, last.sentences[0].text) == ("paragraph", "40")


def test_a_title_beside_the_text_is_a_block_without_a_place() -> None:
    [article] = articles("春天来了。", layout="article", title="春游")
    assert blocks(article) == [["title", "春游"], ["paragraph", "春天来了。"]]
    assert article.blocks[0].sentences[0].spans == ()
    assert article.title == "春游"


def test_a_title_beside_the_text_that_the_text_repeats_is_one_block() -> None:
    [article] = articles("# 春 游\n\n春天来了。", layout="article", title="春游")
    assert blocks(article) == [["title", "春 游"], ["paragraph", "春天来了。"]]
    assert len(article.blocks[0].sentences[0].spans) == 1


@pytest.mark.parametrize("layout", get_args(Layout))
def test_a_single_line_without_a_stop_is_a_paragraph(layout: Layout) -> None:
    [article] = articles("上海今天下雨", layout=layout)
    assert blocks(article) == [["paragraph", "上海今天下雨"]]
    assert article.warnings == ()


def test_broken_paragraphs_stay_broken_when_asked() -> None:
    text = "2月25日，双方签署协议。通过合作，充分发挥双方的医疗资源\n\n优势，促进转化。"
    [joined], [broken] = articles(text), articles(text, join=False)
    assert len(joined.blocks) == 1
    assert len(broken.blocks) == 2


@pytest.mark.parametrize(
    ("above", "kind"),
    [("", "title"), ("## 今年粮食丰收\n\n", "furniture"), ("第3期\n\n", "furniture")],
)
def test_a_name_of_a_paper_above_text_is_a_title(above: str, kind: str) -> None:
    blocks = [
        block
        for story in articles(f"# 股市周报\n\n{above}本周沪指上涨1.2%，收于3200点。\n")
        for block in story.blocks
    ]
    assert blocks[0].kind == kind


def test_a_page_with_nothing_written_has_no_articles() -> None:
    assert articles(" \n\n\t") == ()


@pytest.mark.parametrize(
    "unit",
    [
        "金",
        "金。",
        "金\n",
        "金山，区\n\n",
        "金山\n\n",
        "## 金山\n\n",
        "|a|b|\n",
        "**a",
        "[a](",
        "<a",
        "\\*",
    ],
)
def test_a_long_page_of_anything_is_segmented(unit: str) -> None:
    # no clock: a search that is quadratic in the length would not come back from this
    text = (unit * 100_000)[:100_000]
    assert sum(len(block.sentences) for story in articles(text) for block in story.blocks) > 0


def test_lines_that_are_numbered_in_chinese_are_not_joined() -> None:
    items = ["一、加强领导，落实责任", "二、扩大宣传，增加投入", "三、严格检查"]
    text = "会议通过新措施\n\n本报讯 会议昨日召开，通过以下措施。\n{}\n会议要求各地抓紧实施。\n"
    [article] = articles(text.format("\n".join(items)))
    assert [(b.kind, b.sentences[0].text) for b in article.blocks[2:-1]] == [
        ("list_item", item) for item in items
    ]
    [article] = articles("措施\n\n" + "\n".join(f"{n}、" for n in "一二三四五六") + "\n")
    assert [len(block.sentences[0].text) for block in article.blocks[1:]] == [2] * 6


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("各位同事大家好，本月值班已经排定，请互相转告，具体分工如下：", "1.大厅：田某"),
        ("各位同事大家好，本月值班已经排定，请互相转告，具体分工如下：", "（一）大厅：田某"),
        ("【关键词】粮库，", "【简介】"),
    ],
)
def test_a_numbered_or_labelled_line_does_not_go_on_above_it(above: str, below: str) -> None:
    [article] = articles(f"通知\n{above}\n{below}\n\n2.门口：张某\n")
    assert [above, below] == [b.sentences[0].text for b in article.blocks if len(b.sentences) == 1][
        1:3
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("numbers", ["1、2、3、", "①②③", "1.2.3.", "（一）（二）（三）"])
def test_short_numbered_lines_in_a_story_are_its_list(numbers: str, gap: str) -> None:
    size = len(numbers) // 3
    marks = [numbers[place : place + size] for place in range(0, len(numbers), size)]
    items = [mark + name for mark, name in zip(marks, ("开幕式", "文艺演出", "颁奖"), strict=True)]
    text = f"活动\n\n本报讯 活动将举行，欢迎参加。\n\n{gap.join(items)}\n\n门票免费。\n"
    [article] = articles(text)
    assert [(b.kind, b.sentences[0].text) for b in article.blocks[2:]] == [
        *(("list_item", item) for item in items),
        ("paragraph", "门票免费。"),
    ]


def test_a_formula_on_several_lines_is_one_block() -> None:
    [article] = articles(
        "水量\n\n水量按下式计算。\n\n$$\n\\begin{aligned}\nQ &= \\alpha\nv\n\\end{aligned}"
        "\n$$\n$$x$$\n"
        "\\[\ny = 1\n\\]\n\n计算完成。\n"
    )
    formulas = [b.sentences[0].text for b in article.blocks if b.kind == "formula"]
    assert formulas == [
        "$$ \\begin{aligned} Q &= \\alpha v \\end{aligned} $$",
        "$$x$$",
        "\\[ y = 1 \\]",
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("扫码即可参观，市民纷纷点赞。", "paragraph"),
        ("售价每公斤12元，比上周下跌一成。", "paragraph"),
        ("服务热线12345开通以来，已接到来电三千个。", "paragraph"),
        ("扫码看视频", "furniture"),
        ("售价2元", "furniture"),
        ("联系电话：62345678。", "furniture"),
        ("新闻热线 62345678。", "furniture"),
        ("电话：这是老人留给记者的唯一联系方式。", "paragraph"),
        ("地址：纸条上写着一个早已拆掉的胡同，没有人知道它在哪里", "furniture"),
        ("邮箱：他学会了发邮件。从没有人回信", "paragraph"),
        ("联系电话：他没有留下号码就走了。", "paragraph"),
        ("地址：金山区朱泾镇卫清西路168弄。", "furniture"),
        ("邮箱：来稿请发送至news@example.com。", "furniture"),
        ("江城晚报2022-06-14 10:22", "date"),
        ("发稿时间：2017-03-10 来源：江城日报", "date"),
        ("2012年4月1日　第3版：经济新闻　本报记者 何田", "date"),
        ("2012年4月1日 第二版 江城晚报 记者 吴亮", "date"),
        ("2012年4月1日 我们收到消息", "paragraph"),
        ("服务热线：96123。", "paragraph"),
        ("（2004-11-18 江城日报 记者 何平）", "date"),
        ("（全书完）", "paragraph"),
        ("- 完 -", "paragraph"),
        ("点击上方蓝字关注我们", "furniture"),
    ],
)
def test_a_sentence_that_begins_as_a_notice_does_is_text(line: str, kind: str) -> None:
    [found] = articles(f"# 街区服务升级\n\n本报讯 街区服务昨日升级。\n\n{line}\n")
    assert [block.kind for block in found.blocks][-1] == kind
