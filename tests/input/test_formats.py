"""Formats with markup, tables and packed files: each gives the documents that were put into it."""

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import docx
import pytest
import zstandard
from datasets import Dataset, DatasetDict

from pipeline.config.input_section import InputSection
from pipeline.config.key_texts import key_texts
from pipeline.errors import ConfigError
from pipeline.input.find import input_files
from pipeline.input.formats import READER_OF, READERS, Reader
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.read import read_documents
from pipeline.input.readers.ocr.mineru import mineru_text
from pipeline.records import Document, Edition, Failure
from pipeline.segment.segment import segment
from tests.malformed import sound_files

SENTENCE = "金山区持续优化营商环境，吸引企业投资兴业，让企业有更多的获得感。"
ROWS = [
    {"zh": "春天来了，公园里游人如织。", "key": "a", "headline": "春游", "day": "2023-03-05"},
    {"zh": "第二篇，含“引号”与\n换行。", "key": "b", "headline": "第二", "day": "2023-03-06"},
]
FIELDS = {"text": "zh", "id": "key", "title": "headline", "date": "day"}


def read(*paths: Path | str, format: str = "auto", **more: Any) -> list[Document | Failure]:
    fields: Mapping[str, str] = more.pop("fields", {})
    found = read_documents(
        [str(path) for path in paths],
        format=format,
        encoding=more.pop("encoding", "auto"),
        fields=fields,
        max_bytes=more.pop("max_bytes", 1_000_000),
        **more,
    )
    return [row for row in found if not isinstance(row, Edition)]


def document(*rows: Document | Failure) -> Document:
    [row] = rows
    assert isinstance(row, Document), row
    return row


def reason(*rows: Document | Failure) -> str:
    [row] = rows
    assert isinstance(row, Failure), row
    assert row.stage == "read"
    assert row.advice
    return row.reason


def kinds(found: Document) -> list[list[str]]:
    [articles] = segment([found], join_broken_paragraphs=True, max_sentence_chars=200)
    return [[b.kind, b.sentences[0].text] for a in articles for b in a.blocks]


TO_TRADITIONAL = str.maketrans(
    "区续优环业资兴让获东网闻营办项权页", "區續優環業資興讓獲東網聞營辦項權頁"
) | {ord("务"): "務", ord("标"): "標", ord("吸"): "吸"}


def web_page(encoding: str) -> bytes:
    sentence = SENTENCE * 3
    page = f"""<!DOCTYPE html><html><head><meta charset="{encoding}">
<title>营商环境 - 东海网</title>
<meta property="article:published_time" content="2023-03-05"></head><body>
<nav><a href="/">首页</a> <a href="/news">新闻</a></nav>
<article><h1>金山打造营商环境高地</h1><p>{sentence}</p><p>{sentence[:-1]}？</p><h2>一网通办</h2>
<p>{sentence}</p><ul><li>甲项服务</li><li>乙项服务</li></ul></article>
<script>var a = "不要";</script><footer>版权所有 东海网</footer></body></html>"""
    return (page.translate(TO_TRADITIONAL) if encoding == "big5" else page).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_a_web_page_is_its_story_without_menus(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(web_page(encoding))
    found = document(*read(path))
    assert (found.layout, found.date) == ("article", "2023-03-05")
    assert found.title
    assert not any(word in found.text for word in ("首页", "首頁", "版", "不要"))
    assert [kind for kind, _ in kinds(found)] == [
        "title",
        "paragraph",
        "paragraph",
        "heading",
        "paragraph",
        "list_item",
        "list_item",
    ]


def test_a_short_web_page_keeps_its_blocks(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>短讯</h1><p>昨天下雨。<br>今天天晴。</p>"
        "<table><tr><td>年</td><td>额</td></tr></table></body></html>",
        encoding="utf-8",
    )
    assert document(*read(path)).text == "# 短讯\n\n昨天下雨。  \n今天天晴。\n\n| 年 | 额 |\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><body></body></html>", "a web page without text"),
        (b"", "empty"),
        (b"<html><meta charset=klingon><p>\xa4\xa4\xff\xff</p>", "says it is 'klingon'"),
    ],
)
def test_a_web_page_that_says_nothing_fails(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(content)
    assert said in reason(*read(path))


def word(path: Path) -> Path:
    made = docx.Document()
    made.add_heading("金山打造营商环境高地", 0)
    made.add_paragraph(SENTENCE)
    made.add_heading("一网通办", 2)
    made.add_paragraph("甲项服务上线", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for number, text in enumerate(("年份", "总额", "2022", "5亿元")):
        table.cell(number // 2, number % 2).text = text
    made.save(str(path))
    return path


def test_a_word_document_keeps_headings_items_and_tables(tmp_path: Path) -> None:
    found = document(*read(word(tmp_path / "page.docx")))
    assert found.id == "page"
    assert kinds(found) == [
        ["title", "金山打造营商环境高地"],
        ["paragraph", SENTENCE],
        ["heading", "一网通办"],
        ["list_item", "甲项服务上线"],
        ["table", "| 年份 | 总额 |"],
    ]


def book(path: Path, chapters: Mapping[str, str], spine: list[str] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        package.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
            for name in chapters
        )
        order = "".join(f'<itemref idref="{name}"/>' for name in spine or chapters)
        package.writestr(
            "OEBPS/book.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest>'
            f"<spine>{order}</spine></package>",
        )
        for name, content in chapters.items():
            package.writestr(
                f"OEBPS/{name}.xhtml",
                '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
                f"<body>{content}</body></html>",
            )
    return path


def test_a_book_is_read_chapter_by_chapter_in_the_order_of_its_spine(tmp_path: Path) -> None:
    chapters = {
        "two": "<h1>第二章</h1><p>第二章的正文在此。</p>",
        "cover": "<img src='cover.jpg'/>",
        "one": "<h1>第一章</h1><div><p>第一章的<em>正文</em>在此。</p></div>",
    }
    path = book(tmp_path / "news.epub", chapters, ["cover", "one", "two"])
    first, second = read(path)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.id, first.text) == ("news-1", "# 第一章\n\n第一章的正文在此。\n")
    assert (second.source, second.text) == (f"{path}:2", "# 第二章\n\n第二章的正文在此。\n")


def test_a_package_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = book(tmp_path / "bomb.epub", {"one": "<p>" + "好" * 5_000_000 + "</p>"})
    assert bomb.stat().st_size < 100_000
    assert "unpack to" in reason(*read(bomb))
    packed = tmp_path / "bomb.docx"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 50_000_000)
    assert "unpack to" in reason(*read(packed))


def test_entities_of_a_book_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "laughs.epub"
    with zipfile.ZipFile(path, "w") as package:
        lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
        package.writestr(
            "META-INF/container.xml",
            f'<!DOCTYPE c [<!ENTITY a0 "lol">{lines}]><c><rootfile full-path="&a8;"/></c>',
        )
    assert reason(*read(path))


def test_what_mineru_found_is_one_page(tmp_path: Path) -> None:
    items = [
        {"type": "text", "text": "金山打造营商环境高地", "text_level": 1, "page_idx": 0},
        {"type": "text", "text": SENTENCE, "page_idx": 0},
        {"type": "image", "img_path": "a.jpg", "image_caption": ["图为园区。张三 摄"]},
        {
            "type": "table",
            "table_caption": ["表1：总额"],
            "table_body": "<table><tr><td>年</td><td>额</td></tr>"
            "<tr><td>2022</td><td>5亿</td></tr></table>",
        },
        {"type": "equation", "text": "$$\nx = 1\n$$"},
        {"type": "list", "list_items": ["甲项服务", "乙项服务"]},
        {"type": "page_number", "text": "A03"},
    ]
    path = tmp_path / "news_content_list.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    found = document(*read(tmp_path))
    assert found.id == "news"
    assert kinds(found) == [
        ["title", "金山打造营商环境高地"],
        ["paragraph", SENTENCE],
        ["image", "![](a.jpg)"],
        ["caption", "图为园区。"],
        ["caption", "表1：总额"],
        ["table", "| 年 | 额 |"],
        ["formula", "$$ x = 1 $$"],
        ["list_item", "甲项服务"],
        ["list_item", "乙项服务"],
        ["page_number", "A03"],
    ]


def test_running_heads_and_feet_of_mineru_are_furniture_and_part_no_sentence(
    tmp_path: Path,
) -> None:
    items = [
        {"type": "header", "text": "民生·关注", "page_idx": 0},
        {"type": "header", "text": "2023年5月1日 星期一", "page_idx": 0},
        {"type": "page_number", "text": "A5", "page_idx": 0},
        {"type": "text", "text": "老旧电梯换新提速", "text_level": 1, "page_idx": 0},
        {
            "type": "text",
            "text": "本报讯 全市今年更换电梯三百二十部，优先更换使用满十五年的电梯，惠及",
            "page_idx": 0,
        },
        {"type": "footer", "text": "本版责任编辑 王芳 版式 李伟", "page_idx": 0},
        {"type": "header", "text": "江城晚报 民生", "page_idx": 1},
        {"type": "text", "text": "居民两万户。", "page_idx": 1},
        {"type": "footer", "text": "责编 卫红 电话 0571-88880000", "page_idx": 1},
    ]
    path = tmp_path / "news_content_list.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    assert kinds(document(*read(tmp_path))) == [
        ["furniture", "民生·关注"],
        ["date", "2023年5月1日 星期一"],
        ["page_number", "A5"],
        ["title", "老旧电梯换新提速"],
        [
            "paragraph",
            "本报讯 全市今年更换电梯三百二十部，优先更换使用满十五年的电梯，惠及居民两万户。",
        ],
        ["credit", "本版责任编辑 王芳 版式 李伟"],
        ["furniture", "江城晚报 民生"],
        ["furniture", "责编 卫红 电话 0571-88880000"],
    ]


def test_a_head_directly_above_text_may_be_a_headline() -> None:
    items = [{"type": "header", "text": "电梯换新"}, {"type": "text", "text": SENTENCE}]
    assert mineru_text(json.dumps(items)) == f"电梯换新\n\n{SENTENCE}\n\n"


def test_notes_and_captions_of_ocr_engines_keep_their_own_marks() -> None:
    table = {
        "type": "table",
        "table_footnote": ["客运量为发送量。"],
        "table_body": "<table><tr><td>年</td><td>额</td></tr><tr><td>1</td><td>2</td></tr></table>",
    }
    items = [{"type": "page_footnote", "text": text} for text in ("2023年为预计数。", "1 实测。")]
    assert mineru_text(json.dumps(items)).split() == [
        "[^1]:",
        "2023年为预计数。",
        "[^1]:",
        "实测。",
    ]
    figure = {"block_label": "figure_title", "block_content": "<div>图1 市场</div>"}
    note = {"block_label": "footnote", "block_content": "$ ^{①} $ 零售价。"}
    assert mineru_text(json.dumps([table])).endswith("[^1]: 客运量为发送量。\n\n")
    text = mineru_text(json.dumps({"parsing_res_list": [figure, note]}))
    assert text.split() == ["![图1", "市场](caption)", "[^①]:", "零售价。"]


def test_the_rows_of_a_chart_of_mineru_are_one_table() -> None:
    rows = "| 年份 | 产量 |\n|---|---|\n| 2022 | 11.9 |\n| 2023 | 12.1 |"
    items = [{"type": "chart", "content": rows, "chart_caption": ["图1 产量"], "page_idx": 0}]
    assert rows in mineru_text(json.dumps(items))


def test_the_middle_file_of_mineru_is_read_as_its_list() -> None:
    def block(kind: str, *lines: str, **more: object) -> dict[str, object]:
        spans = [[{"type": "text", "content": line}] for line in lines]
        return {"type": kind, "lines": [{"spans": own} for own in spans], **more}

    number = {"type": "inline_equation", "content": "3 . 5"}
    text = {"type": "text", "lines": [{"spans": [number, {"type": "text", "content": "亿元。"}]}]}
    body = {"type": "image_body", "lines": [{"spans": [{"type": "image", "image_path": "a.jpg"}]}]}
    image = {"type": "image", "blocks": [body, block("image_caption", "图为站台。")]}
    item = {"type": "list", "blocks": [block("text", "甲项"), block("text", "乙", "项")]}
    page = {
        "para_blocks": [block("title", "线路", "调整", level=2), text, image, item],
        "discarded_blocks": [block("page_number", "A03"), block("header", "某某晨报")],
    }
    written = mineru_text(json.dumps({"pdf_info": [page]}))
    assert written.split("\n\n")[:-1] == [
        *(
            "![某某晨报](furniture)",
            "## 线路调整",
            "3.5亿元。",
            "![](a.jpg)",
            "![图为站台。](caption)",
        ),
        *("- 甲项", "- 乙项", "A03"),
    ]


PADDLE = {
    "input_path": "page.jpg",
    "page_index": None,
    "parsing_res_list": [
        {"block_label": "doc_title", "block_content": "金山打造营商环境高地"},
        {"block_label": "paragraph_title", "block_content": "服务企业"},
        {"block_label": "text", "block_content": SENTENCE},
        {"block_label": "image", "block_content": ""},
        {"block_label": "figure_title", "block_content": "图为园区。张三 摄"},
        {
            "block_label": "table",
            "block_content": "<table><tr><td>年</td><td>额</td></tr>"
            "<tr><td>2022</td><td>5亿</td></tr></table>",
        },
        {"block_label": "formula", "block_content": "x = 1"},
        {"block_label": "number", "block_content": "A03"},
    ],
    "overall_ocr_res": {"rec_texts": [SENTENCE]},
}


@pytest.mark.parametrize(
    "value",
    [PADDLE, {"res": PADDLE}, {"result": {"layoutParsingResults": [{"prunedResult": PADDLE}]}}],
)
def test_what_paddleocr_found_is_one_page(tmp_path: Path, value: object) -> None:
    (tmp_path / "news_res.json").write_text(json.dumps(value), encoding="utf-8")
    assert kinds(document(*read(tmp_path))) == [
        ["title", "金山打造营商环境高地"],
        ["heading", "服务企业"],
        ["paragraph", SENTENCE],
        ["image", "![](image)"],
        ["caption", "图为园区。"],
        ["table", "| 年 | 额 |"],
        ["formula", "$$ x = 1 $$"],
        ["page_number", "A03"],
    ]


def test_lines_that_paddleocr_read_are_a_page(tmp_path: Path) -> None:
    lines = {"rec_texts": ["金山打造营商环境高地", SENTENCE], "rec_scores": [0.9, 0.9]}
    path = tmp_path / "page_res.json"
    path.write_text(json.dumps(lines), encoding="utf-8")
    assert SENTENCE in document(*read(path)).text


@pytest.mark.parametrize(
    "content",
    ['{"a": 1}', '{"parsing_res_list": [3]}', "[1, 2]", "[{}]", "[" * 50_000, '[{"type": 3}]'],
)
def test_what_is_no_content_list_fails(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a_content_list.json"
    path.write_text(content, encoding="utf-8")
    assert reason(*read(path))


def table_file(path: Path, encoding: str = "utf-8") -> Path:
    import csv

    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROWS[0]), delimiter="\t" if ".tsv" in path.name else ",")
    writer.writeheader()
    writer.writerows(ROWS)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def expected(path: Path, lines: tuple[int, int] = (1, 2)) -> list[Document]:
    return [
        Document(row["key"], row["zh"], f"{path}:{line}", "article", row["headline"], row["day"])
        for line, row in zip(lines, ROWS, strict=True)
    ]


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_of_a_csv_file_are_documents(tmp_path: Path, name: str, encoding: str) -> None:
    path = table_file(tmp_path / name, encoding)
    assert read(path, fields=FIELDS) == expected(path, (2, 4))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("zh,key\n好。,a,b\n", "3 columns where the head has 2"),
        ("zh,key\n", "empty: no rows"),
        ("\n\n", "empty"),
        ("zh,key\n" + "好" * 2_000_000 + ",a\n", "larger than 1 MB"),
        ('zh,key\n"好。\x00",a\n', "binary"),
    ],
)
def test_a_broken_csv_file_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    assert said in reason(*read(path, fields=FIELDS))


def test_rows_of_a_parquet_file_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    Dataset.from_list(ROWS).to_parquet(path)
    assert read(path, fields=FIELDS) == expected(path)
    assert "no 'text' field; found" in reason(*read(path)[:1])


def test_a_damaged_parquet_file_fails(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    Dataset.from_list(ROWS).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "not a table that can be read" in reason(*read(path, fields=FIELDS))


def test_a_saved_dataset_is_read_where_it_is_found_or_named(tmp_path: Path) -> None:
    folder = tmp_path / "in/news"
    Dataset.from_list(ROWS).save_to_disk(folder)
    assert read(folder, fields=FIELDS) == expected(folder)
    assert read(tmp_path / "in", fields=FIELDS) == expected(folder)
    assert read(folder, fields=FIELDS, format="dataset") == expected(folder)


NESTED = [
    {
        "key": "a",
        "translation": {"zh": "春天来了。", "en": "Spring is here."},
        "doc": {"body": {"zh": "里面的正文。"}, "paras": ["第一段。", "第二段。"]},
        "items": [{"zh": "甲。"}, {"zh": "乙。"}],
        "paras": ["一段。", "又一段。"],
    }
]


@pytest.mark.parametrize("kind", ["saved", "rows.parquet", "rows.jsonl"])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("translation.zh", "春天来了。"),
        ("doc.body.zh", "里面的正文。"),
        ("doc.paras", "第一段。\n\n第二段。"),
        ("paras", "一段。\n\n又一段。"),
        ("paras.1", "又一段。"),
        ("items.zh", "甲。\n\n乙。"),
        ("items.1.zh", "乙。"),
    ],
)
def test_a_field_may_be_inside_a_column(tmp_path: Path, kind: str, field: str, text: str) -> None:
    path = tmp_path / kind
    if kind == "saved":
        Dataset.from_list(NESTED).save_to_disk(path)
    elif kind == "rows.parquet":
        Dataset.from_list(NESTED).to_parquet(path)
    else:
        path.write_text(json.dumps(NESTED[0]), encoding="utf-8")
    fields = {"text": field, "id": "key", "reference": "translation.en"}
    found = document(*read(path, fields=fields))
    assert (found.id, found.text, found.reference) == ("a", text, "Spring is here.")


def test_a_column_of_fields_is_named_with_one_of_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"translation": {"cn": "春。", "en": "a"}}), encoding="utf-8")
    [failure] = read(path, fields={"text": "translation"})
    assert isinstance(failure, Failure)
    assert failure.reason == "'translation' must be text; found an object"
    assert failure.advice == "name a field inside it, such as 'translation.cn'"
    assert "no 'translation.de' field" in reason(*read(path, fields={"text": "translation.de"}))


def test_a_column_with_a_point_in_its_name_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"a.zh": "甲。", "a": {"zh": "乙。"}}), encoding="utf-8")
    assert document(*read(path, fields={"text": "a.zh"})).text == "甲。"


def test_a_split_is_chosen_and_a_missing_one_is_a_mistake_of_the_config(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    rows = Dataset.from_list(ROWS)
    DatasetDict({"dev": rows, "test": rows.select([0])}).save_to_disk(folder)
    found = read(folder, fields=FIELDS, dataset=DatasetChoice(split="test"))
    assert found == expected(folder)[:1]
    with pytest.raises(
        ConfigError, match=r"input\.dataset\.split: .* no 'train'; choose dev, test"
    ):
        read(folder, fields=FIELDS)


def test_a_folder_of_data_files_is_a_dataset_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    Dataset.from_list(ROWS).to_parquet(folder / "train.parquet")
    assert read(folder, fields=FIELDS, format="dataset") == expected(folder)


def test_offline_no_hub_is_asked() -> None:
    with pytest.raises(ConfigError, match="needs the full 40-digit commit"):
        read("nobody/news", format="dataset")


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize("name", ["a.md", "rows.csv", "page.docx"])
def test_packed_files_of_any_format_are_read(tmp_path: Path, name: str, ending: str) -> None:
    plain = tmp_path / name
    if name == "a.md":
        plain.write_text(SENTENCE, encoding="utf-8")
    elif name == "rows.csv":
        table_file(plain)
    else:
        word(plain)
    pack = gzip.compress if ending == ".gz" else zstandard.compress
    packed = tmp_path / (name + ending)
    packed.write_bytes(pack(plain.read_bytes()))
    first = [(row.id, getattr(row, "text", row)) for row in read(plain, fields=FIELDS)]
    assert [(row.id, getattr(row, "text", row)) for row in read(packed, fields=FIELDS)] == first


def test_frames_of_zstd_in_a_row_are_one_file_and_a_cut_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.md.zst"
    frame = zstandard.compress(SENTENCE.encode())
    path.write_bytes(frame + frame)
    assert document(*read(path)).text == SENTENCE * 2
    path.write_bytes(frame + frame[:-5])
    assert reason(*read(path)) == "damaged zstd data: cut off"
    path.write_bytes(b"no zstd at all")
    assert reason(*read(path)).startswith("damaged zstd data")
    path.write_bytes(zstandard.compress(b"a" * 50_000_000))
    assert reason(*read(path)) == "the file is larger than 1 MB"


@pytest.mark.parametrize(
    ("content", "layout", "count"),
    [
        (SENTENCE.encode(), "page", 1),
        (SENTENCE.encode("gb18030"), "page", 1),
        (b'{"text": "\xe5\xa5\xbd\xe3\x80\x82"}\n' * 3, "article", 3),
        (gzip.compress(b'{"text": "\xe5\xa5\xbd\xe3\x80\x82"}\n' * 2, mtime=0), "article", 2),
        (web_page("utf-8"), "article", 1),
    ],
)
def test_standard_input_is_read_in_whatever_format_it_comes(
    monkeypatch: pytest.MonkeyPatch, content: bytes, layout: str, count: int
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    found = read("-")
    assert len(found) == count
    for row in found:
        assert isinstance(row, Document)
        assert row.layout == layout
        assert row.source.startswith("-")
        assert row.id.startswith("stdin")


def test_the_encoding_of_every_text_file_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    names = {"a.md": "utf-8", "b.txt": "gb18030", "c.jsonl": "utf-16"}
    for name, encoding in names.items():
        text = json.dumps({"text": SENTENCE}, ensure_ascii=False)
        (tmp_path / name).write_bytes(text.encode(encoding))
    read(tmp_path, noted=lambda source, encoding: told.append((Path(source).name, encoding)))
    assert dict(told) == names


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_format_is_a_row_that_the_config_knows(reader: Reader) -> None:
    field = InputSection.model_fields["format"]
    assert reader.name in get_args(field.annotation)
    text = key_texts(InputSection)["format"]
    assert not reader.suffixes or any(name in text for name in reader.suffixes)


def test_a_config_offers_no_other_formats() -> None:
    names = ("auto", *(reader.name for reader in READERS))
    assert get_args(InputSection.model_fields["format"].annotation) == names
    suffixes = [s for r in READERS for s in (*r.suffixes, *r.named_suffixes)]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize("name", sound_files())
def test_a_file_is_known_by_its_name_and_from_stdin_by_its_start(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = tmp_path / name, sound_files()[name]
    path.write_bytes(data)
    named = [row for row in read(path) if isinstance(row, Document)]
    [file], _ = input_files([str(path)], "auto")
    assert {row.layout for row in named} == {READER_OF[file.format].layout}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    piped = [row for row in read("-") if isinstance(row, Document)]
    is_known = READER_OF[file.format].magic or file.format in ("markdown", "text")
    assert not is_known or [row.text for row in piped] == [row.text for row in named]
