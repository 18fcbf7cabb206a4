import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.deliver.export import (
    WRITER_OF,
    WRITERS,
    ExportWriter,
    export_tmx,
    export_tsv,
)
from pipeline.deliver.rows import COLUMNS, ExportRow, export_rows
from pipeline.records import (
    Article,
    Block,
    Finding,
    Score,
    Sentence,
    SentenceScore,
    Span,
    TranslatedSentence,
    Translation,
)

ARTICLE = Article(
    "a",
    "d",
    "d.md",
    "题",
    None,
    None,
    (
        Block("title", (Sentence("s1", "题", ()),)),
        Block("paragraph", (Sentence("s2", "一\t二", (Span(5, 7), Span(9, 10))),)),
    ),
)
TRANSLATION = Translation(
    "a",
    (
        TranslatedSentence("s1", "Title", "model", 0.5),
        TranslatedSentence("s2", "One\ntwo <b>&\x07", "model", 0.25, ("truncated",)),
    ),
)
SCORE = Score(
    "a",
    (
        SentenceScore("s1", 0.5, ()),
        SentenceScore("s2", 0.25, (Finding("numbers", "error", "2 is missing"),)),
    ),
    0.4,
)


def _rows() -> list[ExportRow]:
    return list(export_rows([ARTICLE], [TRANSLATION], [SCORE]))


def test_the_table_has_the_promised_header_and_one_line_per_sentence() -> None:
    lines = export_tsv(_rows()).splitlines()
    assert lines[0].split("\t") == (
        [
            "article_id",
            "block",
            "kind",
            "sentence",
            "start",
            "end",
            "zh",
            "en",
            "confidence",
            "flags",
        ]
    )
    assert lines[1] == "a\t1\ttitle\ts1\t-1\t-1\t题\tTitle\t0.5\t"
    assert lines[2].startswith("a\t2\tparagraph\ts2\t5\t10\t一 二\tOne two <b>&")
    assert lines[2].endswith("0.25\ttruncated,numbers")


def test_before_translation_the_english_is_empty() -> None:
    rows = list(export_rows([ARTICLE], [], []))
    assert [(row.en, row.confidence, row.flags) for row in rows] == [("", None, "")] * 2


def test_tmx_is_xml_with_both_languages() -> None:
    root = ElementTree.fromstring(export_tmx(_rows()))
    segments = [segment.text for segment in root.iter("seg")]
    assert segments == ["题", "Title", "一\t二", "One\ntwo <b>&"]


@pytest.mark.parametrize("file_format", ["tsv", "jsonl", "tmx"])
def test_a_text_export_is_utf_8_and_not_escaped(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / f"x.{file_format}"
    WRITER_OF[file_format].write(_rows(), path)
    assert "题" in path.read_text(encoding="utf-8")


def test_json_lines_hold_the_same_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    WRITER_OF["jsonl"].write(_rows(), path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[1]["zh"] == "一\t二"
    assert rows[1]["flags"] == "truncated,numbers"


def test_parquet_holds_the_same_columns(tmp_path: Path) -> None:
    from pyarrow import parquet

    path = tmp_path / "x.parquet"
    WRITER_OF["parquet"].write(_rows(), path)
    table = parquet.read_table(path)
    # places come with editions only
    assert table.column_names == list(COLUMNS)[:-1]
    assert table.column("zh").to_pylist() == ["题", "一\t二"]


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
def test_a_format_is_a_row_that_the_command_offers(writer: ExportWriter, tmp_path: Path) -> None:
    run = tmp_path / "run"
    config = Path(__file__).parents[2] / "configs/demo.yaml"
    arguments = ["run", "--config", str(config), "--until", "segment", "--output", str(run)]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    named, piped = tmp_path / f"x{writer.suffix}", ["--format", writer.name, "--to", "-"]
    assert CliRunner().invoke(cli, ["export", str(run), "--to", str(named)]).exit_code == 0
    answer = CliRunner().invoke(cli, ["export", str(run), *piped])
    assert answer.stdout_bytes == named.read_bytes()
