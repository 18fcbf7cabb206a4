"""The errors of this package; the pipeline shows them as a line, not a traceback."""


class WeightsError(Exception):
    """Weights cannot be found, trusted, converted or run: where, what was found, what to do."""


class NoSummaryError(WeightsError):
    """A model wrote no summary of one article; the others are not affected."""


class ServerError(WeightsError):
    """A server answers nothing: no row is at fault, and no other row would fare better."""
