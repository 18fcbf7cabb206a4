"""Compare two systems or runs by name, and judge whether a drop is allowed."""

from collections.abc import Sequence

from models.runtime.device import available_threads
from pipeline.config.sections import GateRule
from pipeline.engine.journal import Watch, unwatched
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.difference import Difference, difference
from pipeline.evaluate.evaluate import cache_folder, processes_of
from pipeline.evaluate.gates import judge
from pipeline.evaluate.inputs.outputs import measure, read_output, shared_outputs, usable_metrics
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.significance import DEFAULT_TEST
from pipeline.evaluate.verdict import GateVerdict


def compare_outputs(
    a: str,
    b: str,
    names: Sequence[str],
    *,
    sentences: int,
    max_drop: float | None,
    config: EvaluationConfig | None = None,
    watch: Watch = unwatched,
) -> tuple[list[Difference], list[GateVerdict]]:
    """Compare b with a on every set they share; with `max_drop`, judge the first metric.

    `config` supplies the trained metrics that `names` may contain, the significance test and the
    cache of counts. Without it, the test is the default of an evaluation. `watch` shows progress.
    Raises ConfigError if the two cannot be compared.
    """
    metrics = chosen_metrics(names, config)
    cache = cache_folder(config) if config else None
    test = config.paired_test(1) if config else DEFAULT_TEST
    processes = processes_of(config) if config else available_threads()
    differences, verdicts = [], []
    for test_set, output_a, output_b in shared_outputs(read_output(a), read_output(b)):
        usable = usable_metrics(test_set, metrics)
        old, new = (
            measure(test_set, output, usable, cache=cache, processes=processes, watch=watch)
            for output in (output_a, output_b)
        )
        differences.append(difference(old, new, samples=sentences, test=test))
        if max_drop is not None:
            verdicts += judge(GateRule(max_drop=max_drop, against=a), new[0], old[0], test)
    return differences, verdicts
