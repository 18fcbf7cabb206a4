"""From rows of counts to scores: BLEU, chrF, TER and means, each over all rows at once."""

import numpy
from numpy.typing import NDArray

Matrix = NDArray[numpy.float64]
"""Rows of counts, one per segment or resample, or a vector of scores."""


def bleu(rows: Matrix, *, effective_order: bool = False) -> Matrix:
    """Return BLEU of rows of (length, reference length, 4 × correct, 4 × total).

    Papineni et al. 2002, with sacreBLEU's exponential smoothing. `effective_order` ignores the
    n-gram orders that a short sentence cannot have.
    """
    length, reference = rows[:, 0], rows[:, 1]
    correct, total = rows[:, 2:6], rows[:, 6:10]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        penalty = numpy.where(length < reference, numpy.exp(1 - reference / length), 1.0)
        is_counted = numpy.cumprod(total > 0, axis=1).astype(bool)
        misses = numpy.cumsum((correct == 0) & is_counted, axis=1)
        precisions = numpy.where(correct > 0, correct, 0.5**misses) / total
        logarithms = numpy.where(is_counted, numpy.log(precisions), 0.0)
    orders = is_counted.sum(axis=1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        divisor = orders if effective_order else numpy.full(len(rows), 4)
        scores = 100 * penalty * numpy.exp(logarithms.sum(axis=1) / divisor)
    possible = (correct > 0).any(axis=1) & (effective_order | (orders == 4))
    return numpy.where(possible, scores, 0.0)


def chrf(rows: Matrix) -> Matrix:
    """Return chrF2 of rows of (hypothesis, reference, match) for every order (Popović 2015)."""
    hypothesis, reference, match = rows[:, 0::3], rows[:, 1::3], rows[:, 2::3]
    is_counted = (hypothesis > 0) & (reference > 0)
    orders = is_counted.sum(axis=1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        precision = numpy.where(is_counted, match / hypothesis, 0.0).sum(axis=1) / orders
        recall = numpy.where(is_counted, match / reference, 0.0).sum(axis=1) / orders
        scores = 100 * 5 * precision * recall / (4 * precision + recall)
    return numpy.where((orders > 0) & (match.sum(axis=1) > 0), scores, 0.0)


def ter(rows: Matrix) -> Matrix:
    """Return TER of rows of (edits, reference words), in percent (Snover et al. 2006)."""
    edits, reference = rows[:, 0], rows[:, 1]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        scores = 100 * edits / reference
    return numpy.where(reference > 0, scores, numpy.where(edits > 0, 100.0, 0.0))


def mean(rows: Matrix) -> Matrix:
    """Return the mean of rows of (sum of scores, number of segments); NaN without segments."""
    empty = numpy.full(len(rows), numpy.nan)
    return numpy.asarray(numpy.divide(rows[:, 0], rows[:, 1], out=empty, where=rows[:, 1] > 0))


def no_sentence(rows: Matrix) -> Matrix:
    """Return NaN for every row, for scores of whole documents or systems."""
    return numpy.full(len(rows), numpy.nan)


def scored_in_both(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix]:
    """Return rows of (sum of scores, number of segments), 0 of 0 if either has no score."""
    has_both = ((a[:, 1] > 0) & (b[:, 1] > 0))[:, None]
    return a * has_both, b * has_both
