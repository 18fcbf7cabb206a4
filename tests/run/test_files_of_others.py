"""Files of other makers through the command line: each block of theirs, and what was set aside."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import call
from tests.office_files import epub_file, item, levels, paragraph, run, word_file

LINES = "全区粮食喜获丰收\n\n本报讯　今年全区粮食获得丰收，总产量达到20万吨。\n\n"
NESTED = [
    {"translation": {"zh": "山货上市。", "en": "Goods are here."}},
    {"translation": {"zh": "春耕开始。", "en": "Spring."}},
]
TABLE = (
    "<table><thead><tr><th rowspan=2>县名</th><th colspan=2>人口</th></tr><tr><th>常住</th>"
    "<th>户籍</th></tr></thead><tr><td rowspan=2>乙县</td><td>28.7</td><td>30.2</td></tr>"
    "<tr><td>28.1</td><td>30.1</td></tr></table>"
)
PAGE = (
    "<meta charset=utf-8><title>条例</title><h1>养犬条例</h1><ol><li>为了加强管理，制定本条例。"
    f"<li>本条例适用于全市。</ol><ol start=3><li>违反的处罚款。</ol>{TABLE}<p>数据来自统计局。</p>"
)
GBK = (
    '<?xml version="1.0" encoding="gb2312"?><html><body><h1>第二章</h1><p>末段。</p></body></html>'
)
CHANGED = (
    paragraph(run("投资额为") + "<w:ins><w:r><w:t>300</w:t></w:r></w:ins>" + run("万元。"))
    + item("登记犬只。")
    + item("定期免疫。")
)

STYLED = (
    "<!DOCTYPE html><meta charset=utf-8><title>江城晚报 - 公交改线</title><style>"
    ".off { display: none } .blk { display: block } .news > div.in { display: inline }"
    "ol.n { list-style: none } ol.n li:before { content: counters(n, '.') }"
    "@media print { .lead { display: none } }</style><body>"
    "<table><tr><th colspan=2>公交改线</th></tr>"
    "<tr><td colspan=2>江城晚报 2004年5月6日 08:30 来源：江城网</td></tr><tr><td class=main>"
    "<p class=lead>12路公交今起改线，首班车六点发车。市民可看站牌。</p>"
    "<div class=news>全线设<div class=in>二十三站</div>，票价两元。</div>"
    "<div><span class=blk>末班车二十三点。</span><span class=blk>节假日加车。</span></div>"
    "<p>春运方案<sup><a href=#fn1>1</a></sup>另行公布。<span class=off>内部稿。</span></p>"
    "<p><img src=a.jpg></p><p align=center>市民在看站牌</p>"
    "<ol class=n><li>站点<ol class=n><li>东站。</li></ol></li></ol>"
    "<table border=1><tfoot><tr><td>合计</td><td>3</td></tr></tfoot><tbody>"
    "<tr><td rowspan=9>东</td><td><table><tr><td>一站</td><td>1</td></tr></table></td></tr>"
    "</tbody></table>"
    "<li>上一篇文章：<a href=3>站点表</a></li>某局主办　备案号：湘0900001号，请勿转载此页内容"
    "<section class=footnotes><ol><li id=fn1><p>见下月公告。</p><p>可来电。</p></li></ol></section>"
    "</td><td><table><tr><td>热点排行</td></tr><tr><td><a href=1>地铁延长</a></td></tr></table>"
    "</td></tr></table>"
)
BLOG = (
    "---\ntitle: '老街改造'\ndate: 2020-08-12 10:00:00\ntags: [民生]\n---\n\n"
    "方案<ins>三</ins><del>两</del>步走，网址是&lt;www.lj.example&gt;。\n\n"
    "全市现有企业1200家<br>从业人员3万人<br>产值50亿元。\n\n- 带上身份证<br>和户口本\n\n"
    "<p align=center>* * *</p>\n\n| **项目** | [金额](http://x.cn) |\n|---|---|\n| 路 | 3 |\n\n"
    "1. 第一步：<br>定位\n2. 第二步：抓取\n\n> <p>“省力。”</p>\n\n效率高。<sup>[1](#n1)</sup>\n\n"
    "<dl><dt>电话</dt><dd>12345</dd></dl>\n\n价格升到 *600* 元，水体中<sup>14</sup>C稳定[^1]。\n\n"
    "<sup>*</sup> 单价含税。\n\n[^1]: 取自年报。\n\n    又见月报。\n"
)
FORM = (
    paragraph("登记表如下，请填写。")
    + paragraph("<w:r><w:t>第一行</w:t><w:br/><w:t>第二行在此。</w:t></w:r>")
    + paragraph("<w:r><w:t>菜品有</w:t><w:br/><w:t>红烧肉等二十种，价格比市场低两成。</w:t></w:r>")
    + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
    + paragraph(run("单击此处输入文字。"))
    + "</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
    + paragraph(run("食堂由街道出资。"))
    + "</w:sdtContent></w:sdt>"
)
LAID_OUT = (
    "<meta charset=utf-8><title>江城晚报电子版</title><table><tr><td align=center>"
    "<b>垃圾分类实行</b></td></tr><tr><td>2004年06月18日　本报记者 何平</td></tr>"
    "<tr><td width=70%><p>市环卫局昨日宣布，垃圾从下月起分类收集。</p>"
    "<p>每个小区将设两名督导员，为期三个月。</p></td><td><table><tr><td><img src=a.jpg></td></tr>"
    "<tr><td>图为督导员在小区。</td></tr></table></td></tr></table>"
)
MASTHEAD = (
    "<meta charset=utf-8><title>管网改造完工</title><table><tr><td>江城日报</td>"
    "<td>2005年11月2日 星期三</td><td>第三版</td></tr></table>"
    "<table><tr><td>民生工程</td></tr><tr><td>"
    "<font size=6>管网改造完工</font></td></tr><tr><td>——二十七个小区受益</td></tr><tr>"
    "<td><b>供水</b><br>市水务局昨日通报，改造工程提前完工。<br>"
    "居民用上了新水管，水压也大了。</td></tr></table>"
)

FILES: dict[str, tuple[str | bytes, list[tuple[str, str]]]] = {
    "book.epub": (epub_file({"a.xhtml": GBK.encode("gbk")}), [("paragraph", "末段。")]),
    "styled.epub": (
        epub_file(
            {"a.xhtml": "<html><body><p class='x'>隐藏。</p><p>甲。</p></body></html>"},
            others={"OEBPS/s.css": ".x { display: none } @media print { p { display: none } }"},
        ),
        [("paragraph", "甲。")],
    ),
    "raised.md": (
        "# 提速\n\n10<sup>6</sup>人，50m<sup>2</sup>。",
        [("paragraph", "10⁶人，50m²。")],
    ),
    "word.docx": (
        word_file(CHANGED, {"numbering": levels(("decimal", "第%1条　"))}),
        [
            ("paragraph", "投资额为300万元。"),
            ("list_item", "第1条　登记犬只。"),
            ("list_item", "第2条　定期免疫。"),
        ],
    ),
    "page.html": (
        PAGE,
        [
            ("list_item", "1. 为了加强管理，制定本条例。"),
            ("list_item", "3. 违反的处罚款。"),
            ("table", "| 县名 | 常住 | 户籍 |"),
            ("table", "| 乙县 | 28.1 | 30.1 |"),
        ],
    ),
    "styled.html": (
        STYLED,
        [
            ("title", "公交改线"),
            ("date", "江城晚报 2004年5月6日 08:30 来源：江城网"),
            ("paragraph", "全线设二十三站，票价两元。"),
            ("paragraph", "末班车二十三点。"),
            ("paragraph", "节假日加车。"),
            ("paragraph", "春运方案[1]另行公布。"),
            ("caption", "市民在看站牌"),
            ("list_item", "1 站点"),
            ("list_item", "1.1 东站。"),
            ("table", "| 东 | 一站 1 |"),
            ("table", "| 合计 | 3 |"),
            ("footnote", "[^1]: 见下月公告。"),
            ("footnote", "可来电。"),
        ],
    ),
    "blog.md": (
        BLOG,
        [
            ("title", "老街改造"),
            ("date", "2020-08-12 10:00:00"),
            ("paragraph", "方案三步走，网址是<www.lj.example>。"),
            ("paragraph", "全市现有企业1200家"),
            ("paragraph", "从业人员3万人"),
            ("paragraph", "产值50亿元。"),
            ("list_item", "带上身份证"),
            ("paragraph", "和户口本"),
            ("furniture", "* * *"),
            ("table", "| 项目 | 金额 |"),
            ("list_item", "1. 第一步："),
            ("paragraph", "定位"),
            ("list_item", "2. 第二步：抓取"),
            ("paragraph", "“省力。”"),
            ("paragraph", "效率高。[1]"),
            ("list_item", "电话"),
            ("list_item", "12345"),
            ("paragraph", "价格升到 600 元，水体中¹⁴C稳定[1]。"),
            ("paragraph", "[*] 单价含税。"),
            ("footnote", "[^1]: 取自年报。"),
            ("footnote", "又见月报。"),
        ],
    ),
    "form.docx": (
        word_file(FORM),
        [
            ("paragraph", "第一行"),
            ("paragraph", "第二行在此。"),
            ("paragraph", "菜品有红烧肉等二十种，价格比市场低两成。"),
            ("paragraph", "食堂由街道出资。"),
        ],
    ),
    "layout.html": (
        LAID_OUT,
        [
            ("title", "垃圾分类实行"),
            ("date", "2004年06月18日　本报记者 何平"),
            ("paragraph", "每个小区将设两名督导员，为期三个月。"),
            ("caption", "图为督导员在小区。"),
        ],
    ),
    "masthead.html": (
        MASTHEAD,
        [
            ("title", "管网改造完工"),
            ("subtitle", "民生工程"),
            ("subtitle", "——二十七个小区受益"),
            ("paragraph", "市水务局昨日通报，改造工程提前完工。"),
        ],
    ),
    "brief.html": (
        "<meta charset=utf-8><title>简讯</title><h2>末班车延时</h2>"
        "<p>地铁末班车<b>今起</b>延时。</p>",
        [("title", "末班车延时"), ("paragraph", "地铁末班车今起延时。")],
    ),
    "note.md": (
        "# 人口\n\n人口如下表。\n\n| 县 | 人口 |\n|---|---|\n| 甲 | 3① |\n\n① 不含流动人口"
        "\n\n统计局称，人口有<ruby>增<rp>(</rp><rt>zēng</rt><rp>)</rp></ruby>长。\n",
        [("footnote", "① 不含流动人口"), ("paragraph", "统计局称，人口有增长。")],
    ),
    "ocr.md": (
        "# 提速\n\n<div style='text-align:center'>图1 老城</div>\n\n增长 $9.\\,9\\%$ 。<br>完。\n",
        [("caption", "图1 老城"), ("paragraph", "增长 9.9% 。")],
    ),
    "tall.txt": (
        "新措施\n\n他說︓﹁好﹂︒又稱︐要快︒\n",
        [("paragraph", "他說︓﹁好﹂︒"), ("paragraph", "又稱︐要快︒")],
    ),
    "open.csv": (
        'id,text\n1,第一行。\n2,"没有关上。\n3,第三行。\n',
        [("paragraph", '"没有关上。'), ("paragraph", "第三行。")],
    ),
    "said.srt": (
        "1\n00:00:01,000 --> 00:00:03,500\n看老城区。\n\n2\n00:00:03,600 --> 00:00:05,000\n40\n",
        [("furniture", "00:00:01,000 --> 00:00:03,500"), ("paragraph", "40")],
    ),
    "rows.txt": (
        f"{LINES}县名\t常住\t户籍\n甲县\t32.1\t35.4\n乙县\t28.7\t30.2\n",
        [("table", "甲县\t32.1\t35.4")],
    ),
    "caption.md": (
        f"# {LINES}![图](a.jpg)\n\n3月5日，农民收割水稻。图/视觉中国\n",
        [("caption", "3月5日，农民收割水稻。"), ("caption", "图/视觉中国")],
    ),
}


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[tuple[str, str]]]:
    """The blocks of every file of one run, as (kind, sentence), by the file's name."""
    return articles_of(tmp_path_factory.mktemp("others"), {n: f[0] for n, f in FILES.items()})


def articles_of(
    folder: Path, files: Mapping[str, str | bytes]
) -> Mapping[str, list[tuple[str, str]]]:
    """Return what a run makes of files, as (kind, sentence) by name; it may lose no character."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    names = [str(folder / name) for name in files]
    answer = call("segment", *(part for name in names for part in ("--input", name)),
                  "--config", str(Path(__file__).parents[2] / "configs/demo.yaml"),
                  "--output", str(folder / "run"))  # fmt: skip
    assert answer.code == 0, answer.messages
    shown = call("show", str(folder / "run"), "--source").text
    assert shown.count(", 0 lost") == len(files), shown
    found: dict[str, list[tuple[str, str]]] = {}
    for path in (folder / "run/articles").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for article in _articles(json.loads(line)):
                rows = found.setdefault(Path(article["source"].split(":")[0]).name, [])
                rows += [(b["kind"], s["text"]) for b in article["blocks"] for s in b["sentences"]]
    return found


def _articles(row: Any) -> list[dict[str, Any]]:
    rows = row if isinstance(row, list) else [row]
    return [each for each in rows if "blocks" in each]


@pytest.mark.parametrize("name", FILES)
def test_a_run_reads_what_is_in_a_file(
    name: str, blocks: Mapping[str, list[tuple[str, str]]]
) -> None:
    wanted = FILES[name][1]
    assert [row for row in blocks[name] if row in wanted] == wanted


def test_what_a_page_hides_or_shows_beside_its_story_is_no_block(
    blocks: Mapping[str, list[tuple[str, str]]],
) -> None:
    texts = "".join(text for name in ("styled.html", "styled.epub") for _, text in blocks[name])
    others = ("内部稿", "热点排行", "地铁延长", "隐藏", "上一篇", "备案号", "站点表")
    assert not [word for word in others if word in texts]


def test_what_a_form_asks_for_is_set_aside_and_not_what_filled_it_in(
    blocks: Mapping[str, list[tuple[str, str]]],
) -> None:
    texts = [text for _, text in blocks["form.docx"]]
    assert "食堂由街道出资。" in texts
    assert "单击此处输入文字。" not in texts


def test_show_gives_a_damaged_chapter_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    page = "<html><body><p>渡口改在上游，离镇子五里。</p></body></html>".encode()
    damaged = page.replace("渡".encode(), "渡".encode()[:2])
    whole = "<html><body><p>甲。</p></body></html>"
    (tmp_path / "b.epub").write_bytes(epub_file({"a.xhtml": whole, "b.xhtml": damaged}))
    answer = call("segment", str(tmp_path / "b.epub"), "--output", str(tmp_path / "run"))
    assert answer.code == 3
    assert "口改在上游，离镇子五里。" in call("show", str(tmp_path / "run"), "--source").text


def test_a_run_reads_fields_inside_the_columns_of_a_dataset(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(NESTED).save_to_disk(str(tmp_path / "saved"))
    config = tmp_path / "config.yaml"
    config.write_text(
        f"input: {{paths: [{tmp_path / 'saved'}], fields: {{text: translation.zh}}}}\n"
        f"output: {tmp_path / 'run'}\n",
        encoding="utf-8",
    )
    answer = call("segment", "--config", str(config))
    assert answer.code == 0, answer.messages
    articles = "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "run/articles").iterdir()
    )
    assert all(row["translation"]["zh"] in articles for row in NESTED)


def test_a_run_reads_labels_by_their_names_and_names_empty_fields(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    kinds = datasets.ClassLabel(names=["经济新闻", "体育新闻"])
    text = {"zh": datasets.List(datasets.Value("string"))}
    variants = datasets.TranslationVariableLanguages(languages=["en", "zh"])
    rows = [
        {"text": {"zh": ["球队获胜。"]}, "kind": 1, "more": {"en": "Won.", "zh": ["胜了。"]}},
        {"text": {"zh": []}, "kind": 0, "more": {"en": "Empty.", "zh": []}},
    ]
    features = datasets.Features({"text": text, "kind": kinds, "more": variants})
    datasets.Dataset.from_list(rows, features=features).save_to_disk(str(tmp_path / "saved"))
    for field, said in (("text.zh", "球队获胜。"), ("more.zh", "胜了。")):
        config = tmp_path / "config.yaml"
        config.write_text(
            f"input: {{paths: [{tmp_path / 'saved'}], fields: {{text: {field}, title: kind}}}}\n"
            f"output: {tmp_path / field}\n",
            encoding="utf-8",
        )
        answer = call("segment", "--config", str(config))
        articles = "".join(
            path.read_text(encoding="utf-8") for path in (tmp_path / field / "articles").iterdir()
        )
        assert "体育新闻" in articles
        assert said in articles
        assert field != "text.zh" or "saved:2: 'text.zh' is empty" in answer.messages


def test_a_row_of_a_table_that_cannot_be_read_is_in_the_account(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("id,text\n1,晴天。\n2,多云,有雨。\n", encoding="utf-8")
    answer = call("segment", str(table), "--output", str(tmp_path / "run"))
    assert answer.code == 3
    shown = call("show", str(tmp_path / "run"), "--source").text
    assert "10 characters: 4 read, 6 set aside, 0 lost" in shown
    assert "多云 有雨。" in " ".join(shown.split())


def test_a_command_takes_the_approved_translation_of_a_trados_file(tmp_path: Path) -> None:
    units = "".join(
        f'<tu changedate="{date}T000000Z"><prop type="x-ConfirmationLevel">{state}</prop>'
        f'<tuv xml:lang="zh-CN"><seg>山货</seg></tuv><tuv xml:lang="en"><seg>{en}</seg></tuv></tu>'
        for date, state, en in (
            ("20240301", "Draft", "Draft"), ("20250301", "ApprovedTranslation", "Goods")
        )
    )  # fmt: skip
    path = tmp_path / "memory.tmx"
    path.write_text(f"<tmx version='1.4'><body>{units}</body></tmx>", encoding="utf-8")
    answer = call("check", str(path))
    assert answer.code == 0
    assert answer.text.startswith("1 pair,")
    assert "not taken, because another unit of this sentence has a higher status" in answer.messages


def test_what_was_read_inside_a_field_or_a_formula_is_not_said_to_be_left_out(
    tmp_path: Path,
) -> None:
    row = {"text": [{"line": "春耕开始。", "n": 17}, {"line": "山货上市。", "n": 23}]}
    table = r"<table><tr><td>产量$/\mathrm{t}$</td><td>$3\,200$</td></tr></table>"
    (tmp_path / "a.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "b_content_list.json").write_text(
        json.dumps([{"type": "table", "table_body": table}]), encoding="utf-8"
    )
    for name, field, left_out in (
        ("a.jsonl", "text.line", "4 set aside, 0 lost"),
        ("b_content_list.json", "text", "0 set aside, 0 lost"),
    ):
        output = str(tmp_path / f"run-{name}")
        fields = f"input.fields.text={field}"
        answer = call("segment", str(tmp_path / name), "--output", output, "--set", fields)
        assert (answer.code, "lost" in answer.messages) == (0, False), answer.messages
        shown = call("show", output, "--source").text
        assert left_out in shown
        assert "春耕" not in shown
        assert ("17 23" in shown) is (name == "a.jsonl")
