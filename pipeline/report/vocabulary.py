"""Characters of a run's text that the vocabulary of the translation model lacks."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.language.plural import plural
from pipeline.report.article import ReportSentence

_NAMED = 12


@dataclass(frozen=True, slots=True)
class VocabularyGaps:
    """How many characters the model was given, without spaces, and which of them it lacks.

    `found` lists the unknown characters and their counts, the most frequent first; `sentences` is
    the number of sentences that contain one.
    """

    characters: int
    unknown: int
    sentences: int
    found: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Share of characters that are unknown, 0 to 1."""
        return self.unknown / self.characters if self.characters else 0.0


NO_GAPS = VocabularyGaps(0, 0, 0, ())


@dataclass(slots=True)
class GapCounter:
    """Counts unknown characters, sentence by sentence."""

    characters: int = 0
    sentences: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: ReportSentence) -> None:
        """Count a sentence if a model translated it."""
        if sentence.translated.origin == "model":
            self.characters += len("".join(sentence.source.text.split()))
            self.sentences += bool(sentence.translated.unknown)
            self.found.update(sentence.translated.unknown)

    def result(self) -> VocabularyGaps:
        """Return the counts so far."""
        return VocabularyGaps(
            characters=self.characters,
            unknown=self.found.total(),
            sentences=self.sentences,
            found=tuple(sorted(self.found.items(), key=lambda item: (-item[1], item[0]))),
        )


def describe_gaps(value: VocabularyGaps) -> str:
    """Return a sentence about how many characters the model lacks, and which."""
    listed = ", ".join(f"{character} ({count:,})" for character, count in value.found[:_NAMED])
    more = f" and {len(value.found) - _NAMED:,} more" if len(value.found) > _NAMED else ""
    sentences = plural(value.sentences, "sentence")
    return (
        f"The model's vocabulary lacks {100 * value.share:.2f} % of the characters it was given, "
        f"in {sentences}: {listed}{more}. It guesses or omits them."
    )
