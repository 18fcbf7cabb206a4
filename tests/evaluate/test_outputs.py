"""What an evaluation writes: tables best first, LaTeX, plots as files, a database, words."""

import csv
import json
import math
import os
import random
import re
import shutil
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sacrebleu.metrics.lib_ter import translation_edit_rate

from pipeline.evaluate.check_counts import sign_test
from pipeline.evaluate.metrics.ter_edits import count_edits
from pipeline.evaluate.render.table import Table, latex_label, latex_table
from pipeline.storage import hold_folder
from tests.commandline import Answer, call
from tests.evaluations import sentences, worsened, write_files

ENGLISH = sentences(40)
SHARES = {"middling": 0.5, "b_est & first": 0.1, "worst": 0.95, "差": 0.7}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    write_files(folder, zh=["有23个人。"] * 40, en=[f"{text} 23 people" for text in ENGLISH])
    for at, (name, share) in enumerate(SHARES.items()):
        texts = [f"{text} {23 if n % 4 else 32} people" for n, text in enumerate(ENGLISH)]
        write_files(folder, **{name: worsened(texts, share, seed=at)})
    answer = evaluate(folder)
    assert answer.code == 0, answer.messages
    (folder / "printed.txt").write_text(answer.text, encoding="utf-8")
    return folder


def evaluate(folder: Path, *options: str) -> Answer:
    names = [part for n in SHARES for part in ("--hypothesis", f"{n}={folder / n}.txt")]
    return call(
        *("evaluate", "--source", str(folder / "zh.txt"), "--reference", str(folder / "en.txt")),
        *(*names, "--metric", "chrf", "--metric", "bleu", "--metric", "ter", "--trials", "500"),
        *("--output", str(folder / "out"), *options),
    )


ORDER = ["b_est & first", "middling", "差", "worst"]


def test_every_table_is_best_first(folder: Path) -> None:
    out = folder / "out"
    printed = (folder / "printed.txt").read_text(encoding="utf-8")
    assert [line.split("  ")[0] for line in printed.splitlines()[1:5]] == ORDER
    rows = list(csv.DictReader((out / "scores.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["system"] for row in rows if row["metric"] == "chrf"] == ORDER
    clusters = [int(row["cluster"]) for row in rows if row["metric"] == "chrf"]
    assert clusters == sorted(clusters)
    assert clusters[-1] > clusters[0]
    markdown = (out / "evaluation.md").read_text(encoding="utf-8")
    places = [markdown.index(f"| {name}" if name != ORDER[0] else "b\\_est") for name in ORDER]
    assert places == sorted(places)
    assert "| — |" in markdown  # the line between clusters
    page = (out / "evaluation.html").read_text(encoding="utf-8")
    assert "A line across: every system above it is significantly better in chrF than" in page
    assert "1 b\\_est \\& first" in markdown  # four systems: pairs are a matrix
    assert "| A | B |" not in markdown


def latex_tables(text: str) -> Iterator[tuple[str, list[str]]]:
    for match in re.finditer(r"\\begin\{tabular\}\{(\w+)\}\n(.*?)\\end\{tabular\}", text, re.S):
        lines = match[2].splitlines()
        yield (
            match[1],
            [line for line in lines if not line.startswith("\\")]
            + [line for line in lines if line.startswith("\\textbf")],
        )


def test_latex_is_well_formed_and_labelled(folder: Path) -> None:
    text = (folder / "out/scores.tex").read_text(encoding="utf-8")
    for name in ("table", "tabular"):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}")
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    labels = re.findall(r"\\label\{(.+?)\}", text)
    assert len(set(labels)) == len(labels) == text.count(r"\begin{table}")
    assert "tab:zh-scores" in labels
    tables = list(latex_tables(text))
    assert len(tables) == len(labels)
    for columns, rows in tables:
        for row in rows:
            assert row.endswith(r"\\")
            assert len(re.findall(r"(?<!\\)&", row)) == len(columns) - 1, row
    first = text.split(r"\end{table}")[0]
    assert r"b\_est \& first" in first
    assert first.count(r"\midrule") > 1  # lines between clusters
    assert "$_{1}$" in first
    shown = re.sub(r"\$[<>]\$|\\resizebox.*", "", text)
    assert not set("<>|") & set(shown)  # the usual fonts show ¡, ¿ and — for them


def test_the_tables_compile_and_fit_the_page(folder: Path, tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        if os.environ.get("YIBAO_REQUIRE_LATEX") == "1":
            pytest.fail("YIBAO_REQUIRE_LATEX is 1 and there is no pdflatex")
        pytest.skip("no pdflatex; set YIBAO_REQUIRE_LATEX=1 to fail instead")
    text = (folder / "out/scores.tex").read_text(encoding="utf-8")
    packages, start = re.findall(r"\\usepackage\{(.+?)\}", text), r"\documentclass{article}"
    assert packages == ["ctex", "booktabs,graphicx"]
    assert "needs XeLaTeX" in text.splitlines()[0]  # one system has a Chinese name
    assert latex_label("新闻 scores") != latex_label("体育 scores")
    wide = Table("wide", "Wide", ("x", *(f"system {n}" for n in range(30))), (("1",) * 31,))
    document = [start, r"\usepackage{booktabs,graphicx}", r"\begin{document}"]
    document += [text.replace("差", "cha"), latex_table(wide, "wide"), r"\end{document}"]
    (tmp_path / "paper.tex").write_text("\n".join(document), encoding="utf-8")
    options = ("-halt-on-error", "-interaction=nonstopmode", "paper.tex")
    run = subprocess.run(
        [program, *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-2000:]
    assert "Overfull" not in run.stdout
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_plots_are_files_too(folder: Path) -> None:
    plots = folder / "out/plots"
    for name in ("scores", "checks"):
        svg = (plots / f"{name}.svg").read_text(encoding="utf-8")
        root = ElementTree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "".join(root.itertext()).count("{") > 0  # styles are inside
    data = (plots / "scores.pdf").read_bytes()
    place = int(data.split(b"startxref\n")[1].split()[0])
    assert data[place:].startswith(b"xref\n0 10\n")
    for number, line in enumerate(data[place:].splitlines()[3:12], start=1):
        offset = int(line.split()[0])
        assert data[offset:].startswith(b"%d 0 obj\n" % number)
    start = data.index(b"stream\n") + len(b"stream\n")
    drawn = zlib.decompress(data[start : data.index(b"\nendstream")]).decode("latin-1")
    assert b"b_est & first".hex() in drawn
    assert "差".encode("utf-16-be").hex() in drawn
    assert drawn.count(" Tj") > 20


def test_all_sentences_are_in_a_database(folder: Path) -> None:
    database = sqlite3.connect(folder / "out/sentences.sqlite")
    rows = database.execute(
        "SELECT system, avg(score) FROM scores WHERE metric = 'chrf' GROUP BY system ORDER BY 2"
    ).fetchall()
    database.close()
    assert [name for name, _ in rows] == ORDER[::-1]


def test_checks_are_counted_tested_and_ranked(folder: Path) -> None:
    text = (folder / "out/checks.csv").read_text(encoding="utf-8")
    rows = {(r["system"], r["check"]): r for r in csv.DictReader(text.splitlines())}
    assert int(rows["b_est & first", "numbers"]["flagged"]) >= 10
    assert {rows[name, "any"]["segments"] for name in SHARES} == {"40"}
    text = (folder / "out/check_comparisons.csv").read_text(encoding="utf-8")
    assert {r["check"] for r in csv.DictReader(text.splitlines())} >= {"any", "numbers"}
    value = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    assert value["sets"][0]["checks"][0]["check"] == "any"
    for name in ("evaluation.md", "evaluation.html", "scores.tex"):
        assert "Sentences flagged by the checks" in (folder / "out" / name).read_text("utf-8")


@pytest.mark.parametrize(("a", "b"), [(0, 0), (3, 3), (1, 9), (0, 5), (40, 60), (0, 2000)])
def test_checks_are_compared_exactly(a: int, b: int) -> None:
    total = a + b
    tail = sum(math.comb(total, k) for k in range(min(a, b) + 1)) / 2**total
    assert sign_test(a, b) == pytest.approx(min(1.0, 2 * tail), rel=1e-9)
    assert sign_test(a, b) == sign_test(b, a)


def test_scores_are_said_in_words(folder: Path) -> None:
    value = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    words = value["sets"][0]["in_words"]
    assert any("edits for every 100 words" in line for line in words)
    [versus] = [line for line in words if "of 100 sentences" in line]
    numbers = re.search(r"In (\d+) of 100 .* in (\d+) .* and (\d+) are equal", versus)
    assert numbers is not None
    assert sum(map(int, numbers.groups())) == 100


def test_only_one_evaluation_writes_into_a_folder(folder: Path) -> None:
    with hold_folder(folder / "out"):
        answer = evaluate(folder)
    assert answer.code == 5
    assert "another run is writing here" in answer.messages


def test_quiet_is_quiet(folder: Path) -> None:
    answer = evaluate(folder, "-q")
    assert (answer.code, answer.text, answer.messages) == (0, "", "")


@pytest.mark.parametrize("size", [3, 12, 45])
def test_edits_are_those_of_sacrebleu(size: int) -> None:
    draw = random.Random(size)
    for vocabulary in (2, 5, 20):
        for _ in range(12):
            words = [f"w{n}" for n in range(vocabulary)]
            texts = [draw.choices(words, k=draw.randint(0, size)) for _ in range(2)]
            assert count_edits(*texts) == translation_edit_rate(*texts)[0], texts
