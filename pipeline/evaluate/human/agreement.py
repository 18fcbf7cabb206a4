"""How well scores agree with human scores: correlations as mt-metrics-eval defines them.

Scores are matrices with a row per system and a column per segment; NaN is a missing score, and
higher is better in both. "By segment" means over the systems of a segment, then averaged.
"""

import numpy
from numpy.typing import NDArray

from pipeline.evaluate.metrics.formulas import Matrix

PERMUTATIONS = 1000
"""Permutations behind soft pairwise accuracy, as in mt-metrics-eval."""

_SEED = 4  # mt-metrics-eval's seed of those permutations


def pearson(a: Matrix, b: Matrix) -> float:
    """Return Pearson's r of two vectors; NaN if one is constant or has fewer than two values."""
    if len(a) < 2 or (a == a[0]).all() or (b == b[0]).all():
        return float("nan")
    x, y = a - a.mean(), b - b.mean()
    size = float(numpy.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else float("nan")


def average_ranks(values: Matrix) -> Matrix:
    """Return the rank of every value from 1; equal values share their mean rank."""
    _, place, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    last = numpy.cumsum(counts)
    ranks: Matrix = (last - (counts - 1) / 2)[place]
    return ranks


def spearman(a: Matrix, b: Matrix) -> float:
    """Return Spearman's rho of two vectors: Pearson's r of their ranks."""
    return pearson(average_ranks(a), average_ranks(b))


def kendall(a: Matrix, b: Matrix) -> float:
    """Return Kendall's tau-b of two vectors (Kendall 1945) in O(n log n); NaN if one is constant.

    Discordant pairs are the inversions of b's ranks in the order of a, counted bit by bit.
    """
    order = numpy.lexsort((b, a))
    ranks = numpy.unique(b[order], return_inverse=True)[1]
    discordant = _inversions(ranks)
    pairs = len(a) * (len(a) - 1) // 2
    ties_a, ties_b = _tied_pairs(a), _tied_pairs(b)
    both = _tied_pairs(numpy.stack([a, b]))
    if pairs in (ties_a, ties_b):
        return float("nan")
    concordant = pairs - ties_a - ties_b + both - discordant
    return float((concordant - discordant) / (pairs - ties_a) ** 0.5 / (pairs - ties_b) ** 0.5)


def _tied_pairs(values: Matrix) -> int:
    counts = numpy.unique(values, axis=-1, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _inversions(ranks: NDArray[numpy.intp]) -> int:
    """Return the number of pairs i < j with ranks[i] > ranks[j]."""
    total = 0
    for bit in range(int(ranks.max(initial=0)).bit_length()):
        group = ranks >> (bit + 1)
        order = numpy.argsort(group, kind="stable")
        ones = (ranks[order] >> bit) & 1
        before = numpy.cumsum(ones)
        starts = numpy.searchsorted(group[order], group[order])
        earlier = before - numpy.where(starts > 0, before[starts - 1], 0)
        total += int(earlier[ones == 0].sum())
    return total


def kendall_by_segment(human: Matrix, scores: Matrix) -> Matrix:
    """Return tau-b over the systems of every segment; NaN where it is not defined."""
    h, m, known = _pair_signs(human, scores)
    agree = (h * m * known).sum(axis=0)
    untied_h, untied_m = ((sign != 0) & known for sign in (h, m))
    size = numpy.sqrt(untied_h.sum(axis=0) * untied_m.sum(axis=0))
    empty = numpy.full(human.shape[1], numpy.nan)
    return numpy.asarray(numpy.divide(agree, size, out=empty, where=size > 0))


def spearman_by_segment(human: Matrix, scores: Matrix) -> Matrix:
    """Return Spearman's rho over the systems of every segment; NaN where it is not defined."""
    values = []
    for h, m in zip(human.T, scores.T, strict=True):
        known = ~(numpy.isnan(h) | numpy.isnan(m))
        values.append(spearman(h[known], m[known]) if known.sum() > 1 else float("nan"))
    return numpy.array(values)


def _pair_signs(
    human: Matrix, scores: Matrix, epsilon: float = 0.0
) -> tuple[Matrix, Matrix, NDArray[numpy.bool_]]:
    """Return the signs of all differences of two systems, a row per pair, and what is known."""
    above, below = numpy.triu_indices(len(human), 1)
    h, m = human[above] - human[below], scores[above] - scores[below]
    known = ~(numpy.isnan(h) | numpy.isnan(m))
    close = numpy.where(numpy.abs(m) <= epsilon, 0.0, m) if epsilon else m
    return numpy.sign(numpy.where(known, h, 0)), numpy.sign(numpy.where(known, close, 0)), known


def tie_threshold(human: Matrix, scores: Matrix) -> float:
    """Return the difference up to which scores should count as equal (Deutsch et al. 2023).

    It is the one with the highest `tie_accuracy`; of several, the smallest.
    """
    above, below = numpy.triu_indices(len(human), 1)
    h, m = human[above] - human[below], scores[above] - scores[below]
    known = ~(numpy.isnan(h) | numpy.isnan(m))
    pairs = known.sum(axis=0)
    weight = numpy.broadcast_to(1 / numpy.maximum(pairs, 1), h.shape)[known]
    size, h, m = numpy.abs(m[known]), h[known], m[known]
    gain = ((h == 0).astype(float) - (numpy.sign(h) == numpy.sign(m))) * weight
    order = numpy.argsort(size, kind="stable")
    size = numpy.concatenate([[0.0], size[order]])
    total = numpy.concatenate([[0.0], numpy.cumsum(gain[order])])
    last = numpy.append(size[1:] != size[:-1], True)  # all pairs of one size become ties at once
    best = numpy.argmax(numpy.round(total[last], 9))
    return float(size[last][best])


def tie_accuracy(human: Matrix, scores: Matrix, epsilon: float) -> Matrix:
    """Return, by segment, the share of pairs of systems ordered or tied as by humans.

    `acc-eq` of mt-metrics-eval; scores up to `epsilon` apart are ties. NaN without a pair.
    """
    agree, known = tie_agreement(human, scores, epsilon)
    pairs = known.sum(axis=0)
    empty = numpy.full(human.shape[1], numpy.nan)
    return numpy.asarray(numpy.divide(agree.sum(axis=0), pairs, out=empty, where=pairs > 0))


def tie_agreement(
    human: Matrix, scores: Matrix, epsilon: float
) -> tuple[NDArray[numpy.bool_], NDArray[numpy.bool_]]:
    """Return whether a pair of systems (row) agrees in a segment (column), and what is known."""
    h, m, known = _pair_signs(human, scores, epsilon)
    return (h == m) & known, known


def pair_agreement(human: Matrix, scores: Matrix) -> NDArray[numpy.bool_]:
    """Return, for every pair of systems, whether two vectors of system scores order it alike."""
    above, below = numpy.triu_indices(len(human), 1)
    agree: NDArray[numpy.bool_] = numpy.sign(human[above] - human[below]) == numpy.sign(
        scores[above] - scores[below]
    )
    return agree


def permutation_signs(segments: int) -> Matrix:
    """Return the swaps behind `confidences`: a row of 1 and -1 per permutation."""
    draws = numpy.random.default_rng(_SEED).random((PERMUTATIONS, segments), dtype=numpy.float32)
    return 2.0 * numpy.rint(draws).astype(float) - 1.0


def confidences(scores: Matrix, signs: Matrix) -> Matrix:
    """Return, for every pair of systems, the p-value of the first being better than the second.

    A paired permutation test of the sums of segment scores, one-sided.
    """
    above, below = numpy.triu_indices(len(scores), 1)
    moved, totals = signs @ scores.T, scores.sum(axis=1)
    extreme = moved[:, above] - moved[:, below] >= totals[above] - totals[below] - 1e-9
    shares: Matrix = extreme.mean(axis=0)
    return shares


def soft_agreement(human: Matrix, scores: Matrix, signs: Matrix) -> Matrix:
    """Return, for every pair of systems, 1 minus the gap between the two p-values.

    Their mean is soft pairwise accuracy (Thompson et al. 2024).
    """
    gaps = confidences(human, signs) - confidences(scores, signs)
    return numpy.asarray(1.0 - numpy.abs(gaps))


def swap_p_value(better: Matrix, worse: Matrix, trials: int = PERMUTATIONS) -> float:
    """Return the one-sided p-value of a difference of means of paired values; NaN is left out.

    Each trial swaps a random half of the pairs (PERM-BOTH, Deutsch et al. 2021). Draws come from
    numpy's default generator with the seed of the permutations above.
    """
    differences = better - worse
    differences = differences[(differences != 0) & ~numpy.isnan(differences)]
    if not len(differences):
        return 1.0
    generator = numpy.random.default_rng(_SEED)
    extreme, total = 0, differences.sum() - 1e-9
    block = max(1, 2_000_000 // len(differences))
    for start in range(0, trials, block):
        size = min(block, trials - start)
        signs = generator.integers(2, size=(size, len(differences)), dtype=numpy.int8)
        extreme += int((((2.0 * signs - 1.0) @ differences) >= total).sum())
    return (extreme + 1) / (trials + 1)


def pearson_swap_p_value(human: Matrix, better: Matrix, worse: Matrix) -> float:
    """Return the one-sided p-value of a difference of two values of Pearson's r; NaN is left out.

    Each trial swaps a random half of the standardised scores (PERM-BOTH, Deutsch et al. 2021).
    """
    known = ~(numpy.isnan(human) | numpy.isnan(better) | numpy.isnan(worse))
    if known.sum() < 3:
        return 1.0
    h, a, b = (_standardised(values[known]) for values in (human, better, worse))
    gap, squares = a - b, a * a - b * b
    generator = numpy.random.default_rng(_SEED)
    extreme, total = 0, pearson(h, a) - pearson(h, b) - 1e-12
    block = max(1, 2_000_000 // len(h))
    for start in range(0, PERMUTATIONS, block):
        size = min(block, PERMUTATIONS - start)
        kept = generator.integers(2, size=(size, len(h)), dtype=numpy.int8).astype(float)
        moved = kept @ numpy.stack([gap, gap * h, squares], axis=1)
        firsts = _correlated(moved + numpy.array([b.sum(), b @ h, b @ b]), len(h))
        others = _correlated(numpy.array([a.sum(), a @ h, a @ a]) - moved, len(h))
        extreme += int((firsts - others >= total).sum())
    return (extreme + 1) / (PERMUTATIONS + 1)


def _correlated(sums: Matrix, size: int) -> Matrix:
    """Return r with standardised values, from rows of (sum, sum of products, sum of squares)."""
    spread = sums[:, 2] / size - (sums[:, 0] / size) ** 2
    correlations: Matrix = sums[:, 1] / size / numpy.sqrt(numpy.maximum(spread, 1e-12))
    return correlations


def _standardised(values: Matrix) -> Matrix:
    spread = float(values.std())
    centred: Matrix = values - values.mean()
    return centred / spread if spread else centred
