"""`pipeline config`: check, show, schema."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from pydantic import BaseModel

from pipeline.config.file import EVALUATION_KEYS, dump_config, load_section, top_keys
from pipeline.config.key_texts import described_schema
from pipeline.config.sections import Config
from pipeline.storage import write_atomically

_FILE = click.Path(path_type=Path)


@click.group()
def config() -> None:
    """Check a config, print it in full, or print its schema."""


@config.command("check")
@click.argument("file", type=_FILE)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one key of the config."
)
def config_check(file: Path, settings: tuple[str, ...]) -> None:
    """List every mistake in a config.

    \b
    Example usage:
        pipeline config check configs/demo.yaml
    """
    load_any(file, settings)
    click.echo(f"{file}: valid")


@config.command("show")
@click.argument("file", type=_FILE)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one key of the config."
)
def config_show(file: Path, settings: tuple[str, ...]) -> None:
    """Print every key of a config, with defaults and absolute paths.

    \b
    Example usage:
        pipeline config show configs/demo.yaml
    """
    click.echo(dump_config(load_any(file, settings, absolute=True)), nl=False)


@config.command("schema")
@click.argument("file", type=_FILE, required=False)
def config_schema(file: Path | None) -> None:
    """Print the JSON schema of a config for your editor.

    Writes to FILE, or to stdout. With it an editor completes keys and shows their
    descriptions.

    \b
    Example usage:
        pipeline config schema yibao.schema.json
    """
    text = json.dumps(described_schema(Config), ensure_ascii=False, indent=2)
    if file is None:
        click.echo(text)
    else:
        write_atomically(file, text + "\n")
        click.echo(f"schema written to {file}", err=True)


def load_any(file: Path, settings: Sequence[str] = (), *, absolute: bool = False) -> BaseModel:
    """Read and check a config of either kind: of an evaluation if it has `sets` or `systems`."""
    if EVALUATION_KEYS & top_keys(file):
        from pipeline.evaluate.config import EvaluationConfig

        return load_section(file, EvaluationConfig, settings, absolute=absolute)
    return load_section(file, Config, settings, absolute=absolute)
