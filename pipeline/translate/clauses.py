"""Translate a sentence clause by clause, and put the clauses together."""

from collections.abc import Sequence

from models.patterns import lazy
from models.protocols import Candidate, Request, Search, Translator
from pipeline.ask import ask

_SHORTEST_CLAUSE = 6
_CLAUSE_END = lazy(r"(?<=[，；：,;])(?!\d)")


def part_of(request: Request, sentence: str) -> Request:
    """Ask about a part or another wording of a sentence: with its context, and its own terms."""
    terms = tuple(term for term in request.terms if term[0] in sentence)
    return Request(sentence, request.context, terms)


def clauses(source: str) -> list[str]:
    """Cut a sentence behind its commas into clauses of at least six characters."""
    parts: list[str] = []
    for piece in _CLAUSE_END.split(source):
        if parts and (len(parts[-1]) < _SHORTEST_CLAUSE or len(piece) < _SHORTEST_CLAUSE):
            parts[-1] += piece
        else:
            parts.append(piece)
    return parts


def ask_in_clauses(
    translator: Translator, requests: Sequence[Request], search: Search
) -> list[list[Candidate]]:
    """Return each request translated clause by clause; nothing where there is one clause only."""
    cut = [clauses(request.sentence) for request in requests]
    asked = [
        part_of(request, part)
        for request, parts in zip(requests, cut, strict=True)
        if len(parts) > 1
        for part in parts
    ]
    answers = iter(ask(translator, asked, search) if asked else [])
    joined = []
    for parts in cut:
        own = [next(answers)[:1] for _ in parts] if len(parts) > 1 else []
        joined.append([_joined(parts, [best for (best,) in own])] if own and all(own) else [])
    return joined


def _joined(parts: Sequence[str], answers: Sequence[Candidate]) -> Candidate:
    """Put clauses together: a comma where a full stop closed one, confidence by length.

    Behind a colon there is no comma, and a capital stays.
    """
    texts = [answer.text.strip() for answer in answers if answer.text.strip()]
    text = ""
    for own in texts:
        if text.endswith(":"):
            text = f"{text} {own}"
        else:
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
_OPENING = lazy(
    r"(?:The|A|An|In|On|At|It|He|She|They|We|This|That|These|Those|And|But|With|For|From|To|By"
    r"|There|Its|His|Her|Their|Our|As|Of|After|Before|While|When|Where|Which|Who|If|So|Or|Not|No"
    r"|All|Some|Many|More|Most|Such|Then|Thus|Also|Now|Through|Under|Over|Into|About|Is|Are|Was"
    r"|Were|Has|Have|Had|Will|Can|Must|Make|Use|Give|Let|Among|Between|During|Since|Because"
    r"|Although|Though|However|Until|Unless|Without|Within|Every|Each|Both|Any|Another|Other|Once"
    r"|(?!July|Italy|Sicily|Emily|Kelly|Sally|Molly|Beverly)[A-Z][a-z]{2,}ly)\b"
)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if _OPENING.match(text) else text


_BEHIND_A_COMMA = lazy(r"(?<=, )[A-Z][a-z]+\b(?![’'-]|\s[A-Z\d])")
_SMALL_WORD = lazy(r"(?<![\w’'-])[a-z]+\b")


def small_as_before(text: str, before: str) -> str:
    """Write a word behind a comma small if the translation `before` has it small.

    A name is not; what may be a part of one, before another capital or a number, stays.

    >>> small_as_before("Rice grew, Firms sold it, May 3 came.", "In may firms sold rice.")
    'Rice grew, firms sold it, May 3 came.'
    """
    small = set(_SMALL_WORD.findall(before))
    return _BEHIND_A_COMMA.sub(
        lambda word: word[0].lower() if word[0].lower() in small else word[0], text
    )
