"""`pipeline doctor`: what this machine has."""

from pathlib import Path

import click

from pipeline.commands.config import load_any
from pipeline.commands.options import FILE
from pipeline.run.doctor import doctor_lines


@click.command()
@click.option("--config", "-c", "file", type=FILE, help="Also show the models of this config.")
def doctor(file: Path | None) -> None:
    """Show devices, versions and the models that would run.

    With the config of a run or an evaluation, also prints each model with the device,
    precision and backend it would use.

    \b
    Example usage:
        pipeline doctor --config configs/demo.yaml
    """
    for line in doctor_lines(load_any(file) if file else None):
        click.echo(line)
