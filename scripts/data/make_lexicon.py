"""Make pipeline/language/lexicon.tsv and lexicon_english.tsv: which words translate which.

    python scripts/data/make_lexicon.py CORPUS pipeline/language

CORPUS is a folder of NAME.tsv.xz files with the columns zh and en. Words are aligned by IBM model 1
in both directions (Brown et al. 1993, "The Mathematics of Statistical Machine Translation"). A
Chinese word keeps the English stems that are likely in either direction. One pair in five is held
out from the alignment: it says how often a word that is translated has one of its stems.
"""

import argparse
import hashlib
import lzma
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy

from pipeline.language.english_words import plain_form
from pipeline.language.lexicon import chinese_words, english_stems

_SOURCES = {
    "jiyu_examples": 260_000,
    "moj_laws_tw": 25_000,
    "tatoeba_cmn": 22_000,
    "msdocs_architecture_center": 15_000,
    "mlqe_pe_wikipedia": 9_000,
    "tico19_covid": 3_100,
}
"""Most pairs of each source; their licences are in pipeline/language/NOTICE.md."""
_NEWS = "jiyu_examples.newslike_lines.txt.xz"
"""The lines of the first source that look like news: they are taken first."""
_MOST_CHARS = 120
_ROUNDS = 5
_FEWEST_OF_WORD = 10
_FEWEST_OF_STEM = 5
_FEWEST_TOGETHER = 2.0
"""Expected times that a word and a stem are aligned."""
_LIKELY = 0.03
"""Least probability of a stem, given the word."""
_LIKELY_BACK = 0.1
"""Least probability of a word, given the stem."""
_MOST_STEMS = 8
_PRIOR = 6
"""Sentences that the mean of all words counts for in the share of one word."""
_HIGHEST_PRIOR = 0.8
_STOP_WORDS = frozenset(
    "a about above after again against all also although am an and any are as at be because been"
    " before being below between both but by can cannot could did do does doing down during each"
    " either else even ever every few for from further had has have having he her here hers herself"
    " him himself his how however i if in into is it its itself just less let like may me might"
    " more most much must my myself neither no nor not now of off on once one only or other our"
    " ours out over own per quite rather s same shall she should since so some such t than that the"
    " their theirs them themselves then there these they this those though through thus till to too"
    " toward towards under until up upon us very was we were what when where whether which while"
    " who whom whose why will with within without would yet you your yours yourself d ll m re ve"
    " don doesn didn isn aren wasn weren won couldn wouldn shouldn hasn haven hadn make get".split()
)
_STOP_STEMS = frozenset(map(plain_form, _STOP_WORDS))
_HEADER = """\
# {columns}. Made by
# scripts/data/make_lexicon.py from parallel texts: see NOTICE.md.
"""

Numbers = list[list[int]]
"""The words of each sentence, each once, as numbers."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A numbering of words, and the sentences in these numbers."""

    words: list[str]
    sentences: Numbers

    def part(self, start: int, end: int) -> Numbers:
        """Return the sentences from one place to another."""
        return self.sentences[start:end]


@dataclass(frozen=True, slots=True)
class Cells:
    """Every word beside every stem of its sentence, and the number of each different pair."""

    pair: numpy.ndarray
    word_place: numpy.ndarray
    stem_place: numpy.ndarray
    words: numpy.ndarray
    stems: numpy.ndarray


def main() -> None:
    """Read the corpus, align it, and write both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    pairs = [pair for name, most in _SOURCES.items() for pair in draw(options.corpus, name, most)]
    random.Random(1).shuffle(pairs)
    chinese = number((one for one, _ in pairs), chinese_words)
    english = number((other for _, other in pairs), english_stems, _STOP_STEMS)
    learned = len(pairs) * 4 // 5
    lexicon = likely_stems(chinese, english, learned)
    write(options.folder, lexicon, chinese, english, learned)


def draw(folder: Path, name: str, most: int) -> list[tuple[str, str]]:
    """Return up to `most` pairs of a source: those like news first, the others at random."""
    path = folder / f"{name}.tsv.xz"
    print(f"{path.name}\tsha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    pairs = list(_rows(path))
    news = sorted(int(row[0]) for row in _rows(folder / _NEWS)) if _NEWS.startswith(name) else []
    first = set(news)
    others = [place for place in range(len(pairs)) if place not in first]
    random.Random(1).shuffle(others)
    chosen = (pairs[place] for place in [*news, *others][:most])
    return [(row[0], row[1]) for row in chosen if len(row[0]) <= _MOST_CHARS]


def _rows(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def number(
    texts: Iterator[str],
    words_of: Callable[[str], Iterator[tuple[str, tuple[int, int]]]],
    but: frozenset[str] = frozenset(),
) -> Vocabulary:
    """Number the words of texts, without those in `but`."""
    numbers: dict[str, int] = {}
    sentences = [
        sorted({numbers.setdefault(w, len(numbers)) for w, _ in words_of(text) if w not in but})
        for text in texts
    ]
    return Vocabulary(list(numbers), sentences)


def likely_stems(chinese: Vocabulary, english: Vocabulary, learned: int) -> dict[int, list[int]]:
    """Return the likeliest stems of each word, from the first `learned` pairs."""
    words, stems = chinese.part(0, learned), english.part(0, learned)
    cells = make_cells(words, stems)
    forth, times = align(cells, cells.stem_place, cells.words)
    back, times_back = align(cells, cells.word_place, cells.stems)
    often = numpy.bincount(_flat(words))[cells.words] >= _FEWEST_OF_WORD
    often &= numpy.bincount(_flat(stems))[cells.stems] >= _FEWEST_OF_STEM
    often &= numpy.bincount(cells.pair) > 1
    kept = often & (
        ((forth > _LIKELY) & (times >= _FEWEST_TOGETHER))
        | ((back > _LIKELY_BACK) & (times_back >= _FEWEST_TOGETHER))
    )
    best = numpy.maximum(forth, back)[kept].tolist()
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for word, stem, share in zip(
        cells.words[kept].tolist(), cells.stems[kept].tolist(), best, strict=True
    ):
        found[word].append((share, stem))
    return {
        word: [stem for _, stem in sorted(row, reverse=True)[:_MOST_STEMS]]
        for word, row in found.items()
    }


def _flat(sentences: Numbers) -> numpy.ndarray:
    return numpy.fromiter(chain.from_iterable(sentences), numpy.int64)


def make_cells(words: Numbers, stems: Numbers) -> Cells:
    """Set every word of a sentence beside every stem of its translation."""
    lengths = numpy.array([len(row) for row in words])
    widths = numpy.array([len(row) for row in stems])
    sizes = lengths * widths
    line = numpy.repeat(numpy.arange(len(sizes)), sizes)
    inside = numpy.arange(sizes.sum()) - (numpy.cumsum(sizes) - sizes)[line]
    word_place = (numpy.cumsum(lengths) - lengths)[line] + inside // widths[line]
    stem_place = (numpy.cumsum(widths) - widths)[line] + inside % widths[line]
    all_words, all_stems = _flat(words), _flat(stems)
    most = int(all_stems.max()) + 1
    different, pair = numpy.unique(
        all_words[word_place] * most + all_stems[stem_place], return_inverse=True
    )
    return Cells(pair, word_place, stem_place, different // most, different % most)


def align(
    cells: Cells, made: numpy.ndarray, given: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return (p(made | given), expected times) of each different pair, by IBM model 1.

    `made` is the place in the texts of what is explained, of each cell; `given` is the number of
    what explains it, of each different pair.
    """
    share: numpy.ndarray = numpy.ones(len(given))
    times: numpy.ndarray = share
    for _ in range(_ROUNDS):
        expected = share[cells.pair]
        expected /= (numpy.bincount(made, expected) + 1e-4)[made]
        times = numpy.bincount(cells.pair, expected)
        share = times / (numpy.bincount(given, times) + 0.5)[given]
    return share, times


def write(
    folder: Path,
    lexicon: dict[int, list[int]],
    chinese: Vocabulary,
    english: Vocabulary,
    learned: int,
) -> None:
    """Write the words with their stems, and the stems, with what the held-out pairs say."""
    words_of: dict[int, list[int]] = defaultdict(list)
    for word, stems in lexicon.items():
        for stem in stems:
            words_of[stem].append(word)
    word_columns = measure(lexicon, chinese, english, learned)
    stem_columns = measure(words_of, english, chinese, learned)
    rows = [
        f"{chinese.words[word]}\t{word_columns[word]}\t"
        + " ".join(english.words[stem] for stem in stems)
        for word, stems in lexicon.items()
    ]
    _save(folder / "lexicon.tsv", "word, per cent translated, chance per million, stems", rows)
    rows = [f"{english.words[stem]}\t{stem_columns[stem]}" for stem in words_of]
    _save(folder / "lexicon_english.tsv", "stem, per cent explained, chance per million", rows)


def measure(
    table: dict[int, list[int]], one: Vocabulary, other: Vocabulary, learned: int
) -> dict[int, str]:
    """Return two columns for each word: how often it has a counterpart, and how often by chance.

    The first is per cent of the held-out sentences that have the word; the second is the share of
    its counterparts among all words of the other language, per million.
    """
    seen, with_counterpart = Counter[int](), Counter[int]()
    sets = {word: frozenset(row) for word, row in table.items()}
    for words, others in zip(one.sentences[learned:], other.sentences[learned:], strict=True):
        for word in words if others else ():
            if word in sets:
                seen[word] += 1
                with_counterpart[word] += not sets[word].isdisjoint(others)
    prior = min(_HIGHEST_PRIOR, with_counterpart.total() / seen.total())
    counts = numpy.bincount(_flat(other.sentences[:learned]), minlength=len(other.words))
    columns = {}
    for word, row in table.items():
        translated = 100 * (with_counterpart[word] + _PRIOR * prior) / (seen[word] + _PRIOR)
        chance = 1e6 * counts[row].sum() / counts.sum()
        columns[word] = f"{translated:.0f}\t{chance:.0f}"
    return columns


def _save(path: Path, columns: str, rows: Sequence[str]) -> None:
    text = _HEADER.format(columns=columns.capitalize()) + "\n".join(sorted(rows)) + "\n"
    path.write_text(text, encoding="utf-8")
    print(f"{path}: {len(rows)} rows, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
