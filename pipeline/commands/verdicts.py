"""`--junit` and `--github`: the verdicts of a gate for machines, the same for every command."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.errors import ConfigError
from pipeline.evaluate.verdict import GateVerdict

Command = TypeVar("Command", bound=Callable[..., Any])


def verdict_options(what: str) -> Callable[[Command], Command]:
    """Add both options to a command; `what` names the verdicts in their help."""

    def added(command: Command) -> Command:
        file = click.Path(path_type=Path)
        github = click.option("--github", is_flag=True, help=f"Print {what} for GitHub Actions.")
        return click.option("--junit", type=file, help=f"Write {what} as JUnit XML.")(
            github(command)
        )

    return added


def check_channels(junit: Path | None, github: bool, *, has_gate: bool) -> None:
    """Raise ConfigError, before any work, where there will be nothing to tell."""
    if (junit or github) and not has_gate:
        raise ConfigError("--junit, --github: there is no gate to tell of")


def tell_verdicts(
    verdicts: Sequence[GateVerdict], junit: Path | None, github: bool, suite: str
) -> None:
    """Write the file and print the annotations that were asked for."""
    from pipeline.evaluate.render.junit import github_annotations, junit_xml
    from pipeline.storage import write_atomically

    if junit is not None:
        write_atomically(junit, junit_xml(verdicts, suite=suite))
    if github:
        for line in github_annotations(verdicts):
            click.echo(line)
