"""What spreadsheets do to exports, and what comes back from them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

import pipeline.engine.translation.model
from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.deliver.export import export_csv, export_tsv
from pipeline.deliver.rows import ExportRow
from pipeline.input.pairs import read_pairs, table_text
from pipeline.input.spreadsheet import guard_cell, is_spreadsheet_error, unguard_cell
from pipeline.run.corrections.other_runs import exchange_key
from pipeline.run.corrections.sort_corrections import sorted_out
from pipeline.testing import EchoTranslator

CONFIG = """
input: {paths: [page.md]}
output: runs/test
runtime: {device: cpu}
translate: {model: {kind: seq2seq, path: "bundled:zh-en"}, repair: {enabled: false}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {bootstrap_samples: 10}
"""
LIVE = tuple("=+-@＝＋－＠")
PAGE = """=HYPERLINK("http://a.example.com","点击")，今天下雨。

+86电话开通。

@所有人 今天开会。

-20℃低温来袭。

他说：“好。”
"""


class Saying(EchoTranslator):
    """Translates into the beginning of the Chinese, formula and all, and a quotation mark."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [
            Candidate(f"{s[0]}20 degrees" if s.startswith(LIVE) else '"Good," he said.', 0.5)
            for s in sentences
        ]


def row(zh: str, en: str, number: int = 1) -> ExportRow:
    return ExportRow("a", number, "paragraph", f"s{number}", 0, len(zh), zh, en, 0.5, "")


def do(*arguments: str | Path, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == exit_code, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: Saying()
    )
    do("run", "-c", tmp_path / "config.yaml")
    return tmp_path


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_an_export_has_no_live_formula_and_comes_back_unchanged(project: Path, kind: str) -> None:
    path = project / f"x.{kind}"
    do("export", project / "runs/test", "--format", kind, "--to", path)
    text = path.read_text(encoding="utf-8-sig")
    cells = list(csv.DictReader(io.StringIO(text), delimiter="\t" if kind == "tsv" else ","))
    assert [cell["zh"][:2] for cell in cells[:4]] == ["'=", "'+", "'@", "'-"]
    assert cells[4]["en"] == '"Good," he said.'
    assert not [value for cell in cells for value in cell.values() if value.startswith(LIVE)]
    output = do("memory", "import", path, "-c", project / "config.yaml").output
    assert f"{len(cells)} rows, 0 corrections, {len(cells)} unchanged" in output


def test_a_corrected_cell_may_keep_its_guard_or_lose_it(project: Path) -> None:
    path = project / "x.csv"
    path.write_text(
        "zh,en\n'-20℃低温来袭。,'-20 °C is here.\n+86电话开通。,Calls to +86.\n", "utf-8"
    )
    output = do("memory", "import", path, "-c", project / "config.yaml", "--dry-run").output
    assert "+ -20 °C is here." in output
    assert "+ Calls to +86." in output


def test_a_spreadsheets_errors_are_named_and_not_taken(project: Path) -> None:
    path = project / "x.csv"
    rows = [
        "zh,en",
        "-20℃的低温持续。,#NAME?",
        "#NAME?,Lows persist.",
        "甲句。,#VALUE!",
        "乙。,Good.",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = do("memory", "import", path, "-c", project / "config.yaml", exit_code=3)
    assert "4 rows, 1 correction, 0 unchanged, 3 skipped" in result.output
    assert f"{path}:2: #NAME? is a spreadsheet's error, not text; write" in result.output
    assert "(2 rows: lines 2, 3)" in result.output
    assert f"{path}:4: #VALUE! is a spreadsheet's error, not text" in result.output


@pytest.mark.parametrize(
    "text",
    [
        *"#NAME? #VALUE! #REF! #DIV/0! #N/A #NUM! #NULL! #SPILL! #CALC! #name? #n/a".split(),
        *"#WERT! #BEZUG! #NV #ZAHL! #VALEUR! #NOM? #¡VALOR! #¿NOMBRE? #RIF! #ЗНАЧ! #Н/Д".split(),
        *("＃ＮＡＭＥ？", " #NAME? ", "# N/A", "#####", "Err:502", "#DEĞER!"),
    ],
)
def test_errors_of_spreadsheets_are_known_in_every_language(text: str) -> None:
    assert is_spreadsheet_error(text)


@pytest.mark.parametrize(
    "text", ["", "#", "# 1", "#1", "#MeToo", "#Winning!", "N/A", "Is #NAME? an error?", "No. 5!"]
)
def test_words_are_no_errors(text: str) -> None:
    assert not is_spreadsheet_error(text)


_TEXT = st.text(
    st.one_of(
        st.sampled_from("'\"=+-@＝＋－＠ \t\r\n,;#甲乙a1"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=200, deadline=None)
@given(_TEXT)
@example("'=1")
@example("''\t=1")
@example("\r-1")
def test_a_guard_is_taken_off_as_it_was_put_on(text: str) -> None:
    guarded = str(guard_cell(text))
    assert unguard_cell(guarded) == text
    assert not guarded.lstrip().startswith(LIVE)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=4, unique_by=lambda p: p[0]))
@example([("'=1", "'=1"), ('"甲', '"a"')])
@example([("甲", '"a\tb" c')])
def test_an_unchanged_table_holds_no_corrections(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    rows = [
        row(zh, en, number)
        for number, (zh, en) in enumerate(pairs, start=1)
        if zh.strip() and en.strip()
    ]
    known: dict[str, list[str]] = {}
    for each in rows:
        known.setdefault(exchange_key(each.zh), []).append(each.en)
    folder = tmp_path_factory.mktemp("tables")
    for name, text in (("x.csv", export_csv(rows)), ("x.tsv", export_tsv(rows))):
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        found = read_pairs(path, "utf-8")
        result = sorted_out(found.pairs, known, {}, name="x")
        assert (found.problems, result.corrections, result.problems) == ((), (), ())
        assert result.unchanged + result.empty == len(rows)


@pytest.mark.parametrize("cell", ['"Good," he said', 'He said "good"', '"', '""', '"a" "b"', "a'b"])
def test_a_tsv_is_read_by_spreadsheets_and_by_pandas(cell: str) -> None:
    pandas = pytest.importorskip("pandas")
    text = table_text(["zh", "en"], [["甲", cell], ["乙", "x"], [cell, "y"]])
    frame = pandas.read_csv(io.StringIO(text), sep="\t", keep_default_na=False)
    assert frame.to_numpy().tolist() == [["甲", cell], ["乙", "x"], [cell, "y"]]
    rows = list(csv.reader(io.StringIO(text), dialect="excel-tab"))
    assert rows[1:] == [["甲", cell], ["乙", "x"], [cell, "y"]]


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_one_line_says_what_is_wrong_with_every_row_of_a_file(project: Path, kind: str) -> None:
    sign = "\t" if kind == "tsv" else ","
    lines = [f"txt{sign}id", *(f"今天有雨。{sign}{number}" for number in range(1203))]
    if kind == "jsonl":
        lines = [f'{{"txt": "今天有雨。", "id": {number}}}' for number in range(1203)]
    path = project / f"bad.{kind}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for command, code in (("plan", 0), ("run", 3)):
        inputs = ("--input", path, "--input", project / "page.md")
        result = do(command, "-c", project / "config.yaml", *inputs, exit_code=code)
        told = [line for line in result.output.splitlines() if f"bad.{kind}" in line]
        first = 1 if kind == "jsonl" else 2
        assert len(told) == 1
        assert f"bad.{kind}:{first}: no 'text' field; found 'txt', 'id'; rename it" in told[0]
        assert f"(1,203 rows: lines {first}, {first + 1}, " in told[0]
    assert len((project / "runs/test/failures.jsonl").read_text("utf-8").splitlines()) == 1203


def test_one_line_says_what_is_wrong_with_every_row_of_an_editors_file(project: Path) -> None:
    path = project / "bad.csv"
    path.write_text("zh,en\n" + ",No Chinese.\n" * 30 + "甲。,One.\n", encoding="utf-8")
    output = do("memory", "import", path, "-c", project / "config.yaml", exit_code=3).output
    assert f"{path}:2: no Chinese; a correction needs" in output
    assert "(30 rows: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …)" in output
    assert "31 rows, 1 correction, 0 unchanged, 30 skipped" in output
    assert output.count(str(path)) == 1


def test_tables_of_an_evaluation_have_no_live_formula(tmp_path: Path) -> None:
    (tmp_path / "zh.txt").write_text("甲。\n乙。\n", encoding="utf-8")
    for name in ("en", "a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"One {name}.\nTwo.\n", encoding="utf-8")
    (tmp_path / "evaluation.yaml").write_text(
        """
output: out
sets: [{kind: files, name: "@set", source: zh.txt, references: [en.txt]}]
systems:
  - {kind: file, name: "=cmd()", path: a.txt}
  - {kind: file, name: "-b", path: b.txt}
metrics: [chrf]
bootstrap_samples: 0
trials: 100
""",
        encoding="utf-8",
    )
    do("evaluate", "-c", tmp_path / "evaluation.yaml")
    for name in ("scores.csv", "comparisons.csv"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8-sig")
        for cells in csv.DictReader(io.StringIO(text)):
            assert cells["set"] == "'@set"
            assert cells.get("system", cells.get("a")) in ("'=cmd()", "'-b")
            number = cells.get("score") or cells.get("delta")
            assert float(str(number)) == float(str(number))
