"""A language model as judge: it lists the errors of a translation, whose weights are the score.

segment ─▶ prompt with three worked examples ─▶ Answerer ─▶ errors by severity ─▶ −25 … 0

After GEMBA-MQM (Kocmi and Federmann 2023, arXiv 2310.13988): same roles, MQM categories and
severities, answer format and weights. The wording and the examples, all from Chinese into English,
are ours, so scores differ from those of the paper.
"""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from models.patterns import lazy
from models.prompted.presets import PromptPiece, Speaker, Turn
from models.prompted.translator import Answer, Answerer
from models.prompted.wrappings import without_thoughts
from models.protocols import ErrorSpan, Search, Segment, SegmentScore
from models.runtime.batching import answer_once

MqmSeverity = Literal["critical", "major", "minor"]
WEIGHTS: dict[MqmSeverity, float] = {"critical": 25.0, "major": 5.0, "minor": 1.0}
LOWEST = -25.0
# As published: the weights of the first five errors count.
MOST_ERRORS = 5

_HEADING = lazy(r"^[\W_]*(critical|major|minor)(?: errors?)?[\W_]*$", re.IGNORECASE)
_NO_ERROR = lazy(r"^\W*(?:no[- ]errors?|none|n/a)\W*$", re.IGNORECASE)
_ERROR = lazy(
    r"^\W*((?:accuracy|fluency|locale convention|style|terminology|non-translation|other)\b"
    r"[^\"“”:\n]*?)\s*(?:[-–—:]\s*(.*))?$",
    re.IGNORECASE,
)
_QUOTED = lazy(r"^[\"“'‘`]+(.*?)[\"”'’`]+")


@dataclass(frozen=True, slots=True)
class JudgedError:
    """An error that a judge listed; `words` may be from the source, as for omissions."""

    severity: MqmSeverity
    category: str
    words: str


@dataclass(frozen=True, slots=True)
class Judge:
    """A SegmentScorer over a language model; 0 is flawless, -25 the worst.

    An unreadable answer is requested again, with sampling, up to `retries` times. A segment without
    a readable answer has the score NaN and the part `unread` 1; a mean must leave it out and
    report it.
    """

    answerer: Answerer
    retries: int = 2
    needs_reference: ClassVar[bool] = False
    higher_is_better: ClassVar[bool] = True

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; the result has the same length and order."""
        pairs = [(each.source, each.hypothesis) for each in segments]
        return answer_once(pairs, self._scores)

    def _scores(self, pairs: list[tuple[str, str]]) -> list[SegmentScore]:
        shown = [self._fitted(pair) for pair in pairs]
        found = self._read([judging_prompt(*pair) for pair in shown])
        return [
            _score(errors, pair[1], truncated=own != pair)
            for errors, pair, own in zip(found, pairs, shown, strict=True)
        ]

    def _read(self, prompts: Sequence[Sequence[Turn]]) -> list[tuple[JudgedError, ...] | None]:
        found: list[tuple[JudgedError, ...] | None] = []
        first = self.answerer.answer(prompts, Search(count=1)) if prompts else []
        for answers in first:
            found.append(_errors(answers[0]))
        # What failed was already asked again by whoever asks the server.
        unread = [
            at for at, errors in enumerate(found) if errors is None and not first[at][0].failure
        ]
        if unread and self.retries:
            # The first of several is the one there was.
            more = self.answerer.answer(
                [prompts[at] for at in unread], Search(count=self.retries + 1)
            )
            for at, answers in zip(unread, more, strict=True):
                readable = (_errors(answer) for answer in answers)
                found[at] = next((errors for errors in readable if errors is not None), None)
        return found

    def _fitted(self, pair: tuple[str, str]) -> tuple[str, str]:
        """Return the prompt, with both sides cut equally until it fits."""
        source, hypothesis = pair
        while self.answerer.size(judging_prompt(source, hypothesis)) > self.answerer.room and (
            len(source) > 1 or len(hypothesis) > 1
        ):
            source = source[: max(1, len(source) * 3 // 4)]
            hypothesis = hypothesis[: max(1, len(hypothesis) * 3 // 4)]
        return source, hypothesis


def judging_prompt(source: str, hypothesis: str) -> tuple[Turn, ...]:
    """Return the conversation: the role of the judge, three examples, the question."""
    turns = [_turn("system", _prompt()["system"])]
    for shown in _prompt()["examples"]:
        turns += [_asked(shown["chinese"], shown["english"]), _turn("assistant", shown["answer"])]
    return (*turns, _asked(source, hypothesis))


def _asked(source: str, hypothesis: str) -> Turn:
    return Turn(
        "user",
        (
            PromptPiece("Chinese source:\n```"),
            PromptPiece(source, trusted=False),
            PromptPiece("```\nEnglish translation:\n```"),
            PromptPiece(hypothesis, trusted=False),
            PromptPiece("```" + _prompt()["question"]),
        ),
    )


@cache
def _prompt() -> dict[str, Any]:
    """Return the words of the prompt (judge.toml)."""
    return tomllib.loads(Path(__file__).with_name("judge.toml").read_text(encoding="utf-8"))


def _turn(role: Speaker, text: str) -> Turn:
    return Turn(role, (PromptPiece(text),))


def read_errors(answer: str) -> tuple[JudgedError, ...] | None:
    """Return the errors that an answer lists; None if it is not such a list.

    It needs a heading, and below every heading an error or no-error, with nothing else between.
    Text before the first heading and after the last entry is ignored.
    """
    text, _ = without_thoughts(answer)
    errors: list[JudgedError] = []
    severity: MqmSeverity | None = None
    answered = True
    strange = False
    for line in (each.strip() for each in text.splitlines()):
        if match := _HEADING.match(line):
            if not answered or strange:
                return None
            severity = _severity(match[1])
            answered = False
        elif severity is None or not line or line.startswith("```"):
            continue
        elif _NO_ERROR.match(line):
            answered = True
        elif match := _ERROR.match(line):
            if strange:
                return None
            category = match[1].strip(" -–—").lower()
            own: MqmSeverity = "critical" if category.startswith("non-translation") else severity
            errors.append(JudgedError(own, category, _words(match[2] or "")))
            answered = True
        else:
            strange = True
    return tuple(errors) if severity is not None and answered else None


def _severity(name: str) -> MqmSeverity:
    match name.lower():
        case "critical":
            return "critical"
        case "major":
            return "major"
        case _:
            return "minor"


def _words(text: str) -> str:
    match = _QUOTED.match(text.strip())
    return (match[1] if match else text).strip()


def _errors(answer: Answer) -> tuple[JudgedError, ...] | None:
    if answer.failure or answer.refused or not answer.finished:
        return None
    return read_errors(answer.text)


def _score(
    errors: tuple[JudgedError, ...] | None, hypothesis: str, *, truncated: bool
) -> SegmentScore:
    if errors is None:
        return SegmentScore(math.nan, truncated, parts=(("unread", 1.0),))
    weights = sorted((WEIGHTS[each.severity] for each in errors), reverse=True)
    counts = tuple((name, float(sum(each.severity == name for each in errors))) for name in WEIGHTS)
    return SegmentScore(
        score=max(LOWEST, -sum(weights[:MOST_ERRORS])) + 0.0,
        truncated=truncated,
        parts=(*counts, ("unread", 0.0)),
        spans=tuple(span for each in errors if (span := _span(each, hypothesis))),
    )


def _span(error: JudgedError, hypothesis: str) -> ErrorSpan | None:
    """Return the span of an error's words in the hypothesis; None for an omission."""
    start = hypothesis.lower().find(error.words.lower()) if error.words else -1
    if start < 0:
        return None
    return ErrorSpan(start, start + len(error.words), error.severity, 1.0)
