"""An editor's files to sentence pairs: every table and TMX that a tool may save."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deliver.export import export_csv, export_tmx, export_tsv
from pipeline.deliver.rows import COLUMNS, ExportRow
from pipeline.errors import ConfigError
from pipeline.input.pairs import read_pairs
from pipeline.language.sentence_key import pairing_key
from tests.malformed import BAD_TMX


def _row(zh: str, en: str, number: int = 1) -> ExportRow:
    return ExportRow("a", number, "paragraph", f"s{number}", 0, len(zh), zh, en, 0.5, "")


ROWS = [
    _row("他说：“好。”", '"Good," he said.', 1),
    _row("一、二", "One, two", 2),
    _row("三", "", 3),
]


def _excel_tsv(rows: list[ExportRow]) -> str:
    """Write a table as Excel's "Unicode text" does: quoted where there is a comma or a mark."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if set(text) & set('",\n') else text

    lines = [COLUMNS, *([getattr(row, name) for name in COLUMNS] for row in rows)]
    return "\r\n".join("\t".join(cell(value) for value in line) for line in lines) + "\r\n"


@pytest.mark.parametrize(
    ("name", "written", "encoding"),
    [
        ("x.tsv", export_tsv, "utf-8"),
        ("x.tsv", export_tsv, "utf-8-sig"),
        ("x.tsv", export_tsv, "gb18030"),
        ("x.csv", export_csv, "utf-8"),
        ("x.csv", lambda rows: export_csv(rows).lstrip("\ufeff"), "gb18030"),
        ("x.csv", lambda rows: export_csv(rows).replace(",", ";"), "utf-8"),
        ("x.txt", _excel_tsv, "utf-16"),
        ("x.tsv", _excel_tsv, "utf-8"),
        ("x.tmx", export_tmx, "utf-8"),
    ],
)
def test_every_table_an_editor_may_save_gives_the_same_pairs(
    tmp_path: Path, name: str, written: Callable[[list[ExportRow]], str], encoding: str
) -> None:
    path = tmp_path / name
    rows = [row for row in ROWS if row.en or name != "x.tmx"]
    if "replace" in written.__code__.co_names and ";" in written.__code__.co_consts:
        rows = [_row("一", "One", 1)]  # in which no comma is text
    path.write_bytes(written(rows).encode(encoding))
    found = read_pairs(path)
    assert found.problems == ()
    assert [(pair.zh, pair.en) for pair in found.pairs] == [(row.zh, row.en) for row in rows]


_CELLS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=5))
def test_what_is_exported_as_csv_or_tmx_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    rows = [_row(zh, en, number) for number, (zh, en) in enumerate(pairs, start=1)]
    folder = tmp_path_factory.mktemp("pairs")
    for name, text in (("x.csv", export_csv(rows)), ("x.tmx", export_tmx(rows))):
        (folder / name).write_text(text, encoding="utf-8", newline="")
        found = read_pairs(folder / name, "utf-8")
        assert [(pair.zh, pair.en) for pair in found.pairs] == pairs


def test_a_table_of_two_columns_needs_no_head(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("一\tOne\n二\tTwo\n", encoding="utf-8")
    assert [pair.en for pair in read_pairs(tmp_path / "x.tsv").pairs] == ["One", "Two"]


@pytest.mark.parametrize(
    ("name", "content", "pairs"),
    [
        (
            "open.csv",
            'zh;en;页\n"他说""好。""";"He said ""good"".";1\n"没关的。;Open.;1\n三;Three;2\n',
            [('他说"好。"', 'He said "good".'), ('"没关的。', "Open."), ("三", "Three")],
        ),
        (
            "open.tsv",
            'zh\ten\n"他说""好"""\tGood\n"没关的。\tOpen\n三\tThree\n',
            [('他说"好"', "Good"), ('"没关的。', "Open"), ("三", "Three")],
        ),
        ("sep.csv", "\ufeffsep=;\r\nzh;en\r\n一;1,5 two\r\n", [("一", "1,5 two")]),
        (
            "lines.csv",
            '"一\n二","One\n""two"""\n三,Three\n',
            [("一\n二", 'One "two"'), ("三", "Three")],
        ),
        (
            "escaped.csv",
            'zh,en\n"他说\\"好\\"了","Said \\"good\\", so"\n',
            [('他说"好"了', 'Said "good", so')],
        ),
    ],
)
def test_a_table_for_pairs_is_read_as_one_for_rows(
    tmp_path: Path, name: str, content: str, pairs: list[tuple[str, str]]
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    found = read_pairs(tmp_path / name)
    assert [(pair.zh, pair.en) for pair in found.pairs] == pairs
    assert found.problems == ()


def test_rows_that_cannot_be_used_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("zh\ten\n一\tOne\textra\n\tNobody\n二\tLost \ufffd\n三\tThree\n", "utf-8")
    found = read_pairs(path)
    assert [(pair.line, pair.en) for pair in found.pairs] == [(5, "Three")]
    assert [problem.removeprefix(f"{path}:")[:40] for problem in found.problems] == [
        "2: 3 columns where the first line has 2;",
        "3: no Chinese; a correction needs the se",
        "4: a character was lost (\ufffd); save the fi",
    ]


TMX = """<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="ZH-CN"/><body>
<tu><tuv xml:lang="{zh}"><seg>你好</seg></tuv><tuv xml:lang="{en}"><seg>Hello<ph x="1">&lt;br/></ph>
 <hi>there</hi></seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Tag</seg></tuv><tuv xml:lang="en"><seg>Day</seg></tuv></tu>
</body></tmx>"""


@pytest.mark.parametrize(("zh", "en"), [("zh", "en"), ("zh-CN", "en-US"), ("ZH_Hans", "EN_gb"),
                                        ("zho", "eng"), ("zh-Hant-TW", "en")])  # fmt: skip
def test_tmx_of_any_tool_is_read_whatever_it_calls_the_languages(
    tmp_path: Path, zh: str, en: str
) -> None:
    path = tmp_path / "x.tmx"
    path.write_text(TMX.format(zh=zh, en=en), encoding="utf-8")
    found = read_pairs(path)
    assert [(pair.zh, pair.en) for pair in found.pairs] == [("你好", "Hello there")]
    assert found.problems == (f"{path}:5: a unit without Chinese",)


@pytest.mark.parametrize(("content", "message"), BAD_TMX)
def test_tmx_that_is_broken_or_an_attack_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "x.tmx").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_pairs(tmp_path / "x.tmx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"a\tb\tc\n1\t2\t3\n", "no columns 'zh' and 'en'; found 'a', 'b', 'c'"),
        (b"PK\x03\x04xlsx", "a ZIP archive"),
        (
            "zh\ten\na\tŁódź, świat\n".encode("cp1250"),
            "save it as UTF-8 or name its encoding with `memory import --encoding`",
        ),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.tsv").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_pairs(tmp_path / "x.tsv")


@given(st.text(max_size=20))
def test_spaces_and_controls_do_not_tell_sentences_apart(text: str) -> None:
    spaced = "\u3000".join(text) + "\x07\n"
    assert pairing_key(spaced) == pairing_key(text) == pairing_key(pairing_key(text))


EITHER_WAY = (
    '<?xml version="1.0"{encoding}?><!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    '<tmx version="1.4"><header srclang="{source}" segtype="sentence" adminlang="en" o-tmf="x" '
    'creationtool="x" creationtoolversion="1" datatype="plaintext"/><body><tu>'
    '<tuv xml:lang="EN-US"><seg>One <ph x="1">{{b}}</ph>two</seg></tuv>'
    '<tuv xml:lang="ZH-CN"><seg>一二</seg></tuv></tu></body></tmx>'
)


@pytest.mark.parametrize("source", ["zh-CN", "en", "*all*"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_tmx_is_read_in_either_direction_and_encoding(
    tmp_path: Path, source: str, encoding: str
) -> None:
    stated = "" if encoding == "utf-8" else ' encoding="UTF-16"'
    text = EITHER_WAY.format(encoding=stated, source=source)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "x.tmx").write_bytes((mark + text).encode(encoding))
    assert [(pair.zh, pair.en) for pair in read_pairs(tmp_path / "x.tmx").pairs] == [
        ("一二", "One two")
    ]


def test_a_unit_that_a_tool_has_cut_gives_its_segments(tmp_path: Path) -> None:
    """Trados writes `seg-source` with marks; unknown elements are no text."""
    unit = (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:s="urn:s"><file '
        'source-language="zh-CN" target-language="en-US"><body><trans-unit id="7">'
        "<source>一。二。</source><seg-source><mrk mtype='seg' mid='1'>一。</mrk>"
        "<mrk mtype='seg' mid='2'><g id='3'>二</g>。</mrk></seg-source><target>"
        "<mrk mtype='seg' mid='1'>One.</mrk> <mrk mtype='seg' mid='2'>Two<x id='4'/>.</mrk>"
        "</target><s:seg-defs><s:seg id='1'/></s:seg-defs></trans-unit></body></file></xliff>"
    )
    (tmp_path / "x.sdlxliff").write_text(unit, encoding="utf-8")
    found = read_pairs(tmp_path / "x.sdlxliff").pairs
    assert [(pair.zh, pair.en) for pair in found] == [("一。", "One."), ("二。", "Two.")]


STATES = [
    (
        "xmlns:sdl='http://sdl.com/FileTypes/SdlXliff/1.0'",
        "<sdl:seg id='1' conf='{}'/>",
        "",
        "Draft",
        "ApprovedSignOff",
    ),
    ("xmlns:mq='MQXliff'", "", "mq:status='{}'", "Rejected", "ManuallyConfirmed"),
    ("xmlns:m='http://www.memsource.com/mxlf/2.0'", "", "m:confirmed='{}'", "0", "1"),
]


@pytest.mark.parametrize(("space", "child", "attribute", "open_state", "done"), STATES)
def test_states_in_which_tools_keep_what_is_not_done_are_read(
    tmp_path: Path, space: str, child: str, attribute: str, open_state: str, done: str
) -> None:
    units = "".join(
        f"<trans-unit id='1' {attribute.format(state)}><source>一。</source><target>One.</target>"
        f"{child.format(state)}</trans-unit>"
        for state in (open_state, done)
    )
    (tmp_path / "x.xlf").write_text(
        f"<xliff version='1.2' {space}><file source-language='zh' target-language='en'><body>"
        f"{units}</body></file></xliff>",
        encoding="utf-8",
    )
    unfinished = [pair.unfinished for pair in read_pairs(tmp_path / "x.xlf").pairs]
    assert [bool(state) for state in unfinished] == [True, False]


def test_codes_of_phrase_are_no_text(tmp_path: Path) -> None:
    for space, zh in (
        ("xmlns:m='http://www.memsource.com/mxlf/2.0'", "粗体和字。"),
        ("", "{b>粗体<b}和{1}字。"),
    ):
        (tmp_path / "x.mxliff").write_text(
            f"<xliff version='1.2' {space}><file source-language='zh_cn' target-language='en'>"
            "<body><trans-unit id='1'><source>{b>粗体&lt;b}和{1}字。</source></trans-unit>"
            "</body></file></xliff>",
            encoding="utf-8",
        )
        assert [pair.zh for pair in read_pairs(tmp_path / "x.mxliff").pairs] == [zh]


def test_pairs_in_one_json_array_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n {"zh": "一。", "en": "One."},\n {"zh": "二。"}, 3\n]', encoding="utf-8")
    found = read_pairs(path)
    assert [(pair.line, pair.zh, pair.en) for pair in found.pairs] == [
        (1, "一。", "One."),
        (2, "二。", ""),
    ]
    assert found.problems == (f"{path}:3: a row must be a JSON object; found a number",)


def test_a_glossary_is_no_file_of_pairs(tmp_path: Path) -> None:
    (tmp_path / "a.tbx").write_text("<tbx/>", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a glossary .TBX., not pairs of sentences"):
        read_pairs(tmp_path / "a.tbx")


@pytest.mark.parametrize(
    "head", ["zh-CN,en-US", "en_GB,zh_Hans,id", "Chinese (PRC);English (United States)"]
)
def test_columns_may_have_codes_of_languages_as_names(tmp_path: Path, head: str) -> None:
    cells = {"z": "一。", "c": "一。", "e": "One.", "i": "7"}
    mark = ";" if ";" in head else ","
    row = mark.join(cells[name[0].lower()] for name in head.split(mark))
    (tmp_path / "a.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert [(pair.zh, pair.en) for pair in read_pairs(tmp_path / "a.csv").pairs] == [
        ("一。", "One.")
    ]


def test_a_po_file_into_chinese_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zh.po"
    path.write_text('msgid "Save"\nmsgstr "保存"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="it translates into Chinese, not from it"):
        read_pairs(path)
    path.write_text('msgid "Save"\nmsgstr ""\n\nmsgid "保存"\nmsgstr ""\n', encoding="utf-8")
    assert [pair.zh for pair in read_pairs(path).pairs] == ["Save", "保存"]


def test_empty_cells_that_a_spreadsheet_adds_to_a_row_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("zh,en\n一。,One.,,\n二。,Two.,x\n", encoding="utf-8")
    found = read_pairs(tmp_path / "a.csv")
    assert [pair.zh for pair in found.pairs] == ["一。"]
    assert found.unread == 1
