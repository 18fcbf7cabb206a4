"""The summarize stage: summaries in both languages, with citations for every sentence."""

from collections.abc import Callable, Sequence
from typing import Literal

from models.protocols import Candidate, Summarizer, SummaryLine
from pipeline.errors import AlignmentError, ModelError, RowsFailedError
from pipeline.records import (
    Article,
    BlockKind,
    Language,
    Sentence,
    Summary,
    SummarySentence,
    Translation,
)

EnglishFrom = Literal["citations", "model", "translation", "chinese"]
"""Source of English summaries: the translations of the cited sentences, a model that reads the
English article, the translator of the Chinese summary, or a model that reads the Chinese one."""

SummarizeArticles = Callable[[Sequence[Article], Sequence[Translation]], Sequence[Summary]]
"""Articles and their translations to a summary each; same length and order."""

TranslateLines = Callable[[Sequence[str]], list[Candidate]]
"""Chinese lines to their translations; same length and order."""

PROSE: frozenset[BlockKind] = frozenset({"paragraph", "list_item"})
"""Kinds of blocks that are summarized; headlines and captions would repeat the text."""


_NO_LINES: tuple[SummarySentence, ...] = ()


def summarize(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    *,
    summarizer: Summarizer,
    languages: Sequence[Language],
    english_from: EnglishFrom = "citations",
    english_summarizer: Summarizer | None = None,
    translate_lines: TranslateLines | None = None,
) -> list[Summary]:
    """Summarize the prose of every article; one row per article, same order.

    `english_from="citations"` suits a summarizer that picks sentences: the English summary is
    made of the translations of the sentences that the Chinese one cites, so both say the same.
    `"model"` suits one that writes: `english_summarizer`, or `summarizer` if there is none, reads
    the English sentences. An `english_summarizer` implies `"model"`, unless it is to read the
    Chinese ones (`"chinese"`). `"translation"` translates the Chinese summary by `translate_lines`.
    Citations are sentence ids. The flag `no_prose` marks an empty summary of an article without
    prose, `no_english` one without English prose. Raises AlignmentError if a summarizer loses an
    article or cites a sentence that is not there, RowsFailedError with all rows if one failed.
    """
    prose = [prose_of(article) for article in articles]
    english = [english_of(translation) for translation in translations]
    if english_summarizer is not None and english_from == "citations":
        english_from = "model"
    failures: dict[int, ModelError] = {}
    chinese_rows = english_rows = [_NO_LINES] * len(articles)
    if "zh" in languages or english_from in ("citations", "translation"):
        chinese_rows = _summaries(summarizer, prose, _chinese_text, failures)
    if "en" in languages and english_from == "translation" and translate_lines:
        english_rows = _translated_lines(chinese_rows, translate_lines, failures)
    elif "en" in languages and english_from == "citations":
        english_rows = list(map(_cited_translations, chinese_rows, english))
    elif "en" in languages:
        writer = english_summarizer or summarizer
        english_rows = _written(writer, prose, english, english_from, failures)
    summaries = [
        Summary(
            article_id=article.id,
            zh=chinese if "zh" in languages else (),
            en=translated,
            flags=flags_of(sentences, translated, "en" in languages),
        )
        for article, sentences, chinese, translated in zip(
            articles, prose, chinese_rows, english_rows, strict=True
        )
    ]
    if failures:
        raise RowsFailedError([failures.get(row, summary) for row, summary in enumerate(summaries)])
    return summaries


def prose_of(article: Article) -> list[Sentence]:
    """Return the sentences that may be summarized, in reading order."""
    return [
        sentence
        for block in article.blocks
        if block.kind in PROSE
        for sentence in block.sentences
        if sentence.text.strip()
    ]


def english_of(translation: Translation) -> dict[str, str]:
    """Return the English of every sentence by its id."""
    return translation.english


def _translated(
    prose: Sequence[Sequence[Sentence]], english: Sequence[dict[str, str]]
) -> list[list[Sentence]]:
    """Return the sentences that have a translation, so that indexes agree on both sides."""
    return [
        [sentence for sentence in sentences if own.get(sentence.id)]
        for sentences, own in zip(prose, english, strict=True)
    ]


def _summaries(
    summarizer: Summarizer,
    prose: Sequence[Sequence[Sentence]],
    text: Callable[[int, Sentence], str],
    failures: dict[int, ModelError],
    language: str = "",
) -> list[tuple[SummarySentence, ...]]:
    """Summarize all articles with sentences in one call; the others get an empty summary.

    Skips articles already in `failures` and adds those that fail.
    """
    rows: list[tuple[SummarySentence, ...]] = [()] * len(prose)
    asked = [at for at, sentences in enumerate(prose) if sentences and at not in failures]
    if not asked:
        return rows
    texts = [[text(at, one) for one in prose[at]] for at in asked]
    answers = summarizer.summarize(texts, language=language)
    name = type(summarizer).__name__
    if len(answers) != len(asked):
        raise AlignmentError(f"{name} returned {len(answers)} summaries for {len(asked)} articles")
    for at, lines in zip(asked, answers, strict=True):
        if failure := next((line.failure for line in lines if line.failure), ""):
            failures[at] = ModelError(failure)
        rows[at] = tuple(_cited(name, line, prose[at]) for line in lines if line.text.strip())
    return rows


def _written(
    writer: Summarizer,
    prose: Sequence[Sequence[Sentence]],
    english: Sequence[dict[str, str]],
    english_from: EnglishFrom,
    failures: dict[int, ModelError],
) -> list[tuple[SummarySentence, ...]]:
    """Return English summaries of a model that reads the Chinese or the English article."""
    if english_from == "chinese":
        return _summaries(writer, prose, _chinese_text, failures, language="English")
    return _summaries(
        writer,
        _translated(prose, english),
        lambda article, sentence: english[article][sentence.id],
        failures,
    )


def _chinese_text(_: int, sentence: Sentence) -> str:
    return sentence.text


def _translated_lines(
    rows: Sequence[Sequence[SummarySentence]],
    translate_lines: TranslateLines,
    failures: dict[int, ModelError],
) -> list[tuple[SummarySentence, ...]]:
    """Translate the lines of Chinese summaries in one call; an article without one fails."""
    texts = [line.text for row in rows for line in row]
    answers = iter(translate_lines(texts) if texts else [])
    translated = []
    for at, row in enumerate(rows):
        pairs = [(line, next(answers)) for line in row]
        if failure := next((answer.failure for _, answer in pairs if answer.failure), ""):
            message = f"a line of the summary has no translation: {failure}"
            failures.setdefault(at, ModelError(message))
        translated.append(
            tuple(
                SummarySentence(answer.text.strip(), line.sources)
                for line, answer in pairs
                if answer.text.strip()
            )
        )
    return translated


def _cited(name: str, line: SummaryLine, sentences: Sequence[Sentence]) -> SummarySentence:
    for index in line.sources:
        if not 0 <= index < len(sentences):
            raise AlignmentError(
                f"{name} cites sentence {index} of an article with {len(sentences)} sentences"
            )
    return SummarySentence(line.text, tuple(sentences[index].id for index in line.sources))


def _cited_translations(
    chinese: Sequence[SummarySentence], english: dict[str, str]
) -> tuple[SummarySentence, ...]:
    """Return the translations of the sentences that a Chinese summary cites."""
    lines = [_translation_of(line, english) for line in chinese]
    return tuple(line for line in lines if line.text)


def _translation_of(line: SummarySentence, english: dict[str, str]) -> SummarySentence:
    cited = tuple(source for source in line.sources if english.get(source))
    return SummarySentence(" ".join(english[source] for source in cited), cited)


def flags_of(
    prose: Sequence[Sentence], english: tuple[SummarySentence, ...], wanted: bool
) -> tuple[str, ...]:
    """Return `no_prose`, or `no_english` if English is wanted and there is none."""
    if not prose:
        return ("no_prose",)
    return ("no_english",) if wanted and not english else ()
