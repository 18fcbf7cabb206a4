"""Words and n-grams that systems get right: by frequency, and where two systems differ most.

After compare-mt (Neubig et al. 2019): a word of a translation is right if the first reference has
it too, as often at most as there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.patterns import lazy
from pipeline.evaluate.results import EvaluationSet

FREQUENCIES = ((1, 2), (2, 5), (5, 10), (10, 100), (100, 10**9))
"""Edges of the groups of words, by how often the references have the word."""

_WORD = lazy(r"\w+(?:['’.-]\w+)*")
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class NgramDifference:
    """An n-gram that one system gets right more often: matches of A and of B with references."""

    ngram: str
    a: int
    b: int


def words_of(text: str) -> list[str]:
    """Return the words of an English text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=2)  # every format of an evaluation shows them
def word_scores(
    test_set: EvaluationSet, outputs: tuple[tuple[str, ...], ...]
) -> Sequence[tuple[str, int, tuple[float, ...]]]:
    """Return, by frequency of words in the references, the F1 of each system in percent.

    A row is the name of the group, its number of words in the references, and a value for each of
    `outputs`. Segments without a reference are left out; empty without references.
    """
    pairs = [
        (Counter(words_of(segment.references[0])), [output[row] for output in outputs])
        for row, segment in enumerate(test_set.segments)
        if segment.references
    ]
    seen = Counter(word for words, _ in pairs for word in words.elements())
    bucket = {
        word: next(at for at, (low, high) in enumerate(FREQUENCIES) if low <= count < high)
        for word, count in seen.items()
    }
    wanted, written, right = ([[0] * len(outputs) for _ in FREQUENCIES] for _ in range(3))
    for words, hypotheses in pairs:
        for system, hypothesis in enumerate(hypotheses):
            found = Counter(words_of(hypothesis))
            for word, count in words.items():
                wanted[bucket[word]][system] += count
                right[bucket[word]][system] += min(count, found[word])
            for word, count in found.items():
                if word in bucket:
                    written[bucket[word]][system] += count
    return [
        (
            f"{low}" if high == low + 1 else f"{low}–{high - 1}" if high < 10**9 else f"{low}+",
            wanted[at][0],
            tuple(
                200 * r / max(1, w + f)
                for r, w, f in zip(right[at], wanted[at], written[at], strict=True)
            ),
        )
        for at, (low, high) in enumerate(FREQUENCIES)
        if outputs and wanted[at][0]
    ]


def ngram_differences(
    test_set: EvaluationSet, a: Sequence[str], b: Sequence[str], most: int = 10
) -> tuple[list[NgramDifference], list[NgramDifference]]:
    """Return the n-grams (1 to 4 words) that A gets right more often than B, and the reverse.

    Sorted as in compare-mt: by the matches of one side plus 1, over those of both plus 2.
    """
    counts = (Counter[str](), Counter[str]())
    for row, segment in enumerate(test_set.segments):
        if segment.references:
            wanted = _ngrams(segment.references[0])
            for own, texts in zip(counts, (a, b), strict=True):
                own.update(wanted & _ngrams(texts[row]))
    sides = []
    for mine, other in (counts, counts[::-1]):
        rows = [
            ((mine[ngram] + 1) / (mine[ngram] + other[ngram] + 2), mine[ngram], ngram)
            for ngram in mine
            if mine[ngram] > other[ngram]
        ]
        rows.sort(key=lambda row: (-row[0], -row[1], row[2]))
        sides.append([NgramDifference(n, counts[0][n], counts[1][n]) for _, _, n in rows[:most]])
    return sides[0], sides[1]


def _ngrams(text: str) -> Counter[str]:
    words = words_of(text)
    return Counter(
        " ".join(words[start : start + size])
        for size in range(1, _LONGEST + 1)
        for start in range(len(words) - size + 1)
    )
