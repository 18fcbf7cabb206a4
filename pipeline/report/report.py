"""Combine the tables of a run into one value that holds everything a report shows."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.check.checks import LABELS
from pipeline.check.findings.verdict import Verdict
from pipeline.language.chinese import is_chinese
from pipeline.language.glossary import Glossary
from pipeline.language.sentence_key import pairing_key
from pipeline.records import (
    Article,
    BlockKind,
    CorpusScore,
    Failure,
    MetricValue,
    Reliability,
    Score,
    Summary,
    SummaryScores,
    Translation,
)
from pipeline.report.article import (
    EnglishRule,
    ReportArticle,
    ReportBlock,
    ReportSentence,
    Texts,
    made,
)
from pipeline.report.changes import Changes
from pipeline.report.highlights import REPAIRS, background, urgent
from pipeline.report.index import IndexEntry
from pipeline.report.run_counts import ContentsEntry, RunCounts
from pipeline.report.stated import day_text
from pipeline.report.vocabulary import NO_GAPS, VocabularyGaps, describe_gaps

ArticleRow = tuple[Article, Translation, Summary, Score]
"""What a run produced for one article."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The size of a run; characters are counted without spaces, words between spaces."""

    articles: int
    sentences: int
    source_chars: int
    target_words: int
    failed: int
    corrected: int = 0
    """Sentences that an editor wrote."""
    flagged: int = 0
    """Sentences in which a check found a warning or an error."""
    repaired: int = 0
    """Sentences whose translation comes from a step of the repair ladder."""
    summary_sentences: int = 0
    """Sentences of all summaries, in both languages."""


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many sentences a check examined, and how many of them it flagged."""

    check: str
    checked: int
    flagged: int


@dataclass(frozen=True, slots=True)
class RepairCount:
    """How many flagged sentences a step of the repair ladder settled ("kept": none did)."""

    step: str
    sentences: int


@dataclass(frozen=True, slots=True)
class TermCount:
    """A glossary term in a run: in `asked` sentences of the source, translated in `kept` of them.

    `forms` are the English forms used and their counts, the most frequent first. More than one
    form means that the run is inconsistent.
    """

    zh: str
    wanted: str
    asked: int
    kept: int
    forms: tuple[tuple[str, int], ...]


def _no_rule(kind: BlockKind, text: str) -> None:
    """Translate nothing."""


@dataclass(frozen=True, slots=True)
class RunDetails:
    """What a report says of a run besides its articles.

    `facts` (model, licence, device, date …) are shown unchanged and in their order. `notes` are
    what a reader must know of the input: files passed over, text lost. `checks` are the ones that
    were run: without "terms" where the run had no glossary. The terms of `glossary` are followed
    through the run. `reliability` is that of the expected errors. If the model's vocabulary lacks
    more than `max_unknown_share` of the characters (0 to 1), the report opens with a warning.
    `date` (`2026-11-28`), `run` (its folder) and `input` say which run it is. `rule` translates
    dates and bylines that were given beside the text.
    """

    corpus: Sequence[CorpusScore] = ()
    summary_scores: SummaryScores | None = None
    failures: Sequence[Failure] = ()
    notes: Sequence[str] = ()
    title: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[str] = tuple(LABELS)
    glossary: Glossary | None = None
    reliability: Reliability | None = None
    max_unknown_share: float = 1.0
    model: str = ""
    """Name of the translation model, for the verdict."""
    changes: Changes | None = None
    """What is new since the run before; None if there is none to compare with."""
    comments: Mapping[str, str] = field(default_factory=dict)
    """What editors say of sentences, by the `pairing_key` of the Chinese."""
    date: str = ""
    run: str = ""
    input: Sequence[str] = ()
    rule: EnglishRule = _no_rule
    texts: Texts = made
    """Returns a text about an article, which may be known from the run before."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the renderers need: they read no clock, device or file."""

    title: str
    details: RunDetails
    verdict: Verdict
    totals: Totals
    confidence: float | None
    checks: tuple[CheckCount, ...]
    articles: Iterable[ReportArticle]
    """Can be iterated repeatedly; each pass rebuilds the articles."""
    contents: tuple[ContentsEntry, ...]
    lengths: "array[int]"
    confidences: "array[float]"
    """Length in characters and confidence of every sentence that has a confidence."""
    alerts: tuple[str, ...]
    """What a reader must know after the verdict: what is missing, and how much is in doubt."""
    background: tuple[str, ...]
    """What else stands out."""
    doubts: tuple[tuple[str, int], ...]
    """Sentences in doubt by check, the most frequent first."""
    doubted: int
    """Sentences to check: in doubt, or an editor's to confirm (`to_confirm` of them)."""
    to_confirm: int
    worst: tuple[ReportSentence, ...]
    summary_metrics: tuple[CorpusScore, ...] = ()
    repairs: tuple[RepairCount, ...] = ()
    terms: tuple[TermCount, ...] = ()
    unsure: tuple[ReportSentence, ...] = ()
    confirm: tuple[ReportSentence, ...] = ()
    """Sentences of an editor in which the checks find something."""
    expected_error: float | None = None
    summary_faithfulness: float | None = None
    """Mean over the articles that have a summary, 0 to 100."""
    vocabulary: VocabularyGaps = NO_GAPS
    index: tuple[IndexEntry, ...] = ()

    @property
    def stands_out(self) -> tuple[str, ...]:
        """Everything that stands out, the verdict first, then by urgency."""
        return (self.verdict.text, *self.alerts, *self.background)

    @property
    def day(self) -> str:
        """The day of the run as `28 November 2026`, empty if unknown."""
        return day_text(self.details.date)


@dataclass(frozen=True, slots=True)
class ReportArticles:
    """The articles of a run, rebuilt in every pass because a run may be too large for memory."""

    rows: Iterable[ArticleRow]
    judged: Mapping[str, tuple[MetricValue, ...]]
    rule: EnglishRule
    comments: Mapping[str, str] = field(default_factory=dict)
    _last: list[tuple[int, ArticleRow, ReportArticle]] = field(default_factory=list, compare=False)
    """The article made last: of a run with one article, the only one."""

    def __iter__(self) -> Iterator[ReportArticle]:
        for number, row in enumerate(self.rows, start=1):
            if not self._last or self._last[0][:2] != (number, row):
                judged = self.judged.get(row[0].id, ())
                made = _report_article(number, *row, judged, self.rule, self.comments)
                self._last[:] = [(number, row, made)]
            yield self._last[0][2]


NO_DETAILS = RunDetails()
NO_TITLE = "Translation report"


def report(rows: Iterable[ArticleRow], details: RunDetails = NO_DETAILS) -> Report:
    """Combine the tables of a run and say what stands out.

    `rows` (see `aligned`) are read once here and once in every rendering.
    """
    summary_scores = details.summary_scores
    judged = summary_scores.articles if summary_scores else {}
    articles = ReportArticles(rows, judged, details.rule, details.comments)
    counts = RunCounts(details.glossary, details.texts)
    for article in articles:
        counts.add(article)
    gaps = counts.gaps.result()
    warned = (describe_gaps(gaps),) if gaps.share > details.max_unknown_share else ()
    notes = tuple(f"{note}." for note in details.notes)
    return Report(
        title=details.title or NO_TITLE,
        details=details,
        verdict=counts.errors.verdict(details.model),
        totals=_totals(counts, failed=len(details.failures)),
        confidence=_mean(counts.confidences),
        summary_metrics=summary_scores.corpus if summary_scores else (),
        checks=_checks(counts, details),
        articles=articles,
        contents=tuple(counts.contents),
        lengths=counts.lengths,
        confidences=counts.confidences,
        alerts=(*warned, *notes, *urgent(counts, failed=len(details.failures))),
        background=background(counts, metrics=details.corpus),
        doubts=tuple(counts.doubts.most_common()),
        doubted=counts.doubted + counts.to_confirm,
        to_confirm=counts.to_confirm,
        worst=tuple(counts.worst),
        repairs=_repairs(counts),
        terms=_terms(counts, details.glossary) if details.glossary else (),
        unsure=counts.unsure(),
        confirm=tuple(counts.confirm),
        expected_error=_mean(counts.expected),
        summary_faithfulness=_mean(counts.faithfulness),
        vocabulary=gaps,
        index=counts.index.result(),
    )


def _repairs(counts: RunCounts) -> tuple[RepairCount, ...]:
    return tuple(RepairCount(step, counts.rungs[step]) for step in REPAIRS if counts.rungs[step])


def _totals(counts: RunCounts, *, failed: int) -> Totals:
    return Totals(
        articles=len(counts.contents),
        sentences=counts.sentences,
        source_chars=counts.source_chars,
        target_words=counts.target_words,
        failed=failed,
        corrected=counts.origins["editor"],
        flagged=counts.doubted,
        repaired=counts.rungs.total() - counts.rungs["kept"],
        summary_sentences=counts.summary_sentences,
    )


def _report_article(
    number: int,
    article: Article,
    translation: Translation,
    summary: Summary,
    score: Score,
    summary_metrics: tuple[MetricValue, ...],
    rule: EnglishRule,
    comments: Mapping[str, str],
) -> ReportArticle:
    translated = {sentence.id: sentence for sentence in translation.sentences}
    scored = {sentence.id: sentence for sentence in score.sentences}
    anchor = f"a{number}"
    blocks = tuple(
        ReportBlock(
            block.kind,
            tuple(
                [
                    ReportSentence(
                        f"{anchor}-{source.id}",
                        source,
                        translated[source.id],
                        scored[source.id],
                        comments.get(pairing_key(source.text), "") if comments else "",
                    )
                    for source in block.sentences
                ]
            ),
        )
        for block in article.blocks
    )
    return ReportArticle(
        anchor,
        article,
        article.english_title(translation.english),
        blocks,
        summary,
        score,
        summary_metrics,
        tuple(
            (english or text, not english and is_chinese(text))
            for kind, text in article.given_lines
            for english in [rule(kind, text)]
        ),
    )


def _terms(counts: RunCounts, glossary: Glossary) -> tuple[TermCount, ...]:
    """Count how each glossary term was translated; terms lost most often come first."""
    terms = [
        TermCount(
            zh,
            glossary.terms[zh].english[0],
            number,
            counts.said[zh].total(),
            tuple(counts.said[zh].most_common()),
        )
        for zh, number in counts.asked.items()
    ]
    return tuple(sorted(terms, key=lambda term: (term.kept - term.asked, term.zh)))


def _checks(counts: RunCounts, details: RunDetails) -> tuple[CheckCount, ...]:
    return tuple(
        CheckCount(check, counts.checked, counts.flagged[check]) for check in details.checks
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
