"""Metrics of a summary against its article: no reference is needed."""

from collections.abc import Sequence
from itertools import pairwise
from math import nan
from typing import Literal

from models.protocols import Segment, SegmentScore
from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.chinese import unsupported_chinese
from pipeline.check.support.english import unsupported_english
from pipeline.check.support.faithfulness import explained_share
from pipeline.records import Finding
from pipeline.score.rouge import is_chinese, tokens

SummaryMetric = Literal["coverage", "compression", "redundancy", "faithfulness"]
SUMMARY_METRICS_VERSION = 1
LABELS: dict[SummaryMetric, str] = {
    "coverage": "Coverage",
    "compression": "Length, % of the article",
    "redundancy": "Redundancy",
    "faithfulness": "Faithfulness",
}
LOWER_IS_BETTER: frozenset[SummaryMetric] = frozenset(("compression", "redundancy"))


def summary_metric_scores(name: SummaryMetric, segments: Sequence[Segment]) -> list[SegmentScore]:
    """Return a score from 0 to 100 of each summary; NaN for an empty summary or article.

    `coverage` is the share of the summary's words that stand in runs copied from the article, two
    words or longer (extractive fragment coverage, Grusky, Naaman and Artzi 2018); NaN in another
    language. `compression` is the summary's length as a share of the article's, in characters.
    `redundancy` is the share of pairs of words that the summary has said before. `faithfulness` is
    the share of words that the article explains, 0 for a summary with an unsupported claim.
    """
    score = {
        "coverage": _coverage,
        "compression": _compression,
        "redundancy": _redundancy,
        "faithfulness": _faithfulness,
    }[name]
    return [
        SegmentScore(score(segment.source, segment.hypothesis) if has_both else nan)
        for segment in segments
        for has_both in [bool(tokens(segment.source) and tokens(segment.hypothesis))]
    ]


def unsupported_claims(article: str, summary: str) -> list[Finding]:
    """Find what a summary in either language claims and its Chinese article does not say."""
    if is_chinese(summary):
        return unsupported_chinese(summary, ArticleText(article))
    return unsupported_english(summary, ArticleText(article), article)


def _coverage(article: str, summary: str) -> float:
    if is_chinese(article) != is_chinese(summary):
        return nan
    said, own = set(pairwise(tokens(article))), tokens(summary)
    copied = [pair in said for pair in pairwise(own)]
    covered = sum(left or right for left, right in pairwise([False, *copied, False]))
    return 100 * covered / len(own)


def _compression(article: str, summary: str) -> float:
    return 100 * len(summary) / len(article)


def _redundancy(_: str, summary: str) -> float:
    pairs = list(pairwise(tokens(summary)))
    return 100 * (1 - len(set(pairs)) / len(pairs)) if pairs else 0.0


def _faithfulness(article: str, summary: str) -> float:
    return 0.0 if unsupported_claims(article, summary) else 100 * explained_share(summary, article)
