"""A language model as judge in `pipeline evaluate`: what it gave no answer for counts nowhere."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import pytest
import yaml

from models import protocols
from models.errors import WeightsError
from models.metrics.metric_check import canary_line
from models.specs import LanguageJudgeSpec
from pipeline.config.gate_rule import GateRule
from pipeline.config.machine import RuntimeSection
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.difference import difference
from pipeline.evaluate.gates import MeasuredOutput, judge
from pipeline.evaluate.highlights import highlights
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count, retry_missing
from pipeline.evaluate.metrics.metrics import Metric, mean_metric
from pipeline.evaluate.metrics.trained import trained_metric
from pipeline.evaluate.render.comparison import comparison_json, comparison_text
from pipeline.evaluate.results import (
    NO_ANSWER,
    NO_NUMBER,
    Evaluation,
    EvaluationSet,
    Output,
    SetResult,
)
from pipeline.evaluate.set_result import evaluate_set
from pipeline.evaluate.significance import PairedTest
from pipeline.evaluate.write import _RENDERERS
from tests.checkpoints import make_qwen
from tests.evaluations import sentences, small_set, write_files
from tests.models.metrics.test_judge import NONE, TWO
from tests.servers import ChatServer, serving
from tests.test_cli import call

NAN = float("nan")
SCORES = {
    "a": (0.0, -1.0, NAN, -5.0, 0.0, -2.0, NAN, 0.0, -1.0, 0.0),
    "b": (-5.0, NAN, NAN, -5.0, -3.0, -25.0, -4.0, -6.0, -9.0, -2.0),
    "mute": (NAN,) * 10,
}
SET = small_set(sentences(10))


def scripted() -> Metric:
    """A metric whose scores stand in `SCORES`, by the system and place that a hypothesis names."""

    def score(segments: Sequence[protocols.Segment]) -> list[protocols.SegmentScore]:
        found = []
        for segment in segments:
            name, place = segment.hypothesis.split()
            found.append(protocols.SegmentScore(SCORES[name][int(place)]))
        return found

    made = mean_metric(
        "judge", "judge", score, answer="scripted", signature="scripted", needs_references=False
    )
    return replace(made, silence=NO_ANSWER)


def output(name: str) -> Output:
    return Output(name, tuple(f"{name} {place}" for place in range(10)))


def result(folder: Path, names: Sequence[str], **settings: Any) -> SetResult:
    config = EvaluationConfig.model_validate(
        {
            "output": str(folder),
            "sets": [{"kind": "files", "name": "x", "source": "x"}],
            "systems": [{"kind": "file", "name": "x", "path": "x"}],
            "bootstrap_samples": 200,
            "trials": 200,
        }
        | settings
    )
    return evaluate_set(SET, [output(name) for name in names], [scripted()], config)


def known(name: str, other: str = "") -> list[float]:
    """Return the scores of one system where it, and another if one is named, has any."""
    pairs = zip(SCORES[name], SCORES[other or name], strict=True)
    return [one for one, its in pairs if not numpy.isnan([one, its]).any()]


@pytest.mark.parametrize("test", ["randomization", "bootstrap"])
def test_a_mean_is_of_what_was_read_and_a_pair_of_what_was_read_of_both(
    tmp_path: Path, test: str
) -> None:
    found = result(tmp_path, ["a", "b", "mute"], test=test)
    a, b, mute = (each.metrics[0] for each in found.systems)
    assert a.score == pytest.approx(numpy.mean(known("a")))
    assert b.score == pytest.approx(numpy.mean(known("b")))
    assert (sorted(a.unread), sorted(b.unread)) == ([2, 6], [1, 2])
    assert (mute.has_score, mute.rank, mute.group, len(mute.unread)) == (False, None, None, 10)
    [pair] = found.comparisons
    assert (pair.a, pair.b) == ("a", "b")
    assert pair.delta == pytest.approx(numpy.mean(known("b", "a")) - numpy.mean(known("a", "b")))
    assert 0 < pair.p_value < 1
    assert a.low <= a.score <= a.high


def test_a_mute_system_changes_nothing_for_the_others(tmp_path: Path) -> None:
    alone, beside = (result(tmp_path, names) for names in (["a", "b"], ["a", "mute", "b"]))
    assert alone.comparisons == beside.comparisons
    pairs = zip(alone.systems, (beside.systems[0], beside.systems[2]), strict=True)
    for one, other in pairs:
        # NaN is not equal to itself
        first, second = (replace(each.metrics[0], sentences=()) for each in (one, other))
        assert first == second


@pytest.mark.parametrize("names", [["a", "b", "mute"], ["mute", "a"], ["mute"], ["a"]])
def test_every_page_and_table_is_written_without_a_nan(tmp_path: Path, names: list[str]) -> None:
    found = result(tmp_path, names)
    evaluation = Evaluation("Judged", (found,), "randomization", 200, 0.05)
    evaluation = replace(evaluation, stands_out=highlights(evaluation))
    for name, render in _RENDERERS.items():
        text = render(evaluation)
        assert not re.search(r"\bnan\b", text, re.IGNORECASE), name
    assert "no score" in _RENDERERS["evaluation.md"](evaluation) or "mute" not in names


@pytest.mark.parametrize(("silence", "said"), [(NO_ANSWER, "readable"), (NO_NUMBER, r"\(NaN;")])
def test_a_page_says_whether_an_answer_or_a_number_was_missing(
    tmp_path: Path, silence: str, said: str
) -> None:
    found = result(tmp_path, ["a"])
    [system] = found.systems
    [metric] = system.metrics
    own = replace(system, metrics=(replace(metric, silence=silence),))
    page = _RENDERERS["evaluation.md"](
        Evaluation("Judged", (replace(found, systems=(own,)),), "randomization", 200, 0.05)
    )
    assert re.search(rf"judge gave no [^.]*{said}[^.]* for some of 10 segments: 2 of a", page)


def test_no_line_says_that_others_are_better_than_what_has_no_score(tmp_path: Path) -> None:
    found = result(tmp_path, ["mute", "a", "b"])
    page = _RENDERERS["evaluation.html"](Evaluation("Judged", (found,), "randomization", 200, 0.05))
    rows = re.findall(r"<tr( class=\"cut\")?><th scope=\"row\">.*?</i>(\w+)<", page)
    assert rows == [("", "a"), (' class="cut"', "b"), ("", "mute")]


def test_comparing_leaves_out_what_either_has_no_score_for() -> None:
    def measured(name: str) -> MeasuredOutput:
        one = output(name)
        return MeasuredOutput(scripted(), SET, one, scripted().statistics(SET, one.hypotheses).rows)

    [change] = difference([measured("a")], [measured("b")], test=PairedTest(draws=100)).changes
    assert change.left_out == 3
    assert change.a == pytest.approx(numpy.mean(known("a", "b")))
    nothing = difference([measured("a")], [measured("mute")], test=PairedTest(draws=100))
    assert json.loads(comparison_json([nothing]))[0]["changes"][0]["delta"] is None
    assert "cannot be compared" in comparison_text([nothing])
    assert nothing.changes[0].p_value == 1
    for rule in (GateRule(min=-25), GateRule(max=0)):
        [verdict] = judge(rule, measured("mute"), None)
        assert (verdict.passed, "gave no readable answer" in verdict.message) == (False, True)
    [verdict] = judge(GateRule(max_drop=99, against="a"), measured("mute"), measured("a"))
    assert not verdict.passed
    assert "share no segment with a score" in verdict.message


def test_asking_again_asks_for_the_gaps_alone_and_keeps_the_rest(tmp_path: Path) -> None:
    asked: list[str] = []
    answers = [NAN, NAN]

    def score(segments: Sequence[protocols.Segment]) -> list[protocols.SegmentScore]:
        asked.extend(each.hypothesis for each in segments)
        return [
            protocols.SegmentScore(-1.0 if "0" in h else answers[0])
            for h in asked[-len(segments) :]
        ]

    of = mean_metric("j", "j", score, answer="j", signature="j", needs_references=False)
    request = CountRequest(
        of, EvaluationSet("s", SET.segments[:3]), Output("a", ("h0", "h1", "h2"))
    )
    load_or_count([request], tmp_path)
    asked.clear()
    assert retry_missing(request, tmp_path) == (2, 0)
    answers[0] = -5.0
    assert retry_missing(request, tmp_path) == (2, 2)
    assert asked == ["h1", "h2"] * 2
    [table], made = load_or_count([request], tmp_path)
    assert (made, table.rows.tolist()) == (0, [[-1, 1], [-5, 1], [-5, 1]])
    assert retry_missing(request, tmp_path) == (0, 0)


def test_the_key_of_judgements_has_the_weights_and_the_retries_and_no_place(tmp_path: Path) -> None:
    folder = make_qwen(tmp_path / "qwen")
    shutil.copytree(folder, tmp_path / "moved")

    def answer(name: str, **more: object) -> str:
        model = {"kind": "causal", "path": str(tmp_path / name), "max_target_tokens": 8}
        spec = LanguageJudgeSpec.model_validate({"kind": "judge", "model": model} | more)
        runtime = RuntimeSection(device="cpu", cache=str(tmp_path / "cache"))
        return trained_metric("judge", spec, runtime).answer

    first = answer("qwen")
    assert first.startswith("judge ")
    assert answer("moved") == first
    assert answer("qwen", retries=5) != first


def test_a_judge_that_cannot_be_read_is_told_when_it_is_checked() -> None:
    @dataclass
    class Mute:
        needs_reference = False
        higher_is_better = True
        parts: tuple[tuple[str, float], ...] = (("unread", 1.0),)

        def score(self, segments: Sequence[protocols.Segment]) -> list[protocols.SegmentScore]:
            return [protocols.SegmentScore(NAN, parts=self.parts) for _ in segments]

    with pytest.raises(WeightsError, match="tiny: gave no readable answer about"):
        canary_line(Mute(), "tiny")
    with pytest.raises(WeightsError, match=r"comet: its score .* is not a number \(NaN\); half"):
        canary_line(Mute(parts=()), "comet")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as own:
        yield own


def says(text: str, words: str) -> dict[str, Any]:
    return {"match": text, "times": 999, "fault": "say", "text": words, "reason": "stop"}


def test_a_served_judge_in_a_real_process(tmp_path: Path, server: ChatServer) -> None:
    write_files(
        tmp_path,
        zh=["今年上海。", "记者在北京。", "人民。"],
        good=["Shanghai alpha.", "Beijing alpha.", "People alpha."],
        mute=["Shanghai omega.", "Beijing omega.", "People omega."],
    )
    model = {"kind": "endpoint", "base_url": f"{server.address}/v1", "model": "tiny"}
    judge_ = {"kind": "judge", "model": model | {"retries": 0}, "retries": 1}
    config = {
        "output": "out",
        "sets": [{"kind": "files", "name": "news", "source": "zh.txt"}],
        "systems": [
            {"kind": "file", "name": name, "path": f"{name}.txt"} for name in ("good", "mute")
        ],
        "trained_metrics": {"judge": judge_},
        "metrics": ["judge"],
        "bootstrap_samples": 100,
        "trials": 200,
        "runtime": {"device": "cpu", "threads": 1, "cache": str(tmp_path / "cache")},
    }
    (tmp_path / "evaluate.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    server.meets(
        says("Shanghai alpha", NONE),
        says("Beijing alpha", TWO),
        says("alpha", "?"),
        says("omega", "?"),
    )
    first = call(tmp_path, "evaluate", "--config", "evaluate.yaml")
    assert first.returncode == 0, first.stderr
    written = (tmp_path / "out/evaluation.json").read_text(encoding="utf-8")
    good, mute = (each["metrics"][0] for each in json.loads(written)["sets"][0]["systems"])
    assert (good["score"], good["unread"]) == (-5.5, 1)
    assert (mute["score"], mute["low"], mute["rank"], mute["unread"]) == (None, None, None, 3)
    assert "1 of good, 3 of mute; means leave them out" in first.stdout
    assert "judge gave no readable answer for mute." in first.stdout

    server.meets(says("alpha", NONE), says("omega", "?"))
    second = call(tmp_path, "evaluate", "--config", "evaluate.yaml")
    assert "judge: good on news: requested 1 missing score again, received 1" in second.stderr
    asked = [each["messages"][-1]["content"] for each in server.requests]
    assert sum("alpha" in each for each in asked) == 1
    assert "-3.67 (" in second.stdout  # the mean of 0, -11 and 0

    server.stop()
    third = call(tmp_path, "evaluate", "--config", "evaluate.yaml")
    assert third.returncode == 0, third.stderr
    assert "could not be requested again" in third.stderr
    assert third.stdout == second.stdout
