"""`pipeline status`, `pipeline history` and `pipeline bless`: runs that nobody watches."""

import json
from pathlib import Path

import click

from pipeline.commands.options import CONFIG_NAMES, FILE
from pipeline.config.file import load_config
from pipeline.errors import ConfigError
from pipeline.nightly.bless import bless as bless_run
from pipeline.nightly.evaluations import evaluation_lines, evaluation_values, past_evaluations
from pipeline.nightly.history import history as read_history
from pipeline.nightly.history import history_lines, history_values
from pipeline.nightly.past_runs import past_runs
from pipeline.nightly.status import find_run, run_status, status_lines, status_values

_MOST_NAMED = 5
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")


def _output_here() -> Path:
    """Return the run folder of the config in the current folder. Raises UsageError without one."""
    for name in CONFIG_NAMES:
        if Path(name).is_file():
            return Path(load_config(Path(name)).output)
    raise click.UsageError("name a folder, because the current folder has no config.yaml")


def _runs_here() -> Path:
    """Return the run folder of the config here; the one with all runs if it does not exist yet."""
    output = _output_here()
    return output if output.is_dir() else output.parent


@click.command()
@click.argument("run", required=False, type=FILE)
@_JSON
def status(run: Path | None, as_json: bool) -> None:
    """Show how far a run is: stages, speed, time left, failures.

    RUN is the folder of a running or finished run, or a folder with several, of which the one
    that began last is shown. Default: the run of config.yaml in the current folder. It only
    reads, so it does not disturb the run.

    \b
    Example usage:
        pipeline status runs/2026-11-28
        watch pipeline status runs
        pipeline status runs/latest --json
    """
    value = run_status(find_run(run or _runs_here()))
    if as_json:
        click.echo(json.dumps(status_values(value), ensure_ascii=False, indent=1))
        return
    for line in status_lines(value):
        click.echo(line)


@click.command()
@click.argument("folder", required=False, type=FILE)
@_JSON
def history(folder: Path | None, as_json: bool) -> None:
    """Show all runs and evaluations of a folder, and the trend of each figure.

    Evaluations become a leaderboard over time, by test set and over all sets.

    FOLDER holds the runs or evaluations. Default: the one that `output` of config.yaml in the
    current folder writes into.

    \b
    Example usage:
        pipeline history runs
        pipeline history evaluations
        pipeline history runs --json
    """
    root = folder or _output_here().parent
    if folder and not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; name the one that holds the runs")
    rows, evaluations = read_history(root), past_evaluations(root)
    if as_json:
        values = history_values(rows) + evaluation_values(evaluations)
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    if rows:
        click.echo("\n".join(history_lines(rows)))
    if evaluations:
        click.echo("\n".join(evaluation_lines(evaluations)).lstrip("\n"))
    if not rows and not evaluations:
        below = [str(path) for path in sorted(root.glob("*/")) if past_runs(path)][:_MOST_NAMED]
        hint = f"there are runs in {', '.join(below)}" if below else "name the folder above them"
        click.echo(f"{root} holds no run and no evaluation; {hint}", err=True)


@click.command()
@click.argument("run", type=FILE)
def bless(run: Path) -> None:
    """Make a run the baseline that gates compare with.

    Points `baseline`, beside the run, to it. Write `against: runs/baseline` in a gate to compare
    every night with the blessed run; `keep` never removes it.

    \b
    Example usage:
        pipeline bless runs/2026-11-20
    """
    for line in bless_run(run):
        click.echo(line)
