"""One article as the report shows it: English, Chinese, and what to check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.records import (
    Article,
    BlockKind,
    Finding,
    MetricValue,
    Score,
    Sentence,
    SentenceScore,
    Summary,
    TranslatedSentence,
)

EnglishRule = Callable[[BlockKind, str], str | None]
"""Returns the English of a date or credit, or None if no rule translates it."""

State = Literal["sound", "warning", "error", "confirm", "editor", "left"]
"""What a reader should know of a sentence: nothing to check, in doubt, probably wrong, an editor's
that the checks doubt, an editor's, left in Chinese."""

QUIET = frozenset(("page_number", "section", "jump", "furniture"))
"""Kinds of blocks that belong to the page, not to the article."""

_OPENING = frozenset(("subtitle", "credit", "date"))
_ABOVE = _OPENING | QUIET


@dataclass(frozen=True, slots=True)
class ReportSentence:
    """One sentence beside its translation; `anchor` is its id in the page."""

    anchor: str
    source: Sentence
    translated: TranslatedSentence
    score: SentenceScore
    comment: str = ""
    """What editors say of it."""

    @property
    def state(self) -> State:
        """The most urgent thing to know of the sentence."""
        severities = {finding.severity for finding in self.score.findings}
        if self.translated.origin == "editor":
            return "confirm" if severities else "editor"
        if "error" in severities:
            return "error"
        if "warning" in severities:
            return "warning"
        return "sound" if self.translated.text else "left"

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """The findings that a reader should check: an editor's to confirm, else no remarks."""
        if self.translated.origin == "editor":
            return self.score.findings
        return tuple(found for found in self.score.findings if found.severity != "info")

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """The other findings."""
        doubts = self.doubts
        return tuple(found for found in self.score.findings if found not in doubts)

    @property
    def remarked(self) -> bool:
        """True if there is more to say of it than its doubts."""
        return (
            bool(self.remarks)
            or bool(self.translated.unknown)
            or self.translated.rung not in (None, "kept")
            or self.translated.origin == "editor"
        )


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """A block with its sentences."""

    kind: BlockKind
    sentences: tuple[ReportSentence, ...]


@dataclass(frozen=True, slots=True)
class ReportArticle:
    """An article with everything the run knows about it; `anchor` is its id in the page."""

    anchor: str
    article: Article
    title_en: str
    blocks: tuple[ReportBlock, ...]
    summary: Summary
    score: Score
    summary_metrics: tuple[MetricValue, ...] = ()
    byline: tuple[tuple[str, bool], ...] = ()
    """Byline and date that were given beside the text, and whether they are in Chinese."""

    @property
    def sentences(self) -> tuple[ReportSentence, ...]:
        """Every sentence of the article, in reading order."""
        return tuple(sentence for block in self.blocks for sentence in block.sentences)

    @property
    def flagged(self) -> int:
        """Number of sentences with a finding."""
        return sum(bool(sentence.score.findings) for sentence in self.sentences)

    @property
    def doubted(self) -> tuple[ReportSentence, ...]:
        """The sentences with something to check, in reading order."""
        return tuple(sentence for sentence in self.sentences if sentence.doubts)

    @property
    def parts(self) -> "ArticleParts":
        """The article in the order of a reader: what is above the text, and the text."""
        title = "".join(self.article.title.split())
        place = next((n for n, block in enumerate(self.blocks) if _is_title(block, title)), None)
        if place is None:
            return ArticleParts(None, (), self.blocks)
        before, after = self.blocks[:place], self.blocks[place + 1 :]
        size = next((n for n, block in enumerate(after) if block.kind not in _ABOVE), len(after))
        above = (*before, *after[:size])
        return ArticleParts(
            self.blocks[place],
            tuple(block for block in above if block.kind in _OPENING),
            (*(block for block in above if block.kind not in _OPENING), *after[size:]),
        )


Texts = Callable[[str, ReportArticle, Callable[[ReportArticle], Iterable[str]]], Iterable[str]]
"""Returns a text about an article, in parts: of which kind it is, the article, what makes it."""


def made(
    kind: str, article: ReportArticle, make: Callable[[ReportArticle], Iterable[str]]
) -> Iterable[str]:
    """Return a text about an article, made anew."""
    return make(article)


@dataclass(frozen=True, slots=True)
class ArticleParts:
    """The blocks of an article: the headline, what belongs to it (byline, date), and the rest.

    `headline` is None if the text does not repeat the title.
    """

    headline: ReportBlock | None
    opening: tuple[ReportBlock, ...]
    body: tuple[ReportBlock, ...]


def _is_title(block: ReportBlock, title: str) -> bool:
    words = "".join(sentence.source.text for sentence in block.sentences)
    return block.kind in ("title", "heading") and "".join(words.split()) == title
