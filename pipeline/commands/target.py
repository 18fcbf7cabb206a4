"""Where a command writes its output: a file, whose ending names the format, or stdout."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from pipeline.console import write_product

STDOUT = Path("-")


def target_format(file_format: str | None, path: Path, suffixes: Mapping[str, str]) -> str:
    """Return the format that was asked for, or the one whose suffix the file has.

    `suffixes` are those of all formats, with their names. Raises UsageError if neither names a
    format.
    """
    if file_format is not None:
        return file_format
    if path == STDOUT:
        raise click.UsageError(f"--to - needs --format: {', '.join(suffixes.values())}")
    fitting = [suffix for suffix in suffixes if path.name.lower().endswith(suffix)]
    if fitting:
        return suffixes[max(fitting, key=len)]
    suffix = path.suffix.lower()
    reason = f"'{suffix}' is not a known format" if suffix else "the name has no ending"
    endings = ", ".join(suffixes)
    raise click.UsageError(f"--to {path}: {reason}; use one of {endings}, or give --format")


def write_target(path: Path, write: Callable[[Path], None]) -> str:
    """Write a file, or with `-` its bytes to stdout; return the name for a message."""
    if path != STDOUT:
        write(path)
        return str(path)
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / "product"
        write(aside)
        write_product(aside.read_bytes())
    return "stdout"
