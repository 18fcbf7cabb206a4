"""Compare two systems or runs by name, and judge whether a drop is allowed."""

from collections.abc import Callable, Iterator, Sequence

from models.runtime.device import available_threads
from pipeline.config.gate_rule import GateRule
from pipeline.engine.journal import Watch, unwatched
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.difference import Difference, difference
from pipeline.evaluate.gates import judge
from pipeline.evaluate.inputs.hygiene import clean_output, clean_set, output_warnings, set_warnings
from pipeline.evaluate.inputs.outputs import measure, read_output, shared_outputs, usable_metrics
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.evaluate.set_result import cache_folder, processes_of
from pipeline.evaluate.significance import DEFAULT_TEST
from pipeline.evaluate.verdict import GateVerdict


def compare_outputs(  # noqa: PLR0913 (what the command line says)
    a: str,
    b: str,
    names: Sequence[str],
    *,
    sentences: int,
    max_drop: float | None,
    config: EvaluationConfig | None = None,
    watch: Watch = unwatched,
    clean: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[list[Difference], list[GateVerdict]]:
    """Compare b with a on every set they share; with `max_drop`, judge the first metric.

    `config` supplies the trained metrics that `names` may contain, the significance test and the
    cache of counts. Without it, the test is the default of an evaluation. `watch` shows progress.
    With `clean`, HTML entities, byte order marks and stray blanks are removed from every text;
    without it, `say` receives a warning for each kind of them. Raises ConfigError if the two
    cannot be compared.
    """
    metrics = chosen_metrics(names, config)
    cache = cache_folder(config) if config else None
    test = config.paired_test(1) if config else DEFAULT_TEST
    processes = processes_of(config) if config else available_threads()
    differences, verdicts = [], []
    shared = shared_outputs(read_output(a), read_output(b))
    if clean:
        shared = [(clean_set(row[0]), clean_output(row[1]), clean_output(row[2])) for row in shared]
    else:
        for line in (line for row in shared for line in _warnings(*row)):
            say(f"warning: {line}")
    for test_set, output_a, output_b in shared:
        usable = usable_metrics(test_set, metrics)
        old, new = (
            measure(test_set, output, usable, cache=cache, processes=processes, watch=watch)
            for output in (output_a, output_b)
        )
        differences.append(difference(old, new, samples=sentences, test=test))
        if max_drop is not None:
            verdicts += judge(GateRule(max_drop=max_drop, against=a), new[0], old[0], test)
    return differences, verdicts


def _warnings(test_set: EvaluationSet, *outputs: Output) -> Iterator[str]:
    yield from set_warnings(test_set)
    for output in outputs:
        yield from output_warnings(test_set, output)
