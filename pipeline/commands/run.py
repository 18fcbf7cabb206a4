"""`pipeline run`, the commands of its stages, and `pipeline plan`."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from models.errors import WeightsError
from pipeline.bucket import run_folder
from pipeline.commands.interrupted import warn_of_interruption
from pipeline.commands.options import (
    config_options,
    read_config,
    read_worker,
    run_options,
    verdict_options,
)
from pipeline.commands.verdicts import check_channels, write_verdicts
from pipeline.config.sections import BUNDLED_MODEL, Config
from pipeline.engine.journal import Journal, LogFormat
from pipeline.errors import PipelineError
from pipeline.run.estimate import Prices, estimate, estimate_lines
from pipeline.run.preview import preview, preview_lines
from pipeline.run.run import Options, run

_BETTER_MODEL = (
    "For better English: pipeline models fetch opus-mt-zh-en, then run again with "
    "--model opus-mt-zh-en"
)
_STAGES = ("segment", "translate", "summarize", "score", "report")


@click.command("run")
@config_options
@click.option("--until", type=click.Choice(_STAGES), default="report", help="Stop after a stage.")
@run_options
@click.option(
    "--worker",
    metavar="I/N",
    callback=read_worker,
    help="Be worker I of N that share the run folder: start each with the same config.",
)
@verdict_options("the gate's verdicts")
def run_command(until: str, junit: Path | None, github: bool, **options: Any) -> None:
    """Make whatever is missing, up to the report.

    A run makes articles, translations, summaries, scores and a report, and reuses finished
    work. You may stop it at any time and run it again.

    INPUT is a file, a folder, a pattern, or - for standard input. Without a config, the
    bundled model translates it, and the result is a folder beside the input (page.yibao for
    page.txt); with several inputs, or -, it is pages.yibao or stdin.yibao in the current folder.
    If there is a config.yaml in the current folder, its settings apply.

    \b
    Example usage:
        pipeline run page.txt
        pipeline run scans/*.md more/ --output runs/scans
        pipeline run --config configs/demo.yaml
    """
    _run_until(until, junit, github, **options)


def _run_until(
    until: str,
    junit: Path | None = None,
    github: bool = False,
    *,
    limit: int | None,
    fresh: bool,
    dry_run: bool,
    log_format: LogFormat,
    quiet: bool,
    verbose: bool,
    worker: tuple[int, int] | None = None,
    **choice: Any,
) -> None:
    journal = Journal(log_format, 0 if quiet else 2 if verbose else 1)
    options = Options(until=until, limit=limit, fresh=fresh, worker=worker)
    try:
        loaded = read_config(**choice, say=lambda line: journal.info("config", line))
        check_channels(junit, github, has_gate=bool(loaded.gate) and until == "report")
        if dry_run:
            _print_plan(loaded, options)
            return
        is_first = not (run_folder(loaded.output) / "manifest.json").exists()
        outcome = run(loaded, options, journal)
    except (PipelineError, WeightsError, KeyboardInterrupt) as error:
        if log_format == "text":
            raise
        sys.exit(journal.end_with(error)[1])
    for file in () if quiet else outcome.report_files:
        click.echo(file)
    if is_first and outcome.report_files and log_format == "text" and not quiet:
        _print_next_steps(loaded)
    write_verdicts(outcome.verdicts, junit, github, "pipeline run")
    sys.exit(outcome.exit_code)


def _print_next_steps(config: Config) -> None:
    """Print on a terminal, after the first run of a folder, how to read on and translate better."""
    if not sys.stderr.isatty():
        return
    if "html" in config.report.formats:
        click.echo(f"Open {run_folder(config.output) / 'report.html'} in a browser.", err=True)
    copies = run_folder(config.output) / "english/in-place"
    if copies.is_dir():
        click.echo(f"The input in English, with its layout, is in {copies}", err=True)
    if getattr(config.translate.model, "path", None) == BUNDLED_MODEL:
        click.echo(_BETTER_MODEL, err=True)


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
@click.option(
    "--estimate",
    "is_estimate",
    is_flag=True,
    help="Also translate a probe of 200 sentences; estimate time, tokens, money and energy.",
)
@click.option("--price", type=click.FloatRange(min=0), help="What an hour of this machine costs.")
@click.option("--watts", type=click.FloatRange(min=0), help="Power of this machine in watts.")
def plan(
    limit: int | None, is_estimate: bool, price: float | None, watts: float | None, **choice: Any
) -> None:
    """Show what a run would make, and make nothing.

    For each stage, prints how many shards are ready, how many are missing, and the model.
    Writes no file, and loads no model without --estimate.

    \b
    Example usage:
        pipeline plan --config configs/demo.yaml
        pipeline plan --config configs/demo.yaml --estimate --price 0.90 --watts 65
    """
    loaded = read_config(**choice, say=partial(click.echo, err=True))
    _print_plan(loaded, Options(limit=limit))
    if is_estimate:
        prices = Prices.of(loaded, price or 0, watts or 0)
        for line in estimate_lines(estimate(loaded, limit), prices):
            click.echo(line)


def _print_plan(config: Config, options: Options) -> None:
    lines = list(preview_lines(preview(config, options)))
    warn_of_interruption(run_folder(config.output))
    for line in lines:
        click.echo(line)
