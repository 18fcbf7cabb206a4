"""`pipeline compare`: two names to differences, and the verdict on an allowed drop."""

from collections.abc import Sequence
from typing import cast

from pipeline.config import GateRule
from pipeline.evaluation.difference import Difference, difference
from pipeline.evaluation.gates import judge
from pipeline.evaluation.metrics import MetricName
from pipeline.evaluation.sides import measured, paired, read_side, usable_metrics
from pipeline.evaluation.verdict import Verdict


def compared(
    a: str, b: str, names: Sequence[str], *, sentences: int, max_drop: float | None
) -> tuple[list[Difference], list[Verdict]]:
    """Compare b with a on every set they share; with `max_drop`, judge the first metric.

    Raises ConfigError where they cannot be compared.
    """
    differences, verdicts = [], []
    for test_set, output_a, output_b in paired(read_side(a), read_side(b)):
        metrics = usable_metrics(test_set, cast(Sequence[MetricName], names))
        old = measured(test_set, output_a, metrics)
        new = measured(test_set, output_b, metrics)
        differences.append(difference(old, new, samples=sentences))
        if max_drop is not None:
            verdicts += judge(GateRule(max_drop=max_drop, against=a), new[0], old[0])
    return differences, verdicts
