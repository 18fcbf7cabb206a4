"""`pipeline glossary`: propose the terms of an input, approve them for a run."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import FILE, config_options, read_config
from pipeline.deliver.export import csv_text
from pipeline.errors import ConfigError
from pipeline.input.row_problems import alike, failure_line
from pipeline.language.plural import plural
from pipeline.run.approve_terms import approve
from pipeline.run.propose_terms import COLUMNS, KINDS, proposal_row, propose
from pipeline.storage import write_atomically


@click.group()
def glossary() -> None:
    """Propose a glossary of an input, and approve it.

    \b
    Example usage:
        pipeline glossary propose page.txt --to glossary.csv
        pipeline glossary approve glossary.csv
        pipeline run page.txt --set translate.glossary=glossary.tsv
    """


@glossary.command("propose")
@config_options
@click.option("--to", "path", required=True, type=FILE, help="The CSV table to write.")
@click.option(
    "--least",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    help="Propose a term that occurs this often. Names need occur only once.",
)
@click.option("--replace", "replaces", is_flag=True, help="Write over an existing table.")
def glossary_propose(
    path: Path, least: int, replaces: bool, limit: int | None, **choice: Any
) -> None:
    """Write an input's names and terms to a table.

    Terms are words in a row that recur, and what recurs in quotation marks. The English is from
    the tables of places, organisations and people, else by pinyin, else the model's. Correct
    the column en in a spreadsheet, and write yes into ok where it is right. Terms of the
    config's glossary are left out.

    \b
    Example usage:
        pipeline glossary propose page.txt --to glossary.csv
        pipeline glossary propose --config configs/demo.yaml --to glossary.csv --least 5
    """
    _refuse_existing(path, replaces)
    config = read_config(**choice, say=partial(click.echo, err=True))
    found = propose(config, limit, least)
    write_atomically(path, csv_text(COLUMNS, map(proposal_row, found.terms)))
    for group in alike(found.unread):
        click.echo(failure_line(group), err=True)
    counts = Counter(term.kind for term in found.terms)
    kinds = ", ".join(plural(counts[kind], kind) for kind in KINDS if counts[kind])
    click.echo(f"{kinds or 'no new terms'} to {path}")
    if found.known:
        click.echo(f"{plural(found.known, 'more term')} in the glossary already")
    click.echo(
        f"Next: open {path} in a spreadsheet; correct the column en, write yes into ok for each "
        f"row that is right; then: pipeline glossary approve {path}",
        err=True,
    )


@glossary.command("approve")
@click.argument("table", type=FILE)
@click.option("--to", "path", type=FILE, help="The glossary to write. Default: TABLE as .tsv.")
@click.option("--all", "every", is_flag=True, help="Approve every row but those with no in ok.")
@click.option("--replace", "replaces", is_flag=True, help="Write over an existing glossary.")
def glossary_approve(table: Path, path: Path | None, every: bool, replaces: bool) -> None:
    """Write a proposal's approved rows as a glossary.

    A row is approved if ok says yes or its English was changed. If a row is unusable, prints
    each of them and writes nothing.

    \b
    Example usage:
        pipeline glossary approve glossary.csv
        pipeline glossary approve glossary.csv --to terms.tsv --replace
    """
    path = path or table.with_suffix(".tsv")
    _refuse_existing(path, replaces)
    approved = approve(table, every=every)
    write_atomically(path, approved.lines)
    left = (
        f"; {plural(approved.left_out, 'row')} left out, not approved" if approved.left_out else ""
    )
    click.echo(f"{plural(approved.terms, 'term')} to {path}{left}")
    click.echo(
        f"Next: write `glossary: {path}` under `translate:` in the config, or run with "
        f"--set translate.glossary={path}",
        err=True,
    )


def _refuse_existing(path: Path, replaces: bool) -> None:
    if path.exists() and not replaces:
        raise ConfigError(f"{path}: exists; name another file, or add --replace to write over it")
