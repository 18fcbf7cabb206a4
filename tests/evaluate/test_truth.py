"""What an evaluation says agrees with itself: p-values, directions, intervals, power."""

import csv
import io
import json
import re
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import Dataset, DatasetDict

from pipeline.cli import main
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.render.html import evaluation_html
from pipeline.evaluate.results import delta_text, p_text
from pipeline.evaluate.significance import automatic_trials, needed_draws
from tests.evaluations import plain_config, sentences, small_set, worsened, write_files

ENGLISH = sentences(60)
GOOD = worsened(ENGLISH, 0.2, seed=2)
BAD = worsened(GOOD, 0.3, seed=3)
NEAR = [GOOD[0] + " x", *GOOD[1:]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chinese = [segment.source for segment in small_set(ENGLISH).segments]
    write_files(tmp_path, zh=chinese, en=ENGLISH, good=GOOD, bad=BAD, copy=GOOD, near=NEAR)
    return tmp_path


@dataclass(frozen=True)
class Answer:
    exit_code: int
    stdout: str
    stderr: str


def pipeline(*words: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        patch.setattr("sys.argv", ["pipeline", *words])
        with pytest.raises(SystemExit) as caught:
            main()
    return Answer(int(caught.value.code or 0), out.getvalue(), err.getvalue())


def write_config(folder: Path, systems: Sequence[str], **more: Any) -> str:
    value = plain_config(folder, systems, **more).model_dump(mode="json", exclude_unset=True)
    path = folder / "evaluate.yaml"
    path.write_text(yaml.safe_dump(value), encoding="utf-8")
    return str(path)


def read_json(folder: Path) -> Any:
    return json.loads((folder / "evaluation/evaluation.json").read_text(encoding="utf-8"))


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("test", ["randomization", "bootstrap"])
def test_one_question_has_one_p_value_in_every_output(folder: Path, test: str) -> None:
    junit = folder / "junit.xml"
    file = write_config(
        folder, ["near", "bad"], test=test, trials=300, metrics=["chrf++"], bootstrap_samples=300
    )
    gate = "gate={chrf++: {max_drop: 0, against: bad}, }"
    words = ("-c", file, "--set", gate, "--junit", str(junit))
    assert pipeline("evaluate", *words).exit_code == 0
    [pair] = read_json(folder)["sets"][0]["comparisons"]
    [row] = read_csv(folder / "evaluation/comparisons.csv")
    assert float(row["p_value"]) == pytest.approx(pair["p_value"], rel=1e-9)
    sides = (f"{folder}/evaluation:near", f"{folder}/evaluation:bad")
    asked = ("-c", file, "--metric", "chrf++", "--max-drop", "0.1")
    compared = pipeline("compare", *sides, *asked)
    [found] = json.loads(pipeline("compare", *sides, "-c", file, "--format", "json").stdout)
    assert found["changes"][0]["p_value"] == pair["p_value"]
    assert found["changes"][0]["delta"] == pytest.approx(pair["delta"], abs=1e-5)
    text = p_text(pair["p_value"], 0.05)
    assert re.search(rf"^chrF\+\+ .*  {re.escape(text)}  worse", compared.stdout, re.MULTILINE)
    for said in (compared.stderr, junit.read_text(encoding="utf-8")):
        assert f"p = {text}" in said
    markdown = (folder / "evaluation/evaluation.md").read_text(encoding="utf-8")
    page = (folder / "evaluation/evaluation.html").read_text(encoding="utf-8")
    assert f"| {text} |" in markdown
    assert f">{text}<" in page


def test_groups_of_a_gate_have_the_p_values_of_the_table(folder: Path) -> None:
    file = write_config(folder, ["good", "bad"])
    pipeline("evaluate", "-c", file, "-q")
    sides = (f"{folder}/evaluation:good", f"{folder}/evaluation:bad")
    compared = pipeline("compare", *sides, "--max-drop", "0")
    said = re.findall(r"    (sentences .*?) \(\d+\) fell .* \(p (?:= )?(.*)\)", compared.stderr)
    table = dict(
        re.findall(r"^(sentences \S.*?)  +\d+  .*  (\S.*)$", compared.stdout, re.MULTILINE)
    )
    assert said
    assert said == [(name, table[name]) for name, _ in said]


def test_differences_have_one_direction_and_say_it(folder: Path) -> None:
    file = write_config(folder, ["good", "bad"], metrics=["ter", "chrf"])
    pipeline("evaluate", "-c", file, "-q")
    deltas = {each["metric"]: each["delta"] for each in read_json(folder)["sets"][0]["comparisons"]}
    assert deltas["ter"] > 0 > deltas["chrf"]
    for name in ("evaluation.md", "evaluation.html"):
        text = (folder / "evaluation" / name).read_text(encoding="utf-8")
        assert "B − A" in text
        assert "a − b" not in text
        assert "good is better" in text
    sides = (f"{folder}/evaluation:good", f"{folder}/evaluation:bad")
    text = pipeline("compare", *sides, "--metric", "ter", "--metric", "chrf").stdout
    rows = re.findall(r"^(TER ↓|chrF|sentences .*?)  .*  ([+-][\d.]+)  ", text, re.MULTILINE)
    signs = {name: delta[0] for name, delta in rows}
    assert signs["TER ↓"] == "+"
    assert signs["chrF"] == "-"
    assert {sign for name, sign in signs.items() if name.startswith("sentences")} == {"+"}
    worsened_rows = text.partition("most worsened")[2]
    assert re.search(r"B − A \+[\d.]+ TER", worsened_rows)
    assert not re.search(r"B − A -[\d.]+ TER", worsened_rows)


@pytest.mark.parametrize("count", [0, 2])
def test_as_many_sentences_are_shown_as_are_asked_for(folder: Path, count: int) -> None:
    pipeline("evaluate", "-c", write_config(folder, ["good", "bad"]), "-q")
    sides = (f"{folder}/evaluation:good", f"{folder}/evaluation:bad")
    text = pipeline("compare", *sides, "--sentences", str(count), "--metric", "chrf").stdout
    assert text.count("    zh ") == count
    assert ("most worsened" in text) == bool(count)
    [found] = json.loads(
        pipeline("compare", *sides, "--sentences", str(count), "--format", "json").stdout
    )
    assert (len(found["worsened"]), len(found["improved"])) == (count, 0)


def test_without_resamples_there_is_no_interval_anywhere(folder: Path) -> None:
    file = write_config(folder, ["good", "bad"], bootstrap_samples=0)
    shown = pipeline("evaluate", "-c", file)
    assert re.search(r"^good +\d+\.\d 1\.", shown.stdout, re.MULTILINE)
    assert "–" not in shown.stdout.partition("chrF++:")[0]
    metrics = read_json(folder)["sets"][0]["systems"][0]["metrics"]
    assert {(each["low"], each["high"]) for each in metrics} == {(None, None)}
    [row, *_] = read_csv(folder / "evaluation/scores.csv")
    assert (row["low"], row["high"]) == ("", "")
    for name in ("evaluation.md", "evaluation.html", "scores.tex"):
        text = (folder / "evaluation" / name).read_text(encoding="utf-8")
        assert not re.search(r"Intervals are|class=\"range\"|class=\"interval\"|\\pm", text)
        assert not re.search(r"\d\.\d \(|\bnan\b", text.partition("Every pair")[0].split("|")[0])


def test_a_single_segment_has_no_interval(folder: Path) -> None:
    write_files(folder, zh=["你好。"], en=["Hello there."], good=["Hello."])
    shown = pipeline("evaluate", "-c", write_config(folder, ["good"]))
    assert re.search(r"^good +\d+\.\d 1\.", shown.stdout, re.MULTILINE)


BOUNDS = [
    ("trials=99", "trials: 99 is too small; it must be at least 100"),
    ("trials=1000001", "trials: 1000001 is too large"),
    ("trials=many", "trials: 'many' is not allowed; choose"),
    ("bootstrap_samples=99", "bootstrap_samples: 99 is too small; it must be at least 100, or 0"),
    ("bootstrap_samples=1", "bootstrap_samples: 1 is too small; it must be at least 100, or 0"),
    ("bootstrap_samples=-1", "bootstrap_samples: -1 is too small; it must be at least 100, or 0"),
]


@pytest.mark.parametrize(("setting", "message"), BOUNDS)
def test_too_few_draws_are_refused_in_a_line(folder: Path, setting: str, message: str) -> None:
    answer = pipeline("evaluate", "-c", write_config(folder, ["good"]), "--set", setting)
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_test_that_can_find_nothing_says_so_and_what_it_needs(folder: Path) -> None:
    file = write_config(folder, ["good", "copy", "bad", "near"], metrics=["chrf"], trials=110)
    answer = pipeline("evaluate", "-c", file)
    said = "No difference can be significant, however large: with 110 trials and 6 pairs"
    assert f"warning: news: {said}" in answer.stderr
    assert "set trials to 120 or more" in answer.stderr
    assert said in answer.stdout
    assert read_json(folder)["sets"][0]["powerless"].startswith(said)
    for name in ("evaluation.md", "evaluation.html"):
        assert said in (folder / "evaluation" / name).read_text(encoding="utf-8")
    enough = pipeline("evaluate", "-c", file, "--set", "trials=120")
    assert "No difference" not in enough.stdout + enough.stderr
    found = {each["rank"] for s in read_json(folder)["sets"][0]["systems"] for each in s["metrics"]}
    assert found == {1, 4}


def test_too_few_resamples_and_too_few_segments_are_said_too(folder: Path) -> None:
    systems = ["good", "copy", "bad", "near"]
    file = write_config(folder, systems, metrics=["chrf"], test="bootstrap", bootstrap_samples=100)
    answer = pipeline("evaluate", "-c", file)
    assert "set bootstrap_samples to 120 or more" in answer.stderr
    write_files(folder, zh=["你好。"] * 4, en=ENGLISH[:4], good=ENGLISH[:4], bad=["x"] * 4)
    answer = pipeline("evaluate", "-c", write_config(folder, ["good", "bad"]))
    assert "with 4 segments and 1 pair of systems" in answer.stderr
    assert "take a larger test set" in answer.stderr


def test_trials_follow_the_number_of_pairs(folder: Path) -> None:
    assert [automatic_trials(pairs, 0.05) for pairs in (0, 1, 231, 780, 25_000)] == [
        10_000,
        10_000,
        10_000,
        100_000,
        1_000_000,
    ]
    for pairs in (1, 105, 528, 780):
        draws = needed_draws(pairs, 0.05)
        assert pairs / (draws + 1) < 0.05 <= pairs / draws
    file = write_config(folder, ["good", "bad"], metrics=["chrf"])
    words = ("--set", "trials=auto", "--set", "significance=0.00005")
    answer = pipeline("evaluate", "-c", file, *words)
    assert "warning" not in answer.stderr
    [result] = read_json(folder)["sets"]
    assert result["trials"] == 100_000
    assert "from 100,000 trials" in (folder / "evaluation/evaluation.md").read_text("utf-8")


def test_a_line_holds_for_the_metric_it_is_drawn_under(folder: Path) -> None:
    """TER does not see case, chrF does: `upper` is best in TER and worst in chrF."""
    upper = [text.upper() for text in ENGLISH]
    write_files(folder, upper=upper)
    config = plain_config(folder, ["good", "upper"], metrics=["chrf", "ter"])
    evaluation = evaluate(config)
    [result] = evaluation.sets
    assert [system.metrics[0].rank for system in result.systems] == [1, 2]
    assert [system.metrics[1].rank for system in result.systems] == [2, 1]
    page = evaluation_html(evaluation)
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = re.findall(r"<(tr|td)(?: class=\"([^\"]*)\")?>", body)
    assert [("cut" in kinds.split(), tag) for tag, kinds in lines] == [
        (False, "tr"),
        (False, "td"),
        (False, "td"),
        (False, "tr"),
        (True, "td"),
        (False, "td"),
    ]
    assert "everybody above" not in page
    assert "every system above it is significantly better in that metric" in page


def test_ties_are_called_ties_and_scores_never_look_alike(folder: Path) -> None:
    evaluation = evaluate(plain_config(folder, ["near", "good", "copy"], metrics=["chrf"]))
    line = evaluation.stands_out[0]
    assert line.startswith("good and copy share the best score in chrF (")
    assert line.endswith("but near cannot be distinguished from them.")
    assert len(set(re.findall(r"\d+\.\d+", line))) == 2
    alone = evaluate(plain_config(folder, ["good", "copy"], metrics=["chrf"])).stands_out[0]
    assert "next" not in alone


P_TEXTS = [
    (0.04998, 0.05, "0.04998"),
    (0.049999, 0.05, "0.049999"),
    (0.05, 0.05, "0.0500"),
    (0.0500012, 0.05, "0.0500"),
    (0.00001, 0.05, "< 0.0001"),
    (0.00002, 0.00001, "0.0000200"),
    (1.0, 0.05, "1.0000"),
]


@pytest.mark.parametrize(("value", "significance", "text"), P_TEXTS)
def test_a_p_value_is_never_rounded_across_the_level(
    value: float, significance: float, text: str
) -> None:
    assert p_text(value, significance) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.00"), (0.0004, "+0.0004"), (-0.0004, "-0.0004"), (1.5, "+1.50")]
)
def test_a_difference_is_not_rounded_to_none(value: float, text: str) -> None:
    assert delta_text(value, 1) == text


def test_empty_lines_and_entities_are_said(folder: Path) -> None:
    write_files(folder, gaps=["", "  ", *GOOD[2:]], web=[t.replace(".", "&#39;") for t in GOOD])
    lines = evaluate(plain_config(folder, ["gaps", "web"], metrics=["chrf"])).stands_out
    assert "gaps: 2 of 60 lines are empty and are scored as empty." in lines
    assert any(re.match(r"web: \d+ of 60 lines have HTML entities", line) for line in lines)
    write_files(folder, some=["It&#39;s fine.", *GOOD[1:]])
    several = evaluate(plain_config(folder, ["some", "web"], metrics=["chrf"])).stands_out
    [line] = [line for line in several if "HTML entities" in line]  # not a line per system
    assert re.match(r"web: \d+ of 60 lines, and some of 1 other system, have", line)


ROWS = [
    {"id": "1", "translation": {"zh": "全村有25人。", "en": "The village has 25 people."}},
    {"id": "2", "translation": {"zh": "今天下雨。", "en": "It rained today."}},
]


@pytest.mark.parametrize("kind", ["single", "several"])
def test_a_saved_dataset_is_evaluated(tmp_path: Path, kind: str) -> None:
    rows = Dataset.from_list(ROWS)
    saved = rows if kind == "single" else DatasetDict({"dev": rows, "test": rows.select([0])})
    saved.save_to_disk(tmp_path / "set")
    write_files(tmp_path, ours=["The village has 25 people.", "It rains today."])
    value = {
        "output": str(tmp_path / "evaluation"),
        "sets": [
            {"kind": "dataset", "name": "s", "path": str(tmp_path / "set"), "split": "dev"}
            | {"source": "translation.zh", "references": ["translation.en"]}
        ],
        "systems": [{"kind": "file", "name": "ours", "path": str(tmp_path / "ours.txt")}],
        "metrics": ["chrf"],
    }
    file = tmp_path / "evaluate.yaml"
    file.write_text(yaml.safe_dump(value), encoding="utf-8")
    answer = pipeline("evaluate", "-c", str(file))
    assert answer.exit_code == 0, answer.stderr
    assert read_json(tmp_path)["sets"][0]["segments"] == 2
    if kind == "several":
        file.write_text(yaml.safe_dump(value).replace("split: dev", "split: x"), encoding="utf-8")
        answer = pipeline("evaluate", "-c", str(file))
        assert answer.exit_code == 2
        assert "has no 'x'; choose dev, test" in answer.stderr
    else:
        next((tmp_path / "set").glob("*.arrow")).write_bytes(b"damaged")
        answer = pipeline("evaluate", "-c", str(file))
        assert (answer.exit_code, "cannot be loaded" in answer.stderr) == (2, True)


def test_counting_and_comparing_show_progress(folder: Path) -> None:
    seen: dict[str, list[float]] = {}

    class Task:
        def __init__(self, title: str) -> None:
            self.title = title

        def __enter__(self) -> "Task":
            return self

        def __exit__(self, *error: object) -> None:
            return None

        def update(self, done: float, note: str = "") -> None:
            seen.setdefault(self.title, []).append(done)

    config = plain_config(folder, ["good", "bad"], metrics=["ter"])
    evaluate(config, watch=lambda title, total: Task(title))
    assert seen["counting"][-1] == 240  # TER and the checks
    assert seen["comparing"][-1] == 500
