"""Sentence pairs from files: read, normalise, filter. Pure functions but for reading."""

import csv
import hashlib
import json
import lzma
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.check.numbers import ledger

from .recipe import Corpus, Filter, Protected, RecipeError

HAN = re.compile(r"[\u3400-\u9fff]")
HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff，。、；：？！,;:?!])\s+(?=[\u3400-\u9fff])")
WORD = re.compile(r"[A-Za-z0-9]+(?:['.,-][A-Za-z0-9]+)*")
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?=年)")
NUMERIC = re.compile(r"[\d百千万亿]")
WRONG = {"wrong power of ten", "wrong value"}
QUOTES = str.maketrans({"「": "“", "」": "”", "『": "“", "』": "”"})
PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "`": "'", "´": "'", "\u00ad": None}
)

Rows = Iterable[dict[str, str | None]]


def open_text(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, unpacked if it ends in .xz."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\r\n")


def source_path(corpus: Corpus, name: str) -> Path:
    """The file of one source; RecipeError if there is none."""
    choices = [corpus.folder / f"{name}.tsv.xz", corpus.folder / f"{name}.tsv"]
    for path in choices:
        if path.is_file():
            return path
    raise RecipeError(
        f"{corpus.folder}: no file {choices[0].name} or {choices[1].name} for source '{name}'"
    )


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The (Chinese, English) pairs of a tab-separated file."""
    for number, line in enumerate(open_text(path), 1):
        columns = line.split("\t")
        if len(columns) != 2:
            raise RecipeError(f"{path}:{number}: {len(columns)} columns; expected zh<TAB>en")
        yield columns[0], columns[1]


def normalise_source(text: str) -> str:
    """Chinese in compatibility form (，→, １→1), as the tokenizer sees it, without OCR gaps."""
    text = unicodedata.normalize("NFKC", text.translate(QUOTES))
    return HAN_GAP.sub("", " ".join(text.split()))


def normalise_target(text: str) -> str:
    """English text in compatibility form with plain quotes and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(PLAIN).split())


def matching_key(text: str) -> str:
    """Letters and digits only, lower case: what makes two sentences the same for the filter."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def protected_sentences(protected: Protected) -> Iterator[str]:
    """Every sentence of one protected test set; RecipeError if the file or a field is missing."""
    path = protected.file
    if not path.is_file():
        raise RecipeError(
            f"{path}: protected test set not found; correct corpus.protected or remove the entry"
        )
    name = path.name.removesuffix(".xz")
    lines = open_text(path)
    if not protected.fields:
        yield from lines
        return
    if name.endswith(".tsv"):
        rows: Rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    elif name.endswith(".jsonl"):
        rows = (json.loads(line) for line in lines)
    else:
        rows = json.loads("\n".join(lines))
    for row in rows:
        for field in protected.fields:
            if field not in row:
                raise RecipeError(f"{path}: no '{field}' field; found {', '.join(map(repr, row))}")
            yield row[field] or ""


def protected_keys(sets: Iterable[Protected]) -> frozenset[str]:
    """The matching keys of all protected sentences."""
    return frozenset(matching_key(text) for one in sets for text in protected_sentences(one)) - {""}


def fault(source: str, target: str, limits: Filter) -> str | None:
    """Why a normalised pair cannot be a translation, in one word; None if it can."""
    han = len(HAN.findall(source))
    words = len(WORD.findall(target))
    units = han + len(WORD.findall(source))
    if not han or HAN.search(target):
        return "language"
    letters = sum(c.isascii() and c.isalpha() for c in target)
    if not words or letters < 0.5 * len(target.replace(" ", "")):
        return "language"
    if len(source) > limits.max_source_chars or words > limits.max_target_words:
        return "length"
    if not limits.min_length_ratio <= (units + 3) / (words + 3) <= limits.max_length_ratio:
        return "ratio"
    if any(year not in target for year in YEAR.findall(source)):
        return "year"
    if NUMERIC.search(source) and WRONG & {entry.verdict for entry in ledger(source, target)}:
        return "number"
    return None


class PairFilter:
    """Decides pair by pair, remembers what it has kept, and counts why it dropped the others."""

    def __init__(self, limits: Filter, protected: frozenset[str]):
        self.limits = limits
        self.protected = protected
        self.dropped: Counter[str] = Counter()
        self._pairs: set[bytes] = set()
        self._sources: Counter[bytes] = Counter()

    def keep(self, source: str, target: str) -> bool:
        """True if the normalised pair is to be trained on."""
        reason = fault(source, target, self.limits) or self._seen(
            matching_key(source), matching_key(target)
        )
        if reason:
            self.dropped[reason] += 1
        return reason is None

    def _seen(self, source: str, target: str) -> str | None:
        if source in self.protected or target in self.protected:
            return "protected"
        digest = hashlib.blake2b(f"{source}\t{target}".encode(), digest_size=8).digest()
        start = hashlib.blake2b(source.encode(), digest_size=8).digest()
        if digest in self._pairs:
            return "duplicate"
        if self._sources[start] >= self.limits.max_translations:
            return "many"
        self._pairs.add(digest)
        self._sources[start] += 1
        return None


def with_noise(source: str, random_source: random.Random) -> str:
    """The sentence as a newspaper page might give it: other quotes, gaps, a missing full stop."""
    kind = random_source.randrange(4)
    if kind == 0:
        return re.sub("[“”]", '"', source)
    if kind == 1:
        return source.rstrip("。.")
    if kind == 2:
        return source.replace("、", ",").replace("。", ".")
    place = random_source.randrange(len(source) + 1)
    return f"{source[:place]} {source[place:]}".strip()
