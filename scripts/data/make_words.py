"""Make pipeline/language/words.tsv, the common Chinese words, from the dictionary of jieba.

    pip download --no-deps jieba==0.42.1 && tar xzf jieba-0.42.1.tar.gz
    python scripts/data/make_words.py jieba-0.42.1/jieba/dict.txt pipeline/language/words.tsv

A line of dict.txt is `word frequency tag`. Words of two to five Han characters stay if they are
frequent enough, and place names and set phrases if they are half as frequent. A line of words.tsv
is a cost, the words of that cost, those that are tagged as names of people, and as places: the
cost is minus the logarithm of a word's share of all words, in quarters.
"""

import argparse
import math
import re
from collections import defaultdict
from pathlib import Path

_FEWEST = 40
"""Occurrences of a word that is kept, in the counts of the dictionary."""
_FEWEST_OF_NAMES = 10
_NAMES = ("ns", "i", "l", "nrt")
"""Tags of places, set phrases and foreign names."""
_PLACE = "ns"
_PEOPLE = ("nr", "nrfg", "nrt")
"""Tags of names of people, which many other words have too."""
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{1,5}")
_MORE = "金山银山 沿海地带 近海地区 联社 滨海新区 中美洲 京东方 国美电器 北上广 西南部".split()
"""Words of the news that the dictionary lacks, and that hold parts of names of places."""
_COST_OF_MORE = 12.0
_HEADER = """\
# Common Chinese words: cost, words, names of people, names of places. Made by
# scripts/data/make_words.py from the dictionary of jieba 0.42.1, MIT License: see NOTICE.md.
"""


def main() -> None:
    """Read the dictionary and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    entries = options.dictionary.read_text(encoding="utf-8").splitlines()
    rows = [(word, int(count), tag) for word, count, tag in (line.split(" ") for line in entries)]
    total = sum(count for _, count, _ in rows)
    words: dict[float, list[str]] = defaultdict(list)
    people: dict[float, list[str]] = defaultdict(list)
    places: dict[float, list[str]] = defaultdict(list)
    for word, count, tag in rows:
        fewest = _FEWEST_OF_NAMES if tag in _NAMES else _FEWEST
        if _HAN_WORD.fullmatch(word) and count >= (1 if len(word) == 1 else fewest):
            table = people if tag in _PEOPLE else places if tag == _PLACE else words
            table = table if len(word) > 1 else words
            table[round(4 * math.log(total / count)) / 4].append(word)
    known = {word for word, _, _ in rows}
    words[_COST_OF_MORE] += [word for word in _MORE if word not in known]
    lines = [
        "\t".join([f"{cost:g}", *(" ".join(sorted(one[cost])) for one in (words, people, places))])
        for cost in sorted({*words, *people, *places})
    ]
    options.table.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
