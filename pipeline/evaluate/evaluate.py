"""Score every system on every set with every metric, and compare every pair of systems.

config ─▶ sets, outputs ─▶ counts (cached) ─▶ scores, intervals, tests, ranks ─▶ Evaluation
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.engine.journal import Watch, unwatched
from pipeline.errors import ModelError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.highlights import highlights
from pipeline.evaluate.inputs.texts import SetTexts, read_texts
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count, retry_missing
from pipeline.evaluate.metrics.metrics import Metric
from pipeline.evaluate.metrics.trained import available_metrics
from pipeline.evaluate.results import Evaluation
from pipeline.evaluate.set_result import Say, cache_folder, evaluate_set
from pipeline.language.plural import plural


def evaluate(
    config: EvaluationConfig,
    say: Say = lambda line: None,
    watch: Watch = unwatched,
    *,
    clean: bool = False,
) -> Evaluation:
    """Run the evaluation of a config. `say` receives a line for each step, `watch` the progress.

    With `clean`, HTML entities, byte order marks and stray blanks are removed from every text;
    without it, `say` receives a warning for each kind of them.

    Raises ConfigError if sets, systems and metrics do not fit together.
    """
    metrics = available_metrics(config, say)
    texts = read_texts(config, metrics, say, clean=clean)
    trained = [metric for metric in metrics if metric.name in config.trained_metrics]
    _count_trained(trained, texts, cache_folder(config), say)
    results = [
        evaluate_set(row.set, row.outputs, metrics, config, say, watch, row.human) for row in texts
    ]
    evaluation = Evaluation(
        title=config.title,
        sets=tuple(results),
        test=config.test,
        samples=config.bootstrap_samples,
        significance=config.significance,
    )
    return replace(evaluation, stands_out=highlights(evaluation))


def _count_trained(
    metrics: Sequence[Metric], texts: Sequence[SetTexts], cache: Path, say: Say
) -> None:
    """Score with one trained metric after another, so that only one is in memory at a time.

    The scores of each system are saved as soon as they are computed.
    """
    for metric in metrics:
        for row in texts:
            for output in row.outputs:
                request = CountRequest(metric, row.set, output)
                _, made = load_or_count([request], cache)
                if made:
                    say(f"{metric.name}: {output.name} on {row.set.name} scored")
                elif metric.asks_again:
                    _retry(request, cache, say)
        metric.release()


def _retry(request: CountRequest, cache: Path, say: Say) -> None:
    """Request missing scores again; existing scores stay if the server does not answer."""
    what = f"{request.metric.name}: {request.output.name} on {request.set.name}"
    try:
        asked, answered = retry_missing(request, cache)
    except ModelError as error:
        say(f"{what}: the missing scores could not be requested again: {error}")
        return
    if asked:
        requested = plural(asked, "missing score")
        say(f"{what}: requested {requested} again, received {answered}")
