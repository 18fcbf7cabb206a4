"""Which of several texts is most like all the others: expected chrF, every pair at once.

A text's n-grams become the columns of a table of zeros and ones, the second occurrence of an
n-gram in a column of its own. What two texts share is then the product of their rows, and one
product of matrices compares them all.
"""

from collections.abc import Sequence
from typing import Any

_ORDERS = 6
_BETA_SQUARED = 4.0


def expected_chrf(texts: Sequence[str]) -> list[float]:
    """Return for each text the mean chrF (0..100) it has with the others as references.

    That is its expected quality where each is as likely to be right (minimum Bayes risk,
    Eikema and Aziz 2020). chrF is sacreBLEU's of a sentence: characters without spaces, orders
    1 to 6, beta 2 (Popović 2015). A single text has 100.
    """
    import numpy  # takes time to import, and most runs compare nothing

    if len(texts) < 2:
        return [100.0] * len(texts)
    distinct = list(dict.fromkeys(texts))
    times = numpy.array([texts.count(text) for text in distinct], dtype=float)
    scores = pairwise_chrf(distinct)
    # a text is no reference of itself, its copies are
    means = (scores @ times - 100.0) / (len(texts) - 1)
    expected = dict(zip(distinct, means.tolist(), strict=True))
    return [expected[text] for text in texts]


def pairwise_chrf(texts: Sequence[str]) -> Any:
    """Return chrF (0..100) of every text (row) with every other as its reference (column)."""
    import numpy

    codes = [numpy.array([ord(c) for c in "".join(text.split())]) for text in texts]
    size = len(texts)
    precision, recall, orders = (numpy.zeros((size, size)) for _ in range(3))
    owners = numpy.repeat(numpy.arange(size), [len(own) for own in codes])
    # one number a place for the n-gram that starts there; a longer one is made of the shorter
    letters = numpy.unique(numpy.concatenate(codes), return_inverse=True)[1].astype(numpy.int64)
    grams = numpy.zeros_like(letters)
    left = numpy.concatenate([numpy.arange(len(own), 0, -1) for own in codes])
    places = numpy.arange(len(letters))
    for order in range(1, _ORDERS + 1):
        places = places[left[places] >= order]
        if not len(places):
            break
        extended = grams[places] * (letters.max() + 1) + letters[places + order - 1]
        names = numpy.unique(extended, return_inverse=True)[1]
        grams[places] = names
        match = _shared(names, owners[places], size)
        counts = numpy.bincount(owners[places], minlength=size).astype(float)
        both = (counts[:, None] > 0) & (counts[None, :] > 0)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            precision += numpy.where(both, match / counts[:, None], 0.0)
            recall += numpy.where(both, match / counts[None, :], 0.0)
        orders += both
    with numpy.errstate(divide="ignore", invalid="ignore"):
        precision, recall = precision / orders, recall / orders
        scores = (
            100 * (1 + _BETA_SQUARED) * precision * recall / (_BETA_SQUARED * precision + recall)
        )
    scores = numpy.nan_to_num(scores)
    numpy.fill_diagonal(scores, 100.0)
    return scores


def _shared(names: Any, owners: Any, size: int) -> Any:
    """Count the n-grams every two texts share, each as often as both have it."""
    import numpy

    # sort by (text, n-gram): the place within a stretch of equals is the occurrence
    order = numpy.lexsort((names, owners))
    names, owners = names[order], owners[order]
    fresh = numpy.ones(len(names), dtype=bool)
    fresh[1:] = (names[1:] != names[:-1]) | (owners[1:] != owners[:-1])
    starts = numpy.flatnonzero(fresh)
    occurrence = numpy.arange(len(names)) - numpy.repeat(
        starts, numpy.diff(numpy.append(starts, len(names)))
    )
    columns = numpy.unique(names * (int(occurrence.max()) + 1) + occurrence, return_inverse=True)[1]
    table = numpy.zeros((size, int(columns.max()) + 1), dtype=numpy.float32)
    table[owners, columns] = 1.0
    return (table @ table.T).astype(float)
