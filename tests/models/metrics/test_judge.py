"""The language model as judge: what it is asked, how answers are read, what is never made up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models.errors import WeightsError
from models.metrics.judge import Judge, JudgedError, judging_prompt, read_errors
from models.metrics.load import load_scorer, resolve_scorer
from models.prompted.presets import Turn
from models.prompted.translator import Answer
from models.protocols import Search, Segment
from models.runtime.control import NO_CONTROL, Control
from models.runtime.machine import Machine
from models.specs import LanguageJudgeSpec
from tests.checkpoints import make_qwen

NONE = "Critical:\nno-error\nMajor:\nno-error\nMinor:\nno-error"
TWO = (
    'Critical:\nno-error\nMajor:\naccuracy/mistranslation - "1.24 million"\n'
    'accuracy/omission - "去年"\nMinor:\nstyle/awkward - "etc."'
)

# answer, (severity, words) of its errors, or None where it cannot be read
ANSWERS: list[tuple[str, list[tuple[str, str]] | None]] = [
    (NONE, []),
    (TWO, [("major", "1.24 million"), ("major", "去年"), ("minor", "etc.")]),
    ("<think>Critical: hm</think>\n" + NONE, []),
    ("Here is my annotation.\n\n" + NONE + "\n\nThe translation is excellent.", []),
    ("**Critical:**\n- no-error\n**Major:**\n* no error\n**Minor:**\nNone", []),
    ("Major:\nfluency/grammar: “is was”", [("major", "is was")]),
    ("Minor:\nstyle/awkward", [("minor", "")]),
    ("Critical:\nno-error\nMinor:\nnon-translation - everything", [("critical", "everything")]),
    ("MAJOR ERRORS:\nTerminology/inconsistent use - 'x'", [("major", "x")]),
    ("", None),
    ("The translation is good.", None),
    ("-5", None),
    ("no-error", None),
    ("Critical:\nMajor:\nno-error", None),
    ("Critical:\nno-error\nMajor:", None),
    ("Major:\nThe number is wrong.\nMinor:\nno-error", None),
    ("Major:\nThe number is wrong.", None),
    ("I'm sorry, I can't assist with that.", None),
]


@pytest.mark.parametrize(("answer", "errors"), ANSWERS)
def test_an_answer_is_read_or_refused(answer: str, errors: list[tuple[str, str]] | None) -> None:
    found = read_errors(answer)
    assert (None if found is None else [(e.severity, e.words) for e in found]) == errors


@dataclass
class Scripted:
    """Answers by the hypothesis in the question; notes how many answers it was asked for."""

    answers: dict[str, list[str]]
    room: int = 10_000
    counts: list[int] = field(default_factory=list)

    def size(self, prompt: Sequence[Turn]) -> int:
        return len(prompt[-1].text)

    def answer(
        self,
        prompts: Sequence[Sequence[Turn]],
        search: Search,
        *,
        control: Control = NO_CONTROL,
    ) -> list[list[Answer]]:
        found = []
        for prompt in prompts:
            self.counts.append(search.count)
            hypothesis = prompt[-1].pieces[3].text
            own = self.answers.get(hypothesis, [NONE])
            found.append([Answer(text, -0.1) for text in own[: search.count]])
        return found


SCORES = [
    (NONE, 0.0),
    (TWO, -11.0),
    ("Minor:\n" + "\n".join(['fluency/spelling - "a"'] * 9), -5.0),
    ("Major:\n" + "\n".join(['fluency/spelling - "a"'] * 9), -25.0),
    ('Critical:\naccuracy/addition - "a"\nMinor:\nstyle/awkward - "b"', -25.0),
]


@pytest.mark.parametrize(("answer", "score"), SCORES)
def test_the_score_is_the_weight_of_the_first_five_errors(answer: str, score: float) -> None:
    [found] = Judge(Scripted({"h": [answer]})).score([Segment("源", "h")])
    assert found.score == score
    assert dict(found.parts)["unread"] == 0


def test_the_words_of_an_error_are_found_in_the_hypothesis() -> None:
    hypothesis = "Shanghai added 1.24 Million homes, etc."
    [found] = Judge(Scripted({hypothesis: [TWO]})).score([Segment("源", hypothesis)])
    assert [(hypothesis[s.start : s.end], s.severity) for s in found.spans] == [
        ("1.24 Million", "major"),
        ("etc.", "minor"),
    ]


def test_what_cannot_be_read_is_asked_again_and_then_has_no_score() -> None:
    scripted = Scripted({"a": ["bad", "bad", TWO], "b": ["bad"] * 9, "c": [NONE]})
    segments = [Segment("源", each) for each in ("a", "b", "c", "b")]
    found = Judge(scripted, retries=2).score(segments)
    assert [each.score for each in (found[0], found[2])] == [-11.0, 0.0]
    assert math.isnan(found[1].score)
    assert found[1] is found[3]
    assert [dict(each.parts)["unread"] for each in found] == [0, 1, 0, 1]
    assert scripted.counts == [1, 1, 1, 3, 3]


def test_a_failed_or_unfinished_answer_is_no_answer() -> None:
    class Fails(Scripted):
        def answer(
            self,
            prompts: Sequence[Sequence[Turn]],
            search: Search,
            *,
            control: Control = NO_CONTROL,
        ) -> list[list[Answer]]:
            rows = [Answer(NONE, None, finished=False), Answer("", None, failure="HTTP 500")]
            return [rows[: search.count] for _ in prompts]

    [found] = Judge(Fails({})).score([Segment("源", "h")])
    assert math.isnan(found.score)


def test_the_laws_of_a_scorer() -> None:
    judge = Judge(Scripted({"b": [TWO]}))
    segments = [Segment("源", "a"), Segment("源", "b", "reference"), Segment("源", "a")]
    found = judge.score(segments)
    assert judge.score([]) == []
    assert [judge.score([each])[0] for each in segments] == found
    assert judge.score(segments[::-1]) == found[::-1]
    assert (judge.needs_reference, judge.higher_is_better) == (False, True)


def test_a_segment_that_does_not_fit_is_cut_and_says_so() -> None:
    longest = len(judging_prompt("源" * 50, "h" * 50)[-1].text)
    judge = Judge(Scripted({}, room=longest))
    short, long = judge.score([Segment("源" * 50, "h" * 50), Segment("源" * 500, "h" * 500)])
    assert (short.truncated, long.truncated) == (False, True)


def test_the_prompt_has_three_examples_that_the_reader_reads() -> None:
    turns = judging_prompt("源", "h")
    assert [turn.role for turn in turns] == ["system", *["user", "assistant"] * 3, "user"]
    assert [read_errors(turn.text) is None for turn in turns[2::2]] == [False] * 3
    assert read_errors(turns[2].text) == (
        JudgedError("critical", "accuracy/mistranslation", "1.24 million"),
        JudgedError("major", "accuracy/omission", "more than the year before"),
    )
    assert [piece.text for piece in turns[-1].pieces if not piece.trusted] == ["源", "h"]


def test_a_judge_is_loaded_from_a_spec(tmp_path: Path) -> None:
    folder = make_qwen(tmp_path / "qwen", positions=8192)
    model = {
        "kind": "causal",
        "path": str(folder),
        "max_target_tokens": 8,
        "max_source_tokens": 8000,
    }
    spec = LanguageJudgeSpec.model_validate({"kind": "judge", "model": model})
    resolved = resolve_scorer(spec, Machine(device="cpu", cache=tmp_path / "cache"))
    scorer = load_scorer(spec, resolved, Machine(threads=1))
    found = scorer.score([Segment("今年上海", "Shanghai"), Segment("北京", "Beijing")])
    assert [math.isnan(each.score) for each in found] == [True, True]  # random weights
    assert not any(each.truncated for each in found)
    assert (resolved.needs_reference, resolved.higher_is_better) == (False, True)
    other = LanguageJudgeSpec.model_validate({"kind": "judge", "model": model, "retries": 0})
    assert (
        resolve_scorer(other, Machine(device="cpu", cache=tmp_path)).identity == resolved.identity
    )


def test_a_judge_needs_a_chat_template(tmp_path: Path) -> None:
    model = {"kind": "causal", "path": "x", "preset": "seed-x"}
    with pytest.raises(ValueError, match="a judge needs a chat model"):
        LanguageJudgeSpec.model_validate({"kind": "judge", "model": model})
    assert issubclass(WeightsError, Exception)
