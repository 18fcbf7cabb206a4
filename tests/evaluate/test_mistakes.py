"""Mistakes that people make with the files of a campaign, and odd texts: what is said of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import Answer, call_in
from tests.evaluate.test_campaign import make_layout
from tests.evaluations import sentences, small_set, worsened, write_files

ENGLISH = sentences(40)
CHINESE = [segment.source for segment in small_set(ENGLISH).segments]
GOOD, BAD = worsened(ENGLISH, 0.3), worsened(ENGLISH, 0.9, seed=2)
BARE = """output: out
metrics: [chrf]
sets: [{kind: files, name: zh, source: zh.txt}]
systems: [{kind: file, name: good, path: good.txt}]
"""
SET = ("--source", "zh.txt", "--reference", "en.txt", "--metric", "chrf", "--trials", "100")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mistakes")
    write_files(folder, zh=CHINESE, en=ENGLISH, good=GOOD, same=GOOD, bad=BAD, empty=[""] * 40)
    write_files(folder, short=[*GOOD[:20], *GOOD[21:]], long=[*GOOD[:20], *GOOD[19:]])
    write_files(folder, cut=GOOD[:-1], pointer=["version https://git-lfs.github.com/spec/v1", "x"])
    write_files(
        folder, human=["system\tseg_id\trater\tscore", "good\t1\tann\t80", "good\t2\tann\t"]
    )
    write_files(folder, blemish=["It&#39;s here.", *GOOD[1:]], twin=["It&#39;s here.", *GOOD[1:]])
    write_files(folder, sheet=["item,score", "1,170"])
    (folder / "key.tsv").write_text("item\tset\tsegment\tsystem\n1\tzh\t1\tgood\n", "utf-8")
    (folder / "bare.yaml").write_text(BARE, encoding="utf-8")
    make_layout(folder / "wmt23")
    return folder


def evaluate(folder: Path, *options: str, systems: str = "good", rc: int = 0) -> Answer:
    names = [part for name in systems.split() for part in ("--hypothesis", f"{name}={name}.txt")]
    answer = call_in(folder, "evaluate", *SET, *names, "--output", "out", *options)
    assert answer.code == rc, answer.messages
    return answer


def result_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "out/evaluation.json").read_text("utf-8"))
    return value


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "short",
            "short.txt: 39 lines, but the set 'zh' has 40 segments; from line 21 on, the lines "
            "fit the reference better one line later: a line is missing before it\n",
        ),
        (
            "long",
            "long.txt: 41 lines, but the set 'zh' has 40 segments; from line 21 on, the lines "
            "fit the reference better one line earlier: a line is there twice or cut in two "
            "before it\n",
        ),
        ("cut", "cut.txt: 39 lines, but the set 'zh' has 40 segments\n"),
        ("pointer", "pointer.txt: a pointer of Git LFS, not the file; run: git lfs pull\n"),
    ],
)
def test_a_file_that_does_not_fit_says_where(folder: Path, name: str, line: str) -> None:
    assert evaluate(folder, systems=name, rc=2).messages.endswith(line)


def test_of_two_equal_systems_the_blemishes_are_named_once(folder: Path) -> None:
    said = evaluate(folder, systems="blemish twin bad")
    assert "twin on zh: has the same text as blemish: is it the wrong file?" in said.messages
    assert said.messages.count("HTML entities") == 1
    assert "blemish: 1 of 40 lines, and some of 1 other system, have HTML entities" in said.text


def test_what_stands_out_begins_with_the_best_system(folder: Path) -> None:
    evaluate(folder, "--human", "da=human.txt", systems="good bad empty")
    lines = result_of(folder)["stands_out"]
    assert lines[0].startswith("good leads in chrF")
    assert "da has no rating for bad and empty." in lines


def test_a_system_without_text_is_no_contrast(folder: Path) -> None:
    evaluate(folder, systems="good bad empty")
    page = (folder / "out/evaluation.html").read_text(encoding="utf-8")
    start = page.index('class="worst contrasts"')
    contrasts = page[start : page.index("</ol>", start)]
    assert "<b>empty" not in contrasts
    assert "<b>bad" in contrasts


def test_metrics_have_one_name_in_a_report(folder: Path) -> None:
    scores = [f"{number}\t{number * 2}\t{50 - number}" for number in range(1, 41)]
    write_files(folder, rated=["seg_id\tgood\tbad", *scores])
    said = evaluate(folder, "--human", "da=rated.txt", systems="good bad")
    assert "chrF agrees best with da" in said.text
    assert "\nchrf" not in said.text
    assert "| good | bad | chrF |" in (folder / "out/evaluation.md").read_text(encoding="utf-8")


def test_one_segment_is_too_few(folder: Path) -> None:
    write_files(folder, zh1=CHINESE[:1], en1=ENGLISH[:1], a=GOOD[:1], b=BAD[1:2])
    options = ("--source", "zh1.txt", "--reference", "en1.txt", "--hypothesis", "a=a.txt")
    said = call_in(folder, "evaluate", *options, "--hypothesis", "b=b.txt", "--output", "one")
    assert said.code == 0
    assert "with 1 segment and 1 pair of systems the smallest possible p-value" in said.messages


def test_a_set_without_references_gets_another_advice(folder: Path) -> None:
    evaluate(folder, "--reference", "empty.txt")  # a second reference may be empty
    said = call_in(folder, "evaluate", "-c", "bare.yaml")
    assert said.code == 2
    assert (
        "sets: zh: 40 of 40 segments have no reference (first: 1), but chrf needs one; give the "
        "set references, or choose metrics that need none" in said.messages
    )


def test_a_score_outside_the_scale_of_the_sheet_is_refused(folder: Path) -> None:
    said = evaluate(folder, "--human", "esa=sheet.txt", rc=2).messages
    assert "human.esa: sheet.txt:2: a score is from 0 to 100; found 170" in said


def test_a_name_is_given_once(folder: Path) -> None:
    for option in ("--human", "--metric"):
        said = evaluate(folder, option, "x=human.txt", option, "x=other", rc=2).messages
        assert f"{option}: the name 'x' is given twice" in said


def test_a_system_of_ones_own_is_scored_beside_a_campaign(folder: Path) -> None:
    write_files(folder, own=sentences(20, seed=9))
    options = ("--metric", "chrf", "--trials", "100", "--output", "out")
    campaign = ("evaluate", "--campaign", "wmt23", *options, "--hypothesis")
    assert call_in(folder, *campaign, "own=own.txt").code == 0
    names = [system["name"] for system in result_of(folder)["sets"][0]["systems"]]
    assert names == ["refB", "fair", "poor", "own"]
    said = call_in(folder, *campaign, "fair=own.txt")
    assert said.code == 2
    assert "the campaign has a system 'fair' too; rename yours" in said.messages
    said = call_in(folder, *campaign, "own=own.txt", "--source", "zh.txt")
    assert said.code == 2
    assert "--campaign brings its own texts; leave out --source" in said.messages
