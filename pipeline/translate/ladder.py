"""Flagged translations to better ones: a ladder of retries, each judged by the same checks.

flagged ─▶ corrected ─▶ n-best ─▶ terms ─▶ clauses ─▶ other decoding ─▶ fallback ─▶ kept
          each rung sees only the sentences that still have a finding
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from models.protocols import Candidate, Request, Translator
from pipeline.check.checks import LABELS, findings
from pipeline.check.findings.several import Checker
from pipeline.check.findings.severity import weight
from pipeline.language.glossary import Glossary, make_glossary
from pipeline.records import Finding, Rung
from pipeline.translate.improvement import Judged, is_better
from pipeline.translate.marks import MarkedTranslator
from pipeline.translate.missing import wanted_names
from pipeline.translate.placeholders import Masked, masked
from pipeline.translate.retries import STEPS, Flagged, is_beyond_retries

_Pair = tuple[Request, Candidate]
_Said = tuple[str, str, tuple[str, ...]]
"""A source, a translation, and its flags."""

_WINDOW = 1_024
"""Sentences that climb together: they fill batches, and what is read in them is remembered."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which rungs there are, and what a retry must keep of the confidence before it.

    A `checker` with the same glossary looks first at all sentences, in several processes.
    """

    rungs: tuple[Rung, ...] = get_args(Rung)
    least_confidence: float = 0.7
    glossary: Glossary = field(default_factory=lambda: make_glossary(()))
    fallback: Callable[[], Translator] | None = None
    checker: Checker | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A translation, the rung that made it, and what was wrong with the first one.

    `failure` says why a retry of a sentence that is still flagged brought no answer.
    """

    candidate: Candidate
    rung: Rung | Literal["kept"] | None = None
    reason: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Repair:
    """A flagged sentence on its way up, the rung that it owes its translation to, and why."""

    sentence: Flagged
    reason: str
    rung: Rung | None = None
    failure: str = ""

    @property
    def is_open(self) -> bool:
        """True if the best translation so far still has a finding."""
        return weight(self.sentence.best.findings) > 0


def repair(
    requests: Sequence[Request],
    candidates: Sequence[Candidate],
    *,
    translator: Translator,
    ladder: Ladder,
) -> list[Repaired]:
    """Retry what the checks flag; one row per sentence, same order.

    A retry is taken only if it is better in every way that can be checked, and loses nothing
    that the source has (see `is_better`). A sentence without a finding is left as it is, and
    each distinct one is repaired once. Who reads context or terms gets those of the request
    with every retry.
    """
    pairs = list(zip(requests, candidates, strict=True))
    distinct = list(dict.fromkeys(pairs))
    repairs: dict[_Pair, _Repair] = {}
    for start in range(0, len(distinct), _WINDOW):
        repairs |= _climbed(distinct[start : start + _WINDOW], translator, ladder)
    return [_repaired(repairs.get(pair), pair[1]) for pair in pairs]


def _climbed(
    pairs: Sequence[_Pair], translator: Translator, ladder: Ladder
) -> dict[_Pair, _Repair]:
    """Check a window of sentences and send the flagged ones up; return these."""
    judge = _Judge(ladder.glossary)
    if ladder.checker:
        judge.look_at(pairs, ladder.checker)
    first = {pair: judge(pair[0].sentence, pair[1]) for pair in pairs}
    repairs = {
        pair: _begun(pair[0], judged, ladder)
        for pair, judged in first.items()
        if weight(judged.findings)
    }
    for rung in ladder.rungs:
        _climb(rung, repairs, translator, ladder, judge)
    return repairs


def _begun(request: Request, judged: Judged, ladder: Ladder) -> _Repair:
    masks = _masks(request.sentence, judged.findings, ladder)
    return _Repair(Flagged(request, judged, masks), _reason(judged.findings))


def _climb(
    rung: Rung,
    repairs: dict[_Pair, _Repair],
    translator: Translator,
    ladder: Ladder,
    judge: "_Judge",
) -> None:
    """Try one rung on all sentences that still have a finding, and put what is better."""
    if rung == "fallback" and ladder.fallback is None:
        return
    for step in STEPS[rung]:
        waiting = [
            pair
            for pair, repair in repairs.items()
            if repair.is_open and (rung == "corrected" or not is_beyond_retries(repair.sentence))
        ]
        if not waiting:
            return
        asked = ladder.fallback() if rung == "fallback" and ladder.fallback else translator
        answers = step(MarkedTranslator(asked), [repairs[pair].sentence for pair in waiting])
        for pair, others in zip(waiting, answers, strict=True):
            repairs[pair] = _better(repairs[pair], others, rung, ladder, judge)


def _repaired(repair: _Repair | None, first: Candidate) -> Repaired:
    if repair is None:
        return Repaired(first)
    failure = repair.failure if repair.is_open else ""
    return Repaired(repair.sentence.best.candidate, repair.rung or "kept", repair.reason, failure)


def _reason(found: Sequence[Finding]) -> str:
    return "; ".join(f"{each.check}: {each.message}" for each in found if each.severity != "info")


def _better(
    repair: _Repair, others: Sequence[Candidate], rung: Rung, ladder: Ladder, judge: "_Judge"
) -> _Repair:
    """Take the first of the best among the retries that are better than the translation so far."""
    sentence, failure = repair.sentence, repair.failure
    best = sentence.best
    tried = {best.candidate.text}
    for answer in others:
        if answer.failure:
            failure = answer.failure
            continue
        if answer.text in tried:
            continue
        tried.add(answer.text)
        if judge.is_hopeless(sentence.source, answer, best):
            continue
        judged = judge(sentence.source, answer)
        if _faults(judged) < _faults(best) and is_better(
            sentence.source, sentence.best, judged, least_confidence=ladder.least_confidence
        ):
            best = judged
    if best is sentence.best:
        return replace(repair, failure=failure)
    return replace(repair, sentence=replace(sentence, best=best), rung=rung, failure=failure)


def _faults(judged: Judged) -> tuple[int, float]:
    return judged.emptiness, weight(judged.findings)


class _Judge:
    """Checks translations, each distinct one once: several rungs give the same answer."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._found: dict[_Said, tuple[Finding, ...]] = {}
        self._hopeless: set[_Said] = set()

    def look_at(self, pairs: Sequence[_Pair], checker: Checker) -> None:
        """Check many translations at once."""
        said = [(request.sentence, one.text, one.flags) for request, one in pairs]
        self._found |= zip(said, map(tuple, checker(said)), strict=True)

    def __call__(self, source: str, candidate: Candidate) -> Judged:
        """Return a translation of `source` with its findings."""
        key = (source, candidate.text, candidate.flags)
        if key not in self._found:
            self._found[key] = self._findings(source, candidate)
        return Judged(candidate, self._found[key])

    def is_hopeless(self, source: str, candidate: Candidate, best: Judged) -> bool:
        """True if the checks that speak against the best so far find as much in a retry.

        They are run first, since most retries mend nothing. A better best needs still less.
        """
        key = (source, candidate.text, candidate.flags)
        if best.emptiness or key in self._found or key in self._hopeless:
            return key in self._hopeless
        named = {finding.check for finding in best.findings if weight([finding])}
        again = self._findings(source, candidate, only=named | {"untranslated"})
        if weight(again) >= weight(best.findings):
            self._hopeless.add(key)
        return key in self._hopeless

    def _findings(
        self, source: str, candidate: Candidate, only: Collection[str] = LABELS.keys()
    ) -> tuple[Finding, ...]:
        text, flags = candidate.text, candidate.flags
        return tuple(findings(source, text, glossary=self._glossary, flags=flags, only=only))


def _masks(source: str, found: Sequence[Finding], ladder: Ladder) -> tuple[Masked, ...]:
    """Give the ways to put into the source what its translation lost, the best first."""
    if "terms" not in ladder.rungs:
        return ()
    wanted = wanted_names(source, found, ladder.glossary)
    ways = [masked(source, wanted, way) for way in ("mixed", "names", "words") if wanted]
    distinct = dict.fromkeys(way for way in ways if way is not None and way.text != source)
    return tuple(distinct)
