"""Files that pandoc and LibreOffice wrote (see make_office_files.py) are read whole."""

import os
import shutil
from itertools import islice
from pathlib import Path

import pytest

from made_texts import MARKDOWN
from make_office_files import missing, pandoc_files, read_text

FILES = Path(__file__).parent / "files"
REGULATION = """# 某某市养犬管理条例
记者走访发现，A&B公司已停工[1]。面积为50m²，H₂O共10⁶升。
- 1. 为了加强养犬管理，制定本条例。
- 2. 本条例适用于本市行政区域。
- a. 需要登记的犬只。
- b. 不需要登记的犬只。
- 甲项服务
- 乙项服务
| 县名 | 人口 |
| 甲县 | 32.1 |
| 乙县 | -3% |
## 第二节 附则
本条例自公布之日起施行。
数学公式 x²+1 在句中。“引号”与——破折号。
[^1]: 脚注的内容在此。"""
REPORT = """# 全市环境质量报告
一、总体情况
全市PM2.5平均浓度为每立方米28微克[1]，同比下降12%[2]。CO₂排放减少3.5×10⁵吨。
- (1) 甲区的情况在此。
- (2) 乙区的情况在此。
| 区县 | 浓度 | 同比 |
| 甲区 | 28.7 | -3% |
| 乙区 丙镇 | 30 | -1% |
- 术语
- 解释在此。
- i) 罗马一
- ii) 罗马二
- 9) 第九
- 10) 第十
见https://example.com/a?b=1。强调、删去、代码。
[^1]: 含沙尘天气。 又一段注释。
[^2]: 与2022年相比。"""


def lines(name: str) -> str:
    text = read_text(FILES / name)
    return "\n".join(line for line in text.split("\n") if line.strip())


@pytest.mark.parametrize(
    "name",
    [
        "regulation-pandoc.docx",
        "regulation-pandoc.odt",
        "regulation-pandoc.epub",
        "regulation-office-docx.docx",
        "regulation-office-odt.docx",
        "regulation-office-docx.odt",
    ],
)
def test_a_regulation_is_read_alike_from_every_program(name: str) -> None:
    # the LibreOffice that wrote these files had no formula editor
    expected = REGULATION.replace("x²+1", "" if "office" in name else "x²+1")
    assert lines(name) == expected


@pytest.mark.parametrize("ending", ["epub", "htmlz"])
def test_a_book_of_calibre_keeps_what_it_holds(ending: str) -> None:
    text = lines(f"regulation-calibre.{ending}")
    for line in (
        "公司已停工[1]。面积为50m²，H₂O共10⁶升。",
        "- 2. 本条例适用于本市行政区域。",
        "| 乙县 | -3% |",
        "[^1]: 脚注的内容在此。",
    ):
        assert line in text


def test_a_page_that_chromium_saved_is_read() -> None:
    text = lines("layout-chromium.mhtml")
    assert "# 西城区改造六条老街" in text
    assert "本报讯 西城区今年改造六条老街，全长4.8公里——工程将于十月完工。" in text


def test_a_book_of_libreoffice_keeps_what_it_holds() -> None:
    # it writes neither the head of a table nor the numbers of a list
    text = lines("regulation-office-odt.epub")
    for line in (
        "公司已停工[1]。面积为50m²，H₂O共10⁶升。",
        "| 乙县 | -3% |",
        "[^1]: 脚注的内容在此。",
    ):
        assert line in text


@pytest.mark.parametrize("name", ["report-pandoc.docx", "report-office-docx.odt"])
def test_a_report_is_read_alike_from_every_program(name: str) -> None:
    assert lines(name) == REPORT


def test_no_word_is_lost_of_a_file_made_now(tmp_path: Path) -> None:
    if shutil.which("pandoc") is None:
        if os.environ.get("YIBAO_REQUIRE_OFFICE") == "1":
            pytest.fail("YIBAO_REQUIRE_OFFICE is 1 and there is no pandoc")
        pytest.skip("no pandoc; set YIBAO_REQUIRE_OFFICE=1 to fail instead")
    for made in islice(pandoc_files(tmp_path, "report", MARKDOWN["report"]), 4):
        assert missing(made.visible, read_text(made.path)) == [], made.path.name
