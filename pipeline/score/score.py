"""The score stage: checks for every translation, and metrics where there is a reference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.check.findings.confirm import to_confirm
from pipeline.check.findings.several import Checker
from pipeline.check.named.consistency import two_spellings
from pipeline.errors import AlignmentError
from pipeline.language.glossary import Glossary
from pipeline.records import (
    Article,
    CorpusScore,
    Finding,
    MetricValue,
    Score,
    Sentence,
    SentenceScore,
    TranslatedSentence,
    Translation,
)
from pipeline.score.metrics import RunMetric, corpus_metrics, sentence_metrics

ExpectedError = Callable[[str, str, float], float]
"""Returns the expected error, 0 to 100, of (source, translation, confidence)."""

_NO_RULE = Finding(
    "untranslated", "info", "left in Chinese: no rule knows this line, and a model would invent"
)


@dataclass(frozen=True, slots=True)
class _Segment:
    hypothesis: str
    reference: str


def score(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    *,
    metrics: Sequence[RunMetric],
    references: Mapping[str, str],
    glossary: Glossary | None = None,
    expected_error: ExpectedError | None = None,
    checker: Checker | None = None,
) -> list[Score]:
    """Score every sentence of every article; one row per article, same order.

    Only translations by a model are scored and averaged. Those of an editor are checked too, and
    what is found in them is a remark that asks to confirm them. Dates and credits are written by
    rules; a line that no rule covers gets a remark. `references` maps Chinese without spaces to
    English. The metrics of an article are those of all its sentences with references together or,
    if there are none, of its whole text against `article.reference`. `expected_error` applies to
    translations by the run's own model. `checker`, with the same glossary, runs the checks. Raises
    AlignmentError if the two tables do not hold the same sentences.
    """
    rows = []
    both = [
        (article, translation, list(_pairs(article, translation)))
        for article, translation in _aligned(articles, translations)
    ]
    said = [
        (source.text, own.text, own.flags)
        for _, _, pairs in both
        for source, own in pairs
        if _is_scored(own)
    ]
    found = (checker or Checker(glossary))(said)
    for article, translation, pairs in both:
        sentences = tuple(
            _sentence_score(source, own, next(found), metrics, references, expected_error)
            if _is_scored(own)
            else SentenceScore(source.id, None, _remarks(source, own, glossary))
            for source, own in pairs
        )
        sentences = _with_spellings(pairs, sentences)
        rows.append(
            Score(
                article_id=article.id,
                sentences=sentences,
                confidence=_mean(sentences),
                metrics=_article_metrics(article, translation, sentences, metrics),
            )
        )
    return rows


def corpus_scores(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    scores: Sequence[Score],
    *,
    metrics: Sequence[RunMetric],
    bootstrap_samples: int,
) -> list[CorpusScore]:
    """Score the whole run; its sentences with references are the segments.

    If no sentence has a reference, the segments are the articles that have one. Without any
    reference the list is empty. See `corpus_metrics` for the intervals.
    """
    segments: list[_Segment] = []
    for row, translation in zip(scores, translations, strict=True):
        segments += _segments(translation, row.sentences)
    if not segments:
        segments = [
            _Segment(whole_text(article, translation), _folded(article.reference))
            for article, translation in zip(articles, translations, strict=True)
            if article.reference
        ]
    return corpus_metrics(
        [segment.hypothesis for segment in segments],
        [segment.reference for segment in segments],
        metrics,
        bootstrap_samples=bootstrap_samples,
    )


def _aligned(
    articles: Sequence[Article], translations: Sequence[Translation]
) -> Iterator[tuple[Article, Translation]]:
    if len(articles) != len(translations):
        raise AlignmentError(f"{len(translations)} translations for {len(articles)} articles")
    for article, translation in zip(articles, translations, strict=True):
        if article.id != translation.article_id:
            raise AlignmentError(
                f"{article.id}: the translation beside it is of {translation.article_id}"
            )
        yield article, translation


def _pairs(
    article: Article, translation: Translation
) -> Iterator[tuple[Sentence, TranslatedSentence]]:
    own = {sentence.id: sentence for sentence in translation.sentences}
    for block in article.blocks:
        for sentence in block.sentences:
            if sentence.id not in own:
                raise AlignmentError(f"{article.id}: sentence {sentence.id} has no translation")
            yield sentence, own[sentence.id]


def _is_scored(translated: TranslatedSentence) -> bool:
    return translated.origin == "model" and "no_rule" not in translated.flags


def _remarks(
    source: Sentence, translated: TranslatedSentence, glossary: Glossary | None
) -> tuple[Finding, ...]:
    """Return what is found in a translation that no model wrote."""
    if "no_rule" in translated.flags:
        return (_NO_RULE,)
    is_editors = translated.origin == "editor"
    return tuple(to_confirm(source.text, translated.text, glossary)) if is_editors else ()


def _sentence_score(
    source: Sentence,
    translated: TranslatedSentence,
    found: Sequence[Finding],
    metrics: Sequence[RunMetric],
    references: Mapping[str, str],
    expected_error: ExpectedError | None,
) -> SentenceScore:
    reference = references.get("".join(source.text.split()))
    # the calibration does not hold for the confidence of another model
    is_own = translated.confidence is not None and translated.rung != "fallback"
    expected = expected_error if is_own else None
    return SentenceScore(
        id=source.id,
        confidence=translated.confidence,
        findings=tuple(found),
        reference=reference,
        metrics=sentence_metrics(translated.text, reference, metrics) if reference else (),
        expected_error=expected(source.text, translated.text, translated.confidence or 0.0)
        if expected
        else None,
    )


def _with_spellings(
    pairs: Sequence[tuple[Sentence, TranslatedSentence]], sentences: Sequence[SentenceScore]
) -> tuple[SentenceScore, ...]:
    """Add the names that sentences by a model spell otherwise than the rest of the article."""
    found: dict[int, tuple[Finding, ...]] = {}
    texts = [(one.text, own.text if own.origin == "model" else "") for one, own in pairs]
    for number, finding in two_spellings(texts):
        found[number] = (*found.get(number, ()), finding)
    return tuple(
        replace(one, findings=one.findings + found[number]) if number in found else one
        for number, one in enumerate(sentences)
    )


def _mean(sentences: Sequence[SentenceScore]) -> float | None:
    known = [sentence.confidence for sentence in sentences if sentence.confidence is not None]
    return round(sum(known) / len(known), 4) if known else None


def _segments(translation: Translation, sentences: Sequence[SentenceScore]) -> list[_Segment]:
    written = {sentence.id: sentence.text for sentence in translation.sentences}
    return [
        _Segment(written[sentence.id], sentence.reference)
        for sentence in sentences
        if sentence.reference
    ]


def _article_metrics(
    article: Article,
    translation: Translation,
    sentences: Sequence[SentenceScore],
    metrics: Sequence[RunMetric],
) -> tuple[MetricValue, ...]:
    segments = _segments(translation, sentences)
    if not segments and article.reference:
        segments = [_Segment(whole_text(article, translation), _folded(article.reference))]
    hypotheses = [segment.hypothesis for segment in segments]
    references = [segment.reference for segment in segments]
    rows = corpus_metrics(hypotheses, references, metrics, bootstrap_samples=0)
    return tuple(MetricValue(row.name, row.score) for row in rows)


def whole_text(article: Article, translation: Translation) -> str:
    """Return an article's English on one line, with the title if the Chinese text has it."""
    shown = {
        sentence.id
        for block in article.blocks
        for sentence in block.sentences
        if sentence.spans  # a title given beside the text is not in the reference
    }
    return " ".join(
        sentence.text
        for sentence in translation.sentences
        if sentence.id in shown and sentence.text
    )


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())
