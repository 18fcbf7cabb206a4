"""What of a run's text the translation model cannot read: characters its vocabulary lacks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stages.story import Line

_NAMED = 12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Characters that the model was given, without spaces, and those unknown to it.

    `found` are the unknown ones with their counts, the most frequent first; `sentences` is how
    many have one.
    """

    characters: int
    unknown: int
    sentences: int
    found: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """The share of characters that are unknown, 0 to 1."""
        return self.unknown / self.characters if self.characters else 0.0


NOTHING_READ = Vocabulary(0, 0, 0, ())


def vocabulary(lines: Sequence[Line]) -> Vocabulary:
    """Count what the model could not read in the sentences it translated."""
    read = [line for line in lines if line.translated.origin == "model"]
    found = Counter(character for line in read for character in line.translated.unknown)
    return Vocabulary(
        characters=sum(len("".join(line.source.text.split())) for line in read),
        unknown=found.total(),
        sentences=sum(bool(line.translated.unknown) for line in read),
        found=tuple(sorted(found.items(), key=lambda each: (-each[1], each[0]))),
    )


def unknown_characters(value: Vocabulary) -> str:
    """Say in a sentence how much the model cannot read, and what."""
    named = ", ".join(f"{character} ({count:,})" for character, count in value.found[:_NAMED])
    more = f" and {len(value.found) - _NAMED:,} more" if len(value.found) > _NAMED else ""
    sentences = "1 sentence" if value.sentences == 1 else f"{value.sentences:,} sentences"
    return (
        f"The model's vocabulary lacks {100 * value.share:.2f} % of the characters it was given, "
        f"in {sentences}: {named}{more}. It guesses what it cannot read, or leaves it out."
    )
