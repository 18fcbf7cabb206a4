"""`pipeline doctor`: what this machine has, and what is unsafe on it."""

import sys
from pathlib import Path

import click

from pipeline.commands.config import load_any
from pipeline.commands.options import FILE
from pipeline.config.sections import Config
from pipeline.config.yaml_file import parse_yaml
from pipeline.run.doctor import doctor_lines


@click.command()
@click.option("--config", "-c", "file", type=FILE, help="Also show the models of this config.")
@click.option(
    "--security", is_flag=True, help="Show what is unsafe about the config of a run, instead."
)
def doctor(file: Path | None, security: bool) -> None:
    """Show devices, versions and the models that would run.

    With the config of a run or an evaluation, also prints each model with the device,
    precision and backend it would use.

    With --security, checks the config of a run: permissions of its files, runs and memory,
    secrets in plain text, addresses without encryption, models that run code, are not pinned or
    come from pickles, and programs that others can change. The exit code is 1 if there is a
    problem; a warning may be what you want.

    \b
    Example usage:
        pipeline doctor --config configs/demo.yaml
        pipeline doctor --security --config config.yaml
    """
    config = load_any(file) if file else None
    if not security:
        for line in doctor_lines(config):
            click.echo(line)
        return
    if file is None or not isinstance(config, Config):
        raise click.UsageError("--security needs --config with the config of a run")
    # imported here: a doctor of the machine needs none of it
    from pipeline.run.security import weakness_lines, weaknesses

    raw = parse_yaml(file.read_text(encoding="utf-8"), file)
    found = weaknesses(config, file, raw if isinstance(raw, dict) else {})
    for line in weakness_lines(found):
        click.echo(line)
    sys.exit(any(weakness.level == "problem" for weakness in found))
