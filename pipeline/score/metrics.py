"""BLEU, chrF++ and TER from sacreBLEU: per sentence, and per corpus with interval and signature.

Papineni et al. 2002; Popović 2017; Snover et al. 2006; sacreBLEU: Post 2018. The
interval is the percentile bootstrap over segments (Efron; Koehn 2004).
"""

from collections.abc import Sequence
from typing import Any, Literal

from pipeline.records import CorpusScore, MetricValue

RunMetric = Literal["bleu", "chrf", "ter"]

LONGEST_TER_WORDS = 120
"""TER takes a second or two for 120 words and 40 seconds for 1000, as it searches for shifts."""

SEED = 12345
"""sacreBLEU's default, which the signature contains."""


def sentence_metrics(
    hypothesis: str, reference: str, metrics: Sequence[RunMetric]
) -> tuple[MetricValue, ...]:
    """Score a hypothesis against a reference; BLEU ignores n-gram orders that it cannot have."""
    values = []
    for name in _chosen(metrics, [hypothesis], [reference]):
        score = _metric(name, of_sentence=True).sentence_score(hypothesis, [reference])
        values.append(MetricValue(score.name, round(float(score.score), 2)))
    return tuple(values)


def corpus_metrics(
    hypotheses: Sequence[str],
    references: Sequence[str],
    metrics: Sequence[RunMetric],
    *,
    bootstrap_samples: int,
) -> list[CorpusScore]:
    """Score all segments together, one row per metric; no rows without segments.

    `low` and `high` bound the middle 95 % of the scores of `bootstrap_samples`
    resamples of the segments, drawn with a fixed seed: the same input gives the same
    interval on every machine. With 0 samples or a single segment both are the score.
    TER is left out where a segment is longer than `LONGEST_TER_WORDS`.
    """
    if not hypotheses:
        return []
    return [
        _corpus_score(_metric(name), hypotheses, references, bootstrap_samples) for name in metrics
    ]


def _chosen(
    metrics: Sequence[RunMetric], hypotheses: Sequence[str], references: Sequence[str]
) -> list[RunMetric]:
    """Return the metrics, without TER if a segment is too long for it."""
    longest = max(len(text.split()) for text in (*hypotheses, *references))
    return [name for name in metrics if name != "ter" or longest <= LONGEST_TER_WORDS]


def _metric(name: RunMetric, *, of_sentence: bool = False) -> Any:
    # Imported here so that a run with nothing to do does not load sacreBLEU.
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    match name:
        case "bleu":
            return BLEU(effective_order=of_sentence)
        case "chrf":
            return CHRF(word_order=2)
        case "ter":
            return TER()


def _corpus_score(
    metric: Any, hypotheses: Sequence[str], references: Sequence[str], bootstrap_samples: int
) -> CorpusScore:
    # The statistics are computed once for the score and all resamples: `Metric.corpus_score`
    # would recompute them, draw all samples at once (a gigabyte for 10 000 segments) and take
    # its seed from the environment.
    statistics = metric._extract_corpus_statistics(list(hypotheses), [list(references)])
    score = metric._aggregate_and_compute(statistics)
    low = high = float(score.score)
    if bootstrap_samples > 1 and len(statistics) > 1:
        low, high = _interval(metric, statistics, bootstrap_samples)
        metric.n_bootstrap, metric.seed = bootstrap_samples, str(SEED)
    return CorpusScore(
        name=score.name,
        score=round(float(score.score), 2),
        low=round(low, 2),
        high=round(high, 2),
        signature=str(metric.get_signature()),
        segments=len(statistics),
    )


def _interval(
    metric: Any, statistics: Sequence[Sequence[float]], samples: int
) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of the scores of resampled segments."""
    import numpy

    rows = numpy.array(statistics, dtype=float)
    generator = numpy.random.default_rng(SEED)
    scores = []
    for _ in range(samples):
        drawn = numpy.bincount(generator.choice(len(rows), size=len(rows)), minlength=len(rows))
        scores.append(float(metric._compute_score_from_stats(drawn @ rows).score))
    low, high = numpy.quantile(scores, [0.025, 0.975])
    return float(low), float(high)
