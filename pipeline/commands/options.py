"""Options that several commands share, the same for each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.config.file import load_config
from pipeline.config.sections import Config

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def config_options(command: Command) -> Command:
    """Add the options of every command that reads the config of a run."""
    return _with_options(
        command,
        click.option("--config", "-c", type=FILE, required=True, help="The YAML file."),
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
            help="Read PATH instead of input.paths. May be repeated.",
        ),
        click.option("--output", metavar="DIR", help="The run folder, instead of output."),
        click.option("--limit", type=click.IntRange(min=1), help="Read only N documents."),
    )


def run_options(command: Command) -> Command:
    """Add the options of every command that makes something."""
    return _with_options(
        command,
        click.option("--fresh", is_flag=True, help="Make everything again and reuse no results."),
        click.option("--dry-run", is_flag=True, help="Only show what would be made."),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            help="Format of the messages on stderr.",
        ),
        click.option("--quiet", "-q", is_flag=True, help="Print only errors."),
        click.option("--verbose", "-v", is_flag=True, help="Print every step."),
    )


def place_options(command: Command) -> Command:
    """Add the options that name a translation memory."""
    return _with_options(
        command,
        click.option("--config", "-c", type=FILE, help="Use the memory of this config's run."),
        click.option(
            "--memory",
            "-m",
            "path",
            type=FILE,
            metavar="PATH",
            help="A memory file or a run folder, instead of --config.",
        ),
    )


def verdict_options(what: str) -> Callable[[Command], Command]:
    """Add `--junit` and `--github` to a command; `what` names the verdicts in their help."""

    def add(command: Command) -> Command:
        return _with_options(
            command,
            click.option("--junit", type=FILE, help=f"Write {what} to a file as JUnit XML."),
            click.option("--github", is_flag=True, help=f"Print {what} for GitHub Actions."),
        )

    return add


def _with_options(command: Command, *options: Callable[[Command], Command]) -> Command:
    """Add options to a command; its help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def read_config(
    config: Path, settings: tuple[str, ...], inputs: tuple[str, ...], output: str | None
) -> Config:
    """Read the config that `config_options` name."""
    paths: dict[str, Any] = {}
    if inputs:
        paths["input.paths"] = list(inputs)
    if output is not None:
        paths["output"] = output
    return load_config(config, settings, paths)
