"""Files as other programs write them, through the command line: what is read, and nothing lost."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commandline import call
from tests.office_files import item, levels, paragraph, run, word_file
from tests.run.test_files_of_others import articles_of

HEAD = "全区粮食喜获丰收\n\n本报讯　今年全区粮食获得丰收，总产量达到20万吨。\n\n"
PICTURE = "# 全区丰收\n\n今年全区粮食获得丰收，总产量达到20万吨。\n\n![图](a.jpg)\n\n农民收割水稻。{}\n\n完。\n"
FIELD = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r><w:r><w:instrText> {} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
FORM = "".join(
    FIELD.format(data, code) + run(words)
    for data, code, words in (
        ("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>", "FORMCHECKBOX", "本地"),
        ("<w:checkBox><w:default w:val='0'/></w:checkBox>", "FORMCHECKBOX", "外地，类别为"),
        (
            "<w:ddList><w:result w:val='1'/><w:listEntry w:val='城镇'/><w:listEntry w:val='农村'/>"
            "</w:ddList>",
            "FORMDROPDOWN",
            "。",
        ),
    )
)
ALTO = (
    '<?xml version="1.0"?><alto><Tags><StructureTag ID="h" LABEL="heading"/></Tags><ReadingOrder>'
    '<OrderedGroup><ElementRef REF="b2"/><ElementRef REF="b1"/></OrderedGroup></ReadingOrder><Layout>'
    '<Page><PrintSpace><TextBlock ID="b1"><TextLine><String CONTENT="渡口"/><SP/><String CONTENT="昨日'
    '重开，首日接载乘客三"/></TextLine><TextLine><String CONTENT="千人次。"/><SP/><String CONTENT="ser"/>'
    '<HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="vice"/><SP/><String CONTENT="恢复。"/>'
    '</TextLine></TextBlock><TextBlock ID="b2" TAGREFS="h"><TextLine><String CONTENT="渡口重开"/>'
    "</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"
)
COLUMN = (
    '<TextLine><Coords points="{0},0 {0},90 {1},90"/><TextEquiv index="1"><Unicode>坏</Unicode>'
    "</TextEquiv><TextEquiv index='0'><Unicode>{2}</Unicode></TextEquiv></TextLine>"
)
PAGE = (
    '<?xml version="1.0"?><PcGts><Metadata><Creator>x</Creator></Metadata><Page><ReadingOrder>'
    '<OrderedGroup><RegionRefIndexed index="1" regionRef="r1"/><RegionRefIndexed index="0" '
    'regionRef="r2"/></OrderedGroup></ReadingOrder><TextRegion id="r1">'
    + COLUMN.format(10, 19, "︒眾人歡迎︒")
    + COLUMN.format(20, 29, "渡口昨日重開")
    + '</TextRegion><TextRegion id="r2" type="heading"><TextEquiv><Unicode>渡口</Unicode></TextEquiv>'
    "</TextRegion><TableRegion id='t'><TableCell row='0' col='0' colSpan='2'><TextLine><TextEquiv>"
    "<Unicode>进度</Unicode></TextEquiv></TextLine></TableCell><TableCell row='1' col='0'><TextLine>"
    "<TextEquiv><Unicode>东村</Unicode></TextEquiv></TextLine></TableCell><TableCell row='1' col='1'>"
    "<TextLine><TextEquiv><Unicode>85%</Unicode></TextEquiv></TextLine></TableCell></TableRegion>"
    "</Page></PcGts>"
)
SECOND_LIST = [
    [
        {"type": "title", "content": {"title_content": [{"type": "text", "content": "夏粮丰收"}]}},
        {
            "type": "paragraph",
            "content": {
                "paragraph_content": [
                    {"type": "text", "content": "总产增长"},
                    {"type": "equation_inline", "content": "3 5 . 6 \\%"},
                    {"type": "text", "content": "。"},
                ]
            },
        },
        {
            "type": "table",
            "content": {
                "image_source": {"path": "b.jpg"},
                "table_caption": [{"type": "text", "content": "表1 产量"}],
                "html": "<table><tr><td>镇</td><td>吨</td></tr><tr><td>东</td><td>1</td></tr></table>",
            },
        },
    ],
    [
        {
            "type": "list",
            "content": {
                "list_items": [{"item_content": [{"type": "text", "content": "一是备种。"}]}]
            },
        },
        {
            "type": "algorithm",
            "content": {"algorithm_caption": [{"type": "text", "content": "算法一"}]},
        },
    ],
]
OLD_PAGE = (
    '<HTML><HEAD><META content="text/html; charset=gb2312"><TITLE>县报</TITLE></HEAD><BODY><TABLE><TR>'
    '<TD><IMG src="l.gif"></TD><TD><A href=1>一版</A> | <A href=2>二版</A> | <A href=3>三版</A></TD></TR>'
    "</TABLE><TABLE><TR><TD><A href=x>收购</A></TD><TD><TABLE><TR><TD><B>大桥合龙</B></TD></TR><TR><TD>"
    "&nbsp;&nbsp;昨天上午九时，渡口大桥主跨顺利合龙。大桥全长1260米，总投资2.8亿元。<BR>&nbsp;&nbsp;施工单位"
    "表示，桥面铺装将在两个月内完成。</TD></TR><TR><TD>【打印】【关闭】</TD></TR></TABLE></TD></TR></TABLE></BODY></HTML>"
)
SAVED = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: '
    'text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><h1>通告</h1>'
    "<p>本月起调整时间。</p></body></html>\r\n--b--\r\n"
)
PANDOC = """# 办法

H~2~O，10^6^人，12%^3^，3~5、6~8天，==重点==与[小字]{.smallcaps}。

[旧稿]{.deletion author="某"}新稿在此，[第二处]{#b .mark key="v"}也在。

::: {.note}
注意安全。
:::

术语
:   解释在此。

3) 第三项
4) 第四项

```
甲 <b> = 1
```
"""

FILES: dict[str, tuple[str | bytes, list[tuple[str, str]]]] = {
    "pandoc.md": (
        PANDOC,
        [
            ("paragraph", "H₂O，10⁶人，12%[3]，3~5、6~8天，重点与小字。"),
            ("paragraph", "新稿在此，第二处也在。"),
            ("paragraph", "注意安全。"),
            ("list_item", "术语"),
            ("list_item", "解释在此。"),
            ("list_item", "3) 第三项"),
            ("list_item", "4) 第四项"),
            ("paragraph", "甲 <b> = 1"),
        ],
    ),
    "form.docx": (
        word_file(paragraph("居民登记表") + paragraph(FORM)),
        [("paragraph", "☒本地☐外地，类别为农村。")],
    ),
    "scan.xml": (
        ALTO,
        [
            ("title", "渡口重开"),
            ("paragraph", "渡口昨日重开，首日接载乘客三千人次。"),
            ("paragraph", "service 恢复。"),
        ],
    ),
    "columns.xml": (
        PAGE,
        [
            ("title", "渡口"),
            ("paragraph", "渡口昨日重開︒"),
            ("paragraph", "眾人歡迎︒"),
            ("table", "| 进度 | 进度 |"),
            ("table", "| 东村 | 85% |"),
        ],
    ),
    "two_content_list_v2.json": (
        json.dumps(SECOND_LIST),
        [
            ("title", "夏粮丰收"),
            ("paragraph", "总产增长35.6%。"),
            ("caption", "表1 产量"),
            ("table", "| 东 | 1 |"),
            ("list_item", "一是备种。"),
        ],
    ),
    "cues.ttml": (
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="3s">老街<span>开市</span>。'
        '</p><p begin="00:00:04.000" end="00:00:05.000">40</p></div></body></tt>',
        [
            ("furniture", "00:00:01,000 --> 00:00:03,000"),
            ("paragraph", "老街开市。"),
            ("paragraph", "40"),
        ],
    ),
    "frames.sub": (
        "{25}{75}老街开市。\n{80}{120}{y:i}你去吗？|去。\n",
        [("paragraph", "老街开市。"), ("paragraph", "你去吗？"), ("paragraph", "去。")],
    ),
    "cues.smi": (
        "<SAMI><HEAD><TITLE>老街</TITLE><STYLE TYPE='text/css'><!--\nP {color: red}\n--></STYLE></HEAD>\n"
        "<BODY><SYNC Start=1000><P Class=ZHCC>\n老街开市。\n<SYNC Start=3000><P Class=ZHCC>&nbsp;\n"
        "<SYNC Start=3500><P Class=ZHCC>店铺<font color=red>五十</font>多家，<br>都开门。\n"
        "<SYNC Start=6000><P Class=ENCC>Bye<P Class=ZHCC>50\n</BODY></SAMI>\n",
        [("paragraph", text) for text in ("老街开市。", "店铺五十多家，都开门。", "Bye", "50")],
    ),
    "whisper.txt": (
        "[00:00.000 --> 00:04.200]  今天讲水库。\n[00:04.200 --> 01:00:07.000]  四十\n",
        [
            ("paragraph", "今天讲水库。"),
            ("furniture", "[00:04.200 --> 01:00:07.000]"),
            ("paragraph", "四十"),
        ],
    ),
    "stamped.txt": (
        "[00:00:01.000] 各位好。\n[00:00:05.200] 40\n",
        [("paragraph", "各位好。"), ("paragraph", "40")],
    ),
    "transcript.txt": (
        "0:00\n大家好\n0:03\n今天看码头\n0:11\n40\n",
        [("paragraph", "大家好"), ("furniture", "0:11"), ("paragraph", "40")],
    ),
    "timetable.txt": (
        f"{HEAD}8:30\n开幕式\n9:00\n参观\n",
        [("paragraph", "8:30"), ("paragraph", "9:00")],
    ),
    "paths.csv": (
        "id,text\n1,目录在D:\\\n2,第二则。\n",
        [("paragraph", "目录在D:\\"), ("paragraph", "第二则。")],
    ),
    "escaped.csv": (
        'id,text\n="001","他说：\\"好\\"，走了。"\n="002","=HYPERLINK(""http://a.b"",""看公告。"")"\n'
        '="003",=HYPERLINK("http://a.b";"另一则。")\n',
        [("paragraph", '他说："好"，走了。'), ("paragraph", "看公告。"), ("paragraph", "另一则。")],
    ),
    "lists.jsonl": (
        json.dumps({"text": [["甲句。", "乙句。"], [{"text": "丙句。", "id": 1}], None]}),
        [("paragraph", "甲句。"), ("paragraph", "乙句。"), ("paragraph", "丙句。")],
    ),
    "counters.html": (
        '<meta charset=utf-8><title>管理条例</title><style>ol.law>li::before{content:"第" counter(a) "条 "}'
        ".cn{list-style-type:simp-chinese-formal}</style><h1>管理条例</h1><ol class=law><li>制定本条例。"
        "<li>适用全市。</ol><ol class=cn><li>登记。<li>免疫。</ol><ul><li><label><input type=checkbox checked>通车</label></ul>",
        [
            ("list_item", "第1条 制定本条例。"),
            ("list_item", "第2条 适用全市。"),
            ("list_item", "壹、登记。"),
            ("list_item", "贰、免疫。"),
            ("list_item", "☒ 通车"),
        ],
    ),
    "prizes.txt": (
        f"{HEAD}一等奖　　张　伟　　《春天》　　朱泾小学\n二等奖　　李　娜　　《渡口》　　枫泾中学\n"
        "　　　　　刘洋　　《老街》　　亭林中学\n三等奖　　陈静　　《秋收》\n",
        [
            ("table", "一等奖　　张　伟　　《春天》　　朱泾小学"),
            ("table", "刘洋　　《老街》　　亭林中学"),
            ("table", "三等奖　　陈静　　《秋收》"),
        ],
    ),
    "ragged.txt": (
        f"{HEAD}姓名 性别 年龄\n张伟 男 35\n李娜 女\n王芳 女 28\n欧阳文静 女 41\n",
        [("table", "姓名 性别 年龄"), ("table", "李娜 女"), ("table", "欧阳文静 女 41")],
    ),
    "form.txt": (
        f"{HEAD}姓名：王强　　性别：男　　年龄：42岁\n籍　贯：上海　　学　历：本科\n",
        [
            ("table", "姓名：王强　　性别：男　　年龄：42岁"),
            ("table", "籍　贯：上海　　学　历：本科"),
        ],
    ),
    "sources.md": (
        "# 花市\n\n![](t.jpg)\n\n来源：晚报\n\n花市昨日开放。\n\n![](a.jpg)\n\n来源：新华社\n\n花农布置展台。"
        "\n\n![](b.jpg)\n来源：区融媒体中心\n\n![](c.jpg)\n\n图源：受访者\n\n完。\n\n"
        "![](d.jpg)\n\n游客在选购。\n\n图源：视觉中国\n\n花市到月底。\n\n![](e.jpg)\n\n赏花 来源：东方IC\n\n完。\n",
        [
            ("credit", "来源：晚报"),
            ("caption", "来源：新华社"),
            ("caption", "来源：区融媒体中心"),
            ("caption", "图源：受访者"),
            ("caption", "游客在选购。"),
            ("caption", "赏花 来源：东方IC"),
        ],
    ),
    "bars.txt": (
        f"{HEAD}区县│气温│降水\n────┼────┼────\n东区│32│0\n西区│31│12\n",
        [("table", "区县│气温│降水"), ("table", "西区│31│12")],
    ),
    "old.html": (
        OLD_PAGE.encode("gb18030"),
        [
            ("paragraph", "昨天上午九时，渡口大桥主跨顺利合龙。"),
            ("paragraph", "大桥全长1260米，总投资2.8亿元。"),
            ("paragraph", "施工单位表示，桥面铺装将在两个月内完成。"),
        ],
    ),
    "brief.html": (
        "<meta charset=utf-8><title>停电_晚报</title><h2>停电</h2><div>定于<time>5月6日</time><span>8时</span>"
        "至<div style='display: inline'>17时</div>对<a href=a><b>新华路</b></a>停电。</div><p>请用户<u>提前</u>做好<font>准备</font>。</p>",
        [
            ("title", "停电"),
            ("paragraph", "定于5月6日8时至17时对新华路停电。"),
            ("paragraph", "请用户提前做好准备。"),
        ],
    ),
    "included.docx": (
        word_file('<w:altChunk r:id="rId1"/>' + paragraph("以上为附件。"), {"part.mht": SAVED}),
        [("title", "通告"), ("paragraph", "本月起调整时间。"), ("paragraph", "以上为附件。")],
    ),
    "styled.docx": (
        word_file(
            paragraph("工程通报")
            + paragraph("工程进展顺利，年底完工。")
            + paragraph("图1 施工现场", "<w:pStyle w:val='a5'/>")
            + paragraph("竣工", "<w:pStyle w:val='DefinitionTerm'/>")
            + paragraph("工人加班施工。"),
            {
                "styles": "".join(
                    f"<w:style w:type='paragraph' w:styleId='{i}'><w:name w:val='{n}'/></w:style>"
                    for i, n in (("a5", "caption"), ("DefinitionTerm", "Definition Term"))
                )
            },
        ),
        [
            ("paragraph", "工程进展顺利，年底完工。"),
            ("caption", "图1 施工现场"),
            ("list_item", "竣工"),
            ("paragraph", "工人加班施工。"),
        ],
    ),
    "raised.html": (
        "<meta charset=utf-8><style>.u{vertical-align:super}</style><title>通报一则</title><h1>通报一则</h1>"
        "<p>人口10<span class=u>6</span>人，气温25<sup>o</sup>C，<i>x</i><sup>n+1</sup>，E=mc<sup>2</sup>。</p>",
        [("paragraph", "人口10⁶人，气温25°C，xⁿ⁺¹，E=mc²。")],
    ),
    "stars.txt": (
        "展板换新\n\n展板有210*297毫米、148*210毫米两种，每块3~~5元、30~~40元。\n\n张*明、李*华获奖。\n",
        [
            ("paragraph", "展板有210*297毫米、148*210毫米两种，每块3~~5元、30~~40元。"),
            ("paragraph", "张*明、李*华获奖。"),
        ],
    ),
    "verse.md": (
        "# 简报\n\n- [x] 合龙\n- [ ] 通车\n\n诗曰：\n\n| 柳下人家晚，\n| 桥头灯火初。\n\n注^[行内注。]，`a<b`。\n\n"
        "1.  主桥\n2.  引桥\n\n子. 总则在此。\n\n| 线路 | 班次 |\n|---|---|\n| 东线 | 12 |\n\n: 表一 班次\n\n完。\n\n| 镇 | 吨 |\n|---|---|\n| 东 | 1 |\n\nTable: 表二 产量\n\n完。\n",
        [
            ("list_item", "☒ 合龙"),
            ("list_item", "☐ 通车"),
            ("paragraph", "柳下人家晚，桥头灯火初。"),
            ("paragraph", "注[行内注。]，a<b。"),
            ("list_item", "1.  主桥"),
            ("list_item", "2.  引桥"),
            ("paragraph", "子. 总则在此。"),
            ("table", "| 东线 | 12 |"),
            ("caption", "表一 班次"),
            ("caption", "表二 产量"),
        ],
    ),
    "copied.docx": (
        word_file(
            paragraph("养犬办法") + item("登记犬只。") + item("定期免疫。"),
            {"numbering": levels(("ideographTraditional", "%1、"))},
        ),
        [("list_item", "甲、登记犬只。"), ("list_item", "乙、定期免疫。")],
    ),
    **{
        f"credit{number}.md": (
            PICTURE.format(credit),
            [("caption", "农民收割水稻。"), ("caption", credit), ("paragraph", "完。")],
        )
        for number, credit in enumerate(
            (
                "（图据新华社）",
                "【图片：区融媒体中心】",
                "©视觉中国",
                "(Photo by 张三)",
                "摄影 李四",
            )
        )
    },
}


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[tuple[str, str]]]:
    """The blocks of every file of one run, as (kind, sentence), by the file's name."""
    return articles_of(tmp_path_factory.mktemp("programs"), {n: f[0] for n, f in FILES.items()})


@pytest.mark.parametrize("name", FILES)
def test_a_run_reads_what_a_program_wrote(
    name: str, blocks: Mapping[str, list[tuple[str, str]]]
) -> None:
    wanted = FILES[name][1]
    assert [row for row in blocks[name] if row in wanted] == wanted
    others = ("一版", "坏", "打印")
    assert not any(word in text for _, text in blocks[name] for word in others)


def test_xml_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text("<rss><channel><title>x</title></channel></rss>")
    answer = call("segment", "--input", str(tmp_path / "feed.xml"), "--output", str(tmp_path / "run"),
                  "--config", str(Path(__file__).parents[2] / "configs/demo.yaml"))  # fmt: skip
    assert "XML of a kind that is not read: <rss>; give ALTO, PAGE" in answer.messages


def test_every_cell_of_a_table_has_its_own_english(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "各镇产量见下表。\n\n名次　　姓　名　　成绩（分）\n一等奖　　张　伟　　98分\n二等奖　　李　娜　　95分\n\n"
        "| 时间 | 内容 |\n|---|---|\n| 3月6日下午2时 | 市民可免费参观农业博览会。 |\n| 3月7日 | 急救（甲\\|乙班）。 |\n",
        encoding="utf-8",
    )
    (tmp_path / "c.yaml").write_text(
        f"input: {{paths: [{tmp_path / 'a.txt'}]}}\noutput: {tmp_path / 'run'}\n"
        'runtime: {device: cpu, memory: "off"}\ntranslate: {model: {kind: seq2seq, path: "bundled:'
        'zh-en", beams: 1}, kinds: [paragraph, table], repair: {enabled: false}}\n',
        encoding="utf-8",
    )
    assert call("run", "--config", str(tmp_path / "c.yaml"), "--until", "translate").code == 0
    assert call("export", str(tmp_path / "run"), "--to", str(tmp_path / "a.tsv")).code == 0
    rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text("utf-8").splitlines()]
    tables = {row[6]: row[7].count("|") - 1 for row in rows if row[2] == "table"}
    assert list(tables.values()) == [3, 3, 3, 2, 2, 2]
    assert not any("\\" in row[7] for row in rows)
    assert any(row[7].endswith(" (points) |") for row in rows)
    # which of the two the model writes depends on the CPU's arithmetic
    days = [row[7].split("|")[1] for row in rows if row[6].startswith("| 3月6日")]
    assert len(days) == 1
    assert "March 6" in days[0] or "6 March" in days[0]


def test_items_of_a_list_keep_their_numbers_in_english(tmp_path: Path) -> None:
    notice = "二、工作措施\n\n（一）加强领导\n\n1）不得擅自转让\n\n2）不得超过三天\n\n③组织培训\n"
    (tmp_path / "a.md").write_text(f"# 通知\n\n现将有关事项通知如下。\n\n{notice}", "utf-8")
    folder = tmp_path / "run"
    assert call("run", str(tmp_path / "a.md"), "--output", str(folder), "-q").code == 0
    assert call("export", str(folder), "--to", str(tmp_path / "a.tsv")).code == 0
    rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text("utf-8").splitlines()]
    marks = [row[7].split()[0] for row in rows[1:]]
    assert marks[-5:] == ["2.", "(1)", "1)", "2)", "③"]
    assert all(len(row[7].split()) > 1 for row in rows[-5:])
