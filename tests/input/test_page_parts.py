"""Parts of web pages as portals and newspapers write them: labels, captions, feet, folios."""

from pathlib import Path

import pytest

from pipeline.input.accounts.html import beside_story, html_pieces
from pipeline.input.readers.html import blocks_text, story
from pipeline.input.readers.markup.blocks import page_blocks
from pipeline.input.readers.markup.headlines import from_title
from pipeline.input.readers.markup.tree import page_tree
from pipeline.input.readers.raised import raised_text
from pipeline.segment.line_kinds import is_photo_credit, line_kind
from tests.input.test_web_pages import PARAGRAPHS, THREE, TWO, blocks, page

TALK = (
    "<table><tr><td colspan=2><h2>今年如何防汛</h2></td></tr>"
    "<tr><td width=60><b>记者：</b></td><td>汛情有什么特点？</td></tr>"
    "<tr><td>陶伟：</td><td><p>来得早。雨量大。</p></td></tr>"
    "<tr><td>频道：</td><td><a href=a>国内</a></td></tr></table>"
)


def test_a_label_in_a_cell_stands_before_the_words_beside_it(tmp_path: Path) -> None:
    assert blocks(page(tmp_path, TALK))[1:3] == [
        ("paragraph", "记者：汛情有什么特点？"),
        ("paragraph", "陶伟：来得早。雨量大。"),
    ]


def test_an_address_of_a_letter_stays_below_the_table_above_its_headline() -> None:
    rows = "<tr><td>索引号</td><td>0145</td></tr><tr><td>文号</td><td>32号</td></tr>"
    letter = "<p>各乡镇人民政府：</p><p>现通知如下：</p><p>一、落实责任。分片包干。</p>"
    head = "<table><tr><td><b>关于秸秆禁烧的通知</b></td></tr>"
    body = f"<table border=1>{rows}</table>{head}<tr><td>{letter}</td></tr></table>"
    text = story(f"<title>关于秸秆禁烧的通知</title>{body}").text
    assert text.index("索引号") < text.index("各乡镇") < text.index("现通知如下")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("夏福林在第七座桥上。", "caption"),
        ("<p>夏福林在第七座桥上。</p>", "caption"),
        ("　　夏福林在桥上讲话。", "paragraph"),
        ("<a href=b>夏福林的桥。</a><img src=b>", "paragraph"),
    ],
)
def test_a_table_of_a_picture_and_a_line_has_its_caption(
    tmp_path: Path, cell: str, kind: str
) -> None:
    picture = f"<table><tr><td><img src=a></td></tr><tr><td>{cell}</td></tr></table>"
    body = f"<table><tr><td><h1>老城改造启动</h1>{picture}{PARAGRAPHS}</td></tr></table>"
    assert blocks(page(tmp_path, body))[1][0] == kind


def test_what_a_list_says_of_a_picture_is_its_caption() -> None:
    body = "<dl><dt><img src=a></dt><dd>观众在岸边加油。</dd></dl><dl><dt>船</dt><dd>木船</dd></dl>"
    assert blocks_text(body) == "![观众在岸边加油。](caption)\n\n- 船\n\n- 木船\n"


def test_what_a_site_says_of_itself_below_a_story_is_its_foot(tmp_path: Path) -> None:
    foot = "<table><tr><td><font>关于我们 | 联系方式<br>清泉日报社主办</font></td></tr></table>"
    body = f"<h1>老城改造启动</h1>{PARAGRAPHS}<p>（责任编辑：小雨）</p>{foot}"
    assert [text for _, text in blocks(page(tmp_path, body))[-2:]] == [THREE, "（责任编辑：小雨）"]
    own = f"<h1>社团招新</h1>{PARAGRAPHS}联系方式 | 微信群<br>校团委主办<br>{TWO}"
    assert "校团委主办" in page(tmp_path, own).text


def test_the_day_of_a_masthead_is_read_once() -> None:
    day = "2018年11月06日　星期二"
    masthead = f"<div>96110</div><div>{day}</div><div>A08版：身边</div><div>{day}</div>"
    tree = page_tree(f"{masthead}<p><b>修桥老人获表彰</b></p>{PARAGRAPHS}")
    assert tree is not None
    told = from_title(page_blocks(tree), "修桥老人获表彰")
    assert [block.plain for block in told[:3]] == ["修桥老人获表彰", day, "A08版：身边"]
    assert line_kind("A08版：身边") == "page_number"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "2011-10-20 09:15 来源：某晚报 【字号：<a href=#>大</a> <a href=#>中</a> 小】",
            "2011-10-20 09:15 来源：某晚报",
        ),
        ("2006-5-9 8:30 点击：88　【大 中 小】　【打印】", "2006-5-9 8:30 点击：88"),
        ("2019年10月8日 字号：【大 中 小】", "2019年10月8日 字号：【大 中 小】"),
        ("大中小企业 来源：某晚报", "大中小企业 来源：某晚报"),
    ],
)
def test_the_controls_beside_the_day_of_a_page_are_no_text(line: str, shown: str) -> None:
    page = f"<title>老城改造启动</title><h1>老城改造启动</h1><div>{line}</div>{PARAGRAPHS}"
    found = story(page)
    assert found.text.split("\n\n")[1] == shown
    pieces = beside_story(html_pieces(page), found.text, found.notices)
    held = "".join(piece.text for piece in pieces if piece.why == "a button")
    assert ("小" in held) is (line != shown)


@pytest.mark.parametrize(
    "drawn",
    [
        "",
        "<span class=MathJax_Preview></span>",
        "<span class=MathJax_Preview>45</span>",
        "<span class=MathJax_Preview></span><span class=MathJax>45</span>",
        "<span class=MathJax_Display><i class=MathJax>45</i></span>",
    ],
)
def test_a_formula_for_a_script_is_read_once(drawn: str) -> None:
    told = f"<p>到会{drawn}<script type='math/tex'>45</script>人。</p><script>甲()</script>"
    assert "到会45人。" in story(f"<h1>老城改造启动</h1>{told}{PARAGRAPHS}").text


def test_an_amount_at_the_start_of_an_item_is_no_number_of_its_own() -> None:
    items = ["1.5亿元用于改造。", "2.3%的企业停产。", "3.1 总则", "4. 附则"]
    listed = "".join(f"<li>{item}</li>" for item in items)
    assert blocks_text(f"<ol>{listed}</ol>").split("\n\n") == [
        "- 1. 1.5亿元用于改造。",
        "- 2. 2.3%的企业停产。",
        "- 3.1 总则",
        "- 4. 附则\n",
    ]


def test_an_item_that_begins_with_a_link_back_to_the_text_is_a_note() -> None:
    notes = "<ol class=references><li><a href='#r1'>①</a> 由市环保局提供。</li></ol>"
    assert blocks_text(f"<p>水质达标<sup><a href='#n1'>①</a></sup>。</p>{notes}") == (
        "水质达标①。\n\n[^①]: 由市环保局提供。\n"
    )


def test_what_a_portal_puts_around_a_story_is_no_text_of_it(tmp_path: Path) -> None:
    logo = (
        "<table><tr><td><img src=a></td><td>今天是2010年12月28日 星期二</td><td></td></tr></table>"
    )
    teaser = "<td>图片新闻<br><a href=b>海鸥飞抵海滨公园</a></td>"
    foot = "<p>港城网 版权所有</p><p>经营许可证：鲁B2-20050012</p><p><a href=c>回上一頁</a></p>"
    foot += "<p>您是第 1234567 位访问者</p>"
    body = f"{logo}<table><tr><td><h1>港口破亿吨</h1>{PARAGRAPHS}</td>{teaser}</tr></table>{foot}"
    found = blocks(page(tmp_path, body, "<title>港口破亿吨</title>"))
    assert [kind for kind, _ in found] == ["title", *["paragraph"] * 3]


def test_a_centred_sentence_below_a_picture_is_its_caption() -> None:
    shown = "<p><img src=a></p><p align=center>　　{}</p><p>正文。</p>"
    assert blocks_text(shown.format("读书会现场。")).startswith("![读书会现场。](caption)")
    assert blocks_text(shown.format("他来了。他说好。")).startswith("他来了。")


def test_raised_text_above_a_fraction_line_is_no_note() -> None:
    text = "当归涨<sup>1</sup>/<sub>3</sub>，甲<sup>1</sup>/乙。"
    assert blocks_text(f"<p>{text}</p>").strip() == "当归涨¹/₃，甲[1]/乙。"


def test_the_target_of_a_link_back_from_a_note_is_no_blank() -> None:
    text = "位于县城<sup>[1]</sup><a name=ref_1>&nbsp;</a>，<a name=b>桥</a>长64米。"
    assert blocks_text(f"<p>{text}</p>").strip() == "位于县城[1]，桥长64米。"
    assert line_kind("注①：市场均价。") == "footnote"


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td>江城网</td><td><a href=a>首页</a>-<a href=b>江城</a></td></tr>",
        "<tr><td>第02版：评论</td><td><a href=a>PDF版</a></td></tr>"
        "<tr><td colspan=2><a href=b>慢一点又何妨</a></td></tr>",
    ],
)
def test_a_menu_beside_a_name_is_no_table_of_data(tmp_path: Path, table: str) -> None:
    body = f"<table>{table}</table><table><tr><td><h1>老城改造</h1>{PARAGRAPHS}</td></tr></table>"
    assert "|" not in page(tmp_path, body).text


def test_a_table_of_names_in_links_and_figures_is_data() -> None:
    rows = "".join(f"<tr><td><a href={n}>{n}县</a></td><td>{n}3.5万</td></tr>" for n in "123")
    assert blocks_text(f"<table>{rows}</table>").startswith("| 1县 | 13.5万 |\n| 2县 |")


def test_a_list_laid_out_with_a_table_has_its_numbers_before_its_sentences() -> None:
    rows = "<tr><td>一、</td><td>小麦要排渍。</td></tr><tr><td>二、</td><td>油菜要追肥。</td></tr>"
    assert blocks_text(f"<table>{rows}</table>") == "一、小麦要排渍。\n\n二、油菜要追肥。\n"
    drawn = blocks_text(f"<table border=1>{rows}</table>")
    assert drawn.startswith("| 一、 | 小麦要排渍。 |")


def test_the_caption_of_a_portrait_beside_a_story_is_below_its_headline(tmp_path: Path) -> None:
    portrait = "<td><img src=a><br><center>画家洪川</center></td>"
    body = f"<table><tr>{portrait}<td><h3>洪川二三事</h3>{PARAGRAPHS}</td></tr></table>"
    found = blocks(page(tmp_path, body))
    assert found[:2] == [("title", "洪川二三事"), ("caption", "画家洪川")]


@pytest.mark.parametrize("author", ["方宁", "本报记者　方宁"])
def test_a_heading_below_a_headline_that_is_a_name_is_a_credit(tmp_path: Path, author: str) -> None:
    head = f"<h1>别让扫码难住老人</h1><h2>——从买菜说起</h2><h4>{author}</h4>"
    body = f"<p>第02版：评论</p>{head}{PARAGRAPHS}"
    found = blocks(page(tmp_path, body, "<title>别让扫码难住老人</title>"))
    assert [kind for kind, _ in found[:3]] == ["title", "subtitle", "credit"]
    own = blocks(page(tmp_path, f"<h1>劳模风采</h1><h2>方宁</h2>{PARAGRAPHS}"))
    assert own[1] == ("heading", "方宁")


def test_where_the_pictures_of_a_text_are_from_is_no_byline() -> None:
    assert is_photo_credit("（本文图片除署名外均由保护区提供）")
    assert not is_photo_credit("文/图 张三")


def test_a_photographer_in_english_below_a_picture_is_its_caption() -> None:
    text = blocks_text("<p><img src=a></p><p>Photo by 秦岭</p><p>正文在此。</p>")
    assert text.startswith("![Photo by 秦岭](caption)")


def test_the_mass_of_any_isotope_is_raised() -> None:
    text = "其中<sup>147</sup>Sm，<sup>40</sup>Ar，<sup>3</sup>He。"
    assert blocks_text(f"<p>{text}</p>").strip() == "其中¹⁴⁷Sm，⁴⁰Ar，³He。"


def test_a_table_with_one_cell_of_text_in_each_row_is_layout() -> None:
    rows = (
        "<tr><td><img src=a></td><td><b>张慧代表</b></td></tr>"
        "<tr><td colspan=2>托育机构太少。收费应由政府指导。</td></tr>"
    )
    assert blocks_text(f"<table>{rows}</table>").split() == [
        "张慧代表",
        "托育机构太少。收费应由政府指导。",
    ]
    spanned = "<tr><td rowspan=2>甲县</td><td></td></tr><tr><td>32.1</td></tr>"
    assert blocks_text(f"<table>{spanned}</table>") == "| 甲县 |  |\n| 甲县 | 32.1 |\n"


def test_a_row_of_links_below_a_story_is_no_text_of_it(tmp_path: Path) -> None:
    links = "<p><a href=6>上一章</a> <a href=l>目录</a> <a href=8>下一章</a></p>"
    found = blocks(page(tmp_path, f"<h1>老巷</h1>{PARAGRAPHS}<p>（未完待续）</p>{links}"))
    assert found[-1][1] == "（未完待续）"


def test_notes_are_known_by_their_list_and_by_roman_numbers() -> None:
    listed = "<ol class=footnotes><li>按2015年价格。</li><li>剔除沙尘影响。</li></ol>"
    assert blocks_text(listed) == "[^1]: 按2015年价格。\n\n[^2]: 剔除沙尘影响。\n"
    end = "<div id=edn2><p><a href='#_ednref2' name=_edn2><span>[ii]</span></a> 据史记。</p></div>"
    assert blocks_text(end) == "[^ii]: 据史记。\n"


@pytest.mark.parametrize("source", ["图自东方IC", "网友阿木"])
def test_a_sentence_beside_a_picture_with_words_behind_is_its_caption(
    tmp_path: Path, source: str
) -> None:
    body = f"<h1>花市</h1><p>开市。</p><p><img src=a><em>夜晚的花市。{source}</em></p><p>闭市。</p>"
    assert blocks(page(tmp_path, body))[2:] == [
        ("caption", f"夜晚的花市。{source}"),
        ("paragraph", "闭市。"),
    ]


def test_a_bold_line_below_the_picture_of_a_page_is_the_headline(tmp_path: Path) -> None:
    head = (
        "<tr><td colspan=2>湖滨日报 2010年6月1日 星期二 <a href=a>上一版</a></td></tr><tr>"
        "<td><img src=7></td><td align=center><b><font size=5>留守儿童的电话日</font></b></td></tr>"
    )
    foot = "<p>湖滨日报社 地址：湖滨路8号 电话：87654321</p>"
    body = f"<table>{head}<tr><td colspan=2>{PARAGRAPHS}</td></tr></table>{foot}"
    found = page(tmp_path, body, "<title>湖滨日报 - 2010年6月1日 - 第七版</title>")
    assert [kind for kind, _ in blocks(found)] == ["title", *["paragraph"] * 3]
    assert found.title == "留守儿童的电话日"


def test_a_headline_that_ends_with_the_name_of_a_page_is_read(tmp_path: Path) -> None:
    head = "<tr><td align=center><b>排水管网工程招标公告</b></td></tr>"
    body = f"<table>{head}<tr><td>{PARAGRAPHS}</td></tr></table>"
    assert page(tmp_path, body, "<title>招标公告</title>").title == "排水管网工程招标公告"


def test_a_letter_raised_behind_an_amount_is_the_mark_of_a_note() -> None:
    assert raised_text("a", "亩产1026.7kg") == "[a]"
    assert raised_text("a", "kg") == "a"


def test_a_number_struck_out_beside_the_new_one_is_set_aside(tmp_path: Path) -> None:
    found = page(tmp_path, "<p>现价<s>80</s>60元，共3<del>5</del>件，<s>上午</s>开会。</p>")
    assert "现价60元，共3件，上午开会。" in found.text
