"""`pipeline export`: a run's sentences in one file."""

from pathlib import Path

import click

from pipeline.commands.options import FILE
from pipeline.commands.target import target_format, write_target
from pipeline.deliver.export import WRITER_OF, WRITERS
from pipeline.deliver.rows import export_rows
from pipeline.engine.results import read_run
from pipeline.language.plural import plural


@click.command()
@click.argument("folder", metavar="RUN", type=FILE)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(WRITER_OF)),
    help="Format of the file. Default: the one that the ending of --to names.",
)
@click.option("--to", "path", required=True, type=FILE, help="The file to write; - is stdout.")
def export(folder: Path, file_format: str | None, path: Path) -> None:
    """Write a run's sentences to one file.

    One row per sentence: Chinese, English and what the checks found. For an unfinished run,
    writes the sentences that exist so far.

    \b
    Example usage:
        pipeline export runs/demo --to demo.tsv
        pipeline export runs/demo --format jsonl --to - | head
    """
    wanted = target_format(file_format, path, {writer.suffix: writer.name for writer in WRITERS})
    tables = read_run(folder)
    rows = list(export_rows(tables.articles, tables.translations, tables.scores))
    name = write_target(path, lambda file: WRITER_OF[wanted].write(rows, file))
    click.echo(f"{plural(len(rows), 'sentence')} to {name}", err=True)
