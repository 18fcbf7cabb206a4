"""`pipeline memory`: stats, export, import, forget, prune."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.commands.target import target_format, write_target
from pipeline.config.file import load_config
from pipeline.errors import ConfigError
from pipeline.language.plural import plural
from pipeline.memory.maintenance import entries, prune, size_text, stats_lines, write_entries
from pipeline.run.import_corrections import (
    Place,
    config_place,
    forget,
    import_file,
    import_lines,
    path_place,
)

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)
_EXPORTS = {".tsv": "tsv", ".tmx": "tmx"}


def _place_options(command: Command) -> Command:
    """Add the options that say which memory is meant."""
    for option in reversed(
        (
            click.option("--config", "-c", type=_FILE, help="The memory of this config's run."),
            click.option(
                "--memory",
                "-m",
                "path",
                type=_FILE,
                metavar="PATH",
                help="A memory file, or a run folder; instead of --config.",
            ),
        )
    ):
        command = option(command)
    return command


def _place(config: Path | None, path: Path | None) -> Place:
    if (config is None) == (path is None):
        raise click.UsageError("which memory? Give --config FILE or --memory PATH")
    return config_place(load_config(config)) if config else path_place(Path(str(path)))


@click.group()
def memory() -> None:
    """Look into the translation memory, correct it, clear it.

    An editor's corrections win over every model, in every run from then on.

    \b
    Example usage:
        pipeline export runs/demo --format csv --to demo.csv
        pipeline memory import demo.csv --config configs/demo.yaml
        pipeline run --config configs/demo.yaml
    """


@memory.command("stats")
@_place_options
def memory_stats(config: Path | None, path: Path | None) -> None:
    """Show what is in the memory: sentences by model, size, age.

    \b
    Example usage:
        pipeline memory stats --config configs/demo.yaml
        pipeline memory stats --memory runs/memory.sqlite
    """
    for line in stats_lines(_place(config, path).memory):
        click.echo(line)


@memory.command("export")
@_place_options
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(_EXPORTS.values())),
    help="What to write. Without it the ending of --to says it.",
)
@click.option("--to", "target", required=True, type=_FILE, help="The file to write; - is stdout.")
@click.option("--model", help="Only this model: its name, its key, or `editor`.")
def memory_export(
    config: Path | None,
    path: Path | None,
    file_format: str | None,
    target: Path,
    model: str | None,
) -> None:
    """Write the sentence pairs of the memory to one file.

    \b
    Example usage:
        pipeline memory export --config configs/demo.yaml --to memory.tmx
        pipeline memory export --memory runs/demo --model editor --to corrections.tsv
    """
    wanted = target_format(file_format, target, _EXPORTS)
    pairs = entries(_place(config, path).memory, model)
    name = write_target(target, lambda file: write_entries(pairs, file, wanted))
    click.echo(f"{plural(len(pairs), 'sentence pair')} to {name}", err=True)


@memory.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@_place_options
@click.option("--encoding", default="auto", help="Encoding of a table; otherwise it is found.")
@click.option("--all", "every", is_flag=True, help="Take every row, changed or not.")
@click.option("--dry-run", is_flag=True, help="Show the corrections, take none.")
def memory_import(
    files: tuple[Path, ...],
    config: Path | None,
    path: Path | None,
    encoding: str,
    every: bool,
    dry_run: bool,
) -> None:
    """Take corrections from TSV, CSV, TMX or JSON Lines.

    FILE is what `pipeline export` wrote, changed by an editor in a spreadsheet or a
    translator's tool. Rows that say what the run says are left alone. Rows that cannot be
    used are named, the others are taken, and the exit code is 3.

    \b
    Example usage:
        pipeline memory import demo.csv --config configs/demo.yaml --dry-run
        pipeline memory import demo.csv --config configs/demo.yaml
        pipeline memory import agency.tmx --memory runs/memory.sqlite --all
    """
    place = _place(config, path)
    problems = 0
    for file in files:
        result = import_file(file, place, encoding=encoding, every=every, dry_run=dry_run)
        for problem in result.problems:
            click.echo(problem, err=True)
        for line in import_lines(result, show=dry_run):
            click.echo(line)
        problems += len(result.problems)
        if result.corrections and not dry_run:
            click.echo(f"in {place.memory}; the next run uses them", err=True)
    sys.exit(3 if problems else 0)


@memory.command("forget")
@click.argument("sentences", metavar="CHINESE...", nargs=-1, required=True)
@_place_options
def memory_forget(sentences: tuple[str, ...], config: Path | None, path: Path | None) -> None:
    """Take back an editor's corrections of sentences.

    CHINESE is a whole sentence, with or without its spaces. The next run has the model's
    translation again. Sentences that nobody corrected are named, and the exit code is 3.
    `pipeline memory prune --model editor` takes back all corrections at once.

    \b
    Example usage:
        pipeline memory forget '金山如画,文旅胜地。' --config configs/demo.yaml
    """
    place = _place(config, path)
    found, strange = forget(place, sentences)
    for zh, en in found:
        click.echo(f"{zh}\n  - {en}")
    for sentence in strange:
        click.echo(f"'{sentence}': no correction of it in {place.memory}", err=True)
    if found:
        click.echo("taken back; the next run has the model's translation", err=True)
    sys.exit(3 if strange else 0)


@memory.command("prune")
@_place_options
@click.option("--model", "models", multiple=True, help="Of this model: its name, key, or `editor`.")
@click.option("--older-than", type=click.IntRange(min=0), metavar="DAYS", help="Added before that.")
@click.option("--unused", type=click.IntRange(min=0), metavar="DAYS", help="Not used since then.")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
def memory_prune(
    config: Path | None,
    path: Path | None,
    models: tuple[str, ...],
    older_than: int | None,
    unused: int | None,
    dry_run: bool,
) -> None:
    """Remove what meets every condition given, and make the file smaller.

    An editor's corrections stay unless --model editor asks for them. A run may go on
    meanwhile. Whatever is removed is translated again when it is needed.

    \b
    Example usage:
        pipeline memory prune --config configs/demo.yaml --unused 90
        pipeline memory prune --memory runs/memory.sqlite --model bundled:zh-en --dry-run
    """
    if not models and older_than is None and unused is None:
        raise ConfigError("say what may go: --model, --older-than or --unused, or several of them")
    place = _place(config, path)
    gone = prune(
        place.memory,
        models=models,
        older_than_days=older_than,
        unused_days=unused,
        dry_run=dry_run,
    )
    if dry_run:
        size = size_text(gone.bytes_before)
        click.echo(f"{plural(gone.entries, 'entry', 'entries')} would go; the file has {size}")
        return
    sizes = f"{size_text(gone.bytes_before)} before, {size_text(gone.bytes_after)} now"
    click.echo(f"{plural(gone.entries, 'entry', 'entries')} removed; {sizes}")
    if gone.busy:
        click.echo(f"the file could not be made smaller ({gone.busy}); prune again later", err=True)
