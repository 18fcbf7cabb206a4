"""The retries of a flagged sentence: how it is put to the model, and what rules can mend.

A step is one call of the model for all sentences that wait. It leaves out those it hardly ever
helps, so that the ladder costs a small part of the first pass.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from models.patterns import lazy
from models.protocols import BEST, SPARE, Candidate, Request, Search, Translator
from pipeline.ask import ask
from pipeline.check.findings.severity import weight
from pipeline.check.named.codes import restored
from pipeline.check.repetition import collapsed
from pipeline.language.numbers.chinese_amounts import NUMERAL
from pipeline.records import Finding, Rung
from pipeline.translate.amounts import corrected
from pipeline.translate.clauses import ask_in_clauses, part_of, small_as_before
from pipeline.translate.improvement import Judged
from pipeline.translate.placeholders import Masked, unmasked
from pipeline.translate.spelling import respelt

# A narrow beam is fast, and finds other answers than the beam of the first pass.
GREEDY = Search(beams=1)
NARROW = Search(beams=2)
NBEST = Search(count=2, beams=2)
OTHER_DECODING = Search(count=4, beams=8, length_penalty=1.2, no_repeat_ngram_size=4)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged sentence with the best translation so far.

    `masks` are the source with names put into it that the first answer lost.
    """

    request: Request
    best: Judged
    masks: tuple[Masked, ...] = ()

    @property
    def source(self) -> str:
        """The sentence itself."""
        return self.request.sentence

    @property
    def lacks_names(self) -> bool:
        """True if placeholders may help."""
        return bool(self.masks) and any(map(_is_about_names, self.best.findings))

    @property
    def lacks_only_names(self) -> bool:
        """True if nothing but names is wrong, and placeholders may help."""
        return self.lacks_names and all(
            _is_about_names(finding) for finding in self.best.findings if weight([finding])
        )


def _is_about_names(finding: Finding) -> bool:
    return finding.check in ("names", "terms")


Answers = list[list[Candidate]]
Step = Callable[[Translator, Sequence[Flagged]], Answers]
"""Returns what a retry offers for each sentence: nothing where it has no use."""

_Ask = Callable[[Translator, Sequence[Request]], Answers]
_Ways = Callable[[Flagged], Sequence[Masked]]


def _asked(
    ways_of: _Ways, ask_all: _Ask, translator: Translator, sentences: Sequence[Flagged]
) -> Answers:
    """Put each sentence in its ways, ask about all in one call, and write the names back."""
    ways = [ways_of(sentence) for sentence in sentences]
    requests = [
        part_of(sentence.request, way.text)
        for sentence, own in zip(sentences, ways, strict=True)
        for way in own
    ]
    answers = iter(ask_all(translator, requests) if requests else [])
    return [
        [
            answer if answer.failure else replace(answer, text=text)
            for way in own
            for answer in next(answers)
            if (text := unmasked(answer.text, way)) is not None
        ]
        for own in ways
    ]


def _by(search: Search) -> _Ask:
    return lambda translator, requests: ask(translator, requests, search)


def _by_clauses(translator: Translator, sentences: Sequence[Flagged]) -> Answers:
    answers = _asked(_plain_or_masked, _ask_in_clauses, translator, sentences)
    return [
        [
            replace(each, text=small_as_before(each.text, sentence.best.candidate.text))
            for each in own
        ]
        for sentence, own in zip(sentences, answers, strict=True)
    ]


def _ask_in_clauses(translator: Translator, requests: Sequence[Request]) -> Answers:
    return ask_in_clauses(translator, requests, NARROW)


def _plain(sentence: Flagged) -> list[Masked]:
    return [Masked(sentence.source)]


def _plain_or_masked(sentence: Flagged) -> Sequence[Masked]:
    return sentence.masks[:1] if sentence.lacks_names else _plain(sentence)


def _first_mask(sentence: Flagged) -> Sequence[Masked]:
    return sentence.masks[:1] if sentence.lacks_names else ()


def _other_masks(sentence: Flagged) -> Sequence[Masked]:
    return sentence.masks[1:] if sentence.lacks_names else ()


def _unless_a_list(sentence: Flagged) -> list[Masked]:
    return [] if _is_a_list(sentence) else _plain(sentence)


def _unless_only_names(sentence: Flagged) -> list[Masked]:
    """Leave out names: another hypothesis seldom has one that the best one lacks."""
    return [] if sentence.lacks_only_names else _unless_a_list(sentence)


def _if_serious(sentence: Flagged) -> list[Masked]:
    """Leave out mild findings: a wide search is slow."""
    is_serious = not _is_a_list(sentence) and any(
        finding.severity == "error" or finding.check in ("repetition", "length")
        for finding in sentence.best.findings
    )
    return _plain(sentence) if is_serious else []


def _is_a_list(sentence: Flagged) -> bool:
    """True if a sentence has so many numbers that only its clauses can be right."""
    return len(_NUMBER.findall(sentence.source)) > _MOST_NUMBERS


def is_beyond_retries(sentence: Flagged) -> bool:
    """True if a sentence is a list of numbers and little else: rows of a table in one line."""
    numbers = _NUMBER.findall(sentence.source)
    return len(numbers) > _MOST_NUMBERS and 2 * sum(map(len, numbers)) > len(sentence.source)


_NUMBER = lazy(rf"[\d{NUMERAL}]+")
_MOST_NUMBERS = 20


def _by_rule(translator: Translator, sentences: Sequence[Flagged]) -> Answers:
    return [_mended(sentence) for sentence in sentences]


def _mended(sentence: Flagged) -> list[Candidate]:
    """Return what rules can mend: loops, codes, spellings, amounts off by a power of ten."""
    candidate = sentence.best.candidate
    text = collapsed(sentence.source, candidate.text) or candidate.text
    text = restored(sentence.source, text)
    text = respelt(sentence.source, text, sentence.best.findings)
    text = corrected(sentence.source, text) or text
    return [] if text == candidate.text else [replace(candidate, text=text)]


STEPS: dict[Rung, tuple[Step, ...]] = {
    "corrected": (_by_rule,),
    "nbest": (partial(_asked, _unless_a_list, _by(SPARE)),),
    "terms": (
        partial(_asked, _first_mask, _by(GREEDY)),
        partial(_asked, _other_masks, _by(NBEST)),
    ),
    "clauses": (_by_clauses,),
    "decoding": (
        partial(_asked, _unless_only_names, _by(NBEST)),
        partial(_asked, _if_serious, _by(OTHER_DECODING)),
    ),
    "fallback": (partial(_asked, _plain, _by(BEST)),),
}
"""The calls of each rung, one after the other."""
