"""All tables of a run to one value that says what a reader wants to know first."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.check.checks import CHECKS
from pipeline.errors import AlignmentError
from pipeline.language.glossary import Glossary
from pipeline.records import (
    Article,
    CorpusScore,
    Failure,
    MetricValue,
    Reliability,
    Score,
    Summary,
    SummaryScores,
    Translation,
)
from pipeline.report.highlights import RUNGS, highlights
from pipeline.report.story import Line, Passage, Story
from pipeline.report.tally import Entry, Tally
from pipeline.report.vocabulary import NOTHING_READ, Vocabulary, unknown_characters

Row = tuple[Article, Translation, Summary, Score]
"""What a run made of one article."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The size of a run; characters without spaces, words between spaces."""

    articles: int
    sentences: int
    source_chars: int
    target_words: int
    failed: int
    corrected: int = 0
    """Sentences that are an editor's."""


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many sentences a check looked at, and at how many it found something."""

    check: str
    checked: int
    flagged: int


@dataclass(frozen=True, slots=True)
class RungCount:
    """How many flagged sentences ended on a rung of the repair ladder ("kept": on none)."""

    rung: str
    sentences: int


@dataclass(frozen=True, slots=True)
class TermCount:
    """A glossary term in a run: in how many sentences it stands and is kept, and how it is said.

    `forms` are the English forms with their counts, the most frequent first: more than one
    means that the run is not consistent.
    """

    zh: str
    wanted: str
    asked: int
    kept: int
    forms: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the renderers need; no clock, no device, no file is asked again."""

    title: str
    totals: Totals
    confidence: float | None
    metrics: tuple[CorpusScore, ...]
    checks: tuple[CheckCount, ...]
    stories: Iterable[Story]
    """Can be gone through again and again; each time they are made anew."""
    entries: tuple[Entry, ...]
    lengths: "array[int]"
    confidences: "array[float]"
    """Characters and confidence of every sentence that has one."""
    stands_out: tuple[str, ...]
    worst: tuple[Line, ...]
    failures: tuple[Failure, ...]
    facts: tuple[tuple[str, str], ...]
    summary_metrics: tuple[CorpusScore, ...] = ()
    rungs: tuple[RungCount, ...] = ()
    terms: tuple[TermCount, ...] = ()
    unsure: tuple[Line, ...] = ()
    expected_error: float | None = None
    reliability: Reliability | None = None
    vocabulary: Vocabulary = NOTHING_READ


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of the rows, made whenever they are gone through: a run may have many."""

    rows: Iterable[Row]
    judged: Mapping[str, tuple[MetricValue, ...]]

    def __iter__(self) -> Iterator[Story]:
        for number, row in enumerate(self.rows, start=1):
            yield _story(number, *row, self.judged.get(row[0].id, ()))


def report(  # noqa: PLR0913 (the tables, and what is to be said of them)
    rows: Iterable[Row],
    *,
    corpus: Sequence[CorpusScore] = (),
    summary_scores: SummaryScores | None = None,
    failures: Sequence[Failure] = (),
    title: str | None = None,
    facts: Mapping[str, str] | None = None,
    checks: Sequence[str] = CHECKS,
    glossary: Glossary | None = None,
    reliability: Reliability | None = None,
    max_unknown_share: float = 1.0,
) -> Report:
    """Put the tables of a run together and say what stands out.

    `rows` are gone through here and again in every rendering; see `aligned`. `facts` (model,
    licence, device, date …) are shown as they come, in their order.
    `checks` are those that were run: leave `terms` out where there was no glossary.
    With a glossary, its terms are followed through the run. `reliability` is that of the
    expected errors. That the model's vocabulary lacks more than `max_unknown_share` of the
    characters stands out first.
    """
    stories = Stories(rows, summary_scores.articles if summary_scores else {})
    tally = Tally(glossary)
    for story in stories:
        tally.add(story)
    known = tally.reading.vocabulary()
    warned = (unknown_characters(known),) if known.share > max_unknown_share else ()
    return Report(
        title=title or "Translation report",
        totals=Totals(
            articles=len(tally.entries),
            sentences=tally.sentences,
            source_chars=tally.source_chars,
            target_words=tally.target_words,
            failed=len(failures),
            corrected=tally.origins["editor"],
        ),
        confidence=_mean(tally.confidences),
        metrics=tuple(corpus),
        summary_metrics=summary_scores.corpus if summary_scores else (),
        checks=tuple(CheckCount(check, tally.checked, tally.found[check]) for check in checks),
        stories=stories,
        entries=tuple(tally.entries),
        lengths=tally.lengths,
        confidences=tally.confidences,
        stands_out=(*warned, *highlights(tally, failed=len(failures), metrics=corpus)),
        worst=tuple(tally.worst),
        failures=tuple(failures),
        facts=tuple((facts or {}).items()),
        rungs=tuple(RungCount(rung, tally.rungs[rung]) for rung in RUNGS if tally.rungs[rung]),
        terms=_terms(tally, glossary) if glossary else (),
        unsure=tally.unsure(),
        expected_error=_mean(tally.expected),
        reliability=reliability,
        vocabulary=known,
    )


def aligned(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    summaries: Sequence[Summary],
    scores: Sequence[Score],
) -> list[Row]:
    """Put tables side by side.

    Raises AlignmentError if they do not hold the same articles in the same order.
    """
    ids = [article.id for article in articles]
    for name, owners in (
        ("translations", [row.article_id for row in translations]),
        ("summaries", [row.article_id for row in summaries]),
        ("scores", [row.article_id for row in scores]),
    ):
        if owners != ids:
            raise AlignmentError(f"{name} are not of the articles they belong to")
    return list(zip(articles, translations, summaries, scores, strict=True))


def _story(
    number: int,
    article: Article,
    translation: Translation,
    summary: Summary,
    score: Score,
    summary_metrics: tuple[MetricValue, ...],
) -> Story:
    translated = {sentence.id: sentence for sentence in translation.sentences}
    scored = {sentence.id: sentence for sentence in score.sentences}
    anchor = f"a{number}"
    passages = tuple(
        Passage(
            block.kind,
            tuple(
                Line(f"{anchor}-{each.id}", each, translated[each.id], scored[each.id])
                for each in block.sentences
            ),
        )
        for block in article.blocks
    )
    return Story(
        anchor, article, _english_title(passages), passages, summary, score, summary_metrics
    )


def _english_title(passages: Sequence[Passage]) -> str:
    """Give the translation of the title, or of the first heading where there is none."""
    for kind in ("title", "heading"):
        for passage in passages:
            words = " ".join(line.translated.text for line in passage.lines).strip()
            if passage.kind == kind and words:
                return words
    return ""


def _terms(tally: Tally, glossary: Glossary) -> tuple[TermCount, ...]:
    """Give what became of each term of the glossary, the least kept first."""
    counts = [
        TermCount(
            zh,
            glossary.terms[zh].english[0],
            number,
            tally.said[zh].total(),
            tuple(tally.said[zh].most_common()),
        )
        for zh, number in tally.asked.items()
    ]
    return tuple(sorted(counts, key=lambda each: (each.kept - each.asked, each.zh)))


def _mean(values: "array[float]") -> float | None:
    return round(sum(values) / len(values), 4) if values else None
