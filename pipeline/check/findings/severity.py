"""How much findings weigh against each other, for lists, rankings and repairs."""

from collections.abc import Sequence

from pipeline.records import Finding

_WEIGHTS = {"error": 3.0, "warning": 1.0, "info": 0.0}


def weight(findings: Sequence[Finding]) -> float:
    """Give the sum of what findings weigh: 3 for an error, 1 for a warning, 0 for a remark."""
    return sum(_WEIGHTS[found.severity] for found in findings)
