"""The warning that a run folder belongs to an interrupted run."""

from pathlib import Path

import click

from pipeline.engine.manifest import INTERRUPTED, was_interrupted


def warn_of_interruption(folder: Path) -> None:
    """Print a warning on stderr if the run in `folder` was interrupted."""
    if was_interrupted(folder):
        click.echo(f"{folder}: {INTERRUPTED}; run it again to continue", err=True)
