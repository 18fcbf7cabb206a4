"""Word files of other makers: no text is lost, and what is left out is named."""

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.input.read import read_documents
from pipeline.records import Document, Failure, SetAside
from pipeline.segment.segment import segment
from tests.office_files import item, levels, paragraph, run, word_file

ROOT = Path(__file__).parents[2]


def read(folder: Path, body: str, **parts: str) -> Document:
    path = folder / "a.docx"
    path.write_bytes(word_file(body, parts))
    [found] = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    assert isinstance(found, Document), found
    return found


def text(folder: Path, body: str, **parts: str) -> str:
    return read(folder, body, **parts).text.strip()


def field(code: str, result: str | None) -> str:
    shown = "" if result is None else f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>'
        f'{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


BOX = "<w:txbxContent>{}</w:txbxContent>"
INLINE = {
    "inserted": (f"<w:ins>{run('300')}</w:ins>", "300"),
    "deleted": ("<w:del><w:r><w:delText>200</w:delText></w:r></w:del>", ""),
    "inserted in moved": (f"<w:moveTo><w:ins>{run('新处')}</w:ins></w:moveTo>", "新处"),
    "moved away": (f"<w:moveFrom>{run('旧处')}</w:moveFrom>", ""),
    "smart tag": (f"<w:smartTag>{run('王小明')}</w:smartTag>", "王小明"),
    "smart tags": (f"<w:smartTag><w:smartTag>{run('王')}</w:smartTag></w:smartTag>", "王"),
    "custom XML": (f"<w:customXml>{run('王小明')}</w:customXml>", "王小明"),
    "control": (
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('广场')}"
        "</w:sdtContent></w:sdt>",
        "广场",
    ),
    "link": (f"<w:hyperlink r:id='r1'>{run('公告')}</w:hyperlink>", "公告"),
    "link in a change": (f"<w:ins><w:hyperlink>{run('公告')}</w:hyperlink></w:ins>", "公告"),
    "direction": (f"<w:bdo w:val='ltr'>{run('文字')}</w:bdo>", "文字"),
    "simple field": (f"<w:fldSimple w:instr='PAGE'>{run('3')}</w:fldSimple>", "3"),
    "field": (field('HYPERLINK "http://x"', run("链接")), "链接"),
    "field in a field": (field("IF " + "x", field("PAGE", run("7"))), "7"),
    "field in a code": (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF</w:instrText></w:r>'
        + field("PAGE", run("9"))
        + f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("末页")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        "末页",
    ),
    "field that sets a word": (field('SET x "五"', run("五")) + field("REF x", run("五")), "五"),
    "formula with a decimal index": (
        "<m:oMath><m:sSub><m:e><m:r><m:t>PM</m:t></m:r></m:e><m:sub><m:r><m:t>2.5</m:t></m:r>"
        "</m:sub></m:sSub></m:oMath>",
        "PM2.5",
    ),
    "field that is not closed": ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', ""),
    "circle": (field(r"eq \o\ac(○,3)", None), "③"),
    "drawn ruby": (field(r"EQ \* jc2 \* hps10 \o\ad(\s\up 9(hàn),漢)", None), "漢"),
    "text to click on": (field(" MACROBUTTON NoMacro 填写姓名 ", None), "填写姓名"),
    "moved up": (run("10") + run("6", '<w:position w:val="8"/>') + run("人"), "10⁶人"),
    "moved a little": (run("10") + run("6", '<w:position w:val="-2"/>'), "106"),
    "drawn fraction": (field(r"EQ \f(1,2)", None), "1/2"),
    "symbol field": (field(r"SYMBOL 179 \f Symbol", None), "≥"),
    "symbol": ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "≥"),
    "check mark": ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "☑"),
    "number in a font": ('<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>', "①"),
    "private character": (run("\uf0b4", '<w:rFonts w:ascii="Symbol"/>'), "×"),
    "tab": ("<w:r><w:tab/></w:r>", "\t"),
    "marks of breaks": (run("数据\xad中\u200b心"), "数据中心"),
    "hyphens": ("<w:r><w:t>不</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>断</w:t></w:r>", "不-断"),
    "ruby": (
        f"<w:r><w:ruby><w:rt>{run('hàn')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>",
        "漢",
    ),
    "hidden": (run("隐藏", "<w:vanish/>"), ""),
    "not hidden": (run("可见", '<w:vanish w:val="0"/>'), "可见"),
    "power": (run("10") + run("6", '<w:vertAlign w:val="superscript"/>') + run("人"), "10⁶人"),
    "power in two runs": (
        run("10") + run("1", '<w:vertAlign w:val="superscript"/>') * 2 + run("人"),
        "10¹¹人",
    ),
    "unit": (run("50m") + run("2", '<w:vertAlign w:val="superscript"/>'), "50m²"),
    "mark": (run("1923") + run("5", '<w:vertAlign w:val="superscript"/>') + run("年"), "1923[5]年"),
    "water": (run("H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O"), "H₂O"),
    "brackets and limits": (
        "<m:oMath><m:limLow><m:e><m:r><m:t>lim</m:t></m:r></m:e><m:lim><m:r><m:t>x→0</m:t></m:r>"
        "</m:lim></m:limLow><m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>"
        "<m:m><m:mr><m:e><m:r><m:t>1</m:t></m:r></m:e><m:e><m:r><m:t>2</m:t></m:r></m:e></m:mr>"
        "</m:m></m:e></m:d></m:oMath>",
        "lim_(x→0)[1, 2]",
    ),
    "formula": ("<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", "x+1"),
    "power in a formula": (
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
        "</m:sSup></m:oMath>",
        "x²",
    ),
    "fraction": (
        "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>"
        "</m:den></m:f></m:oMath>",
        "(a+b)/2",
    ),
    "alternative run": (
        f"<mc:AlternateContent><mc:Choice Requires='x'>{run('新')}</mc:Choice>"
        f"<mc:Fallback>{run('旧')}</mc:Fallback></mc:AlternateContent>",
        "新",
    ),
}


@pytest.mark.parametrize("name", INLINE)
def test_what_is_in_a_paragraph_is_read(tmp_path: Path, name: str) -> None:
    content, expected = INLINE[name]
    assert text(tmp_path, paragraph(run("前") + content + run("后"))) == f"前{expected}后"


BLOCKS = {
    "control": (f"<w:sdt><w:sdtContent>{paragraph('一段话。')}</w:sdtContent></w:sdt>", "一段话。"),
    "control in a control": (
        f"<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{paragraph('话。')}</w:sdtContent></w:sdt>"
        "</w:sdtContent></w:sdt>",
        "话。",
    ),
    "custom XML": (f"<w:customXml>{paragraph('一段话。')}</w:customXml>", "一段话。"),
    "lines": (paragraph("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r>"), "甲  \n乙"),
    "page break": (paragraph('<w:r><w:t>甲</w:t><w:br w:type="page"/></w:r>'), "甲"),
    "deleted end": (
        paragraph("前半", "<w:rPr><w:del w:id='1'/></w:rPr>") + paragraph("后半。"),
        "前半后半。",
    ),
    "drop capital": (
        paragraph("春", "<w:framePr w:dropCap='drop'/>") + paragraph("天来了。"),
        "春天来了。",
    ),
    "box, twice in the file": (
        paragraph(
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
            + BOX.format(paragraph("导语。"))
            + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
            + BOX.format(paragraph("导语。"))
            + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            + run("段落。")
        ),
        "导语。\n\n段落。",
    ),
    "box behind text": (
        paragraph(run("段落。") + f"<w:r><w:pict>{BOX.format(paragraph('旁注。'))}</w:pict></w:r>"),
        "段落。\n\n旁注。",
    ),
    "box of two paragraphs": (
        paragraph(
            f"<w:r><w:pict>{BOX.format(paragraph('一。') + paragraph('二。'))}</w:pict></w:r>"
        ),
        "一。\n\n二。",
    ),
    "text of a drawn shape": (
        paragraph(
            "<w:r><w:drawing><a:graphic><a:sp><a:txBody><a:p><a:r><a:t>图中的字</a:t></a:r></a:p>"
            "</a:txBody></a:sp></a:graphic></w:drawing></w:r>"
        ),
        "图中的字",
    ),
    "lettering": (
        paragraph("<w:r><w:pict><v:shape><v:textpath string='喜迎新春'/></v:shape></w:pict></w:r>"),
        "喜迎新春",
    ),
    "formula by itself": (
        paragraph("<m:oMathPara><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></m:oMathPara>"),
        "$$ x=1 $$",
    ),
    "outline level": (paragraph("总则", '<w:outlineLvl w:val="1"/>'), "## 总则"),
    "outline of body text": (paragraph("正文", '<w:outlineLvl w:val="9"/>'), "正文"),
    "heading without styles": (paragraph("总则", '<w:pStyle w:val="Heading2"/>'), "## 总则"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_of_the_body_is_read(tmp_path: Path, name: str) -> None:
    body, expected = BLOCKS[name]
    assert text(tmp_path, body) == expected


def cell(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


BEGINS, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
TABLES = {
    "head of two rows": (
        table(
            cell("县名", BEGINS) + cell("人口", '<w:gridSpan w:val="2"/>'),
            cell("", GOES_ON) + cell("常住") + cell("户籍"),
            cell("乙县", BEGINS) + cell("28.7") + cell("30.2"),
            cell("", GOES_ON) + cell("28.1") + cell("30.1"),
        ),
        "| 县名 | 人口 | 人口 |\n| 县名 | 常住 | 户籍 |\n"
        "| 乙县 | 28.7 | 30.2 |\n| 乙县 | 28.1 | 30.1 |",
    ),
    "title over all columns": (
        table(cell("表1", '<w:gridSpan w:val="2"/>'), cell("甲") + cell("乙")),
        "| 表1 |\n| 甲 | 乙 |",
    ),
    "row that begins late": (
        table(cell("甲") + cell("乙"), "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("丙")),
        "| 甲 | 乙 |\n|  | 丙 |",
    ),
    "deleted row": (
        table(
            cell("甲") + cell("乙"), "<w:trPr><w:del w:id='1'/></w:trPr>" + cell("丙") + cell("丁")
        ),
        "| 甲 | 乙 |",
    ),
    "deleted cell": (
        table(cell("甲") + cell("乙", "<w:cellDel w:id='1'/>") + cell("丙")),
        "| 甲 | 丙 |",
    ),
    "row in a control": (
        f"<w:tbl><w:sdt><w:sdtContent><w:tr>{cell('甲')}<w:sdt><w:sdtContent>{cell('乙')}"
        "</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>",
        "| 甲 | 乙 |",
    ),
    "table in a cell": (
        table(cell(paragraph("甲") + table(cell("嵌套") + cell("内"))) + cell("乙")),
        "| 甲 嵌套 内 | 乙 |",
    ),
    "two paragraphs in a cell": (
        table(cell(paragraph("甲") + paragraph("二")) + cell("乙|丙")),
        "| 甲 二 | 乙／丙 |",
    ),
    "signs that are Markdown's": (
        table(cell("-3%") + cell("#1") + cell("- 4")),
        "| -3% | #1 | - 4 |",
    ),
    "frame around prose": (
        table(cell(paragraph("第一段话在这里。") + paragraph("第二段话。"))),
        "第一段话在这里。\n\n第二段话。",
    ),
    "table in a frame": (
        table(cell(table(cell("甲") + cell("乙"), cell("丙") + cell("丁")) + paragraph(""))),
        "| 甲 | 乙 |\n| 丙 | 丁 |",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_row_of_a_table_is_one_line_of_its_cells(tmp_path: Path, name: str) -> None:
    body, expected = TABLES[name]
    assert text(tmp_path, body) == expected


FORMATS = {
    "第%1条　": ("chineseCountingThousand", ["第一条　", "第二条　"]),
    "（%1）": ("chineseCounting", ["（一）", "（二）"]),
    "%1、": ("japaneseCounting", ["一、", "二、"]),
    "%1.": ("decimal", ["1. ", "2. "]),
    "%1": ("decimalEnclosedCircle", ["①", "②"]),
    "(%1)": ("lowerLetter", ["(a) ", "(b) "]),
    "[%1]": ("upperRoman", ["[I] ", "[II] "]),
    "第%1章": ("decimal", ["第1章　", "第2章　"]),
    "%1）": ("ideographTraditional", ["甲）", "乙）"]),
    "%1．": ("upperLetter", ["A．", "B．"]),
    "附件%1：": ("ideographDigital", ["附件一：", "附件二："]),
    "%1 ": ("decimalZero", ["01 ", "02 "]),
    "问%1：": ("chineseLegalSimplified", ["问壹：", "问贰："]),
}


@pytest.mark.parametrize("shown", FORMATS)
def test_an_item_begins_with_the_number_that_word_shows(tmp_path: Path, shown: str) -> None:
    format, labels = FORMATS[shown]
    body = item("甲。") + item("乙。")
    expected = "\n\n".join(f"- {label}{word}。" for label, word in zip(labels, "甲乙", strict=True))
    assert text(tmp_path, body, numbering=levels((format, shown))) == expected


def numbers(found: str) -> list[str]:
    return [line.removeprefix("- ").removesuffix("。") for line in found.split("\n\n")]


def test_levels_count_for_themselves_and_begin_again_under_the_next(tmp_path: Path) -> None:
    lists = levels(("chineseCounting", "%1、"), ("decimal", "%1.%2"), ("lowerLetter", "%3)"))
    body = "".join(item("。", level=level) for level in (0, 1, 1, 2, 0, 1, 2, 2))
    found = text(tmp_path, body, numbering=lists)
    expected = ["一、", "一.1 ", "一.2 ", "a) ", "二、", "二.1 ", "a) ", "b) "]
    assert numbers(found) == expected


def test_legal_numbering_writes_every_level_in_digits(tmp_path: Path) -> None:
    lists = levels(("chineseCounting", "第%1章"), ("decimal", "%1.%2"))
    lists = lists.replace('<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>')
    body = item("。") + item("。") + item("。", level=1)
    assert numbers(text(tmp_path, body, numbering=lists)) == ["第一章　", "第二章　", "2.1 "]


def test_a_numbered_chapter_below_a_heading_is_a_heading(tmp_path: Path) -> None:
    lists = levels(("chineseCountingThousand", "第%1章"), ("chineseCountingThousand", "第%2条"))
    body = item("总则") + item("甲。", level=1)
    title = paragraph("条例", '<w:outlineLvl w:val="0"/>')
    assert text(tmp_path, title + body, numbering=lists).split("\n\n") == [
        "# 条例",
        "## 第一章　总则",
        "- 第一条　甲。",
    ]
    long = text(tmp_path, title + item("本条例适用。"), numbering=lists)
    assert long.endswith("- 第一章　本条例适用。")
    # without a heading above, the first chapter would be the title
    assert text(tmp_path, paragraph("条例") + body, numbering=lists).split("\n\n")[1:] == [
        "- 第一章　总则",
        "- 第一条　甲。",
    ]


def test_a_line_with_a_mark_that_the_text_has_raised_is_a_note(tmp_path: Path) -> None:
    mark = run("①", '<w:vertAlign w:val="superscript"/>')
    body = (
        paragraph(run("水量") + mark + run("八百。")) + paragraph("①均值。") + paragraph("②另议。")
    )
    found = text(tmp_path, body).split("\n\n")
    assert found == ["水量①八百。", "[^①]: 均值。", "②另议。"]
    own = paragraph(mark + run("均值。")) + paragraph("①甲。")
    assert text(tmp_path, own).split("\n\n") == ["①均值。", "①甲。"]


def test_a_table_whose_cells_are_headed_stories_is_a_layout(tmp_path: Path) -> None:
    def column(name: str) -> str:
        head = paragraph(name, '<w:outlineLvl w:val="1"/>')
        return cell(head + paragraph("昨天开工。") + paragraph("今天完工。"))

    found = text(tmp_path, table(column("东桥") + column("西桥")))
    assert found.split("\n\n")[:3] == ["## 东桥", "昨天开工。", "今天完工。"]


def test_a_list_begins_where_it_says_and_again_where_it_is_used_again(tmp_path: Path) -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    lists = levels(("decimal", "%1."), start=5, more=again)
    body = item("。") + item("。") + item("。", 2) + item("。", 2) + item("。", 3) + paragraph("")
    assert numbers(text(tmp_path, body, numbering=lists)) == ["5. ", "6. ", "1. ", "2. ", "3. "]


def test_a_level_begins_anew_at_its_own_first_paragraph(tmp_path: Path) -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    lists = levels(("decimal", "%1."), ("decimal", "%1.%2"), more=again)
    body = item("。") + item("。", 2, 1) + item("。") + item("。", 2)
    assert numbers(text(tmp_path, body, numbering=lists)) == ["1. ", "1.1 ", "2. ", "5. "]


def test_hidden_items_and_numbers_are_not_shown(tmp_path: Path) -> None:
    hidden = "<w:rPr><w:vanish/></w:rPr>"
    gone = item("乙。").replace("</w:pPr>", f"{hidden}</w:pPr>")
    gone = gone.replace("<w:rPr></w:rPr>", hidden)
    lists = levels(("decimal", "%1."))
    body = item("甲。") + gone + item("丙。")
    assert text(tmp_path, body, numbering=lists) == "- 1. 甲。\n\n- 2. 丙。"
    bare = lists.replace("</w:lvl>", f"{hidden}</w:lvl>")
    assert text(tmp_path, item("甲。"), numbering=bare) == "- 甲。"


def test_a_level_that_never_begins_again_goes_on(tmp_path: Path) -> None:
    lists = levels(("chineseCounting", "第%1章"), ("chineseCounting", "第%2条"))
    lists = lists.replace('w:ilvl="1">', 'w:ilvl="1"><w:lvlRestart w:val="0"/>')
    body = "".join(item("。", level=level) for level in (0, 1, 1, 0, 1))
    expected = ["第一章　", "第一条　", "第二条　", "第二章　", "第三条　"]
    assert numbers(text(tmp_path, body, numbering=lists)) == expected


STYLES = (
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
    '<w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/>'
    '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="条"/><w:basedOn w:val="b"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="b"><w:pPr><w:numPr><w:ilvl w:val="2"/>'
    '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="character" w:styleId="up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    '</w:style><w:style w:type="paragraph" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>'
)


def test_styles_bring_numbers_and_looks(tmp_path: Path) -> None:
    lists = levels(("chineseCounting", "第%1章"), ("decimal", "%1.%2"), ("decimal", "%3)"))
    lists = lists.replace('w:ilvl="1">', 'w:ilvl="1"><w:pStyle w:val="2"/>')
    body = (
        paragraph("总则", '<w:pStyle w:val="1"/>')
        + paragraph("目的", '<w:pStyle w:val="2"/>')
        + paragraph("一条。", '<w:pStyle w:val="a"/>')
        + paragraph("无号。", '<w:pStyle w:val="a"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + paragraph(run("20m") + run("2", '<w:rStyle w:val="up"/>') + run("。"))
        + paragraph("看不见。", '<w:pStyle w:val="gone"/>')
    )
    found = read(tmp_path, body, numbering=lists, styles=STYLES)
    lines = ["# 第一章　总则", "## 一.1 目的", "- 1) 一条。", "无号。", "20m²。"]
    assert found.text.strip() == "\n\n".join(lines)
    assert found.set_aside == (SetAside("hidden text", 1, 4),)


def test_a_style_may_have_its_list_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="x"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="y"><w:basedOn w:val="x"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    body = paragraph("。", '<w:pStyle w:val="x"/>') + paragraph("。", '<w:pStyle w:val="y"/>')
    lists = levels(("decimal", "%1."), ("decimal", "%1.%2"))
    assert numbers(text(tmp_path, body, numbering=lists, styles=styles)) == ["1. ", "1.1 "]


def test_a_style_has_the_level_of_the_linked_style_it_is_based_on(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:styleId="{name}"><w:basedOn w:val="{base}"/><w:pPr><w:numPr>{number}'
        "</w:numPr></w:pPr></w:style>"
        for name, base, number in (
            ("x", "", '<w:numId w:val="1"/>'),
            ("y", "", '<w:numId w:val="1"/>'),
            ("z", "y", ""),
        )
    )
    lists = levels(("decimal", "%1."), ("decimal", "%1.%2"))
    for level, name in ((0, "x"), (1, "y")):
        lists = lists.replace(f'w:ilvl="{level}">', f'w:ilvl="{level}"><w:pStyle w:val="{name}"/>')
    body = "".join(paragraph("。", f'<w:pStyle w:val="{name}"/>') for name in "xyzx")
    found = numbers(text(tmp_path, body, numbering=lists, styles=styles))
    assert found == ["1. ", "1.1 ", "1.2 ", "2. "]


def test_an_item_of_several_lines_is_one_item(tmp_path: Path) -> None:
    body = item("<w:r><w:t>时间：</w:t><w:br/><w:t>三月一日。</w:t></w:r>") + item("地点。")
    found = text(tmp_path, body, numbering=levels(("decimal", "%1.")))
    assert found == "- 1. 时间：  \n三月一日。\n\n- 2. 地点。"


def test_a_cell_may_hold_nothing_but_its_number(tmp_path: Path) -> None:
    rows = (cell(item("")) + cell("地铁三号线"), cell(item("")) + cell("跨江大桥"))
    lists = levels(("decimal", "%1"))
    found = text(tmp_path, table(*rows) + item("") + item("又一座。"), numbering=lists)
    assert found == "| 1 | 地铁三号线 |\n| 2 | 跨江大桥 |\n\n- 4 又一座。"


def test_bullets_are_items_without_a_number(tmp_path: Path) -> None:
    assert text(tmp_path, item("甲。"), numbering=levels(("bullet", "\uf0b7"))) == "- 甲。"


def note(kind: str, number: int, words: str) -> str:
    return f'<w:{kind} w:id="{number}">{paragraph(words)}</w:{kind}>'


def test_notes_follow_their_chapter_and_are_of_kind_footnote(tmp_path: Path) -> None:
    mark = "<w:r><w:footnoteReference w:id='{}'/></w:r>"
    end = "<w:r><w:endnoteReference w:id='2'/></w:r>"
    own = "<w:r><w:footnoteReference w:customMarkFollows='1' w:id='4'/><w:t>*</w:t></w:r>"
    heading = '<w:outlineLvl w:val="0"/>'
    body = (
        paragraph("第一章", heading)
        + paragraph(run("甲") + mark.format(3) + run("乙。") + end)
        + paragraph(run("第二章") + mark.format(5), heading)
        + paragraph(run("丙。") + own)
    )
    notes = "".join(
        note("footnote", n, w)
        for n, w in ((3, "脚注的内容。"), (4, "* 星号。"), (5, "章注。"), (9, "无主。"))
    )
    separator = '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    found = read(tmp_path, body, footnotes=separator + notes, endnotes=note("endnote", 2, "尾注。"))
    expected = "# 第一章|甲[1]乙。[2]|[^1]: 脚注的内容。|[^2]: 尾注。|# 第二章[3]|丙。[*]"
    expected += "|[^3]: 章注。|[^*]: 星号。"
    assert found.text.strip().split("\n\n") == expected.split("|")
    assert found.set_aside == (SetAside("notes that the text does not name", 1, 3),)
    [articles] = segment([found], join_broken_paragraphs=True, max_sentence_chars=200)
    kinds = {s.text: block.kind for a in articles for block in a.blocks for s in block.sentences}
    assert kinds["[^1]: 脚注的内容。"] == "footnote"


def test_brackets_typed_round_a_note_are_not_doubled(tmp_path: Path) -> None:
    up = '<w:vertAlign w:val="superscript"/>'
    reference = "<w:r><w:footnoteReference w:id='{}'/></w:r>"
    body = paragraph(
        run("盐价") + run("[", up) + reference.format(1) + run("]", up) + run("、米价（")
        + reference.format(2) + run("）与布价（注") + reference.format(3) + run("）大涨[[4]]〔")
        + reference.format(4) + run("，") + reference.format(5) + run("〕。")
    )  # fmt: skip
    number = "<w:r><w:footnoteRef/></w:r>"
    notes = "".join(
        note("footnote", place, run(opening, up) + number + run(f"{closing} 据公报。"))
        for place, (opening, closing) in enumerate(
            ("[]", "［］", "〔〕", "（）", ("", "（略）")), 1
        )
    )
    written = text(tmp_path, body, footnotes=notes).split("\n\n")
    assert written[0] == "盐价[1]、米价[2]与布价（注[3]）大涨[4][4]，[5]。"
    assert written[1:5] == [f"[^{number}]: 据公报。" for number in range(1, 5)]
    assert written[5] == "[^5]: （略） 据公报。"


def test_a_break_of_the_page_parts_no_sentence(tmp_path: Path) -> None:
    cut = '<w:r><w:br w:type="page"/></w:r>'
    inside = paragraph(run("这一句被分") + cut + run("页符切开。"))
    between = paragraph(run("这一句说完了。") + cut + run("下一句在新页。"))
    assert text(tmp_path, inside) == "这一句被分页符切开。"
    assert text(tmp_path, between) == "这一句说完了。  \n下一句在新页。"


def test_headings_below_a_title_with_text_are_its_sections(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    title = paragraph("看龙舟", '<w:pStyle w:val="T"/>')
    heading = paragraph("赛前", '<w:outlineLvl w:val="0"/>') + paragraph("试鼓。")
    assert text(tmp_path, title + paragraph("人很多。") + heading, styles=styles) == (
        "# 看龙舟\n\n人很多。\n\n## 赛前\n\n试鼓。"
    )
    assert text(tmp_path, title + heading, styles=styles) == "# 看龙舟\n\n# 赛前\n\n试鼓。"


def test_a_paragraph_of_a_list_style_without_number_is_no_item(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="L"><w:name w:val="List Number"/></w:style>'
    bare = paragraph("说明。", '<w:pStyle w:val="L"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert text(tmp_path, bare, styles=styles) == "说明。"


@pytest.mark.parametrize("change", ["del", "moveFrom"])
def test_a_deleted_or_moved_paragraph_of_a_list_is_not_counted(tmp_path: Path, change: str) -> None:
    gone = item("乙。").replace("</w:pPr>", f'<w:rPr><w:{change} w:id="1"/></w:rPr></w:pPr>')
    gone = gone.replace("<w:r>", f"<w:{change}><w:r>")
    gone = gone.replace("</w:r></w:p>", f"</w:r></w:{change}></w:p>")
    body = item("甲。") + gone + item("丙。")
    written = text(tmp_path, body, numbering=levels(("decimal", "%1.")))
    assert written.split("\n\n") == ["- 1. 甲。", "- 2. 丙。"]


def test_descriptions_of_pictures_are_named(tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    picture = f'<w:r><w:drawing><d:docPr xmlns:d="{space}" descr="老城街景"/></w:drawing></w:r>'
    found = read(tmp_path, paragraph(run("正文。") + picture))
    assert found.set_aside == (SetAside("descriptions of pictures", 1, 4),)


def test_what_is_left_out_is_named_in_the_article_and_changes_no_other_key(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        paragraph(run("正文在此。") + "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"),
        header1=paragraph("某某日报"),
        footer1=paragraph("— 3 —"),
        comments=f"<w:comment w:id='1'>{paragraph('请核对。')}</w:comment>",
    )
    assert found.text == "正文在此。\n\n"
    assert found.set_aside == (
        SetAside("deleted text", 1, 2),
        SetAside("headers and footers", 1, 4),
        SetAside("comments", 1, 4),
    )
    [[article]] = segment([found], join_broken_paragraphs=True, max_sentence_chars=200)
    [warning] = article.warnings
    assert warning == (
        "set_aside: not in the text: deleted text: 1 (2 characters); "
        "headers and footers: 1 (4 characters); comments: 1 (4 characters)"
    )


def test_diagrams_are_read_and_charts_and_objects_are_named(tmp_path: Path) -> None:
    points = "<dgm:dataModel xmlns:dgm='d' xmlns:a='a'>" + "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{word}</a:t></a:r></a:p></dgm:t></dgm:pt>"
        for word in ("规划", "建设")
    )
    drawings = (
        "<w:r><w:drawing><dgm:relIds r:dm='rId1'/></w:drawing></w:r>"
        "<w:r><w:drawing><c:chart r:id='rId8'/></w:drawing></w:r>"
        "<w:r><w:object><o:OLEObject/></w:object></w:r>"
    )
    parts = {"diagrams/data1.xml": points + "</dgm:dataModel>"}
    found = read(tmp_path, paragraph(drawings + run("流程。")), **parts)
    assert found.text.strip() == "规划\n\n建设\n\n流程。"
    assert found.set_aside == (SetAside("charts", 1, 0), SetAside("embedded objects", 1, 0))


def test_a_web_page_inside_a_document_is_read(tmp_path: Path) -> None:
    parts = {"afchunk.html": "<html><body><p>来自网页的一段。</p></body></html>"}
    assert text(tmp_path, "<w:altChunk r:id='rId1'/>", **parts) == "来自网页的一段。"


def test_the_strict_names_of_the_standard_and_macros_are_read(tmp_path: Path) -> None:
    data = word_file(paragraph(run("前") + f"<w:ins>{run('后')}</w:ins>"))
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            usual = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
            new.writestr(name, old.read(name).replace(usual, strict))
    (tmp_path / "a.docm").write_bytes(made.getvalue())
    [found] = read_documents(
        [str(tmp_path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    assert isinstance(found, Document)
    assert found.text == "前后\n\n"


@pytest.mark.parametrize(
    ("part", "said"),
    [("xl/workbook.xml", "a spreadsheet"), ("ppt/presentation.xml", "a presentation")],
)
def test_another_office_file_is_named(tmp_path: Path, part: str, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr(part, "<a/>")
    [found] = read_documents(
        [str(tmp_path / "a.docx")], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    assert isinstance(found, Failure)
    assert said in found.reason


def test_a_run_shows_the_words_of_a_document_and_what_is_left_out(tmp_path: Path) -> None:
    body = paragraph(run("负责人是") + f"<w:smartTag>{run('王小明')}</w:smartTag>" + run("先生。"))
    (tmp_path / "a.docx").write_bytes(
        word_file(body, {"comments": f"<w:comment>{paragraph('请核对。')}</w:comment>"})
    )
    arguments = ["run", "--config", str(ROOT / "configs/demo.yaml"), "--until", "segment"]
    arguments += ["--input", str(tmp_path / "a.docx"), "--output", str(tmp_path / "out")]
    answer = CliRunner().invoke(cli, arguments)
    assert answer.exit_code == 0, answer.output
    [shard] = (tmp_path / "out/articles").iterdir()
    written = shard.read_text(encoding="utf-8")
    assert "负责人是王小明先生。" in written
    assert "set_aside: not in the text: comments: 1 (4 characters)" in written


CONTENTS_ENTRIES = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-2" \\h'
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{0}'
    "</w:p><w:p>{1}</w:p>"
)
CONTENTS_END = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r>{}</w:p>'


@pytest.mark.parametrize(
    ("body", "pieces"),
    [
        (CONTENTS_ENTRIES.format(run("总则1"), run("附则2")) + CONTENTS_END.format(""), 1),
        (CONTENTS_ENTRIES.format(run("总则1"), run("附则2")) + CONTENTS_END.format(run("前言")), 1),
        (CONTENTS_ENTRIES.format(run("总则1"), run("附则2")), 1),
        (
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
            f"</w:docPartObj></w:sdtPr><w:sdtContent>{paragraph('总则1')}{paragraph('附则2')}"
            "</w:sdtContent></w:sdt>",
            1,
        ),
    ],
)
def test_a_table_of_contents_is_set_aside(tmp_path: Path, body: str, pieces: int) -> None:
    document = read(tmp_path, body + paragraph("本办法自六月起施行。"))
    expected = "前言\n\n" if "前言" in body else ""
    assert document.text.strip() == f"{expected}本办法自六月起施行。"
    assert document.set_aside == (SetAside("table of contents", pieces, 6),)
