"""What `--junit` and `--github` do: write a gate's verdicts for other programs."""

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.errors import ConfigError
from pipeline.evaluate.verdict import GateVerdict
from pipeline.storage import write_atomically


def check_channels(junit: Path | None, github: bool, *, has_gate: bool) -> None:
    """Raise ConfigError, before any work, if there will be no verdicts to write."""
    if (junit or github) and not has_gate:
        raise ConfigError(
            "--junit and --github need a gate: set `gate` in the config, or --max-drop for "
            "`pipeline compare`"
        )


def write_verdicts(
    verdicts: Sequence[GateVerdict], junit: Path | None, github: bool, suite: str
) -> None:
    """Write the JUnit file and print the annotations, if they were asked for."""
    if not junit and not github:
        return
    from pipeline.evaluate.render.junit import github_annotations, junit_xml

    if junit is not None:
        write_atomically(junit, junit_xml(verdicts, suite=suite))
    if github:
        for line in github_annotations(verdicts):
            click.echo(line)
