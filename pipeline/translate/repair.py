"""Flagged translations to better ones: a ladder of retries, each judged by the same checks.

flagged ─▶ n-best ─▶ terms ─▶ clauses ─▶ other decoding ─▶ fallback ─▶ corrected ─▶ kept
          each rung sees only the sentences that still have a finding
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from models.protocols import Candidate, Request, Search, Translator
from pipeline.ask import ask, ask_best
from pipeline.check.checks import findings
from pipeline.check.codes import restored
from pipeline.check.repetition import collapsed
from pipeline.check.severity import weight
from pipeline.language.glossary import Glossary, make_glossary
from pipeline.records import Finding, Rung
from pipeline.translate.amounts import corrected
from pipeline.translate.improvement import Judged, is_better
from pipeline.translate.missing import wanted_names
from pipeline.translate.placeholders import Masked, masked, unmasked

NBEST = Search(count=4)
OTHER_DECODING = Search(count=4, beams=8, length_penalty=1.2, no_repeat_ngram_size=4)
_SHORTEST_CLAUSE = 6
_CLAUSE_END = re.compile(r"(?<=[，；：,;])(?!\d)")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which rungs there are, and what a retry must keep of the confidence before it."""

    rungs: tuple[Rung, ...] = ("nbest", "terms", "clauses", "decoding", "fallback", "corrected")
    least_confidence: float = 0.7
    glossary: Glossary = field(default_factory=lambda: make_glossary(()))
    fallback: Callable[[], Translator] | None = None


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
class _Case:
    """A flagged sentence on its way up, with the best translation so far.

    `masks` are the source with names put into it that the first answer lost.
    """

    request: Request
    best: Judged
    rung: Rung | None
    reason: str
    masks: tuple[Masked, ...] = ()
    failure: str = ""

    @property
    def source(self) -> str:
        """The sentence itself."""
        return self.request.sentence


def repair(
    requests: Sequence[Request],
    candidates: Sequence[Candidate],
    *,
    translator: Translator,
    ladder: Ladder,
) -> list[Repaired]:
    """Retry what the checks flag; one row per sentence, same order.

    A retry is taken only if its findings weigh less, no more of them are errors, and its
    confidence is not much lower: no translation becomes worse by the checks. A sentence
    without a finding is left as it is, and each distinct one is repaired once. Who reads
    context or terms gets those of the request with every retry.
    """
    firsts = dict.fromkeys(zip(requests, candidates, strict=True))
    cases = {
        (request, first): _Case(
            request,
            judged,
            None,
            _reason(judged.findings),
            _masks(request.sentence, judged.findings, ladder),
        )
        for request, first in firsts
        if weight((judged := _judged(request.sentence, first, ladder.glossary)).findings)
    }
    for rung in ladder.rungs:
        waiting = [key for key, case in cases.items() if weight(case.best.findings)]
        if waiting:
            tried = _tried(rung, [cases[key] for key in waiting], translator, ladder)
            for key, others in zip(waiting, tried, strict=True):
                cases[key] = _better(cases[key], others, rung, ladder)
    return [_repaired(cases.get(key), key[1]) for key in zip(requests, candidates, strict=True)]


def _repaired(case: _Case | None, first: Candidate) -> Repaired:
    if case is None:
        return Repaired(first)
    failure = case.failure if weight(case.best.findings) else ""
    return Repaired(case.best.candidate, case.rung or "kept", case.reason, failure)


def _reason(found: Sequence[Finding]) -> str:
    return "; ".join(f"{each.check}: {each.message}" for each in found if each.severity != "info")


def _better(case: _Case, others: Sequence[Candidate], rung: Rung, ladder: Ladder) -> _Case:
    """Take the first of the best among the retries that are better than the translation so far."""
    best = case.best
    for other in others:
        if other.failure:
            case = replace(case, failure=other.failure)
            continue
        judged = _judged(case.source, other, ladder.glossary)
        if _rank(judged) < _rank(best) and is_better(
            case.source, case.best, judged, least_confidence=ladder.least_confidence
        ):
            best = judged
    return case if best is case.best else replace(case, best=best, rung=rung)


def _rank(judged: Judged) -> tuple[int, float]:
    return judged.emptiness, weight(judged.findings)


def _judged(source: str, candidate: Candidate, glossary: Glossary) -> Judged:
    found = findings(source, candidate.text, glossary=glossary, flags=candidate.flags)
    return Judged(candidate, tuple(found))


def _tried(
    rung: Rung, cases: Sequence[_Case], translator: Translator, ladder: Ladder
) -> list[list[Candidate]]:
    """Give what a rung offers for each case; an empty list where it has nothing."""
    requests = [case.request for case in cases]
    match rung:
        case "nbest":
            return ask(translator, requests, NBEST)
        case "terms":
            return _each_way(cases, lambda asked: _ask_each(asked, translator), plain=False)
        case "clauses":
            return _each_way(cases, lambda asked: _in_clauses(asked, translator))
        case "decoding":
            return _each_way(cases, lambda asked: ask(translator, asked, OTHER_DECODING))
        case "fallback":
            if ladder.fallback is None:
                return [[] for _ in cases]
            return _ask_each(requests, ladder.fallback())
        case "corrected":
            return [_corrected(case) for case in cases]


def _each_way(
    cases: Sequence[_Case],
    tried: Callable[[Sequence[Request]], list[list[Candidate]]],
    *,
    plain: bool = True,
) -> list[list[Candidate]]:
    """Try the source as it is (`plain`) and with the names put into it, in one call.

    All masks are tried where the names are what it is about, else the first one.
    """
    ways = [[Masked(case.source), *case.masks[:1]] if plain else list(case.masks) for case in cases]
    asked = [
        _about(case.request, way.text) for case, own in zip(cases, ways, strict=True) for way in own
    ]
    answers = iter(tried(asked) if asked else [])
    return [
        [
            replace(answer, text=text)
            for way in own
            for answer in next(answers)
            if (text := unmasked(answer.text, way)) is not None
        ]
        for own in ways
    ]


def _about(request: Request, sentence: str) -> Request:
    """Ask about a part or another wording of a sentence: with its context, and its own terms."""
    terms = tuple(term for term in request.terms if term[0] in sentence)
    return Request(sentence, request.context, terms)


def _ask_each(requests: Sequence[Request], translator: Translator) -> list[list[Candidate]]:
    return [[best] for best in ask_best(translator, requests)]


def _masks(source: str, found: Sequence[Finding], ladder: Ladder) -> tuple[Masked, ...]:
    """Give the ways to put into the source what its translation lost, the best first."""
    if "terms" not in ladder.rungs:
        return ()
    wanted = wanted_names(source, found, ladder.glossary)
    ways = [masked(source, wanted, way) for way in ("mixed", "names", "words") if wanted]
    distinct = dict.fromkeys(way for way in ways if way is not None and way.text != source)
    return tuple(distinct)


def clauses(source: str) -> list[str]:
    """Cut a sentence behind its commas into clauses of at least six characters."""
    parts: list[str] = []
    for piece in _CLAUSE_END.split(source):
        if parts and (len(parts[-1]) < _SHORTEST_CLAUSE or len(piece) < _SHORTEST_CLAUSE):
            parts[-1] += piece
        else:
            parts.append(piece)
    return parts


def _in_clauses(requests: Sequence[Request], translator: Translator) -> list[list[Candidate]]:
    cut = [clauses(request.sentence) for request in requests]
    asked = [
        _about(request, part)
        for request, parts in zip(requests, cut, strict=True)
        if len(parts) > 1
        for part in parts
    ]
    answers = iter(ask_best(translator, asked) if asked else [])
    return [
        [_joined(parts, [next(answers) for _ in parts])] if len(parts) > 1 else [] for parts in cut
    ]


def _joined(parts: Sequence[str], answers: Sequence[Candidate]) -> Candidate:
    """Put clauses together: a comma where a full stop closed one, confidence by length."""
    texts = [answer.text.strip() for answer in answers if answer.text.strip()]
    text = ""
    for own in texts:
        text = f"{text.rstrip('.,;')}, {_lowered(own)}" if text else own
    confidence: float | None = 1.0
    characters = sum(map(len, parts))
    for part, answer in zip(parts, answers, strict=True):
        if confidence is None or answer.confidence is None:
            confidence = None
        else:
            confidence *= max(answer.confidence, 1e-9) ** (len(part) / characters)
    if any(answer.refused for answer in answers):
        confidence = 0.0
    return Candidate(
        text,
        confidence,
        any(answer.source_truncated for answer in answers),
        any(answer.target_truncated for answer in answers),
        next((answer.failure for answer in answers if answer.failure), ""),
    )


# Words that no name begins with, and adverbs but for names that look like one.
_OPENING = re.compile(
    r"(?:The|A|An|In|On|At|It|He|She|They|We|This|That|These|Those|And|But|With|For|From|To|By"
    r"|There|Its|His|Her|Their|Our|As|Of|After|Before|While|When|Where|Which|Who|If|So|Or|Not|No"
    r"|All|Some|Many|More|Most|Such|Then|Thus|Also|Now|Through|Under|Over|Into|About|Is|Are|Was"
    r"|Were|Has|Have|Had|Will|Can|Must|Make|Use|Give|Let"
    r"|(?!July|Italy|Sicily|Emily|Kelly|Sally|Molly|Beverly)[A-Z][a-z]{2,}ly)\b"
)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if _OPENING.match(text) else text


def _corrected(case: _Case) -> list[Candidate]:
    """Give what can be mended without a model: loops, codes, amounts off by a power of ten."""
    candidate = case.best.candidate
    text = collapsed(case.source, candidate.text) or candidate.text
    text = restored(case.source, text)
    text = corrected(case.source, text) or text
    return [] if text == candidate.text else [replace(candidate, text=text)]
