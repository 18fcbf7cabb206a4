"""ROUGE (Lin 2004) with a tokenizer that knows Chinese: each Han character is a token.

The usual packages keep only [a-z0-9], which gives every Chinese summary a score of 0.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from models.patterns import lazy
from pipeline.language.chinese import HAN, is_han
from pipeline.language.variants import simplified_twin
from pipeline.language.words import likeliest_words
from pipeline.records import Rouge

ROUGE_VERSION = 2


ROUGE_LABELS: dict[Rouge, str] = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougel": "ROUGE-L"}

ROUGE_SIGNATURE = f"f1|case:lc|stem:no|tok:words-and-han|version:{ROUGE_VERSION}"

_WORDS = lazy(f"[{HAN}]+|[^\\W_{HAN}]+")
_TOKEN = lazy(f"[{HAN}]|[^\\W_{HAN}]+")


def rouge_scores(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    kind: Rouge,
    *,
    by_words: bool = False,
) -> list[float]:
    """Return F1 in percent of each hypothesis against its best reference; no stemming.

    `rouge1` and `rouge2` count tokens and pairs of tokens, `rougel` the longest common
    subsequence of the whole text. A Chinese token is a character, or a word with `by_words`.
    """
    cut = words if by_words else tokens
    return [
        max((_f1(cut(hypothesis), cut(one), kind) for one in own), default=0.0)
        for hypothesis, own in zip(hypotheses, references, strict=True)
    ]


def is_chinese(text: str) -> bool:
    """True if more than half of the letters of a text are Han characters."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(is_han(letter) for letter in letters) > len(letters)


def tokens(text: str) -> list[str]:
    """Return the lower-case words and single Han characters of a text, without punctuation."""
    return _TOKEN.findall(text.lower())


def words(text: str) -> list[str]:
    """Return the lower-case words of a text, Chinese ones too (the likeliest words)."""
    return [
        word for part in _WORDS.findall(simplified_twin(text.lower())) for word in _words_of(part)
    ]


def _words_of(part: str) -> list[str]:
    if not is_han(part[0]):
        return [part]
    return [part[start:end] for start, end in likeliest_words(part)]


def _f1(hypothesis: list[str], reference: list[str], kind: str) -> float:
    match kind:
        case "rougel":
            shared, left, right = (
                longest_common_subsequence(hypothesis, reference),
                len(hypothesis),
                len(reference),
            )
        case "rouge2":
            shared, left, right = _overlap(list(pairwise(hypothesis)), list(pairwise(reference)))
        case _:
            shared, left, right = _overlap(hypothesis, reference)
    return 200.0 * shared / (left + right) if shared else 0.0


def _overlap(hypothesis: Sequence[object], reference: Sequence[object]) -> tuple[int, int, int]:
    shared = (Counter(hypothesis) & Counter(reference)).total()
    return shared, len(hypothesis), len(reference)


def longest_common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of tokens."""
    # bit-parallel (Hyyrö 2004): bit i of `row` is 0 where the sequence grows at right[i]
    places: dict[str, int] = {}
    for at, token in enumerate(right):
        places[token] = places.get(token, 0) | 1 << at
    everything = (1 << len(right)) - 1
    row = everything
    for token in left:
        matching = row & places.get(token, 0)
        row = (row + matching | row - matching) & everything
    return len(right) - row.bit_count()
