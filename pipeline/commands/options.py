"""Options that several commands share, the same for each of them."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.bucket import open_run
from pipeline.config.default_output import base_of, default_output
from pipeline.config.file import EVALUATION_KEYS, load_config, top_keys
from pipeline.config.sections import BUNDLED_GLOSSARY, Config
from pipeline.storage import followed

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


class _RunFolder(click.ParamType[Path]):
    """A run folder, or the address of one in a bucket, of which the small files are fetched."""

    name = "run"

    def convert(self, value: str | Path, param: object, ctx: object) -> Path:  # noqa: ARG002
        """Return the folder on this machine; `latest` may be a text file that names it."""
        return followed(open_run(str(value)))


RUN = _RunFolder()
CONFIG_NAMES = ("config.yaml", "config.yml")
"""Files of the current folder that a run uses if no config is named."""

_NO_INPUT = (
    "no input; name a page (`pipeline run page.txt`) or a config (`pipeline run --config FILE`); "
    "`pipeline init DIR` makes a folder with both"
)


def repeated(name: str, parameter: str, metavar: str, text: str) -> Callable[[Command], Command]:
    """Return an option that may be given several times; its help says so."""
    text = f"{text} May be repeated."
    return click.option(name, parameter, multiple=True, metavar=metavar, help=text)


def config_options(command: Command) -> Command:
    """Add the options of every command that reads the config of a run."""
    return _with_options(
        command,
        click.argument("files", nargs=-1, metavar="[INPUT]..."),
        click.option(
            "--config",
            "-c",
            type=FILE,
            help="The YAML file. Default: config.yaml in the current folder, if there is one.",
        ),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="KEY=VALUE",
            help="Change one key of the config, e.g. --set translate.model.beams=1.",
        ),
        repeated("--input", "inputs", "PATH", "Read PATH instead of input.paths, like INPUT."),
        click.option(
            "--output",
            metavar="DIR",
            help="The run folder. Default: output in the config, else a folder beside INPUT.",
        ),
        click.option(
            "--model",
            metavar="NAME",
            help="Translate with this model: a name from `pipeline models list`, or a folder.",
        ),
        click.option("--limit", type=click.IntRange(min=1), help="Read only N documents."),
        click.option(
            "--date",
            "day",
            callback=read_day,
            metavar="YYYY-MM-DD",
            help="The date of {date} in output and input.paths. Default: today, in local time.",
        ),
    )


def read_day(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> datetime | None:
    """Return the day of `--date`. Raises BadParameter."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        raise click.BadParameter(
            f"'{value}' is not a day; write YYYY-MM-DD, such as 2026-11-28"
        ) from None


def read_worker(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    """Return the numbers of `--worker I/N`. Raises BadParameter."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", value)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise click.BadParameter("write I/N with I from 1 to N, such as 2/4")
    return int(match[1]), int(match[2])


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
    files: tuple[str, ...],
    config: Path | None,
    settings: tuple[str, ...],
    inputs: tuple[str, ...],
    output: str | None,
    model: str | None,
    say: Callable[[str], None],
    day: datetime | None = None,
) -> Config:
    """Read the config that `config_options` name, or make one for the files they name.

    `say` gets a line if the config is the one in the current folder. Raises UsageError if there
    is neither a config nor an input, or if a config is named as an input.
    """
    named = list(dict.fromkeys([*files, *inputs]))
    for name in named:
        if name.endswith((".yaml", ".yml")):
            raise click.UsageError(f"{name} is a config, not a page; write --config {name}")
    path = config or _config_here(bool(named), say)
    if path is None and not named:
        raise click.UsageError(_NO_INPUT)
    values: dict[str, Any] = {"input.paths": named} if named else {}
    if output is not None:
        values["output"] = output
    if model is not None:
        settings = (f"translate.model={_model_settings(model)}", *settings)
    elif path is None:  # the bundled model reads traditional characters badly
        settings = ("segment.convert_to=auto", *settings)
    date = day.date() if day else None
    if path is None:
        settings = (f"translate.glossary={BUNDLED_GLOSSARY}", *settings)
    if path is not None and not files:
        return load_config(path, settings, values, day=date)
    loaded = load_config(path, settings, values, default_output(named), date)
    loaded.input.bases.update(base_of(named))
    return loaded


def _config_here(has_input: bool, say: Callable[[str], None]) -> Path | None:
    """Return the config of a run in the current folder; None if there is none.

    A file that belongs to another program, or to an evaluation, is passed over if there is input.
    """
    path = next((path for name in CONFIG_NAMES if (path := Path(name)).is_file()), None)
    if path is None:
        return None
    keys = top_keys(path)
    if has_input and (EVALUATION_KEYS & keys or not Config.model_fields.keys() & keys):
        say(f"config     {path} is not the config of a run; using the defaults")
        return None
    say(f"config     {path} (in the current folder)")
    return path


def _model_settings(name: str) -> str:
    # imported here: it knows every kind of checkpoint, and few runs name a model
    from models.installed import translator_settings

    return json.dumps(translator_settings(name), ensure_ascii=False)
