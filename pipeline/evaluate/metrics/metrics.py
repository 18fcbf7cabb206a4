"""Metrics: each turns segments into rows of counts, and sums of rows into scores.

    hypotheses, references ─statistics─▶ one row per segment ─sum, resample─▶ scores

Because a score is a function of summed rows, a thousand resamples are one matrix product and a
thousand scores one vectorised expression. Counts come from sacreBLEU (Post 2018), so scores and
signatures are its own; ROUGE is ours (`rouge.py`).

`mean_metric` makes a metric from a function that scores segments one by one (ROUGE, a trained
metric): its corpus score is the mean of the scored segments.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast

import numpy

from models import protocols
from pipeline.evaluate.metrics.formulas import Matrix, bleu, chrf, mean, scored_in_both, ter
from pipeline.evaluate.metrics.of_summaries import (
    LABELS,
    LOWER_IS_BETTER,
    SUMMARY_METRICS_VERSION,
    summary_metric_scores,
)
from pipeline.evaluate.metrics.spbleu import SpBleuModel, SpBleuTokenizer, spbleu_tokenizer_model
from pipeline.evaluate.metrics.ter_edits import count_edits
from pipeline.evaluate.results import NO_NUMBER, EvaluationSet
from pipeline.records import Rouge
from pipeline.score.metrics import SEED
from pipeline.score.rouge import ROUGE_LABELS, ROUGE_SIGNATURE, ROUGE_VERSION, rouge_scores

MetricName = Literal[
    "bleu",
    "chrf",
    "chrf++",
    "ter",
    "spbleu",
    "rouge1",
    "rouge2",
    "rougel",
    "rouge1-words",
    "rouge2-words",
    "rougel-words",
    "coverage",
    "compression",
    "redundancy",
    "faithfulness",
]

ScoreSegments = Callable[[Sequence[protocols.Segment]], Sequence[protocols.SegmentScore]]
"""Returns a score for each segment, in order, as a `SegmentScorer` does."""

METRICS_VERSION = 2
"""Bump this when a metric's counts change for the same text: cached counts are recomputed."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a metric for one output: one row of `rows` per segment.

    `truncated` holds the indexes of segments whose end the metric did not read, `spans` the errors
    found in each hypothesis (empty if the metric looks for none).
    """

    rows: Matrix
    truncated: tuple[int, ...] = ()
    spans: tuple[tuple[protocols.ErrorSpan, ...], ...] = ()


def _nothing() -> None:
    """Release nothing."""


def all_shared(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix]:
    """Return the rows of two systems unchanged, for a metric that scores every segment."""
    return a, b


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `statistics` is expensive; everything after it is arithmetic.

    `corpus` and `sentence` return a score per row of sums, shape (n, columns) to (n,). `answer`
    names everything the counts depend on besides the text; its first word names the cache files.
    `signature` takes the number of references and of bootstrap resamples. `digits` is the number of
    meaningful decimals. `release` frees what `statistics` has loaded. `shared` takes the rows of
    two systems and returns their comparable rows: a segment without a score for one system counts
    for neither. If `asks_again`, a missing score may arrive when requested again. `silence`
    explains a missing score (NaN).
    """

    name: str
    label: str
    lower_is_better: bool
    answer: str
    statistics: Callable[[EvaluationSet, Sequence[str]], Counts]
    corpus: Callable[[Matrix], Matrix]
    sentence: Callable[[Matrix], Matrix]
    signature: Callable[[str, int], str]
    needs_references: bool = True
    digits: int = 1
    release: Callable[[], None] = _nothing
    shared: Callable[[Matrix, Matrix], tuple[Matrix, Matrix]] = all_shared
    asks_again: bool = False
    silence: str = NO_NUMBER


def corpus_score(of: Metric, table: Matrix) -> float:
    """Return the score of all segments together."""
    return float(of.corpus(table.sum(axis=0, keepdims=True))[0])


def metric(name: MetricName, *, spbleu_model: str | None = None) -> Metric:
    """Return a metric by its name in a config. Raises ConfigError if it cannot be used here.

    `spbleu_model` is a file with spBLEU's tokenizer; by default it is sacreBLEU's own copy.
    """
    match name:
        case "bleu":
            return _counted(name, "BLEU", bleu, partial(bleu, effective_order=True))
        case "spbleu":
            pieces = spbleu_tokenizer_model(spbleu_model)
            made = _counted(
                name,
                "spBLEU",
                bleu,
                partial(bleu, effective_order=True),
                counter=partial(_piece_counter, pieces),
            )
            return replace(made, answer=f"{made.answer} {pieces.name} {pieces.digest}")
        case "chrf" | "chrf++":
            return _counted(name, name.replace("chrf", "chrF"), chrf, chrf)
        case "ter":
            made = _counted(name, "TER", ter, ter, lower_is_better=True)
            return replace(made, statistics=_ter_counts)
        case "rouge1" | "rouge2" | "rougel":
            return mean_metric(
                name,
                ROUGE_LABELS[name],
                partial(_rouge, kind=name),
                answer=f"{name} {ROUGE_VERSION}",
                signature=ROUGE_SIGNATURE,
            )
        case "rouge1-words" | "rouge2-words" | "rougel-words":
            kind = cast(Rouge, name.removesuffix("-words"))
            return mean_metric(
                name,
                f"{ROUGE_LABELS[kind]} (words)",
                partial(_rouge, kind=kind, by_words=True),
                answer=f"{name} {ROUGE_VERSION}",
                signature=ROUGE_SIGNATURE.replace("words-and-han", "words"),
            )
        case "coverage" | "compression" | "redundancy" | "faithfulness":
            return mean_metric(
                name,
                LABELS[name],
                partial(summary_metric_scores, name),
                answer=f"{name} {SUMMARY_METRICS_VERSION}",
                signature=f"{name}|version:{SUMMARY_METRICS_VERSION}",
                lower_is_better=name in LOWER_IS_BETTER,
                needs_references=False,
            )


def mean_metric(
    name: str,
    label: str,
    score: ScoreSegments,
    *,
    answer: str,
    signature: str,
    lower_is_better: bool = False,
    needs_references: bool = True,
    digits: int = 1,
) -> Metric:
    """Return a metric from a function that scores segments; a corpus score is their mean.

    A segment whose score is NaN does not count: its row is 0 of 0 segments. If there are several
    references, the one with the best score counts. `answer` identifies the scorer (weights,
    settings, version); cached scores with another `answer` are not used. `signature` is what a
    reader needs to reproduce the score.
    """

    def statistics(test_set: EvaluationSet, hypotheses: Sequence[str]) -> Counts:
        return _scored(test_set, hypotheses, score, needs_references, lower_is_better)

    def full_signature(references: str, samples: int) -> str:
        parts = [f"nrefs:{references if needs_references else 0}", *_resampled(samples)]
        several = ["multi:best"] if needs_references and references != "1" else []
        return "|".join([*parts, *several, signature])

    return Metric(
        name=name,
        label=label,
        lower_is_better=lower_is_better,
        answer=answer,
        statistics=statistics,
        corpus=mean,
        sentence=mean,
        signature=full_signature,
        needs_references=needs_references,
        digits=digits,
        shared=scored_in_both,
    )


def _scored(
    test_set: EvaluationSet,
    hypotheses: Sequence[str],
    score: ScoreSegments,
    needs_references: bool,
    lower_is_better: bool,
) -> Counts:
    """Return the best score of each hypothesis over its references, if any are needed."""
    asked: list[protocols.Segment] = []
    places: list[int] = []
    for at, (segment, hypothesis) in enumerate(zip(test_set.segments, hypotheses, strict=True)):
        for reference in (needs_references and segment.references) or (None,):
            asked.append(protocols.Segment(segment.source, hypothesis, reference))
            places.append(at)
    sign = -1 if lower_is_better else 1
    best: dict[int, protocols.SegmentScore] = {}
    for at, found in zip(places, score(asked), strict=True):
        if (
            at not in best
            or math.isnan(best[at].score)
            or sign * found.score > sign * best[at].score
        ):
            best[at] = found
    scores = [best[at].score for at in range(len(hypotheses))]
    rows = [[0.0, 0.0] if math.isnan(score) else [score, 1.0] for score in scores]
    spans = tuple(best[at].spans for at in range(len(hypotheses)))
    return Counts(
        rows=numpy.array(rows, dtype=float).reshape(-1, 2),
        truncated=tuple(at for at, found in sorted(best.items()) if found.truncated),
        spans=spans if any(spans) else (),
    )


def unscored(segments: Sequence[protocols.Segment]) -> list[protocols.SegmentScore]:
    """Return no score for segments, for metrics whose counts are given."""
    return [protocols.SegmentScore(math.nan) for _ in segments]


def reference_streams(test_set: EvaluationSet) -> list[list[str | None]]:
    """Return references in sacreBLEU's form: one list per reference, None for a missing one."""
    most = max((len(segment.references) for segment in test_set.segments), default=0)
    return [
        [
            segment.references[at] if at < len(segment.references) else None
            for segment in test_set.segments
        ]
        for at in range(most)
    ]


def _counted(
    name: str,
    label: str,
    corpus: Callable[[Matrix], Matrix],
    sentence: Callable[[Matrix], Matrix],
    *,
    lower_is_better: bool = False,
    counter: Callable[[Any], Any] | None = None,
) -> Metric:
    import sacrebleu

    make = counter or partial(_counter, name)

    return Metric(
        name=name,
        label=label,
        lower_is_better=lower_is_better,
        answer=f"{name} sacrebleu {sacrebleu.__version__}",
        statistics=partial(_counts, make),
        corpus=corpus,
        sentence=sentence,
        signature=partial(_signature, make),
    )


def _counts(
    make: Callable[[Any], Any], test_set: EvaluationSet, hypotheses: Sequence[str]
) -> Counts:
    counter = make(reference_streams(test_set))
    rows = counter._extract_corpus_statistics(list(hypotheses), None)
    return Counts(numpy.array(rows, dtype=float))


def _ter_counts(test_set: EvaluationSet, hypotheses: Sequence[str]) -> Counts:
    """Return the fewest edits over the references, and their mean length, as sacreBLEU does."""
    from sacrebleu.metrics.ter import TER

    prepare: Any = TER()._preprocess_segment
    rows = []
    for segment, hypothesis in zip(test_set.segments, hypotheses, strict=True):
        words = prepare(hypothesis).split()
        references = [prepare(text).split() for text in segment.references]
        edits = min(count_edits(words, reference) for reference in references)
        rows.append((edits, sum(map(len, references)) / len(references)))
    return Counts(numpy.array(rows, dtype=float).reshape(-1, 2))


def _signature(make: Callable[[Any], Any], references: str, samples: int) -> str:
    counter = make(None)
    counter.num_refs = -1 if references == "var" else int(references)
    if samples > 1:
        counter.n_bootstrap, counter.seed = samples, str(SEED)
    return str(counter.get_signature())


def _resampled(samples: int) -> list[str]:
    return [f"bs:{samples}", f"seed:{SEED}"] if samples > 1 else []


def _counter(name: str, references: Any) -> Any:
    # Imported here so that an evaluation with nothing to do does not load sacreBLEU.
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    match name:
        case "bleu":
            return BLEU(references=references)
        case "chrf":
            return CHRF(references=references)
        case "chrf++":
            return CHRF(word_order=2, references=references)
        case _:
            return TER(references=references)


def _piece_counter(pieces: SpBleuModel, references: Any) -> Any:
    """Return sacreBLEU's BLEU over the pieces of a SentencePiece model."""
    from sacrebleu.metrics.bleu import BLEU

    counter: Any = BLEU(tokenize="none", force=True)
    counter.tokenizer = SpBleuTokenizer(pieces)
    counter.tokenizer_signature = counter.tokenizer.signature()
    if references is not None:
        counter._ref_cache = counter._cache_references(references)
    return counter


def _rouge(
    segments: Sequence[protocols.Segment], *, kind: Rouge, by_words: bool = False
) -> list[protocols.SegmentScore]:
    hypotheses = [segment.hypothesis for segment in segments]
    references = [[segment.reference or ""] for segment in segments]
    return [
        protocols.SegmentScore(rouge_score)
        for rouge_score in rouge_scores(hypotheses, references, kind, by_words=by_words)
    ]
