"""Markdown of OCR converters and word processors: HTML, entities, formulas, links, notes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.input.encodings import UnreadableError
from pipeline.input.read import read_documents
from pipeline.input.readers.markup.latex import latex_text
from pipeline.input.readers.markup.markdown import plain_markdown
from pipeline.records import Document
from pipeline.segment.segment import segment

ROOT = Path(__file__).parents[2]

# what is written, what it says
FORMULAS = [
    (r"9.\,9\%", "9.9%"),
    (r"2,\,5\%", "2,5%"),
    (r"5\,000", "5000"),
    (r"3 5 . 6 \mathrm { k m } ^ { 2 }", "35.6km²"),
    (r"\textbf{1 2 . 5} \%", "12.5%"),
    (r"3 \text { k m } ", "3km"),
    (r"5 \text{ per day}", "5 per day"),
    ("200", "200"),
    (r"50\%\sim 60\%", "50%~60%"),
    (r"\textcircled{1}", "①"),
    (r"\textcircled { \scriptsize 1 0 }", "⑩"),
    (r"25^{\circ}\mathrm{C}", "25°C"),
    (r"-5^\circ\mathrm{C}", "-5°C"),
    (r"1.2 \times 10^{4}", "1.2×10⁴"),
    (r"1 \frac{1}{2}", "1 1/2"),
    (r"^{①}", "①"),
    (r"\mathrm{N}^{\circ}3", "№3"),
    (r"N _ { \underline { o } } 8", "№8"),
    (r"\text{№}12", "№12"),
    (r"\overset{}{5}", "5"),
    (r"\begin{array}{l}5\\6\end{array}", "5 6"),
    (r"10 ^ { - 6 }", "10⁻⁶"),
    (r"15 ^ { \mathrm { t h } }", "15th"),
    (r"\mathrm{CO}_2", "CO₂"),
    (r"\geq 300", "≥300"),
    (r"1200\mathrm{m}", "1200m"),
    (r"\frac{1}{3}", "1/3"),
    (r"\frac{a+b}{3}", "(a+b)/3"),
    (r"\pm 2\%", "±2%"),
    (r"\mu\mathrm{g}/\mathrm{m}^3", "μg/m³"),
    (r"30 \text{ kg}", "30 kg"),
    (r"^{[1]}", "[1]"),
    (r"\mathrm{{~m}}^{3}", "m³"),
    (r"\mathbf{A} \to B", "A→B"),
    (r"\sqrt{2}", "√2"),
    (r"\langle\langle A \rangle\rangle", "〈〈A〉〉"),
    (r"\emptyset 8", "∅8"),
    (r"\pmb { 8 0 }", "80"),
    (r"\operatorname*{max}", "max"),
    (r"\textcolor{red}{5}", "5"),
    (r"2 0 \backsim 3 0", "20~30"),
    (r"\unknown{3}", "unknown3"),
    ("{" * 200 + "1", "1"),
]


@pytest.mark.parametrize(("source", "expected"), FORMULAS)
def test_a_formula_is_plain_text(source: str, expected: str) -> None:
    assert latex_text(source) == expected


# Markdown as it is found, and without what is not Markdown's
TEXTS = [
    ("价格$5到$6之间，约US$200。", "价格$5到$6之间，约US$200。"),
    ("A$5，B$6，共 $11$ 元", "A$5，B$6，共 11 元"),
    (r"价格为 \$30 和 \$40", r"价格为 \$30 和 \$40"),
    ("价格 $ 5 元，共 $ 6 元", "价格 $ 5 元，共 $ 6 元"),
    ("$ 3 . 5 $ 亿元", "3.5 亿元"),
    ('前文<video src="v.mp4"><a href="v.mp4">不支持视频</a></video>后文', "前文后文"),
    ("前文<video src='v.mp4'/>后文", "前文\n\n后文"),
    ("见 $[ 1 ]$ 与 $[ 2 - 4 ]$", "见 [1] 与 [2-4]"),
    ("$^{*}$ 含配套。", r"\* 含配套。"),
    ("| 甲 |\n|-|\n| `3`对 |\n: 表1", "| 甲 |\n|-|\n| `3`对 |\n![表1](caption)"),
    (
        r"净利US$3.2亿，省 $ 5\% $ ，股价$45.6，购 $ ^{①} $ 次",
        "净利US$3.2亿，省 5% ，股价$45.6，购 ① 次",
    ),
    ("价格$45 $^{[1]}$，$5 and $6 or $x^2$", "价格$45 [1]，$5 and $6 or x²"),
    ("占地35.6$\\mathrm{km}^2$，35.6km$^{2}$", "占地35.6km²，35.6km²"),
    (r"$\geqslant$300，\(x^2\)，$①$", "≥300，x²，①"),
    ("$$\nx=1\n$$", "$$\nx=1\n$$"),
    ("其中$Q$为流量，$P = U I$，$2n+1$", "其中Q为流量，P=UI，2n+1"),
    ("买 $AAPL 和 $TSLA 股，US$45 and A$30", "买 $AAPL 和 $TSLA 股，US$45 and A$30"),
    ("50m<sup>2</sup>，H<sub>2</sub>O，10<sup>6</sup>升", "50m²，H₂O，10⁶升"),
    ("1923<sup><a href='#5'>5</a></sup>年", "1923[5]年"),
    ("10<sup>&minus;5</sup>，OH<sup>&#8722;</sup>，x<sub>&#50;</sub>", "10⁻⁵，OH⁻，x₂"),
    ("3平方米<sup>注1</sup>，8%<sup>a</sup>，x<sup>a</sup>", "3平方米[注1]，8%[a]，xa"),
    ("<u>重点</u>预计<sup>①</sup>完工，<font color=red>红</font>字", "重点预计①完工，红字"),
    ("<ruby>漢<rt>han</rt></ruby>字", "漢字"),
    ('<span style="a>b">字</span>', "字"),
    ("A&amp;B；C&D；&#8212;&nbsp;&ldquo;好&hellip;&rdquo;", "A&B；C&D；— “好…”"),
    ("a < b 且 c > d，<记者>报道", "a < b 且 c > d，<记者>报道"),
    ("访问<http://a.com>", "访问http://a.com"),
    ("**增长**了*三成*，5*3*2=30", "**增长**了三成，5*3*2=30"),
    ("***重点***，~~旧价~~", "**重点**，旧价"),
    ("注意[^1]。\n\n[^1]: 脚注。", "注意[1]。\n\n[^1]: 脚注。"),
    ('见[链接][1]和[文](http://a.com "题")。\n\n[1]: http://b.com', "见链接和文。\n\n"),
    ("![][image1]\n\n[image1]: <data:image/png;base64,AAAA>", "![](image)\n\n"),
    ("![图](data:image/png;base64,AAAA)", "![图](image)"),
    ("## 标题 {#id .c}", "## 标题"),
    ("% 篇名\n% 编辑部\n% 2023年\n\n正文%。", "# 篇名\n\n编辑部\n\n2023年\n\n正文%。"),
    ("<|ref|>text<|/ref|><|det|>[[5, 4, 9, 9]]<|/det|>\n正文。", "\n正文。"),
    ("# 总则 {#sec:one}\n\n# 附则 {-}", "# 总则\n\n# 附则"),
    ("598.0^b^，比：^a^0.5，人^1)^，^14^C，^_^", "598.0[b]，比：[a]0.5，人1)，¹⁴C，^_^"),
    ("598.0^{a}公斤，H_{2}O，10^{6}m^{2}", "598.0[a]公斤，H₂O，10⁶m²"),
    ("种子$^{1}$，12%$^{3}$，$^{60}$Co，m$^2$", "种子[1]，12%[3]，⁶⁰Co，m²"),
    ("专家$^{*}$说，某医院$^{*}$主任。", "专家*说，某医院*主任。"),
    ("4800人*，床1200张*，", "4800人*，床1200张*，"),
    ("长35.6米[[2]](#n)和[\\[3\\]](#n)，<sup>[[1]](#n)</sup>", "长35.6米[2]和[3]，[1]"),
    ("长35.6米[<sup>2</sup>](#n)和[<sup>3</sup>]，（$^{1}$）", "长35.6米[2]和[3]，（1）"),
    ("![10^6](https://www.zhihu.com/equation?tex=10%5E6)吨", "10⁶吨"),
    ('<img class="mathcode" alt="x^2" src="a.gif">。', "x²。"),
    ("| 甲 | <ul><li>搬迁</li><li>转产</li></ul> |", "| 甲 | 搬迁 转产 |"),
    ("#. 甲\n#. 乙\n\n正文。\n\n#) 丙", "1. 甲\n2. 乙\n\n正文。\n\n1) 丙"),
    (
        "1. 甲\n1. 乙\n   1. 子\n1. 丙\n\n文。\n\n1. 丁",
        "1. 甲\n2. 乙\n   1. 子\n3. 丙\n\n文。\n\n1. 丁",
    ),
    ("[![](a.jpg)](b.html)\n{: .c}", "![](a.jpg)\n"),
    ("甲[^n]。\n\n[^n]:\n    注。", "甲[n]。\n\n[^n]: 注。"),
    ("~~票价3元~~票价2元起", "票价2元起"),
    ("群众演员~~200~~240人，240~~200~~人，~~旧~~新", "群众演员240人，240人，旧新"),
    ("降~~3%~~5%，售~~200万元~~150万元，5%~~3%~~", "降5%，售150万元，5%"),
    ("共~~3万人~~，5人~~参加~~", "共3万人，5人参加"),
    ('见[词条](http://a.cn/b_(c) "题")和![](图(1).jpg)。', "见词条和![](图%281%29.jpg)。"),
    ("见![[图.png]]和[[页|说明]]。", "见![](image)和说明。"),
    ("[公告][g]\n\n```\n[g]\n```\n\n[g]: http://a.cn", "公告\n\n```\n[g]\n```\n\n"),
    (
        "时间 | 内容 | 名额\n-- | -- | --\n周六 | 讲座<br>主讲：周教授 | 30\n周日 | 电影 |",
        "| 时间 | 内容 | 名额 |\n|---|\n| 周六 | 讲座 主讲：周教授 | 30 |\n| 周日 | 电影 |  |\n",
    ),
    (
        "+----+------+\n| 甲 | 增长 |\n+====+======+\n| 乙 | 订单 |\n|    | 回升 |\n"
        "+----+------+\n| 丙 | - 一 |\n|    | - 二 |\n+----+------+\n",
        "| 甲 | 增长 |\n|---|\n| 乙 | 订单回升 |\n| 丙 | - 一 - 二 |\n",
    ),
    (
        "+----+------+\n| 科 | 地点 |\n+----+------+\n| 甲 | 一中 |\n"
        "| 乙 | 二中 |\n+----+------+\n",
        "| 科 | 地点 |\n|---|\n| 甲 | 一中 |\n| 乙 | 二中 |\n",
    ),
    (
        "+----+------+\n| 科 | 地点 |\n+----+------+\n| 甲 | 第一 |\n"
        "|    | 中学 |\n+----+------+\n",
        "| 科 | 地点 |\n|---|\n| 甲 | 第一中学 |\n",
    ),
    (
        "  地区     出口\n  ------ ------\n  东区     12.5\n  “新”区    3.0\n\n完。",
        "| 地区 | 出口 |\n|---|\n| 东区 | 12.5 |\n| “新”区 | 3.0 |\n\n完。",
    ),
    (
        "----------------\n月份   说明\n------ ---------\n一月   环比\n       下降。\n\n"
        "二月   复工\n----------------",
        "| 月份 | 说明 |\n|---|\n| 一月 | 环比下降。 |\n| 二月 | 复工 |",
    ),
    (
        "一句话写在\n---- ----\n两列的中间没有空的地方\n\n完。",
        "一句话写在\n---- ----\n两列的中间没有空的地方\n\n完。",
    ),
    ("---- -----\n甲   5\n乙   6\n---- -----\n", "| 甲 | 5 |\n|---|\n| 乙 | 6 |\n"),
    ("::: note\n注意。\n:::", "\n注意。\n"),
    ("[[页面|说明]]", "说明"),
    ("`<b>&nbsp;`标签&lt;", "`<b>&nbsp;`标签<"),
    ("```html\n<div>&nbsp;$5$</div>\n```\n文&nbsp;字", "```html\n<div>&nbsp;$5$</div>\n```\n文 字"),
    ("<!-- 注\n释 -->正文<!-- 未关", "正文<!-- 未关"),
    (
        "项目 | 金额\n--- | ---\n道路 | 3亿元\n\n正文。",
        "| 项目 | 金额 |\n|---|\n| 道路 | 3亿元 |\n\n正文。",
    ),
    (
        "| 项目 | 备注 |\n|---|---|\n| 道路 | 一<br>二 |",
        "| 项目 | 备注 |\n|---|---|\n| 道路 | 一 二 |",
    ),
]


@pytest.mark.parametrize(("source", "expected"), TEXTS)
def test_only_the_marks_of_markdown_are_left(source: str, expected: str) -> None:
    assert plain_markdown(source) == expected


def blocks(text: str) -> list[tuple[str, list[str]]]:
    found = segment(
        [Document("d", plain_markdown(text), "d.md")],
        join_broken_paragraphs=True,
        max_sentence_chars=200,
    )
    return [(b.kind, [s.text for s in b.sentences]) for a in found[0] for b in a.blocks]


PADDLE = """## 老城改造启动

<div style="text-align: center;"><img src="imgs/box_1.jpg" alt="Image" width="46%" /></div>

<div style="text-align: center;">图1 老城改造效果图</div>

市政府昨日公布改造方案，总投资 $ 3 . 5 $ 亿元。

<div style="text-align: center;"><html><body><table border="1"><tr><td>项目</td><td>金额</td></tr>
<tr><td rowspan="2">道路</td><td>3亿元</td></tr>

<tr><td>4亿元</td></tr></table></body></html></div>

居民张先生说：“方便多了。”<br>他每天步行上班。

<p align="right">本报记者 王小明</p>

重点工程将于下月开工。

<center>老城风貌</center>

<ol start="3"><li>第一项已经完成。</li><li>第二项正在建设。</li></ol>
"""


def test_a_block_of_html_is_a_block_of_the_page() -> None:
    assert blocks(PADDLE) == [
        ("title", ["老城改造启动"]),
        ("image", ["![Image](imgs/box_1.jpg)"]),
        ("caption", ["图1 老城改造效果图"]),
        ("paragraph", ["市政府昨日公布改造方案，总投资 3.5 亿元。"]),
        ("table", ["| 项目 | 金额 |", "| 道路 | 3亿元 |", "| 道路 | 4亿元 |"]),
        ("paragraph", ["居民张先生说：“方便多了。”"]),
        ("paragraph", ["他每天步行上班。"]),
        ("credit", ["本报记者 王小明"]),
        ("paragraph", ["重点工程将于下月开工。"]),
        ("caption", ["老城风貌"]),
        ("list_item", ["3. 第一项已经完成。"]),
        ("list_item", ["4. 第二项正在建设。"]),
    ]


def test_a_line_below_a_picture_in_one_centred_block_is_its_caption() -> None:
    start = (
        '# 夜间门诊\n\n医院开通夜间门诊。\n\n<p style="text-align: center"><img src="a.png"/><br/>'
    )
    assert blocks(f"{start}患者在咨询。</p>\n\n")[-2:] == [
        ("image", ["![](a.png)"]),
        ("caption", ["患者在咨询。"]),
    ]
    assert blocks(f"{start}本报记者 王小明</p>\n\n")[-1][0] == "credit"


def test_a_picture_in_a_line_is_no_text_and_a_short_caption_is_one() -> None:
    found = blocks("正文和![图片说明](a.png)后文。\n\n![](b.png) 图旁的话。\n\n![表1](caption)\n")
    assert ("paragraph", ["正文和后文。"]) in found
    assert ("paragraph", ["图旁的话。"]) in found
    assert ("caption", ["表1"]) in found


# what is below a picture described as 修缮后的老街, and whether the description is said again
SAID_AGAIN = [
    ("修缮后的老街", True),
    ("*修缮后的老街。*", True),
    ("▲ 修缮后的老街", True),
    ("6月1日，修缮后的老街。王五 摄", True),
    ("<p>修缮后的老街</p>", True),
    ("修缮后的老街今日开放，首日迎来游客两万人。", False),
]


@pytest.mark.parametrize(("below", "is_again"), SAID_AGAIN)
def test_a_description_that_the_caption_says_again_is_not_read_twice(
    below: str, is_again: bool
) -> None:
    found = blocks(f"# 老街修缮\n\n![修缮后的老街](a.jpg)\n\n{below}\n\n老街明日开放，免收门票。\n")
    kinds = [kind for kind, _ in found[1:]]
    assert kinds[:2] == (["image", "caption"] if is_again else ["caption", "paragraph"])
    assert len(kinds) == 3


def test_a_table_that_is_not_closed_ends_at_a_blank_line() -> None:
    text = "<table><tr><td>甲</td><td>乙</td></tr>\n\n市政府昨日公布改造方案。\n"
    assert blocks(text) == [("table", ["| 甲 | 乙 |"]), ("paragraph", ["市政府昨日公布改造方案。"])]


def test_the_text_of_a_row_and_of_mineru_is_read_alike(tmp_path: Path) -> None:
    text = "<p>面积50m<sup>2</sup>，增长$9.\\,9\\%$。</p>"
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": text}), encoding="utf-8")
    items = [
        {"type": "text", "text": "占地 $3 5 . 6 \\mathrm { k m } ^ { 2 }$ 。"},
        {"type": "image", "img_path": "i.jpg", "image_caption": ["新区夜景"]},
        {"type": "code", "code_body": "第一步。", "code_caption": ["算法1"]},
        {"type": "page_footnote", "text": "1 数据截至去年底。"},
    ]
    (tmp_path / "b_content_list.json").write_text(json.dumps(items), encoding="utf-8")
    row, page = (
        row.text.strip()
        for row in read_documents(
            [str(tmp_path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
        )
        if isinstance(row, Document)
    )
    assert row == "面积50m²，增长9.9%。"
    assert page.split("\n\n") == [
        "占地 35.6km² 。",
        "![](i.jpg)",
        "![新区夜景](caption)",
        "![算法1](caption)",
        "第一步。",
        "[^1]: 数据截至去年底。",
    ]


# a sign of markup, many times
HARD = (
    *("<", "<p ", '<p "', "<!--", "<table>", "<table><tr><td>", "<sup>", "<ul><li>", "&", "`"),
    *("![", "[", "[^", "][", "![a](", '[a](b "', "$", "$\\a", "\\(", "*", "**", "~~", "|", "a|"),
    *("```\n", "{#", "~~1", "](a(", "-- -- \n", "---- ---- \na b\n", "+--+\n|", "[[", "![["),
)


@pytest.mark.parametrize("sign", HARD)
def test_much_markup_is_read_or_refused(sign: str) -> None:
    try:
        assert isinstance(plain_markdown((sign * 60_000)[:60_000]), str)
    except UnreadableError as error:
        assert "elements" in error.reason  # noqa: PT017


def test_a_run_reads_pages_of_every_maker(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.md").write_text(PADDLE, encoding="utf-8")
    (tmp_path / "in/b.csv").write_text(
        'id,text\n1,"没关的正文。\n2,第二行正文。\n', encoding="utf-8"
    )
    (tmp_path / "in/c.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\n我们今天来看看。\n", encoding="utf-8"
    )
    answer = CliRunner().invoke(
        cli,
        [
            *("run", "--config", str(ROOT / "configs/demo.yaml"), "--until", "segment"),
            *("--input", str(tmp_path / "in"), "--output", str(tmp_path / "out")),
        ],
    )
    assert answer.exit_code == 0, answer.output
    shards = "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "out/articles").iterdir()
    )
    for words in ("| 道路 | 4亿元 |", '\\"没关的正文。', "第二行正文。", "我们今天来看看。"):
        assert f'"{words}"' in shards, words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<ol type="a"><li>甲</li><li>乙</li></ol>', ["- a. 甲", "- b. 乙"]),
        ("<ol type=I start=3><li>甲<li>乙</ol>", ["- III. 甲", "- IV. 乙"]),
        ("<ol reversed><li>三等<li>二等<li>一等</ol>", ["- 3. 三等", "- 2. 二等", "- 1. 一等"]),
        ("<ol reversed start='9'><li>甲<li>乙</ol>", ["- 9. 甲", "- 8. 乙"]),
        ("<ol><li type=i>甲<li value=5>乙<li>丙</ol>", ["- i. 甲", "- 5. 乙", "- 6. 丙"]),
        ("<ul type=square><li>甲</ul>", ["- 甲"]),
        ("<ol><li>1、总则<li>2、附则</ol>", ["- 1、总则", "- 2、附则"]),
        ("<ol><li>第一条 总则<li>第一项完成</ol>", ["- 第一条 总则", "- 2. 第一项完成"]),
        ("<ol type=1><li>甲<ol type=A><li>乙</ol><li>丙</ol>", ["- 1. 甲", "- A. 乙", "- 2. 丙"]),
        ("增长[^1][^2]。\n\n[^1]: 甲\n[^2]: 乙", ["增长[1][2]。", "[^1]: 甲", "[^2]: 乙"]),
        (
            "增长[1][2]。\n\n[1]: 据县志。\n[2]: 见上",
            ["增长[1][2]。", "[1]: 据县志。", "[2]: 见上"],
        ),
        ("见[附1][附2]。", ["见[附1][附2]。"]),
        ("见[网站][a]。\n\n[a]: http://a.cn/x", ["见网站。"]),
    ],
)
def test_lists_of_html_count_and_marks_stay(written: str, expected: list[str]) -> None:
    assert [line for line in plain_markdown(written).split("\n") if line] == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("纸张有210*297毫米、148*210毫米两种。", "纸张有210*297毫米、148*210毫米两种。"),
        ("共3*4*5米，另有5*6米和7*8米。", "共3*4*5米，另有5*6米和7*8米。"),
        ("获奖者张*明、李*华领奖。", "获奖者张*明、李*华领奖。"),
        ("获奖者张**、李**领奖。", "获奖者张**、李**领奖。"),
        ("电话138****5678和139****1234。", "电话138****5678和139****1234。"),
        ("每串3~~5元，套餐30~~40元。", "每串3~~5元，套餐30~~40元。"),
        ("票价5元~~6元~~7元。", "票价5元~~6元~~7元。"),
        ("*注：3*4为内径。*", "注：3*4为内径。"),
        ("增长了*三成*，~~80~~60元。", "增长了三成，60元。"),
        ("***很***重要，**很**重要。", "很重要，很重要。"),
    ],
)
@pytest.mark.parametrize("ending", ["md", "txt"])
def test_stars_and_tildes_between_numbers_and_in_masked_names_stay(
    tmp_path: Path, ending: str, written: str, read: str
) -> None:
    (tmp_path / f"a.{ending}").write_text(f"# 标题\n\n前文在此。\n\n{written}\n")
    [document] = read_documents(
        [str(tmp_path)], format="auto", encoding="auto", fields={}, max_bytes=10_000
    )
    assert isinstance(document, Document)
    [[article]] = segment([document], join_broken_paragraphs=True, max_sentence_chars=200)
    assert "".join(sentence.text for sentence in article.blocks[-1].sentences) == read
