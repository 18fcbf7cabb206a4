"""Copies of documents with English in place of their Chinese; the rest stays as it is."""

import io
import os
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.deliver.in_place.exchange import english_po, english_xliff
from pipeline.deliver.in_place.html import english_html
from pipeline.deliver.in_place.markdown import english_markdown
from pipeline.deliver.in_place.slots import Pairs
from pipeline.deliver.in_place.word import english_word
from pipeline.engine.translation import model
from pipeline.input.readers.office.word import word_text
from pipeline.language.chinese import is_chinese
from pipeline.testing import EchoTranslator
from tests.office_files import item, levels, paragraph, run, word_file

PAIRS = [
    ("山区新闻", "Mountain news"),
    ("今天下雨。", "It rains today."),
    ("他说：“好。”", 'He said, "Good."'),
    ("记者从财政部官网获悉。", "Our reporter learned it from the ministry's site."),
    ("（一）总体要求", "(1) General demands"),
    ("②组织培训", "② Train people"),
    ("1.1.1 适用范围", "1.1.1 Scope"),
    ("第三条 处以罚款", "Article 3 Fines are due"),
    ("| 名称 | 数量 |", "| Name | Number |"),
    ("雨下了三天", "It rained for 3 days"),
    ("不译。", ""),
    ("a. 犬只登记[1]。", "a. Dogs are registered[1]."),
    ("犬只登记[1]，狗。", "Dogs are registered [1] here."),
    ("[^1]: 只限大犬。", "[^1]: Only large ones."),
    ("本报讯（记者张三）风大。", "Zhang San reports strong winds."),
    ("2 存在问题", "2 Problems"),
    ("由市局承担[a]。", "The bureau pays[a]."),
    ("[2] 同上。", "[2] The same."),
    ("| A&B套餐 | 12 |", "| A&B menu | 12 |"),
]


def markdown(text: str, pairs: Pairs) -> tuple[str, list[str]]:
    data, left = english_markdown(text, pairs)
    return data.decode(), left


def page(text: str, pairs: Pairs) -> tuple[str, list[str]]:
    data, left = english_html(text, pairs)
    return data.decode(), left


def test_cells_and_entities_of_html_in_markdown_are_placed() -> None:
    pairs = [("| 山区 | 2.68 |", "| Hills | 2.68 |"), ("今天下雨。", "It rains today.")]
    source = "<tr><td>山区</td><td>2.68</td></tr>\n\n今天&#19979;雨。"
    placed = "<tr><td>Hills</td><td>2.68</td></tr>\n\nIt rains today."
    assert markdown(source, pairs) == (placed, [])


@pytest.mark.parametrize(
    ("make", "source", "english", "left"),
    [
        (markdown, "# 山区新闻\n\n今天下雨。", "# Mountain news\n\nIt rains today.", []),
        (markdown, "　　今天下雨。他说：“好。”", 'It rains today. He said, "Good."', []),
        (markdown, "# 山区新闻 {#a .b}\n", "# Mountain news {#a .b}\n", []),
        (markdown, "名称|数量\n:--|--:\n", "Name|Number\n:--|--:\n", []),
        (markdown, "---\n\n今天下雨。\n\n-----\n", "---\n\nIt rains today.\n\n-----\n", []),
        (markdown, "今天\n下雨。\n\n好", "It rains today.\n\n\n好", ["好"]),
        (markdown, "- **今天**下雨。\n- 不译。", "- It rains today.\n- 不译。", ["不译。"]),
        (
            markdown,
            "记者从[财政部](http://a.cn/)官网获悉。![图](a.png)今天下雨。",
            "[Our reporter learned it from the ministry's site.](http://a.cn/)![图](a.png) "
            "It rains today.",
            ["图"],
        ),
        (
            markdown,
            "犬只*登记*[^1]，**狗**。\n\n[^1]: 只限大犬。\n\n[^b]: 今天下雨。",
            "Dogs are registered here.[^1]\n\n[^1]: Only large ones.\n\n[^b]: It rains today.",
            [],
        ),
        (
            page,
            "<li>犬只登记<sup></sup>。<p>只限大犬",
            "<li>Dogs are registered.<sup></sup><p>Only large ones.",
            [],
        ),
        (page, "<img alt='小图'>", "<img alt='小图'>", ["小图"]),
        *(
            (
                page,
                f"<title>山区新闻{mark}晨报网</title>",
                f"<title>Mountain news{mark}晨报网</title>",
                [f"Mountain news{mark}晨报网"],
            )
            for mark in ("_", " - ", "|", " | ", " — ")
        ),
        (
            page,
            "<img alt='山区新闻' title=\"今天下雨。\"><p>今天下雨。</p>",
            "<img alt='Mountain news' title=\"It rains today.\"><p>It rains today.</p>",
            [],
        ),
        (
            markdown,
            "![山区新闻](a.png)![小图](b.png)",
            "![Mountain news](a.png)![小图](b.png)",
            ["小图"],
        ),
        (
            markdown,
            "**本报讯（记者张三）** 风大。今天下雨。",
            "Zhang San reports strong winds. It rains today.",
            [],
        ),
        (markdown, "**山区新闻** **今天下雨。**", "**Mountain news** **It rains today.**", []),
        (
            page,
            "<p><strong>本报讯（记者张三）</strong>风大。<b><i>今天</i>下雨。</b></p>",
            "<p><strong></strong>Zhang San reports strong winds.<b><i> It rains today.</i></b></p>",
            [],
        ),
        (
            page,
            "<b>今天下雨。</b><p>山区<b>新闻</b>",
            "<b>It rains today.</b><p>Mountain news<b></b>",
            [],
        ),
        (markdown, "## 总体要求", "## General demands", []),
        (page, "<h1>存在问题</h1>", "<h1>Problems</h1>", []),
        (markdown, "[2] 同上。", "[2] The same.", []),
        (markdown, "由市局承担[^a]。", "The bureau pays.[^a]", []),
        (markdown, "<td>A&amp;B套餐</td>", "<td>A&B menu</td>", []),
        (markdown, "---\ntitle: 山区新闻\nn: 1\n---", "---\ntitle: Mountain news\nn: 1\n---", []),
        (
            markdown,
            "名称　　数量\n山区新闻　　5℃\n山区新闻　　6℃",
            "Name　　Number\nMountain news　　5℃\nMountain news　　6℃",
            [],
        ),
        (page, "<li>组织培训", "<li>Train people", []),
        (page, "<li>适用范围<li>处以罚款", "<li>Scope<li>Fines are due", []),
        (page, "<p>今天下雨。&lt;b&gt;", "<p>It rains today.&lt;b&gt;", []),
        (markdown, "今天下雨。&lt;b&gt;", "It rains today.&lt;b&gt;", []),
        (markdown, "1. 今天下雨。\n> 今天下雨。", "1. It rains today.\n> It rains today.", []),
        (
            markdown,
            "| 名称 | 数量 |\n|---|--:|\n| 今天下雨。 | 5 |",
            "| Name | Number |\n|---|--:|\n| It rains today. | 5 |",
            [],
        ),
        (markdown, "```\n今天下雨。\n```", "```\n今天下雨。\n```", []),
        (markdown, "大雨下了三天了", "大雨下了三天了", ["大雨下了三天了"]),
        (page, "<p class='x'>今天<b>下雨</b>。<br>", "<p class='x'>It rains today.<b></b><br>", []),
        (
            page,
            '<html lang="zh-CN"><meta charset="gb2312"><h1>山区新闻</h1><!-- 注 -->'
            "<script>var a='今天下雨。'</script><p>他说：&ldquo;好。&rdquo;<img src='a'></p>",
            '<html lang="en"><meta charset="utf-8"><h1>Mountain news</h1><!-- 注 -->'
            "<script>var a='今天下雨。'</script><p>He said, \"Good.\"<img src='a'></p>",
            [],
        ),
        (
            page,
            "<li>记者从<a href='/a'>财政部</a><a href='/b'>官网</a>获悉。</li><li>菜单</li>",
            "<li><a href='/a'>Our reporter learned it from the ministry's site.</a>"
            "<a href='/b'> [link 2]</a></li><li>菜单</li>",
            ["菜单"],
        ),
        (
            page,
            "<ruby>今天下<rt>xià</rt></ruby>雨。",
            "<ruby>It rains today.<rt>xià</rt></ruby>",
            [],
        ),
    ],
)
def test_english_takes_the_place_of_chinese(
    make: Callable[[str, Pairs], tuple[str, list[str]]], source: str, english: str, left: list[str]
) -> None:
    assert make(source, PAIRS) == (english, left)


XLIFF = (
    '<?xml version="1.0"?><xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" '
    'xmlns:t="urn:tool" version="1.2"><file original="a" source-language="zh" target-language="en" '
    'datatype="x"><header><t:setting a="1">keep</t:setting></header><body>'
    '<trans-unit id="1" t:x="y"><source>今天下雨。</source><t:c><t:b/></t:c></trans-unit>'
    '<trans-unit id="2"><source>山区新闻</source><target state="final">Mine</target></trans-unit>'
    '<trans-unit id="3" translate="no"><source>今天下雨。</source></trans-unit>'
    '<trans-unit id="4"><source>没有</source><target/></trans-unit></body></file></xliff>'
)
PO = (
    '# mine\nmsgid ""\nmsgstr "Language: en\\n"\n\n#, c-format\nmsgid "今天"\n"下雨。"\nmsgstr ""\n'
)


def test_translators_files_are_filled_and_all_else_is_kept() -> None:
    data, left = english_xliff(XLIFF.encode(), PAIRS)
    filled = '<target state="translated" state-qualifier="mt-suggestion">It rains today.</target>'
    expected = XLIFF.replace("</source><t:c>", f"</source>{filled}<t:c>")
    assert data.decode().partition("?>")[2].strip() == expected.partition("?>")[2]
    assert left == ["没有"]
    unit = '<file id="f"><unit id="u"><segment><source>今天下雨。</source></segment></unit></file>'
    space = 'srcLang="zh" trgLang="en" xmlns="urn:oasis:names:tc:xliff:document:2.0"'
    new = f'<xliff version="2.1" {space}>{unit}</xliff>'
    assert b'subState="yibao:machine"><source>' in english_xliff(new.encode(), PAIRS)[0]
    assert english_po(PO, PAIRS)[0].decode() == PO[: -len('""\n')] + '"It rains today."\n'


def test_segments_that_trados_has_cut_are_filled_each_in_its_mark() -> None:
    space = 'xmlns="urn:oasis:names:tc:xliff:document:1.2"'
    sdl = "http://sdl.com/FileTypes/SdlXliff/1.0"
    mark = '<mrk mtype="seg" mid="{}">{}</mrk>'
    target = f"<target>{mark.format(1, 'Mine')}{mark.format(2, '')}</target>"
    data = (
        f'<xliff {space} xmlns:sdl="{sdl}" version="1.2"><file source-language="zh" '
        'target-language="en"><body><trans-unit id="a"><source>山区新闻。今天下雨。</source>'
        f"<seg-source>{mark.format(1, '山区新闻。')}{mark.format(2, '今天下雨。')}</seg-source>"
        f'{target}<sdl:seg-defs><sdl:seg id="1" conf="Translated"/><sdl:seg id="2"/></sdl:seg-defs>'
        "</trans-unit></body></file></xliff>"
    )
    filled, left = english_xliff(data.encode(), PAIRS)
    assert left == []
    assert mark.format(1, "Mine") + mark.format(2, "It rains today.") in filled.decode()
    assert '<sdl:seg id="2" conf="Draft"/>' in filled.decode()
    filled, left = english_xliff(data.replace(target, "").encode(), PAIRS)
    assert filled.decode().count('<mrk mtype="seg" mid=') == 4
    assert f"{mark.format(2, 'It rains today.')}</target>" in filled.decode()
    assert left == []


class Known(EchoTranslator):
    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        known = dict(PAIRS) | {"名称": "Name", "数量": "Number", "山货": "Goods", "很多": "Many"}
        return [Candidate(known.get(each, f"English {len(each)}."), 0.5) for each in sentences]


INPUTS = ("news.docx", "a.md", "page.html", "units.xlf", "cut.sdlxliff", "messages.po")


class Office:
    """A Word document with all that must stay, a page and a text, and what a run made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        document = docx.Document()
        document.add_heading("山区今年新闻很多", 1)
        paragraph = document.add_paragraph("今天", style="Quote")
        paragraph.add_run("下雨。").bold = True
        paragraph.add_run("学校放假3天。").italic = True
        picture = folder / "dot.png"
        picture.write_bytes(png())
        shape = document.add_picture(str(picture))
        for name, words in (("descr", "山区新闻"), ("title", "小图")):
            shape._inline.docPr.set(name, words)
        byline = document.add_paragraph()
        byline.add_run("本报讯（记者张三）").bold = True
        byline.add_run("风大。")
        document.add_paragraph().add_run("山区新闻").bold = True
        table = document.add_table(rows=2, cols=2, style="Table Grid")
        for cell, text in zip(table._cells, ("名称", "数量", "山货", "很多"), strict=True):
            cell.text = text
        document.sections[0].header.paragraphs[0].text = "山区日报"
        document.save(str(folder / "news.docx"))
        (folder / "a.md").write_text("# 今年山区新闻\n\n今天下雨。\n", encoding="utf-8")
        story = "".join(f"<p>今天下雨，学校放假{n}天，大家很高兴。</p>" for n in range(3, 9))
        text = f"<html><body><nav>菜单</nav><article><h1>山区新闻很多</h1>{story}</article></body>"
        (folder / "page.html").write_text(text, encoding="utf-8")
        for name in ("units.xlf", "cut.sdlxliff"):
            (folder / name).write_text(XLIFF, encoding="utf-8")
        (folder / "messages.po").write_text(PO, encoding="utf-8")
        self.result = self.run()

    def run(self) -> Result:
        names = [str(self.folder / name) for name in INPUTS]
        arguments = ["run", *names, "--output", str(self.folder / "run")]
        return CliRunner().invoke(cli, arguments)

    @property
    def copies(self) -> Path:
        return self.folder / "run/english/in-place"


def png() -> bytes:
    """Return a picture of one black dot."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "load_translator", lambda *_, **__: Known())
        yield Office(tmp_path_factory.mktemp("office"))


def test_a_run_writes_a_copy_of_every_document(office: Office) -> None:
    assert office.result.exit_code == 0, office.result.output
    assert {path.name for path in office.copies.iterdir()} == {
        "a.md",
        "news.docx",
        "page.html",
        "units.xlf",
        "cut.sdlxliff",
        "messages.po",
        "not-placed.txt",
    }
    assert "It rains today." in (office.copies / "units.xlf").read_text(encoding="utf-8")
    assert 'msgstr "It rains today."' in (office.copies / "messages.po").read_text(encoding="utf-8")
    assert "It rains today." in (office.copies / "a.md").read_text(encoding="utf-8")
    html = (office.copies / "page.html").read_text(encoding="utf-8")
    assert re.findall("[\u4e00-\u9fff]+", html) == ["菜单"]


def test_a_word_copy_keeps_styles_pictures_tables_and_parts(office: Office) -> None:
    before = docx.Document(str(office.folder / "news.docx"))
    after = docx.Document(str(office.copies / "news.docx"))
    styles = [[p.style and p.style.name for p in each.paragraphs] for each in (before, after)]
    assert styles[0] == styles[1]
    quote = after.paragraphs[1]
    assert quote.text.startswith("It rains today. ")
    assert [run.italic for run in quote.runs] == [None, None, True]
    [shape] = after.inline_shapes
    described = shape._inline.docPr
    assert (described.get("descr"), described.get("title")) == ("Mountain news", "小图")
    assert [(run.text, run.bold) for run in after.paragraphs[3].runs] == [
        ("", True),
        ("Zhang San reports strong winds.", None),
    ]
    assert [(run.text, run.bold) for run in after.paragraphs[4].runs] == [("Mountain news", True)]
    assert [cell.text for cell in after.tables[0]._cells] == ["Name", "Number", "Goods", "Many"]
    with (
        zipfile.ZipFile(office.folder / "news.docx") as old,
        zipfile.ZipFile(office.copies / "news.docx") as new,
    ):
        assert new.namelist() == old.namelist()
    body = "".join(p.text for p in after.paragraphs)
    assert not is_chinese(body)


def test_a_chinese_number_that_word_makes_becomes_text() -> None:
    lists = levels(("decimalZero", "附件%1"), start=9)
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = (
        item("名单").replace("</w:p>", f"{mark}</w:p>")
        + item("日程")
        + paragraph("附件09")
        + paragraph("名单")
    )
    pairs = [("附件09 名单[1]", "Annex 9: List[1]"), ("附件10 日程", "Annex 10: Programme")]
    pairs += [("附件09", "Annex 9"), ("名单", "List")]
    data, left = english_word(io.BytesIO(word_file(body, {"numbering": lists})), 10**6, pairs)
    shown, _ = word_text(io.BytesIO(data), 10**6)
    wanted = ["Annex 9: List[1]", "Annex 10: Programme", "Annex 9", "List"]
    assert (shown.strip().split("\n\n"), left) == (wanted, [])


def test_the_instruction_of_a_field_is_no_text() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = mark("begin") + mark("separate") + run("别名") + mark("end")
    field = mark("begin") + inner + mark("separate") + run("今天下雨。") + mark("end")
    data, _ = english_word(io.BytesIO(word_file(paragraph(field))), 10**6, PAIRS)
    assert word_text(io.BytesIO(data), 10**6)[0].strip() == "It rains today."


def test_what_stays_chinese_is_named(office: Office) -> None:
    notes = (office.copies / "not-placed.txt").read_text(encoding="utf-8")
    assert "news.docx: 山区日报\n" in notes
    assert "news.docx: 小图\n" in notes
    assert "page.html: 菜单\n" in notes
    assert "english/in-place/news.docx: 2 passages left in Chinese" in office.result.stderr
    assert "a.md" not in notes


def test_our_reader_and_libreoffice_open_a_copy(office: Office, tmp_path: Path) -> None:
    office_program = shutil.which("soffice")
    if office_program is None:
        if os.environ.get("YIBAO_REQUIRE_OFFICE") == "1":
            pytest.fail("YIBAO_REQUIRE_OFFICE is 1 and there is no soffice")
        pytest.skip("no LibreOffice; set YIBAO_REQUIRE_OFFICE=1 to fail instead")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office_program, profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8"]
    path = str(office.copies / "news.docx")
    subprocess.run([*command, "--outdir", str(tmp_path), path], check=True, capture_output=True)
    text = (tmp_path / "news.txt").read_text(encoding="utf-8-sig")
    assert "It rains today." in text
    assert not is_chinese(text)


def test_copies_are_written_once_and_removed_with_their_document(office: Office) -> None:
    times = {path: path.stat().st_mtime_ns for path in office.copies.iterdir()}
    office.run()
    assert times == {path: path.stat().st_mtime_ns for path in office.copies.iterdir()}
    arguments = ["run", str(office.folder / "a.md"), "--output", str(office.folder / "run")]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert {path.name for path in office.copies.iterdir()} == {"a.md"}
