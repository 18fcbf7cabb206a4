"""Bootstrap intervals, paired tests, correction for multiple comparisons, and ranks.

All systems and metrics of a set share one set of resamples, so that all comparisons are paired:

    resample counts (samples × segments) · rows (segments × columns) ─▶ scores of every resample
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy
from numpy.typing import NDArray

from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.score.metrics import SEED

TRIALS = 10_000
"""Default number of trials of a randomization test."""

SIGNIFICANCE = 0.05
"""Default significance level: smaller p-values count as a difference."""

_CELLS = 2_000_000  # resamples are drawn in blocks of about this many numbers, which bounds memory
_EQUAL = 1e-9  # scores of the same counts may differ by this much if summed in a different order

ScoreFunction = Callable[[Matrix], Matrix]

TestedPair = tuple[Matrix, Matrix, ScoreFunction]
"""Counts of two systems, a row per segment, and the function from summed rows to scores."""

Advance = Callable[[int], None]
"""Called with the number of finished draws."""


def _ignore(done: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A paired significance test: its kind, number of draws and significance level.

    `draws` are trials of the randomization test or resamples of the bootstrap. Corrected p-values
    below `significance` count as a difference.
    """

    kind: Literal["randomization", "bootstrap"] = "randomization"
    draws: int = TRIALS
    significance: float = SIGNIFICANCE

    def p_values(
        self, pairs: Sequence[TestedPair], *, threads: int = 1, advance: Advance = _ignore
    ) -> list[float]:
        """Return the p-value of the difference between each pair of tables."""
        if self.kind == "randomization":
            return randomization_p_values(pairs, self.draws, threads=threads, advance=advance)
        return [_bootstrapped(*pair, self.draws) for pair in pairs]

    def smallest_p(self, pairs: int, segments: int) -> float:
        """Return the smallest possible p-value after correction for `pairs` pairs.

        It depends on the draws and, under randomization, on the number of ways to swap the
        outputs of `segments` segments.
        """
        smallest = 1 / (self.draws + 1)
        if self.kind == "randomization":
            smallest = max(smallest, 2.0 ** (1 - min(segments, 60)))
        return min(1.0, pairs * smallest)


DEFAULT_TEST = PairedTest()


def needed_draws(pairs: int, significance: float) -> int:
    """Return the fewest draws at which one of `pairs` pairs can differ significantly."""
    return math.floor(pairs / significance)


def automatic_trials(pairs: int, significance: float) -> int:
    """Return 10,000 trials, or 100,000 or 1,000,000 if the number of pairs needs them.

    It is at least twice the needed draws, so that one extreme trial does not hide a difference.
    """
    needed = 2 * needed_draws(pairs, significance)
    return next((trials for trials in (TRIALS, 10 * TRIALS) if trials >= needed), 100 * TRIALS)


def resampled_scores(
    rows: Sequence[Matrix], scores: Sequence[ScoreFunction], samples: int
) -> list[Matrix]:
    """Return the scores of `samples` bootstrap resamples for every table of counts.

    All tables have a row per segment of the same set; resample i draws the same segments
    for each. Draws are those of sacreBLEU (numpy's default generator, seed 12345).
    """
    segments = len(rows[0])
    together = numpy.hstack(rows)
    edges = numpy.cumsum([table.shape[1] for table in rows])[:-1]
    generator = numpy.random.default_rng(SEED)
    found = [numpy.empty(samples) for _ in rows]
    done = 0
    for size in _slices(samples, max(together.shape)):
        sums = numpy.split(resample(generator, size, segments) @ together, edges, axis=1)
        for column, score, table in zip(found, scores, sums, strict=True):
            column[done : done + size] = score(table)
        done += size
    return found


def resample(generator: numpy.random.Generator, samples: int, units: int) -> Matrix:
    """Draw bootstrap resamples: how often each unit is in it, a row per resample."""
    drawn = generator.choice(units, size=(samples, units))
    places = drawn + numpy.arange(samples)[:, None] * units
    counts = numpy.bincount(places.ravel(), minlength=samples * units)
    return counts.reshape(samples, units).astype(float)


def interval(scores: Matrix) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of resampled scores (percentile bootstrap, Efron 1979).

    Resamples without a score (NaN) are left out; both bounds are NaN if none remains.
    """
    known = scores[~numpy.isnan(scores)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = numpy.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def bootstrap_p_value(a: Matrix, b: Matrix, delta: float) -> float:
    """Return the p-value of `delta`, given both systems' scores on the same resamples.

    Paired bootstrap (Koehn 2004) in sacreBLEU's form: the share of resamples whose difference
    exceeds the mean difference by at least `delta`. Unlike in sacreBLEU, equality counts as
    chance: a system compared with itself has p = 1, not 1 / (samples + 1). Resamples without a
    score (NaN) are left out.
    """
    differences = numpy.abs(a - b)
    differences = differences[~numpy.isnan(differences)]
    if not len(differences):
        return 1.0
    extreme = differences - differences.mean() >= abs(delta) - _EQUAL
    return float((extreme.sum() + 1) / (len(differences) + 1))


def _bootstrapped(a: Matrix, b: Matrix, score: ScoreFunction, samples: int) -> float:
    delta = float(score(_total(b))[0] - score(_total(a))[0])
    drawn_a, drawn_b = resampled_scores([a, b], [score, score], samples)
    return bootstrap_p_value(drawn_a, drawn_b, delta)


def randomization_p_values(
    pairs: Sequence[TestedPair], trials: int, *, threads: int = 1, advance: Advance = _ignore
) -> list[float]:
    """Return the p-value of the difference between each pair of tables (rows are segments).

    Approximate randomisation (Riezler and Maxwell 2005): each trial swaps the outputs of the two
    systems in a random half of the segments; p is the share of trials with as large a difference.
    All tables belong to one set, and all pairs are swapped in the same segments, with sacreBLEU's
    draws. Unlike in sacreBLEU, an equal difference counts as large, or two systems that differ in
    one sentence would differ significantly. Without a score (NaN), p = 1. Trials run in
    blocks of bounded memory, `threads` blocks at a time; `advance` is called with the number of
    finished trials.
    """
    if not pairs:
        return []
    swaps = _Swaps(pairs)
    segments = len(pairs[0][0])
    generator = numpy.random.default_rng(SEED)
    extreme = numpy.zeros(len(pairs), dtype=int)
    waiting: deque[tuple[int, Future[NDArray[numpy.int_]]]] = deque()
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for size in (*_slices(trials, swaps.width, multiple=32), 0):
            while waiting and (len(waiting) > threads or not size):
                finished, future = waiting.popleft()
                extreme += future.result()
                advance(done := done + finished)
            if size:
                # the same draws as sacreBLEU: a true bit keeps, a false one swaps
                swapped = ~generator.integers(2, size=(size, segments), dtype=bool)
                waiting.append((size, pool.submit(swaps.extreme, swapped)))
    return [float((count + 1) / (trials + 1)) for count in extreme]


class _Swaps:
    """The distinct tables of all pairs, so that each is summed once and not once per pair."""

    def __init__(self, pairs: Sequence[TestedPair]) -> None:
        tables = {id(table): table for a, b, _ in pairs for table in (a, b)}
        place = {key: number for number, key in enumerate(tables)}
        self._places = [(place[id(a)], place[id(b)]) for a, b, _ in pairs]
        self._scores = [score for _, _, score in pairs]
        self._totals = [_total(table).T for table in tables.values()]
        self._together = numpy.ascontiguousarray(numpy.hstack(list(tables.values())).T)
        self._edges = numpy.cumsum([table.shape[1] for table in tables.values()])[:-1]
        self._seen = [
            abs(float(score(_total(a))[0] - score(_total(b))[0])) for a, b, score in pairs
        ]
        self.width = max(self._together.shape)

    def extreme(self, swapped: NDArray[numpy.bool_]) -> NDArray[numpy.int_]:
        """Return, per pair, the number of trials (rows of `swapped`) with as large a difference."""
        # a column per trial: scores are sums over the columns of a table, fast along its rows
        moved = numpy.split(self._together @ swapped.T.astype(float), self._edges)
        counts = numpy.zeros(len(self._places), dtype=int)
        for number, (a, b) in enumerate(self._places):
            score, change = self._scores[number], moved[b] - moved[a]
            one, other = (self._totals[a] + change).T, (self._totals[b] - change).T
            differences = numpy.abs(score(one) - score(other))
            # not `>=`, because NaN (no score) is no evidence of a difference
            counts[number] = numpy.count_nonzero(~(differences < self._seen[number] - _EQUAL))
        return counts


def _total(table: Matrix) -> Matrix:
    total: Matrix = table.sum(axis=0, keepdims=True)
    return total


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for multiple comparisons (Holm 1979), in the same order.

    If all below 0.05 are called significant, any of them is wrong only once in 20 times.
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
    """Number the groups of an order, best first: each is significantly better than the next."""
    group, found = 1, {}
    for at, name in enumerate(order):
        if at and all(better.get((a, b), False) for a in order[:at] for b in order[at:]):
            group += 1
        found[name] = group
    return found


def _slices(samples: int, width: int, *, multiple: int = 1) -> Iterator[int]:
    """Yield block sizes that add up to `samples` (`width` numbers each) and bound memory.

    A multiple of 32 keeps numpy's random bits in step with a single draw.
    """
    size = max(multiple, _CELLS // max(width, 1) // multiple * multiple)
    for start in range(0, samples, size):
        yield min(size, samples - start)
