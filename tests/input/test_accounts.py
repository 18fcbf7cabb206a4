"""Every character of an input file is accounted for: read, set aside for a reason, or lost."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.engine.intake import Intake, account_line
from pipeline.input.accounts.account import Account, LeftOut, Piece, account, visible_chars
from pipeline.input.accounts.html import html_pieces
from pipeline.input.read import read_documents
from pipeline.records import Document, Failure
from tests.office_files import epub_file, open_file, paragraph, run, word_file

SENTENCES = st.text("金山区持续优化营商环境吸引企业投资兴业年月日", min_size=16, max_size=40).map(
    lambda text: f"{text}。"
)
STORIES = st.lists(SENTENCES, min_size=2, max_size=6, unique=True)
QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def accounts(path: Path, *, may_fail: bool = False, **more: Any) -> list[Account]:
    """Return the accounts of a file that must be readable, but for rows of it if it `may_fail`."""
    made: list[Account] = []
    rows = read_documents(
        [str(path)],
        format="auto",
        encoding="auto",
        fields=more.pop("fields", {}),
        max_bytes=10_000_000,
        accounted=made.append,
        **more,
    )
    assert not [row for row in rows if isinstance(row, Failure)] or may_fail
    return made


def text_of(path: Path) -> str:
    """Return the text of a file that must be readable."""
    rows = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=10_000_000
    )
    [document] = [row for row in rows if isinstance(row, Document)]
    return document.text


def balanced(value: Account, chars: int) -> None:
    """Assert that the sum of an account is that of its file, and that nothing is lost."""
    assert value.read + value.set_aside + value.lost == value.chars == chars
    assert value.lost == 0, value.left_out


def reasons(value: Account) -> dict[str, str]:
    return {part.text: part.why for part in value.left_out}


def page(story: Sequence[str]) -> str:
    body = "".join(f"<p>{text}</p>" for text in story)
    return (
        f"<html><head><title>某报</title></head><body><nav>首页</nav><h1>标题在此</h1>{body}"
        "<script>var a = 1;</script><p hidden>藏起来的字。</p><!-- 备注 --><footer>版权</footer>"
        "</body></html>"
    )


ASIDE = {"a menu": "首页", "a script": "var a = 1;"}
ASIDE |= {"a comment": "备注", "the foot of the page": "版权"}
PAGE_CHARS = visible_chars("某报标题在此藏起来的字。" + "".join(ASIDE.values()))


@QUICK
@given(STORIES)
def test_a_web_page_is_read_or_set_aside(tmp_path: Path, story: list[str]) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(story), encoding="utf-8")
    [value] = accounts(path)
    balanced(value, PAGE_CHARS + visible_chars("".join(story)))
    assert {why: text for text, why in reasons(value).items() if why in ASIDE} == ASIDE


@QUICK
@given(STORIES)
def test_a_text_is_read_as_it_is(tmp_path: Path, story: list[str]) -> None:
    for name in ("a.txt", "a.md"):
        path = tmp_path / name
        path.write_text("\n\n".join(story), encoding="utf-8")
        [value] = accounts(path)
        balanced(value, visible_chars("".join(story)))
        assert value.left_out == ()


STYLED = [
    ("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}我们{\\b1}来看{\\b0}。\n", r"{\an8} {\b1} {\b0}"),
    ("[00:01.00]<00:01.00>风在<00:01.50>吼\n[00:03.00]马在叫\n", "<00:01.00> <00:01.50>"),
    ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v 张三>你<c.red>好</c>。\n", "<c.red> </c>"),
    ("Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,你好，\\N\\h老李。\n", r"\N \h"),
    ("Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\p1}m 0 0{\\p0}\n好。\n", ""),
    ("在命令行里写 {\\an8} 和 <b>。\n", ""),
]


@pytest.mark.parametrize(("text", "marks"), STYLED)
def test_marks_of_style_in_subtitles_are_set_aside(tmp_path: Path, text: str, marks: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    [value] = accounts(path)
    balanced(value, visible_chars(text))
    assert value.set_aside == visible_chars(marks)
    assert reasons(value) == ({marks: "marks of style in subtitles"} if marks else {})


def test_what_readers_say_about_a_story_is_set_aside_and_not_lost(tmp_path: Path) -> None:
    story = [f"第{word}座桥在今年春天修缮完工，两岸居民出行更加方便。" for word in "一二三四五六"]
    said = "<div class=comment-list><p>修得真好，希望别的桥也快点修，我家门口那座就很旧。</p></div>"
    path = tmp_path / "a.html"
    menu = "<div class=channels>桥<br>看看别的城市今年都修了哪些桥</div>"
    written = page(story).replace("<script>", f"{said}{menu}<p>第</p><script>")
    path.write_text(written, encoding="utf-8")
    [value] = accounts(path)
    assert value.lost == 0, value.left_out
    assert "outside the story" in reasons(value).values()
    [line] = html_pieces("<body><p>财经 | <a href=1>债券市场回暖！理财产品收益回升</a></p></body>")
    assert line.why == "links"


def word(path: Path, story: Sequence[str]) -> None:
    made = docx.Document()
    made.add_heading("标题在此", 0)
    for text in story:
        made.add_paragraph(text)
    made.sections[0].header.paragraphs[0].text = "某报页眉"
    made.sections[0].footer.paragraphs[0].text = "第一版"
    made.save(str(path))


@QUICK
@given(STORIES)
def test_a_word_document_sets_headers_aside(tmp_path: Path, story: list[str]) -> None:
    path = tmp_path / "a.docx"
    word(path, story)
    [value] = accounts(path)
    balanced(value, visible_chars("标题在此某报页眉第一版" + "".join(story)))
    assert reasons(value) == {"某报页眉": "a page header", "第一版": "a page footer"}


def book(path: Path, story: Sequence[str]) -> None:
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"{more}/>'
        for name, more in (("one", ""), ("extra", ""), ("nav", ' properties="nav"'))
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("META-INF/container.xml", '<c><rootfile full-path="book.opf"/></c>')
        package.writestr(
            "book.opf",
            f'<p><manifest>{items}</manifest><spine><itemref idref="one"/></spine></p>',
        )
        chapters = {"one": "".join(f"<p>{text}</p>" for text in story)}
        chapters |= {"extra": "<p>不在书脊中。</p>", "nav": "<p>目录</p>"}
        for name, body in chapters.items():
            package.writestr(
                f"{name}.xhtml",
                '<?xml version="1.0" encoding="utf-8"?>'
                f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>',
            )


@QUICK
@given(STORIES)
def test_a_book_sets_aside_what_its_spine_does_not_name(tmp_path: Path, story: list[str]) -> None:
    path = tmp_path / "a.epub"
    book(path, story)
    [value] = accounts(path)
    balanced(value, visible_chars("不在书脊中。目录" + "".join(story)))
    assert reasons(value) == {
        "不在书脊中。": "not in the order of reading",
        "目录": "the table of contents",
    }


def test_a_book_in_another_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    chapter = '<?xml version="1.0" encoding="gbk"?><html><body><p>古镇有桥。</p></body></html>'
    path.write_bytes(epub_file({"a.xhtml": chapter.encode("gbk")}))
    [value] = accounts(path)
    balanced(value, visible_chars("古镇有桥。"))


def test_contents_that_an_older_book_names_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    chapters = {name: f"<html><body><p>{name}</p></body></html>" for name in ("古镇有桥", "目录")}
    guide = '<guide><reference type="toc" href="目录#a"/></guide>'
    path.write_bytes(epub_file(chapters, guide=guide))
    [value] = accounts(path)
    balanced(value, visible_chars("古镇有桥目录"))
    assert reasons(value) == {"目录": "the table of contents"}


def test_formulas_fields_and_notes_of_word_are_accounted_for(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def code(text: str) -> str:
        return f"<w:r><w:instrText>{text}</w:instrText></w:r>"

    inner = mark("begin") + code("X") + mark("separate") + run("男") + mark("end")
    field = mark("begin") + code("IF") + inner + mark("separate") + run("先生") + mark("end")
    button = mark("begin") + code("MACROBUTTON A 姓名") + mark("end")
    kept = mark("begin") + code("MACROBUTTON A 电话") + mark("separate") + run("电话")
    power = "<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>6</m:t></m:r>"
    power += "</m:sup></m:sSup></m:oMath>"
    path = tmp_path / "a.docx"
    body = paragraph(run("请") + button + field + run("约") + power + run("人。"))
    body += paragraph(kept + mark("end") + run("。"))
    body += paragraph(run("甲") + '<w:r><w:footnoteReference w:id="4"/></w:r>' + run("乙。"))
    notes = f'<w:footnote w:id="3">{paragraph("无主。")}</w:footnote>'
    notes += f'<w:footnote w:id="4">{paragraph("有主。")}</w:footnote>'
    path.write_bytes(word_file(body, {"footnotes": notes}))
    [value] = accounts(path)
    balanced(
        value, visible_chars("请姓名先生约106人。男IFX无主。电话。MACROBUTTON A 电话甲乙。有主。")
    )
    assert reasons(value) == {
        "IFX男": "the instruction of a field",
        "MACROBUTTON A 电话": "the instruction of a field",
        "无主。": "a note that the text does not name",
    }


def test_deleted_cells_and_rows_of_word_are_accounted_for(tmp_path: Path) -> None:
    def row(first: str, second: str, change: str = "") -> str:
        deleted = f"<w:tc><w:tcPr><w:cellDel/></w:tcPr>{paragraph(first)}</w:tc>"
        return f"<w:tr>{change}{deleted}<w:tc>{paragraph(second)}</w:tc></w:tr>"

    rows = row("去年", "今年") + row("旧数", "旧量", "<w:trPr><w:del/></w:trPr>")
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(paragraph("收入如下。") + f"<w:tbl>{rows}</w:tbl>"))
    [value] = accounts(path)
    balanced(value, 13)
    assert reasons(value) == dict.fromkeys(("去年", "旧数", "旧量"), "deleted by a tracked change")


def test_contents_hidden_styles_and_included_documents_of_word_are_accounted_for(
    tmp_path: Path,
) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    begun = f"{mark('begin')}<w:r><w:instrText>TOC</w:instrText></w:r>{mark('separate')}"
    body = (
        paragraph(begun + run("补偿标准2"))
        + paragraph(run("支付方式3") + mark("end"))
        + paragraph(run("库容10") + run("8", '<w:vertAlign w:val="superscript"/>') + run("方。"))
        + paragraph(run("约") + run("0", "<w:vanish/>") + run("5米。"))
        + paragraph(run("内部说明。"), '<w:pStyle w:val="p"/>')
        + paragraph(run("可见。") + run("暗藏", '<w:rStyle w:val="c"/>'))
        + paragraph(run("又见。", '<w:rStyle w:val="c"/><w:vanish w:val="0"/>'))
    )
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    inside = f"<w:sdtContent>{paragraph(run('目录表'))}</w:sdtContent>"
    body += f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr>{inside}</w:sdt>"
    style = "".join(
        f'<w:style w:type="{kind}" w:styleId="{kind[0]}"><w:rPr><w:vanish/></w:rPr></w:style>'
        for kind in ("paragraph", "character")
    )
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(body, {"styles": style}))
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/other.docx", word_file(paragraph(run("没有读到。"))))
    [value] = accounts(path)
    written = "TOC补偿标准2支付方式3库容108方。约05米。内部说明。可见。暗藏又见。目录表没有读到。"
    assert value.read + value.set_aside + value.lost == value.chars == visible_chars(written)
    assert reasons(value) == {
        "TOC补偿标准2": "the table of contents",
        "支付方式3": "the table of contents",
        "0": "hidden text",
        "内部说明。": "hidden text",
        "暗藏": "hidden text",
        "目录表": "the table of contents",
        "没有读到。": "",
    }


def strict(data: bytes) -> bytes:
    """Return a Word file with the strict names of the standard."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            for kind in ("wordprocessingml", "officeDocument", "drawingml"):
                usual = f"http://schemas.openxmlformats.org/{kind}/2006/"
                part = part.replace(usual.encode(), f"http://purl.oclc.org/ooxml/{kind}/".encode())
            new.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("written", [bytes, strict])
def test_drawings_of_word_are_accounted_for(
    tmp_path: Path, written: Callable[[bytes], bytes]
) -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    shown = (
        "<w:drawing><wp:docPr descr='港口照片'/><dgm:relIds r:dm='rId1'/></w:drawing>"
        "<w:drawing><c:chart r:id='rId2'/></w:drawing>"
        "<w:pict><v:shape><v:textpath string='便民快讯'/></v:shape></w:pict>"
    )
    body = paragraph(run("流程。") + f"<w:r>{shown}</w:r>" + f"<w:del>{run('删去')}</w:del>")
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>网上申请</a:t></a:r></a:p></dgm:t></dgm:pt>"
    names = f'xmlns:dgm="{drawing}/diagram" xmlns:a="{drawing}/main" xmlns:c="{drawing}/chart"'
    words = "<c:strCache><c:pt><c:v>一月</c:v></c:pt></c:strCache>"
    parts = {
        "diagrams/data1.xml": f"<dgm:dataModel {names}>{point}</dgm:dataModel>",
        "charts/chart1.xml": f"<c:chartSpace {names}>{words}</c:chartSpace>",
    }
    path = tmp_path / "a.docx"
    path.write_bytes(written(word_file(body, parts)))
    [value] = accounts(path)
    balanced(value, visible_chars("流程。港口照片便民快讯删去网上申请一月"))
    assert reasons(value) == {
        "港口照片": "the description of a picture",
        "删去": "deleted by a tracked change",
        "一月": "a chart",
    }


@QUICK
@given(STORIES)
def test_what_an_ocr_engine_wrote_is_read(tmp_path: Path, story: list[str]) -> None:
    path = tmp_path / "a_content_list.json"
    items: list[dict[str, object]] = [
        {"type": "text", "text": text, "bbox": [1, 2], "page_idx": 0} for text in story
    ]
    items.append({"type": "table", "table_body": "<table><tr><td>年份</td></tr></table>"})
    items.append({"type": "image", "img_path": "a.jpg", "image_caption": ["图为园区。"]})
    items.append({"type": "equation", "text": r"$$ v=\frac{s}{t} $$"})
    path.write_text(json.dumps(items), encoding="utf-8")
    [value] = accounts(path)
    balanced(value, visible_chars("年份图为园区。$$v={s}{t}$$" + "".join(story)))


@QUICK
@given(STORIES)
def test_columns_that_are_not_read_are_set_aside(tmp_path: Path, story: list[str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["text", "editor"])
    writer.writerows([sentence, "张三"] for sentence in story)
    table = tmp_path / "a.csv"
    table.write_text(text.getvalue(), encoding="utf-8")
    lines = tmp_path / "a.jsonl"
    rows = [{"text": sentence, "editor": "张三"} for sentence in story]
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for path in (table, lines):
        [value] = accounts(path)
        balanced(value, visible_chars("".join(story)) + 2 * len(story))
        [part] = value.left_out
        assert (part.where, part.chars) == ("column 'editor'", 2 * len(story))
        assert "config" in part.why


def test_columns_of_one_name_or_none_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,text,,\n1,正文,又一,余,下\n", encoding="utf-8")
    [value] = accounts(path)
    balanced(value, 7)
    places = [(part.where, part.text) for part in value.left_out]
    assert places == [("column 'text (3)'", "又一"), ("column '4'", "余"), ("column '5'", "下")]


def test_marks_in_rows_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        {"text": "<p>第一段<b>粗</b>。</p><!-- 批注 -->", "title": "甲&amp;<i>乙</i>"},
        {"text": "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}你好。\n"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    [value] = accounts(path)
    assert (value.lost, value.read) == (0, 8 + 31)
    assert reasons(value) == {
        "<p> <b> </b> </p>": "tags, targets of links, commands of formulas",
        "批注": "a comment",
        "<i> </i>": "tags, targets of links, commands of formulas",
        r"{\an8}": "marks of style in subtitles",
    }


def test_rows_that_cannot_be_read_are_named_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    broken = [r'{"text": "半\ud83d字"}', "{坏", *['{"text": ""}'] * 3, *["坏"] * 30]
    path.write_text("\n".join(['{"text": "好。"}', *broken]), encoding="utf-8")
    [value] = accounts(path, may_fail=True)
    places = {part.where: part.text for part in value.left_out}
    assert (places["line 2"], places["line 3"], places["line 7"]) == ("半?字", "{坏", "坏")
    assert value.left_out[-1].where == "other lines"
    assert value.lost == 0


def test_what_translators_files_hold_beside_their_chinese_is_set_aside(tmp_path: Path) -> None:
    units, messages = tmp_path / "a.xlf", tmp_path / "a.po"
    units.write_text(
        '<xliff version="1.2"><file source-language="zh" target-language="en"><header><k>7</k>'
        "</header><body><trans-unit id='1'><source>一<bpt id='1'>&lt;b></bpt>句。</source>"
        "<seg-source><mrk mtype='seg'>一句。</mrk></seg-source><target>One.</target><note>注</note>"
        "<alt-trans><source>别句。</source><target>Other.</target></alt-trans></trans-unit></body></file></xliff>",
        encoding="utf-8",
    )
    messages.write_text(
        '# 注\nmsgctxt "a"\nmsgid ""\n"一句"\nmsgid_plural "多句"\nmsgstr[0] "One"\n',
        encoding="utf-8",
    )
    [[xliff], [po]] = accounts(units), accounts(messages)
    balanced(xliff, 3 + 1 + 3 + 3 + 4 + 1 + 9)
    balanced(po, 2 + 1 + 1 + 2 + 3)
    assert reasons(xliff) == {
        "7": "a setting of the tool that wrote the file",
        "<b>": "a code of the tool",
        "一句。": "a copy of the source, cut into sentences",
        "One.": "a translation that the file has",
        "注": "a note",
        "别句。 Other.": "a suggestion of the tool",
    }
    assert set(reasons(po)) == {"注", "a", "多句", "One"}


@QUICK
@given(STORIES, st.data())
def test_a_sentence_that_a_reader_drops_is_lost(story: list[str], data: Any) -> None:
    dropped = data.draw(st.integers(0, len(story) - 1))
    pieces = [Piece(f"line {number}", text) for number, text in enumerate(story)]
    given_text = "\n\n".join(text for n, text in enumerate(story) if n != dropped)
    value = account("a", given_text, pieces)
    assert value.lost == visible_chars(story[dropped])
    [part] = value.left_out
    assert (part.where, part.text) == (f"line {dropped}", story[dropped])


def read_pieces(text: str, *pieces: Piece) -> list[str]:
    return [part.text for part in account("a", text, pieces).left_out]


@pytest.mark.parametrize(
    ("text", "pieces", "left_out"),
    [
        ("全角５Ｇ网络", [Piece("1", "全角5G网络")], []),
        ("| 甲 | 乙 |", [Piece("1", "甲"), Piece("2", "乙")], []),
        ("第一句。第三句。", [Piece("1", "第一句。第二句。第三句。")], ["第二句。"]),
        ("同一句。", [Piece("1", "同一句。"), Piece("2", "同一句。")], ["同一句。"]),
        ("有2人。", [Piece("页眉", "2", "a page number"), Piece("1", "有2人。")], ["2"]),
        ("一\n二", [Piece("2", "二"), Piece("1", "一")], []),
        ("甲。", [Piece("1", "※")], ["※"]),
        ("*注意*", [Piece("1", "注"), Piece("1", "意")], []),
        ("", [], []),
    ],
)
def test_a_piece_is_read_where_its_letters_are(
    text: str, pieces: list[Piece], left_out: list[str]
) -> None:
    assert read_pieces(text, *pieces) == left_out


def test_a_paragraph_is_one_piece_without_the_script_inside_it() -> None:
    assert [
        (piece.where, piece.text, piece.why)
        for piece in html_pieces(
            "<body>\n<p>甲<b>乙</b>丙</p>\n<div>丁<script>x</script>戊</div></body>"
        )
    ] == [("line 2", "甲乙丙", ""), ("line 3", "丁戊", ""), ("line 3", "x", "a script")]


@pytest.mark.parametrize("source", ["", " ", "<", "<!-- x", "<p>" * 3_000 + "深处的字"])
def test_a_broken_page_has_pieces_all_the_same(source: str) -> None:
    assert all(piece.text for piece in html_pieces(source))


@pytest.mark.parametrize(
    ("text", "piece", "left"),
    [
        ("这句有脚注[^1]，后面还有。", "这句有脚注，后面还有。", []),
        ("公式 x=1 在句中。", "公式在句中。", []),
        ("| 地区 | 产量 |\n| 地区 | 上年 |", "地区 产量 上年", []),
        ("这句后面还有。", "这句有脚注，后面还有。", ["有脚注"]),
        ("另一句话。", "毫不相干的内容。", ["毫不相干的内容。"]),
    ],
)
def test_a_sentence_with_something_put_into_it_is_read(
    text: str, piece: str, left: list[str]
) -> None:
    assert read_pieces(text, Piece("1", piece)) == left


def test_markdown_with_tags_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "# 标题在此\n\n<p>面积<sup>2</sup>平方，R&amp;D</p>\n\n<!-- 备注 -->\n\n[链接](http://x)\n",
        encoding="utf-8",
    )
    [value] = accounts(path)
    balanced(value, value.chars)
    assert (value.left_out[-1].where, value.left_out[-1].chars) == ("4 marks", 18)


def test_the_shortest_rule_of_a_table_is_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("一|二\n-|-\n甲|乙\n", encoding="utf-8")
    [value] = accounts(path)
    assert (value.lost, value.set_aside) == (0, 3)


def test_a_command_that_became_a_sign_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    written = "气温为 $25^{\\circ}\\mathrm{C}$ 。直径 $3\\,\\mu\\mathrm{m}$ 。\n"
    path.write_text(written, encoding="utf-8")
    [value] = accounts(path)
    balanced(value, visible_chars(written))
    assert (value.lost, value.set_aside) == (0, len(r"\mathrm\mathrm"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("代码行 <b>不是标签</b> & 也不是实体。", None),
        ("泛型写作 List<string>，标签 <i> 要成对。", None),
        ("变量 a<b，c>d。", None),
        ("<b>要闻</b>春天来了<br>夏天来了。", "要闻春天来了  \n夏天来了。"),
        ("<p>春天<b>来</b>了。</p>", "\n\n春天来了。\n\n"),
        ("污染物每升10<sup>5</sup>个，<b>超标</b>。", "污染物每升10⁵个，超标。"),
    ],
)
def test_a_tag_in_plain_text_is_markup_only_beside_other_markup(
    tmp_path: Path, written: str, expected: str | None
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(written, encoding="utf-8")
    assert text_of(path) == (expected or written)
    [value] = accounts(path)
    balanced(value, visible_chars(written))


def test_frames_of_a_saved_page_that_are_not_the_story_are_set_aside(tmp_path: Path) -> None:
    def part(body: str) -> str:
        return f"--x\nContent-Type: text/html; charset=utf-8\n\n<html><body>{body}</body></html>\n"

    story = "".join(
        f"<p>金山区第{n}天持续优化营商环境。企业办事更加方便快捷。</p>" for n in range(3)
    )
    path = tmp_path / "a.mhtml"
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
    pages = part("<p>旁边的一页。</p>") + part(story)
    path.write_text(f"{head}{pages}--x--\n", encoding="utf-8")
    [value] = accounts(path)
    assert reasons(value) == {"旁边的一页。": "another page in the file, such as a frame"}


OPEN_HIDDEN = (
    '<text:section text:display="none"><text:p>藏起的一节</text:p></text:section>'
    '<text:section text:display="condition" text:is-hidden="true"><text:p>按条件藏起</text:p>'
    '</text:section><text:p><text:span text:style-name="gone">藏起的词</text:span></text:p>'
    '<text:p text:style-name="gone">藏起的段</text:p>'
    "<text:p><draw:frame><draw:image/><svg:desc>图片说明</svg:desc></draw:frame></text:p>"
    "<text:table-of-content><text:index-body><text:p>目录条目</text:p></text:index-body>"
    "</text:table-of-content>"
)
OPEN_ASIDE = {
    "批注在此": "a comment",
    "藏起的一节": "hidden text",
    "按条件藏起": "hidden text",
    "藏起的词": "hidden text",
    "藏起的段": "hidden text",
    "图片说明": "the description of a picture",
    "目录条目": "the table of contents",
    "*": "the mark of a note",
    "某报页眉": "a page header or footer",
}


def open_document(path: Path, story: Sequence[str]) -> None:
    body = "".join(f"<text:p>{text}</text:p>" for text in story)
    note = "<office:annotation><text:p>批注在此</text:p></office:annotation>"
    cited = "<text:note-citation>*</text:note-citation><text:note-body><text:p>见注。</text:p>"
    gone = '<style:style style:name="gone"><style:text-properties text:display="none"/>'
    header = "<style:header><text:p>某报页眉</text:p></style:header>"
    path.write_bytes(
        open_file(
            f"<text:p>开头{note}在此</text:p>{body}{OPEN_HIDDEN}"
            f"<text:p>上<text:note>{cited}</text:note-body></text:note>下。</text:p>",
            f"{gone}</style:style>",
            "<office:master-styles><style:master-page>"
            f"{header}</style:master-page></office:master-styles>",
        )
    )


@QUICK
@given(STORIES)
def test_an_open_document_is_read_or_set_aside(tmp_path: Path, story: list[str]) -> None:
    path = tmp_path / "a.odt"
    open_document(path, story)
    [value] = accounts(path)
    balanced(value, visible_chars("开头在此上下。见注。" + "".join(OPEN_ASIDE) + "".join(story)))
    assert reasons(value) == OPEN_ASIDE


def test_losses_are_named_however_much_else_is_set_aside() -> None:
    menu = [LeftOut(f"line {number}", "a menu", "首页", 2) for number in range(600)]
    value = Account("a", 1210, 0, (*menu, LeftOut("line 601", "", "丢了的一句话。", 10)))
    parts = json.loads(account_line(value))["left_out"]
    assert parts[0]["text"] == "丢了的一句话。"
    assert sum(part["chars"] for part in parts) == 1210


def test_links_beside_a_story_are_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    story = [f"第{word}段讲的是营商环境与企业投资的事情，内容各不相同。" for word in "一二三四五"]
    related = "<ul><li><a href=x>相关报道：另一条很长很长的新闻标题在这里</a></li></ul>"
    body = "".join(f"<p>{text}</p>" for text in story[:3]) + related
    body += "".join(f"<p>{text}</p>" for text in story[3:])
    path.write_text(f"<html><body><h1>标题在此</h1>{body}</body></html>", encoding="utf-8")
    [value] = accounts(path)
    assert value.lost == 0


def test_the_foot_of_a_page_is_no_loss_where_a_word_of_it_is_in_the_story(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    told = [f"第{word}段讲的是营商环境与企业投资的事情，内容各不相同。" for word in "一二三"]
    body = "".join(f"<p>{text}</p>" for text in (told[0], "意见反馈", *told[1:]))
    foot = "<div class=foot><p>电话：0574-87654321，八点到五点</p><p>意见反馈</p></div>"
    path.write_text(f"<html><body><h1>标题在此</h1>{body}{foot}</body></html>", encoding="utf-8")
    [value] = accounts(path)
    assert value.lost == 0
    assert reasons(value)["电话：0574-87654321，八点到五点"] == "outside the story"


def test_an_account_of_a_large_file_with_much_missing_ends_and_says_so() -> None:
    pieces = [Piece(f"line {number}", f"第{number}段的内容。" * 3) for number in range(20_000)]
    value = account("a", "企业" * 400_000, pieces)
    assert not value.is_known
    intake = Intake()
    intake.account(value)
    assert list(intake.notes()) == [
        "a: cannot be accounted for, so a loss would not be seen; compare it with its translation"
    ]
