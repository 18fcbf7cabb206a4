"""Check every sentence of a summary against its article; mark or drop what it does not support.

summary ─▶ claims that the article lacks, share of words that the cited sentences explain ─▶ marked
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from models.protocols import Segment, SegmentScorer
from pipeline.check.checks import findings
from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.chinese import unsupported_chinese
from pipeline.check.support.english import unsupported_english
from pipeline.check.support.faithfulness import explained_share
from pipeline.errors import RowsFailedError
from pipeline.language.chinese import is_chinese
from pipeline.records import Article, Finding, Span, Summary, SummarySentence, Translation
from pipeline.summarize.facts import with_facts
from pipeline.summarize.summarize import SummarizeArticles, english_of

_CLAIMS = ("numbers", "names", "negation", "direction")
"""The checks of a translation that find another claim than the source's."""

Unsupported = Literal["mark", "drop"]
"""What is done with a sentence that the article does not support."""


def summarize_supported(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    *,
    write: SummarizeArticles,
    unsupported: Unsupported = "mark",
    load_judge: Callable[[], SegmentScorer] | None = None,
) -> list[Summary]:
    """Write summaries, check every sentence and add key facts; one row per article, same order.

    The flag `unjudged` marks a summary with a line for which the judge had no readable answer, and
    `unsupported` marks a summary with a claim that its article does not have; with `drop`
    the sentence is left out. The judge, if there is one, reads what the checks read in English.
    Raises RowsFailedError, with all other rows, if `write` does.
    """
    try:
        rows: Sequence[object] = write(articles, translations)
    except RowsFailedError as error:
        rows = error.rows
    sources = [_Sources(*pair) for pair in zip(articles, translations, strict=True)]
    if load_judge:
        sources = _judged(rows, sources, load_judge)
    checked = [
        with_facts(_supported(row, own, unsupported), own.article, own.translation)
        if isinstance(row, Summary)
        else row
        for row, own in zip(rows, sources, strict=True)
    ]
    summaries = [row for row in checked if isinstance(row, Summary)]
    if len(summaries) < len(checked):
        raise RowsFailedError(checked)
    return summaries


def _supported(summary: Summary, sources: "_Sources", unsupported: Unsupported) -> Summary:
    """Return a summary with what its article does not support marked, or left out."""
    zh, en = (tuple(map(sources.checked, lines)) for lines in (summary.zh, summary.en))
    gist_zh, gist_en = (
        line and sources.checked(line) for line in (summary.gist_zh, summary.gist_en)
    )
    is_marked = any(line.unsupported for line in (*zh, *en, gist_zh, gist_en) if line)
    if unsupported == "drop":
        zh, en = (tuple(line for line in lines if not line.unsupported) for lines in (zh, en))
        gist_zh = None if gist_zh and gist_zh.unsupported else gist_zh
        gist_en = None if gist_en and gist_en.unsupported else gist_en
    shares = [sources.faithfulness(line) for line in (*zh, *en)]
    return replace(
        summary,
        zh=zh,
        en=en,
        gist_zh=gist_zh,
        gist_en=gist_en,
        flags=(
            *summary.flags,
            *(["unsupported"] if is_marked else []),
            *(["unjudged"] if None in sources.judged.values() else []),
        ),
        faithfulness=round(sum(shares) / len(shares), 1) if shares else None,
    )


@dataclass(frozen=True)
class _Sources:
    """The sentences of an article and their English, by id, and what a judge says of lines."""

    article: Article
    translation: Translation
    judged: Mapping[str, Sequence[Finding] | None] = field(default_factory=dict)

    @cached_property
    def chinese(self) -> dict[str, str]:
        return {
            sentence.id: sentence.text
            for block in self.article.blocks
            for sentence in block.sentences
        }

    @cached_property
    def english(self) -> dict[str, str]:
        return english_of(self.translation)

    @cached_property
    def text(self) -> ArticleText:
        whole = "\n".join([self.article.title, *self.chinese.values()])
        return ArticleText(whole, self.article.date or "")

    def checked(self, line: SummarySentence) -> SummarySentence:
        """Return a sentence with its unsupported claims.

        A quotation of the article has none; one of its translation has the errors of that.
        """
        cited, _ = self.cited(line)
        if self.quotes(line):
            return replace(line, unsupported=tuple(self._mistranslated(line)))
        found = (*self._unsupported(line.text, cited), *(self.judged.get(line.text) or ()))
        return replace(line, unsupported=found)

    def _mistranslated(self, line: SummarySentence) -> Iterator[Finding]:
        """Yield what the translation that a line quotes says otherwise than the article."""
        for source in line.sources:
            english = self.english.get(source, "")
            if is_chinese(line.text) or not (english in line.text or line.text in english):
                continue
            moved = max(line.text.find(english), 0) - max(english.find(line.text), 0)
            for one in findings(self.chinese.get(source, ""), english):
                where = one.translation_span
                span = where and Span(where.start + moved, where.end + moved)
                is_inside = span is None or 0 <= span.start < span.end <= len(line.text)
                if one.check in _CLAIMS and one.severity == "error" and is_inside:
                    yield replace(one, translation_span=span)

    def quotes(self, line: SummarySentence) -> bool:
        """True if a line is in its article, or in the translation of it, as it is."""
        return any(line.text in text for text in self.cited(line))

    def _unsupported(self, line: str, cited: str) -> list[Finding]:
        if is_chinese(line):
            return unsupported_chinese(line, self.text, cited)
        return unsupported_english(line, self.text, cited, " ".join(self.english.values()))

    def faithfulness(self, line: SummarySentence) -> float:
        """Return 0 for a sentence with an unsupported claim, else its explained share in percent.

        A quotation is explained whole.
        """
        cited, english = self.cited(line)
        if line.unsupported:
            return 0.0
        if self.quotes(line):
            return 100.0
        return 100 * explained_share(line.text, cited, english)

    def cited(self, line: SummarySentence) -> tuple[str, str]:
        """Return the Chinese of the sentences that a line cites, and their English."""
        chinese = "".join(self.chinese.get(source, "") for source in line.sources)
        return chinese, " ".join(self.english.get(source, "") for source in line.sources)


def _judged(
    rows: Sequence[object], sources: Sequence[_Sources], load: Callable[[], SegmentScorer]
) -> list[_Sources]:
    """Return the sources with what the judge finds in English lines, asked in one call."""
    asked = [
        (place, line)
        for place, (row, own) in enumerate(zip(rows, sources, strict=True))
        if isinstance(row, Summary)
        for line in (*row.en, *((row.gist_en,) if row.gist_en else ()))
        if not own.quotes(line)
    ]
    pairs = [Segment(sources[place].cited(line)[0], line.text) for place, line in asked]
    scores = load().score(pairs) if pairs else []
    judged: list[dict[str, list[Finding] | None]] = [{} for _ in sources]
    for (place, line), score in zip(asked, scores, strict=True):
        judged[place][line.text] = (
            None
            if math.isnan(score.score)
            else [
                Finding("judge", "error", f"{span.severity} error, says the judge", None, where)
                for span in score.spans
                if span.severity != "minor" and (where := Span(span.start, span.end))
            ]
        )
    return [replace(own, judged=found) for own, found in zip(sources, judged, strict=True)]
