"""Runs and evaluated systems, compared on the sentences that they share.

runs/tonight                 a run folder
runs/evaluation:google       a system of an evaluation folder
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models import protocols
from models.errors import suggest
from pipeline.check.checks import CHECKS_VERSION, findings
from pipeline.engine.journal import Watch, unwatched
from pipeline.engine.results import read_run
from pipeline.errors import ConfigError
from pipeline.evaluate.gates import MeasuredOutput
from pipeline.evaluate.inputs.systems import RunSentence, run_articles, run_output, run_sentences
from pipeline.evaluate.metrics.counts import CountRequest, load_or_count
from pipeline.evaluate.metrics.metrics import Metric, mean_metric
from pipeline.evaluate.render.json import read_sentences
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output
from pipeline.input.references import reference_key


@dataclass(frozen=True, slots=True)
class NamedOutput:
    """One side of a comparison: `sentences` of a run, or `outputs` on the sets of an evaluation."""

    name: str
    sentences: tuple[RunSentence, ...] = ()
    unit: str = "sentences"
    """Kind of `sentences`: whole articles if the references of a run came with its rows."""
    outputs: tuple[tuple[EvaluationSet, Output], ...] = ()


def read_output(text: str) -> NamedOutput:
    """Read a run folder, or a system of an evaluation folder given as `FOLDER:SYSTEM`.

    Raises ConfigError or StoreError if it is neither.
    """
    folder = Path(text)
    if (folder / "manifest.json").exists():
        return NamedOutput(text, sentences=tuple(run_sentences(read_run(folder))))
    if (folder / "sentences.jsonl").exists():
        inside = ", ".join(output.name for output in read_sentences(folder)[0][1])
        raise ConfigError(f"{text}: an evaluation; write {text}:NAME, with one of {inside}")
    start, colon, name = text.rpartition(":")
    if not colon or not Path(start).is_dir():
        raise ConfigError(f"{text}: neither a run folder nor FOLDER:SYSTEM of an evaluation")
    evaluated = read_sentences(Path(start))
    outputs = [
        (test_set, output)
        for test_set, outputs_of_set in evaluated
        for output in outputs_of_set
        if output.name == name
    ]
    if not outputs:
        names = sorted(
            {output.name for _, outputs_of_set in evaluated for output in outputs_of_set}
        )
        raise ConfigError(f"{text}: no system '{name}' in {start}; {suggest(name, names)}")
    return NamedOutput(name, outputs=tuple(outputs))


def read_referenced_output(folder: str) -> NamedOutput:
    """Read a run folder with its references, as the report does.

    The result holds its sentences if one of them has a reference, otherwise its articles.
    """
    tables = read_run(Path(folder))
    sentences = tuple(run_sentences(tables))
    articles = (
        () if any(sentence.reference for sentence in sentences) else tuple(run_articles(tables))
    )
    if any(article.reference for article in articles):
        return NamedOutput(folder, sentences=articles, unit="articles")
    return NamedOutput(folder, sentences=sentences)


def shared_outputs(a: NamedOutput, b: NamedOutput) -> list[tuple[EvaluationSet, Output, Output]]:
    """Return the sets that both translated, with the two outputs.

    Two runs share the sentences with the same Chinese, or only those with a reference if there
    are any. Raises ConfigError if nothing is shared.
    """
    if a.sentences and b.sentences:
        test_set = _shared(a, b)
        return [
            (
                test_set,
                run_output(a.name, a.sentences, test_set, a.name),
                run_output(b.name, b.sentences, test_set, b.name),
            )
        ]
    sets = {test_set.name: test_set for named in (a, b) for test_set, _ in named.outputs}
    rows = []
    for name, test_set in sets.items():
        outputs = [_on_set(named, name, test_set) for named in (a, b)]
        if outputs[0] is not None and outputs[1] is not None:
            rows.append((test_set, outputs[0], outputs[1]))
    if not rows:
        raise ConfigError(f"{a.name} and {b.name} have no sentences in common")
    return rows


def _on_set(named: NamedOutput, name: str, test_set: EvaluationSet) -> Output | None:
    if named.sentences:
        return run_output(named.name, named.sentences, test_set, named.name)
    for evaluated_set, output in named.outputs:
        if evaluated_set.name == name:
            if evaluated_set.segments != test_set.segments:
                raise ConfigError(f"{name}: {named.name} was evaluated on other segments")
            return output
    return None


def _shared(a: NamedOutput, b: NamedOutput) -> EvaluationSet:
    known = {reference_key(sentence.source): sentence for sentence in b.sentences}
    segments: dict[str, EvaluationSegment] = {}
    for sentence in a.sentences:
        key = reference_key(sentence.source)
        if key in known and key not in segments:
            reference = sentence.reference or known[key].reference
            segments[key] = EvaluationSegment(
                id=f"{sentence.article_id} {len(segments) + 1}",
                source=sentence.source,
                references=(reference,) if reference else (),
                document=sentence.article_id,
            )
    if not segments:
        raise ConfigError(f"{a.name} and {b.name} have no sentences in common")
    with_reference = tuple(segment for segment in segments.values() if segment.references)
    return EvaluationSet("shared sentences", with_reference or tuple(segments.values()))


def referenced_set(named: NamedOutput) -> tuple[EvaluationSet, Output]:
    """Return the sentences of a run that have references, as a set, and its output.

    Raises ConfigError if no sentence has a reference.
    """
    segments = tuple(segment for segment in _shared(named, named).segments if segment.references)
    if not segments:
        raise ConfigError(
            f"gate: no sentence of {named.name} has a reference; name some in score.references"
        )
    test_set = EvaluationSet(f"{named.unit} with references", segments)
    return test_set, run_output(named.name, named.sentences, test_set, named.name)


def measure(
    test_set: EvaluationSet,
    output: Output,
    metrics: Sequence[Metric],
    *,
    cache: Path | None = None,
    processes: int = 1,
    watch: Watch = unwatched,
) -> list[MeasuredOutput]:
    """Return the counts of an output under each metric, computed or read from the cache."""
    requests = [CountRequest(metric, test_set, output) for metric in metrics]
    tables, _ = load_or_count(requests, cache, processes=processes, watch=watch)
    return [
        MeasuredOutput(metric, test_set, output, counts.rows)
        for metric, counts in zip(metrics, tables, strict=True)
    ]


def usable_metrics(test_set: EvaluationSet, metrics: Sequence[Metric]) -> list[Metric]:
    """Return the metrics for which a set has references, and the share that checks flag."""
    has_references = all(segment.references for segment in test_set.segments)
    usable = [metric for metric in metrics if has_references or not metric.needs_references]
    return [*usable, flagged_metric()]


def flagged_metric() -> Metric:
    """Return a metric: the share of sentences that the checks flag, in percent."""
    return mean_metric(
        "flagged",
        "flagged",
        _flagged,
        answer=f"flagged {CHECKS_VERSION}",
        signature=f"checks:{CHECKS_VERSION}|percent",
        lower_is_better=True,
        needs_references=False,
    )


def _flagged(segments: Sequence[protocols.Segment]) -> list[protocols.SegmentScore]:
    return [
        protocols.SegmentScore(100.0 if findings(segment.source, segment.hypothesis) else 0.0)
        for segment in segments
    ]
