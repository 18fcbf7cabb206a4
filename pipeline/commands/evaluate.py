"""`pipeline evaluate` and `pipeline compare`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import FILE, repeated, verdict_options
from pipeline.commands.verdicts import check_channels, write_verdicts
from pipeline.config.file import checked, load_section
from pipeline.engine.journal import Journal
from pipeline.evaluate.compare import compare_outputs
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.render.comparison import comparison_json, comparison_text
from pipeline.evaluate.render.text import evaluation_text
from pipeline.evaluate.significance import SIGNIFICANCE
from pipeline.evaluate.verdict import GateVerdict, verdict_lines
from pipeline.evaluate.write import make_evaluation


@click.command()
@click.option("--config", "-c", "file", type=FILE, help="The YAML file of the evaluation.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one key.")
@click.option("--source", metavar="FILE", help="The Chinese text, one segment per line.")
@repeated("--reference", "references", "FILE", "A reference translation with the same lines.")
@repeated("--hypothesis", "hypotheses", "NAME=FILE", "The output of a system, with the same lines.")
@click.option(
    "--documents", metavar="FILE", help="The document id of every line, for scores by document."
)
@click.option(
    "--campaign", metavar="PATH", help="A folder or file of WMT, or a folder of mt-metrics-eval."
)
@repeated("--human", "humans", "NAME=FILE", "Human judgements to compare the metrics with.")
@repeated(
    *("--metric", "metrics", "NAME[=FOLDER]"),
    "A metric, such as chrf, or a trained one with its folder, such as comet=FOLDER.",
)
@click.option("--trials", metavar="N", help="Trials of the significance test, or auto.")
@click.option(
    "--test", type=click.Choice(["randomization", "bootstrap"]), help="The significance test."
)
@click.option("--significance", type=float, metavar="P", help="Level of significance; 0.05.")
@click.option("--output", metavar="DIR", help="The folder for the reports.")
@click.option(
    "--clean", is_flag=True, help="Unescape HTML entities, remove stray blanks and marks first."
)
@verdict_options("the gate's verdicts")
@click.option("--quiet", "-q", is_flag=True, help="Print only errors.")
def evaluate(
    file: Path | None,
    settings: tuple[str, ...],
    source: str | None,
    references: tuple[str, ...],
    hypotheses: tuple[str, ...],
    documents: str | None,
    campaign: str | None,
    humans: tuple[str, ...],
    metrics: tuple[str, ...],
    trials: str | None,
    test: str | None,
    significance: float | None,
    output: str | None,
    clean: bool,
    junit: Path | None,
    github: bool,
    quiet: bool,
) -> None:
    """Score systems on test sets and rank them.

    Prints each score with its confidence interval, and tests every pair of systems for a
    significant difference.

    A system is a model, a run folder or a text file. Scores are cached, so adding a system
    costs only the work for that system.

    \b
    Example usage:
        pipeline evaluate --config configs/evaluate.yaml
        pipeline evaluate --source zh.txt --reference en.txt \\
            --hypothesis ours=ours.txt --hypothesis theirs=theirs.txt --output runs/evaluation
        pipeline evaluate --campaign mt-metrics-eval-v2/wmt23 --metric chrf --output runs/wmt23
    """
    changes = {
        "output": output,
        "campaign": campaign,
        "trials": int(trials) if trials and trials.isdecimal() else trials,
        "test": test,
        "significance": significance,
        **_metric_values(metrics),
        "human": {name: {"path": path} for name, path in _paths_by_name("--human", humans).items()},
    }
    config = _config(file, settings, (source, references, hypotheses, documents), changes)
    check_channels(junit, github, has_gate=bool(config.gate))
    say, journal = (_ignore if quiet else _print_message), Journal(verbosity=0 if quiet else 1)
    made = make_evaluation(config, say, journal.task, clean=clean)
    if not quiet:
        click.echo("\n".join([evaluation_text(made.evaluation), *map(str, made.files)]))
    _end(made.verdicts, junit, github, "pipeline evaluate")


_Files = tuple[str | None, Sequence[str], Sequence[str], str | None]
"""The source, references, hypotheses (NAME=FILE) and documents of one set of plain files."""


def _config(
    file: Path | None, settings: Sequence[str], files: _Files, changes: dict[str, Any]
) -> EvaluationConfig:
    """Return the config of a file, a campaign or plain files, with the changes that are given."""
    changes = {key: value for key, value in changes.items() if value not in (None, [], {})}
    if file is not None:
        if any(files):
            raise click.UsageError(
                "--config cannot be combined with --source, --reference, --hypothesis or "
                "--documents; name the files in the config"
            )
        return load_section(file, EvaluationConfig, settings, changes)
    source, references, hypotheses, documents = files
    if "campaign" not in changes:
        values = _plain_files(*files, changes.get("output"))
    elif source or references or documents:
        raise click.UsageError(
            "--campaign brings its own texts; leave out --source, --reference and --documents"
        )
    else:
        values = {"systems": _file_systems(hypotheses)}
    return checked(values | changes, EvaluationConfig, "pipeline evaluate")


def _plain_files(
    source: str | None,
    references: Sequence[str],
    hypotheses: Sequence[str],
    documents: str | None,
    output: str | None,
) -> dict[str, Any]:
    """Return the values of a config for one set of plain files."""
    given = {"--source": source, "--reference": references}
    given |= {"--hypothesis": hypotheses, "--output": output}
    if missing := [option for option, value in given.items() if not value]:
        raise click.UsageError(f"give --config FILE, or add {', '.join(missing)}")
    return {
        "sets": [
            {
                "kind": "files",
                "name": Path(str(source)).stem,
                "source": source,
                "references": list(references),
                "documents": documents,
            }
        ],
        "systems": _file_systems(hypotheses),
    }


def _file_systems(hypotheses: Sequence[str]) -> list[dict[str, str]]:
    """Return `NAME=FILE` as systems of a config."""
    return [
        {"kind": "file", "name": name, "path": path} for name, path in map(_named_file, hypotheses)
    ]


def _paths_by_name(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Return every `NAME=FILE` by name. Raises UsageError for a name that is given twice."""
    paths: dict[str, str] = {}
    for name, path in map(_named_file, texts):
        if name in paths:
            raise click.UsageError(f"{option}: the name '{name}' is given twice")
        paths[name] = path
    return paths


def _named_file(text: str) -> tuple[str, str]:
    """Return the name and the file of `NAME=FILE`. Raises UsageError."""
    name, sign, path = text.partition("=")
    if not sign or not name or not path:
        raise click.UsageError(f"{text}: write it as NAME=FILE")
    return name, path


def _metric_values(metrics: Sequence[str]) -> dict[str, Any]:
    """Return the keys of a config for metrics, of which `NAME=FOLDER` are trained."""
    trained = _paths_by_name("--metric", (text for text in metrics if "=" in text))
    return {
        "metrics": [text.partition("=")[0] for text in metrics],
        "trained_metrics": {
            name: {
                "kind": next((k for k in ("metricx", "bertscore") if k in name), "comet"),
                "path": folder,
            }
            for name, folder in trained.items()
        },
    }


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="A metric. May be repeated; the first one sorts the sentences.",
)
@click.option(
    "--config",
    "-c",
    "file",
    type=FILE,
    help="Use the metrics, trained metrics and cached scores of this evaluation config.",
)
@click.option(
    "--sentences", default=5, type=click.IntRange(min=0), help="Number of sentences to show."
)
@click.option(
    "--format",
    "file_format",
    default="text",
    type=click.Choice(["text", "json"]),
    help="Output format.",
)
@click.option(
    "--max-drop",
    type=click.FloatRange(min=0),
    help="Exit with code 4 if the first metric drops by more than this.",
)
@click.option(
    "--clean", is_flag=True, help="Unescape HTML entities, remove stray blanks and marks first."
)
@verdict_options("the verdict on --max-drop")
def compare(
    a: str,
    b: str,
    metrics: tuple[str, ...],
    file: Path | None,
    sentences: int,
    file_format: str,
    max_drop: float | None,
    clean: bool,
    junit: Path | None,
    github: bool,
) -> None:
    """Compare B with A: what is better, what is worse?

    Prints the difference for every metric with its significance, and the sentences that
    changed most.

    A and B are run folders, or systems of an evaluation (FOLDER:SYSTEM).

    \b
    Example usage:
        pipeline compare runs/last runs/tonight
        pipeline compare runs/evaluation:google runs/evaluation:ours --max-drop 0.5
        pipeline compare runs/last runs/tonight --config configs/evaluate.yaml --metric comet
    """
    check_channels(junit, github, has_gate=max_drop is not None)
    config = load_section(file, EvaluationConfig) if file is not None else None
    journal = Journal()
    names = metrics or (config.all_metrics if config else ("chrf++", "bleu", "ter"))
    found, verdicts = compare_outputs(
        a,
        b,
        names,
        sentences=sentences,
        max_drop=max_drop,
        config=config,
        watch=journal.task,
        clean=clean,
        say=_print_message,
    )
    if file_format == "json":
        click.echo(comparison_json(found))
    else:
        click.echo(comparison_text(found, config.significance if config else SIGNIFICANCE))
    _end(verdicts, junit, github, "pipeline compare")


def _end(verdicts: Sequence[GateVerdict], junit: Path | None, github: bool, suite: str) -> None:
    """Write the verdicts where they were asked for; exit with code 4 if one failed."""
    write_verdicts(verdicts, junit, github, suite)
    for verdict in verdicts:
        for line in verdict_lines(verdict):
            click.echo(line, err=True)
    if any(not verdict.passed for verdict in verdicts):
        sys.exit(4)


def _ignore(line: str) -> None:
    """Print nothing."""


def _print_message(line: str) -> None:
    click.echo(line, err=True)
