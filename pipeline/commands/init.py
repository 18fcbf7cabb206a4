"""`pipeline init`: a starter folder."""

from pathlib import Path

import click

from pipeline.commands.options import FILE
from pipeline.run.starter import make_starter


@click.command()
@click.argument("folder", metavar="DIR", type=FILE)
def init(folder: Path) -> None:
    """Make a starter folder: config, sample page, README.

    DIR must be new or empty.

    \b
    Example usage:
        pipeline init news && cd news && pipeline run
    """
    for file in make_starter(folder):
        click.echo(file)
