"""OpenDocument texts: every kind of text is read, and what is left out is named."""

from pathlib import Path

import pytest

from pipeline.input.read import read_documents
from pipeline.records import Document, Failure, SetAside
from tests.office_files import flat_open_file, open_file


def rows(path: Path) -> list[Document | Failure]:
    found = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    return [row for row in found if isinstance(row, Document | Failure)]


def read(folder: Path, body: str, styles: str = "", more: str = "") -> Document:
    path = folder / "a.odt"
    path.write_bytes(open_file(body, styles, more))
    [found] = rows(path)
    assert isinstance(found, Document), found
    return found


def look(name: str, properties: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="text"><style:text-properties '
        f"{properties}/></style:style>"
    )


STYLES = (
    look("up", 'style:text-position="super 58%"')
    + look("down", 'style:text-position="sub 58%"')
    + look("raised", 'style:text-position="33% 58%"')
    + look("gone", 'text:display="none"')
    + '<style:font-face style:name="Symbol1" svg:font-family="Symbol"/>'
    + look("greek", 'style:font-name="Symbol1"')
    + look("back", 'text:display="true"').replace('back"', 'back" style:parent-style-name="gone"')
    + look("signs", 'style:font-name="Wingdings"')
)
NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>脚注的内容。</text:p></text:note-body></text:note>"
)
INLINE = {
    "span": ("<text:span>300</text:span>", "300"),
    "link": ("<text:a>公告</text:a>", "公告"),
    "blanks": ('<text:s text:c="3"/>', "   "),
    "line of the source": ("甲\n   乙", "甲 乙"),
    "tab": ("<text:tab/>", "\t"),
    "sign of a font": ('<text:span text:style-name="signs">\uf0fc</text:span>', "✓"),
    "marks of breaks": ("数据\xad中\u200b心", "数据中心"),
    "sign of a font by another name": (
        '<text:span text:style-name="greek">\uf061</text:span>',
        "α",
    ),
    "shown again": ('<text:span text:style-name="back">见</text:span>', "见"),
    "power": ('10<text:span text:style-name="up">6</text:span>人', "10⁶人"),
    "power by percent": ('10<text:span text:style-name="raised">6</text:span>人', "10⁶人"),
    "mark": ('1923<text:span text:style-name="up">5</text:span>年', "1923[5]年"),
    "water": ('H<text:span text:style-name="down">2</text:span>O', "H₂O"),
    "hidden": ('<text:span text:style-name="gone">隐藏</text:span>', ""),
    "inserted": ('<text:change-start text:change-id="a"/>新<text:change-end/>', "新"),
    "ruby": (
        "<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>han</text:ruby-text>"
        "</text:ruby>",
        "漢",
    ),
    "field": ("<text:page-number>3</text:page-number>", "3"),
    "comment": ("<office:annotation><text:p>请核对。</text:p></office:annotation>", ""),
    "drop-down of Word": (
        '<fieldmark type="x.FORMDROPDOWN"><p name="Dropdown_ListEntry" value="照办"/>'
        '<p name="Dropdown_ListEntry" value="暂缓"/><p name="Dropdown_Selected" value="1"/>'
        "</fieldmark>",
        "暂缓",
    ),
    "box of Word": (
        '<fieldmark type="x.FORMCHECKBOX"><p name="Checkbox_Checked" value="true"/></fieldmark>',
        "☒",
    ),
    "list of a form": (
        '<forms><listbox id="c"><option label="乙等"/><option label="甲等" selected="true"/>'
        '</listbox></forms><draw:control control="c"/>',
        "甲等",
    ),
    "placeholder": ("<text:placeholder>&lt;请输入&gt;</text:placeholder>", ""),
    "own mark of a note": (
        NOTE.replace("<text:note-citation>", '<text:note-citation label="*">'),
        "[*]",
    ),
    "sum": (
        '<draw:frame><draw:object><math xmlns="m"><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo>'
        "<mn>1</mn></mrow><mi>n</mi></munderover><mtable><mtr><mn>1</mn><mn>2</mn></mtr><mtr>"
        "<mn>3</mn><mn>4</mn></mtr></mtable></math></draw:object></draw:frame>",
        "∑_(i=1)^(n)1, 2; 3, 4",
    ),
    "formula": (
        '<draw:frame><draw:object><math xmlns="m"><msup><mi>x</mi><mn>2</mn></msup></math>'
        "</draw:object></draw:frame>",
        "x²",
    ),
}


@pytest.mark.parametrize("name", INLINE)
def test_what_is_in_a_paragraph_is_read(tmp_path: Path, name: str) -> None:
    content, expected = INLINE[name]
    found = read(tmp_path, f"<text:p>前{content}后</text:p>", STYLES)
    assert found.text.partition("[^")[0] == f"前{expected}后\n\n"


BLOCKS = {
    "formula": (
        '<text:p><draw:frame><draw:object><math xmlns="m"><mi>x</mi></math></draw:object>'
        "</draw:frame></text:p>",
        "$$ x $$",
    ),
    "heading": ('<text:h text:outline-level="2">总则</text:h>', "## 总则"),
    "title": ('<text:p text:style-name="Title">条例</text:p>', "# 条例"),
    "section": ("<text:section><text:p>一。</text:p></text:section>", "一。"),
    "lines": ("<text:p>甲<text:line-break/>乙</text:p>", "甲  \n乙"),
    "item of two paragraphs": (
        "<text:list><text:list-item><text:p>甲。</text:p><text:p>乙。</text:p></text:list-item>"
        "</text:list>",
        "- 甲。\n\n乙。",
    ),
    "box": (
        "<text:p><draw:frame><draw:text-box><text:p>导语。</text:p></draw:text-box></draw:frame>"
        "正文。</text:p>",
        "导语。\n\n正文。",
    ),
    "shape": (
        "<text:p><draw:custom-shape><text:p>标语</text:p></draw:custom-shape></text:p>",
        "标语",
    ),
    "note": (f"<text:p>甲{NOTE}。</text:p>", "甲[1]。\n\n[^1]: 脚注的内容。"),
    "note in brackets": (
        f'<text:p>甲<text:span text:style-name="up">〔</text:span>{NOTE}〕，见（乙）。</text:p>',
        "甲[1]，见（乙）。\n\n[^1]: 脚注的内容。",
    ),
    "table": (
        "<table:table><table:table-header-rows><table:table-row><table:table-cell "
        'table:number-rows-spanned="2"><text:p>县名</text:p></table:table-cell><table:table-cell '
        'table:number-columns-spanned="2"><text:p>人口</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row>"
        "<table:covered-table-cell/><table:table-cell><text:p>常住</text:p></table:table-cell>"
        "<table:table-cell><text:p>-3%</text:p></table:table-cell></table:table-row></table:table>",
        "| 县名 | 人口 | 人口 |\n| 县名 | 常住 | -3% |",
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_of_the_body_is_read(tmp_path: Path, name: str) -> None:
    body, expected = BLOCKS[name]
    assert read(tmp_path, body).text.strip() == expected


def list_style(*levels: str) -> str:
    written = "".join(
        f'<text:list-level-style-number text:level="{number}" {level}/>'
        for number, level in enumerate(levels, start=1)
    )
    return f'<text:list-style style:name="L">{written}</text:list-style>'


def listing(*items: str, more: str = "") -> str:
    inner = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
    return f'<text:list text:style-name="L" {more}>{inner}</text:list>'


def numbers(found: Document) -> list[str]:
    return [line.removeprefix("- ").removesuffix("。") for line in found.text.strip().split("\n\n")]


ITEM = "<text:p>。</text:p>"
FORMATS = {
    'style:num-format="1" style:num-suffix="."': ["1. ", "2. "],
    'style:num-format="一, 二, 三, ..." style:num-prefix="（" style:num-suffix="）"': [
        "（一）",
        "（二）",
    ],
    'style:num-format="①, ②, ③, ..."': ["①", "②"],
    'style:num-format="a" style:num-prefix="(" style:num-suffix=")"': ["(a) ", "(b) "],
    'style:num-format="I" text:start-value="3" style:num-suffix="、"': ["III、", "IV、"],
    'style:num-format="甲, 乙, ..." loext:num-list-format="第%1%条" xmlns:loext="l"': [
        "第甲条　",
        "第乙条　",
    ],
    'style:num-format="" style:num-suffix="◆"': ["◆　", "◆　"],
    'style:num-format="" style:num-suffix="."': ["", ""],
}


@pytest.mark.parametrize("level", FORMATS)
def test_an_item_begins_with_its_number(tmp_path: Path, level: str) -> None:
    assert numbers(read(tmp_path, listing(ITEM, ITEM), list_style(level))) == FORMATS[level]


def test_lists_have_levels_and_go_on_only_where_they_say_so(tmp_path: Path) -> None:
    style = list_style(
        'style:num-format="1" style:num-suffix="."',
        'style:num-format="1" text:display-levels="2"',
    )
    body = (
        listing(ITEM + listing(ITEM, ITEM), ITEM, more='xml:id="x"')
        + ITEM
        + listing(ITEM, more='text:continue-list="x"')
        + listing(ITEM)
        + listing(ITEM, more='text:continue-numbering="true"')
    )
    expected = ["1. ", "1.1 ", "1.2 ", "2. ", "", "3. ", "1. ", "2. "]
    assert numbers(read(tmp_path, body, style)) == expected


def test_headings_are_numbered_by_the_outline(tmp_path: Path) -> None:
    outline = (
        '<office:styles><text:outline-style><text:outline-level-style text:level="1" '
        'style:num-format="一, 二, ..." style:num-prefix="第" style:num-suffix="章"/>'
        "</text:outline-style></office:styles>"
    )
    body = (
        '<text:h text:outline-level="1">总则</text:h><text:h text:outline-level="2">目的</text:h>'
    )
    assert read(tmp_path, body, "", outline).text == "# 第一章　总则\n\n## 目的\n\n"


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info>甲"
        "</office:change-info><text:p>删去</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes><text:p>正文"
        "<office:annotation><text:p>请核对。</text:p></office:annotation>。</text:p>"
        "<text:p><draw:frame><draw:object-ole/></draw:frame>完。</text:p>"
        "<text:p><draw:frame><draw:image/><svg:desc>港口</svg:desc></draw:frame></text:p>"
        '<text:section text:display="none"><text:p>隐藏的一节。</text:p></text:section>'
        '<text:section text:display="condition" text:is-hidden="true"><text:p>按条件隐藏。</text:p>'
        "</text:section>"
    )
    more = (
        "<office:master-styles><style:master-page><style:header><text:p>某某日报</text:p>"
        "</style:header><style:footer><text:p>3</text:p></style:footer></style:master-page>"
        "</office:master-styles>"
    )
    found = read(tmp_path, body, "", more)
    assert found.text == "正文。\n\n完。\n\n"
    assert found.set_aside == (
        SetAside("deleted text", 1, 2),
        SetAside("headers and footers", 1, 4),
        SetAside("comments", 1, 4),
        SetAside("embedded objects", 1, 0),
        SetAside("descriptions of pictures", 1, 2),
        SetAside("hidden text", 2, 12),
    )


def test_a_document_of_one_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.fodt"
    path.write_bytes(flat_open_file("<text:p>一段话。</text:p>"))
    [found] = rows(tmp_path)
    assert isinstance(found, Document)
    assert found.text == "一段话。\n\n"


def test_locked_damaged_and_other_files_are_named(tmp_path: Path) -> None:
    locked = open_file("", parts={"META-INF/manifest.xml": "<a><encryption-data/></a>"})
    files = {
        "locked.odt": (locked, "locked with a password"),
        "cut.odt": (open_file("")[:200], "a damaged package"),
        "bad.fodt": (b"<office:document xmlns:office='o'><a>", "is damaged"),
        "other.fodt": (b"<a/>", "but not a text"),
        "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Microsoft Office file (.doc, .xls)"),
        "rich.docx": (b"{\\rtf1 a}", "an RTF file"),
        "page.docx": (b"<html><p>a</p></html>", "a web page, whatever its name says"),
    }
    for name, (data, words) in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        [failure] = rows(path)
        assert isinstance(failure, Failure)
        assert words in failure.reason
        assert failure.advice


def test_a_table_of_contents_is_set_aside(tmp_path: Path) -> None:
    contents = (
        "<text:table-of-content><text:table-of-content-source/><text:index-body><text:index-title>"
        "<text:p>目录</text:p></text:index-title><text:p>总则<text:tab/>1</text:p></text:index-body>"
        "</text:table-of-content>"
    )
    document = read(tmp_path, f"{contents}<text:p>正文在此。</text:p>")
    assert document.text.strip() == "正文在此。"
    assert document.set_aside == (SetAside("table of contents", 1, 5),)


FIRST_LEVEL = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/></text:list-style>'
)


def test_a_list_style_without_deeper_levels_numbers_them_alike(tmp_path: Path) -> None:
    inner = '<text:list text:style-name="L"><text:list-item><text:p>乙</text:p></text:list-item>'
    body = (
        '<text:list text:style-name="B"><text:list-item><text:p>甲</text:p>'
        f"{inner}</text:list></text:list-item></text:list>"
    )
    assert read(tmp_path, body, FIRST_LEVEL).text.split("\n\n")[1] == "- 1. 乙"


def test_numbered_paragraphs_count(tmp_path: Path) -> None:
    item = (
        '<text:numbered-paragraph text:list-id="n" text:style-name="L" text:level="1"><text:p>{}'
        "</text:p></text:numbered-paragraph>"
    )
    body = item.format("甲") + "<text:p>其间。</text:p>" + item.format("乙")
    assert read(tmp_path, body, FIRST_LEVEL).text.split("\n\n")[:3] == [
        "- 1. 甲",
        "其间。",
        "- 2. 乙",
    ]
