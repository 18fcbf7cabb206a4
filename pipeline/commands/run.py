"""`pipeline run`, the commands of its stages, and `pipeline plan`."""

import sys
from pathlib import Path
from typing import Any

import click

from models.errors import WeightsError
from pipeline.commands.interrupted import warn_of_interruption
from pipeline.commands.options import config_options, read_config, run_options, verdict_options
from pipeline.commands.verdicts import check_channels, write_verdicts
from pipeline.config.sections import Config
from pipeline.engine.journal import Journal, LogFormat
from pipeline.errors import PipelineError
from pipeline.run.preview import preview, preview_lines
from pipeline.run.run import Options, run

_STAGES = ("segment", "translate", "summarize", "score", "report")


@click.command("run")
@config_options
@click.option("--until", type=click.Choice(_STAGES), default="report", help="Stop after a stage.")
@run_options
@verdict_options("the gate's verdicts")
def run_command(until: str, junit: Path | None, github: bool, **options: Any) -> None:
    """Make whatever is missing, up to the report.

    A run makes articles, translations, summaries, scores and a report, and reuses finished
    work. You may stop it at any time and run it again.

    \b
    Example usage:
        pipeline run --config configs/demo.yaml
        pipeline run --config configs/demo.yaml --input tonight/ --output runs/tonight
    """
    _run_until(until, junit, github, **options)


def _run_until(
    until: str,
    junit: Path | None = None,
    github: bool = False,
    *,
    config: Path,
    settings: tuple[str, ...],
    inputs: tuple[str, ...],
    output: str | None,
    limit: int | None,
    fresh: bool,
    dry_run: bool,
    log_format: LogFormat,
    quiet: bool,
    verbose: bool,
) -> None:
    journal = Journal(log_format, 0 if quiet else 2 if verbose else 1)
    options = Options(until=until, limit=limit, fresh=fresh)
    try:
        loaded = read_config(config, settings, inputs, output)
        check_channels(junit, github, has_gate=bool(loaded.gate) and until == "report")
        if dry_run:
            _print_plan(loaded, options)
            return
        outcome = run(loaded, options, journal)
    except (PipelineError, WeightsError, KeyboardInterrupt) as error:
        if log_format == "text":
            raise
        sys.exit(journal.end_with(error)[1])
    for file in () if quiet else outcome.report_files:
        click.echo(file)
    write_verdicts(outcome.verdicts, junit, github, "pipeline run")
    sys.exit(outcome.exit_code)


def _stage_command(name: str) -> click.Command:
    """Return the command that stops after a stage."""

    @click.command(name)
    @config_options
    @run_options
    def command(**options: Any) -> None:
        _run_until(name, **options)

    command.help = (
        f"Run up to {name}, as `run --until {name}` does.\n\n"
        f"\b\nExample usage:\n    pipeline {name} --config configs/demo.yaml"
    )
    return command


segment = _stage_command("segment")
translate = _stage_command("translate")
summarize = _stage_command("summarize")
score = _stage_command("score")
report = _stage_command("report")


@click.command()
@config_options
def plan(
    config: Path,
    settings: tuple[str, ...],
    inputs: tuple[str, ...],
    output: str | None,
    limit: int | None,
) -> None:
    """Show what a run would make, and make nothing.

    For each stage, prints how many shards are ready, how many are missing, and the model.
    Loads no model and writes no file.

    \b
    Example usage:
        pipeline plan --config configs/demo.yaml
    """
    _print_plan(read_config(config, settings, inputs, output), Options(limit=limit))


def _print_plan(config: Config, options: Options) -> None:
    lines = list(preview_lines(preview(config, options)))
    warn_of_interruption(Path(config.output))
    for line in lines:
        click.echo(line)
