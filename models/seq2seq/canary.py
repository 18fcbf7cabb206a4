"""Fixed sentences with stored translations: has an upgrade turned good weights into garbage?

canary.json    {"settings": {"beams": 4, …}, "sentences": [{"source": …, "translation": …}]}

Library upgrades have silently broken checkpoints (transformers issue 48154: MADLAD writes
one character for ever; 26271: an embedding no longer tied). Loading then succeeds, and only
a known answer tells.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.errors import WeightsError
from models.files import write_whole
from models.protocols import best_translations
from models.runtime.precision import LoadedPrecision
from models.seq2seq.spacing import spaced
from models.seq2seq.translator import BatchTranslator
from models.weights.architecture import read_json

CANARY = "canary.json"

# Rounding to 8 or 16 bits may change a word; garbage shares next to nothing.
LEAST_SIMILARITY = 0.6


@dataclass(frozen=True, slots=True)
class CanarySettings:
    """The search that gave the stored translations, whatever a config asks for."""

    beams: int = 4
    length_penalty: float = 1.0
    max_target_tokens: int = 64


@dataclass(frozen=True, slots=True)
class CanarySentence:
    """A sentence and the translation it had when the model was sealed."""

    source: str
    translation: str


@dataclass(frozen=True, slots=True)
class Canary:
    """The stored answers of one model folder."""

    settings: CanarySettings
    sentences: tuple[CanarySentence, ...]


def read_canary(folder: Path) -> Canary | None:
    """Read canary.json of a model folder; None where there is none.

    Raises WeightsError where the file is there but not a canary.
    """
    path = folder / CANARY
    if not path.is_file():
        return None
    content = read_json(path)
    try:
        return Canary(
            settings=CanarySettings(**content["settings"]),
            sentences=tuple(CanarySentence(**row) for row in content["sentences"]),
        )
    except (KeyError, TypeError) as error:
        raise WeightsError(
            f"{path}: needs 'settings' and 'sentences' of 'source' and 'translation' ({error})"
        ) from error


def write_canary(folder: Path, canary: Canary) -> None:
    """Write canary.json into a model folder."""
    content: dict[str, Any] = {
        "settings": {
            "beams": canary.settings.beams,
            "length_penalty": canary.settings.length_penalty,
            "max_target_tokens": canary.settings.max_target_tokens,
        },
        "sentences": [
            {"source": each.source, "translation": each.translation} for each in canary.sentences
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    write_whole(folder / CANARY, text + "\n")


def answer_canary(
    translator: BatchTranslator, settings: CanarySettings, sources: Sequence[str]
) -> list[str]:
    """Translate the sources with the canary's own settings."""
    decoding = replace(
        translator.decoding,
        beams=settings.beams,
        length_penalty=settings.length_penalty,
        max_target_tokens=settings.max_target_tokens,
        no_repeat_ngram_size=0,
    )
    own = replace(translator, decoding=decoding)
    return [candidate.text for candidate in best_translations(own, sources)]


def check_canary(
    folder: Path, translator: BatchTranslator, *, precision: LoadedPrecision, made_by: str
) -> None:
    """Raise WeightsError unless the model still gives its stored translations.

    Exactly so at float32, nearly (LEAST_SIMILARITY) where rounding differs. `made_by`
    names the library and its version for the message.
    """
    canary = read_canary(folder)
    if canary is None:
        return
    sources = [each.source for each in canary.sentences]
    answers = answer_canary(translator, canary.settings, sources)
    for sentence, answer in zip(canary.sentences, answers, strict=True):
        # A folder may have been sealed before answers were spaced.
        expected = spaced(sentence.translation)
        alike = similarity(expected, answer)
        if answer == expected:
            continue
        if precision == "float32" or alike < LEAST_SIMILARITY:
            raise WeightsError(
                f"{folder / CANARY}: '{sentence.source}' should give '{expected}', "
                f"{made_by} in {precision} gave '{answer}' (similarity {alike:.2f}); an upgraded "
                "library may misread these weights: install the versions of the project's "
                "constraints, or try the other translate.model.backend; if the new answer is "
                "correct, seal the folder again with scripts/seal_bundled_model.py"
            )


def similarity(expected: str, found: str) -> float:
    """Return the share of character bigrams two texts have in common (Dice), 0 to 1."""
    if expected == found:
        return 1.0
    first, second = _bigrams(expected), _bigrams(found)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _bigrams(text: str) -> Counter[str]:
    return Counter(text[place : place + 2] for place in range(len(text) - 1))
