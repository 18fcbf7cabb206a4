"""Texts from which `make_office_files.py` makes files: Markdown, FODT, HTML, TMX, OCR."""

MARKDOWN = {
    "regulation": """
# 某某市养犬管理条例

记者走访发现，**A&B公司**已停工[^1]。面积为50m^2^，H~2~O共10^6^升。

1.  为了加强养犬管理，制定本条例。
2.  本条例适用于本市行政区域。
    a.  需要登记的犬只。
    b.  不需要登记的犬只。

- 甲项服务
- 乙项服务

| 县名 | 人口 |
|------|------|
| 甲县 | 32.1 |
| 乙县 | -3% |

## 第二节 附则

> 本条例自公布之日起施行。

数学公式 $x^2+1$ 在句中。“引号”与——破折号。

[^1]: 脚注的内容在此。
""",
    "report": """
---
title: 全市环境质量报告
---

一、总体情况

全市PM~2.5~平均浓度为每立方米28微克[^a]，同比下降12%[^b]。CO~2~排放减少3.5×10^5^吨。

(@) 甲区的情况在此。
(@) 乙区的情况在此。

+---------+-------+-------+
| 区县    | 浓度  | 同比  |
+=========+=======+=======+
| 甲区    | 28.7  | -3%   |
+---------+-------+-------+
| 乙区\\   | 30    | -1%   |
| 丙镇    |       |       |
+---------+-------+-------+

术语

:   解释在此。

i)  罗马一
ii) 罗马二

9) 第九
10) 第十

见<https://example.com/a?b=1>。*强调*、~~删去~~、`代码`。

[^a]: 含沙尘天气。

    又一段注释。

[^b]: 与2022年相比。
""",
    "letters": """
# 读者来信：菜市场几点开门？

**编者按：** 本报上周刊登《早市还要不要》一文，收到来信1,286封。

我家住在河东路38号。"每天五点半就有人排队"，邻居老周说；他的女儿在A座B1层做馒头，一个1.5元。

| 诗曰：
| 柳下人家晚，
|   桥头灯火初。

第一个问题\\
第二个问题

* 一级
    * 二级
        1. 三级甲
        2. 三级乙
* 又一级

    同一项的第二段。

``` text
代码行 <b>不是标签</b> & 也不是实体
  缩进两格
```

电话：010-6555 1234；邮箱：letters@example.com。<br>温度是−3℃～25℃，风力≥6级，增长率为½。

***

（责任编辑：某某）
""",
    "figures": """
# 统计公报

![图1 各区产值（单位：亿元）](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)

: 表1 各区产值

| 区 | 产值 | 比上年增长（%） |
|:---|-----:|:--------------:|
| 东区 | 1,203.5 | 6.1 |
| 西区 | 987.0 | -0.4 |
| 合计 | 2,190.5 | 3.2 |

其中，第一产业增加值45.2亿元，第二产业增加值803.9亿元，第三产业增加值1341.4亿元[^甲][^乙]。

$$ \\frac{a+b}{2} = \\sqrt{x_1} $$

三次产业结构为2.1:36.7:61.2。

#### 四级标题

##### 五级标题

[^甲]: 增加值按现价计算，增长速度按不变价格计算。
[^乙]: 2023年数据为初步核算数。
""",
    "traditional": """
# 港島西區新圖書館啟用

【本報訊】位於西區的新圖書館昨日啟用，樓高七層，藏書約二十八萬冊。館長表示，開放時間為上午九時至晚上八時。

「我們希望街坊把這裡當作客廳。」館長說。據悉，工程耗資3.6億元，歷時四年零兩個月。

1. 兒童閱覽室在二樓。
2. 自修室在五樓，座位320個。

> 圖書館逢星期一休館。
""",
}
"""Texts in pandoc's Markdown, by name."""

_OPEN_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles>
<style:style style:name="Hid" style:family="text"><style:text-properties text:display="none"/>
</style:style>
<style:style style:name="Sup" style:family="text">
<style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="Ru" style:family="ruby"><style:ruby-properties/></style:style>
<text:list-style style:name="Zh"><text:list-level-style-number text:level="1"
 style:num-format="一, 二, 三, ..." style:num-suffix="、"/><text:list-level-style-number
 text:level="2" style:num-format="1" style:num-prefix="（" style:num-suffix="）"/></text:list-style>
</office:automatic-styles>
<office:body><office:text>"""
_OPEN_END = "</office:text></office:body></office:document>"
_CHANGE = "<office:change-info><dc:creator>某某</dc:creator><dc:date>2024-01-02T03:04:05</dc:date>"
_BOX = '<draw:frame text:anchor-type="paragraph" svg:width="7cm" svg:height="2cm"><draw:text-box>'

_OPEN_BODIES = {
    "changes": f"""<text:tracked-changes>
<text:changed-region text:id="c1"><text:deletion>{_CHANGE}</office:change-info>
<text:p>原定周三</text:p></text:deletion></text:changed-region>
<text:changed-region text:id="c2"><text:insertion>{_CHANGE}</office:change-info>
</text:insertion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">运动会改期</text:h>
<text:p>运动会<text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>改在周五
<text:change-end text:change-id="c2"/>举行，参加者共420人。</text:p>
<text:p>雨天<office:annotation><dc:creator>某某</dc:creator><text:p>请核实</text:p></office:annotation>
顺延，不另行通知。</text:p>""",
    "fields": """<text:h text:outline-level="1">
<text:bookmark-start text:name="b1"/>关于供水的通知<text:bookmark-end text:name="b1"/></text:h>
<text:p>见《<text:bookmark-ref text:reference-format="text" text:ref-name="b1">关于供水的通知
</text:bookmark-ref>》。停水时间为5月6日08:30起。</text:p><text:p>图<text:sequence text:name="Illustration" text:formula=
"ooow:Illustration+1" style:num-format="1">1</text:sequence> 管网示意，<text:placeholder
 text:placeholder-type="text">&lt;单位&gt;</text:placeholder><text:s text:c="2"/>编号<text:tab/>
甲<text:line-break/>乙。<text:a xlink:href="https://example.com/">详情见网站</text:a>。</text:p>""",
    "boxes": f"""<text:h text:outline-level="1">展览开幕</text:h>
<text:p>{_BOX}<text:p>方框一：开幕时间为上午九时。</text:p><table:table><table:table-column
 table:number-columns-repeated="2"/><table:table-row><table:table-cell><text:p>展厅</text:p>
</table:table-cell><table:table-cell><text:p>甲厅</text:p></table:table-cell></table:table-row>
</table:table></draw:text-box></draw:frame>展览昨天开幕，共展出作品186件。</text:p>
<text:p>观众可免费入场。{_BOX}<text:p>方框二：票务电话12345。</text:p></draw:text-box></draw:frame></text:p>
<text:p><draw:custom-shape svg:width="5cm" svg:height="2cm" text:anchor-type="as-char"><text:p>
形状里的字</text:p></draw:custom-shape></text:p>""",
    "tables": """<text:h text:outline-level="1">值班表</text:h><table:table><table:table-column
 table:number-columns-repeated="3"/><table:table-header-rows><table:table-row><table:table-cell
 table:number-columns-spanned="2"><text:p>人员</text:p></table:table-cell>
<table:covered-table-cell/><table:table-cell><text:p>电话</text:p></table:table-cell>
</table:table-row></table:table-header-rows><table:table-row><table:table-cell
 table:number-rows-spanned="2"><text:p>甲组</text:p></table:table-cell><table:table-cell>
<text:p>张某</text:p></table:table-cell><table:table-cell><text:p>1001</text:p></table:table-cell>
</table:table-row><table:table-row><table:covered-table-cell/><table:table-cell><text:p>李某
</text:p></table:table-cell><table:table-cell><table:table><table:table-column
 table:number-columns-repeated="2"/><table:table-row><table:table-cell><text:p>日</text:p>
</table:table-cell><table:table-cell><text:p>1002</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>夜</text:p></table:table-cell><table:table-cell>
<text:p>1003</text:p></table:table-cell></table:table-row></table:table></table:table-cell>
</table:table-row></table:table><text:p>表后的一段话。</text:p>""",
    "notes": """<text:h text:outline-level="1">古桥小史</text:h><text:p>此桥建于1562年<text:note
 text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>
一说1563年。</text:p></text:note-body></text:note>，长约30米<text:note text:note-class="endnote">
<text:note-citation>i</text:note-citation><text:note-body><text:p>据县志。</text:p><text:p>又据碑记。
</text:p></text:note-body></text:note>。</text:p><text:p><text:ruby text:style-name="Ru">
<text:ruby-base>桥</text:ruby-base><text:ruby-text>qiáo</text:ruby-text></text:ruby>面宽4
<text:span text:style-name="Hid">此处隐藏</text:span>米，面积120m<text:span text:style-name="Sup">2
</text:span>。</text:p>""",
    "contents": """<text:table-of-content text:name="目录1"><text:table-of-content-source
 text:outline-level="2"/><text:index-body><text:index-title text:name="t"><text:p>目录</text:p>
</text:index-title><text:p><text:a xlink:href="#1.总则|outline">总则<text:tab/>1</text:a></text:p>
<text:p><text:a xlink:href="#2.附则|outline">附则<text:tab/>2</text:a></text:p></text:index-body>
</text:table-of-content><text:h text:outline-level="1">总则</text:h><text:p>本办法所称住宅，是指居住用房。
</text:p><text:h text:outline-level="1">附则</text:h><text:p>本办法自2024年6月1日起施行。</text:p>""",
    "lists": """<text:h text:outline-level="1">工作要点</text:h><text:list text:style-name="Zh">
<text:list-item><text:p>抓好防汛</text:p><text:list><text:list-item><text:p>检查堤坝12处</text:p>
</text:list-item><text:list-item><text:p>储备物资</text:p></text:list-item></text:list>
</text:list-item><text:list-item><text:p>抓好春耕</text:p></text:list-item></text:list><text:section
 text:name="s"><text:p>分栏中的一段话，也要读到。</text:p></text:section><text:numbered-paragraph
 text:style-name="Zh" text:level="1" text:list-id="n"><text:p>编号段落</text:p></text:numbered-paragraph>""",
}
OPEN_DOCUMENTS = {name: _OPEN_HEAD + body + _OPEN_END for name, body in _OPEN_BODIES.items()}
"""Flat OpenDocument files with what breaks readers, by name."""

_PAGE = (
    '<html><head><meta charset="{charset}"><title>{title}</title></head><body>{body}</body></html>'
)
PAGES = {
    "layout": _PAGE.format(
        charset="{charset}",
        title="西城新闻",
        body="""<table width=760 border=0><tr><td colspan=2><h1>西城区改造六条老街</h1></td></tr><tr><td
 width=180><font size=2>[社会]</font></td><td><table><tr><td><p>本报讯&nbsp;西城区今年改造六条老街，全长4.8公里&mdash;
&mdash;工程将于十月完工。</p><p>&#8220;路宽了，也亮了。&#8221;居民说。<p>改造后每晚亮灯到24&#58;00。<br>问：会不会扰民？
<br>答：不会。</td></tr></table></td></tr></table>""",
    ),
    "ruby": _PAGE.format(
        charset="{charset}",
        title="字典里的故事",
        body="""<article><h1>字典里的故事</h1><p>他写下一个<ruby>龘<rp>(</rp><rt>dá</rt><rp>)</rp></ruby>字，
说：<q>笔画共48画。</q></p><ol type=A start=3><li>意见甲<li>意见乙</ol><ol reversed><li>三等奖<li>二等奖
</ol><dl><dt>出处<dd>《玉篇》</dl><p>水是H<sub>2</sub>O，面积5km<sup>2</sup>，见注<sup><a href="#n">[1]</a></sup>。</p>
<blockquote>引文在此。</blockquote><table><caption>表一 销量</caption><tr><th>年<th>册<tr><td>2022<td>3,100<tr><td>2023
<td>2,950</table><p id=n>[1] 见序言。</article>""",
    ),
}
"""Web pages; `{charset}` is the encoding that they name."""

ROWS = [
    ("日期", "单位", "金额", "说明"),
    ("2024-03-01", "甲公司", "1234.5", "首付款，含税"),
    ("2024-03-15", "乙公司", "-20", '他说："已付清"；无误'),
    ("2024-04-02", "丙公司", "0.75", "第一行\n第二行"),
]
"""Rows of a spreadsheet."""

PAIRS = [
    ("会议于三点开始。", "The meeting starts at three."),
    ("A&B公司 <新> 产品售价5元。", "A&B's <new> product costs 5 yuan."),
    ("点击确定继续。", "Click OK to continue."),
]
"""Sentence pairs of translation memories."""

_TMX = '<?xml version="1.0" encoding="{encoding}"?>\n{doctype}<tmx version="1.4"><header {header}/><body>{body}</body></tmx>'
_SEGMENTS = [
    (zh.replace("&", "&amp;").replace("<", "&lt;"), en.replace("&", "&amp;").replace("<", "&lt;"))
    for zh, en in PAIRS
]


def _units(unit: str, zh: str, en: str) -> str:
    return "".join(
        unit.format(zh=zh.format(a), en=en.format(b), n=n) for n, (a, b) in enumerate(_SEGMENTS)
    )


TMX = {
    "trados": (
        _TMX.format(
            encoding="utf-16",
            doctype='<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
            header='creationtool="SDL Language Platform" segtype="sentence" srclang="zh-CN" o-tmf="SDL TM8 Format"',
            body=_units(
                '<tu creationdate="20240102T030405Z" usagecount="2"><prop type="x-ConfirmationLevel">Translated</prop>'
                '<tuv xml:lang="zh-CN"><seg>{zh}</seg></tuv><tuv xml:lang="en-US"><seg>{en}</seg></tuv></tu>',
                '<bpt i="1" type="1" x="1" />{}<ept i="1" />',
                '<bpt i="1" type="1" x="1" />{}<ept i="1" />',
            ),
        ),
        "utf-16",
    ),
    "omegat": (
        _TMX.format(
            encoding="UTF-8",
            doctype='<!DOCTYPE tmx SYSTEM "tmx11.dtd">\n',
            header='creationtool="OmegaT" o-tmf="OmegaT TMX" adminlang="EN-US" datatype="plaintext" segtype="sentence"',
            body="<!-- Default translations -->"
            + _units(
                '<tu><tuv xml:lang="ZH-CN"><seg>{zh}</seg></tuv><tuv xml:lang="EN-US" changeid="a"><seg>{en}</seg></tuv></tu>',
                "{}",
                "{}",
            ),
        ),
        "utf-8",
    ),
    "memoq": (
        _TMX.format(
            encoding="utf-8",
            doctype="",
            header='creationtool="MemoQ" o-tmf="MemoQTM" srclang="zh-cn" datatype="unknown" segtype="sentence"',
            body=_units(
                '<tu changedate="20240102T030405Z"><prop type="corrected">no</prop><tuv xml:lang="zh-cn"><prop type='
                '"x-context-pre">&lt;seg&gt;前文&lt;/seg&gt;</prop><seg>{zh}</seg></tuv><tuv xml:lang="en-gb"><seg>{en}'
                "</seg></tuv></tu>",
                '<ph type="fmt">{{}}</ph>{}',
                '<ph type="fmt">{{}}</ph>{}',
            ),
        ),
        "utf-8-sig",
    ),
    "poedit": (
        _TMX.format(
            encoding="UTF-8",
            doctype="",
            header='creationtool="Poedit" srclang="*all*" segtype="block"',
            body=_units(
                '<tu tuid="{n}"><tuv lang="zh_CN"><seg>{zh}</seg></tuv><tuv lang="en"><seg>{en}</seg></tuv></tu>',
                "{}",
                "{}",
            ),
        ),
        "utf-8",
    ),
}
"""Translation memories as CAT tools write them, with their encoding, by the tool."""

OCR = {
    "mineru.md": (
        "# 夏粮丰收\n\n全县夏粮总产$3 5 . 6$万吨，增长$6\\%$，亩产达到$4 2 0 \\mathrm { k g }$。  \n\n"
        '![](images/0a1b.jpg)  \n图1 农民在晒麦  \n\n<html><body><table><tr><td rowspan="2">镇</td><td colspan="2">产量</td></tr>'
        "<tr><td>2022</td><td>2023</td></tr><tr><td>东镇</td><td>3.1</td><td>3.4</td></tr></table></body></html>\n\n"
        "$$\nS = \\frac { 1 } { 2 } a h\n$$\n",
        "夏粮丰收 全县夏粮总产35.6万吨，增长6%，亩产达到420kg。图1 农民在晒麦 镇 产量 2022 2023 东镇 3.1 3.4 S = 1/2 ah",
    ),
    "mineru_content_list.json": (
        '[{"type":"header","text":"第3版","page_idx":0},{"type":"text","text":"夏粮丰收","text_level":1,"page_idx":0},'
        '{"type":"text","text":"全县夏粮总产$35.6$万吨。","page_idx":0},{"type":"image","img_path":"images/a.jpg",'
        '"image_caption":["图1 农民在晒麦"],"image_footnote":["摄影：某某"],"page_idx":0},{"type":"table","img_path":"images/b.jpg",'
        '"table_caption":["表1 产量"],"table_footnote":["注：万吨"],"table_body":"<table><tr><td>镇</td><td>产量</td></tr><tr>'
        '<td>东镇</td><td>3.4</td></tr></table>","page_idx":0},{"type":"list","sub_type":"text","list_items":["一是备种",'
        '"二是备肥"],"page_idx":1},{"type":"equation","text":"$$ a^2 $$","text_format":"latex","page_idx":1},'
        '{"type":"code","code_caption":["代码一"],"code_body":"甲=1","page_idx":1},{"type":"page_number","text":"4","page_idx":1},'
        '{"type":"aside_text","text":"旁注在此","page_idx":1}]',
        "第3版 夏粮丰收 全县夏粮总产35.6万吨。图1 农民在晒麦 摄影：某某 表1 产量 注：万吨 镇 产量 东镇 3.4 一是备种 二是备肥 a2 "
        "代码一 甲=1 4 旁注在此",
    ),
    "paddle.md": (
        '## 冬修水利\n\n今冬全县修渠120公里，投入劳力3.2万人次。\n\n<div style="text-align: center;"><img src="imgs/img_in_image_box_1.jpg" '
        'alt="Image" width="42%" /></div>\n\n<div style="text-align: center;">图为工地现场 </div>\n\n<div style="text-align: center;">'
        '<html><body><table border="1"><tbody><tr><td>乡</td><td>公里</td></tr><tr><td>南乡</td><td>38</td></tr></tbody></table>'
        "</body></html></div>\n\n水深$h_{1}$为 $ 2\\times10^{3} $ 毫米。\n",
        "冬修水利 今冬全县修渠120公里，投入劳力3.2万人次。图为工地现场 乡 公里 南乡 38 水深h1为 2×103 毫米。",
    ),
    "vl.md": (
        "冬修水利\n\n今冬全县修渠120公里。<br>投入劳力3.2万人次。\n\n<table border=1 style='margin: auto; word-wrap: break-word;'><tr>"
        "<td style='text-align: center;'>乡</td><td style='text-align: center;'>公里</td></tr><tr><td>南乡<br>北乡</td><td>38</td>"
        "</tr></table>\n\n- 甲&nbsp;项\n- 乙&lt;项&gt;\n\n（1）总则；&emsp;（2）附则。\n",
        "冬修水利 今冬全县修渠120公里。投入劳力3.2万人次。乡 公里 南乡 北乡 38 甲 项 乙<项> （1）总则；（2）附则。",
    ),
}
"""Files as OCR engines write them, with the text that they show, by name."""
