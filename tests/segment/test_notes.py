"""Notes below a text, items of several lines and credits of pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.input.readers.markup.markdown import plain_markdown
from pipeline.records import Article, Document
from pipeline.segment.parts.notes import marks_in, note_mark
from pipeline.segment.segment import segment

NOTES = ("数据截至去年底。", "不含农场")


def rows(text: str) -> list[tuple[str, str]]:
    """Return the kind and the text of every block of the only article of a page."""
    article = article_of(text)
    return [(block.kind, "".join(s.text for s in block.sentences)) for block in article.blocks]


def article_of(text: str) -> Article:
    """Return the only article of a page of Markdown."""
    document = Document("d", plain_markdown(text), "d.md", "page", None)
    [[article]] = segment([document], join_broken_paragraphs=True, max_sentence_chars=200)
    return article


@pytest.mark.parametrize("gap", ["\n\n", "\n", "  \n"])
@pytest.mark.parametrize(
    "marks",
    [("[1]", "[2]"), ("①", "②"), (r"\*", r"\*\*"), ("†", "‡"), ("(1)", "(2)"), ("1)", "2)"),
     ("[a]", "[b]"), ("[注1]", "[注2]"), ("¹", "²"), ("（1）", "（2）"), ("ᵃ", "ᵇ"),
     ("﹝1﹞", "﹝2﹞")],
)  # fmt: skip
def test_a_line_whose_mark_is_in_the_text_is_a_note(marks: tuple[str, str], gap: str) -> None:
    notes = [f"{mark} {note}" for mark, note in zip(marks, NOTES, strict=True)]
    text = f"# 粮食丰收\n\n产量达598.0万吨{marks[0]}，增长3.5%{marks[1]}。\n\n{gap.join(notes)}\n"
    assert [kind for kind, _ in rows(text)] == ["title", "paragraph", "footnote", "footnote"]


def test_a_list_is_no_note_where_the_text_only_counts_or_names() -> None:
    assert ("footnote", "①一说次年。") in rows("# 桥\n\n1937①年冬，桥毁。\n\n①一说次年。\n")
    for told in ("分三项：①水质；②空气。", "请看图①、图②。", "第①项和第②项重要。", "共(1)个。"):
        text = f"# 环境监测\n\n{told}\n\n①水质达标。\n\n②空气良好。\n\n(1)其他。\n"
        assert "footnote" not in [kind for kind, _ in rows(text)]


def test_the_only_mark_of_a_text_names_the_line_that_ends_it() -> None:
    text = "# 水质好转\n\n浓度为1998 年①以来最低，设站等②处。\n\n"
    last = "① 该年开始有完整记录。"
    one = text.replace("等②处", "六处")
    assert rows(f"{one}{last}\n")[-1] == ("footnote", last)
    assert rows(f"{text}{last}\n")[-1][0] == "list_item"
    assert rows(f"{one}{last}\n\n水务局表示，治理还将继续。\n")[-2][0] == "list_item"
    assert rows("# 卫星\n\n分辨率0.5m<sup>2)</sup>。\n\n2) 全色谱段。\n")[-1][0] == "footnote"


@pytest.mark.parametrize(("text", "kind"), [("架*。", "footnote"), ("架。", "list_item")])
def test_a_lone_star_is_a_note_if_a_star_marks_a_word(text: str, kind: str) -> None:
    found = rows(f"# 农机下乡\n\n全县有无人机120{text}\n\n* 含合作社自购。\n\n产值见表。\n")
    assert found[2][0] == kind
    assert found[2][1].endswith("含合作社自购。")


@given(st.text(alphabet="12①②*†[]()（）a。，字 ", max_size=40))
def test_marks_are_found_in_any_text(text: str) -> None:
    assert all(mark for mark in marks_in(text))
    assert note_mark(text) in (text, *text.split(), "") or text.lstrip("[(（〔")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("- 一项长的说明\n  接着说。\n- 二项。", ["一项长的说明接着说。", "二项。"]),
        ("1. 修路\n   十公里\n2. 架桥\n   两座", ["1. 修路十公里", "2. 架桥两座"]),
        ("10. 修路\n    十公里\n11. 架桥", ["10. 修路十公里", "11. 架桥"]),
    ],
)
def test_a_line_below_the_text_of_an_item_continues_it(written: str, read: list[str]) -> None:
    found = rows(f"# 年度计划\n\n今年有两项工作。\n\n{written}\n\n市长说，要抓紧。\n")
    assert found[2:-1] == [("list_item", text) for text in read]


def test_a_paragraph_inside_an_item_does_not_part_its_list() -> None:
    found = rows("# 报名\n\n请备齐。\n\n1. 带身份证\n\n   原件和复印件。\n2. 填表\n\n欢迎来电。\n")
    assert found[2:5] == [
        ("list_item", "1. 带身份证"),
        ("paragraph", "原件和复印件。"),
        ("list_item", "2. 填表"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "（文内图片除署名外均由园区提供）",
        "【图片由赛事组委会提供】",
        "以上图片均由本报记者张磊摄",
        "（图片均为受访者提供）",
    ],
)
def test_a_line_on_all_pictures_is_a_credit(line: str) -> None:
    text = f"# 龙舟赛\n\n比赛昨日举行。\n\n{line}\n\n观众有5万人。\n"
    assert ("credit", line) in rows(text)
    assert article_of(text).byline is None


def test_code_and_links_to_files_lose_their_marks_and_an_empty_quotation_is_a_gap() -> None:
    text = "# 视力筛查\n\n为期`2个月`，见[附件1](a.pdf)。\n\n> 甲说。\n>\n> 乙说。\n"
    assert [text for _, text in rows(text)[1:]] == ["为期2个月，见附件1。", "甲说。", "乙说。"]


def test_the_day_of_front_matter_with_a_time_zone_is_the_date() -> None:
    text = "---\ntitle: 添新书\ndate: 2023-09-01T08:00:00+08:00\n---\n\n学校收到新书。\n"
    assert article_of(text).date == "2023-09-01"


def test_a_name_that_ends_like_a_role_is_a_name() -> None:
    assert rows("# 开幕\n\n2023年5月6日　本报记者　孙文\n\n文化节昨日开幕。\n")[1][0] == "date"


def test_a_desk_in_brackets_is_no_byline_and_an_author_above_the_text_is_one() -> None:
    assert article_of("# 灯会\n\n昨晚开幕，游客8万人次。\n\n（责任编辑：郑洁）\n").byline is None
    text = "---\ntitle: 新院区\nauthor: 记者 彭涛\n---\n\n新院区昨日启用。\n"
    assert article_of(text).byline == "记者 彭涛"


def test_items_of_a_list_stay_items_where_another_note_has_the_mark_of_the_first() -> None:
    text = "# 开工\n\n占地3.5万平方米①。\n\n① 建楼；\n② 改造操场；\n\n①含绿地。\n"
    assert [kind for kind, _ in rows(text)[2:]] == ["list_item", "list_item", "footnote"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("茶馆始于唐代①，盛于明清②。\n\n① 见某书。\n\n② 同上。", "pff"),
        ("茶馆始于唐代①，盛于②明清。\n\n① 见某书。\n\n② 同上。", "pff"),
        ("县志修于乾隆十年。①凡二十卷。②\n\n板藏县库。\n\n①一说九年。\n\n②今存。", "ppff"),
        ("| 晚班* | 6时 |\n\n*雾天停航。\n\n以公告为准。", "tfp"),
        ("城中有茶馆三百家[3]。\n\n[3] 据旧册统计。", "pf"),
        ("竹编很早[1]，极盛[2-4]。\n\n[1] 甲书。\n\n[2] 乙书。\n\n[3] 丙书。", "pfff"),
        ("弄堂〔1〕很深。\n\n〔1〕又作里弄。", "pf"),
        ("办法如下：①登记②领证。\n\n① 先到窗口登记。\n\n② 再领证。", "pll"),
        ("符合①至③之一即可。\n\n① 本地居民。\n\n② 在校学生。\n\n③ 老人。", "plll"),
        ("正文很长。\n\n## 注释\n\n1. 见某书。\n\n2 同上，卷五。", "phff"),
    ],
)
def test_lines_that_the_text_names_by_a_mark_are_notes(text: str, expected: str) -> None:
    found = "".join(kind[0] for kind, _ in rows(f"# 江南的茶馆\n\n{text}\n"))
    assert found == f"t{expected}"
