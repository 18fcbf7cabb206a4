"""Samples for raters: files without names of systems, and ratings that come back as scores."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.input.exchange.workbook import workbook_rows
from tests.commandline import call
from tests.devtools import Browser
from tests.evaluations import sentences, small_set, worsened, write_files

ENGLISH = sentences(12)
CHINESE = [segment.source for segment in small_set(ENGLISH).segments]
SYSTEMS = ("secretone", "secrettwo", "7")


def evaluate(folder: Path, *options: str) -> dict[str, float]:
    """Evaluate the three systems and return the human score of each, if there is one."""
    names = [part for n in SYSTEMS for part in ("--hypothesis", f"{n}={folder / n}.txt")]
    answer = call(
        *("evaluate", "--source", str(folder / "zh.txt"), "--reference", str(folder / "en.txt")),
        *(*names, "--metric", "chrf", "--trials", "100", "--output", str(folder / "out")),
        *options,
    )
    assert answer.code == 0, answer.messages
    value = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    rows = [(s["name"], m) for s in value["sets"][0]["systems"] for m in s["metrics"]]
    return {name: metric["score"] for name, metric in rows if metric["metric"] == "people"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rating")
    write_files(folder, zh=CHINESE, en=ENGLISH, documents=["a"] * 6 + ["b"] * 6)
    for number, name in enumerate(SYSTEMS):
        write_files(folder, **{name: worsened(ENGLISH, 0.3 * number, seed=number)})
    evaluate(folder, "--documents", str(folder / "documents.txt"))
    for protocol in ("esa", "mqm"):
        answer = call(
            *("rate", str(folder / "out"), "--sentences", "4", "--protocol", protocol),
            *("--output", str(folder / protocol), "--title", "News"),
        )
        assert answer.code == 0, answer.messages
    return folder


def key(folder: Path) -> list[dict[str, str]]:
    text = (folder / "esa/key.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def test_raters_do_not_learn_the_names(folder: Path) -> None:
    for name in ("esa/rating.html", "mqm/rating.html", "esa/sheet.csv"):
        assert "secret" not in (folder / name).read_text(encoding="utf-8"), name
    rows = key(folder)
    assert [row["item"] for row in rows] == [str(number) for number in range(1, 13)]
    assert {row["system"] for row in rows} == set(SYSTEMS)
    orders = {tuple(row["system"] for row in rows[at : at + 3]) for at in range(0, 12, 3)}
    assert len(orders) > 1  # another order for every sentence
    for _, cells in workbook_rows(folder / "esa/sheet.xlsx")[0]:
        assert "secret" not in "".join(cells)


def test_a_campaign_of_pearmut_has_its_fields(folder: Path) -> None:
    campaign = json.loads((folder / "mqm/pearmut.json").read_text(encoding="utf-8"))
    info = campaign["info"]
    assert (info["assignment"], info["protocol"]) == ("single-stream", "MQM")
    assert info["sliders"] == []  # else Pearmut asks for a score, which is no MQM
    assert info["mqm_categories"]["Fluency"] == ["Grammar", "Spelling", "Punctuation", "Register"]
    assert info["mqm_categories"]["Non-translation"] == []
    assert info["mqm_severities"] == ["Minor", "Major", "Critical"]
    assert len(campaign["data"]) == 4
    [item] = campaign["data"][0]
    assert set(item["tgt"]) == {"secretone", "secrettwo", "system 7"}  # it refuses a bare number
    assert "slider" not in info["instructions"]


SCORES = {"secretone": 90.0, "secrettwo": 60.0, "7": 20.0}


def test_a_sheet_comes_back(folder: Path) -> None:
    text = (folder / "esa/sheet.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    owners = {row["item"]: row["system"] for row in key(folder)}
    for row in rows[:-1]:
        row["score"] = str(SCORES[owners[row["item"]]])
    lines = io.StringIO()
    writer = csv.DictWriter(lines, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "esa/filled.csv").write_text(lines.getvalue(), encoding="utf-8-sig")
    assert evaluate(folder, "--human", f"people={folder / 'esa/filled.csv'}") == SCORES


def fill_sheet(folder: Path, column: str, values: dict[str, float]) -> Path:
    """Fill a column of the workbook as Excel does: numbers by item, in cells that were empty."""
    filled = folder / "esa/filled.xlsx"
    owners = {row["item"]: row["system"] for row in key(folder)}
    with zipfile.ZipFile(folder / "esa/sheet.xlsx") as book, zipfile.ZipFile(filled, "w") as out:
        for name in book.namelist():
            text = book.read(name).decode("utf-8")
            for item, owner in owners.items() if name.endswith("sheet1.xml") else ():
                place = f'<c r="{column}{int(item) + 1}" s="5"'
                assert f"{place}/>" in text
                text = text.replace(f"{place}/>", f"{place}><v>{values[owner]}</v></c>")
            out.writestr(name, text)
    return filled


def test_a_workbook_comes_back(folder: Path) -> None:
    filled = fill_sheet(folder, "E", SCORES)
    assert evaluate(folder, "--human", f"people={filled}") == SCORES
    filled = fill_sheet(folder, "G", dict.fromkeys(SCORES, 2))
    assert evaluate(folder, "--human", f"people={filled}") == dict.fromkeys(SCORES, -10.0)


def test_only_what_is_to_fill_in_can_be_changed(folder: Path) -> None:
    with zipfile.ZipFile(folder / "esa/sheet.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode("utf-8")
        assert book.read("xl/styles.xml").count(b'locked="0"') == 2
    assert '<sheetProtection sheet="1"' in sheet
    assert 'sqref="E2:E13"><formula1>0</formula1><formula2>100</formula2>' in sheet


def test_a_broken_workbook_is_refused(folder: Path) -> None:
    (folder / "esa/broken.xlsx").write_text("item,score", encoding="utf-8")
    answer = call(
        *("evaluate", "--source", str(folder / "zh.txt"), "--reference", str(folder / "en.txt")),
        *("--hypothesis", f"a={folder / 'en.txt'}", "--output", str(folder / "broken")),
        *("--metric", "chrf", "--human", f"people={folder / 'esa/broken.xlsx'}"),
    )
    assert answer.code == 2
    assert "broken.xlsx" in answer.messages
    assert "a damaged package" in answer.messages


def test_counts_of_errors_in_a_sheet_become_penalties(folder: Path) -> None:
    owners = {row["system"]: row["item"] for row in key(folder)}
    lines = ["item,minor,major,critical"]
    lines += [f"{owners['secretone']},2,,", f"{owners['secrettwo']},,1,1"]
    (folder / "esa/errors.csv").write_text("\n".join(lines), encoding="utf-8")
    found = evaluate(folder, "--human", f"people={folder / 'esa/errors.csv'}")
    assert found == {"secretone": -2.0, "secrettwo": -30.0, "7": None}


def test_files_of_several_raters_come_back_as_a_folder(folder: Path) -> None:
    back = folder / "esa/back"
    back.mkdir()
    for name, more in (("ann", 0), ("王小明", 4)):
        rows = [f"{row['item']},{SCORES[row['system']] + more}" for row in key(folder)]
        (back / f"{name}.csv").write_text("\n".join(["item,score", *rows]) + "\n", encoding="utf-8")
    scores = evaluate(folder, "--human", f"people={back}")
    assert scores == {name: score + 2 for name, score in SCORES.items()}
    value = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    [pair] = [row for row in value["sets"][0]["raters"] if row["b"]]
    assert (pair["a"], pair["b"], pair["gap"]) == ("ann", "王小明", 4)


def test_a_folder_without_ratings_is_refused(folder: Path) -> None:
    (folder / "nothing").mkdir()
    answer = call(
        *("evaluate", "--source", str(folder / "zh.txt"), "--reference", str(folder / "en.txt")),
        *("--hypothesis", f"a={folder / 'en.txt'}", "--output", str(folder / "refused")),
        *("--human", f"people={folder / 'nothing'}"),
    )
    assert answer.code == 2
    assert "nothing: holds no file of ratings (JSONL, XLSX, CSV, TSV)" in answer.messages


def test_annotations_of_pearmut_come_back(folder: Path) -> None:
    campaign = json.loads((folder / "esa/pearmut.json").read_text(encoding="utf-8"))
    rows = [
        {
            "item": document,
            "annotation": [
                {n: {"score": SCORES[n.split()[-1]], "error_spans": []} for n in item["tgt"]}
                for item in document
            ],
            "user_id": "ann",
            "item_i": number,
        }
        for number, document in enumerate(campaign["data"])
    ]
    rows.append({"item": [{}], "annotation": [{"x": {"score": 1}}], "item_i": "welcome_0"})
    skipped: list[dict[str, Any]] = [{name: {"score": None, "error_spans": []} for name in SYSTEMS}]
    actions = [{"action": "load"}, {"action": "submit_skip"}]
    rows.append(rows[0] | {"annotation": skipped, "actions": actions, "user_id": "bob"})
    rows.append(rows[0] | {"annotation": [None], "user_id": "cem"})
    (folder / "annotations.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
    )
    assert evaluate(folder, "--human", f"people={folder / 'annotations.jsonl'}") == SCORES
    (folder / "annotations.json").write_text(json.dumps({"c": rows}, indent=1), encoding="utf-8")
    assert evaluate(folder, "--human", f"people={folder / 'annotations.json'}") == SCORES


def test_an_unknown_system_is_refused(folder: Path) -> None:
    answer = call("rate", str(folder / "out"), "--system", "secretoen", "--output", "x")
    assert answer.code == 2
    assert "no system 'secretoen'; did you mean 'secretone'?" in answer.messages


SELECT = """(() => {
  const target = document.getElementById('target');
  const range = document.createRange();
  range.setStart(target.firstChild, %d);
  range.setEnd(target.firstChild, %d);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  target.dispatchEvent(new MouseEvent('mouseup', {bubbles: true}));
})()"""


def _set(browser: Browser, control: str, value: str) -> None:
    browser.evaluate(
        f"(() => {{ const one = document.getElementById('{control}'); one.value = '{value}';"
        "one.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


@pytest.mark.browser
def test_a_rating_made_in_the_page_comes_back(folder: Path, browser: Browser) -> None:
    browser.open((folder / "esa/rating.html").as_uri())
    _set(browser, "rater", "ann")
    assert browser.evaluate("document.getElementById('next').disabled") is True
    browser.evaluate(SELECT % (0, 4))
    assert browser.evaluate("document.querySelector('#target mark').className") == "minor"
    for row in key(folder):
        _set(browser, "score", str(int(SCORES[row["system"]])))
        browser.evaluate("document.getElementById('next').click()")
    assert browser.evaluate("document.getElementById('progress').value") == "12 of 12 rated"
    text = str(browser.evaluate("document.getElementById('result').value"))
    first = json.loads(text.splitlines()[0])
    assert first["errors"] == [{"start": 0, "end": 4, "severity": "minor", "category": ""}]
    assert first["rater"] == "ann"
    assert browser.seen("Runtime.exceptionThrown") == []
    (folder / "esa/ratings-ann.jsonl").write_text(text, encoding="utf-8")
    assert evaluate(folder, "--human", f"people={folder / 'esa/ratings-ann.jsonl'}") == SCORES


@pytest.mark.browser
def test_errors_with_categories_become_penalties(folder: Path, browser: Browser) -> None:
    browser.open((folder / "mqm/rating.html").as_uri())
    browser.evaluate("document.querySelectorAll('[name=severity]')[1].click()")
    browser.evaluate(SELECT % (0, 3))
    browser.evaluate(
        "(() => { const one = document.querySelectorAll('#errors select')[1];"
        "one.value = 'Non-translation'; one.dispatchEvent(new Event('change')); })()"
    )
    browser.evaluate("document.getElementById('missing').click()")
    browser.evaluate("document.getElementById('next').click()")
    text = str(browser.evaluate("document.getElementById('result').value"))
    (folder / "mqm/ratings.jsonl").write_text(text, encoding="utf-8")
    found = evaluate(folder, "--human", f"people={folder / 'mqm/ratings.jsonl'}")
    assert {score for score in found.values() if score is not None} == {-30.0}


def test_every_colour_and_font_of_the_page_is_defined(folder: Path) -> None:
    page = (folder / "esa/rating.html").read_text(encoding="utf-8")
    used = set(re.findall(r"var\((--[\w-]+)\)", page))
    assert used
    assert used <= set(re.findall(r"(--[\w-]+):", page))
