"""Totals of a run, counted article by article so that no article stays in memory.

A run is read from its shards once to count it and once more for each rendering. Only counts, one
number per sentence, and the few sentences and articles that the report names are kept.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.check.findings.severity import weight
from pipeline.check.findings.verdict import ErrorCount
from pipeline.language.glossary import Glossary, said_form
from pipeline.records import Finding
from pipeline.report.article import ReportArticle, ReportSentence, Texts, made
from pipeline.report.index import IndexCounter
from pipeline.report.vocabulary import GapCounter

READ_FIRST = 12
READ_NEXT = 6


def serious(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that are warnings or errors."""
    return [finding for finding in findings if finding.severity != "info"]


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """An article in the table of contents."""

    anchor: str
    id: str
    title: str
    title_en: str
    sentences: int
    flagged: int
    doubted: int
    """Sentences with something to check; `flagged` counts those with a mere remark too."""
    confidence: float | None

    @property
    def name(self) -> str:
        """Name of the article in English sentences."""
        return self.title_en or self.title or self.id


@dataclass(slots=True)
class RunCounts:
    """Counts of a run. Add its articles in order, then read the totals."""

    glossary: Glossary | None = None
    texts: Texts = made
    contents: list[ContentsEntry] = field(default_factory=list)
    sentences: int = 0
    summary_sentences: int = 0
    faithfulness: list[float] = field(default_factory=list)
    """Of each article that has a summary, 0 to 100."""
    source_chars: int = 0
    target_words: int = 0
    origins: Counter[str] = field(default_factory=Counter)
    without_rule: int = 0
    flagged: Counter[str] = field(default_factory=Counter)
    """Sentences with any finding, by check."""
    doubts: Counter[str] = field(default_factory=Counter)
    """Sentences with a warning or error, by check; `doubted` counts each sentence once."""
    doubted: int = 0
    to_confirm: int = 0
    """Sentences of an editor in which a check found something; `confirm` are the first of them."""
    confirm: list[ReportSentence] = field(default_factory=list)
    rungs: Counter[str] = field(default_factory=Counter)
    lengths: "array[int]" = field(default_factory=lambda: array("L"))
    confidences: "array[float]" = field(default_factory=lambda: array("d"))
    expected: "array[float]" = field(default_factory=lambda: array("d"))
    errors: ErrorCount = field(default_factory=ErrorCount)
    gaps: GapCounter = field(default_factory=GapCounter)
    asked: Counter[str] = field(default_factory=Counter)
    said: dict[str, Counter[str]] = field(default_factory=dict)
    index: IndexCounter = field(default_factory=IndexCounter)
    worst: list[ReportSentence] = field(default_factory=list)
    """Sentences to read first: those with the gravest findings, then the least sure."""
    _unsure: list[tuple[float, int, ReportSentence]] = field(default_factory=list)

    def add(self, reported: ReportArticle) -> None:
        """Count an article."""
        sentences = reported.sentences
        self.contents.append(
            ContentsEntry(
                reported.anchor,
                reported.article.id,
                reported.article.title,
                reported.title_en,
                len(sentences),
                reported.flagged,
                len(reported.doubted),
                reported.score.confidence,
            )
        )
        for sentence in sentences:
            self._add(sentence)
        self.index.add(reported, self.texts)
        self.summary_sentences += len(reported.summary.zh) + len(reported.summary.en)
        if reported.summary.faithfulness is not None:
            self.faithfulness.append(reported.summary.faithfulness)
        suspects = [sentence for sentence in sentences if serious(sentence.score.findings)]
        if suspects:
            self.worst = sorted([*self.worst, *suspects], key=_trust)[:READ_FIRST]

    def _add(self, sentence: ReportSentence) -> None:
        self.sentences += 1
        self.source_chars += len("".join(sentence.source.text.split()))
        self.target_words += len(sentence.translated.text.split())
        self.origins[sentence.translated.origin] += 1
        self.without_rule += "no_rule" in sentence.translated.flags
        self.flagged.update({finding.check for finding in sentence.score.findings})
        if sentence.translated.origin == "editor" and sentence.score.findings:
            self.to_confirm += 1
            self.confirm = [*self.confirm, sentence][:READ_FIRST]
        doubts = sorted({finding.check for finding in serious(sentence.score.findings)})
        self.doubts.update(doubts)
        self.doubted += bool(doubts)
        self.errors.add(sentence.translated, sentence.score)
        if sentence.translated.rung:
            self.rungs[sentence.translated.rung] += 1
        if sentence.score.confidence is not None:
            self.lengths.append(len(sentence.source.text))
            self.confidences.append(sentence.score.confidence)
        if sentence.score.expected_error is not None:
            if not doubts:
                self._unsure.append((-sentence.score.expected_error, len(self.expected), sentence))
                self._unsure = sorted(self._unsure, key=lambda entry: entry[:2])[:READ_NEXT]
            self.expected.append(sentence.score.expected_error)
        self.gaps.add(sentence)
        if self.glossary and sentence.translated.origin == "model":
            self._follow_terms(sentence, self.glossary)

    def _follow_terms(self, sentence: ReportSentence, glossary: Glossary) -> None:
        for term in {term.zh: term for _, term in glossary.matches(sentence.source.text)}.values():
            self.asked[term.zh] += 1
            said = self.said.setdefault(term.zh, Counter())
            if form := said_form(sentence.translated.text, term):
                said[form] += 1

    @property
    def checked(self) -> int:
        """Number of sentences that a model translated or an editor wrote; these are checked."""
        return self.origins["model"] + self.origins["editor"]

    def unsure(self) -> tuple[ReportSentence, ...]:
        """Return the sentences to read next: unflagged, with the highest expected error.

        They are in the worst tenth of the run; the result is empty without expected errors.
        """
        tenth = len(self.expected) // 10
        return tuple(
            sentence for error, index, sentence in self._unsure if self._rank(-error, index) < tenth
        )

    def _rank(self, error: float, index: int) -> int:
        """Count those with a higher expected error, or with the same one and an earlier index."""
        above = sum(other > error for other in self.expected)
        return above + self.expected[:index].count(error)


def _trust(sentence: ReportSentence) -> tuple[float, float, float]:
    confidence = sentence.score.confidence if sentence.score.confidence is not None else 1.0
    return -weight(sentence.score.findings), -(sentence.score.expected_error or 0.0), confidence
