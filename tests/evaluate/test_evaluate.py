"""An evaluation from its config to its files; gates; comparisons."""

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline.config.file import checked, load_section
from pipeline.config.gate_rule import GateRule
from pipeline.errors import ConfigError, StoreError
from pipeline.evaluate.compare import compare_outputs
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.difference import word_differences
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.groups import segment_groups
from pipeline.evaluate.metrics import counts
from pipeline.evaluate.render.comparison import comparison_json, comparison_text
from pipeline.evaluate.render.json import read_sentences
from pipeline.evaluate.render.junit import github_annotations, junit_xml
from pipeline.evaluate.verdict import GateVerdict
from pipeline.evaluate.write import make_evaluation
from tests.evaluations import plain_config, sentences, small_set, worsened, write_files

ENGLISH = sentences(60)
GOOD = worsened(ENGLISH, 0.2, seed=2)
BAD = worsened(GOOD, 0.3, seed=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chinese = [segment.source for segment in small_set(ENGLISH).segments]
    write_files(tmp_path, zh=chinese, en=ENGLISH, good=GOOD, bad=BAD, copy=GOOD)
    return tmp_path


def test_an_evaluation_has_the_agreed_form_and_every_file(folder: Path) -> None:
    made = make_evaluation(plain_config(folder, ["good", "bad"]), lambda line: None)
    assert [path.name for path in made.files][:3] == [
        "evaluation.html",
        "evaluation.md",
        "evaluation.json",
    ]
    value = json.loads(made.files[2].read_text(encoding="utf-8"))
    [result] = value["sets"]
    assert [system["name"] for system in result["systems"]] == ["good", "bad"]
    for system in result["systems"]:
        for metric in system["metrics"]:
            assert {"name", "score", "low", "high", "signature"} <= metric.keys()
            assert metric["low"] <= metric["score"] <= metric["high"]
    [chrf, _] = result["comparisons"]
    assert {"a", "b", "metric", "delta", "p_value"} <= chrf.keys()
    assert (chrf["a"], chrf["b"], chrf["better"]) == ("good", "bad", "good")
    assert chrf["delta"] < 0  # b less a
    assert chrf["p_value"] < 0.01
    text = (folder / "evaluation/scores.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 4
    latex = (folder / "evaluation/scores.tex").read_text(encoding="utf-8")
    assert r"\textbf" in latex
    assert "bs:200" in latex
    [(test_set, outputs)] = read_sentences(folder / "evaluation")
    assert [output.hypotheses for output in outputs] == [tuple(GOOD), tuple(BAD)]
    assert [segment.references for segment in test_set.segments] == [(text,) for text in ENGLISH]


def test_one_more_system_costs_only_that_system(folder: Path) -> None:
    told: list[str] = []
    evaluate(plain_config(folder, ["good"]), told.append)
    evaluate(plain_config(folder, ["good", "bad"]), told.append)
    again = evaluate(plain_config(folder, ["good", "bad", "copy"]), told.append)
    assert [line.split("; ")[1] for line in told if "; " in line] == [
        "3 of 3 tables of counts made",
        "3 of 6 tables of counts made",
        "0 of 9 tables of counts made",  # the same text under another name
    ]
    fresh = evaluate(plain_config(folder, ["good", "bad", "copy"], cache=str(folder / "other")))
    assert again == fresh


def test_an_equal_copy_shares_the_rank_and_a_worse_one_does_not(folder: Path) -> None:
    result = evaluate(plain_config(folder, ["good", "copy", "bad"])).sets[0]
    assert [system.metrics[0].rank for system in result.systems] == [1, 1, 3]
    assert [system.metrics[0].group for system in result.systems] == [1, 1, 2]
    [pair] = [c for c in result.comparisons if {c.a, c.b} == {"good", "copy"}][:1]
    assert (pair.delta, pair.p_value) == (0, 1)


def test_more_processes_count_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_SMALLEST_PARALLEL", 1)
    long = sentences(60, seed=5)
    chinese = [segment.source for segment in small_set(long).segments]
    write_files(folder, zh=chinese, en=long, good=worsened(long, 0.4))
    one, two = (
        evaluate(
            plain_config(
                folder,
                ["good"],
                metrics=["ter"],
                cache=str(folder / f"cache{threads}"),
                runtime={"threads": threads},
            )
        ).sets
        for threads in (1, 2)
    )
    assert one == two


def test_a_damaged_table_of_counts_is_told(folder: Path) -> None:
    evaluate(plain_config(folder, ["good"]))
    for path in (folder / "evaluation/statistics").iterdir():
        path.write_text("[[1, 2", encoding="utf-8")
    with pytest.raises(StoreError, match="delete it and run again"):
        evaluate(plain_config(folder, ["good"]))


# what is changed in a good config, and how the one line begins
MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"metrics": ["blue"]}, "test: metrics: 'blue' is not a metric; did you mean 'bleu'?"),
    (
        {"trained_metrics": {"bleu": {"kind": "comet", "path": "x"}}},
        "test: trained_metrics: 'bleu' is already a metric; choose another name",
    ),
    (
        {"trained_metrics": {"a/b": {"kind": "comet", "path": "x"}}},
        "test: trained_metrics: 'a/b': a name has letters, digits and . _ + - only",
    ),
    (
        {"trained_metrics": {"x": {"path": "x"}}},
        "test: trained_metrics.x.kind: required, but not given; choose 'comet' or 'metricx'",
    ),
    (
        {"trained_metrics": {"x": {"kind": "comet", "path": "x", "precison": "auto"}}},
        "test: trained_metrics.x.precison: unknown key; did you mean 'precision'?",
    ),
    ({"trained_metrics": {"x": {"kind": "gemba"}}}, "test: trained_metrics.x.kind: 'gemba' is"),
    ({"sets": []}, "test: sets: needs at least 1 entry, found 0"),
    ({"test": "luck"}, "test: test: 'luck' is not allowed"),
    ({"trials": "many"}, "test: trials: 'many' is not allowed; choose a number of trials of"),
    ({"gate": {"bleu": {"min": 1}}}, "test: gate.bleu: not one of metrics"),
    ({"gate": {"ter": {}}}, "test: gate.ter: needs one of 'min', 'max' or 'max_drop'"),
    (
        {"gate": {"ter": {"max_drop": 1}}},
        "test: gate.ter: 'max_drop' and 'against' need each other",
    ),
    ({"gate": {"ter": {"mni": 1}}}, "test: gate.ter.mni: unknown key; did you mean 'min'?"),
    ({"sets": [{"name": "x"}]}, "test: sets.0.kind: required, but not given; choose 'files'"),
    (
        {"test": "bootstrap", "bootstrap_samples": 0},
        "test: test: bootstrap needs at least 100 bootstrap_samples",
    ),
    (
        {"systems": [{"kind": "file", "name": "x", "paht": "y", "path": "y"}]},
        "test: systems.0.paht: unknown key; did you mean 'path'?",
    ),
    (
        {"systems": [{"kind": "run", "name": n, "path": "y"} for n in "xx"]},
        "test: systems: the name 'x' is given twice",
    ),
]


@pytest.mark.parametrize(("change", "line"), MISTAKES)
def test_a_mistake_is_told_with_place_and_mend(change: dict[str, Any], line: str) -> None:
    values = {
        "output": "out",
        "sets": [{"kind": "files", "name": "news", "source": "zh"}],
        "systems": [{"kind": "file", "name": "good", "path": "good"}],
        "metrics": ["ter"],
    }
    with pytest.raises(ConfigError) as caught:
        checked(values | change, EvaluationConfig, "test")
    assert caught.value.problems[0].startswith(line), caught.value.problems


def test_files_that_do_not_fit_are_told(folder: Path) -> None:
    write_files(folder, short=GOOD[:-1])
    with pytest.raises(ConfigError, match="59 lines, but the set 'news' has 60 segments"):
        evaluate(plain_config(folder, ["short"]))
    with pytest.raises(ConfigError, match=r"none\.txt: no such file"):
        evaluate(plain_config(folder, ["none"]))
    (folder / "en.txt").write_text("\n" * 60, encoding="utf-8")
    with pytest.raises(ConfigError, match="60 of 60 segments have no reference"):
        evaluate(plain_config(folder, ["good"]))


# rule, exit of the gate, words of the verdict
RULES = [
    (GateRule(min=1), True, "at least 1 is wanted"),
    (GateRule(min=99), False, "at least 99 is wanted"),
    (GateRule(max=1), False, "at most 1 is wanted"),
    (GateRule(max_drop=0.5, against="good"), False, "worse than good"),
    (GateRule(max_drop=90, against="good"), True, "90 worse is allowed"),
    (GateRule(max_drop=0, against="bad"), True, "0.00 better than bad"),
]


@pytest.mark.parametrize(("rule", "passes", "words"), RULES)
def test_a_gate_says_whether_a_rule_holds_and_why(
    folder: Path, rule: GateRule, passes: bool, words: str
) -> None:
    config = plain_config(folder, ["bad", "good"], gate={"chrf++": rule.model_dump()})
    [verdict] = make_evaluation(config, lambda line: None).verdicts
    assert (verdict.passed, words in verdict.message) == (passes, True), verdict
    if not passes and rule.max_drop is not None:
        assert any("fell by" in line and "sentences" in line for line in verdict.details)


def test_a_gate_holds_tonight_against_the_last_evaluation_in_the_same_folder(folder: Path) -> None:
    gate = {"chrf++": {"max_drop": 0.5, "against": str(folder / "evaluation")}}
    make_evaluation(plain_config(folder, ["good"]), lambda line: None)
    same = make_evaluation(plain_config(folder, ["good"], gate=gate), lambda line: None)
    write_files(folder, good=BAD)
    worse = make_evaluation(plain_config(folder, ["good"], gate=gate), lambda line: None)
    assert [same.verdicts[0].passed, worse.verdicts[0].passed] == [True, False]


def test_a_gate_judges_the_first_system_only_on_the_sets_it_has(folder: Path) -> None:
    write_files(folder, **{"ours-news": GOOD})
    sets = [
        {"kind": "files", "name": name, "source": str(folder / "zh.txt")}
        | {"references": [str(folder / "en.txt")]}
        for name in ("other", "news")
    ]
    systems = [
        {"kind": "file", "name": "ours", "path": str(folder / "ours-{set}.txt")},
        {"kind": "file", "name": "bad", "path": str(folder / "bad.txt")},
    ]
    gate = {"chrf++": {"min": 1}}
    base = plain_config(folder, ["good"]).model_dump()
    config = EvaluationConfig.model_validate(
        base | {"sets": sets, "systems": systems, "gate": gate}
    )
    made = make_evaluation(config, lambda line: None)
    assert [len(result.systems) for result in made.evaluation.sets] == [1, 2]
    assert [verdict.name for verdict in made.verdicts] == ["news: chrF++ min 1"]


def test_ter_falls_when_it_rises(folder: Path) -> None:
    gate = {"ter": {"max_drop": 0.5, "against": "good"}}
    config = plain_config(folder, ["bad", "good"], metrics=["ter"], gate=gate)
    [verdict] = make_evaluation(config, lambda line: None).verdicts
    assert not verdict.passed
    assert "worse than good" in verdict.message


def test_a_comparison_shows_what_changed(folder: Path) -> None:
    make_evaluation(plain_config(folder, ["good", "bad"]), lambda line: None)
    a, b = f"{folder}/evaluation:good", f"{folder}/evaluation:bad"
    [found], verdicts = compare_outputs(a, b, ["chrf++"], sentences=3, max_drop=0.5)
    assert [change.metric for change in found.changes] == ["chrF++", "flagged"]
    assert found.changes[0].gain < 0
    assert found.worse(0.05)[0].metric == "chrF++"
    assert len(found.worsened) == 3
    assert found.improved == ()
    assert found.equal == 42
    assert not verdicts[0].passed
    text = comparison_text([found])
    assert "most worsened" in text
    assert "[" in text.partition("most worsened")[2]
    assert json.loads(comparison_json([found]))[0]["segments"] == 60
    [equal], verdicts = compare_outputs(a, a, ["chrf++"], sentences=3, max_drop=0.0)
    assert [change.p_value for change in equal.changes] == [1, 1]
    assert verdicts[0].passed


def test_what_cannot_be_compared_is_told(folder: Path) -> None:
    make_evaluation(plain_config(folder, ["good"]), lambda line: None)
    good = f"{folder}/evaluation:good"
    for name, words in (
        (f"{folder}/evaluation", "an evaluation; write"),
        (f"{folder}/evaluation:god", "did you mean 'good'"),
        (f"{folder}/nowhere", "neither a run folder nor"),
    ):
        with pytest.raises(ConfigError, match=words):
            compare_outputs(good, name, ["bleu"], sentences=1, max_drop=None)
    write_files(folder, en=[*ENGLISH[:-1], "Another reference."])
    make_evaluation(plain_config(folder, ["good"], output=str(folder / "other")), lambda line: None)
    with pytest.raises(ConfigError, match="was evaluated on other segments"):
        compare_outputs(good, f"{folder}/other:good", ["bleu"], sentences=1, max_drop=None)


# two texts, and what only each of them has
WORDS = [
    ("a b c", "a b c", [], []),
    ("a b c", "a x c", ["b"], ["x"]),
    ("a b", "a b c d", [], ["c d"]),
    ("", "a", [], ["a"]),
    ("", "", [], []),
]


@pytest.mark.parametrize(("a", "b", "only_a", "only_b"), WORDS)
def test_words_that_only_one_text_has_are_found(
    a: str, b: str, only_a: list[str], only_b: list[str]
) -> None:
    left, right = word_differences(a, b)
    assert [text for text, changed in left if changed] == only_a
    assert [text for text, changed in right if changed] == only_b
    assert " ".join(text for text, _ in left) == a
    assert " ".join(text for text, _ in right) == b


def test_buckets_hold_every_sentence_once_per_kind() -> None:
    test_set = small_set(["He saw Jinshan Park.", *sentences(29)])
    found = {
        group.name: group.members for group in segment_groups(test_set, [0.1] * 15 + [0.9] * 15)
    }
    by_length = [at for name, members in found.items() if "characters" in name for at in members]
    assert sorted(by_length) == list(range(30))
    assert 0 in found["sentences with names"]
    assert set(found["sentences with numbers"]) == {at for at in range(30) if at % 3}
    assert len(found["least sure quarter"]) + len(found["surest quarter"]) in range(14, 17)


def test_verdicts_are_told_to_machines() -> None:
    verdicts = [
        GateVerdict("chrF++ min 45", False, "50 % fell\x00: <bad>", ("numbers fell",)),
        GateVerdict("BLEU min 1", True, "fine"),
    ]
    root = ElementTree.fromstring(junit_xml(verdicts, suite="gate"))
    assert root.attrib == {"tests": "2", "failures": "1"}
    [failure] = root.iter("failure")
    assert failure.text == "50 % fell: <bad>\nnumbers fell"
    assert github_annotations(verdicts) == [
        "::error title=chrF++ min 45::50 %25 fell\x00: <bad>%0Anumbers fell",
        "::notice title=BLEU min 1::fine",
    ]


def test_the_example_config_is_valid() -> None:
    path = Path(__file__).parents[2] / "configs/evaluate.yaml"
    assert load_section(path, EvaluationConfig).metrics[0] == "chrf++"
