"""Keep what models take for amounts: marks of notes, and powers. 水质②好转 ── quality ② is better.

A model reads ② as a figure, and [2] as what it is. So it is asked with [2], and its answer has
the marks of the source again; one that it lost stands where the sentence ends.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.patterns import lazy
from models.protocols import BEST, Candidate, Request, Search, Translator
from models.runtime.control import NO_CONTROL, Control
from pipeline.ask import ask
from pipeline.language.chinese import HAN, with_ordinary_marks
from pipeline.language.numbers.list_markers import ENCLOSED
from pipeline.translate.powers import with_powers

_MARK = lazy(
    rf"\[(?P<label>\d{{1,3}}|[*†‡]|{ENCLOSED})\](?!\()|{ENCLOSED}|(?<=[{HAN}])\*(?=[{HAN}，。；：、])"
)
_ASKED = lazy(r"\[(?:\d{1,3}|[*†‡])\]")
_END = lazy(r"[.!?;:,…\"'”’)]*\s*$")


@dataclass(frozen=True, slots=True)
class MarkedTranslator:
    """A translator whose answers have the marks of notes and the powers of their sentences."""

    translator: Translator

    @property
    def context_sentences(self) -> int:
        """How many sentences of context the translator reads."""
        return self.translator.context_sentences

    @property
    def reads_terms(self) -> bool:
        """True if the translator reads the terms of a glossary."""
        return self.translator.reads_terms

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each request; see `Translator`."""
        asked = [replace(each, sentence=as_asked(each.sentence)) for each in requests]
        answers = ask(self.translator, asked, search, control=control)
        return [
            [replace(each, text=as_written(request.sentence, each.text)) for each in own]
            for request, own in zip(requests, answers, strict=True)
        ]


def as_asked(source: str) -> str:
    """Return a sentence as a model reads it best.

    >>> as_asked("水质②有所好转[①]。"), as_asked("何時開課︖")
    ('水质[2]有所好转[1]。', '何時開課？')
    """
    return _MARK.sub(_bracketed, with_ordinary_marks(source))


def as_written(source: str, translation: str) -> str:
    """Write the marks and powers of a source where a translation has others or none.

    >>> as_written("面积4×10⁴m²②，含CO₂。", "An area of 4×104m2 [2] with CO2.")
    'An area of 4×10⁴m² ② with CO₂.'
    >>> as_written("企业1200家[3]，职工3万人[4]。", "1,200 firms, 30,000 workers[4].")
    '1,200 firms, 30,000 workers[3][4].'
    >>> as_written("首日共有230人就餐③。", "There were 230 diners.")
    'There were 230 diners③.'
    """
    text = with_powers(source, translation)
    marks = [(match[0], _bracketed(match)) for match in _MARK.finditer(source)]
    if not marks or not text.strip():
        return text
    return _marked(marks, text)


def _bracketed(match: re.Match[str]) -> str:
    mark = match["label"] or match[0]
    value = unicodedata.numeric(mark, None) if len(mark) == 1 else None
    return f"[{mark if value is None else int(value)}]"


def _marked(marks: Sequence[tuple[str, str]], text: str) -> str:
    """Write each mark for what the model was asked with; lost ones stand before the next one."""
    found = [*_ASKED.finditer(text)]
    parts: list[str] = []
    lost = ""
    position = place = 0
    for mark, asked in marks:
        at = next((n for n in range(place, len(found)) if found[n][0] == asked), None)
        if at is None:
            lost += mark
            continue
        before, end = text[position : found[at].start()], found[at].end()
        # first:[1] farms -> first: ① farms
        gap = " " if mark != asked and before.endswith((":", ";", ",")) else ""
        parts += [before, lost, gap, mark]
        if mark != asked and text[end : end + 1].isalnum():
            parts.append(" ")
        lost, position, place = "", end, at + 1
    rest = text[position:]
    stop = _END.search(rest)
    cut = stop.start() if lost and stop else len(rest)
    return "".join([*parts, rest[:cut], lost, rest[cut:]])
