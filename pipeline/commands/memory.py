"""`pipeline memory`: stats, export, import, forget, prune."""

import sys
from pathlib import Path

import click

from pipeline.commands.options import FILE, place_options
from pipeline.commands.target import target_format, write_target
from pipeline.config.file import load_config
from pipeline.errors import ConfigError
from pipeline.language.plural import plural
from pipeline.memory.maintenance import entries, prune, size_text, stats_lines, write_entries
from pipeline.run.corrections.import_corrections import (
    Place,
    config_place,
    forget,
    import_files,
    import_lines,
    path_place,
)
from pipeline.run.corrections.repeated_changes import proposed_terms, terms_text
from pipeline.storage import write_atomically

_EXPORTS = {".tsv": "tsv", ".tmx": "tmx"}


def _place(config: Path | None, path: Path | None) -> Place:
    if (config is None) == (path is None):
        raise click.UsageError("no memory given; add --config FILE or --memory PATH")
    return config_place(load_config(config)) if config else path_place(Path(str(path)))


def _file(place: Place) -> Path:
    """Return the file of a memory. Raises ConfigError for one in a database."""
    if isinstance(place.memory, str):
        raise ConfigError(
            f"{place.memory}: a memory in a database; `import` and `forget` work on it, the rest "
            "is for its own tools (table yibao_translations)"
        )
    return place.memory


@click.group()
def memory() -> None:
    """Inspect, correct or prune the translation memory.

    An editor's corrections override every model, in all later runs.

    \b
    Example usage:
        pipeline export runs/demo --to demo.xlsx
        pipeline memory import demo.xlsx --config configs/demo.yaml
        pipeline run --config configs/demo.yaml
    """


@memory.command("stats")
@place_options
def memory_stats(config: Path | None, path: Path | None) -> None:
    """Count the sentences of the memory by model; show its size and age.

    \b
    Example usage:
        pipeline memory stats --config configs/demo.yaml
        pipeline memory stats --memory runs/memory.sqlite
    """
    for line in stats_lines(_file(_place(config, path))):
        click.echo(line)


@memory.command("export")
@place_options
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(_EXPORTS.values())),
    help="Format of the file. Default: the one that the ending of --to names.",
)
@click.option("--to", "target", required=True, type=FILE, help="The file to write; - is stdout.")
@click.option("--model", help="Write only the sentences of this model: its name, key, or `editor`.")
def memory_export(
    config: Path | None, path: Path | None, file_format: str | None, target: Path, model: str | None
) -> None:
    """Write the sentence pairs of the memory to one file.

    \b
    Example usage:
        pipeline memory export --config configs/demo.yaml --to memory.tmx
        pipeline memory export --memory runs/demo --model editor --to corrections.tsv
    """
    wanted = target_format(file_format, target, _EXPORTS)
    pairs = entries(_file(_place(config, path)), model)
    name = write_target(target, lambda file: write_entries(pairs, file, wanted))
    click.echo(f"{plural(len(pairs), 'sentence pair')} to {name}", err=True)


@memory.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@place_options
@click.option("--encoding", default="auto", help="Encoding of a table. Default: detected.")
@click.option("--all", "every", is_flag=True, help="Import every row, changed or not.")
@click.option("--dry-run", is_flag=True, help="Show and check the corrections, import none.")
@click.option(
    "--propose",
    type=FILE,
    metavar="FILE",
    help="Write a glossary of the words that several corrections replaced, for you to check.",
)
def memory_import(
    files: tuple[Path, ...],
    config: Path | None,
    path: Path | None,
    encoding: str,
    every: bool,
    dry_run: bool,
    propose: Path | None,
) -> None:
    """Import corrections from a file that an editor changed.

    FILE was saved in the page of a report, or written by `pipeline export` and edited in Excel,
    Word, a CAT tool or a text editor: XLSX, the bilingual DOCX, XLIFF, PO, TMX, TSV, CSV or JSON
    Lines. Unchanged rows are skipped; changed rows that still need review are named. If two FILEs
    correct a sentence in different ways, both are skipped. If some rows are unusable, or are of
    another run, prints each of them, imports the others and exits with code 3.

    \b
    Example usage:
        pipeline memory import demo.xlsx --config configs/demo.yaml --dry-run
        pipeline memory import demo.bilingual.docx --memory runs/demo
        pipeline memory import corrections-*.jsonl --memory runs/demo --propose terms.tsv
        pipeline memory import agency.tmx --memory runs/memory.sqlite --all
    """
    place = _place(config, path)
    results = import_files(files, place, encoding=encoding, every=every, dry_run=dry_run)
    for result in results:
        for line in (*result.notices, *result.problems):
            click.echo(line, err=True)
        for line in import_lines(result, show=dry_run):
            click.echo(line)
    corrections = [one for result in results for one in result.corrections]
    comments = [one for result in results for one in result.comments]
    if (corrections or comments) and not dry_run:
        used = "; the next run uses them" if corrections else ""
        shown = "; its report shows the comments" if corrections else "; the next report shows them"
        click.echo(f"in {place.memory}{used}{shown if comments else ''}", err=True)
    if propose is not None:
        terms = proposed_terms([(one.zh, one.before, one.en) for one in corrections])
        name = write_target(propose, lambda file: write_atomically(file, terms_text(terms)))
        entries_text = plural(len(terms), "glossary entry", "glossary entries")
        click.echo(f"{entries_text} proposed in {name}", err=True)
    sys.exit(3 if any(result.problems for result in results) else 0)


@memory.command("forget")
@click.argument("sentences", metavar="CHINESE...", nargs=-1, required=True)
@place_options
def memory_forget(sentences: tuple[str, ...], config: Path | None, path: Path | None) -> None:
    """Remove an editor's corrections of sentences, and comments.

    CHINESE is a whole sentence; spaces do not matter. The next run uses the model's
    translation again. If a sentence has no correction, prints it and exits with code 3.
    To remove all corrections at once, use `pipeline memory prune --model editor`.

    \b
    Example usage:
        pipeline memory forget '金山如画,文旅胜地。' --config configs/demo.yaml
    """
    place = _place(config, path)
    found, strange = forget(place, sentences)
    for zh, en in found:
        click.echo(f"{zh}\n  - {en}")
    for sentence in strange:
        click.echo(f"'{sentence}': has no correction in {place.memory}", err=True)
    if found:
        click.echo("removed; the next run uses the model's translation", err=True)
    sys.exit(3 if strange else 0)


@memory.command("prune")
@place_options
@click.option(
    "--model",
    "models",
    multiple=True,
    help="Remove sentences of this model: its name, key, or `editor`.",
)
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Remove sentences added more than DAYS ago.",
)
@click.option(
    "--unused",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Remove sentences not used for DAYS.",
)
@click.option("--dry-run", is_flag=True, help="Only count what would be removed.")
def memory_prune(
    config: Path | None,
    path: Path | None,
    models: tuple[str, ...],
    older_than: int | None,
    unused: int | None,
    dry_run: bool,
) -> None:
    """Remove sentences and shrink the file.

    Removes the sentences that meet all conditions you give. Keeps an editor's corrections
    unless you give --model editor. You may prune during a run. A removed sentence is
    translated again when a run needs it.

    \b
    Example usage:
        pipeline memory prune --config configs/demo.yaml --unused 90
        pipeline memory prune --memory runs/memory.sqlite --model bundled:zh-en --dry-run
    """
    place = _place(config, path)
    gone = prune(
        _file(place), models=models, older_than_days=older_than, unused_days=unused, dry_run=dry_run
    )
    if dry_run:
        size = size_text(gone.bytes_before)
        click.echo(
            f"{plural(gone.entries, 'entry', 'entries')} would be removed; the file has {size}"
        )
        return
    sizes = f"{size_text(gone.bytes_before)} before, {size_text(gone.bytes_after)} now"
    click.echo(f"{plural(gone.entries, 'entry', 'entries')} removed; {sizes}")
    if gone.busy:
        click.echo(f"the file could not be shrunk ({gone.busy}); prune again later", err=True)
