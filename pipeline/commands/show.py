"""`pipeline show`: a run in the terminal."""

import sys
from pathlib import Path

import click
from rich.console import Console

from pipeline.commands.interrupted import warn_of_interruption
from pipeline.commands.options import RUN
from pipeline.console import unescaped
from pipeline.engine.intake import read_accounts
from pipeline.engine.results import find_article, read_run
from pipeline.report.outline import print_article_outline, print_outline
from pipeline.report.sources import print_sources
from pipeline.report.terminal import print_article, print_contents


@click.command()
@click.argument("folder", metavar="RUN", type=RUN)
@click.argument("article", required=False)
@click.option(
    "--source", is_flag=True, help="Show the text of each input file that was not read, and why."
)
def show(folder: Path, article: str | None, source: bool) -> None:
    """Show a run's articles, or one article in full.

    An article is shown with its translation, summaries and warnings. If the run has no
    translations yet, shows a tree of articles and blocks; for one article, its sentences
    with their positions in the source.

    With --source, shows for each input file how many characters were read, set aside and
    lost, and lists what was set aside: where it is, why, and its text. Lines that were left
    in Chinese (page numbers, credits) follow.

    \b
    Example usage:
        pipeline show runs/demo
        pipeline show runs/demo jinshan-2023-03-05.2
        pipeline show runs/demo --source
    """
    tables = read_run(folder)
    warn_of_interruption(folder)
    console = Console(file=unescaped(sys.stdout))
    if source:
        shown = [find_article(tables, folder, article)[0]] if article else tables.articles
        print_sources(console, read_accounts(folder), shown, tables.translations)
        return
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
