"""Summaries: only prose, always cited, both languages saying the same."""

from collections.abc import Sequence

import pytest

from models.protocols import SummaryLine
from models.runtime.control import NO_CONTROL, Control
from pipeline.errors import AlignmentError
from pipeline.records import Language, Summary, TranslatedSentence, Translation
from pipeline.summarize.summarize import summarize
from pipeline.testing import LeadSummarizer
from tests.newspaper import ROWS, article, translation


class Writer:
    """Writes one line about everything it was given, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        self.asked = [list(sentences) for sentences in articles]
        return [[SummaryLine(f"About {len(s)}.", tuple(range(len(s))))] for s in articles]


class Forgetful:
    """Loses the last article."""

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        return [[] for _ in articles[:-1]]


class Inventive:
    """Cites a sentence that is not there."""

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        return [[SummaryLine("x", (len(article),))] for article in articles]


def test_english_lines_are_the_translations_of_the_cited_sentences() -> None:
    [row] = summarize(
        [article()], [translation()], summarizer=LeadSummarizer(), languages=("zh", "en")
    )
    assert [(line.text, line.sources) for line in row.zh] == [("投资124亿元。", ("s3",))]
    assert [(line.text, line.sources) for line in row.en] == [
        ("It invested 124 billion yuan.", ("s3",))
    ]
    assert row.flags == ()


def test_only_prose_is_summarized() -> None:
    writer = Writer()
    summarize([article()], [translation()], summarizer=writer, languages=("zh",))
    assert writer.asked == [[zh for kind, zh, _, _ in ROWS if kind in ("paragraph", "list_item")]]


def test_a_writing_model_reads_the_english_for_the_english_summary() -> None:
    writer = Writer()
    [row] = summarize(
        [article()],
        [translation()],
        summarizer=writer,
        languages=("en",),
        english_from="model",
    )
    assert writer.asked == [[en for kind, _, en, _ in ROWS if kind in ("paragraph", "list_item")]]
    assert row.zh == ()
    assert row.en[0].sources == ("s3", "s4", "s5")


def test_an_english_summarizer_of_its_own_is_asked_instead() -> None:
    chinese, english = Writer(), Writer()
    summarize(
        [article()],
        [translation()],
        summarizer=chinese,
        languages=("zh", "en"),
        english_summarizer=english,
    )
    assert chinese.asked[0][0] == "投资124亿元。"
    assert english.asked[0][0] == "It invested 124 billion yuan."


def test_citations_stay_true_when_a_sentence_has_no_english() -> None:
    sentences = tuple(
        TranslatedSentence(one.id, "" if one.id == "s3" else one.text, one.origin, one.confidence)
        for one in translation().sentences
    )
    [row] = summarize(
        [article()],
        [Translation("a", sentences)],
        summarizer=LeadSummarizer(),
        languages=("zh", "en"),
        english_from="model",
    )
    assert row.en[0].sources == ("s4",)
    assert row.en[0].text == "Jinshan improves the business environment."


@pytest.mark.parametrize("languages", [("zh",), ("en",), ("zh", "en")])
def test_an_article_without_prose_has_an_empty_summary(languages: tuple[Language, ...]) -> None:
    rows = summarize(
        [article(ROWS[:2]), article(name="b")],
        [translation(ROWS[:2]), translation(name="b")],
        summarizer=LeadSummarizer(),
        languages=languages,
    )
    assert rows[0] == Summary("a", (), (), ("no_prose",))
    assert [row.article_id for row in rows] == ["a", "b"]
    assert bool(rows[1].zh) == ("zh" in languages)
    assert bool(rows[1].en) == ("en" in languages)


def test_no_articles_need_no_model() -> None:
    assert summarize([], [], summarizer=Forgetful(), languages=("zh",)) == []


@pytest.mark.parametrize("summarizer", [Forgetful(), Inventive()])
def test_a_summarizer_that_loses_or_invents_is_refused(summarizer: Forgetful | Inventive) -> None:
    with pytest.raises(AlignmentError, match=type(summarizer).__name__):
        summarize([article()], [translation()], summarizer=summarizer, languages=("zh",))
