"""The error that a run's sentences are expected to have: which calibration holds for its model."""

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
    """A model's calibration, or why there is none; one of the two is None or empty."""

    calibration: Calibration | None
    reason: str

    @property
    def error_map(self) -> ErrorMap | None:
        """The map for what the model itself wrote; None if there is none."""
        return self.calibration.own if self.calibration else None


def find_calibration(resolved: ResolvedModel, calibration: str) -> Expectation:
    """Find the calibration of a translation model: `auto` or a file.

    One beside the weights that does not fit them is left alone, with a reason; a file that is
    asked for by name must fit. Raises ConfigError where it does not.
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
    """Give a map as the function of (source, translation, confidence) that the stage takes."""

    def expected(source: str, translation: str, confidence: float) -> float:
        logarithm = math.log(max(confidence, 1e-9))
        return round(error_map.expected_error(source, translation, logarithm), 2)

    return expected


def reliability(error_map: ErrorMap) -> Reliability:
    """Give what the report says of how far a map can be trusted."""
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
