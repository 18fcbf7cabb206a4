"""One article as a reader of the report sees it: source beside translation, with what was found."""

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
class Line:
    """One sentence beside its translation; `anchor` is its place in the report."""

    anchor: str
    source: Sentence
    translated: TranslatedSentence
    score: SentenceScore

    @property
    def remarked(self) -> bool:
        """Whether there is anything to say of it: a finding, a repair, an editor's hand."""
        return (
            bool(self.score.findings)
            or bool(self.translated.unknown)
            or self.translated.rung not in (None, "kept")
            or self.translated.origin == "editor"
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A block with its lines."""

    kind: BlockKind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """An article with everything known of it; `anchor` is its place in the report."""

    anchor: str
    article: Article
    title_en: str
    passages: tuple[Passage, ...]
    summary: Summary
    score: Score
    summary_metrics: tuple[MetricValue, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every sentence of the story, in reading order."""
        return tuple(line for passage in self.passages for line in passage.lines)

    @property
    def flagged(self) -> int:
        """How many of its sentences have a finding."""
        return sum(bool(line.score.findings) for line in self.lines)

    @property
    def headline(self) -> Passage | None:
        """The passage that is the article's title, where the text has it; first wins."""
        title = "".join(self.article.title.split())
        for passage in self.passages:
            if passage.kind in ("title", "heading"):
                words = "".join(line.source.text for line in passage.lines)
                if "".join(words.split()) == title:
                    return passage
        return None
