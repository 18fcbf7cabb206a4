"""Scores of summaries against reference summaries: ROUGE and BERTScore.

They are computed for the report and not in a stage, so that a new summarizer does not invalidate
the scores of translations, nor a new metric the summaries. The run folder caches slow scores.
"""

from collections.abc import Sequence
from pathlib import Path

from pipeline.config.sections import Config
from pipeline.engine.resources import Resources
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import Metric, corpus_score, metric
from pipeline.evaluate.metrics.trained import trained_metric
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output
from pipeline.evaluate.significance import interval, resampled_scores
from pipeline.records import Article, CorpusScore, MetricValue, Summary, SummaryScores
from pipeline.score.rouge import is_chinese


def summary_table(resources: Resources) -> list[tuple[Metric, float]]:
    """Return the metrics for summaries of a run, each with its factor to a scale of 0 to 100.

    Loads no weights. Raises ModelError if weights are missing.
    """
    config = resources.config
    metrics = [(metric(name), 1.0) for name in config.score.summary_metrics]
    if (spec := config.score.summary_bertscore) is not None:
        place = "score.summary_bertscore"
        found = trained_metric(
            "BERTScore", spec, config.runtime, place=place, resolved=resources.summary_scorer
        )
        metrics.append((found, 100.0))
    return metrics


def summary_scores(
    articles: Sequence[Article], summaries: Sequence[Summary], resources: Resources
) -> SummaryScores:
    """Score the summaries of articles that have a reference summary, from 0 to 100.

    A Chinese reference is compared with the Chinese summary, any other with the English one.
    Articles without a reference or without that summary are left out.
    """
    test_set, output = _pairs(articles, summaries)
    config, table = resources.config, summary_table(resources)
    if not test_set.segments or not table:
        return SummaryScores({}, ())
    rows = [_rows(CountRequest(each, test_set, output), config) for each, _ in table]
    samples = config.score.bootstrap_samples if len(test_set.segments) > 1 else 0
    drawn = resampled_scores(rows, [each.corpus for each, _ in table], samples) if samples else []
    corpus = tuple(
        _corpus_score(of, scale, own, drawn[at] if drawn else None, samples)
        for at, ((of, scale), own) in enumerate(zip(table, rows, strict=True))
    )
    values = [scale * of.sentence(own) for (of, scale), own in zip(table, rows, strict=True)]
    articles_ = {
        segment.id: tuple(
            MetricValue(score.name, round(float(column[at]), 2))
            for score, column in zip(corpus, values, strict=True)
        )
        for at, segment in enumerate(test_set.segments)
    }
    return SummaryScores(articles_, corpus)


def _rows(request: CountRequest, config: Config) -> Matrix:
    """Return the counts of a metric; those that need a model are cached."""
    is_slow = request.metric.name not in config.score.summary_metrics
    [counts], _ = load_or_count([request], Path(config.output) / "statistics" if is_slow else None)
    return counts.rows


def _pairs(
    articles: Sequence[Article], summaries: Sequence[Summary]
) -> tuple[EvaluationSet, Output]:
    segments, texts = [], []
    for article, summary in zip(articles, summaries, strict=True):
        reference = " ".join((article.reference_summary or "").split())
        lines = summary.zh if is_chinese(reference) else summary.en
        if reference and lines:
            segments.append(EvaluationSegment(article.id, "", (reference,)))
            texts.append(" ".join(line.text for line in lines))
    return EvaluationSet("summaries", tuple(segments)), Output("summaries", tuple(texts))


def _corpus_score(
    of: Metric, scale: float, rows: Matrix, drawn: Matrix | None, samples: int
) -> CorpusScore:
    score = scale * corpus_score(of, rows)
    low, high = interval(scale * drawn) if drawn is not None else (score, score)
    percent = "" if scale == 1 else "|percent"
    return CorpusScore(
        name=of.label,
        score=round(score, 2),
        low=round(low, 2),
        high=round(high, 2),
        signature=of.signature("1", samples) + percent,
        segments=len(rows),
    )
