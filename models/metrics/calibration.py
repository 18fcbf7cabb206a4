"""Map the confidence of a model to an expected error: a few numbers in a file.

calibration.json beside the weights    made by scripts/calibrate_confidence.py, which fits and
                                       measures it; ignored for other weights

There are two maps, because a model is far more confident of its own words than of others: `own` for
its own translations, and `given` for forced decoding (`models.seq2seq.forced_decoding`).
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from models.errors import WeightsError
from models.files import write_whole
from models.weights.architecture import read_json

CALIBRATION = "calibration.json"

# Raise it when the features or the form of a map change: files of another version are not used.
CALIBRATION_VERSION = 1

LOWEST_LOG_PROBABILITY = -15.0
"""Lowest log-probability that counts for a token, as models cannot write some tokens at all."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Segments of similar expected error, not used in the fit, with their measured error."""

    expected: float
    found: float
    segments: int


@dataclass(frozen=True, slots=True)
class ErrorMap:
    """Expected error of a translation from its length and its probability.

    It is the `link` (`exp`, or `share`, which stays between 0 and `most`) of this sum:
    `intercept` + `characters` x ln(characters of the source) + `log_probability` x (mean of
    the tokens) + `ratio` x ln(characters of the translation per one of the source).
    `reliability`, `calibration_error` (mean distance of expected and measured error over the bins),
    `kendall` and `pearson` were measured on segments left out of the fit.
    """

    unit: str
    fitted_on: str
    link: Literal["exp", "share"]
    intercept: float
    characters: float
    log_probability: float
    ratio: float
    most: float
    calibration_error: float
    kendall: float
    pearson: float
    reliability: tuple[Bin, ...]

    def expected_error(self, source: str, translation: str, log_probability: float) -> float:
        """Return the expected error, 0 to 100; `log_probability` is the mean over tokens."""
        total = sum(
            weight * feature
            for weight, feature in zip(
                (self.intercept, self.characters, self.log_probability, self.ratio),
                (1.0, *features(source, translation, log_probability)),
                strict=True,
            )
        )
        if self.link == "exp":
            return min(self.most, math.exp(min(total, 20.0)))
        return self.most / (1 + math.exp(-max(-50.0, min(total, 50.0))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The maps of one model; `weights` is the identity of the weights used in the fit."""

    weights: str
    own: ErrorMap | None
    given: ErrorMap | None


def features(source: str, translation: str, log_probability: float) -> tuple[float, float, float]:
    """Return the features of an expected error: ln(characters), log-probability, ln(ratio)."""
    characters = max(1, len(source))
    return (
        math.log(characters),
        max(LOWEST_LOG_PROBABILITY, min(0.0, log_probability)),
        math.log((len(translation) + 1) / characters),
    )


def floored_mean(log_probabilities: tuple[float, ...]) -> float:
    """Return the mean log-probability with no token below the lowest that counts; 0 if empty."""
    if not log_probabilities:
        return 0.0
    floored = [max(LOWEST_LOG_PROBABILITY, each) for each in log_probabilities]
    return sum(floored) / len(floored)


def read_calibration(path: Path, identity: str) -> Calibration:
    """Read the calibration for weights of this identity.

    Raises WeightsError if the file is missing, damaged, or of another version or other weights.
    """
    content = read_json(path)
    if content.get("version") != CALIBRATION_VERSION:
        raise WeightsError(
            f"{path}: is version {content.get('version')}, but this program reads "
            f"{CALIBRATION_VERSION}; make a new one with scripts/calibrate_confidence.py"
        )
    if content.get("weights") != identity:
        raise WeightsError(
            f"{path}: made for other weights ({str(content.get('weights'))[:12]}, here "
            f"{identity[:12]}); make a new one with scripts/calibrate_confidence.py"
        )
    try:
        maps = {name: _map(content[name]) for name in ("own", "given")}
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: not a calibration ({error!r})") from error
    return Calibration(identity, **maps)


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write the calibration file."""
    content = {"version": CALIBRATION_VERSION, **asdict(calibration)}
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _map(content: dict[str, Any] | None) -> ErrorMap | None:
    if content is None:
        return None
    bins = tuple(Bin(**each) for each in content["reliability"])
    return ErrorMap(**content | {"reliability": bins})
