"""The error that a run's sentences are expected to have: which calibration holds for its model."""

import math
from dataclasses import dataclass
from pathlib import Path

from models.errors import WeightsError
from models.load import resolve_translator
from models.metrics.calibration import CALIBRATION, Calibration, ErrorMap, read_calibration
from models.specs import TranslatorSpec
from pipeline.config.sections import Config, RuntimeSection
from pipeline.errors import ConfigError
from pipeline.records import Reliability, ReliabilityBin
from pipeline.score.score import ExpectedError


@dataclass(frozen=True, slots=True)
class Expectation:
    """A model's calibration, or why there is none; one of the two is None or empty."""

    calibration: Calibration | None
    reason: str


def expectation(spec: TranslatorSpec, calibration: str, runtime: RuntimeSection) -> Expectation:
    """Find the calibration of a translation model: `auto`, `off` or a file.

    What lies beside the weights and does not fit them is left alone, with a reason; a file
    that is asked for by name must fit. Raises ConfigError where it does not, and WeightsError
    where the model is not there.
    """
    if calibration == "off":
        return Expectation(None, "turned off (score.estimator.calibration)")
    resolved = resolve_translator(
        spec,
        device=runtime.device,
        precision=runtime.precision,
        offline=runtime.offline,
        cache=runtime.cache,
    )
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


def own_expectation(config: Config) -> Expectation:
    """Find the calibration of what a run's own model writes."""
    if config.translate.choose.by != "first":
        return Expectation(
            None,
            "measured for the first answer of the search, not for choose.by: "
            f"{config.translate.choose.by}",
        )
    return expectation(config.translate.model, config.score.estimator.calibration, config.runtime)


def own_errors(config: Config) -> ErrorMap | None:
    """Give the map of a run's own words, None where there is none."""
    found = own_expectation(config).calibration
    return found.own if found else None


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
