"""`pipeline check`: fidelity checks on any pair of parallel text files."""

import sys
from pathlib import Path

import click

from models.runtime.device import available_threads
from pipeline.input.needed import read_glossary
from pipeline.language.plural import plural
from pipeline.run.check_files import (
    Texts,
    allowed_errors,
    check_texts,
    checked_json,
    checked_lines,
    cleaned,
    errors,
    explained_lines,
    read_table,
    read_texts,
    warnings,
)

_FILE = click.Path(path_type=Path)


@click.command("check")
@click.argument("table", metavar="[TABLE]", required=False, type=_FILE)
@click.option("--source", type=_FILE, help="The Chinese text, one sentence per line.")
@click.option("--translation", type=_FILE, help="The English text with the same lines.")
@click.option(
    "--glossary", type=_FILE, help="Chinese terms and their English: TSV, CSV, XLSX or TBX."
)
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", help="Output format."
)
@click.option(
    "--clean", is_flag=True, help="Unescape HTML entities, remove stray blanks and marks first."
)
@click.option(
    "--max-errors",
    metavar="N|N%",
    help="Exit with code 4 if more pairs (N), or a larger share of them (N%), have an error.",
)
@click.option(
    "--explain", metavar="CHECK", help="Print what a check knows and what it does not, and exit."
)
def check(
    table: Path | None,
    source: Path | None,
    translation: Path | None,
    glossary: Path | None,
    output: str,
    clean: bool,
    max_errors: str | None,
    explain: str | None,
) -> None:
    """Check a translation against its source, line by line.

    Finds lost numbers, names and negations, loops, untranslated Chinese and more, in the
    output of any system. Needs neither a model nor a reference.

    TABLE holds both texts: TSV, CSV, XLSX or JSON Lines with the columns zh and en, TMX, XLIFF
    or PO.
    If some of its rows cannot be read, prints each of them, checks the others and exits with
    code 3.

    \b
    Example usage:
        pipeline check --source news.zh.txt --translation news.en.txt
        pipeline check news.tmx --format json --max-errors 3%
        pipeline check --explain numbers
    """
    if explain:
        for line in explained_lines(explain):
            click.echo(line)
        return
    texts = _texts(table, source, translation)
    for problem in texts.problems:
        click.echo(problem, err=True)
    for line in (*texts.notices, *(() if clean else warnings(texts))):
        click.echo(f"warning: {line}", err=True)
    texts = cleaned(texts) if clean else texts
    terms = read_glossary(glossary) if glossary else None
    pairs = check_texts(texts, terms, processes=available_threads())
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
    sys.exit(3 if texts.problems else 0)


def _texts(table: Path | None, source: Path | None, translation: Path | None) -> Texts:
    if table and not source and not translation:
        return read_table(table)
    if source and translation and not table:
        return read_texts(source, translation)
    raise click.UsageError("give --source and --translation, or one TABLE with both")
