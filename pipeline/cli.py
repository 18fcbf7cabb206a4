"""The command line: find the command, call it, turn its errors into lines and an exit code."""

import importlib
import os
import shlex
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

import pipeline
from models.errors import suggest
from pipeline.console import guarded_streams, lost_product
from pipeline.exit_codes import error_code, failure_text, is_foreseen, is_stop
from pipeline.signals import MESSAGE, leaving_at_once, stop_code, stopping

# Command: where it is (module of pipeline.commands, attribute), and its line in `pipeline --help`.
COMMANDS = {
    "bless": ("nights:bless", "Make a run the baseline that gates compare with."),
    "check": ("check:check", "Check a translation against its source, line by line."),
    "compare": ("evaluate:compare", "Compare B with A: what is better, what is worse?"),
    "config": ("config:config", "Check a config, print it in full, or print its schema."),
    "doctor": ("doctor:doctor", "Show devices, versions and the models that would run."),
    "evaluate": ("evaluate:evaluate", "Score systems on test sets and rank them."),
    "export": ("export:export", "Write a run's sentences or articles to one file."),
    "glossary": ("glossary:glossary", "Propose a glossary of an input, and approve it."),
    "history": (
        "nights:history",
        "Show all runs and evaluations of a folder, and the trend of each figure.",
    ),
    "init": ("init:init", "Make a starter folder: config, sample page, README."),
    "memory": ("memory:memory", "Inspect, correct or prune the translation memory."),
    "models": ("models:models", "List, show, fetch or check models."),
    "plan": ("run:plan", "Show what a run would make, and make nothing."),
    "rate": ("rate:rate", "Sample sentences of an evaluation for people to rate."),
    "report": ("run:report", "Run up to report, as `run --until report` does."),
    "run": ("run:run_command", "Make whatever is missing, up to the report."),
    "score": ("run:score", "Run up to score, as `run --until score` does."),
    "segment": ("run:segment", "Run up to segment, as `run --until segment` does."),
    "show": ("show:show", "Show a run's articles, or one article in full."),
    "status": ("nights:status", "Show how far a run is: stages, speed, time left, failures."),
    "summarize": ("run:summarize", "Run up to summarize, as `run --until summarize` does."),
    "translate": ("run:translate", "Run up to translate, as `run --until translate` does."),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called; `run` is the default command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none with this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        with leaving_at_once():
            command = getattr(importlib.import_module(f"pipeline.commands.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"pipeline.commands.{module}.{attribute} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short_help) for name, (_, short_help) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `pipeline --config FILE` as `pipeline run --config FILE`."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the one that was probably meant."""
        if args[0] not in COMMANDS:
            otherwise = "see `pipeline --help`"
            if Path(args[0]).exists():
                otherwise = f"to translate it: pipeline run {shlex.quote(args[0])}"
            hint = suggest(args[0], COMMANDS, otherwise=otherwise)
            raise click.UsageError(f"no command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(pipeline.__version__, prog_name="yibao")
def cli() -> None:
    """Turn Chinese newspaper pages into English that an editor can check.

    Name the pages to translate, or a YAML file (--config) with input, models and device.

    \b
    Example usage:
        pipeline run page.txt
        pipeline init news && cd news
        pipeline run
        pipeline show runs/first
    """


def main() -> NoReturn:
    """Run the command line and exit with its code; print errors as lines."""
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # one line at the end, not one per retry
    with guarded_streams(), stopping():
        code = _call()
    if stop_code() is not None:
        os._exit(code)  # streams are flushed; do not wait for a thread that still translates
    sys.exit(code)


def _call() -> int:
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
    except BaseException as error:  # noqa: BLE001 - every error ends with a line and a code
        return _print_error(error)


def _print_error(error: BaseException) -> int:
    """Print on stderr what ended the command, and return its exit code."""
    if is_stop(error) or isinstance(error, click.Abort):
        click.echo(MESSAGE, err=True)
        return stop_code() or 130
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if not is_foreseen(error):
        traceback.print_exception(error)
        click.echo(f"Error: {failure_text(error)}; this is a bug in Yibao", err=True)
        return 1
    for line in failure_text(error).split("\n"):
        click.echo(f"Error: {line}", err=True)
    return error_code(error)
