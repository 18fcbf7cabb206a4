"""Pages of plain text as people type or scan them: each line in its block, of the right kind."""

import pytest

from pipeline.language.tables import row_texts
from pipeline.records import Document
from pipeline.segment.segment import segment

BETWEEN = "⏐"


def blocks(text: str) -> list[tuple[str, str]]:
    """Return kind and text of each block; `story` parts two stories."""
    [articles] = segment(
        [Document("d", text, "d.txt")], join_broken_paragraphs=True, max_sentence_chars=200
    )
    told: list[tuple[str, str]] = []
    for article in articles:
        told += [("story", "")] * bool(told)
        told += [(b.kind, BETWEEN.join(s.text for s in b.sentences)) for b in article.blocks]
    return told


HEADED = [
    ("a name behind a box is the writer", "秋夜\n□ 苏　河\n\n风很凉。\n", ("credit", "□ 苏　河")),
    (
        "two names behind a circle",
        "秋夜\n○张三丰 王小二\n\n风很凉。\n",
        ("credit", "○张三丰 王小二"),
    ),
    ("a spread name behind a full box", "秋夜\n■ 李　明\n\n风很凉。\n", ("credit", "■ 李　明")),
    (
        "a folio line with the name of the page",
        "人民生活版　2023年11月28日　星期二　第A03版\n\n小区换新颜\n\n楼好了。\n",
        ("page_number", "人民生活版　2023年11月28日　星期二　第A03版"),
    ),
    (
        "the name of a newspaper in English",
        "THE DAILY NEWS          3\n\n大桥合龙\n\n大桥昨日合龙。\n",
        ("furniture", "THE DAILY NEWS          3"),
    ),
    (
        "a name of a newspaper set wide",
        "江 城 日 报\n第一版　　本报今日四版\n\n大桥合龙\n\n大桥昨日合龙。\n",
        ("page_number", "第一版　　本报今日四版"),
    ),
    (
        "what a database says",
        "菜价\n\n|菜|价|\n|葱|3|\n|蒜|4|\n2 rows in set (0.01 sec)\n\n价平。\n",
        ("furniture", "2 rows in set (0.01 sec)"),
    ),
    ("a report is no newspaper", "空气质量周报\n\n市区良好。\n", ("title", "空气质量周报")),
    ("the end of a letter", "来信\n\n路灯坏了。\n\n此致\n\n敬礼！\n", ("paragraph", "此致")),
    ("boxes to tick", "问卷\n\n学历：\n□ 高中\n□ 大专\n\n请交回。\n", ("list_item", "□ 高中")),
    (
        "a title with the page on which its story began",
        "要闻\n\n会议昨日召开。\n\n第4版\n台风登陆（上接第1版）\n渔船全部回港避风，学校停课一天。\n",
        ("heading", "台风登陆（上接第1版）"),
    ),
]


@pytest.mark.parametrize(("was", "text", "block"), HEADED, ids=[row[0] for row in HEADED])
def test_a_line_has_its_kind(was: str, text: str, block: tuple[str, str]) -> None:
    told = blocks(text)
    assert block in told, was
    assert ("story", "") not in told


def test_numbered_lines_are_headings_of_the_story() -> None:
    text = "安全检查\n\n一、要求\n\n各地要重视。\n\n二、安排\n\n（一）自查阶段\n\n对照标准自查。\n"
    assert blocks(text) == [
        ("title", "安全检查"),
        ("heading", "一、要求"),
        ("paragraph", "各地要重视。"),
        ("heading", "二、安排"),
        ("heading", "（一）自查阶段"),
        ("paragraph", "对照标准自查。"),
    ]


def test_short_columns_of_vertical_print_are_joined() -> None:
    text = "縣議會通過預算\n\n縣議會昨日\n三讀通過總\n預算︐歲出\n一百億元︐\n較去年增加︒\n"
    assert blocks(text)[1] == ("paragraph", "縣議會昨日三讀通過總預算︐歲出一百億元︐較去年增加︒")


def test_verses_of_one_length_are_no_columns() -> None:
    assert len(blocks("靜夜思\n\n床前明月光，\n疑是地上霜。\n舉頭望明月，\n低頭思故鄉。\n")) > 2


def test_stanzas_that_are_counted_have_headings() -> None:
    text = "小诗\n\n一、柳\n柳丝一垂\n河水就绿了\n\n二、燕\n燕子衔来\n半截春天\n"
    kinds = ["title", "heading", *["paragraph"] * 2, "heading", *["paragraph"] * 2]
    assert [kind for kind, _ in blocks(text)] == kinds


def test_a_narrow_heading_with_a_number_is_not_joined_with_its_text() -> None:
    text = "通知要求：\n一、加强组织领导\n各地要明确责任。\n（一）成立专班\n由分管领导负责。\n"
    assert [text for _, text in blocks(text)] == text.splitlines()
    assert blocks(text)[1][0] == "heading"


ROWS = [
    (
        "日程\n\n5日　上午　开幕。\n5日　下午　讨论，发言。\n6日　上午　闭幕。\n",
        [["5日", "上午", "开幕。"], ["5日", "下午", "讨论，发言。"], ["6日", "上午", "闭幕。"]],
    ),
    (
        "菜价\n\n品名        今日价\n黄  瓜        3.50\n西红柿        4.00\n",
        [["品名", "今日价"], ["黄  瓜", "3.50"], ["西红柿", "4.00"]],
    ),
    (
        "猪肉每斤 9.5元\n\n猪肉涨价。\n\n牛肉 72.3元\n羊肉 64.5元\n鸡蛋 10.2元\n\n鸡肉未涨。\n",
        [["牛肉", "72.3元"], ["羊肉", "64.5元"], ["鸡蛋", "10.2元"]],
    ),
    (
        "分工\n\n姓　名　分工\n张　强　主持全面工作\n王小明　分管农业\n",
        [["姓　名", "分工"], ["张　强", "主持全面工作"], ["王小明", "分管农业"]],
    ),
    (
        "收盘\n\n====\n代码  名称    价格\n====\n60001  邯钢    5.6\n60002  齐鲁    7.1\n====\n",
        [["代码", "名称", "价格"], ["60001", "邯钢", "5.6"], ["60002", "齐鲁", "7.1"]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cells"), ROWS)
def test_rows_keep_their_cells(text: str, cells: list[list[str]]) -> None:
    assert _cells(blocks(text)) == cells


STORY = [
    "本报讯　今年全市改造老旧小区一百二十个，惠及居民三万户，改造内容包括外墙、管道和停车位。",
    "“电梯装好了，老人下楼方便多了。”家住光明新村的王女士说，过去她每天要扶着母亲爬五层楼。",
    "据介绍，明年全市计划再改造八十个小区，总投资十二亿元，方案将充分听取居民的意见和建议。",
]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("indent", ["　　", "    "])
@pytest.mark.parametrize("columns", [10, 12, 13, 14, 16, 20, 30])
def test_a_wrapped_story_has_its_paragraphs(columns: int, indent: str, gap: str) -> None:
    wrapped = [
        "\n".join(line[at : at + columns] for at in range(0, len(line), columns)).strip()
        for line in (f"　　{paragraph}" for paragraph in STORY)
    ]
    text = gap.join(
        paragraph.replace("　　", indent) for paragraph in map("　　{}".format, wrapped)
    )
    assert blocks(f"老旧小区改造惠及三万户\n本报记者　陈晓东\n{text}\n") == [
        ("title", "老旧小区改造惠及三万户"),
        ("credit", "本报记者　陈晓东"),
        *(("paragraph", paragraph) for paragraph in STORY),
    ]


NAMES = [
    ["姓名", "现任", "拟任"],
    ["王建国", "副局长", "局长"],
    ["李梅", "科长", "副局长"],
    ["赵文", "主任", "局长"],
]
COUNTS = [
    ["企业", "产值", "增幅"],
    ["华泰", "1,200", "5.2%"],
    ["东风", "", "3.1%"],
    ["光明", "560", "—"],
]
RULED = "┌──┬──┐\n", "├──┼──┤\n", "└──┴──┘\n"


@pytest.mark.parametrize("mark", ["，", ",", ";", " ", "|", " | ", "│", "｜"])
def test_rows_without_numbers_are_a_table(mark: str) -> None:
    table = "\n".join(map(mark.join, NAMES))
    assert _cells(blocks(f"任前公示\n\n{table}\n\n公示期五天。\n")) == NAMES


@pytest.mark.parametrize("rules", [("", "", ""), RULED, ("----\n",) * 3, ("————\n",) * 3])
@pytest.mark.parametrize("bars", ["{}｜{}｜{}", "｜{}｜{}｜{}｜", "{} | {} | {}", "│{}│{}│{}│"])
def test_a_drawn_table_is_one_table_with_its_unit(bars: str, rules: tuple[str, str, str]) -> None:
    head, *rows = [bars.format(*row) for row in COUNTS]
    drawn = f"{rules[0]}{head}\n{rules[1]}" + "".join(f"{row}\n" for row in rows) + rules[2]
    told = blocks(f"工业情况\n\n表1　各企业产值\n单位：万元\n{drawn}注：初步统计。\n\n增长较快。\n")
    kinds = [kind for kind, _ in told if kind != "furniture"]
    assert kinds == ["title", "caption", "caption", "table", "footnote", "paragraph"]
    assert _cells(told) == COUNTS


def _cells(told: list[tuple[str, str]]) -> list[list[str]]:
    [table] = [own for kind, own in told if kind == "table"]
    return [row_texts(row) for row in table.split(BETWEEN)]
