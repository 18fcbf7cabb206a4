"""What a translator asks of a translation memory, wherever that is."""

from collections.abc import Sequence
from typing import Protocol

from models.protocols import Candidate

Answers = Sequence[tuple[str, Candidate]]
"""Pairs of source text and translation."""


class SentenceMemory(Protocol):
    """What a translator asks of a translation memory, wherever that is; see `Memory`."""

    def find(self, model: str, sentences: Sequence[str]) -> dict[str, Candidate]:
        """Return what is known of these sentences under this model key."""

    def add_all(self, answers: Sequence[tuple[str, Answers]]) -> None:
        """Remember translations of several model keys, all or none of them."""

    def name(self, model: str, name: str) -> None:
        """Note what people call a model key."""

    def take_over(self, older: Sequence[str], model: str) -> None:
        """Give a model what is remembered under its older keys."""
