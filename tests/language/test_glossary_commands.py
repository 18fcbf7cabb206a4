"""A glossary is proposed from an input, edited and approved; others are read from CSV and TBX."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.deliver.tools.workbook import SheetColumn, workbook_bytes
from pipeline.engine.translation import model
from pipeline.input.needed import read_glossary, read_terms
from pipeline.testing import EchoTranslator

PAGE = (
    "# 金山区优化营商环境\n\n财政部今日宣布，金山区率先推行“一网通办”。记者李晓明报道。\n\n"
    "“一网通办”受到企业欢迎，营商环境指数上升。法国企业也采用“一网通办”。营商环境好。\n"
)


class Terms(EchoTranslator):
    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [Candidate(f"Model {len(each)}.", 0.5) for each in sentences]


def call(*arguments: object, exit_code: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exit_code == exit_code, result.output
    return str(result.exception) if exit_code else result.output


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The table that is proposed for the page, and what the command prints."""
    folder = tmp_path_factory.mktemp("terms")
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    (folder / "known.csv").write_text("zh,en\n法国,France\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "load_translator", lambda *_, **__: Terms())
        known = f"translate.glossary={folder / 'known.csv'}"
        table = folder / "g.csv"
        shown = call("glossary", "propose", folder / "page.md", "--to", table, "--set", known)
    return table.read_text(encoding="utf-8-sig"), shown


def test_names_and_recurring_terms_are_proposed_with_english(proposed: tuple[str, str]) -> None:
    rows = {row["zh"]: row for row in csv.DictReader(io.StringIO(proposed[0]))}
    shown = {zh: (row["kind"], row["en"], row["count"], row["from"]) for zh, row in rows.items()}
    assert shown == {
        "财政部": ("organisation", "Ministry of Finance", "1", "organisations"),
        "金山区": ("place", "Jinshan District", "2", "pinyin"),
        "李晓明": ("person", "Li Xiaoming", "1", "pinyin"),
        "一网通办": ("term", "Model 4", "3", "model"),
        "营商环境": ("term", "Model 4", "3", "model"),
    }
    assert rows["一网通办"]["sample"] == "财政部今日宣布，金山区率先推行“一网通办”。"
    assert "1 organisation, 1 place, 1 person, 2 terms to" in proposed[1]
    assert "1 more term in the glossary already" in proposed[1]
    assert "pipeline glossary approve" in proposed[1]


def test_an_unedited_proposal_is_no_glossary(proposed: tuple[str, str], tmp_path: Path) -> None:
    table = tmp_path / "g.csv"
    table.write_text(proposed[0], encoding="utf-8")
    assert "no row is approved" in call("glossary", "approve", table, exit_code=1)
    assert "a proposal, not a glossary" in call(
        "run", table.with_name("g.csv"), "--set", f"translate.glossary={table}", exit_code=1
    )
    assert not table.with_suffix(".tsv").exists()
    assert "5 terms to" in call("glossary", "approve", table, "--all")
    assert "exists; name another file" in call("glossary", "approve", table, exit_code=1)


def edited(text: str, change: Callable[[dict[str, dict[str, str]]], object]) -> str:
    rows = {row["zh"]: row for row in csv.DictReader(io.StringIO(text))}
    change(rows)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, next(iter(rows.values())))
    writer.writeheader()
    writer.writerows(rows.values())
    return stream.getvalue()


def test_approved_rows_and_edited_ones_become_the_glossary(
    proposed: tuple[str, str], tmp_path: Path
) -> None:
    def change(rows: dict[str, dict[str, str]]) -> None:
        rows["金山区"] |= {"ok": "yes", "note": "in Shanghai"}
        rows["一网通办"]["en"] = "All Services on One Network|Yiwangtongban"
        rows["财政部"] |= {"en": "MOF", "ok": "no"}
        rows["李晓明"] |= {"ok": "x", "sense": "the reporter"}
        rows["李晓明 2"] = rows["李晓明"] | {"en": "Lee Siu-ming", "sense": "the actor"}

    table = tmp_path / "g.csv"
    table.write_text(edited(proposed[0], change), encoding="utf-8")
    assert "3 terms to" in call("glossary", "approve", table)
    assert table.with_suffix(".tsv").read_text(encoding="utf-8").splitlines() == [
        "金山区\tJinshan District\tin Shanghai",
        "李晓明\tLi Xiaoming|Lee Siu-ming\tLi Xiaoming: the reporter; Lee Siu-ming: the actor",
        "一网通办\tAll Services on One Network|Yiwangtongban",
    ]
    assert read_glossary(table.with_suffix(".tsv")).terms["一网通办"].english[0].startswith("All")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"en": "", "ok": "yes"}, "g.csv:3: 金山区 has no English"),
        ({"en": "金山 District"}, "the English of 金山区 has Chinese in it"),
        ({"zh": "Jinshan", "ok": "yes"}, "zh is 'Jinshan', which has no Chinese"),
        ({"zh": "財政部", "ok": "yes"}, "財政部 is on line 2 too (as 财政部)"),
        ({"ok": "perhaps"}, "ok is 'perhaps'; write yes or no"),
        ({"en": "#NAME?"}, "a spreadsheet's error"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(
    proposed: tuple[str, str], tmp_path: Path, changes: dict[str, str], fault: str
) -> None:
    def change(rows: dict[str, dict[str, str]]) -> None:
        rows["财政部"]["ok"] = "yes"
        rows["金山区"] |= changes

    table = tmp_path / "g.csv"
    table.write_text(edited(proposed[0], change), encoding="utf-8")
    assert fault in call("glossary", "approve", table, exit_code=1)
    assert not table.with_suffix(".tsv").exists()


TBX_2 = """<?xml version="1.0"?><martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><descrip type="subjectField">politics</descrip>
<langSet xml:lang="zh-CN"><tig><term>国务院</term></tig><tig><term>中国国务院</term></tig></langSet>
<langSet xml:lang="en-GB"><tig><term>Cabinet</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
<tig><term>the State Council</term></tig><tig><term>State Council</term>
<termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig></langSet></termEntry>
<termEntry><langSet xml:lang="de"><tig><term>Rat</term></tig></langSet></termEntry>
</body></text></martif>"""
TBX_3 = (
    '<tbx type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>'
    '<conceptEntry id="c1"><note>of a county</note><langSec xml:lang="zh"><termSec><term>镇</term>'
    '</termSec></langSec><langSec xml:lang="en"><termSec><term>town</term></termSec></langSec>'
    "</conceptEntry></body></text></tbx>"
)
TBX_MIN = (
    '<TBX dialect="TBX-Min"><header/><body><entry id="1"><subjectField>places</subjectField>'
    '<langGroup xml:lang="zh"><termGroup><term>镇</term></termGroup></langGroup>'
    '<langGroup xml:lang="en"><termGroup><term>borough</term><termStatus>deprecated</termStatus>'
    "</termGroup><termGroup><term>township</term></termGroup><termGroup><term>town</term>"
    "<termStatus>preferred</termStatus></termGroup></langGroup></entry></body></TBX>"
)
# the DCT style names the type of a note by its element
TBX_3_DCT = (
    '<tbx style="dct" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" '
    'xmlns:min="http://www.tbxinfo.net/ns/min"><text><body><conceptEntry id="c1">'
    "<min:subjectField>places</min:subjectField>"
    '<langSec xml:lang="zh-Hans"><termSec><term>镇</term></termSec></langSec>'
    '<langSec xml:lang="en">'
    "<termSec><term>borough</term>"
    "<min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec>"
    "<termSec><term>township</term></termSec><termSec><term>town</term>"
    "<min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>"
    "</langSec></conceptEntry></body></text></tbx>"
)


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("d.tbx", TBX_MIN, ["镇\ttown|township\ttown: places"]),
        ("c.tbx", TBX_3_DCT, ["镇\ttown|township\ttown: places"]),
        (
            "a.tbx",
            TBX_2,
            [
                "国务院\tState Council|the State Council\tState Council: politics",
                "中国国务院\tState Council|the State Council\tState Council: politics",
            ],
        ),
        ("b.tbx", TBX_3, ["镇\ttown\tof a county"]),
        (
            "a.csv",
            "﻿Chinese;English;Sense;Note\n苹果;apple;fruit;\n苹果;Apple|Apple Inc.;firm;no plural\n",
            ["苹果\tapple|Apple|Apple Inc.\tapple: fruit; Apple: firm; no plural"],
        ),
        ("a.tsv", "镇\ttown\n", ["镇\ttown"]),
        ("codes.tsv", "en-US\tzh-Hans\ntown\t镇\n", ["镇\ttown"]),
        ("export.csv", "Chinese (PRC);English\n镇;town\n", ["镇\ttown"]),
        ("sep.csv", "\ufeffsep=;\r\nen;zh\r\ntown, the;镇\r\n", ["镇\ttown, the"]),
        (
            "open.csv",
            'zh,en\n"镇,town\n乡,"the ""township"""\n',
            ['"镇\ttown', '乡\tthe "township"'],
        ),
        (
            "head.tsv",
            'en\tzh\tnote\n# 地名\t\t\ntown\t鎮\tof a county\n"a ""new"" city"\t新城\t\n',
            ["鎮\ttown\tof a county", '新城\ta "new" city'],
        ),
    ],
)
def test_glossaries_of_other_programs_are_read(
    tmp_path: Path, name: str, content: str, lines: list[str]
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert read_terms(path).splitlines() == lines
    assert read_glossary(path).terms


def test_a_glossary_and_a_proposal_may_be_workbooks(tmp_path: Path) -> None:
    def write(name: str, columns: Sequence[str], row: Sequence[str]) -> Path:
        path = tmp_path / name
        path.write_bytes(workbook_bytes([SheetColumn(each, 20) for each in columns], [row]))
        return path

    terms = write("a.xlsx", ("zh", "en", "note"), ("镇", "town|township", "of a county"))
    assert read_terms(terms) == "镇\ttown|township\tof a county\n"
    proposal = write("b.xlsx", ("zh", "en", "ok", "proposed"), ("镇", "town", "yes", "Zhen"))
    call("glossary", "approve", proposal)
    assert (tmp_path / "b.tsv").read_text(encoding="utf-8").startswith("镇\ttown")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.csv", "zh,en\n镇,\n", "a.csv:2: a row without English"),
        ("a.csv", "zh,en\n镇,town\n镇,township\n", "镇 is on line 2 too"),
        ("a.csv", "term,x\n镇,town\n", "no columns zh and en"),
        ("a.tbx", "<tbx/>", "no entry with a Chinese and an English term"),
        ("a.ods", "PK\x03\x04\x00xl/", "a.ods: a spreadsheet, not text; save the sheet as CSV"),
        ("a.tbx", "<html/>", "XML, but <html> and not <tbx>"),
    ],
)
def test_a_glossary_that_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, content: str, fault: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "page.txt").write_text("山。", encoding="utf-8")
    setting = f"translate.glossary={tmp_path / name}"
    shown = call("run", tmp_path / "page.txt", "--set", setting, exit_code=1)
    assert fault in shown
    assert shown.startswith("translate.glossary: ")
