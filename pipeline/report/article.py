"""One article as the report shows it: source beside translation, with the findings."""

from dataclasses import dataclass

from pipeline.records import (
    Article,
    BlockKind,
    MetricValue,
    Score,
    Sentence,
    SentenceScore,
    Summary,
    TranslatedSentence,
)


@dataclass(frozen=True, slots=True)
class ReportSentence:
    """One sentence beside its translation; `anchor` is its id in the page."""

    anchor: str
    source: Sentence
    translated: TranslatedSentence
    score: SentenceScore

    @property
    def remarked(self) -> bool:
        """True if it has a finding, a repair, an unknown character or an editor's correction."""
        return (
            bool(self.score.findings)
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

    @property
    def sentences(self) -> tuple[ReportSentence, ...]:
        """Every sentence of the article, in reading order."""
        return tuple(sentence for block in self.blocks for sentence in block.sentences)

    @property
    def flagged(self) -> int:
        """Number of sentences with a finding."""
        return sum(bool(sentence.score.findings) for sentence in self.sentences)

    @property
    def headline(self) -> ReportBlock | None:
        """First block that repeats the article's title; None if the text does not."""
        title = "".join(self.article.title.split())
        for block in self.blocks:
            if block.kind in ("title", "heading"):
                words = "".join(sentence.source.text for sentence in block.sentences)
                if "".join(words.split()) == title:
                    return block
        return None
