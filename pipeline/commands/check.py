"""`pipeline check`: fidelity checks on any pair of parallel text files."""

import sys
from pathlib import Path

import click

from pipeline.input.needed import read_glossary
from pipeline.language.plural import plural
from pipeline.run.check_files import (
    allowed_errors,
    check_files,
    checked_json,
    checked_lines,
    errors,
)

_FILE = click.Path(path_type=Path)


@click.command("check")
@click.option(
    "--source", required=True, type=_FILE, help="The Chinese text, one sentence per line."
)
@click.option(
    "--translation", required=True, type=_FILE, help="The English text with the same lines."
)
@click.option("--glossary", type=_FILE, help="TSV of Chinese terms and the English they must have.")
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", help="Output format."
)
@click.option(
    "--max-errors",
    metavar="N|N%",
    help="Exit with code 4 if more pairs (N), or a larger share of them (N%), have an error.",
)
def check(
    source: Path, translation: Path, glossary: Path | None, output: str, max_errors: str | None
) -> None:
    """Check a translation against its source, line by line.

    Finds lost numbers, names and negations, loops, untranslated Chinese and more, in the
    output of any system. Needs neither a model nor a reference.

    \b
    Example usage:
        pipeline check --source news.zh.txt --translation news.en.txt
        pipeline check --source news.zh.txt --translation news.en.txt --format json --max-errors 3%
    """
    terms = read_glossary(glossary) if glossary else None
    pairs = check_files(source, translation, terms)
    limit = None if max_errors is None else allowed_errors(max_errors, len(pairs))
    for line in [checked_json(pairs)] if output == "json" else checked_lines(pairs):
        click.echo(line)
    if limit is not None and errors(pairs) > limit:
        click.echo(
            f"{errors(pairs)} of {plural(len(pairs), 'pair')} have an error; --max-errors allows "
            f"{max_errors}",
            err=True,
        )
        sys.exit(4)
