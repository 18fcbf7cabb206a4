"""The commands: parse, call, print. What they do is elsewhere."""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

import pipeline
from models.errors import WeightsError, suggest
from pipeline.commands.check import check
from pipeline.commands.config import config as config_group
from pipeline.commands.config import load_any
from pipeline.commands.evaluate import compare, evaluate
from pipeline.commands.memory import memory
from pipeline.commands.models import models
from pipeline.commands.target import target_format, write_target
from pipeline.commands.verdicts import check_channels, tell_verdicts, verdict_options
from pipeline.config.file import load_config
from pipeline.config.sections import Config
from pipeline.console import guarded_streams, lost_product, unescaped
from pipeline.deliver.export import WRITER_OF, WRITERS, export_rows
from pipeline.engine.journal import Journal, LogFormat, exit_code, failure_text, is_stop
from pipeline.errors import PipelineError
from pipeline.language.plural import plural
from pipeline.run.run import Options, run
from pipeline.signals import MESSAGE, stop_code, stopping

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
            hint = suggest(args[0], self.commands, "see `pipeline --help`")
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
            click.option("--quiet", "-q", is_flag=True, help="Print nothing unless it fails."),
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
    journal = Journal(log_format, 0 if quiet else 2 if verbose else 1)
    options = Options(until=until, limit=limit, fresh=fresh)
    try:
        loaded = _loaded(config, settings, inputs, output)
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
    from pipeline.run.preview import preview, preview_lines

    lines = list(preview_lines(preview(config, options)))
    _warn_of_interruption(Path(config.output))
    for line in lines:
        click.echo(line)


def _warn_of_interruption(folder: Path) -> None:
    from pipeline.engine.manifest import INTERRUPTED, was_interrupted

    if was_interrupted(folder):
        click.echo(f"{folder}: {INTERRUPTED}; run it again to go on", err=True)


def _loaded(
    config: Path, settings: tuple[str, ...], inputs: tuple[str, ...], output: str | None
) -> Config:
    paths: dict[str, Any] = {}
    if inputs:
        paths["input.paths"] = list(inputs)
    if output is not None:
        paths["output"] = output
    return load_config(config, settings, paths)


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

    from pipeline.engine.results import find_article, read_run
    from pipeline.report.outline import print_article_outline, print_outline
    from pipeline.report.terminal import print_article, print_contents

    tables = read_run(folder)
    _warn_of_interruption(folder)
    console = Console(file=unescaped(sys.stdout))
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
    type=click.Choice(list(WRITER_OF)),
    help="What to write, one row per sentence. Without it the ending of --to says it.",
)
@click.option("--to", "path", required=True, type=_FILE, help="The file to write; - is stdout.")
def export(folder: Path, file_format: str | None, path: Path) -> None:
    """Write a run's sentences to one file.

    For an unfinished run, writes the sentences that exist so far.

    \b
    Example usage:
        pipeline export runs/demo --to demo.tsv
        pipeline export runs/demo --format jsonl --to - | head
    """
    from pipeline.engine.results import read_run

    wanted = target_format(file_format, path, {writer.suffix: writer.name for writer in WRITERS})
    tables = read_run(folder)
    rows = list(export_rows(tables.articles, tables.translations, tables.scores))
    name = write_target(path, lambda file: WRITER_OF[wanted].write(rows, file))
    click.echo(f"{plural(len(rows), 'sentence')} to {name}", err=True)


@cli.command()
@click.option("--config", "-c", "file", type=_FILE, help="Say what this config would choose.")
def doctor(file: Path | None) -> None:
    """Say what this machine has and what would be chosen.

    Versions of libraries, devices, and for the config of a run or an evaluation its models.

    \b
    Example usage:
        pipeline doctor --config configs/demo.yaml
    """
    from pipeline.run.doctor import doctor_lines

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
    from pipeline.run.start import make_starter

    for file in make_starter(folder):
        click.echo(file)


for _command in (evaluate, compare, check, config_group, models, memory):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line; turn what a user can mend into lines and an exit code."""
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # one line at the end, not one a retry
    with guarded_streams(), stopping():
        code = _called()
    if stop_code() is not None:
        os._exit(code)  # the streams are flushed; a thread that still translates is not waited for
    sys.exit(code)


def _called() -> int:
    """Call the command and return the exit code."""
    try:
        code = cli.main(standalone_mode=False)
        reason = lost_product()
        if code or reason is None:
            return code if isinstance(code, int) else 0
        click.echo(f"Error: stdout: cannot be written: {reason}", err=True)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it ends with a line and a code
        return _say_error(error)


def _say_error(error: BaseException) -> int:
    """Say on stderr what ended the command, and return its exit code."""
    if is_stop(error) or isinstance(error, click.Abort):
        click.echo(MESSAGE, err=True)
        return stop_code() or 130
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if not isinstance(error, PipelineError | WeightsError):
        traceback.print_exception(error)
        click.echo(f"Error: {failure_text(error)}; this is a fault of Yibao", err=True)
        return 1
    for line in str(error).split("\n"):
        click.echo(f"Error: {line}", err=True)
    return exit_code(error)
