"""How good the English of a run is, in the words of a layperson: the first line of the report."""

from dataclasses import dataclass
from typing import Literal

from pipeline.records import SentenceScore, TranslatedSentence

Quality = Literal["good", "usable", "rough", "poor", "unknown"]

# Errors in 100 sentences (see `ErrorCount`) up to which a run gets the word. On FLORES dev (997
# sentences, scripts/measure_verdict.py): Google 38.5, Microsoft 40.0, Bergamot 43.5, OPUS-MT 48.4,
# Argos 48.5, NLLB 49.1, the bundled model 57.5.
_LIMITS: tuple[tuple[Quality, float], ...] = (("good", 43.0), ("usable", 51.0), ("rough", 70.0))

_CHRF_PLUS = 2.5
"""By so much chrF++, the metric of runs, is below chrF for one sentence of these systems."""

_FEW, _ERRORS_OF_FEW = 20, 55.0
"""So few sentences say too little: as many with these errors are added, but to nobody's gain."""

_USES: dict[Quality, str] = {
    "good": ("It can be worked with; check names, figures and quotations before you publish them."),
    "usable": (
        "It says what the text says; have somebody who reads Chinese look at every sentence that "
        "you quote or act on."
    ),
    "rough": (
        "It is enough to see what an article is about; do not quote it or rely on a detail without "
        "somebody who reads Chinese."
    ),
    "poor": (
        "Whole sentences may be wrong; use it only to decide which articles deserve a better one."
    ),
    "unknown": (
        "How good it is has not been measured for this model; have somebody who reads Chinese look "
        "at what you quote or act on."
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word for the quality of a run, and what its English may be used for.

    `errors` is the number of sentences in 100 to correct that the word follows, as the text says;
    None if it is unknown.
    """

    quality: Quality
    text: str
    errors: float | None = None


@dataclass(slots=True)
class ErrorCount:
    """How many sentences of a model need a correction, as far as a run knows.

    A sentence in which the checks found a warning or an error counts as one, also if a retry mended
    it: it shows how the model writes. Any other counts as its error against the reference, or else
    its expected error, from 0 to 1: experts marked an error in 46 % of the sentences of 13 systems
    (MQM of WMT21 TED, Freitag et al. 2021) whose error, 100 - chrF, was 46.
    """

    sentences: int = 0
    copied: int = 0
    """Sentences that were in English already."""
    unscored: int = 0
    """Sentences that nothing has looked at; `sentences` are the others."""
    estimated: int = 0
    """Sentences with a reference or an expected error: without any, nothing is known."""
    found: int = 0
    """Sentences in which the checks found something, at first or still."""
    total: float = 0.0

    def add(self, translated: TranslatedSentence, score: SentenceScore | None) -> None:
        """Count a sentence if a model wrote it."""
        self.copied += translated.origin == "copied"
        self.unscored += translated.origin == "model" and score is None
        if translated.origin != "model" or score is None:
            return
        chrf = next((metric.value for metric in score.metrics if metric.name == "chrF2++"), None)
        error = score.expected_error
        if chrf is not None:
            error = max(0.0, 100 - chrf - _CHRF_PLUS)
        is_found = bool(translated.reason) or any(f.severity != "info" for f in score.findings)
        self.sentences += 1
        self.found += is_found
        self.estimated += error is not None
        self.total += 1 if is_found else (error or 0) / 100

    def __iadd__(self, other: "ErrorCount") -> "ErrorCount":
        """Add the counts of another."""
        self.sentences += other.sentences
        self.copied += other.copied
        self.unscored += other.unscored
        self.estimated += other.estimated
        self.found += other.found
        self.total += other.total
        return self

    @property
    def errors(self) -> float | None:
        """Sentences in 100 that need a correction; None if unknown."""
        if not self.estimated:
            return None
        missing = max(0, _FEW - self.sentences)
        cautious = (100 * self.total + missing * _ERRORS_OF_FEW) / (self.sentences + missing)
        return round(max(100 * self.total / self.sentences, cautious), 2)

    def verdict(self, model: str = "") -> Verdict:
        """Return the verdict on these sentences, which `model` translated."""
        if self.sentences or self.unscored:
            return judge(self.errors, model)
        already = ": the text was in English already" if self.copied else ""
        return Verdict("unknown", f"No sentence was translated by a machine{already}.")


def judge(errors: float | None, model: str = "") -> Verdict:
    """Return the verdict on a run with so many `errors` in 100 sentences, None if unknown.

    More errors never get a better word, so that the words agree with the number in the text.
    """
    by = f" by {_plain(model)}" if model else ""
    if errors is None:
        return Verdict("unknown", f"A machine translation{by}. {_USES['unknown']}")
    quality: Quality = next((word for word, limit in _LIMITS if errors <= limit), "poor")
    number = f"Expect to correct about {errors:.0f} of 100 such sentences."
    return Verdict(
        quality, f"A {quality} machine translation{by}. {number} {_USES[quality]}", errors
    )


def _plain(model: str) -> str:
    """Return the names of models as a layperson reads them."""
    return model.replace("bundled:zh-en", "Yibao's bundled model")
