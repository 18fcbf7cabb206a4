"""The gate of a config, applied: to an evaluation's first system, or to a run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config.sections import Config, GateRule
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import cache_folder
from pipeline.evaluate.gates import Measured, judge
from pipeline.evaluate.inputs.outputs import (
    Side,
    measured,
    own_set,
    paired,
    read_side,
    referenced_side,
)
from pipeline.evaluate.metrics.metrics import MetricName, metric
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.results import Evaluation, Output, SetResult
from pipeline.evaluate.verdict import Verdict
from pipeline.input.find import ROW_FORMATS, input_files

# What score.metrics of a run calls chrf is chrF++.
_OF_RUN: dict[str, MetricName] = {"bleu": "bleu", "chrf": "chrf++", "ter": "ter"}


def check_run_gate(config: Config) -> None:
    """Raise ConfigError where the gate of a run could not be judged at its end."""
    if not config.score.references and not _may_hold_references(config):
        raise ConfigError(
            "gate: needs sentences with references; list files of zh and en pairs in "
            "score.references, or give rows (JSONL, CSV …) a column "
            f"'{config.input.fields.reference}'"
        )
    for name, rule in config.gate.items():
        if rule.against is None:
            continue
        if Path(rule.against).resolve() == Path(config.output).resolve():
            raise ConfigError(
                f"gate.{name}.against: {rule.against} is the folder of this run, which will "
                "be overwritten; name another one, such as last night's run"
            )
        _check_against(f"gate.{name}.against", rule.against)


def _may_hold_references(config: Config) -> bool:
    """True if some of the input are rows, which may come with references."""
    files, _ = input_files(config.input.paths, config.input.format)
    # what standard input holds is seen when it is read
    return any(file.format in ROW_FORMATS or file.format == "auto" for file in files)


def check_evaluation_gate(config: EvaluationConfig) -> None:
    """Raise ConfigError where a rule names nothing to be held against."""
    systems = [each.name for each in config.systems]
    for name, rule in config.gate.items():
        text = rule.against
        if text is None or text in systems or (Path(text) / "sentences.jsonl").exists():
            continue
        _check_against(f"gate.{name}.against", text, systems)


def _check_against(place: str, text: str, systems: Sequence[str] = ()) -> None:
    """Raise ConfigError unless a text names a run folder or FOLDER:SYSTEM; reads no sentence."""
    start = text.rpartition(":")[0]
    is_run = (Path(text) / "manifest.json").exists()
    if not is_run and not (start and (Path(start) / "sentences.jsonl").exists()):
        names = f", nor one of the systems {', '.join(systems)}" if systems else ""
        raise ConfigError(
            f"{place}: {text}: neither a run folder (it has no manifest.json) nor "
            f"FOLDER:SYSTEM of an evaluation{names}"
        )


def judge_evaluation(evaluation: Evaluation, config: EvaluationConfig) -> list[Verdict]:
    """Judge the first system of a config on every set it has."""
    system, cache = config.systems[0].name, cache_folder(config)
    verdicts = []
    for name, rule in config.gate.items():
        [of] = chosen_metrics([name], config)
        for result in evaluation.sets:
            own = next((each.output for each in result.systems if each.name == system), None)
            if own is None:
                continue
            [mine] = measured(result.set, own, [of], cache=cache)
            other = _other(rule, result, own)
            theirs = (
                measured(result.set, other, [of], cache=cache)[0] if other is not None else None
            )
            test = replace(config.paired_test(1), draws=result.draws)
            verdicts += judge(rule, mine, theirs, test)
        of.release()
    return verdicts


def _other(rule: GateRule, result: SetResult, own: Output) -> Output | None:
    """Find what a rule holds the system against: a system here, a run, another evaluation."""
    if rule.against is None:
        return None
    here = {system.name: system.output for system in result.systems}
    if rule.against in here:
        return here[rule.against]
    text = rule.against
    if (Path(text) / "sentences.jsonl").exists():
        text = f"{text}:{own.name}"  # an earlier evaluation of the same system
    side = Side(own.name, outputs=((result.set, own),))
    return paired(side, read_side(text))[0][2]


def judge_run(folder: Path, rules: Mapping[str, GateRule]) -> list[Verdict]:
    """Judge a run over its sentences that have references."""
    side = referenced_side(str(folder))
    verdicts = []
    for name, rule in rules.items():
        of = metric(_OF_RUN[name])
        test_set, output = own_set(side)
        alone = rule.model_copy(update={"max_drop": None, "against": None})
        verdicts += judge(alone, measured(test_set, output, [of])[0], None)
        if rule.against is not None:
            verdicts += judge(_drop_only(rule), *_against(side, rule.against, _OF_RUN[name]))
    return verdicts


def _drop_only(rule: GateRule) -> GateRule:
    return rule.model_copy(update={"min": None, "max": None})


def _against(side: Side, against: str, name: MetricName) -> tuple[Measured, Measured]:
    """Count a run and what it is held against, on the sentences that they share."""
    is_run = (Path(against) / "manifest.json").exists()
    other = referenced_side(against) if is_run else read_side(against)
    test_set, mine, theirs = paired(side, other)[0]
    if not all(segment.references for segment in test_set.segments):
        raise ConfigError(
            f"gate: the sentences that {side.name} and {against} share have no references"
        )
    [own] = measured(test_set, mine, [metric(name)])
    [its] = measured(test_set, theirs, [metric(name)])
    return own, its
