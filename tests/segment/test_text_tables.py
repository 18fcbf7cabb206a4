"""Tables of plain text, marks of vertical print, and captions that name a picture's source."""

import pytest

from pipeline.language.tables import row_texts
from pipeline.records import Document
from pipeline.segment.line_kinds import is_photo_credit, line_kind
from pipeline.segment.segment import segment


def blocks(text: str) -> list[tuple[str, list[str]]]:
    [articles] = segment(
        [Document("d", text, "d.txt")], join_broken_paragraphs=True, max_sentence_chars=200
    )
    return [(b.kind, [s.text for s in b.sentences]) for a in articles for b in a.blocks]


HEAD = (
    "全区粮食喜获丰收\n\n本报讯　今年全区粮食获得丰收，总产量达到20万吨，比去年增长百分之五。\n\n"
)
TABLES = [
    "县名\t常住人口\t户籍人口\n甲县\t32.1\t35.4\n乙县\t28.7\t30.2",
    "县名    常住人口    户籍人口\n甲县    32.1        35.4\n乙县    28.7        30.2",
    "县名　常住人口　户籍人口\n甲县　32.1　35.4\n乙县　28.7　30.2",
    "品种,价格,涨跌\n白菜,1.2,0.1\n萝卜,0.8,-0.1",
    "县名，人口，面积\n甲县，32.1，500\n乙县，28.7，400",
    "县名 人口 面积\n甲县 32.1 500\n乙县 28.7 1,400",
    "│县名│人口│\n│甲县│32.1│\n│乙县│28.7│",
    "县名|人口\n甲县|32.1\n乙县|28.7",
    "大米    3.2元\n面粉    2.8元\n食用油  12.5元",
    "北京 晴 2/12℃\n上海 多云 8/15℃\n广州 小雨 18/25℃",
    "张建国 男 中学教师\n李红梅 女 护士\n王大伟 男 公交司机",
    "甲县……32.1\n乙县……28.7",
    "时间        地点\n周六上午    文化馆\n周日下午    图书馆",
    "张三　李四　王五\n赵六　钱七　孙八\n周九　吴十　郑一",
    "车次  始发站  终点站  发车\nG101  北京南  虹桥  06:43\nG103  北京南  虹桥  07:00",
    "地区    增速    占比\n华东    5.6%    32%\n华南    -1.2%   —",
    "县名    常住    户籍\n甲县    32.1    35.4\n乙县    28.7\n丙县    20.1    22.2",
    "项目\t说明\n道路\t下月开工，年底完工。\n桥梁\t已经完工。",
]


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_plain_text_are_a_table(table: str) -> None:
    assert blocks(f"{HEAD}{table}\n")[-1] == ("table", table.split("\n"))


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        (
            "地区\t季度\t产值\t备注\n东区\t一季度\t1200\t\n\t二季度\t\t待核实\n",
            [
                ["地区", "季度", "产值", "备注"],
                ["东区", "一季度", "1200", ""],
                ["", "二季度", "", "待核实"],
            ],
        ),
        (
            "地区\t\t产值\t\t\t增速\n浦东新区\t1200\t\t5.2%\n静安区\t\t890\t \t3.3%\n",
            [["地区", "产值", "增速"], ["浦东新区", "1200", "5.2%"], ["静安区", "890", "3.3%"]],
        ),
        (
            "地区\t\t产值\t\t增速\n东区\t\t1200\t5.2%\n黄浦区\t\t430\t\t4.1%\n静安区\t890\t\t3.3%\n",
            [
                ["地区", "产值", "增速"],
                ["东区", "1200", "5.2%"],
                ["黄浦区", "430", "4.1%"],
                ["静安区", "890", "3.3%"],
            ],
        ),
        ("\t县名\t人口\n\t甲县\t32.1\n", [["县名", "人口"], ["甲县", "32.1"]]),
        ("大米.....3.2元\n面粉(袋) ...... 2.8元\n", [["大米", "3.2元"], ["面粉(袋)", "2.8元"]]),
        (
            '市场,出口,"进口,万元"\n东盟,"1,234,500","987,600"\n欧盟,"1,002", "455"\n',
            [
                ["市场", "出口", "进口,万元"],
                ["东盟", "1,234,500", "987,600"],
                ["欧盟", "1,002", "455"],
            ],
        ),
    ],
)
def test_what_parts_cells_is_not_in_them(table: str, cells: list[list[str]]) -> None:
    kind, rows = blocks(f"{HEAD}{table}")[-1]
    assert (kind, [row_texts(row) for row in rows]) == ("table", cells)


def test_a_line_in_brackets_below_a_table_is_its_note() -> None:
    found = blocks(f"{HEAD}{TABLES[0]}\n（飞地另行公布）\n\n明年将继续扩大种植面积。\n")
    assert found[-2:] == [
        ("footnote", ["（飞地另行公布）"]),
        ("paragraph", ["明年将继续扩大种植面积。"]),
    ]


def test_the_rules_of_a_drawn_table_are_not_rows() -> None:
    drawn = "┌──┬──┐\n│县名│人口│\n├──┼──┤\n│甲县│32.1│\n└──┴──┘\n"
    assert blocks(drawn)[-1] == ("table", ["│县名│人口│", "│甲县│32.1│"])
    grid = "+----+----+\n| 县名 | 人口 |\n+====+====+\n| 甲县 | 32.1 |\n+----+----+\n"
    assert blocks(grid)[-1] == ("table", ["| 县名 | 人口 |", "| 甲县 | 32.1 |"])


@pytest.mark.parametrize(
    "text",
    [
        "床前明月光　疑是地上霜\n举头望明月　低头思故乡",
        "责任编辑　张三\n美术编辑　李四",
        "　　市政府昨日公布方案，总投资三亿元。\n　　市长表示，改造将保留历史建筑。",
        "记者：你好，请问今年收成如何？\n农民：很好，比去年多了两成。",
        "\t市政府昨日公布方案。\n\t市长表示欢迎。",
        "The cat sat on\nthe mat and it\nwas very happy",
        "2023年3月5日　星期日\n农历二月十四",
        "要闻　　2版\n体育　　5版\n财经　　8版",
        "要闻……2版\n体育.....5版\n财经……8版",
        "我们 爱 读书\n读书 使 人 明智\n大家 都 来",
        "他说……\n5年了……还是这样",
        "今年全区粮食获得丰收，总产量达到二十万吨，\n比去年增长百分之五，其中水稻十五万吨。",
    ],
)
def test_prose_verse_and_credits_are_no_table(text: str) -> None:
    assert "table" not in {kind for kind, _ in blocks(f"{HEAD}{text}\n")}


def test_vertical_marks_cut_as_the_ordinary_ones() -> None:
    text = (
        "市政府公布新措施\n\n市長昨日表示︐政府會全力改善交通︒居民陳先生說︓﹁希望早日落實﹂︒"
        "他又稱︐措施包括三項︔一是加開班次︒\n\n議員質疑措施成效︖當局回應︓﹃已有準備︕﹄"
        "公眾可提交意見︵截止日期為三月五日︶︒\n"
    )
    assert blocks(text)[1:] == [
        (
            "paragraph",
            [
                "市長昨日表示︐政府會全力改善交通︒",
                "居民陳先生說︓﹁希望早日落實﹂︒",
                "他又稱︐措施包括三項︔一是加開班次︒",
            ],
        ),
        (
            "paragraph",
            [
                "議員質疑措施成效︖",
                "當局回應︓﹃已有準備︕﹄",
                "公眾可提交意見︵截止日期為三月五日︶︒",
            ],
        ),
    ]


def test_a_head_of_two_lines_is_part_of_its_table() -> None:
    rows = [
        "日　期　　　等　级　　　指数",
        "（μg/m³）",
        "周一　　　优　　　32",
        "合　计　　　－　　　215",
    ]
    text = f"{HEAD}{rows[0]}\n　　　　　　　　　　{rows[1]}\n{rows[2]}\n{rows[3]}\n"
    assert blocks(text)[-1] == ("table", rows)


def test_the_unit_above_a_table_is_no_heading() -> None:
    text = f"{HEAD}单位：亿元\n项目\t本月\n收入\t12.5\n支出\t58.8\n(2 rows)\n\n下半年继续。\n"
    kinds = [kind for kind, _ in blocks(text)[2:]]
    assert kinds == ["caption", "table", "furniture", "paragraph"]


def test_characters_set_in_a_column_are_joined() -> None:
    text = (
        "校園開放日迎來千人\n\n" + "\n".join("本校3日開放︐吸引10名家長︒校長說︓﹁歡迎︒﹂") + "\n"
    )
    assert blocks(text)[1:] == [
        ("paragraph", ["本校3日開放︐吸引10名家長︒", "校長說︓﹁歡迎︒﹂"])
    ]
    two = "河濱公園舉行龍舟賽\n\n共24隊參加"
    joined = [" ".join(sentences) for kind, sentences in blocks("\n".join(two))]
    assert joined == two.split("\n\n")
    assert len(blocks("优\n良\n中\n\n差\n")) == 4


RULE = "-" * 30


@pytest.mark.parametrize("last", ["合计      4,650       ", "合计      4,650       25.2"])
def test_a_rule_between_rows_parts_no_table(last: str) -> None:
    rows = ["鱼种      产量(吨)    均价(元)", "大黄鱼    1,250       38.5"]
    rows += ["带鱼      3,400       12.0", last.rstrip()]
    text = "\n".join((RULE, rows[0], RULE, *rows[1:3], RULE, last, RULE))
    assert ("table", rows) in blocks(f"{HEAD}{text}\n")


@pytest.mark.parametrize("line", ["1999年10月12日 09:30", "2003年3月5日 9：05", "3月5日 09:30"])
def test_a_date_with_a_time_is_a_date(line: str) -> None:
    assert line_kind(line) == "date"


SOURCES = """摄/王五
摄：王五
图 王五
photo/王五
（图源网络）
本报资料图
央视新闻截图
（无人机照片）
AI生成图
（王五 摄）。
VCG
图/视觉中国
 图/新华社
（图/IC photo）
（图片来源：视觉中国）
图源：网络
（新华社发）
图 | 视觉中国
图片来自网络
摄影：李四
摄影/李四
视觉中国 图
澎湃新闻记者 王某 图
（资料图）
资料图片
图：张三
新华社/路透
人民视觉
本文图片均由受访者提供
视频截图
（受访者供图）
新华社记者 王某 摄
中央社记者王某某摄 113年3月5日
（记者王某摄于3月5日）
王小五摄/光明图片
（新华社图片）
（2021年资料图）
记者 贺兰 图
均为贺兰摄
（本文配图由市文物局提供）"""
ALONE = """图据县融媒体中心 图源网络 视频截图 （新华社图片） AI生成图片 本组图片：方圆
本版摄影：方圆 供图单位：古镇管委会
（本文配图由文物局提供）"""


@pytest.mark.parametrize("source", SOURCES.split("\n"))
def test_a_line_that_ends_with_the_source_of_a_picture_is_a_caption(source: str) -> None:
    assert line_kind(f"3月5日，农民在田里收割水稻。{source}") == "caption"


@pytest.mark.parametrize("source", ALONE.split())
def test_the_source_of_a_picture_alone_on_a_line_is_a_credit(source: str) -> None:
    text = f"{STORY}![](a.jpg)\n\n{source}\n\n灯会将开放到月底，每晚九时关门。\n"
    assert [kind for kind, _ in blocks(text)[2:]] == ["image", "credit", "paragraph"]
    assert is_photo_credit(source)


def test_cells_of_markdown_are_without_marks() -> None:
    head, rule = "| 奖项 | **获奖者** |", "|---|---|"
    rows = ["| **一等奖** | [王明](https://a.example/w) |", "| 二等奖 | 6:00\\|22:00 |"]
    shown = ["| 奖项 | 获奖者 |", "| 一等奖 | 王明 |", "| 二等奖 | 6:00\\|22:00 |"]
    table = "\n".join((head, rule, *rows))
    assert blocks(f"{HEAD}{table}\n")[-1] == ("table", shown)
    quoted = "\n".join(f"> {line}" for line in (head, rule, *rows))
    assert blocks(f"{HEAD}{quoted}\n")[-1] == ("table", shown)


STORY = "灯会开幕\n\n昨日，灯会在古镇开幕，万人参观。\n\n"
BELOW = [
    ("渔民在收网，场面壮观。（来源：新华社）\n\n今年产鱼三百吨。", 1),
    ("渔民在收网，场面壮观。\n（来源：新华社）\n\n今年产鱼三百吨。", 1),
    ("渔民在收网，场面壮观。\n\n（来源：新华社）\n\n今年产鱼三百吨。", 1),
    ("渔民在收网，场面壮观。\n\n今年产鱼三百吨。（来源：新华社）", 0),
    ("渔民在收网，场面壮观。\n\n来源：新华社", 0),
    ("航拍的大坝。 无人机航拍/罗成\n\n今年产鱼三百吨。", 1),
    ("渔民在收网，场面壮观。摄/罗成\n\n今年产鱼三百吨。", 1),
    ("渔民在收网，场面壮观。来源/渔业局\n\n湖区产鱼三百吨。", 1),
    ("他是冠军（来自山东）。今年产鱼三百吨。", 0),
]


@pytest.mark.parametrize(("below", "captions"), BELOW)
def test_a_sentence_with_its_source_below_a_picture_is_a_caption(below: str, captions: int) -> None:
    found = [kind for kind, _ in blocks(f"{STORY}![](a.jpg)\n\n{below}\n")]
    assert found.count("caption") == captions, found


# what follows a picture without a blank line, and its kind
DIRECTLY_BELOW = [
    ("渔民在湖上收网，场面壮观。\n\n今年产鱼三百吨，是十年来最多的。", "caption"),
    ("渔民在湖上收网，场面壮观。\n今年产鱼三百吨，是十年来最多的。", "paragraph"),
    ("村民老周说，今年的鱼又多又大。\n\n今年产鱼三百吨。", "paragraph"),
    ("据了解，今年产鱼三百吨。\n\n鱼将运往省城。", "paragraph"),
    ("捕鱼期将持续到五月初，之后封湖。\n\n鱼将运往省城。", "paragraph"),
    ("　　今年产鱼三百吨，都已装车。\n\n　　鱼将运往省城。", "paragraph"),
]


@pytest.mark.parametrize(("below", "kind"), DIRECTLY_BELOW)
def test_a_sentence_of_the_story_directly_below_a_picture_is_no_caption(
    below: str, kind: str
) -> None:
    found = blocks(f"{STORY}![](a.jpg)\n{below}\n")
    assert [name for name, _ in found[2:]] == ["image", kind, "paragraph"], found


@pytest.mark.parametrize("word", ["[图片]", "【图片】", "（图片1）"])
def test_a_word_for_a_picture_is_an_image(word: str) -> None:
    text = f"{STORY}{word}\n学生在学剪纸。（图源：教育局）\n\n老师说，图案有花鸟。\n"
    assert [kind for kind, _ in blocks(text)[2:]] == ["image", "caption", "paragraph"]


@pytest.mark.parametrize("line", ["（記者林美玲攝影報導）", "（记者林美玲摄影报导）"])
def test_a_reporter_who_also_took_the_pictures_is_a_credit(line: str) -> None:
    assert [kind for kind, _ in blocks(f"{STORY}{line}\n")][-1] == "credit"


@pytest.mark.parametrize("line", ["摄影：许健（除署名外）", "摄影 许健（署名除外）"])
def test_a_credit_may_except_others(line: str) -> None:
    assert line_kind(line) == "credit"


@pytest.mark.parametrize(
    "text",
    [
        "据图/视觉中国报道，今年丰收。",
        "他看了看图，什么也没说。",
        "记者在网上看到一张网络截图。",
        "农民在晒谷。来源：新华社",
        "他说，那是视频截图",
        "他用软件作画（AI生成）。",
        "会上展示了人工智能的成果。",
    ],
)
def test_a_sentence_about_a_picture_is_no_caption(text: str) -> None:
    assert line_kind(text) is None
