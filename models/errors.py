"""The one error of this package; the pipeline shows it as a line, not a traceback."""


class WeightsError(Exception):
    """Weights cannot be found, trusted, converted or run: where, what was found, what to do."""
