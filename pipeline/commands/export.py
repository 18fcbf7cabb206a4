"""`pipeline export`: a run's sentences, or its English articles, in one file."""

from pathlib import Path

import click

from pipeline.commands.options import FILE, RUN
from pipeline.commands.target import target_format, write_target
from pipeline.deliver.export import WRITER_OF, WRITERS
from pipeline.deliver.rows import export_rows
from pipeline.engine.results import read_edition, read_run, run_model
from pipeline.language.plural import plural


@click.command()
@click.argument("folder", metavar="RUN", type=RUN)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(WRITER_OF)),
    help="Format of the file. Default: the one that the ending of --to names.",
)
@click.option("--to", "path", required=True, type=FILE, help="The file to write; - is stdout.")
def export(folder: Path, file_format: str | None, path: Path) -> None:
    """Write a run's sentences or articles to one file.

    Files to correct have one row per sentence: xlsx, bilingual (a Word table with comments),
    xliff (1.2, .xlf), xliff2 (2.1, .xliff), po, tmx, tsv, csv, jsonl, parquet. Correct the
    English and bring the file back with `pipeline memory import`. docx, md, html and txt have
    the English articles for readers, with notes where a sentence is in doubt. For an unfinished
    run, writes what exists so far.

    \b
    Example usage:
        pipeline export runs/demo --to demo.xlsx
        pipeline export runs/demo --to demo.bilingual.docx
        pipeline export runs/demo --to demo.docx
        pipeline export runs/demo --format jsonl --to - | head
    """
    wanted = target_format(file_format, path, {writer.suffix: writer.name for writer in WRITERS})
    writer = WRITER_OF[wanted]
    if writer.takes == "articles":
        edition = read_edition(folder)
        count = plural(len(edition.contents), "article")
        name = write_target(path, lambda file: writer.write(edition, file))
    else:
        tables = read_run(folder)
        model = run_model(folder)
        rows = list(export_rows(tables.articles, tables.translations, tables.scores, model))
        count = plural(len(rows), "sentence")
        name = write_target(path, lambda file: writer.write(rows, file))
    click.echo(f"{count} to {name}", err=True)
