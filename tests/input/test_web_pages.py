"""Web pages of other makers: layout tables, merged cells, list numbers, notes, hidden text."""

import re
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from pipeline.input.read import read_documents
from pipeline.input.readers.html import blocks_text, story
from pipeline.input.readers.markup.tree import page_tree
from pipeline.records import Document, Edition, Failure
from pipeline.segment.segment import segment

ONE = "市政府昨日公布老城改造方案，总投资3.5亿元，惠及居民1200户。工程分三期进行。"
TWO = "市长在会上表示，改造将保留历史建筑，并增加绿地和停车位。居民对方案普遍表示欢迎。"
THREE = "据了解，方案经过三轮公开征求意见，共收到市民建议两百余条，其中多数已被采纳。"


def read(path: Path) -> Document | Failure:
    [row] = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    assert not isinstance(row, Edition)
    return row


def page(folder: Path, body: str, head: str = "", encoding: str = "utf-8") -> Document:
    path = folder / "page.html"
    path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    found = read(path)
    assert isinstance(found, Document), found
    return found


def lines(folder: Path, body: str) -> list[str]:
    return [line for line in page(folder, body).text.split("\n") if line]


def blocks(found: Document) -> list[tuple[str, str]]:
    [articles] = segment([found], join_broken_paragraphs=True, max_sentence_chars=200)
    return [(b.kind, "".join(s.text for s in b.sentences)) for a in articles for b in a.blocks]


MENU = "<table><tr><td><a href=a>首页</a></td><td><a href=b>要闻</a></td></tr></table>"
PARAGRAPHS = f"<p>　　{ONE}</p><p>　　{TWO}</p><p>　　{THREE}</p>"
BREAKS = f"&nbsp;&nbsp;&nbsp;&nbsp;{ONE}<br><br>&nbsp;&nbsp;{TWO}<br>\n<br>　　{THREE}"
LAYOUTS = {
    "nested": f"{MENU}<table><tr><td>导航</td><td><table><tr><td><b>老城改造启动</b></td></tr>"
    f"<tr><td>2003年03月05日 第一版</td></tr><tr><td>{PARAGRAPHS}</td></tr></table></td></tr>"
    "</table>",
    "one cell": "<table><tr><td><h1>老城改造启动</h1></td></tr>"
    f"<tr><td>{PARAGRAPHS}</td></tr></table>",
    "breaks": f"<table border=0><tr><td width=150><a href=1>首页</a><br><a href=2>要闻</a></td><td>"
    f"<center><font size=5><b>老城改造启动</b></font></center><hr>{BREAKS}</td></tr></table>",
    "loose": f"<h1>老城改造启动</h1>{ONE}<p>{TWO}<p>{THREE}",
    "divisions": f"<h1>老城改造启动</h1><div>{ONE}</div><div>{TWO}</div><div>{THREE}</div>",
    "presentation": f"<table role=presentation><tr><th>老城改造启动</th></tr><tr><td>{PARAGRAPHS}"
    "</td></tr></table>",
    "hidden until a script shows it": f"<h1>老城改造启动</h1><div id=js_content style="
    f"'visibility: hidden; opacity: 0'><section><p>{ONE}</p></section><section><span>{TWO}</span>"
    f"</section><p>{THREE}</p></div>",
    "shown without scripts": "<div id=app></div><noscript><h1>老城改造启动</h1>"
    f"{PARAGRAPHS}</noscript>",
    "a frame with its page": "<h1>老城改造启动</h1>"
    f"<iframe srcdoc='&lt;p&gt;{ONE}&lt;/p&gt;'></iframe>"
    f"<p>{TWO}</p><p>{THREE}</p>",
    "character data": f"<h1>老城改造启动</h1><p><![CDATA[{ONE}]]></p><p>{TWO}<br/>{THREE}</p>",
    "conditional comments": f"<h1>老城改造启动</h1><!--[if IE]><p>请升级浏览器。</p><![endif]-->"
    f"<![if !IE]><p>{ONE}</p><![endif]><p>{TWO}</p><!-- 注释 --><p>{THREE}</p>",
    "rights and buttons": f"<h1>老城改造启动</h1>{PARAGRAPHS}<p>分享到：微博</p>"
    "<p>Copyright 2003 某报 版权所有</p>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_paragraphs_of_a_page_are_paragraphs(tmp_path: Path, name: str, encoding: str) -> None:
    head = "<title>老城改造启动-某报</title>"
    found = page(tmp_path, LAYOUTS[name], head, encoding)
    assert found.title == "老城改造启动"
    told = [(kind, text) for kind, text in blocks(found) if kind not in ("date", "heading")]
    assert told == [("title", "老城改造启动"), *(("paragraph", text) for text in (ONE, TWO, THREE))]


def test_the_date_above_a_story_is_its_date(tmp_path: Path) -> None:
    found = page(tmp_path, LAYOUTS["nested"], "<title>老城改造启动</title>")
    assert found.date == "2003年03月05日"
    assert ("date", "2003年03月05日 第一版") in blocks(found)


# body of a short page, its lines
SHORT = [
    (
        "<p>本报讯 收购价为每<b>50公斤</b>127元，提高<b>1元</b>。</p>"
        "<p>可到<a href=x>就近粮库</a>办理。</p>",
        ["本报讯 收购价为每50公斤127元，提高1元。", "可到就近粮库办理。"],
    ),
    (
        "<p>这是一个<b>重要</b>的消息，请<a href=x>点击这里</a>查看"
        "<font color=red>详情</font>。</p>",
        ["这是一个重要的消息，请点击这里查看详情。"],
    ),
    ("<p>市政府\n   昨日公布\n\t方案。</p>", ["市政府昨日公布方案。"]),
    ("<p><ruby>漢<rp>(</rp><rt>han</rt><rp>)</rp></ruby>字很美。</p>", ["漢字很美。"]),
    (
        "<p>面积50m<sup>2</sup>，H<sub>2</sub>O，10<sup>6</sup>人，12%<sup>3</sup>。</p>",
        ["面积50m²，H₂O，10⁶人，12%[3]。"],
    ),
    (
        "<p>1923<sup><a href=#n>5</a></sup>年，后证实<sup>[1]</sup>。</p>",
        ["1923[5]年，后证实[1]。"],
    ),
    (
        "<p>总投资<span class=katex><span class=katex-mathml><math><mn>400</mn><annotation>400"
        "</annotation></math></span><span class=katex-html>400</span></span>万元。</p>",
        ["总投资400万元。"],
    ),
    (
        "<p>约<math><msup><mn>10</mn><mn>8</mn></msup><mo>×</mo><mfrac><mn>1</mn><mn>3</mn></mfrac>"
        "</math>吨，<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>\\geq 3"
        "</annotation></semantics></math>。</p>",
        ["约10⁸×1/3吨，≥3。"],
    ),
    (
        "<p>装机<span><span style='display: none'><math><mn>2250</mn></math></span>"
        "<img src=a.svg alt=2250></span>万千瓦。</p>",
        ["装机2250万千瓦。"],
    ),
    ("<p>系数为0.47*。</p><p>* 系初步核算数。</p>", ["系数为0.47*。", "[*] 系初步核算数。"]),
    ("<p>* 一是修路。</p><p>* 二是建桥。</p>", ["* 一是修路。", "* 二是建桥。"]),
    ("<p>他说&ldquo;好&rdquo;&mdash;&mdash;300&#20803;&#x3002;</p>", ["他说“好”——300元。"]),
    ("<p>AT&amp;amp;T与&amp;nbsp;华为&amp;ldquo;合作&amp;rdquo;。</p>", ["AT&T与 华为“合作”。"]),
    ("<p>他说<q>好的</q>。</p>", ["他说“好的”。"]),
    ("<p>姓名：陶<img alt=喆 src=z.gif>。<img alt=logo src=a></p>", ["姓名：陶喆。"]),
    (f"<p>{ONE}<span style='display:none'>盗版必究</span></p>", [ONE]),
    (f"<p>{ONE}</p><noscript>您的浏览器不支持JavaScript。</noscript>", [ONE]),
    (
        "<figure><img src=a.jpg><figcaption>老城效果图</figcaption></figure><p>正文在此。</p>",
        ["![老城效果图](caption)", "正文在此。"],
    ),
    (
        f"<details><summary>详情</summary><p>{ONE}</p></details>",
        ["详情", ONE],
    ),
    (
        "<p>通知如下。</p><dl><dt>时间</dt><dd>3月5日上午9时</dd></dl>",
        ["通知如下。", "- 时间", "- 3月5日上午9时"],
    ),
    (
        "<pre>市政府昨日公布，总投资\n3.5亿元。\n\n市长欢迎。</pre>",
        ["市政府昨日公布，总投资", "3.5亿元。", "市长欢迎。"],
    ),
    (
        "<p>正文在此。</p><aside role=doc-footnote id=fn3>3 脚注文字。</aside>",
        ["正文在此。", "[^3]: 脚注文字。"],
    ),
]


@pytest.mark.parametrize(("body", "expected"), SHORT)
def test_a_paragraph_reads_as_it_is_shown(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert lines(tmp_path, body) == expected


# a list, the marks of its items
LISTS = [
    ("<ol><li>甲</li><li>乙</li></ol>", ["- 1. 甲", "- 2. 乙"]),
    ("<ol start=3><li>甲</li></ol>", ["- 3. 甲"]),
    ("<ol reversed><li>甲</li><li>乙</li></ol>", ["- 2. 甲", "- 1. 乙"]),
    ("<ol><li>甲</li><li value=9>乙</li><li>丙</li></ol>", ["- 1. 甲", "- 9. 乙", "- 10. 丙"]),
    ("<ol type=a><li>甲</li><li>乙</li></ol>", ["- a. 甲", "- b. 乙"]),
    ("<ol type=I start=4><li>甲</li></ol>", ["- IV. 甲"]),
    ("<ol style='list-style-type: cjk-ideographic' start=11><li>甲</li></ol>", ["- 十一、甲"]),
    ("<ol style='list-style:none'><li>（一）甲</li></ol>", ["- （一）甲"]),
    ("<ol><li>1. 甲</li><li>二、乙</li></ol>", ["- 1. 甲", "- 二、乙"]),
    ("<ul><li>甲<ol><li>子</li></ol></li><li>乙</li></ul>", ["- 甲", "- 1. 子", "- 乙"]),
    ("<ol><li><p>甲</p><p>又</p></li><li>乙</li></ol>", ["- 1. 甲", "又", "- 2. 乙"]),
    (
        "<ol><li><h3>甲</h3><p>又</p></li><li><dl><dt>乙</dt><dd>子</dd></dl></li></ol>",
        ["### 1. 甲", "又", "- 2. 乙", "- 子"],
    ),
    ("<ol><li><h3>一、甲</h3></li></ol><ul><li><h3>乙</h3></li></ul>", ["### 一、甲", "### 乙"]),
    ("<ul style='list-style-type:decimal'><li>甲</li></ul>", ["- 1. 甲"]),
    ("<ol style='list-style-type:lower-greek'><li>甲</li></ol>", ["- α. 甲"]),
    ("<ol type=A start=27><li>甲</li></ol>", ["- AA. 甲"]),
    ("<ol style='counter-reset:list-item 4'><li>甲</li></ol>", ["- 5. 甲"]),
    (
        "<table border=1><tr><td>步骤</td><td>要求</td></tr><tr><td>取件</td>"
        "<td><ol><li>到场</li><li>出示</li></ol><ul><li>其他</li></ul></td></tr></table>",
        ["| 步骤 | 要求 |", "| 取件 | 1. 到场 2. 出示 - 其他 |"],
    ),
]


@pytest.mark.parametrize(("body", "expected"), LISTS)
def test_items_have_the_numbers_that_a_browser_shows(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert lines(tmp_path, f"<p>规定如下，请遵守。</p>{body}")[1:] == expected


# a table, its rows
TABLES = [
    (
        "<table><thead><tr><th rowspan=2>县名</th><th colspan=2>人口</th></tr><tr><th>常住</th>"
        "<th>户籍</th></tr></thead><tbody><tr><td rowspan=2>乙县</td><td>28.7</td><td>30.2</td>"
        "</tr>"
        "<tr><td>28.1</td><td>30.1</td></tr></tbody></table>",
        [
            "| 县名 | 人口 | 人口 |",
            "| 县名 | 常住 | 户籍 |",
            "| 乙县 | 28.7 | 30.2 |",
            "| 乙县 | 28.1 | 30.1 |",
        ],
    ),
    (
        "<table border=1><caption>表1 人口</caption><tr><td>县</td><td>注</td></tr><tr><td>甲</td>"
        "<td>较上年增长。</td></tr><tr><td>乙</td><td>一<br>二|三</td></tr></table>",
        ["![表1 人口](caption)", "| 县 | 注 |", "| 甲 | 较上年增长。 |", "| 乙 | 一 二／三 |"],
    ),
    (
        "<table><tr><td>甲</td><td rowspan=3>乙</td></tr><tr><td>丙</td></tr>"
        "<tr><td>丁</td></tr></table>",
        ["| 甲 | 乙 |", "| 丙 | 乙 |", "| 丁 | 乙 |"],
    ),
    (
        "<table><tr><td colspan=2>甲</td><td>乙</td></tr><tr><td>1</td><td>2</td></tr></table>",
        ["| 甲 | 甲 | 乙 |", "| 1 | 2 |  |"],
    ),
    (
        "<table><tr><td>甲</td><td rowspan=9999999999>乙</td></tr><tr><td>丙</td></tr></table>",
        ["| 甲 | 乙 |", "| 丙 | 乙 |"],
    ),
    (
        "<table><tbody><tr><td>日</td><td>带班</td></tr><tr><td>1</td><td rowspan=0>甲</td></tr>"
        "<tr><td>2</td></tr></tbody><tbody><tr><td>3</td><td>乙</td></tr></tbody></table>",
        ["| 日 | 带班 |", "| 1 | 甲 |", "| 2 | 甲 |", "| 3 | 乙 |"],
    ),
    (
        "<table><tfoot><tr><td>计</td><td>3</td></tr></tfoot><thead><tr><th>日</th><th>人</th></tr>"
        "</thead><tbody><tr><td rowspan=9>1</td><td>1</td></tr></tbody></table>",
        ["| 日 | 人 |", "| 1 | 1 |", "| 计 | 3 |"],
    ),
    (
        "<table border=1><thead><tr><td>区</td><td>价</td></tr></thead><tr><td>北</td>"
        "<td>1</td></tr><thead><tr><td>乡</td><td>价</td></tr></thead><tr><td>南</td><td>2</td></tr></table>",
        ["| 区 | 价 |", "| 北 | 1 |", "| 乡 | 价 |", "| 南 | 2 |"],
    ),
]


@pytest.mark.parametrize(("body", "expected"), TABLES)
def test_merged_cells_are_in_every_row_and_column(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert lines(tmp_path, f"<p>各县情况见下表，请注意。</p>{body}")[1:] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n<b>国庆期间，</b>\n2号线\n<b>延长</b>\n一小时\n。\n", "国庆期间，2号线延长一小时。"),
        ("票价由<del>30</del><ins>25</ins>元", "票价由25元"),
        ("票价由<ins>25</ins><del>30</del>元", "票价由25元"),
        ("<del>旧闻</del>，已经更正。", "旧闻，已经更正。"),
    ],
)
def test_breaks_of_the_source_and_replaced_text_are_not_text(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert lines(tmp_path, f"<p>{body}</p>") == [expected]


def test_a_line_of_links_above_a_story_is_a_menu(tmp_path: Path) -> None:
    menu = "<a href=a>返回首页</a> | <a href=b>国内</a> | <a href=c>国际</a>"
    found = page(tmp_path, f"<table><tr><td>{menu}</td></tr></table><h1>老城</h1>{PARAGRAPHS}")
    assert "国内" not in found.text


def test_a_menu_in_a_cell_of_a_page_laid_out_with_a_table_is_no_text(tmp_path: Path) -> None:
    menu = "<br>".join(f"<a href={name}>{name}</a>" for name in ("首页", "要闻", "体育"))
    story = f"<b>老城改造启动</b><br>晚报记者　陈某<br>　　{ONE}<br>　　{TWO}"
    body = f"<table><tr><td>{menu}</td><td>{story}</td></tr><tr><td>{menu}</td></tr></table>"
    found = page(tmp_path, body).text
    assert "首页" not in found
    assert "老城改造启动" in found
    names = "<br>".join(f"<a href={name}>{name}</a>" for name in ("王某", "李某", "张某"))
    assert "李某" in page(tmp_path, f"<h1>入选名单</h1><p>{ONE}</p><p>{names}</p><p>{TWO}</p>").text


@pytest.mark.parametrize("link", ["<li><a href={0}>{0}</a></li>", "<a href={0}><p>{0}</p></a>"])
def test_links_below_a_story_are_no_part_of_it_and_its_signature_is(
    tmp_path: Path, link: str
) -> None:
    others = [f"第{number}座老桥修缮完工 游人增多" for number in range(6)]
    links = "".join(link.format(title) for title in others)
    story = f"<h1>老城改造启动</h1><p>{ONE}</p><p>{TWO}</p><p>（责任编辑：陈某）</p>"
    found = page(tmp_path, f"<div>{story}<h3>今日</h3>{links}</div>").text
    assert TWO in found
    assert "责任编辑" in found
    assert "老桥" not in found
    few = page(tmp_path, f"<div>{story}{link.format('附件：施工图')}</div>").text
    assert "施工图" in few


def test_a_page_of_frames_names_the_pages_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "frames.html"
    frames = '<frame src="left.html"><frame src="main.html"><noframes>不支持框架</noframes>'
    path.write_text(f"<html><frameset>{frames}</frameset></html>", encoding="utf-8")
    found = read(path)
    assert isinstance(found, Failure)
    assert "left.html, main.html" in found.reason


@pytest.mark.parametrize("name", ["page.mhtml", "page.mht"])
def test_a_page_that_a_browser_saved_as_one_file_is_read(tmp_path: Path, name: str) -> None:
    message = MIMEMultipart("related")
    message["Subject"] = "=?utf-8?Q?x?="
    for text, kind in (
        (f"<h1>老城改造启动</h1>{PARAGRAPHS}<p class=x>内部稿</p>", "html"),
        (".x{display: none}", "css"),
        ("<p>框</p>", "html"),
    ):
        message.attach(MIMEText(text, kind, "utf-8"))
    (tmp_path / name).write_bytes(message.as_bytes())
    found = read(tmp_path / name)
    assert isinstance(found, Document)
    assert [text for _, text in blocks(found)] == ["老城改造启动", ONE, TWO, THREE]


def test_a_story_keeps_its_parts_and_loses_what_is_beside_it(tmp_path: Path) -> None:
    body = (
        "<header><nav class=main-nav><ul><li><a href=/>首页</a></li></ul></nav></header><main>"
        f"<article><h1>老城改造启动</h1><p>{ONE}</p><h2>方案</h2><p>{TWO}</p><ul><li>扩大绿地</li>"
        f"<li>增加车位</li></ul><p>{THREE}<sup><a href=#f>1</a></sup></p>"
        "<ol><li id=f>数据来自统计局。<a href=#r>↩</a></li></ol></article>"
        "<div id=comments><ol><li><p>写得不错，支持一下。</p></li>"
        "<li><p>我觉得不行。哈哈。</p></li></ol></div></main><aside>热门文章</aside>"
    )
    assert lines(tmp_path, body) == [
        "# 老城改造启动",
        ONE,
        "## 方案",
        TWO,
        "- 扩大绿地",
        "- 增加车位",
        f"{THREE}[1]",
        "- 1. 数据来自统计局。",
    ]


def test_readings_above_characters_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><p>他写下<ruby>龘<rp>(</rp><rt>dá</rt><rp>)</rp></ruby>字，很多人不认得。</p>"
        "<p><RUBY>饕<rt><b>tāo</b>餮<rt>tiè</ruby>是古代传说中的怪兽。</p></body></html>",
        encoding="utf-8",
    )
    [row] = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    assert isinstance(row, Document)
    assert [(count.what, count.pieces) for count in row.set_aside] == [
        ("readings above characters", 3)
    ]


# lines that `<br>` parts, and their kinds below a title and a paragraph
BROKEN = [
    (["地点：金山区文化馆", "时间：周五上午九点", "联系人：张三"], "paragraph"),
    (["地点：金山区文化馆", "时间：周五"], "paragraph"),
    (["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"], "paragraph"),
    ([ONE, "张三作于上海"], "paragraph"),
]


@pytest.mark.parametrize("ending", ["html", "md"])
@pytest.mark.parametrize(("parts", "kind"), BROKEN, ids=str)
def test_lines_of_a_verse_or_an_address_are_no_headings(
    tmp_path: Path, parts: list[str], kind: str, ending: str
) -> None:
    texts = [TWO, "<br>".join(parts), THREE]
    page = "<h1>金山文化</h1>" + "".join(f"<p>{text}</p>" for text in texts)
    markdown = "# 金山文化\n\n" + "\n\n".join(texts)
    path = tmp_path / f"a.{ending}"
    path.write_text(page if ending == "html" else markdown, encoding="utf-8")
    found = read(path)
    assert isinstance(found, Document)
    assert [row for row in blocks(found) if row[1] in parts] == [(kind, part) for part in parts]
    assert ("title", "金山文化") in blocks(found) or found.title == "金山文化"


def test_a_title_and_its_subtitle_may_be_parted_by_a_line_break(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"城市新貌<br>老街换新颜\n\n{ONE}\n", encoding="utf-8")
    found = read(path)
    assert isinstance(found, Document)
    assert [kind for kind, _ in blocks(found)] == ["title", "subtitle", "paragraph"]


_STORY = "".join(
    f"<p>金山区第{n}天持续优化营商环境，吸引企业投资兴业。企业办事更加方便快捷。</p>"
    for n in "一二三"
)
_LINKS = '<a href="1">金山区新增三处公园绿地</a>', '<a href="2">张堰镇水蜜桃上市。产量增加！</a>'


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        (f"<h3>相关新闻</h3><ul><li>{_LINKS[0]}</li><li>{_LINKS[1]} 11月28日</li></ul>", ""),
        ("<p><a href=2>【2】</a> <a href=3>【3】</a></p>", ""),
        ("<div>共3页: 上一页 1 2 3 下一页</div><p>分享让更多人看到</p><p>写留言</p>", ""),
        ("<div class=copyright><p>某报社概况 | 关于某网 | 报社招聘</p></div>", ""),
        (f"<p><b>延伸阅读：</b></p><p>{_LINKS[0]}</p><p>{_LINKS[1]}</p>", ""),
        (f"<div>推荐阅读</div><div>{_LINKS[0]}<br>{_LINKS[1]}</div>", ""),
        (f"<p>【相关报道】</p><p>{_LINKS[1]}</p><p>编辑：王小明</p>", "编辑：王小明"),
        (f"<h2>相关报道</h2><p>{_LINKS[0]}一文引起热议，有关部门回应。</p>", "引起热议"),
        (f"<p><b>本日要目</b><br>{_LINKS[0]}<br>{_LINKS[1]}</p>", ""),
        ("<h2>相关报道</h2><p>水蜜桃是一种水果。它产于金山，每年七月上市。</p>", "它产于金山"),
    ],
)
def test_links_to_related_stories_are_no_part_of_a_story(tail: str, kept: str) -> None:
    text = story(f"<title>春天来了</title><h1>春天来了</h1>{_STORY}{tail}").text
    after = text.partition("第三天")[2].partition("快捷。")[2]
    assert kept in after
    assert kept or not after.strip()


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        ("<p>登录方式</p>", True),
        ("<p>分享经验</p>", True),
        ("<p>相关链接</p>", True),
        ("<p>分享到微信</p>", False),
        ("<p><a href=x>登录方式</a></p>", False),
        ("<p><a name=x>登录方式</a></p>", True),
        ("<h2>历史</h2><span>[编辑]</span>", False),
    ],
)
def test_a_line_between_paragraphs_that_begins_as_a_button_is_their_heading(
    line: str, is_kept: bool
) -> None:
    text = story(f"<h1>春天来了</h1>{_STORY}{line}{_STORY}").text
    words = re.sub("<h2>.*</h2>|<[^>]+>", "", line)
    assert (words in text) is is_kept
    assert words not in story(f"<h1>春天来了</h1>{_STORY}<div>{line}</div>").text


@pytest.mark.parametrize(
    ("aside", "is_kept"),
    [
        ("<aside><h3>链接</h3><p>学生凭证免费。</p></aside>", True),
        ("<aside>“学生凭证免费。”</aside>", True),
        ("<aside>广告：学生凭证免费。</aside>", False),
        ("<aside><a href=1>学生凭证免费。</a></aside>", False),
        ("<aside>学生凭证免费</aside>", False),
        ("<div><aside>学生凭证免费。</aside></div>", False),
    ],
)
def test_a_box_beside_the_paragraphs_of_a_story_is_text(aside: str, is_kept: bool) -> None:
    text = story(f"<h1>春天来了</h1><article>{_STORY}{aside}</article>").text
    assert ("学生凭证免费" in text) is is_kept


@pytest.mark.parametrize(
    ("head", "line", "date"),
    [
        ("", "2004年05月11日09:12 江城网", "2004年05月11日"),
        ("<p>首页 2004年7月1日</p>", "2004-05-11 09:12 江城网", "2004-05-11"),
        ("<p>首页 2004年3月1日</p>", "江城网", "2004-03-01"),
        ("<meta name=pubdate content='2004-05-12'>", "2004年05月11日", "2004-05-12"),
    ],
)
def test_the_date_of_a_story_is_not_that_of_links_below_it(head: str, line: str, date: str) -> None:
    links = "<div><a href=1>春天去了</a>(2004/03/02)</div><div><a href=2>花</a>(2004/03/01)</div>"
    page = f"{head}<h1>春天来了</h1><div>{line}</div>{_STORY}{links}"
    assert story(page).date == date


@pytest.mark.parametrize(
    ("told", "line", "date"),
    [
        ("将于<time datetime='2019-03-16'>本周六</time>试运行。", "", None),
        ("工程于<time>2018-05-06</time>动工。", "", None),
        ("将于<b><time datetime='2023-05-01T09:00'>5月1日</time></b>开始。", "", None),
        ("首期工程2020-06-30交付。", "", None),
        ("将于<time datetime='2021-10-01'>10月1日</time>开放。", "2021年9月20日", "2021年9月20日"),
        ("本报2023年4月2日讯 该店将于2023-05-01开业。", "", "2023年4月2日"),
        (
            "将于<time datetime=2022-12-31>年底</time>完成。",
            "<time pubdate datetime=2020-02-03>2月3日</time> 来源：城市报",
            "2020-02-03",
        ),
    ],
)
def test_a_day_in_a_sentence_is_not_that_of_the_page(
    told: str, line: str, date: str | None
) -> None:
    page = f"<title>春天来了</title><h1>春天来了</h1><div>{line}</div><p>{told}</p>{_STORY}"
    assert story(page).date == date


def test_a_day_at_the_end_is_that_of_the_page_before_one_in_a_sentence() -> None:
    told = "<h1>春天来了</h1><p>将于<time datetime=2021-10-01>国庆节</time>开放。</p>"
    assert story(f"{told}{_STORY}<p>2021年9月20日</p>").date in ("2021年9月20日", "2021-09-20")


def test_the_caption_of_a_picture_below_a_story_is_its_part() -> None:
    picture = "<table><tr><td><img src=a.jpg><tr><td class=picinfo>花开了。</table>"
    lines = "".join(f"<tr><td>{line}</td></tr>" for line in ("看春天", "春天来了", "记者 王小明"))
    page = f"<title>春天来了</title><table>{lines}</table><div>{_STORY}</div>{picture}<p>某报社</p>"
    text = story(page).text
    assert text.startswith("春天来了\n")
    assert "![花开了。](caption)" in text


def test_a_page_of_an_electronic_newspaper_is_its_story() -> None:
    links = "<tr><td><a href=1>春天来了就在今天</a></td></tr><tr><td><a href=2>防汛</a></td></tr>"
    head = ("看春天", "春天来了就在今天", "二十个项目", "本报记者　王小明")
    lines = "".join(f"<tr><td align=center>{line}</td></tr>" for line in head)
    page = (
        "<title>某报-2023年03月05日-春天来了就在今天</title><table><tr><td>"
        "<table><tr><td>第03版：综合</td><td><a href=3>上一版</a> <a href=4>下一版</a></td></tr>"
        f"</table><table><tr><td>本版标题导航</td></tr>{links}</table></td><td>"
        "<table><tr><td>2023年03月05日 星期日</td><td><a href=#>放大</a> <a href=#>缩小</a></td>"
        f"</tr></table><table>{lines}</table><div>{_STORY}</div></td></tr></table>"
    )
    found = story(page)
    assert (found.title, found.date) == ("春天来了就在今天", "2023-03-05")
    above = found.text.partition("第一天")[0]
    assert [line for line in above.split("\n\n") if line.strip()][:2] == [head[1], head[0]]
    assert "上一版" not in found.text
    assert "防汛" not in found.text
    assert "二十个项目" in found.text


def test_a_title_for_phones_is_not_repeated() -> None:
    head = "<div><i>2023</i><i>03/05</i></div><h1>春天来了</h1><div><h1>春天来了</h1></div>"
    text = story(f"<title>春天来了</title>{head}{_STORY}").text
    assert text.startswith("# 春天来了\n")
    assert text.count("春天来了") == 1


@pytest.mark.parametrize(
    ("page", "date"),
    [
        ("<title>2022年统计公报</title><p>全年增长3%。</p>", None),
        ("<title>短讯</title><p>招聘会提供岗位2000个。</p>", None),
        ("<title>元旦</title><p>2023-01-01</p><p>今天放假。</p>", "2023-01-01"),
    ],
)
def test_no_date_is_made_of_a_year(page: str, date: str | None) -> None:
    assert story(page).date == date


def test_words_of_an_ocr_engine_are_joined() -> None:
    words = " ".join(f"<span class='ocrx_word'>{w}</span>" for w in ("金山", "区", "GDP", "up"))
    assert story(f"<p class='ocr_par'>{words}</p>").text.strip() == "金山区 GDP up"


# rules of a style sheet, what a page has, and what it shows
_ITEMS = "<ol class=n><li>登记</li><li>免疫</li></ol>"
SHEETS = [
    (".n { list-style-type: lower-alpha }", _ITEMS, "a. 登记 b. 免疫"),
    ("div ol { list-style: upper-roman inside }", _ITEMS, "I. 登记 II. 免疫"),
    ("ol.n { list-style: none }", _ITEMS, "登记 免疫"),
    ("ul, ol { list-style: none } .n { list-style: decimal }", _ITEMS, "1. 登记 2. 免疫"),
    (".n li { display: flex }", _ITEMS, "登记 免疫"),
    (
        ".n { list-style: none; counter-reset: a 1 } .n > li { counter-increment: a }"
        '.n > li::before { content: "第" counter(a, cjk-ideographic) "条　" }',
        _ITEMS,
        "第二条　登记 第三条　免疫",
    ),
    (
        "div { counter-reset: a } ol { list-style: none } li { counter-increment: a }"
        'li:before { content: counter(a) "、" }',
        _ITEMS + _ITEMS,
        "1、登记 2、免疫 3、登记 4、免疫",
    ),
    (
        "ol { list-style: none; counter-reset: a } li { counter-increment: a }"
        "li::before { content: counters(a, '.') }",
        "<ol><li>登记<ol><li>犬只</li><li>其他</li></ol></li><li>免疫</li></ol>",
        "1 登记 1.1 犬只 1.2 其他 2 免疫",
    ),
    (
        "ol { list-style: none } li::before { content: counter(a) }",
        "<ol><li><a name=1></a><div><b>登记</b>犬只</div></li></ol>",
        "1 登记犬只",
    ),
    (
        "ol { list-style: none; counter-reset: a 1 }"
        "li:first-child:before { counter-increment: a 0 }"
        "li:before { counter-increment: a; content: counter(a) '.' }",
        _ITEMS,
        "1. 登记 2. 免疫",
    ),
    ('li::marker { content: "（" counter(list-item) "）" }', _ITEMS, "（1）登记 （2）免疫"),
    ("li::before { content: '\\2022' } ol { list-style: none }", _ITEMS, "登记 免疫"),
    ("p.q::before { content: '问：' }", "<p class=q>怎么登记？</p>", "问：怎么登记？"),
    (
        "h2 { counter-increment: c } h2::before { content: '第' counter(c) '章　' }",
        "<h2>登记</h2><h2>免疫</h2>",
        "第1章　登记 第2章　免疫",
    ),
    ("p::after { content: '更多' } p::before { content: none }", "<p>登记</p>", "登记"),
]


@pytest.mark.parametrize(("rules", "body", "shown"), SHEETS)
def test_a_style_sheet_gives_the_marks_of_items_and_words_before_elements(
    rules: str, body: str, shown: str
) -> None:
    text = blocks_text(f"<style>{rules}</style><div>{body}</div>")
    found = [line.removeprefix("- ").removeprefix("## ") for line in text.split("\n") if line]
    assert " ".join(found) == shown


@pytest.mark.parametrize(
    ("block", "is_kept"),
    [
        ("<p>关闭门窗。</p>", True),
        ("<ol><li>关闭门窗</li></ol>", True),
        ("<ul><li>备好证件</li><li>关闭门窗</li></ul>", True),
        ("<ul><li>关闭窗口</li><li>打印本页</li></ul>", False),
        ('<ul><li><a href="x">关闭门窗</a></li></ul>', False),
        ("<p>关闭窗口</p>", False),
        ("<p>关闭方式</p>", True),
        ("<p>更多精彩</p>", False),
        ('<p><a href="x">更多内容。</a></p>', False),
    ],
)
def test_a_sentence_or_an_item_of_a_story_is_no_button(block: str, is_kept: bool) -> None:
    text = story(f"<h1>春天来了</h1>{_STORY}{block}{_STORY}").text
    assert any(words in text for words in ("关闭", "更多")) is is_kept


@pytest.mark.parametrize(
    ("block", "is_caption"),
    [
        ('<p class="caption">春天的老城</p>', True),
        ('<div class="pic-desc">春天的老城</div>', True),
        ('<p class="wp-caption-text">春天的老城</p>', True),
        ('<div class="wp-caption"><img src="b.jpg"><p>春天的老城</p></div>', False),
        ('<p class="captions-off">春天的老城</p>', False),
    ],
)
def test_a_paragraph_named_a_caption_is_one(block: str, is_caption: bool) -> None:
    text = blocks_text(f'<h1>春天来了</h1>{_STORY}<p><img src="a.jpg"></p>{block}{_STORY}')
    assert ("![春天的老城](caption)" in text) is is_caption
    assert "春天的老城" in text


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        (".x { display: none }", ""),
        ("#y { display: none }", ""),
        ("div p.x { display: none !important }", ""),
        (".a > .x { display: none }", ""),
        (".b .x { display: none }", "改线"),
        (".b > .x, section .x { display: none }", "改线"),
        (".x { display: none } #y { display: block }", "改线"),
        ("#y { display: block } .x { display: none }", "改线"),
        (".x { display: none } .x { display: block }", "改线"),
        ("@media print { .x { display: none } }", "改线"),
        ("/* .x { display: none } */", "改线"),
        (".x:hover { display: none }", "改线"),
        ("p.x { display: none", "改线"),
    ],
)
def test_a_style_sheet_hides_what_its_rules_select(rules: str, shown: str) -> None:
    body = f'<div class="a"><p class="x w" id="y">改线</p></div>{_STORY}'
    text = blocks_text(f"<style>{rules}</style>{body}")
    assert text.partition("金山区")[0].strip() == shown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>甲<span style='display:block'>乙</span>丙</p>", ["甲", "乙", "丙"]),
        ("<div>从<div style='display:inline-block'>广场</div>出发</div>", ["从广场出发"]),
        ("<div style='display:inline-block'>一栏</div><div>二栏</div>", ["一栏", "二栏"]),
        ("<p>人\xad口\u200b众多。</p>", ["人口众多。"]),
        ("<p>甲<a class=reversefootnote href=#r>返回</a></p>", ["甲"]),
    ],
)
def test_elements_are_lines_or_parts_of_one_as_they_are_displayed(
    body: str, expected: list[str]
) -> None:
    assert blocks_text(body).split() == expected


@pytest.mark.parametrize(
    ("below", "captions"),
    [
        ("<p>图源：江城发布</p>", 1),
        ("<p>孩子们在后台。</p><p>（来源：新华社）</p>", 2),
        ("<p>孩子们在后台。</p><p>来源：新华社</p>", 0),
        ("<p style='text-align:center'>村民在舞狮</p>", 1),
        ("<p>村民在舞狮</p>", 0),
        (f"<p>{ONE}</p><p>{TWO}</p><p>图源：江城发布</p>", 0),
    ],
)
def test_what_says_where_a_picture_is_from_is_its_caption(below: str, captions: int) -> None:
    text = blocks_text(f"<p>{THREE}</p><p><img src=a.jpg></p>{below}<p>{THREE}</p>")
    assert text.count("](caption)") == captions


def test_a_picture_of_a_formula_is_read_unless_the_formula_is_beside_it() -> None:
    picture = "<img class='mwe-math-fallback-image-inline' alt='{\\displaystyle 10^{6}}' src=a.svg>"
    math = "<math><mrow><msubsup><mi>x</mi><mn>2</mn><mn>3</mn></msubsup></mrow></math>"
    both = f"<span class=mwe-math-element><span>{math}</span>{picture}</span>"
    assert blocks_text(f"<p>约{picture}吨，{both}。</p>").strip() == "约10⁶吨，x₂³。"


def test_a_centred_sentence_with_its_source_below_a_picture_is_its_caption() -> None:
    shown = (
        "<p><img src=a.jpg></p><p style='text-align:center'>滑梯前排起长队。 {}</p><p>正文。</p>"
    )
    for source in ("来源：冰城发布", "图/视觉中国", "郭俊 摄"):
        assert blocks_text(shown.format(source)).startswith("![滑梯前")
    assert not blocks_text(shown.format("游客说好。")).startswith("![")


def test_the_sign_behind_raised_text_may_be_in_elements_of_style() -> None:
    text = blocks_text(
        "<p>含<b><sup>14</sup></b>C和<span><sup>60</sup></span><span>Co</span>。</p>"
    )
    assert text.strip() == "含¹⁴C和⁶⁰Co。"


def test_each_item_of_a_list_of_notes_is_a_note() -> None:
    items = "<li id='cite_note-1'><span class='mw-cite-backlink'>^</span> 年鉴。</li>"
    text = blocks_text(
        f"<ol class=references>{items}<li id='cite_note-2'><p>甲。</p><p>乙。</p></ol>"
    )
    assert text.split("\n\n") == ["[^1]: 年鉴。", "[^2]: 甲。 乙。\n"]
    notes = "<p>① 甲。</p><p>乙。</p><p><a href=#r>[2]</a> 丙。</p>"
    text = blocks_text(f"<div class=footnotes>{notes}</div>")
    assert text.split("\n\n") == ["[^①]: 甲。 乙。", "[^2]: 丙。\n"]


def test_a_table_of_one_column_is_lines_and_a_title_is_one_cell_of_a_row(tmp_path: Path) -> None:
    column = "<table{}><tr><td>看春天</td></tr><tr><td>春天来了</td></tr></table>"
    assert lines(tmp_path, column.format("")) == ["看春天", "春天来了"]
    assert lines(tmp_path, column.format(" border=1")) == ["| 看春天 |", "| 春天来了 |"]
    rows = "<tr><td colspan=2>产量表</td></tr><tr><td>粮食</td><td>12</td></tr>"
    found = page(tmp_path, f"<table border=1>{rows}</table>")
    [[article]] = segment([found], join_broken_paragraphs=True, max_sentence_chars=200)
    assert article.title == "产量表"


def test_a_table_of_data_keeps_small_tables_in_its_cells() -> None:
    inner = "<table><tr><td>路</td><td>2</td></tr><tr><td>桥</td><td>1</td></tr></table>"
    text = (
        "<table border=1><tr><td>类</td><td>数</td></tr><tr><td>交通</td><td>{}</td></tr></table>"
    )
    assert "| 交通 | 路 2 桥 1 |" in blocks_text(text.format(inner))
    assert "|" not in blocks_text(text.format(f"<table><tr><td>{ONE}</td></tr></table>"))


def test_lines_above_a_headline_keep_their_order() -> None:
    lines = "<td>1版 要闻<br>2版 综合</td>"
    body = f"<table><tr>{lines}<td><h2>粮库扩容</h2></td></tr><tr><td>{ONE}</td></tr></table>"
    text = story(f"<title>粮库扩容</title>{body}").text
    assert text.index("粮库") < text.index("1版") < text.index("2版")


def test_a_table_above_a_headline_is_below_it_with_all_its_rows() -> None:
    facts = "<tr><td>文号：</td><td>民函87号</td><td>机关：</td><td>省民政厅</td></tr>"
    dates = "<tr><td>成文日期：</td><td>2011年7月21日</td><td>主题：</td><td>救灾</td></tr>"
    above = f"<table border=1>{facts}{dates}</table>"
    text = story(f"<title>下达救灾资金</title>{above}<h2>下达救灾资金</h2>{PARAGRAPHS}").text
    assert text.startswith(
        "## 下达救灾资金\n\n| 文号： | 民函87号 | 机关： | 省民政厅 |\n"
        "| 成文日期： | 2011年7月21日 | 主题： | 救灾 |\n"
    )


def test_a_headline_that_the_name_and_day_of_a_newspaper_do_not_have_is_the_title() -> None:
    head = "<title>人民时报--1999年8月17日--抗旱</title><p><b>华北各地抗旱保秋收</b></p>"
    assert story(head + PARAGRAPHS).title == "华北各地抗旱保秋收"


def test_a_name_around_a_whole_page_takes_nothing_out_of_its_story(tmp_path: Path) -> None:
    tip = "<div class=tip>老城东门，一九五四年摄于城墙拆除之前。</div>"
    body = f"<h1>老城改造启动</h1><p>{ONE}</p><p>{TWO}</p>{tip}<p>{THREE}</p>"
    found = page(tmp_path, f'<div class="site int-nav">{body}</div>').text
    assert "一九五四年摄于" in found


def test_who_signed_a_story_in_a_table_below_it_is_part_of_it(tmp_path: Path) -> None:
    cells = "<td>作者：记者王某</td><td>编辑：陈某</td>"
    links = "<tr><td><a href=1>【关闭窗口】</a></td></tr><tr><td>作者文集</td></tr>"
    body = f"<table><tr><td>{PARAGRAPHS}</td></tr><tr>{cells}</tr>{links}</table>"
    found = page(tmp_path, f"<h1>老城改造启动</h1>{body}").text
    assert found.rstrip().endswith("作者：记者王某\n\n编辑：陈某")


def test_a_centred_headline_below_a_picture_is_no_caption() -> None:
    lines = "<tr><td align=center><b>粮库扩容</b></td></tr><tr><td align=center>粮库全景</td></tr>"
    body = f"<img src=logo.gif><table>{lines}<tr><td>{PARAGRAPHS}</td></tr></table>"
    text = story(f"<title>粮库扩容-某报</title>{body}").text
    assert text.startswith("粮库扩容\n")


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("::: 江城商报 :::", "<tr><td class=title>公交票价下调</td></tr>"),
        ("公交票价下调_财经_江城在线", "<tr><td>江城在线</td></tr><tr><td>公交票价下调</td></tr>"),
        ("公交", "<tr><td align=center><strong>公交票价下调</strong></td></tr>"),
        ("江城网", "<tr><td align=center><font size=5>公交票价下调</font></td></tr>"),
    ],
)
def test_a_headline_is_found_by_how_its_cell_is_marked(name: str, head: str) -> None:
    menu = "<table><tr><td>今天是：</td></tr></table>"
    body = f"{menu}<table>{head}<tr><td>{PARAGRAPHS}</td></tr></table>"
    found = story(f"<title>{name}</title>{body}")
    assert found.title == "公交票价下调"
    assert found.text.startswith("公交票价下调\n\n市政府")


def test_the_cells_of_a_layout_table_are_divisions() -> None:
    tree = page_tree(
        "<table><tr><td><h1>老城改造</h1></td></tr><tr><td>工程开工。</td></tr></table>"
    )
    assert tree is not None
    assert [element.tag for element in tree.iter("table", "tbody", "tr", "td")] == []


@pytest.mark.parametrize("label", ["生效日期", "开标时间", "截止日期"])
def test_a_day_of_something_else_is_not_that_of_the_page(label: str) -> None:
    days = f"<td>{label}：</td><td>2012年5月1日</td><td>发布日期：</td><td>2012年4月20日</td>"
    facts = "<tr><td>文号：</td><td>1</td><td>机关：</td><td>市局</td></tr>"
    table = f"<table border=1>{facts}<tr>{days}</tr></table>"
    body = f"<title>公园开放</title><h1>公园开放</h1>{table}{PARAGRAPHS}"
    assert story(body).date in ("2012-04-20", "2012年4月20日")


@pytest.mark.parametrize(
    ("rule", "marks"),
    [
        ('system: extends decimal; prefix: "（"; suffix: "）"', ["（1）", "（2）", "（3）"]),
        ('system: extends cjk-ideographic; suffix: "条　"', ["一条　", "二条　", "三条　"]),
        ('system: cyclic; symbols: "◆" "◇"; suffix: " "', ["◆ ", "◇ ", "◆ "]),
        ("system: fixed; symbols: 甲 乙", ["甲. ", "乙. ", "3. "]),
        ('symbols: "*"; suffix: "、"', ["*、", "**、", "***、"]),
        ("system: alphabetic; symbols: a b", ["a. ", "b. ", "aa. "]),
        ('system: numeric; symbols: "〇" "一"; suffix: "、"', ["一、", "一〇、", "一一、"]),
        ('system: additive; additive-symbols: 2 "双", 1 "单"', ["单. ", "双. ", "双单. "]),
    ],
)
def test_a_list_has_the_marks_that_its_sheet_defines(rule: str, marks: list[str]) -> None:
    sheet = f"<style>@counter-style own {{ {rule} }} ol.a {{ list-style: own }}</style>"
    items = "".join(f"<li>条款{word}。</li>" for word in "甲乙丙")
    text = story(f"{sheet}<h1>规则</h1><ol class=a>{items}</ol>{PARAGRAPHS}").text
    written = [line.removeprefix("- ") for line in text.splitlines() if "条款" in line]
    wanted = [f"{mark}条款{word}。" for mark, word in zip(marks, "甲乙丙", strict=True)]
    assert [line.split() for line in written] == [line.split() for line in wanted]


def test_a_page_without_frames_is_read_from_its_tags(tmp_path: Path) -> None:
    inner = f"<noframes><body><h2>铁路新图</h2>{PARAGRAPHS}</body></noframes>"
    found = page(tmp_path, f"<frameset><frame src=a.htm>{inner}</frameset>").text
    assert found.startswith("## 铁路新图\n\n市政府")
    assert "<" not in found


@pytest.mark.parametrize(
    "foot",
    [
        "<center>关于我们 | 广告服务 | 联系我们<br>某报社版权所有</center>",
        "<div id=copyright><a href=1>关于我们</a> <a href=2>联系我们</a><br>版权所有 某报社</div>",
    ],
)
def test_links_beside_the_rights_of_a_page_are_its_foot(tmp_path: Path, foot: str) -> None:
    found = page(tmp_path, f"<h1>老城改造启动</h1>{PARAGRAPHS}{foot}").text
    assert "我们" not in found


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("欢迎光临江城热线", "<div>市府决定下调票价</div><center><b>公交票价下调</b></center>"),
        ("", "<table><tr><td>市府决定下调票价</td></tr></table><h3>公交票价下调</h3>"),
        ("江城", "<p>市府决定下调票价</p><p align=center><b>公交票价下调</b></p>"),
    ],
)
def test_a_line_above_a_headline_in_the_body_belongs_to_it(name: str, head: str) -> None:
    related = "<h3>相关新闻</h3><ul><li><a href=1>地铁开工</a></li></ul>"
    day = "<div>2006年3月21日</div>"
    found = story(f"<title>{name}</title>{head}{day}<div>{PARAGRAPHS}</div>{related}")
    assert found.title == "公交票价下调"
    assert "公交票价下调\n\n市府决定下调票价\n\n2006年3月21日\n" in found.text


@pytest.mark.parametrize("tags", ["<section><section><p>{}</p></section></section>", "<p>{}"])
def test_the_last_paragraph_of_a_story_is_in_it_though_it_has_a_link(tags: str) -> None:
    words = (ONE, TWO, THREE, '市民如有疑问，可拨打<a href="tel:1">12345</a>咨询。')
    told = "".join(tags.format(one) for one in words)
    more = "<table><tr><td>相关新闻</td></tr><tr><td>·<a href=1>地铁开工</a></td></tr></table>"
    found = story(
        f"<title>老城改造</title><table><tr><td><h3>老城改造</h3>{told}{more}</td></tr></table>"
    )
    assert found.text.rstrip().endswith("可拨打12345咨询。")


@pytest.mark.parametrize("label", ["导航", "频道", "栏目设置"])
def test_a_label_in_a_cell_beside_the_story_is_no_line_above_its_headline(label: str) -> None:
    menu = f"<td>{label}<br><a href=1>今日要闻</a><br><a href=2>社会新闻</a></td>"
    own = f"<td><center><font size=5>公交票价下调</font></center><br>{PARAGRAPHS}</td>"
    found = story(f"<title>公交票价下调</title><table><tr>{menu}{own}</tr></table>")
    assert found.text.startswith("公交票价下调\n\n市政府")
    assert label not in found.text


def test_the_folio_of_a_page_and_its_list_of_stories_are_no_headline() -> None:
    stories = "".join(f"<br><a href={name}>{name}</a>" for name in ("公交票价下调", "春耕备耕忙"))
    bold = "<span style='font-size:20px;font-weight:bold'>公交票价下调</span>"
    own = f"<table><tr><td>{bold}</td></tr><tr><td>{PARAGRAPHS}</td></tr></table>"
    body = f"<table><tr><td>第3版：要闻{stories}</td><td>{own}</td></tr></table>"
    found = story(f"<title>第3版：要闻</title>{body}")
    assert found.title == "公交票价下调"
    assert found.text.startswith("公交票价下调\n\n市政府")


def test_the_name_of_a_site_in_its_heading_is_no_headline() -> None:
    body = f"<h1>乡音网</h1><div><h2>秋粮丰收在望</h2>{PARAGRAPHS}</div>"
    found = story(f"<title>秋粮丰收_农业_乡音网</title>{body}")
    assert found.title == "秋粮丰收在望"
    assert "乡音网" not in found.text


def test_a_day_above_the_headline_is_below_all_of_its_lines() -> None:
    rows = "".join(f"<tr><td><b>{line}</b></td></tr>" for line in ("代表视察防汛", "要求安全度汛"))
    day = "<tr><td>2010年08月19日 星期四</td></tr>"
    body = f"{day}{rows}<tr><td>{PARAGRAPHS}</td></tr>"
    text = story(f"<title>滨城时报数字报</title><table>{body}</table>").text
    assert text.startswith("代表视察防汛\n\n要求安全度汛\n\n2010年08月19日 星期四\n")


def test_a_path_to_a_page_is_no_line_of_its_headline() -> None:
    rows = (
        "<tr><td>首页 &gt;&gt; 新闻 &gt;&gt; 正文</td></tr><tr><td class=title>代表队夺冠</td></tr>"
    )
    text = story(f"<title>校园新闻</title><table>{rows}<tr><td>{PARAGRAPHS}</td></tr></table>").text
    assert text.startswith("代表队夺冠\n\n市政府")


def test_a_day_behind_a_label_without_a_colon_is_not_that_of_the_page() -> None:
    days = "<td>报名截止</td><td>2016年5月20日</td><td>开标时间</td><td>2016年5月30日</td>"
    table = (
        f"<table border=1><tr><td>项目</td><td colspan=3>道路改造</td></tr><tr>{days}</tr></table>"
    )
    found = story(f"<h1>道路改造招标公告</h1>{table}{PARAGRAPHS}<p>2016年5月6日</p>")
    assert found.date != "2016年5月20日"
    assert found.date != "2016-05-20"


def test_items_of_a_list_of_references_are_notes() -> None:
    items = "<li id=c1>水务局年报，第3页。</li><li id=c2>水库志。</li>"
    marks = "<p>增长12%<sup><a href='#c1'>[1]</a></sup>，达标<sup><a href='#c2'>[2]</a></sup>。</p>"
    body = f"<h1>水库</h1>{PARAGRAPHS}{marks}<ol class=references>{items}</ol>"
    text = story(body).text
    assert text.rstrip().endswith("[^1]: 水务局年报，第3页。\n\n[^2]: 水库志。")
