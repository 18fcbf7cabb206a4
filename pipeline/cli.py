"""The commands: parse, call, print. What they do is elsewhere."""

import difflib
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

import pipeline
from models.errors import WeightsError
from pipeline.commands.check import check
from pipeline.commands.config import config as config_group
from pipeline.commands.config import load_any
from pipeline.commands.evaluate import compare, evaluate
from pipeline.commands.memory import memory
from pipeline.commands.models import models
from pipeline.commands.verdicts import check_channels, tell_verdicts, verdict_options
from pipeline.config import Config
from pipeline.configfile import load_config
from pipeline.errors import PipelineError
from pipeline.journal import Journal, LogFormat
from pipeline.run import Options, run

Command = TypeVar("Command", bound=Callable[..., Any])

_STAGES = ("segment", "translate", "summarize", "score", "report")
_FILE = click.Path(path_type=Path)


class RunByDefault(click.Group):
    """`pipeline --config FILE` is `pipeline run --config FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of options that stand where a command should."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        if args[0] not in self.commands:
            close = difflib.get_close_matches(args[0], self.commands, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "see `pipeline --help`"
            raise click.UsageError(f"no command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=RunByDefault,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(pipeline.__version__, prog_name="yibao")
def cli() -> None:
    """Turn Chinese newspaper pages into English that an editor can check.

    One YAML file says what to read, which models run and on which device.

    \b
    Example usage:
        pipeline init news && cd news
        pipeline run --config config.yaml
        pipeline show runs/news
    """


def _config_options(command: Command) -> Command:
    """Add the options of every command that reads a config."""
    for option in reversed(
        (
            click.option("--config", "-c", type=_FILE, required=True, help="The YAML file."),
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="KEY=VALUE",
                help="Change one key of the config, e.g. --set translate.model.beams=1.",
            ),
            click.option(
                "--input",
                "inputs",
                multiple=True,
                metavar="PATH",
                help="Read this instead of input.paths; may be given several times.",
            ),
            click.option("--output", metavar="DIR", help="The run folder, instead of output."),
            click.option("--limit", type=click.IntRange(min=1), help="Read only N documents."),
        )
    ):
        command = option(command)
    return command


def _run_options(command: Command) -> Command:
    """Add the options of every command that makes something."""
    for option in reversed(
        (
            click.option("--fresh", is_flag=True, help="Make everything again, reuse nothing."),
            click.option("--dry-run", is_flag=True, help="Only show what would be made."),
            click.option(
                "--log-format",
                type=click.Choice(["text", "json"]),
                default="text",
                help="Form of the lines on stderr.",
            ),
            click.option("--quiet", "-q", is_flag=True, help="Say only what went wrong."),
            click.option("--verbose", "-v", is_flag=True, help="Say every step."),
        )
    ):
        command = option(command)
    return command


@cli.command("run")
@_config_options
@click.option("--until", type=click.Choice(_STAGES), default="report", help="Stop after a stage.")
@_run_options
@verdict_options("the gate's verdicts")
def run_command(until: str, junit: Path | None, github: bool, **options: Any) -> None:
    """Make whatever is missing, up to the report.

    That is articles, translations, summaries and scores. Finished work is never repeated;
    stop it at any time and run it again.

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
    loaded = _loaded(config, settings, inputs, output)
    options = Options(until=until, limit=limit, fresh=fresh)
    check_channels(junit, github, has_gate=bool(loaded.gate) and until == "report")
    if dry_run:
        _print_plan(loaded, options)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    journal = Journal(log_format, 0 if quiet else 2 if verbose else 1)
    outcome = run(loaded, options, journal)
    for file in outcome.report_files:
        click.echo(file)
    tell_verdicts(outcome.verdicts, junit, github, "pipeline run")
    sys.exit(outcome.exit_code)


def _stage_command(name: str) -> click.Command:
    @click.command(name, help=f"Run up to {name}, as `pipeline run --until {name}` does.")
    @_config_options
    @_run_options
    def command(**options: Any) -> None:
        _run_until(name, **options)

    return command


for _name in _STAGES:
    cli.add_command(_stage_command(_name))


@cli.command()
@_config_options
def plan(
    config: Path,
    settings: tuple[str, ...],
    inputs: tuple[str, ...],
    output: str | None,
    limit: int | None,
) -> None:
    """Show what is there and what would be made. Loads no model, writes nothing.

    \b
    Example usage:
        pipeline plan --config configs/demo.yaml
    """
    _print_plan(_loaded(config, settings, inputs, output), Options(limit=limit))


def _print_plan(config: Config, options: Options) -> None:
    from pipeline.preview import preview, preview_lines

    for line in preview_lines(preview(config, options)):
        click.echo(line)


def _loaded(
    config: Path, settings: tuple[str, ...], inputs: tuple[str, ...], output: str | None
) -> Config:
    changes = list(settings)
    if inputs:
        changes.append(f"input.paths={json.dumps(inputs)}")
    if output is not None:
        changes.append(f"output={json.dumps(output)}")
    return load_config(config, changes)


@cli.command()
@click.argument("folder", metavar="RUN", type=_FILE)
@click.argument("article", required=False)
def show(folder: Path, article: str | None) -> None:
    """Show a run's articles, or one beside its translation.

    Of one article also summaries and warnings are shown. As long as nothing is translated, a
    tree: articles and blocks, or sentences with places.

    \b
    Example usage:
        pipeline show runs/demo
        pipeline show runs/demo jinshan-2023-03-05.2
    """
    from rich.console import Console

    from pipeline.browse import find_article, read_run
    from pipeline.formats.outline import print_article_outline, print_outline
    from pipeline.formats.terminal import print_article, print_contents

    tables = read_run(folder)
    console = Console()
    if not tables.translations:
        if article is None:
            print_outline(console, tables.articles)
        else:
            print_article_outline(console, find_article(tables, folder, article)[0])
        return
    if article is None:
        print_contents(console, tables.articles, tables.translations, tables.scores)
        return
    print_article(console, *find_article(tables, folder, article))


@cli.command()
@click.argument("folder", metavar="RUN", type=_FILE)
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(["tsv", "csv", "jsonl", "parquet", "tmx"]),
    help="What to write: one row per sentence.",
)
@click.option("--to", "path", required=True, type=_FILE, help="The file to write.")
def export(folder: Path, file_format: str, path: Path) -> None:
    """Write a run's sentences to one file.

    Of a run that is not finished, as far as it has come.

    \b
    Example usage:
        pipeline export runs/demo --format tsv --to demo.tsv
    """
    from pipeline.browse import read_run
    from pipeline.formats.export import export_rows, write_export

    tables = read_run(folder)
    rows = list(export_rows(tables.articles, tables.translations, tables.scores))
    write_export(rows, path, file_format)
    click.echo(f"{len(rows)} sentences to {path}", err=True)


@cli.command()
@click.option("--config", "-c", "file", type=_FILE, help="Say what this config would choose.")
def doctor(file: Path | None) -> None:
    """Say what this machine has and what would be chosen.

    Versions of libraries, devices, and for the config of a run or an evaluation its models.

    \b
    Example usage:
        pipeline doctor --config configs/demo.yaml
    """
    from pipeline.doctor import doctor_lines

    for line in doctor_lines(load_any(file) if file else None):
        click.echo(line)


@cli.command()
@click.argument("folder", metavar="DIR", type=_FILE)
def init(folder: Path) -> None:
    """Make a starter folder: config, sample page, README.

    \b
    Example usage:
        pipeline init news && cd news && pipeline run --config config.yaml
    """
    from pipeline.starter import make_starter

    for file in make_starter(folder):
        click.echo(file)


for _command in (evaluate, compare, check, config_group, models, memory):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line; turn what a user can mend into lines and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except (PipelineError, WeightsError) as error:
        for line in str(error).splitlines():
            click.echo(f"Error: {line}", err=True)
        sys.exit(error.exit_code if isinstance(error, PipelineError) else 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was finished stays, run it again to go on", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `pipeline show … | head` is no mistake
        sys.stderr.close()
        sys.exit(0)
