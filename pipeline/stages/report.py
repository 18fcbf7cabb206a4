"""All tables of a run to one value that says what a reader wants to know first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import AlignmentError
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
from pipeline.stages.highlights import RUNGS, highlights, unsure_lines, worst_lines
from pipeline.stages.story import Line, Passage, Story
from pipeline.stages.vocabulary import (
    NOTHING_READ,
    Vocabulary,
    unknown_characters,
    vocabulary,
)
from pipeline.text.checks import CHECKS
from pipeline.text.glossary import Glossary, said_form


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
    stories: tuple[Story, ...]
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


def report(  # noqa: PLR0913 (four tables, and what is to be said of them)
    articles: Sequence[Article],
    translations: Sequence[Translation],
    summaries: Sequence[Summary],
    scores: Sequence[Score],
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

    `facts` (model, licence, device, date …) are shown as they come, in their order.
    `checks` are those that were run: leave `terms` out where there was no glossary.
    With a glossary, its terms are followed through the run. `reliability` is that of the
    expected errors. Raises AlignmentError if the tables do not hold the same articles in the
    same order. That the model's vocabulary lacks more than `max_unknown_share` of the
    characters stands out first.
    """
    rows = _aligned(articles, translations, summaries, scores)
    judged = summary_scores.articles if summary_scores else {}
    stories = tuple(
        _story(number, *row, judged.get(row[0].id, ())) for number, row in enumerate(rows, start=1)
    )
    lines = [line for story in stories for line in story.lines]
    totals = Totals(
        articles=len(articles),
        sentences=len(lines),
        source_chars=sum(len("".join(line.source.text.split())) for line in lines),
        target_words=sum(len(line.translated.text.split()) for line in lines),
        failed=len(failures),
        corrected=sum(line.translated.origin == "editor" for line in lines),
    )
    counts = _counts(lines, checks)
    confidence = _mean([line.score.confidence for line in lines])
    known = vocabulary(lines)
    warned = (unknown_characters(known),) if known.share > max_unknown_share else ()
    return Report(
        title=title or "Translation report",
        totals=totals,
        confidence=confidence,
        metrics=tuple(corpus),
        summary_metrics=summary_scores.corpus if summary_scores else (),
        checks=counts,
        stories=stories,
        stands_out=(
            *warned,
            *highlights(stories, sentences=totals.sentences, failed=totals.failed, metrics=corpus),
        ),
        worst=worst_lines(lines),
        failures=tuple(failures),
        facts=tuple((facts or {}).items()),
        rungs=_rungs(lines),
        terms=_terms(lines, glossary) if glossary else (),
        unsure=unsure_lines(lines),
        expected_error=_mean([line.score.expected_error for line in lines]),
        reliability=reliability,
        vocabulary=known,
    )


def _aligned(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    summaries: Sequence[Summary],
    scores: Sequence[Score],
) -> list[tuple[Article, Translation, Summary, Score]]:
    ids = [article.id for article in articles]
    for name, owners in (
        ("translations", [row.article_id for row in translations]),
        ("summaries", [row.article_id for row in summaries]),
        ("scores", [row.article_id for row in scores]),
    ):
        if owners != ids:
            raise AlignmentError(f"{name} are not of the articles they stand beside")
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


def _counts(lines: Sequence[Line], checks: Sequence[str]) -> tuple[CheckCount, ...]:
    checked = sum(line.translated.origin == "model" for line in lines)
    flagged = Counter(
        check for line in lines for check in {found.check for found in line.score.findings}
    )
    return tuple(CheckCount(check, checked, flagged[check]) for check in checks)


def _rungs(lines: Sequence[Line]) -> tuple[RungCount, ...]:
    ended: Counter[str] = Counter(line.translated.rung for line in lines if line.translated.rung)
    return tuple(RungCount(rung, ended[rung]) for rung in RUNGS if ended[rung])


def _terms(lines: Sequence[Line], glossary: Glossary) -> tuple[TermCount, ...]:
    """Follow each term of the glossary through the run, the least kept first."""
    asked: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for line in lines:
        if line.translated.origin != "model":
            continue
        for term in {term.zh: term for _, term in glossary.matches(line.source.text)}.values():
            asked[term.zh] += 1
            said = forms.setdefault(term.zh, Counter())
            if form := said_form(line.translated.text, term):
                said[form] += 1
    counts = [
        TermCount(
            zh,
            glossary.terms[zh].english[0],
            number,
            sum(forms[zh].values()),
            tuple(forms[zh].most_common()),
        )
        for zh, number in asked.items()
    ]
    return tuple(sorted(counts, key=lambda each: (each.kept - each.asked, each.zh)))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return round(sum(known) / len(known), 4) if known else None
