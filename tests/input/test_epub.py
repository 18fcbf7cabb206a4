"""Books of other makers: every encoding, notes, ruby, and parts that cannot be read are named."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.input.read import read_documents
from pipeline.records import Document, Failure, SetAside
from tests.office_files import epub_file

ROOT = Path(__file__).parents[2]
TEXT = "<h2>第二章 尾声</h2><p>这是最后一段话，我们的报纸在此。</p>"
OLD_TEXT = TEXT.translate(str.maketrans("声这后话们报纸", "聲這後話們報紙"))


def read(folder: Path, data: bytes) -> list[Document | Failure]:
    path = folder / "a.epub"
    path.write_bytes(data)
    found = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    return [row for row in found if isinstance(row, Document | Failure)]


def chapter(folder: Path, content: bytes | str) -> str:
    [found] = read(folder, epub_file({"a.xhtml": content}))
    assert isinstance(found, Document), found
    return found.text.strip()


def accounted(folder: Path, data: bytes) -> tuple[str, str]:
    """Return what `show --source` says of a book, and the warnings of its run."""
    (folder / "b.epub").write_bytes(data)
    out = str(folder / "out")
    ran = CliRunner().invoke(cli, ["segment", str(folder / "b.epub"), "--output", out, "--quiet"])
    shown = CliRunner().invoke(cli, ["show", out, "--source"], terminal_width=200)
    return shown.output, ran.output


def page(text: str, declaration: str = "", head: str = "") -> str:
    return f"{declaration}<html><head><title>二</title>{head}</head><body>{text}</body></html>"


def declared(name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>'


META = '<meta http-equiv="Content-Type" content="text/html; charset={}"/>'
ENCODINGS = {
    "nothing said": page(TEXT).encode(),
    "byte-order mark": page(TEXT).encode("utf-8-sig"),
    "declared": page(TEXT, declared("utf-8")).encode(),
    "declared in capitals": page(TEXT, declared("UTF-8")).encode(),
    "meta behind the title": page(TEXT, head=META.format("utf-8")).encode(),
    "meta says gbk": page(TEXT, head=META.format("gbk")).encode(),
    "says gb2312": page(TEXT, declared("gb2312")).encode(),
    "says big5": page(TEXT, declared("big5")).encode(),
    "says latin-1": page(TEXT, declared("iso-8859-1")).encode(),
    "says utf-16": page(TEXT, declared("utf-16")).encode(),
    "says an unknown one": page(TEXT, declared("klingon")).encode(),
    "gb2312": page(TEXT, declared("gb2312")).encode("gb2312"),
    "gbk by meta": page(TEXT, head=META.format("gbk")).encode("gbk"),
    "gbk by short meta": page(TEXT, head='<meta charset="gbk">').encode("gbk"),
    "gbk, nothing said": page(TEXT).encode("gbk"),
    "gbk, says utf-8": page(TEXT, declared("utf-8")).encode("gbk"),
    "gbk, says big5": page(TEXT, declared("big5")).encode("gbk"),
    "gbk, says utf-16": page(TEXT, declared("UTF-16")).encode("gbk"),
    "gb18030": page(TEXT, declared("GB18030")).encode("gb18030"),
    "utf-16": page(TEXT, declared("utf-16")).encode("utf-16"),
    "utf-16 without a mark": page(TEXT).encode("utf-16-le"),
    "utf-16, big end first": page(TEXT).encode("utf-16-be"),
    "hz": page(TEXT, declared("hz-gb-2312")).encode("hz"),
    "entities in ASCII": page(TEXT).encode("ascii", "xmlcharrefreplace"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_chapter_is_read_in_whatever_encoding_it_is(tmp_path: Path, name: str) -> None:
    text = chapter(tmp_path, ENCODINGS[name])
    assert text == "## 第二章 尾声\n\n这是最后一段话，我们的报纸在此。"


@pytest.mark.parametrize("says", ["big5", "gb2312", "utf-8", None])
def test_a_chapter_in_big5_is_read_whatever_it_says(tmp_path: Path, says: str | None) -> None:
    content = page(OLD_TEXT, declared(says) if says else "").encode("big5")
    assert "這是最後一段話，我們的報紙在此。" in chapter(tmp_path, content)


INLINE = {
    "10<sup>6</sup>人": "10⁶人",
    "50m<sup>2</sup>": "50m²",
    "12%<sup>3</sup>": "12%[3]",
    "1923<sup><a href='#n5'>5</a></sup>年": "1923[5]年",
    "1923<a epub:type='noteref' href='#n5'><sup>5</sup></a>年": "1923[5]年",
    "H<sub>2</sub>O": "H₂O",
    "<ruby>漢<rp>(</rp><rt>han</rt><rp>)</rp></ruby>字": "漢字",
    "<ruby><rb>漢</rb><rtc><rt>han</rt></rtc></ruby>字": "漢字",
    "甲<a id='x'/>乙": "甲乙",
    "甲&nbsp;乙": "甲 乙",
    "2014年<a href='#n'><img alt='注' src='n.png'/></a>6月": "2014年6月",
    "朱<a href='#n'>镕<img alt='基' src='n.png'/></a>": "朱镕基",
}


@pytest.mark.parametrize("markup", INLINE)
def test_marks_and_readings_do_not_become_text(tmp_path: Path, markup: str) -> None:
    assert chapter(tmp_path, page(f"<p>{markup}。</p>")) == f"{INLINE[markup]}。"


SHEET = """/* .no { vertical-align: super } */
.a1, p .a2 { vertical-align: super; font-size: 60% }
.b1 { vertical-align: sub }
.c1 { font-size: 0.58em; position: relative; top: -0.33em; vertical-align: baseline }
.c2 { font-size: 0.58em; position: relative; top: 0.33em; vertical-align: baseline }
.f1 { font-size: 9.5000pt; position: relative; top: -0.42em; vertical-align: baseline }
.f2 { position: relative; top: -1px }
.d1 { vertical-align: top; width: 50% }
.e1 { vertical-align: 0.4em }
"""


def test_entities_of_a_page_are_its_text_unless_they_name_others(tmp_path: Path) -> None:
    own = '<!DOCTYPE html [<!ENTITY co "公司">\n<!ENTITY n "&#160;"> <!ENTITY a "&co;&co;">]>'
    text = chapter(tmp_path, own + page("<p>甲&co;乙&hellip;丙&n;丁。&a;</p>"))
    assert text == "甲公司乙…丙 丁。&a;"


STYLED = {
    "10<span class='a1'>6</span>人": "10⁶人",
    "10<span class='x a2'>6</span>人": "10⁶人",
    "H<span class='b1'>2</span>O": "H₂O",
    "50m<span class='c1'>2</span>": "50m²",
    "H<span class='c2'>2</span>O": "H₂O",
    "10<span class='e1'>6</span>人": "10⁶人",
    "10<span class='f1'>6</span>人": "10⁶人",
    "10<span class='f2'>6</span>人": "106人",
    "10<span class='d1'>6</span>人": "106人",
    "10<span class='no'>6</span>人": "106人",
    "10<span style='vertical-align:super'>6</span>人": "10⁶人",
    "1923<a class='a1' href='n.xhtml#5'>5</a>年": "1923[5]年",
    "1923<a role='doc-noteref' href='#5'>5</a>年": "1923[5]年",
    "1923<span class='a1'><a id='r5' href='#5'>5</a></span>年": "1923[5]年",
    "1923<span class='no'><span class='a1'>5</span></span>年": "1923[5]年",
    "10<a href='#5'><sup>5</sup></a>年": "10[5]年",
    "10<a href='http://a.cn/'><sup>5</sup></a>年": "10⁵年",
}


@pytest.mark.parametrize("markup", STYLED)
def test_text_that_only_a_style_sheet_raises_is_raised(tmp_path: Path, markup: str) -> None:
    data = epub_file({"a.xhtml": page(f"<p>{markup}。</p>")}, others={"OEBPS/a.css": SHEET})
    [found] = read(tmp_path, data)
    assert isinstance(found, Document)
    assert found.text.strip() == f"{STYLED[markup]}。"


def test_notes_are_read_and_tables_keep_their_columns(tmp_path: Path) -> None:
    text = chapter(
        tmp_path,
        page(
            "<p>正文<a epub:type='noteref' href='#n1'>1</a>。</p>"
            "<table><tr><td rowspan='2'>甲县</td><td>1</td></tr><tr><td>2</td></tr></table>"
            "<aside epub:type='footnote' id='n1'><p>脚注的内容。</p></aside>"
        ),
    )
    assert "[^1]: 脚注的内容。" in text
    assert "| 甲县 | 1 |\n| 甲县 | 2 |" in text


def test_notes_of_older_books_are_known_by_their_class(tmp_path: Path) -> None:
    item = "<li class='duokan-footnote-item' id='n1'><p>甲注。</p></li>"
    notes = f"<ol class='duokan-footnote-content'>{item}</ol>"
    body = f"<p>正文。</p>{notes}<p class='footnote'>2 乙注。</p>"
    assert chapter(tmp_path, page(body)).split("\n\n") == ["正文。", "[^1]: 甲注。", "[^2]: 乙注。"]


@pytest.mark.parametrize(
    "mark",
    [
        "<img class='qqreader-footnote' alt='始于20世纪。' src='note.png'/>",
        "<span class='reader_footer_note' data-wr-footernote='始于20世纪。'></span>",
    ],
)
def test_a_note_that_a_mark_holds_is_read_where_the_mark_is(tmp_path: Path, mark: str) -> None:
    picture = "<figure><img alt='桥' src='a.jpg'/><figcaption>致和桥</figcaption></figure>"
    written = chapter(tmp_path, page(f"<p>农民画{mark}有名。</p>{picture}"))
    assert written.split("\n\n") == ["农民画[始于20世纪。]有名。", "![致和桥](caption)"]


def test_a_picture_that_marks_a_note_is_its_number(tmp_path: Path) -> None:
    mark = "<sup><a class='duokan-footnote' href='#f{0}'><img alt='' src='n.png'/></a></sup>"
    item = "<li class='duokan-footnote-item' id='f{0}'><p><a href='#r'>◎</a>{1}</p></li>"
    notes = item.format(1, "甲注。") + item.format(2, "乙注。")
    body = f"<p>12万{mark.format(1)}，8元{mark.format(2)}。</p><ol>{notes}</ol>"
    written = chapter(tmp_path, page(body)).split("\n\n")
    assert written == ["12万[1]，8元[2]。", "[^1]: 甲注。", "[^2]: 乙注。"]


def test_a_paragraph_that_begins_with_a_link_back_is_a_note(tmp_path: Path) -> None:
    notes = (
        "<p id='n5'><a href='c0.xhtml#m5'>5</a> 一说次年。</p><p><a href='#m6'>[6]</a>同上。</p>"
    )
    body = f"<p>正文。</p>{notes}<p><a href='#m7'>第7章</a> 往事</p>"
    written = chapter(tmp_path, page(body)).split("\n\n")
    assert written == ["正文。", "[^5]: 一说次年。", "[^6]: 同上。", "第7章 往事"]


def test_a_note_without_its_number_has_the_mark_of_the_text(tmp_path: Path) -> None:
    text = (
        "<h2>县城<a epub:type='noteref' href='#n0'>*</a></h2>"
        "<p>1923<sup><a href='#n1'>5</a></sup>年，3<a href='#n2'><sup>②</sup></a>万两。</p>"
    )
    notes = "".join(
        f"<aside epub:type='footnote' id='n{number}'><p>{words}</p></aside>"
        for number, words in enumerate(("今城。", "5一说次年。", "不含息。"))
    )
    written = chapter(tmp_path, page(text + notes)).split("\n\n")
    assert written[1:] == [
        "1923[5]年，3②万两。",
        "[^*]: 今城。",
        "[^5]: 一说次年。",
        "[^②]: 不含息。",
    ]


def test_paragraphs_that_are_a_note_each_stay_apart(tmp_path: Path) -> None:
    notes = (
        "<p id='fn_7'><a href='#fr_7'>[7]</a>在城南。</p><p id='fn_8'><a href='#r8'>8</a>至今。</p>"
    )
    body = f"<p>正文。</p><div class='kindle-cn-footnote'>{notes}</div>"
    assert chapter(tmp_path, page(body)).split("\n\n") == [
        "正文。",
        "[^7]: 在城南。",
        "[^8]: 至今。",
    ]


def test_a_note_is_known_by_the_links_there_and_back(tmp_path: Path) -> None:
    text = (
        "<p>盐课<a href='#note1' id='ref1'>〔1〕</a>，"
        "引<sup id='ref2'><a href='#note2'>2</a></sup>。</p>"
    )
    notes = (
        "<ol><li id='note1'><p>盐税。<a href='#ref1'>返回</a></p></li>"
        "<li id='note2'><p>凭证。<a href='#ref2'>[返回正文]</a></p></li></ol>"
    )
    written = chapter(tmp_path, page(text + notes)).split("\n\n")
    assert written == ["盐课〔1〕，引[2]。", "[^1]: 盐税。", "[^2]: 凭证。"]
    # a number that leads to a paragraph from which no link leads back names no note
    steps = "<p>见<a href='#a' id='b'>1</a>、<a href='#c'>2</a>。</p><p id='a'>甲。</p>"
    assert chapter(tmp_path, page(steps)).split("\n\n") == ["见1、2。", "甲。"]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("[<a epub:type='noteref' href='#n1'>1</a>]", "[1]"),
        ("[<a href='#n1'><sup>1</sup></a>]", "[1]"),
        ("<sup>[<a epub:type='noteref' href='#n1'>1</a>]</sup>", "[1]"),
        ("<span>〔</span><sup><a href='#n1'>1</a></sup><span>〕</span>", "〔1〕"),
        ("﹝<a href='#n1'><sup>1</sup></a>﹞", "﹝1﹞"),
        ("（<a href='#n1'><sup>1</sup></a>起）", "（[1]起）"),
        ("<sup><a href='#n1'>﹝1﹞</a></sup>", "﹝1﹞"),
    ],
)
def test_the_mark_of_a_note_has_brackets_once(tmp_path: Path, mark: str, expected: str) -> None:
    text = f"<p>盐价大涨{mark}，商会请愿。</p>"
    note = "<div class='footnote'><p id='n1'>{}每斤二角。</p></div>"
    for number in ("[<a href='#r1'><sup>1</sup></a>]", "<a href='#r1'>﹝1﹞</a>"):
        written = chapter(tmp_path, page(text + note.format(number)))
        assert written == f"盐价大涨{expected}，商会请愿。\n\n[^1]: 每斤二角。"


def test_notes_in_small_brackets_stay_apart(tmp_path: Path) -> None:
    signs = ("注1", "【2】", "﹝3﹞")
    notes = "".join(f"<p><a href='#r'>{sign}</a>{n}月。</p>" for n, sign in enumerate(signs, 1))
    written = chapter(tmp_path, page(f"<p>正文。</p><div class='footnote'>{notes}</div>"))
    assert [line[:5] for line in written.split("\n\n")[1:]] == ["[^1]:", "[^2]:", "[^3]:"]


def test_a_line_with_a_mark_that_the_text_has_raised_is_a_note(tmp_path: Path) -> None:
    text = "<p>创于1872年<sup>（1）</sup>，日销3000<sup>②</sup>份。</p>"
    lines = "<p>（1）一说次年。</p><p>②含外埠。</p><p>③另议。</p>"
    written = chapter(tmp_path, page(text + lines)).split("\n\n")
    assert written[1:] == ["[^1]: 一说次年。", "[^②]: 含外埠。", "③另议。"]


def test_hidden_notes_are_text_and_numbers_of_printed_pages_are_not(tmp_path: Path) -> None:
    breaks = "<span epub:type='pagebreak' id='p12'>12</span>"
    note = "<aside epub:type='footnote' id='n1'><p>又称银号。</p></aside>"
    body = f"<p>钱庄<a epub:type='noteref' href='#n1'>1</a>兴于{breaks}乾隆。</p>{note}"
    book = page(body, head="<style>aside { display: none }</style>")
    assert chapter(tmp_path, book).split("\n\n") == ["钱庄[1]兴于乾隆。", "[^1]: 又称银号。"]
    account, warnings = accounted(tmp_path, epub_file({"a.xhtml": page(f"<h2>钱庄</h2>{body}")}))
    assert "the number of a page" in account
    assert "lost" not in warnings


def test_the_text_of_a_cdata_section_is_counted_as_read(tmp_path: Path) -> None:
    body = "<h2>第一章 往事</h2><p>最后一段<![CDATA[ A&B ]]>话。</p>"
    account, warnings = accounted(tmp_path, epub_file({"a.xhtml": page(body)}))
    assert "lost" not in warnings
    assert "comment" not in account


def test_every_note_of_a_list_of_notes_is_one(tmp_path: Path) -> None:
    notes = "".join(
        f"<li id='fn{number}' epub:type='footnote'><p>{text}<a href='#r{number}'>↩</a></p></li>"
        for number, text in ((1, "甲注。"), (2, "乙注。"))
    )
    body = f"<p>正文。</p><section epub:type='footnotes'><hr/><ol>{notes}</ol></section>"
    assert chapter(tmp_path, page(body)).split("\n\n") == ["正文。", "[^1]: 甲注。", "[^2]: 乙注。"]


def test_the_order_is_that_of_the_spine_and_the_rest_is_named(tmp_path: Path) -> None:
    chapters = {
        "one.xhtml": page("<p>第一章。</p>"),
        "two.xhtml": page("<p>第二章。</p>"),
        "nav.xhtml": page("<nav><ol><li>目录</li></ol></nav><p>目录页。</p>"),
        "toc.xhtml": page("<p>旧目录。</p>"),
        "more.xhtml": page("<p>书外的话。</p>"),
        "notes.xhtml": page("<p>注释。</p>"),
    }
    data = epub_file(
        chapters,
        manifest='<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
        'properties="nav scripted"/><item id="svg" href="a.svg" media-type="image/svg+xml"/>',
        spine='<itemref idref="toc.xhtml"/><itemref idref="two.xhtml"/><itemref idref="nav"/>'
        '<itemref idref="one.xhtml"/><itemref idref="two.xhtml"/><itemref idref="svg"/>'
        '<itemref idref="notes.xhtml" linear="no"/>',
        guide='<guide><reference type="toc" href="toc.xhtml#a"/></guide>',
    )
    first, *others = read(tmp_path, data)
    assert isinstance(first, Document)
    texts = [row.text for row in others if isinstance(row, Document)]
    assert [first.text, *texts] == ["第二章。\n", "第一章。\n", "注释。\n"]
    assert first.set_aside == (
        SetAside("chapters of the type image/svg+xml", 1, 0),
        SetAside("table of contents", 2, 8),
        SetAside("parts outside the reading order", 1, 5),
    )


def test_a_book_with_an_empty_spine_is_read_in_the_order_of_its_manifest(tmp_path: Path) -> None:
    chapters = {"b.html": page("<p>第一章。</p>"), "a.html": page("<p>第二章。</p>")}
    found = read(tmp_path, epub_file(chapters, spine=""))
    assert [row.text for row in found if isinstance(row, Document)] == ["第一章。\n", "第二章。\n"]


def test_contents_above_the_text_of_a_book_do_not_set_the_text_aside(tmp_path: Path) -> None:
    links = '<h2>目录</h2><p><a href="#a">渡口</a></p>'
    text = '<h2 id="a">渡口</h2><p>船来了。人散了。天黑了。灯亮了。</p>'
    guide = '<guide><reference type="toc" href="book.html#toc"/></guide>'
    book = epub_file({"book.html": page(links + text)}, guide=guide)
    [found] = read(tmp_path, book)
    assert isinstance(found, Document)
    assert "船来了。" in found.text
    parts = {"toc.html": page(links), "book.html": page(text)}
    account, warnings = accounted(tmp_path, epub_file(parts, guide=guide.replace("book", "toc")))
    assert "0 lost" in account
    assert "the table of contents  toc.html" in account
    assert not warnings


def test_a_chapter_that_calibre_cut_is_one(tmp_path: Path) -> None:
    parts = [
        "<h2>供水</h2><p>管网铺好。</p>",
        "<p>水质合格。</p>",
        "<h2>小麦</h2><p>防治完成。</p>",
    ]
    names = [f"t_split_{number:03}.html" for number in range(3)]
    chapters = dict(zip(names, map(page, parts), strict=True)) | {
        "u_split_003.html": page("<p>完。</p>")
    }
    chapters["u_split_004.html"] = page("<p>下一章。</p>")
    targets = "".join(f'<content src="{name}#a"/>' for name in (names[0], "u_split_004.html"))
    contents = '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    data = epub_file(chapters, manifest=contents, others={"OEBPS/toc.ncx": f"<ncx>{targets}</ncx>"})
    found = read(tmp_path, data)
    assert [(row.id, row.text) for row in found if isinstance(row, Document)] == [
        ("a-1", "## 供水\n\n管网铺好。\n\n水质合格。\n"),
        ("a-3", "## 小麦\n\n防治完成。\n"),
        ("a-4", "完。\n"),
        ("a-5", "下一章。\n"),
    ]


def test_chapters_that_cannot_be_read_are_failures_and_the_others_are_read(tmp_path: Path) -> None:
    locked = (
        "<encryption><EncryptedData><EncryptionMethod Algorithm='aes'/><CipherData>"
        "<CipherReference URI='OEBPS/locked.xhtml'/></CipherData></EncryptedData></encryption>"
    )
    data = epub_file(
        {
            "good.xhtml": page("<p>好的一章。</p>"),
            "noise.xhtml": b"<html><p>\xff\xfe\xff\x81</p>\x9f</html>",
            "locked.xhtml": "xxxx",
            "GOOD2.xhtml": page("<p>又一章。</p>"),
        },
        manifest='<item id="gone" href="gone.xhtml" media-type="text/html"/>',
        spine="".join(
            f'<itemref idref="{name}"/>'
            for name in ("gone", "nowhere", "noise.xhtml", "locked.xhtml", "GOOD2.xhtml")
        )
        + '<itemref idref="good.xhtml"/>',
        others={"META-INF/encryption.xml": locked},
    )
    path = tmp_path / "a.epub"
    path.write_bytes(data)
    arguments = ["run", "--config", str(ROOT / "configs/demo.yaml"), "--until", "segment"]
    arguments += ["--input", str(path), "--output", str(tmp_path / "out")]
    answer = CliRunner().invoke(cli, arguments)
    assert answer.exit_code == 3, answer.output
    lines = (tmp_path / "out/failures.jsonl").read_text(encoding="utf-8").splitlines()
    reasons = [json.loads(line)["reason"] for line in lines]
    assert [reason.partition(": ")[0] for reason in reasons] == [
        "chapter 'OEBPS/gone.xhtml'",
        "chapter 'nowhere (not in the manifest)'",
        "chapter 'OEBPS/noise.xhtml'",
        "chapter 'OEBPS/locked.xhtml'",
    ]
    assert reasons[0].endswith("missing from the book")
    assert reasons[3].endswith("encrypted")
    [shard] = (tmp_path / "out/articles").iterdir()
    written = shard.read_text(encoding="utf-8")
    assert "好的一章。" in written
    assert "又一章。" in written


def test_a_book_that_is_encrypted_is_one_failure_and_encrypted_fonts_do_not_matter(
    tmp_path: Path,
) -> None:
    lock = (
        "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/><CipherData>"
        "<CipherReference URI='OEBPS/a.xhtml'/></CipherData></EncryptedData></encryption>"
    )
    place = "META-INF/encryption.xml"
    locked = epub_file({"a.xhtml": "xx"}, others={place: lock.format("aes")})
    [failure] = read(tmp_path, locked)
    assert isinstance(failure, Failure)
    assert "digital rights management" in failure.reason
    fonts = lock.format("http://www.idpf.org/2008/embedding")
    [found] = read(tmp_path, epub_file({"a.xhtml": page("<p>好。</p>")}, others={place: fonts}))
    assert isinstance(found, Document)


def test_a_book_whose_container_is_lost_is_read(tmp_path: Path) -> None:
    data = epub_file({"a.xhtml": page("<p>好。</p>")})
    data = data.replace(b"META-INF/container", b"META-INF/kontainer")
    [found] = read(tmp_path, data)
    assert isinstance(found, Document)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "<li role='doc-endnote' id='fn2'><p>2023年数据为初步核算数。</p></li>",
            "[^2]: 2023年数据为初步核算数。",
        ),
        ("<li role='doc-endnote' id='fn2'><p>3月起施行。</p></li>", "[^2]: 3月起施行。"),
        ("<li role='doc-endnote' id='fn2'><p>2据县志。</p></li>", "[^2]: 据县志。"),
        ("<li role='doc-endnote' id='fn2'><p>[2] 据县志。</p></li>", "[^2]: 据县志。"),
        (
            "<li role='doc-endnote' id='fn2'><p>2.5万元为上年数。</p></li>",
            "[^2]: 2.5万元为上年数。",
        ),
        ("<li role='doc-endnote' id='n'><p>* 据县志。</p></li>", "[^*]: 据县志。"),
        ("<li role='doc-endnote' id='n'><p>** 据县志。</p></li>", "[^**]: 据县志。"),
        ("<li role='doc-endnote' id='fn7'><p>12 据县志。</p></li>", "[^12]: 据县志。"),
    ],
)
def test_a_note_keeps_the_number_that_its_text_begins_with(
    tmp_path: Path, note: str, expected: str
) -> None:
    notes = f"<section class='footnotes'><ol>{note}</ol></section>"
    assert chapter(tmp_path, page(f"<p>正文。</p>{notes}")).endswith(expected)


def test_readings_above_characters_are_counted_in_their_chapter(tmp_path: Path) -> None:
    ruby = "<p><ruby>漢<rt>hàn</rt>字<rt>zì</rt></ruby>很美。</p>"
    first, second = read(tmp_path, epub_file({"a.xhtml": page(TEXT), "b.xhtml": page(ruby)}))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert second.text.strip() == "漢字很美。"
    assert first.set_aside == ()
    assert second.set_aside == (SetAside("readings above characters", 2, 5),)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_of_parts_may_be_in_any_encoding_that_zip_programs_write(
    tmp_path: Path, encoding: str
) -> None:
    written = "第一章".encode(encoding)
    stand_in = "x" * len(written)
    book = epub_file(
        {},
        manifest='<item id="c" href="第一章.xhtml" media-type="application/xhtml+xml"/>',
        spine='<itemref idref="c"/>',
        others={f"OEBPS/{stand_in}.xhtml": page(TEXT)},
    )
    [found] = read(tmp_path, book.replace(stand_in.encode(), written))
    assert isinstance(found, Document), found


def test_a_picture_as_the_mark_of_a_note_has_its_number(tmp_path: Path) -> None:
    mark = "<a class='duokan-footnote' href='#{}'><img alt='注' src='note.png'/></a>"
    note = "<li class='duokan-footnote-item' id='{}'>{}注。</li>"
    notes = note.format("x", "甲") + note.format("y", "乙")
    body = f"<p>江水{mark.format('x')}暴涨{mark.format('y')}，水位{mark.format('n7')}很高。</p>"
    written = chapter(tmp_path, page(f"{body}<ol class='duokan-footnote-content'>{notes}</ol>"))
    assert written.split("\n\n") == [
        "江水[1]暴涨[2]，水位[7]很高。",
        "[^1]: 甲注。",
        "[^2]: 乙注。",
    ]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("<mroot><mn>8</mn><mn>3</mn></mroot>", "³√8"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<munderover><mo>∑</mo><mn>1</mn><mi>n</mi></munderover>", "∑_(1)^(n)"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<mfenced open='['><mn>1</mn><mn>2</mn></mfenced>", "[1, 2)"),
    ],
)
def test_no_two_numbers_of_a_formula_become_one(
    tmp_path: Path, formula: str, expected: str
) -> None:
    assert chapter(tmp_path, page(f"<p>为<math>{formula}</math>。</p>")) == f"为{expected}。"
