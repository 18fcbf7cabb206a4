"""`pipeline rate`: samples of an evaluation for people to rate."""

from pathlib import Path
from typing import Literal

import click

from pipeline.errors import ConfigError
from pipeline.evaluate.rating.sample import SEED, sample_items
from pipeline.evaluate.rating.write import write_rating


@click.command()
@click.argument("folder", metavar="EVALUATION", type=click.Path(path_type=Path))
@click.option("--output", "-o", required=True, metavar="DIR", help="The folder for the files.")
@click.option(
    "--sentences", default=50, type=click.IntRange(min=1), help="Number of sentences to sample."
)
@click.option(
    "--system", "systems", multiple=True, metavar="NAME", help="Only this system. May be repeated."
)
@click.option(
    "--protocol",
    default="esa",
    type=click.Choice(["esa", "mqm"]),
    help="esa: mark errors and give a score. mqm: mark errors with categories.",
)
@click.option("--seed", default=SEED, help="Another number gives another sample.")
@click.option("--title", default="Translations", help="Heading of the page.")
def rate(
    folder: Path,
    output: str,
    sentences: int,
    systems: tuple[str, ...],
    protocol: Literal["esa", "mqm"],
    seed: int,
    title: str,
) -> None:
    """Sample sentences of an evaluation for people to rate.

    Writes rating.html (a page that works without a network and saves the ratings as a file),
    sheet.xlsx and sheet.csv (for a spreadsheet), pearmut.json (a campaign for Pearmut) and
    key.tsv, which says who translated what. Keep the key from the raters.

    What they send back becomes a metric of the evaluation: put it beside key.tsv, or the files of
    several raters into a folder beside it, and name it under `human` in the config, or with
    --human.

    \b
    Example usage:
        pipeline rate runs/evaluation --sentences 50 --output rating
        pipeline evaluate --config configs/evaluate.yaml --human esa=rating/ratings-ann.jsonl
    """
    items = sample_items(folder, sentences=sentences, systems=systems, seed=seed)
    if not items:
        raise ConfigError(f"{folder}: no sentence to rate")
    for path in write_rating(Path(output), items, title=title, protocol=protocol):
        click.echo(path)
