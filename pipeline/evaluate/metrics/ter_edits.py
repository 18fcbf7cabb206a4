"""The edits of TER (Snover et al. 2006), with the numbers of sacreBLEU and tercom, only faster.

All shifts that are tried in a round change one text, so that their edit distances are computed
together: a row per shift, a step per word. Limits, order and ties are those of sacreBLEU.
"""

import math
from collections.abc import Iterator, Sequence

import numpy
from numpy.typing import NDArray

Integers = NDArray[numpy.int64]

_LONGEST_SHIFT, _FARTHEST_SHIFT, _BEAM, _MOST_SHIFTS = 10, 50, 25, 1000
_INFINITE = 10**12


def count_edits(hypothesis: Sequence[str], reference: Sequence[str]) -> int:
    """Return the edits and shifts that turn the words of a hypothesis into those of a reference."""
    if not reference:
        return len(hypothesis)
    numbers = {word: number for number, word in enumerate(dict.fromkeys([*hypothesis, *reference]))}
    words = numpy.array([numbers[word] for word in hypothesis], dtype=numpy.int64)
    wanted = numpy.array([numbers[word] for word in reference], dtype=numpy.int64)
    beam = _beam(len(words), len(wanted))
    shifts = tried = 0
    while True:
        rows = _rows(words, wanted, beam)
        candidates, tried = _candidates(words, wanted, rows, tried)
        gain, shifted = _best(words, wanted, rows, candidates, beam)
        # sacreBLEU drops the shift that was found when it stops here
        if tried >= _MOST_SHIFTS or gain <= 0:
            return shifts + int(rows[-1, -1])
        shifts, words = shifts + 1, shifted


def _beam(words: int, wanted: int) -> list[tuple[int, int]]:
    """Return the columns that are computed for each word: a band around the diagonal."""
    ratio = wanted / words if words else 1.0
    width = math.ceil(ratio / 2 + _BEAM) if ratio / 2 > _BEAM else _BEAM
    columns = []
    for row in range(1, words + 1):
        middle = math.floor(row * ratio)
        end = wanted + 1 if row == words else min(wanted + 1, middle + width)
        columns.append((max(0, middle - width), end))
    return columns


def _rows(words: Integers, wanted: Integers, beam: Sequence[tuple[int, int]]) -> Integers:
    """Return the matrix of edit distances of one text."""
    rows = numpy.empty((len(words) + 1, len(wanted) + 1), dtype=numpy.int64)
    rows[0] = numpy.arange(len(wanted) + 1)
    for row in range(1, len(words) + 1):
        step = _step(rows[row - 1 : row], words[row - 1 : row] != wanted[:, None], beam[row - 1])
        rows[row] = step[0]
    return rows


def _step(before: Integers, differs: NDArray[numpy.bool_], columns: tuple[int, int]) -> Integers:
    """Return the next row of several matrices; `differs` has a column per matrix."""
    low, high = columns
    after = before + 1
    numpy.minimum(after[:, 1:], before[:, :-1] + differs.T, out=after[:, 1:])
    after[:, :low] = _INFINITE
    # an insertion costs 1 per column: the smallest of all columns to the left, each as far away
    places = numpy.arange(after.shape[1])
    after -= places
    numpy.minimum.accumulate(after, axis=1, out=after)
    after += places
    after[:, :low] = _INFINITE
    after[:, high:] = _INFINITE
    return after


def _alignment(
    words: Integers, wanted: Integers, rows: Integers
) -> tuple[dict[int, int], list[int], list[int]]:
    """Return the hypothesis' place of each reference word, and errors on both sides, summed up.

    The last two hold the number of errors before each word.
    """
    row, column = len(words), len(wanted)
    align: dict[int, int] = {}
    word_errors, wanted_errors = [0] * row, [0] * column
    table = rows.tolist()
    own, other = words.tolist(), wanted.tolist()
    while row or column:
        cost = table[row][column]
        is_equal = bool(row and column) and own[row - 1] == other[column - 1]
        if row and column and table[row - 1][column - 1] + (not is_equal) == cost:
            row, column = row - 1, column - 1
            align[column] = row
            word_errors[row] = wanted_errors[column] = int(not is_equal)
        elif row and table[row - 1][column] + 1 == cost:
            row -= 1
            word_errors[row] = 1
        else:
            column -= 1
            align[column] = row - 1
            wanted_errors[column] = 1
    return align, _sums(word_errors), _sums(wanted_errors)


def _sums(values: Sequence[int]) -> list[int]:
    sums = [0]
    for value in values:
        sums.append(sums[-1] + value)
    return sums


Shift = tuple[int, int, int]
"""Length, start and target of a shift."""


def _candidates(
    words: Integers, wanted: Integers, rows: Integers, tried: int
) -> tuple[list[Shift], int]:
    """Return the shifts to try, in order, and how many were tried for this text so far."""
    align, word_errors, wanted_errors = _alignment(words, wanted, rows)
    found: list[Shift] = []
    for start, place, length in _shared(words.tolist(), wanted.tolist()):
        if word_errors[start + length] == word_errors[start]:
            continue
        if wanted_errors[place + length] == wanted_errors[place]:
            continue
        if start <= align[place] < start + length:
            continue
        previous = -1
        for offset in range(-1, length):
            if place + offset == -1:
                target = 0
            elif place + offset in align:
                target = align[place + offset] + 1
            else:
                break
            if target != previous:
                previous = target
                found.append((length, start, target))
        if tried + len(found) >= _MOST_SHIFTS:
            break
    return found, tried + len(found)


def _shared(words: Sequence[int], wanted: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield starts and lengths of equal words in both texts."""
    places: dict[int, list[int]] = {}
    for place, word in enumerate(wanted):
        places.setdefault(word, []).append(place)
    for start, word in enumerate(words):
        for place in places.get(word, ()):
            if abs(place - start) > _FARTHEST_SHIFT:
                continue
            most = min(_LONGEST_SHIFT, len(words) - start, len(wanted) - place)
            length = 0
            while length < most and words[start + length] == wanted[place + length]:
                length += 1
                yield start, place, length


def _best(
    words: Integers,
    wanted: Integers,
    rows: Integers,
    candidates: Sequence[Shift],
    beam: Sequence[tuple[int, int]],
) -> tuple[int, Integers]:
    """Return the best shift's gain and its text; a gain of 0 without a shift."""
    if not candidates:
        return 0, words
    own = words.tolist()
    texts: dict[tuple[int, ...], Shift] = {}
    for candidate in candidates:
        # of equal texts, the first in the order of ties counts
        text = tuple(_shifted(own, candidate))
        if text not in texts or _rank(candidate) > _rank(texts[text]):
            texts[text] = candidate
    # texts with a long common start come last: they join the rows later
    keyed = sorted(texts, key=lambda text: _common(text, own))
    table = numpy.array(keyed, dtype=numpy.int64)
    starts = [_common(text, own) for text in keyed]
    distances = _distances(table, starts, wanted, rows, beam)
    scored = [
        (int(rows[-1, -1]) - int(distance), *_rank(texts[text]), number)
        for number, (text, distance) in enumerate(zip(keyed, distances, strict=True))
    ]
    gain, *_, number = max(scored)
    return gain, table[number]


def _rank(shift: Shift) -> Shift:
    length, start, target = shift
    return length, -start, -target


def _common(text: Sequence[int], own: Sequence[int]) -> int:
    """Return how many words at the start are equal, one less if all are."""
    for place, (a, b) in enumerate(zip(text, own, strict=True)):
        if a != b:
            return place
    return len(own) - 1


def _distances(
    texts: Integers,
    starts: Sequence[int],
    wanted: Integers,
    rows: Integers,
    beam: Sequence[tuple[int, int]],
) -> Integers:
    """Return the edit distance of every text; their first `starts` words are those of `rows`."""
    current = numpy.empty((0, len(wanted) + 1), dtype=numpy.int64)
    joined = 0
    for place in range(texts.shape[1]):
        before = joined
        while joined < len(starts) and starts[joined] <= place:
            joined += 1
        if joined > before:
            new = numpy.repeat(rows[place : place + 1], joined - before, axis=0)
            current = numpy.concatenate([current, new])
        if joined:
            current = _step(current, texts[:joined, place] != wanted[:, None], beam[place])
    distances: Integers = current[:, -1]
    return distances


def _shifted(words: Sequence[int], shift: Shift) -> list[int]:
    """Return the words with some of them moved."""
    length, start, target = shift
    moved, end = list(words[start : start + length]), start + length
    if target < start:
        return [*words[:target], *moved, *words[target:start], *words[end:]]
    if target > end:
        return [*words[:start], *words[end:target], *moved, *words[target:]]
    return [*words[:start], *words[end : length + target], *moved, *words[length + target :]]
