"""`pipeline show`: a run in the terminal."""

import sys
from pathlib import Path

import click
from rich.console import Console

from pipeline.commands.interrupted import warn_of_interruption
from pipeline.console import unescaped
from pipeline.engine.results import find_article, read_run
from pipeline.report.outline import print_article_outline, print_outline
from pipeline.report.terminal import print_article, print_contents


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("article", required=False)
def show(folder: Path, article: str | None) -> None:
    """Show a run's articles, or one article in full.

    An article is shown with its translation, summaries and warnings. If the run has no
    translations yet, shows a tree of articles and blocks; for one article, its sentences
    with their positions in the source.

    \b
    Example usage:
        pipeline show runs/demo
        pipeline show runs/demo jinshan-2023-03-05.2
    """
    tables = read_run(folder)
    warn_of_interruption(folder)
    console = Console(file=unescaped(sys.stdout))
    if not tables.translations:
        if article is None:
            print_outline(console, tables.articles)
        else:
            print_article_outline(console, find_article(tables, folder, article)[0])
        return
    if article is None:
        print_contents(console, tables.articles, tables.translations, tables.scores)
        return
    print_article(console, *find_article(tables, folder, article))
