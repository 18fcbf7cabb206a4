"""Trained metrics in `pipeline evaluate`, `compare` and gates: real processes, tiny checkpoints."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from metric_checkpoints import make_comet, make_encoder, make_metricx
from metric_segments import SEGMENTS
from models.errors import WeightsError
from models.metrics.load import load_scorer, resolve_scorer
from models.metrics.metric_check import canary_line
from models.protocols import ErrorSpan, Segment, SegmentScore
from models.runtime.machine import Machine
from models.specs import CometSpec
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.metrics.metrics import mean_metric
from pipeline.evaluate.metrics.trained import check_metric
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet
from pipeline.evaluate.write import make_evaluation
from tests.evaluations import write_files
from tests.test_cli import call

# as lines of files hold them
FOLDED = [tuple(" ".join(text.split()) for text in row) for row in SEGMENTS]
ROWS = [row for row in FOLDED if all(row)]
TEXTS = [text for row in SEGMENTS for text in row]
WORSE = [" ".join(row[1].split()[::-1]) for row in ROWS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with checkpoints, a test set, two systems and a config of an evaluation."""
    made = tmp_path_factory.mktemp("trained")
    for kind in ("comet", "cometkiwi", "xcomet"):
        make_comet(made / kind, kind, TEXTS)
    make_metricx(made / "metricx", TEXTS)
    make_encoder(made / "encoder", TEXTS)
    write_files(
        made,
        zh=[row[0] for row in ROWS],
        en=[row[2] for row in ROWS],
        good=[row[1] for row in ROWS],
        worse=WORSE,
    )
    (made / "evaluate.yaml").write_text(yaml.safe_dump(values(), sort_keys=False), encoding="utf-8")
    return made


def values(**more: Any) -> dict[str, Any]:
    """Return a config with every kind of trained metric, in paths below the folder."""
    return {
        "output": "out",
        "sets": [{"kind": "files", "name": "news", "source": "zh.txt", "references": ["en.txt"]}],
        "systems": [
            {"kind": "file", "name": name, "path": f"{name}.txt"} for name in ("good", "worse")
        ],
        "metrics": ["comet", "chrf++"],
        "trained_metrics": {
            "comet": {"kind": "comet", "path": "comet"},
            "kiwi": {"kind": "comet", "path": "cometkiwi"},
            "xcomet": {"kind": "comet", "path": "xcomet"},
            "metricx-24": {"kind": "metricx", "path": "metricx", "version": 24, "max_tokens": 160},
            "bertscore": {"kind": "bertscore", "path": "encoder", "layer": 2},
        },
        "bootstrap_samples": 100,
        "trials": 200,
        "runtime": {"device": "cpu", "threads": 1},
    } | more


def located(folder: Path, given: dict[str, Any]) -> EvaluationConfig:
    """Return a config whose paths lie in a folder."""
    for each in [*given["systems"], *given["trained_metrics"].values()]:
        each["path"] = str(folder / each["path"])
    for each in given["sets"]:
        each["source"] = str(folder / each["source"])
        each["references"] = [str(folder / name) for name in each.get("references", ())]
    for key in {"output", "cache"} & given.keys():
        given[key] = str(folder / given[key])
    return EvaluationConfig.model_validate(given)


@pytest.fixture(scope="module")
def first(folder: Path) -> dict[str, Any]:
    """What the first evaluation printed and wrote."""
    answer = call(folder, "evaluate", "--config", "evaluate.yaml")
    assert answer.returncode == 0, answer.stderr
    written = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    return {"stdout": answer.stdout, "stderr": answer.stderr, "json": written}


def test_scores_are_the_scorers_and_signatures_say_which(
    folder: Path, first: dict[str, Any]
) -> None:
    spec = CometSpec(kind="comet", path=str(folder / "comet"))
    resolved = resolve_scorer(spec, Machine(device="cpu"))
    scores = load_scorer(spec, resolved, Machine(threads=1)).score([Segment(*row) for row in ROWS])
    good, _ = first["json"]["sets"][0]["systems"]
    comet = good["metrics"][0]
    assert [each["metric"] for each in good["metrics"]] == [
        *("comet", "chrf++", "kiwi", "xcomet", "metricx-24", "bertscore")
    ]
    assert comet["score"] == pytest.approx(
        sum(each.score for each in scores) / len(scores), abs=1e-4
    )
    assert comet["signature"] == (
        f"nrefs:1|bs:100|seed:12345|comet|model:comet|weights:{resolved.identity[:12]}|refs:yes"
        "|encoder:encoder|precision:float32|scoring:1"
    )
    assert comet["truncated"] == sum(each.truncated for each in scores) > 0
    assert (
        "comet truncated segments that are too long for it: 2 of good, 2 of worse"
        in first["stdout"]
    )
    kiwi = good["metrics"][2]
    assert kiwi["signature"].startswith("nrefs:0|bs:100")
    assert good["metrics"][4]["lower_is_better"]


def test_a_second_time_nothing_is_loaded(folder: Path, first: dict[str, Any]) -> None:
    assert first["stderr"].count(" scored\n") == 10
    code = (
        "import sys, pipeline.cli\n"
        "try: pipeline.cli.main()\n"
        "finally: print('torch' in sys.modules, file=sys.stderr)"
    )
    again = call(folder, "evaluate", "--config", "evaluate.yaml", program=code)
    assert again.returncode == 0, again.stderr
    assert " scored" not in again.stderr
    assert again.stderr.endswith("False\n")
    assert again.stdout == first["stdout"]


def test_one_more_system_and_another_name_cost_only_the_system(
    folder: Path, first: dict[str, Any]
) -> None:
    write_files(folder, third=[row[2] for row in ROWS])
    more = values(metrics=["cometkiwi"])
    more["systems"].append({"kind": "file", "name": "third", "path": "third.txt"})
    trained = more["trained_metrics"]
    more["trained_metrics"] = {"comet": trained["comet"], "cometkiwi": trained["kiwi"]}
    told: list[str] = []
    evaluate(located(folder, more), told.append)
    scored = [line for line in told if line.endswith(" scored")]
    assert scored == ["cometkiwi: third on news scored", "comet: third on news scored"]


def test_lower_is_better_where_the_metric_says_so(folder: Path, first: dict[str, Any]) -> None:
    [result] = first["json"]["sets"]
    scores = {each["name"]: each["metrics"][4] for each in result["systems"]}
    good, worse = scores["good"]["score"], scores["worse"]["score"]
    rule = {"max": good - 0.01, "max_drop": 0, "against": "worse"}
    config = values(gate={"metricx-24": rule}, cache="out/statistics", output="gated")
    floor, drop = make_evaluation(located(folder, config), lambda line: None).verdicts
    assert not floor.passed
    assert floor.message.startswith(f"news: metricx-24 of good is {good:.2f}, at most")
    assert drop.passed == (good <= worse)
    assert ("better than worse" in drop.message) == (good <= worse)
    ranked = sorted(result["systems"], key=lambda each: each["metrics"][4]["rank"])
    assert ranked[0]["metrics"][4]["score"] == min(good, worse)


def test_systems_are_compared_by_a_trained_metric_of_a_config(
    folder: Path, first: dict[str, Any]
) -> None:
    sides = ("compare", "out:good", "out:worse")
    answer = call(folder, *sides, "--config", "evaluate.yaml", "--metric", "metricx-24")
    assert answer.returncode == 0, answer.stderr
    assert "metricx-24: nrefs:1|metricx|model:metricx|" in answer.stdout
    unknown = call(folder, *sides, "--metric", "comet")
    assert unknown.returncode == 2
    assert unknown.stderr == (
        "Error: metric 'comet': choose one of bleu, chrf, chrf++, ter, spbleu, rouge1, rouge2, "
        "rougel, rouge1-words, rouge2-words, rougel-words, coverage, compression, redundancy, "
        "faithfulness; a trained one must be in trained_metrics of a --config\n"
    )


def test_reference_free_metrics_need_no_references(folder: Path, first: dict[str, Any]) -> None:
    bare = values(
        cache="out/statistics",
        sets=[{"kind": "files", "name": "bare", "source": "zh.txt"}],
        metrics=["kiwi"],
        trained_metrics={"kiwi": {"kind": "comet", "path": "cometkiwi"}},
    )
    told: list[str] = []
    evaluate(located(folder, bare), told.append)
    assert not any(line.endswith(" scored") for line in told)  # references change nothing for it
    with pytest.raises(ConfigError, match=r"chrf\+\+ needs one"):
        evaluate(located(folder, bare | {"metrics": ["kiwi", "chrf++"]}))


# what is wrong with a metric, and how the one line begins
FAILURES = [
    ({"kind": "comet", "path": "nowhere"}, "trained_metrics.x: model path '"),
    ({"kind": "comet", "path": "broken"}, "trained_metrics.x: "),
    (
        {"kind": "metricx", "path": "metricx", "version": 24, "precision": "float16"},
        "trained_metrics.x: precision: float16: ",
    ),
    ({"kind": "bertscore", "path": "encoder", "layer": 9}, "trained_metrics.x: layer: 9 is more"),
]


@pytest.mark.parametrize(("spec", "line"), FAILURES)
def test_a_metric_that_fails_is_named(folder: Path, spec: dict[str, Any], line: str) -> None:
    if spec["path"] == "broken" and not (folder / "broken").exists():
        broken = make_comet(folder / "broken", "comet", TEXTS)
        (broken / "checkpoints/model.ckpt").write_bytes(b"nothing")
    with pytest.raises(ModelError) as caught:
        evaluate(located(folder, values(metrics=["x"], trained_metrics={"x": spec}, output="no")))
    assert str(caught.value).startswith(line)


@dataclass
class ByLength:
    """A metric that says how far a hypothesis is from its reference in length."""

    higher_is_better: bool
    needs_reference: bool = True

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        return [
            SegmentScore(float(len(set(each.hypothesis) & set(each.reference or ""))))
            for each in segments
        ]


def test_a_metric_that_prefers_bad_translations_is_refused() -> None:
    line = canary_line(ByLength(higher_is_better=True), "some")
    assert line.startswith("canary: good translations score better than bad ones, by")
    with pytest.raises(WeightsError, match="some: for 今天下雨了。 it scores 'The shop sells"):
        canary_line(ByLength(higher_is_better=False), "some")


def test_a_metric_of_a_config_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What weights by a formula say is chance: the first is lucky, the second is not."""
    answer = call(folder, "models", "check", "comet", "--config", "evaluate.yaml")
    assert answer.returncode == 0, answer.stderr
    assert "loads in float32 on cpu; needs references, higher is better" in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("canary: good translations score better")
    monkeypatch.chdir(folder)
    with pytest.raises(ModelError, match="for 今天下雨了。 it scores"):
        check_metric("kiwi", Path("evaluate.yaml"))
    with pytest.raises(ConfigError, match="'comte' is not one of its trained_metrics: comet, ki"):
        check_metric("comte", Path("evaluate.yaml"))


def test_error_spans_reach_the_page_and_the_sentences(folder: Path, first: dict[str, Any]) -> None:
    rows = [
        json.loads(line)
        for line in (folder / "out/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    spans = [
        (row["systems"]["good"], span)
        for row in rows
        for span in row["systems"]["good"]["spans"]["xcomet"]
    ]
    assert len(spans) > 5
    assert all(0 <= span["start"] <= span["end"] <= len(own["hypothesis"]) for own, span in spans)
    assert any("xcomet" in row["systems"]["good"].get("truncated", []) for row in rows)
    page = (folder / "out/evaluation.html").read_text(encoding="utf-8")
    assert '"spans":true' in page


def test_the_best_of_several_references_counts() -> None:
    def score(segments: Any) -> list[SegmentScore]:
        return [
            SegmentScore(len(each.reference), spans=(ErrorSpan(0, 1, each.reference, 1.0),))
            for each in segments
        ]

    test_set = EvaluationSet(
        "s",
        (EvaluationSegment("1", "中", ("a", "bbb", "cc")), EvaluationSegment("2", "文", ("d",))),
    )
    up = mean_metric("x", "x", score, answer="x", signature="x")
    down = mean_metric("x", "x", score, answer="x", signature="x", lower_is_better=True)
    counts = up.statistics(test_set, ["h", "h"])
    assert counts.rows.tolist() == [[3, 1], [1, 1]]
    assert [span[0].severity for span in counts.spans] == ["bbb", "d"]
    assert down.statistics(test_set, ["h", "h"]).rows.tolist() == [[1, 1], [1, 1]]
    assert up.signature("var", 0) == "nrefs:var|multi:best|x"
    assert up.signature("1", 0) == "nrefs:1|x"
