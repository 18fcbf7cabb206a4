"""What a report says of a run as a whole, counted story by story, so that no story is kept.

A run of a hundred thousand sentences is read from its shards once to be counted, and once more
for each rendering; what stays in memory are counts, a number a sentence, and the few sentences
and stories that are named.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.check.severity import weight
from pipeline.language.glossary import Glossary, said_form
from pipeline.records import Finding
from pipeline.report.story import Line, Story
from pipeline.report.vocabulary import Reading

READ_FIRST = 12
READ_NEXT = 6


def serious(found: Sequence[Finding]) -> list[Finding]:
    """Leave out remarks that are no warning."""
    return [each for each in found if each.severity != "info"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in the table of contents."""

    anchor: str
    id: str
    title: str
    title_en: str
    sentences: int
    flagged: int
    confidence: float | None

    @property
    def name(self) -> str:
        """What to call it in English text."""
        return self.title or self.title_en or self.id


@dataclass(slots=True)
class Tally:
    """Counts of a run. Add its stories in order; everything else reads what was counted."""

    glossary: Glossary | None = None
    entries: list[Entry] = field(default_factory=list)
    sentences: int = 0
    source_chars: int = 0
    target_words: int = 0
    origins: Counter[str] = field(default_factory=Counter)
    without_rule: int = 0
    found: Counter[str] = field(default_factory=Counter)
    """Sentences in which a check found anything …"""
    doubts: Counter[str] = field(default_factory=Counter)
    """… and anything serious; `doubted` are those with any of it."""
    doubted: int = 0
    rungs: Counter[str] = field(default_factory=Counter)
    lengths: "array[int]" = field(default_factory=lambda: array("L"))
    confidences: "array[float]" = field(default_factory=lambda: array("d"))
    expected: "array[float]" = field(default_factory=lambda: array("d"))
    reading: Reading = field(default_factory=Reading)
    asked: Counter[str] = field(default_factory=Counter)
    said: dict[str, Counter[str]] = field(default_factory=dict)
    worst: list[Line] = field(default_factory=list)
    """The sentences to read first: those with findings, the heaviest and least sure first."""
    _unsure: list[tuple[float, int, Line]] = field(default_factory=list)

    def add(self, story: Story) -> None:
        """Count a story."""
        lines = story.lines
        self.entries.append(
            Entry(
                story.anchor,
                story.article.id,
                story.article.title,
                story.title_en,
                len(lines),
                story.flagged,
                story.score.confidence,
            )
        )
        for line in lines:
            self._add(line)
        suspects = [line for line in lines if serious(line.score.findings)]
        if suspects:
            self.worst = sorted([*self.worst, *suspects], key=_trust)[:READ_FIRST]

    def _add(self, line: Line) -> None:
        self.sentences += 1
        self.source_chars += len("".join(line.source.text.split()))
        self.target_words += len(line.translated.text.split())
        self.origins[line.translated.origin] += 1
        self.without_rule += "no_rule" in line.translated.flags
        self.found.update({each.check for each in line.score.findings})
        doubts = sorted({each.check for each in serious(line.score.findings)})
        self.doubts.update(doubts)
        self.doubted += bool(doubts)
        if line.translated.rung:
            self.rungs[line.translated.rung] += 1
        if line.score.confidence is not None:
            self.lengths.append(len(line.source.text))
            self.confidences.append(line.score.confidence)
        if line.score.expected_error is not None:
            if not doubts:
                self._unsure.append((-line.score.expected_error, len(self.expected), line))
                self._unsure = sorted(self._unsure, key=lambda each: each[:2])[:READ_NEXT]
            self.expected.append(line.score.expected_error)
        self.reading.add(line)
        if self.glossary and line.translated.origin == "model":
            self._follow_terms(line, self.glossary)

    def _follow_terms(self, line: Line, glossary: Glossary) -> None:
        for term in {term.zh: term for _, term in glossary.matches(line.source.text)}.values():
            self.asked[term.zh] += 1
            said = self.said.setdefault(term.zh, Counter())
            if form := said_form(line.translated.text, term):
                said[form] += 1

    @property
    def checked(self) -> int:
        """The sentences that a model translated: those that the checks looked at."""
        return self.origins["model"]

    def unsure(self) -> tuple[Line, ...]:
        """Give the sentences to read next: nothing was found in them, and most error is expected.

        They are among the worst tenth of the run by expected error; none where none is known.
        """
        tenth = len(self.expected) // 10
        return tuple(line for error, at, line in self._unsure if self._rank(-error, at) < tenth)

    def _rank(self, error: float, at: int) -> int:
        """Count the sentences of which more error is expected, or as much and which came before."""
        above = sum(other > error for other in self.expected)
        return above + self.expected[:at].count(error)


def _trust(line: Line) -> tuple[float, float, float]:
    confidence = line.score.confidence if line.score.confidence is not None else 1.0
    return -weight(line.score.findings), -(line.score.expected_error or 0.0), confidence
