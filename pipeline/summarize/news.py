"""The summarize stage for summarizers that pick sentences of news and shorten them.

article ─▶ clean sentences ─▶ picked lines and gist ─▶ English of each: cited or translated anew
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from models.protocols import Candidate, SentencePicker
from pipeline.check.checks import findings
from pipeline.errors import ModelError, RowsFailedError
from pipeline.language.chinese import is_chinese
from pipeline.language.glossary import Glossary
from pipeline.records import (
    Article,
    Language,
    Summary,
    SummarySentence,
    TranslatedSentence,
    Translation,
)
from pipeline.summarize.datelines import without_furniture
from pipeline.summarize.lines import ChineseLine, ChineseSummary, chinese_summary
from pipeline.summarize.standalone import standalone, text_before
from pipeline.summarize.summarize import SummarizeArticles, TranslateLines, flags_of, prose_of


def summarize_news(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    *,
    picker: SentencePicker,
    languages: Sequence[Language],
    translate_lines: TranslateLines,
    compress: bool = True,
    write_english: SummarizeArticles | None = None,
    glossary: Glossary | None = None,
) -> list[Summary]:
    """Summarize the prose of every article; one row per article, same order.

    Datelines and bylines are left out of the lines, and with `compress` the clauses without facts.
    A line that is a sentence of the article, or one that an editor translated, has the English
    of its translation; any other is translated by `translate_lines`, all in one call, as a sentence
    with the months of its days. If the checks
    find an error in such a pair and none in the whole sentence, the latter is cited, unless it has
    a dateline.
    `write_english` writes summaries in English instead, if it is given.
    Raises RowsFailedError, with all other rows, if a line could not be translated.
    """
    known = [{row.id: row for row in translation.sentences} for translation in translations]
    chinese = [
        chinese_summary(article, picker, cut=compress, confidences=_confidences(own))
        for article, own in zip(articles, known, strict=True)
    ]
    asked = [
        _requests(article, summary, own) if "en" in languages else {}
        for article, summary, own in zip(articles, chinese, known, strict=True)
    ]
    texts = [text for row in asked for text in row.values()]
    answers = iter(translate_lines(texts) if texts else [])
    rows: list[Summary | ModelError] = []
    for article, summary, own, wanted in zip(articles, chinese, known, asked, strict=True):
        answered = dict(zip(wanted, islice(answers, len(wanted)), strict=True))
        english = _English(own, wanted, answered, glossary)
        rows.append(_row(article, summary, english, languages))
    if "en" in languages and write_english is not None:
        written = _written(articles, translations, write_english)
        rows = [_with_english(*pair) for pair in zip(rows, written, strict=True)]
    summaries = [row for row in rows if isinstance(row, Summary)]
    if len(summaries) < len(rows):
        raise RowsFailedError(rows)
    return summaries


@dataclass(frozen=True, slots=True)
class _English:
    """The English of an article's lines: of its sentences by id, and of shorter lines by text.

    `asked` is what was translated for a line.
    """

    sentences: Mapping[str, TranslatedSentence]
    asked: Mapping[str, str]
    answered: Mapping[str, Candidate]
    glossary: Glossary | None

    @property
    def failure(self) -> str:
        """Why a line has no translation; empty if all have one."""
        return next((answer.failure for answer in self.answered.values() if answer.failure), "")

    def of(self, line: ChineseLine) -> SummarySentence | None:
        """Return the English of a line; None if there is none."""
        whole = self.sentences.get(line.sentence.id)
        text = whole.text.strip() if whole else ""
        answer = self.answered.get(line.text)
        if answer is not None:
            asked = self.asked[line.text]
            is_worse = self._errors(asked, answer.text, answer.flags) > 0 and (
                text != ""
                and without_furniture(line.sentence.text) == line.sentence.text.strip()
                and self._errors(line.sentence.text, text) == 0
            )
            text = text if is_worse else answer.text.strip()
        return SummarySentence(text, (line.sentence.id,)) if text else None

    def _errors(self, source: str, translation: str, flags: Sequence[str] = ()) -> int:
        found = findings(source, translation, glossary=self.glossary, flags=flags)
        return sum(finding.severity == "error" for finding in found)


def _confidences(known: Mapping[str, TranslatedSentence]) -> dict[str, float]:
    """Return the confidences of translations by sentence id; 1 for those that no model made."""
    return {
        key: 1.0 if row.confidence is None else row.confidence
        for key, row in known.items()
        if row.text
    }


def _lines(summary: ChineseSummary) -> list[ChineseLine]:
    return [*summary.lines, summary.gist] if summary.gist else [*summary.lines]


def _requests(
    article: Article, summary: ChineseSummary, known: Mapping[str, TranslatedSentence]
) -> dict[str, str]:
    """Return what is to be translated for each line that has no English, by its text."""
    requests: dict[str, str] = {}
    for line in filter(partial(_needs_translation, known=known), _lines(summary)):
        text = standalone(line.text, text_before(article, line.sentence))
        if text != line.sentence.text.strip():
            requests[line.text] = text
    return requests


def _needs_translation(line: ChineseLine, *, known: Mapping[str, TranslatedSentence]) -> bool:
    """True if a line is another sentence than the article's, and no editor wrote its English."""
    whole = known.get(line.sentence.id)
    is_edited = whole is not None and whole.origin == "editor"
    return is_chinese(line.text) and not line.is_quoted and not is_edited


def _row(
    article: Article, summary: ChineseSummary, english: _English, languages: Sequence[Language]
) -> Summary | ModelError:
    if english.failure:
        return ModelError(f"a line of the summary has no translation: {english.failure}")
    in_chinese, in_english = "zh" in languages, "en" in languages
    translated = tuple(filter(None, map(english.of, summary.lines))) if in_english else ()
    gist = summary.gist
    return Summary(
        article_id=article.id,
        zh=tuple(map(_chinese, summary.lines)) if in_chinese else (),
        en=translated,
        flags=flags_of(prose_of(article), translated, in_english),
        gist_zh=_chinese(gist) if gist and in_chinese else None,
        gist_en=english.of(gist) if gist and in_english else None,
    )


def _chinese(line: ChineseLine) -> SummarySentence:
    return SummarySentence(line.text, (line.sentence.id,))


def _written(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    write: SummarizeArticles,
) -> Sequence[object]:
    """Return the rows of a separate English summarizer; errors are rows too."""
    try:
        return write(articles, translations)
    except RowsFailedError as error:
        return error.rows


def _with_english(row: Summary | ModelError, other: object) -> Summary | ModelError:
    if isinstance(row, ModelError):
        return row
    if not isinstance(other, Summary):
        return other if isinstance(other, ModelError) else ModelError(str(other))
    return replace(row, en=other.en, flags=other.flags)
