"""All texts of an evaluation: every set with the outputs and human scores that belong to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.human.ratings import HumanRating
from pipeline.evaluate.inputs.campaign import read_campaign
from pipeline.evaluate.inputs.campaign_files import Campaign
from pipeline.evaluate.inputs.hygiene import clean_output, clean_set, config_warnings
from pipeline.evaluate.inputs.sets import read_set
from pipeline.evaluate.inputs.systems import check_systems, translate_sets
from pipeline.evaluate.metrics.metrics import Metric
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.language.plural import plural


@dataclass(frozen=True, slots=True)
class SetTexts:
    """A set, the outputs of its systems, and human scores by name that came with it."""

    set: EvaluationSet
    outputs: tuple[Output, ...]
    human: Mapping[str, Sequence[HumanRating]] = field(default_factory=dict)


def read_texts(
    config: EvaluationConfig,
    metrics: Sequence[Metric],
    say: Callable[[str], None],
    *,
    clean: bool = False,
) -> list[SetTexts]:
    """Return every set with the outputs of the systems that have one for it.

    With `clean`, blemishes are removed; without it, `say` receives a warning for each. Raises
    ConfigError if texts are missing or do not fit together.
    """
    campaign = None
    if config.campaign:
        campaign = read_campaign(config.campaign, config.languages, config.campaign_reference)
    sets = [read_set(spec, offline=config.runtime.offline) for spec in config.sets]
    if campaign is not None:
        sets.append(campaign.set)
    if clean:
        sets = [clean_set(test_set) for test_set in sets]
    if not config.skip_unreferenced:
        for test_set in sets:
            check_references(test_set, metrics)
    folder = Path(config.output)
    check_systems(config.systems, config.runtime, folder)
    of_summaries = config.task == "summary"
    columns = [
        translate_sets(spec, sets, config.runtime, folder, of_summaries=of_summaries)
        for spec in config.systems
    ]
    texts = [
        SetTexts(test_set, tuple(row for column in columns if (row := column[at]) is not None))
        for at, test_set in enumerate(sets)
    ]
    if campaign is not None:
        texts[-1] = _with_campaign(texts[-1], campaign)
    if clean:
        texts = [replace(each, outputs=tuple(map(clean_output, each.outputs))) for each in texts]
    else:
        for line in config_warnings(config, [(each.set, each.outputs) for each in texts]):
            say(f"warning: {line}")
    if config.skip_unreferenced:
        texts = [_referenced(each, say) for each in texts]
    if config.score_references:
        texts = [_with_references(each, say) for each in texts]
    return [each for each in texts if each.outputs]


def _with_campaign(texts: SetTexts, campaign: Campaign) -> SetTexts:
    known = {output.name for output in campaign.outputs}
    if twice := next((output.name for output in texts.outputs if output.name in known), None):
        raise ConfigError(f"systems: the campaign has a system '{twice}' too; rename yours")
    return SetTexts(texts.set, (*campaign.outputs, *texts.outputs), campaign.human)


def check_references(test_set: EvaluationSet, metrics: Sequence[Metric]) -> None:
    """Raise ConfigError if a metric needs references that the set lacks."""
    bare = [segment for segment in test_set.segments if not segment.references]
    wanting = [metric.name for metric in metrics if metric.needs_references]
    if bare and wanting:
        size, need = len(test_set.segments), "needs" if len(wanting) == 1 else "need"
        advice = "leave those segments out (skip_unreferenced: true)"
        if len(bare) == size:
            advice = "give the set references, or choose metrics that need none"
        raise ConfigError(
            f"sets: {test_set.name}: {len(bare):,} of {plural(size, 'segment')} have no "
            f"reference (first: {bare[0].id}), but {', '.join(wanting)} {need} one; {advice}"
        )


def _referenced(texts: SetTexts, say: Callable[[str], None]) -> SetTexts:
    """Return the segments with a reference, and their outputs."""
    rows = [row for row, segment in enumerate(texts.set.segments) if segment.references]
    if not rows:
        raise ConfigError(f"sets: {texts.set.name}: no segment has a reference")
    if skipped := len(texts.set.segments) - len(rows):
        say(f"{texts.set.name}: left out {plural(skipped, 'segment')} without a reference")
    return replace(
        texts,
        set=replace(texts.set, segments=tuple(texts.set.segments[row] for row in rows)),
        outputs=tuple(_rows(output, rows) for output in texts.outputs),
    )


def _rows(output: Output, rows: Sequence[int]) -> Output:
    confidences = output.confidences
    return Output(
        output.name,
        tuple(output.hypotheses[row] for row in rows),
        tuple(confidences[row] for row in rows) if confidences is not None else None,
    )


def _with_references(texts: SetTexts, say: Callable[[str], None]) -> SetTexts:
    """Return the set with its first reference only, and the others as outputs."""
    segments = texts.set.segments
    fewest = min(len(segment.references) for segment in segments)
    if fewest < 2:
        say(f"warning: {texts.set.name}: score_references needs two references of every segment")
        return texts
    humans = [
        Output(f"reference {at + 1}", tuple(segment.references[at] for segment in segments))
        for at in range(1, fewest)
    ]
    return replace(
        texts,
        set=replace(
            texts.set, segments=tuple(replace(s, references=s.references[:1]) for s in segments)
        ),
        outputs=(*texts.outputs, *humans),
    )
