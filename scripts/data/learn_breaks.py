"""Learn where a sentence was broken, and where one only lost its stop (text/breaks.tsv).

python scripts/data/learn_breaks.py CORPUS.tsv[.xz]… [--write pipeline/segment/breaks.tsv]

A corpus has a line a sentence or paragraph, the Chinese in its first column, in the order of
its documents. Of every two lines that follow each other two cases are made: the first
without its stop, then the second (they are two); and the second broken within a clause (it
is one). The first four fifths of each corpus are learnt from, the last is measured on:
how many broken sentences are put together, and how many that lost a stop.
"""

import argparse
import lzma
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.language.chinese import is_han
from pipeline.segment.breaks import LEAST, Weights, features, seam

Case = tuple[str, str]
MARKS = "，。；：、“”！？ "


def main() -> None:
    """Learn, measure, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    learnt: tuple[list[Case], list[Case]] = ([], [])
    held: dict[str, tuple[list[Case], list[Case]]] = {}
    for path in options.corpora:
        broken, ended = cases(lines(path), random.Random(options.seed))
        learnt[0].extend(broken[: len(broken) * 4 // 5])
        learnt[1].extend(ended[: len(ended) * 4 // 5])
        held[path.name] = (broken[len(broken) * 4 // 5 :], ended[len(ended) * 4 // 5 :])
    weights = learn(*learnt)
    print(f"{len(learnt[0]):,} cases of each kind, {len(weights):,} weights")
    for name, (broken, ended) in held.items():
        for least in (-math.inf, LEAST - 1, LEAST, LEAST + 1):
            joined = [share(own, weights, least) for own in (broken, ended)]
            print(
                f"{name:36} {len(broken):5} cases, at {least:4}: "
                f"broken put together {joined[0]:.3f}, ended put together {joined[1]:.3f}"
            )
    if options.write:
        rows = sorted(weights.items())
        text = "".join(f"{where}\t{chars}\t{value:.2f}\n" for (where, chars), value in rows)
        options.write.write_text(text, encoding="utf-8")


def lines(path: Path) -> Iterator[str]:
    """Yield the first column of a file."""
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.split("\t")[0].strip()


def cases(texts: Iterable[str], chance: random.Random) -> tuple[list[Case], list[Case]]:
    """Make (broken, ended) cases of lines that follow each other."""
    broken: list[Case] = []
    ended: list[Case] = []
    before = ""
    for text in texts:
        if is_prose(before) and is_prose(text):
            places = [
                place
                for place in range(8, len(text) - 4)
                if text[place - 1] not in MARKS and text[place] not in MARKS
            ]
            place = chance.choice(places) if places else len(text) // 2
            broken.append((text[:place], text[place:]))
            ended.append((before[:-1], text))
        before = text
    return broken, ended


def is_prose(text: str) -> bool:
    """True if a line is Chinese prose of a usual length that ends with a stop."""
    return 25 <= len(text) <= 200 and text[-1] == "。" and sum(map(is_han, text)) > 0.6 * len(text)


def learn(broken: list[Case], ended: list[Case]) -> Weights:
    """Return the log-odds of every feature that was seen four times."""
    counts = [Counter(f for case in own for f in features(*case)) for own in (broken, ended)]
    return {
        name: math.log((counts[0][name] + 0.5) / (len(broken) + 1))
        - math.log((counts[1][name] + 0.5) / (len(ended) + 1))
        for name in counts[0] | counts[1]
        if counts[0][name] + counts[1][name] >= 4
    }


def share(own: list[Case], weights: Weights, least: float) -> float:
    """Return the share of cases that are put together."""
    return sum(seam(*case, weights) >= least for case in own) / len(own)


if __name__ == "__main__":
    main()
