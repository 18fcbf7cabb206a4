"""Check every sentence of a summary against its article; mark or drop what it does not support.

summary ─▶ claims that the article lacks, share of words that the cited sentences explain ─▶ marked
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.chinese import unsupported_chinese
from pipeline.check.support.english import unsupported_english
from pipeline.check.support.faithfulness import explained_share
from pipeline.errors import RowsFailedError
from pipeline.language.chinese import is_chinese
from pipeline.records import Article, Finding, Summary, SummarySentence, Translation
from pipeline.summarize.facts import with_facts
from pipeline.summarize.summarize import SummarizeArticles, english_of

Unsupported = Literal["mark", "drop"]
"""What is done with a sentence that the article does not support."""


def summarize_supported(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    *,
    write: SummarizeArticles,
    unsupported: Unsupported = "mark",
) -> list[Summary]:
    """Write summaries, check every sentence and add key facts; one row per article, same order.

    The flag `unsupported` marks a summary with a claim that its article does not have; with `drop`
    the sentence is left out. Raises RowsFailedError, with all other rows, if `write` does.
    """
    try:
        rows: Sequence[object] = write(articles, translations)
    except RowsFailedError as error:
        rows = error.rows
    checked = [
        with_facts(supported(row, article, translation, unsupported), article, translation)
        if isinstance(row, Summary)
        else row
        for row, article, translation in zip(rows, articles, translations, strict=True)
    ]
    summaries = [row for row in checked if isinstance(row, Summary)]
    if len(summaries) < len(checked):
        raise RowsFailedError(checked)
    return summaries


def supported(
    summary: Summary, article: Article, translation: Translation, unsupported: Unsupported
) -> Summary:
    """Return a summary with what its article does not support marked, or left out."""
    sources = _Sources(article, translation)
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
        flags=(*summary.flags, *(["unsupported"] if is_marked else [])),
        faithfulness=round(sum(shares) / len(shares), 1) if shares else None,
    )


@dataclass(frozen=True)
class _Sources:
    """The sentences of an article and their English, by id."""

    article: Article
    translation: Translation

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
        """Return a sentence with its unsupported claims; a quotation of the article has none."""
        cited, english = self._cited(line)
        if line.text in cited or line.text in english:
            return line
        return replace(line, unsupported=tuple(self._unsupported(line.text, cited)))

    def _unsupported(self, line: str, cited: str) -> list[Finding]:
        if is_chinese(line):
            return unsupported_chinese(line, self.text, cited)
        return unsupported_english(line, self.text, cited, " ".join(self.english.values()))

    def faithfulness(self, line: SummarySentence) -> float:
        """Return 0 for a sentence with an unsupported claim, else its explained share in percent.

        A quotation is explained whole.
        """
        cited, english = self._cited(line)
        if line.unsupported:
            return 0.0
        if line.text in cited or line.text in english:
            return 100.0
        return 100 * explained_share(line.text, cited, english)

    def _cited(self, line: SummarySentence) -> tuple[str, str]:
        chinese = "".join(self.chinese.get(source, "") for source in line.sources)
        return chinese, " ".join(self.english.get(source, "") for source in line.sources)
