"""What of a run's text the translation model cannot read: characters its vocabulary lacks."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.language.plural import plural
from pipeline.report.story import Line

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


@dataclass(slots=True)
class Reading:
    """Counts what the model could not read, sentence by sentence."""

    characters: int = 0
    sentences: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        """Count a sentence, if a model translated it."""
        if line.translated.origin == "model":
            self.characters += len("".join(line.source.text.split()))
            self.sentences += bool(line.translated.unknown)
            self.found.update(line.translated.unknown)

    def vocabulary(self) -> Vocabulary:
        """Say what was counted."""
        return Vocabulary(
            characters=self.characters,
            unknown=self.found.total(),
            sentences=self.sentences,
            found=tuple(sorted(self.found.items(), key=lambda each: (-each[1], each[0]))),
        )


def unknown_characters(value: Vocabulary) -> str:
    """Say in a sentence how much the model cannot read, and what."""
    named = ", ".join(f"{character} ({count:,})" for character, count in value.found[:_NAMED])
    more = f" and {len(value.found) - _NAMED:,} more" if len(value.found) > _NAMED else ""
    sentences = plural(value.sentences, "sentence")
    return (
        f"The model's vocabulary lacks {100 * value.share:.2f} % of the characters it was given, "
        f"in {sentences}: {named}{more}. It guesses what it cannot read, or leaves it out."
    )
