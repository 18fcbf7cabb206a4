"""Apply the gate of a config to the first system of an evaluation, or to a run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config.gate_rule import GateRule
from pipeline.config.sections import Config
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.gates import MeasuredOutput, judge
from pipeline.evaluate.inputs.outputs import (
    NamedOutput,
    measure,
    read_output,
    read_referenced_output,
    referenced_set,
    shared_outputs,
)
from pipeline.evaluate.metrics.metrics import MetricName, metric
from pipeline.evaluate.metrics.trained import chosen_metrics
from pipeline.evaluate.results import Evaluation, Output, SetResult
from pipeline.evaluate.set_result import cache_folder
from pipeline.evaluate.verdict import GateVerdict
from pipeline.input.find import input_files
from pipeline.input.formats import ROW_FORMATS
from pipeline.storage import BASELINE, LATEST, followed

# What score.metrics of a run calls chrf is chrF++.
_OF_RUN: dict[str, MetricName] = {"bleu": "bleu", "chrf": "chrf++", "ter": "ter"}


def check_run_gate(config: Config) -> None:
    """Raise ConfigError if the gate of a run could not be judged at its end."""
    if not config.score.references and not _may_hold_references(config):
        raise ConfigError(
            "gate: needs sentences with references; list files of zh and en pairs in "
            "score.references, or give rows (JSONL, CSV …) a column "
            f"'{config.input.fields.reference}'"
        )
    for name, rule in config.gate.items():
        if rule.against is None or is_pointer(rule.against):
            continue  # what a pointer leads to is known at the end, and may not exist yet
        if Path(rule.against).resolve() == Path(config.output).resolve():
            raise ConfigError(
                f"gate.{name}.against: {rule.against} is the folder of this run, which will "
                "be overwritten; name another one, such as last night's run"
            )
        _check_against(f"gate.{name}.against", rule.against)


def is_pointer(against: str) -> bool:
    """True if a rule compares with the run before, or with the one that `bless` chose."""
    return Path(against).name in (LATEST, BASELINE)


def followed_rules(
    rules: Mapping[str, GateRule], own: Path, before: Path | None
) -> tuple[dict[str, GateRule], list[GateVerdict]]:
    """Return the rules with the runs that their pointers lead to, and verdicts on the others.

    `latest` is the run before this one, `own`. Where a pointer leads nowhere, as in the first
    night, or to this run, that part of the rule passes and says so.
    """
    ready: dict[str, GateRule] = {}
    verdicts = []
    for name, rule in rules.items():
        if rule.against is None or not is_pointer(rule.against):
            ready[name] = rule
            continue
        path = Path(rule.against)
        other = before if before and path.name == LATEST else followed(path)
        if (other / "manifest.json").is_file() and other.resolve() != own.resolve():
            ready[name] = rule.model_copy(update={"against": str(other)})
            continue
        message = f"{rule.against}: no run to compare with yet; `pipeline bless RUN` chooses one"
        verdicts.append(GateVerdict(f"{name} max_drop {rule.max_drop:g}", True, message))
        if rule.min is not None or rule.max is not None:
            ready[name] = rule.model_copy(update={"max_drop": None, "against": None})
    return ready, verdicts


def _may_hold_references(config: Config) -> bool:
    """True if some input files hold rows, which may have references."""
    files, _ = input_files(config.input.paths, config.input.format)
    # the content of standard input is not known yet
    return any(file.format in ROW_FORMATS or file.format == "auto" for file in files)


def check_evaluation_gate(config: EvaluationConfig) -> None:
    """Raise ConfigError if a rule is `against` something that does not exist."""
    systems = [system.name for system in config.systems]
    for name, rule in config.gate.items():
        text = rule.against
        if text is None or text in systems or (Path(text) / "sentences.jsonl").exists():
            continue
        _check_against(f"gate.{name}.against", text, systems)


def _check_against(place: str, text: str, systems: Sequence[str] = ()) -> None:
    """Raise ConfigError unless a text names a run folder or FOLDER:SYSTEM. Reads no sentences."""
    start = text.rpartition(":")[0]
    is_run = (Path(text) / "manifest.json").exists()
    if not is_run and not (start and (Path(start) / "sentences.jsonl").exists()):
        names = f", nor one of the systems {', '.join(systems)}" if systems else ""
        raise ConfigError(
            f"{place}: {text}: neither a run folder (it has no manifest.json) nor "
            f"FOLDER:SYSTEM of an evaluation{names}"
        )


def judge_evaluation(evaluation: Evaluation, config: EvaluationConfig) -> list[GateVerdict]:
    """Judge the first system of a config on every set that it translated."""
    system = config.systems[0].name if config.systems else evaluation.sets[0].systems[0].name
    cache = cache_folder(config)
    verdicts = []
    for name, rule in config.gate.items():
        [measured_metric] = chosen_metrics([name], config)
        for result in evaluation.sets:
            output = next(
                (evaluated.output for evaluated in result.systems if evaluated.name == system), None
            )
            if output is None:
                continue
            [measured] = measure(result.set, output, [measured_metric], cache=cache)
            other = _other(rule, result, output)
            measured_other = (
                measure(result.set, other, [measured_metric], cache=cache)[0]
                if other is not None
                else None
            )
            test = replace(config.paired_test(1), draws=result.draws)
            verdicts += judge(rule, measured, measured_other, test)
        measured_metric.release()
    return verdicts


def _other(rule: GateRule, result: SetResult, output: Output) -> Output | None:
    """Return the output a rule compares with: a system here, a run, or another evaluation."""
    if rule.against is None:
        return None
    here = {system.name: system.output for system in result.systems}
    if rule.against in here:
        return here[rule.against]
    text = rule.against
    if (Path(text) / "sentences.jsonl").exists():
        text = f"{text}:{output.name}"  # an earlier evaluation of the same system
    named = NamedOutput(output.name, outputs=((result.set, output),))
    return shared_outputs(named, read_output(text))[0][2]


def judge_run(folder: Path, rules: Mapping[str, GateRule]) -> list[GateVerdict]:
    """Judge a run by its sentences that have references."""
    named = read_referenced_output(str(folder))
    verdicts = []
    for name, rule in rules.items():
        metric_of_rule = metric(_OF_RUN[name])
        test_set, output = referenced_set(named)
        alone = rule.model_copy(update={"max_drop": None, "against": None})
        verdicts += judge(alone, measure(test_set, output, [metric_of_rule])[0], None)
        if rule.against is not None:
            verdicts += judge(_drop_only(rule), *_against(named, rule.against, _OF_RUN[name]))
    return verdicts


def _drop_only(rule: GateRule) -> GateRule:
    return rule.model_copy(update={"min": None, "max": None})


def _against(
    named: NamedOutput, against: str, name: MetricName
) -> tuple[MeasuredOutput, MeasuredOutput]:
    """Measure a run and its counterpart on the sentences that they share."""
    is_run = (Path(against) / "manifest.json").exists()
    other = read_referenced_output(against) if is_run else read_output(against)
    test_set, output, other_output = shared_outputs(named, other)[0]
    if not all(segment.references for segment in test_set.segments):
        raise ConfigError(
            f"gate: the sentences that {named.name} and {against} share have no references"
        )
    [measured] = measure(test_set, output, [metric(name)])
    [measured_other] = measure(test_set, other_output, [metric(name)])
    return measured, measured_other
