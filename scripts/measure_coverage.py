"""Measure the check of omissions and additions on human translations with planted errors.

    python scripts/measure_coverage.py FLORES

FLORES is a folder with zh.txt and en.txt, one sentence a line. A clause or a few words are taken
out of each human translation, or a clause or sentence of another is put behind it.
"""

import argparse
import random
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.check.coverage import coverage
from pipeline.check.length import length
from pipeline.check.text import WORD

_CLAUSE_END = re.compile(r"(?<=[,;:])\s")
_CHINESE_CLAUSE_END = re.compile("[，；：]")
_FEWEST_WORDS = 4
_LONG_SENTENCE = 12

Pairs = list[tuple[str, str]]


def main() -> None:
    """Print how often both checks fire on each kind of error, and on the human translations."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("flores", type=Path)
    folder = parser.parse_args().flores
    sources = (folder / "zh.txt").read_text(encoding="utf-8").splitlines()
    texts = (folder / "en.txt").read_text(encoding="utf-8").splitlines()
    human = list(zip(sources, texts, strict=True))
    print(f"{'kind':<22} {'pairs':>5} {'coverage':>9} {'length':>7}  (per cent with a finding)")
    for kind, pairs in {"human translation": human, **plant(human)}.items():
        shares = [100 * sum(bool(run(*pair)) for pair in pairs) / len(pairs) for run in RUNS]
        print(f"{kind:<22} {len(pairs):>5} {shares[0]:>9.1f} {shares[1]:>7.1f}")


RUNS = (coverage, length)


def plant(human: Pairs) -> dict[str, Pairs]:
    """Return the pairs with an error of each kind, drawn with a seed."""
    draw = random.Random(5)
    planted: dict[str, Pairs] = {
        name: [] for name in ("clause left out", "words left out", "clause added", "sentence added")
    }
    for source, text in human:
        clauses = _CLAUSE_END.split(text.rstrip("."))
        long = list(_long_clauses(text))
        if len(clauses) > 1 and long and _CHINESE_CLAUSE_END.search(source):
            place = draw.choice(long)
            rest = " ".join(clauses[:place] + clauses[place + 1 :]).rstrip(",;: ")
            planted["clause left out"].append((source, f"{rest}."))
        words = text.split(" ")
        if len(words) >= _LONG_SENTENCE:
            count = draw.randint(4, 7)
            start = draw.randrange(len(words) - count)
            rest = " ".join(words[:start] + words[start + count :])
            planted["words left out"].append((source, rest))
        other = draw.choice([one for _, one in human if one != text])
        planted["sentence added"].append((source, f"{text} {other}"))
        if places := list(_long_clauses(other)):
            clause = _CLAUSE_END.split(other.rstrip("."))[draw.choice(places)].rstrip(",;: ")
            planted["clause added"].append((source, f"{text.rstrip('.')}, {clause}."))
    return planted


def _long_clauses(text: str) -> Iterator[int]:
    """Yield the places of the clauses of at least four words."""
    for place, clause in enumerate(_CLAUSE_END.split(text.rstrip("."))):
        if len(WORD.findall(clause)) >= _FEWEST_WORDS:
            yield place


if __name__ == "__main__":
    main()
