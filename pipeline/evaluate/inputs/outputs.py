"""What can be held against each other: runs, and systems of an evaluation, on shared sentences.

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
from pipeline.evaluate.gates import Measured
from pipeline.evaluate.inputs.systems import RunSentence, run_articles, run_output, run_sentences
from pipeline.evaluate.metrics.counts import Counting, counted
from pipeline.evaluate.metrics.metrics import Metric, mean_metric
from pipeline.evaluate.render.json import read_sentences
from pipeline.evaluate.results import EvaluationSet, Output, Segment
from pipeline.input.references import reference_key


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared: `sentences` of a run, or `outputs` on an evaluation's sets."""

    name: str
    sentences: tuple[RunSentence, ...] = ()
    unit: str = "sentences"
    """What `sentences` are: of a run whose references came with rows they are whole articles."""
    outputs: tuple[tuple[EvaluationSet, Output], ...] = ()


def read_side(text: str) -> Side:
    """Read a run folder, or a system of an evaluation folder written `FOLDER:SYSTEM`.

    Raises ConfigError or StoreError if it is neither.
    """
    folder = Path(text)
    if (folder / "manifest.json").exists():
        return Side(text, sentences=tuple(run_sentences(read_run(folder))))
    if (folder / "sentences.jsonl").exists():
        inside = ", ".join(output.name for output in read_sentences(folder)[0][1])
        raise ConfigError(f"{text}: an evaluation; write {text}:NAME, with one of {inside}")
    start, colon, name = text.rpartition(":")
    if not colon or not Path(start).is_dir():
        raise ConfigError(f"{text}: neither a run folder nor FOLDER:SYSTEM of an evaluation")
    found = read_sentences(Path(start))
    own = [(test_set, each) for test_set, all_ in found for each in all_ if each.name == name]
    if not own:
        names = sorted({each.name for _, all_ in found for each in all_})
        raise ConfigError(f"{text}: no system '{name}' in {start}; {suggest(name, names)}")
    return Side(name, outputs=tuple(own))


def referenced_side(folder: str) -> Side:
    """Read a run folder for its references, as the report does.

    Its sentences if one of them has a reference, otherwise its articles.
    """
    tables = read_run(Path(folder))
    sentences = tuple(run_sentences(tables))
    articles = () if any(each.reference for each in sentences) else tuple(run_articles(tables))
    if any(each.reference for each in articles):
        return Side(folder, sentences=articles, unit="articles")
    return Side(folder, sentences=sentences)


def paired(a: Side, b: Side) -> list[tuple[EvaluationSet, Output, Output]]:
    """Return the sets that both have, with what each made of them.

    Two runs share the sentences with the same Chinese, those with a reference if there are
    any. Raises ConfigError where nothing is shared.
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
    sets = {each.name: each for side in (a, b) for each, _ in side.outputs}
    rows = []
    for name, test_set in sets.items():
        pair = [_on_set(side, name, test_set) for side in (a, b)]
        if pair[0] is not None and pair[1] is not None:
            rows.append((test_set, pair[0], pair[1]))
    if not rows:
        raise ConfigError(f"{a.name} and {b.name} have no sentences in common")
    return rows


def _on_set(side: Side, name: str, test_set: EvaluationSet) -> Output | None:
    if side.sentences:
        return run_output(side.name, side.sentences, test_set, side.name)
    for own, output in side.outputs:
        if own.name == name:
            if own.segments != test_set.segments:
                raise ConfigError(f"{name}: {side.name} was evaluated on other segments")
            return output
    return None


def _shared(a: Side, b: Side) -> EvaluationSet:
    known = {reference_key(sentence.source): sentence for sentence in b.sentences}
    segments: dict[str, Segment] = {}
    for sentence in a.sentences:
        key = reference_key(sentence.source)
        if key in known and key not in segments:
            reference = sentence.reference or known[key].reference
            segments[key] = Segment(
                id=f"{sentence.article_id} {len(segments) + 1}",
                source=sentence.source,
                references=(reference,) if reference else (),
                document=sentence.article_id,
            )
    if not segments:
        raise ConfigError(f"{a.name} and {b.name} have no sentences in common")
    with_reference = tuple(each for each in segments.values() if each.references)
    return EvaluationSet("shared sentences", with_reference or tuple(segments.values()))


def own_set(side: Side) -> tuple[EvaluationSet, Output]:
    """Return a run's sentences that have references, as a set, and its output.

    Raises ConfigError if none has one.
    """
    segments = tuple(each for each in _shared(side, side).segments if each.references)
    if not segments:
        raise ConfigError(
            f"gate: no sentence of {side.name} has a reference; name some in score.references"
        )
    test_set = EvaluationSet(f"{side.unit} with references", segments)
    return test_set, run_output(side.name, side.sentences, test_set, side.name)


def measured(
    test_set: EvaluationSet,
    output: Output,
    metrics: Sequence[Metric],
    *,
    cache: Path | None = None,
    processes: int = 1,
    watch: Watch = unwatched,
) -> list[Measured]:
    """Count an output under some metrics."""
    countings = [Counting(each, test_set, output) for each in metrics]
    tables, _ = counted(countings, cache, processes=processes, watch=watch)
    return [
        Measured(each, test_set, output, counts.rows)
        for each, counts in zip(metrics, tables, strict=True)
    ]


def usable_metrics(test_set: EvaluationSet, metrics: Sequence[Metric]) -> list[Metric]:
    """Return the metrics that a set has the references for, and always what the checks flag."""
    has_references = all(segment.references for segment in test_set.segments)
    usable = [each for each in metrics if has_references or not each.needs_references]
    return [*usable, flagged()]


def flagged() -> Metric:
    """Return the share of sentences, in percent, in which a check finds something."""
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
        protocols.SegmentScore(100.0 if findings(each.source, each.hypothesis) else 0.0)
        for each in segments
    ]
