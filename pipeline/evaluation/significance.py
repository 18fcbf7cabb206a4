"""Is it luck? Bootstrap intervals, paired tests, correction for several comparisons, ranks.

One set of resamples serves every system and metric of a set, so that all pairs are paired:

    resample counts (samples × segments) · rows (segments × columns) ─▶ scores of every resample
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy

from pipeline.evaluation.metrics import Matrix
from pipeline.text.metrics import SEED

_CELLS = 8_000_000
"""Resamples are drawn in slices of about this many numbers, so that memory stays bounded."""

_EQUAL = 1e-9
"""Two scores of the same counts, summed in another order, may differ by this much."""

Score = Callable[[Matrix], Matrix]


def resampled_scores(rows: Sequence[Matrix], scores: Sequence[Score], samples: int) -> list[Matrix]:
    """Return the scores of `samples` bootstrap resamples for every table of counts.

    All tables have a row per segment of the same set; resample i draws the same segments
    for each. Draws are those of sacreBLEU (numpy's default generator, seed 12345).
    """
    segments = len(rows[0])
    widths = numpy.cumsum([table.shape[1] for table in rows])[:-1]
    together = numpy.hstack(rows)
    generator = numpy.random.default_rng(SEED)
    pieces: list[list[Matrix]] = [[] for _ in rows]
    for size in _slices(samples, segments):
        drawn = generator.choice(segments, size=(size, segments))
        places = drawn + numpy.arange(size)[:, None] * segments
        counts = numpy.bincount(places.ravel(), minlength=size * segments).reshape(size, segments)
        sums = numpy.split(counts.astype(float) @ together, widths, axis=1)
        for piece, score, table in zip(pieces, scores, sums, strict=True):
            piece.append(score(table))
    return [numpy.concatenate(piece) for piece in pieces]


def interval(scores: Matrix) -> tuple[float, float]:
    """Bound the middle 95 % of resampled scores (percentile bootstrap, Efron 1979).

    Resamples without any score (NaN) are left out; NaN where there is no other.
    """
    known = scores[~numpy.isnan(scores)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = numpy.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def bootstrap_p_value(a: Matrix, b: Matrix, delta: float) -> float:
    """Return the p-value of `delta`, given both systems' scores on the same resamples.

    Paired bootstrap (Koehn 2004) in sacreBLEU's form: how often does the difference of a
    resample exceed its mean by as much as was seen? Unlike there, equality counts as
    chance: a system compared with itself has p = 1, not 1 / (samples + 1). Resamples without
    any score (NaN) are left out.
    """
    differences = numpy.abs(a - b)
    differences = differences[~numpy.isnan(differences)]
    if not len(differences):
        return 1.0
    extreme = differences - differences.mean() >= abs(delta) - _EQUAL
    return float((extreme.sum() + 1) / (len(differences) + 1))


def randomization_p_values(
    pairs: Sequence[tuple[Matrix, Matrix, Score]], trials: int
) -> list[float]:
    """Return the p-value of the difference of every pair of tables (rows are segments).

    Approximate randomisation (Riezler and Maxwell 2005): each trial swaps the two systems'
    outputs in a random half of the segments; how often is the difference as large? All
    tables are of one set, and all pairs are swapped in the same segments: the trials of
    every pair and metric are one matrix product. Where there is no score (NaN), p = 1.
    """
    if not pairs:
        return []
    totals = [(a.sum(axis=0, keepdims=True), b.sum(axis=0, keepdims=True)) for a, b, _ in pairs]
    seen = [
        abs(float(score(a)[0] - score(b)[0]))
        for (a, b), (_, _, score) in zip(totals, pairs, strict=True)
    ]
    changes = numpy.hstack([b - a for a, b, _ in pairs])
    edges = numpy.cumsum([a.shape[1] for a, _, _ in pairs])[:-1]
    generator = numpy.random.default_rng(SEED)
    extreme = numpy.zeros(len(pairs), dtype=int)
    for size in _slices(trials, len(changes), multiple=32):
        # the same draws as sacreBLEU: a true bit keeps, a false one swaps
        swapped = ~generator.integers(2, size=(size, len(changes)), dtype=bool)
        moves = numpy.split(swapped.astype(float) @ changes, edges, axis=1)
        for at, ((a, b), moved) in enumerate(zip(totals, moves, strict=True)):
            score = pairs[at][2]
            differences = numpy.abs(score(a + moved) - score(b - moved))
            # not `>=`: NaN, no score at all, is no evidence
            extreme[at] += int((~(differences < seen[at] - _EQUAL)).sum())
    return [float((count + 1) / (trials + 1)) for count in extreme]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for being looked at together (Holm 1979); the order is kept.

    Calling all below 0.05 significant is then wrong, for any of them, once in 20 times.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for passed, at in enumerate(order):
        highest = max(highest, min(1.0, p_values[at] * (len(p_values) - passed)))
        adjusted[at] = highest
    return adjusted


def ranks(names: Sequence[str], better: Mapping[tuple[str, str], bool]) -> dict[str, int]:
    """Rank systems from 1: one more than the number of systems significantly better.

    `better[a, b]` says that a is significantly better than b. Systems that cannot be
    told apart may share a rank.
    """
    return {
        name: 1 + sum(better.get((other, name), False) for other in names if other != name)
        for name in names
    }


def groups(order: Sequence[str], better: Mapping[tuple[str, str], bool]) -> dict[str, int]:
    """Cut an order, best first, wherever all above are significantly better than all below."""
    group, found = 1, {}
    for at, name in enumerate(order):
        if at and all(better.get((a, b), False) for a in order[:at] for b in order[at:]):
            group += 1
        found[name] = group
    return found


def _slices(samples: int, segments: int, *, multiple: int = 1) -> Iterator[int]:
    """Cut a number of samples into sizes of bounded memory.

    A multiple of 32 keeps numpy's random bits in step with a single draw.
    """
    size = max(multiple, _CELLS // max(segments, 1) // multiple * multiple)
    for start in range(0, samples, size):
        yield min(size, samples - start)
