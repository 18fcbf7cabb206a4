"""CSV and TSV files: quotation marks that nobody closes, spreadsheets of other countries."""

from pathlib import Path

import pytest

from pipeline.input.read import read_documents
from pipeline.records import Document, Failure


def read(folder: Path, name: str, content: bytes | str) -> list[tuple[str, str]]:
    """Return the place of each row, and its text or why it could not be read."""
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    rows = read_documents(
        [str(folder / name)], format="auto", encoding="auto", fields={}, max_bytes=1_000_000
    )
    told = []
    for row in rows:
        assert isinstance(row, Document | Failure)
        text = row.text if isinstance(row, Document) else f"! {row.reason}"
        told.append((row.source.rpartition(":")[2], text))
    return told


# name, content, rows
FILES: list[tuple[str, bytes | str, list[tuple[str, str]]]] = [
    (
        "open.csv",
        'id,text\n1,第一行。\n2,"没关的。\n3,第三行。\n4,第四行"带引号"的。\n5,第五行。\n',
        [
            ("2", "第一行。"),
            ("3", '"没关的。'),
            ("4", "第三行。"),
            ("5", '第四行"带引号"的。'),
            ("6", "第五行。"),
        ],
    ),
    (
        "closed-later.csv",
        'id,text\n1,"没关的。\n2,他说好"\n3,"好，a"\n',
        [("2", '"没关的。'), ("3", '他说好"'), ("4", "好，a")],
    ),
    ("last.csv", 'id,text\n1,"没关的。\n2,甲\n', [("2", '"没关的。'), ("3", "甲")]),
    (
        "text-first.csv",
        'text,id\n"两行,\n正文。",1\n"没关的。,2\n第三,3\n"引"号开头,4\n',
        [("3", "两行,\n正文。"), ("4", '"没关的。'), ("5", "第三"), ("6", '"引"号开头')],
    ),
    (
        "lines.csv",
        'id,text\n1,"第一行\n\n他说,""好""\n第三行"\n2,乙\n',
        [("5", '第一行\n\n他说,"好"\n第三行'), ("6", "乙")],
    ),
    (
        "b.tsv",
        'id\ttext\n1\t第一行。\n2\t第二行"带引号"的。\n3\t"未关的。\n4\t"全引号"\n5\t"他说""好"""\n',
        [
            ("2", "第一行。"),
            ("3", '第二行"带引号"的。'),
            ("4", '"未关的。'),
            ("5", '"全引号"'),
            ("6", '他说"好"'),
        ],
    ),
    ("cell.tsv", 'id\ttext\n1\t"甲\n乙"\n2\t丙\n', [("3", "甲\n乙"), ("4", "丙")]),
    (
        "sep.csv",
        'sep=;\nid;text;title\n1;"a; b";题\n2;"没关;题\n3;正文;题;;\n',
        [("3", "a; b"), ("4", '"没关'), ("5", "正文")],
    ),
    ("semicolon.csv", "id;text\r\n1;1,5 万吨。\r\n", [("2", "1,5 万吨。")]),
    (
        "excel.csv",
        'id\ttext\r\n1\t甲\r\n2\t"乙\r\n丙"\r\n'.encode("utf-16"),
        [("2", "甲"), ("4", "乙\r\n丙".replace("\r\n", "\n"))],
    ),
    ("bom.csv", "\ufeffid,text\n1,甲\n", [("2", "甲")]),
    ("bar.csv", "id|text\n1|甲，乙\n", [("2", "甲，乙")]),
    (
        "columns.csv",
        "id,text\n1,甲,乙\n2\n3,丙,\n",
        [
            ("2", "! 3 columns where the head has 2"),
            ("3", "! 1 columns where the head has 2"),
            ("4", "丙"),
        ],
    ),
    ("tag.tsv", "id\ttext\n1\t<p a=1 b=2>\n2\t乙\n", [("2", "! 'text' is empty"), ("3", "乙")]),
    ("quoted-head.csv", '"id","text"\n"1","甲"\n', [("2", "甲")]),
    ("mac.csv", "id,text\r1,甲\r2,乙\r", [("2", "甲"), ("3", "乙")]),
    (
        "two-cells-of-lines.csv",
        'id,text,reference\n1,"甲。\n\n乙,丙。","A.\nB, c."\n'
        '2,"说:""好。""\n完。","Said ""good"".\nEnd."\n3,丁,D\n',
        [("5", "甲。\n\n乙,丙。"), ("8", '说:"好。"\n完。'), ("9", "丁")],
    ),
    (
        "lines-then-open.csv",
        'id,text,reference\n1,"甲\n乙","没关的。\n2,丙,"没关的。\n3,丁,D\n',
        [("3", "甲\n乙"), ("4", "丙"), ("5", "丁")],
    ),
    (
        "all-quoted.tsv",
        '"id"\t"text"\n"1"\t"好消息。"\n2\t"他说""好,很好。"""\n',
        [("2", "好消息。"), ("3", '他说"好,很好。"')],
    ),
    ("head-of-lines.csv", 'id,"text","正文\n（必填）"\n1,甲,乙\n', [("3", "甲")]),
    (
        "no-names-at-the-end.csv",
        "id,text,,\n1,甲\n2,乙,,\n3,丙,余,\n",
        [("2", "甲"), ("3", "乙"), ("4", "丙")],
    ),
    ("twice.csv", "id,text,text\n1,甲,乙\n", [("2", "甲")]),
    (
        "nul.csv",
        "id,text,x\n1,第一行正文在此，没有别的。,a\n2,第二行\0正文在此。,b\n3,第三行正文在此。,\0\n",
        [
            ("2", "第一行正文在此，没有别的。"),
            ("3", "! binary: a NUL character at offset 3"),
            ("4", "第三行正文在此。"),
        ],
    ),
    ("blank-after.csv", 'id,text\n1,"甲, 乙" \n2,"丙" 丁\n', [("2", "甲, 乙"), ("3", '"丙" 丁')]),
    ("blanks.csv", 'id, text\n1, "甲, 乙"\n2, 丙\n', [("2", "甲, 乙"), ("3", " 丙")]),
    (
        "database.tsv",
        "id\ttext\ttitle\n1\t甲。\\n\\n乙。\t\\N\n2\t在D:\\new和数据\\new里\t题\n3\t\\N\t题\n",
        [("2", "甲。\n\n乙。"), ("3", "在D:\\new和数据\\new里"), ("4", "! 'text' is empty")],
    ),
    ("database.csv", "id,title,text\n1,\\N,甲\\n乙\n", [("2", "甲\\n乙")]),
    (
        "upright.csv",
        b"id,text\n1," + "居民说".encode("gb18030") + b"\xa6\xd9\xa6\xda\n",
        [("2", "居民说︐︒")],
    ),
    ("blank-rows.csv", ",,\nid,text,\n1,甲,\n,,\n\n ,,\n2,乙,\n,,\n", [("3", "甲"), ("7", "乙")]),
]


@pytest.mark.parametrize(("name", "content", "rows"), FILES, ids=[name for name, *_ in FILES])
def test_each_row_is_a_document(
    tmp_path: Path, name: str, content: bytes | str, rows: list[tuple[str, str]]
) -> None:
    assert read(tmp_path, name, content) == rows


def test_a_quotation_mark_in_every_row_swallows_none(tmp_path: Path) -> None:
    rows = "".join(f'{number},"第{number}行。\n' for number in range(1, 301))
    told = read(tmp_path, "many.csv", f"id,text\n{rows}")
    assert [text for _, text in told] == [f'"第{number}行。' for number in range(1, 301)]


def test_vertical_marks_of_gb18030_are_read_in_json_lines(tmp_path: Path) -> None:
    row = b'{"text": "' + "居民说".encode("gb18030") + b'\xa6\xda"}\n'
    assert read(tmp_path, "a.jsonl", row) == [("1", "居民说︒")]
