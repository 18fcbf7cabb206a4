"""How long an extractive summary may be: sentences, characters, words, or a share of the text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.patterns import lazy
from models.summarizers.similarity import HAN

BudgetUnit = Literal["sentences", "characters", "words", "share"]
UNITS: tuple[BudgetUnit, ...] = ("sentences", "characters", "words", "share")

_WORD = lazy(r"\w+")


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `most` units; a `share` is one of the article's characters, 0 to 1."""

    unit: BudgetUnit
    most: float

    def limit(self, article: Sequence[str]) -> float:
        """Return what a summary of an article may measure, in the unit of `size`."""
        if self.unit != "share":
            return self.most
        return math.ceil(self.most * sum(len(sentence) for sentence in article))

    def size(self, sentence: str) -> int:
        """Return what a sentence uses: 1, its characters, or its words.

        Each Chinese character counts as a word.
        """
        if self.unit == "sentences":
            return 1
        if self.unit == "words":
            return len(HAN.findall(sentence)) + len(_WORD.findall(HAN.sub(" ", sentence)))
        return len(sentence)
