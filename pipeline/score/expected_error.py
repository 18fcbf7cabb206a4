"""The expected error of sentences: find and apply the calibration of a run's model."""

import math
from dataclasses import dataclass
from pathlib import Path

from models.errors import WeightsError
from models.metrics.calibration import CALIBRATION, Calibration, ErrorMap, read_calibration
from models.resolved import ResolvedModel
from pipeline.errors import ConfigError
from pipeline.records import Reliability, ReliabilityBin
from pipeline.score.score import ExpectedError


@dataclass(frozen=True, slots=True)
class Expectation:
    """A model's calibration, or the reason why there is none."""

    calibration: Calibration | None
    reason: str

    @property
    def error_map(self) -> ErrorMap | None:
        """The map for what the model itself wrote; None if there is none."""
        return self.calibration.own if self.calibration else None


def find_calibration(resolved: ResolvedModel, calibration: str) -> Expectation:
    """Return the calibration of a translation model: `auto` or a file.

    A calibration beside the weights that does not fit them is ignored, with a reason; a file given
    by name must fit. Raises ConfigError if it does not.
    """
    if calibration != "auto":
        try:
            return Expectation(read_calibration(Path(calibration), resolved.identity), "")
        except WeightsError as error:
            raise ConfigError(f"score.estimator.calibration: {error}") from None
    path = resolved.folder / CALIBRATION if resolved.folder else None
    if path is None or not path.is_file():
        return Expectation(None, f"{resolved.name} has no {CALIBRATION}")
    try:
        return Expectation(read_calibration(path, resolved.identity), "")
    except WeightsError as error:
        return Expectation(None, str(error))


def expected_error(error_map: ErrorMap) -> ExpectedError:
    """Return an error map as the function (source, translation, confidence) that score expects."""

    def expected(source: str, translation: str, confidence: float) -> float:
        logarithm = math.log(max(confidence, 1e-9))
        return round(error_map.expected_error(source, translation, logarithm), 2)

    return expected


def reliability(error_map: ErrorMap) -> Reliability:
    """Return the reliability of an error map, for the report."""
    return Reliability(
        unit=error_map.unit,
        fitted_on=error_map.fitted_on,
        calibration_error=error_map.calibration_error,
        kendall=error_map.kendall,
        bins=tuple(
            ReliabilityBin(each.expected, each.found, each.segments)
            for each in error_map.reliability
        ),
    )
